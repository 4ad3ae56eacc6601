"""Counts as people at a desk read them: reach, rates, sparklines and bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cmconsole.desk.rate import Trend

SPARKS: Final = "▁▂▃▄▅▆▇█"
FULL: Final = "▓"
EMPTY: Final = "░"
TRENDS: Final = {Trend.RISING: "↑", Trend.FALLING: "↓", Trend.STEADY: "→"}
_LETTERS: Final = ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k"))


def sparkline(counts: Sequence[int], width: int) -> str:
    """Return the newest `width` counts as bars, the highest of them full; the lowest bar for no mention."""
    shown = list(counts)[-width:] if width else []
    shown = [0] * (width - len(shown)) + shown
    top = max(shown, default=0)
    if not top:
        return SPARKS[0] * width
    steps = len(SPARKS) - 1
    return "".join(SPARKS[-(-count * steps // top)] for count in shown)


def bar(share: float, width: int) -> str:
    """Return a bar of `width` cells of which `share` (0 to 1) is full."""
    full = round(min(max(share, 0.0), 1.0) * width)
    return FULL * full + EMPTY * (width - full)
