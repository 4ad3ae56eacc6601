"""The rate of mentions: per minute over the last twenty, now, and which way it goes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cmconsole.core.clock import MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cmconsole.core.clock import Instant

SPAN = 20
"""Minutes a sparkline shows."""

_RECENT = 5
"""Whole minutes whose mean is compared with those before: a storm shows soon, and nothing flickers."""

_CHANGE = 1.25
"""Factor from which a rate is said to rise or fall: what two bars of the sparkline make visible."""

_NOTEWORTHY = 1.0
"""Mentions a minute by which the means must differ at least: between 1 and 2 there is no trend."""


class Trend(StrEnum):
    """Which way the rate goes."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"


@dataclass(frozen=True, slots=True)
class Rate:
    """per_minute: mentions in each of the last SPAN minutes, oldest first, the running one last.

    now: mentions in the last sixty seconds, estimated from the last two minutes' counts.
    """

    per_minute: tuple[int, ...]
    now: int
    trend: Trend


def since(now: Instant) -> Instant:
    """Return the beginning of the span that ends with the running minute."""
    return now - now % MINUTE - (SPAN - 1) * MINUTE


def rate(counts: Iterable[tuple[Instant, int]], now: Instant) -> Rate:
    """Return the rate told by (minute, mentions) pairs; minutes without any may be left out."""
    first = since(now)
    minutes = [0] * SPAN
    for at, mentions in counts:
        index = (at - first) // MINUTE
        if 0 <= index < SPAN:
            minutes[index] += mentions
    passed = now % MINUTE / MINUTE
    return Rate(tuple(minutes), round(minutes[-1] + minutes[-2] * (1 - passed)), _trend(minutes))


def _trend(minutes: list[int]) -> Trend:
    recent = sum(minutes[-1 - _RECENT : -1]) / _RECENT
    before = sum(minutes[: -1 - _RECENT]) / (SPAN - 1 - _RECENT)
    if abs(recent - before) < _NOTEWORTHY:
        return Trend.STEADY
    if recent >= before * _CHANGE:
        return Trend.RISING
    return Trend.FALLING if recent <= before / _CHANGE else Trend.STEADY
