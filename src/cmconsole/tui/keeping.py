"""Keeps a draft at every pause of the keys, and now and then where they do not pause."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer
    from textual.widget import Widget

PAUSE: Final = 0.6
"""Seconds without a key after which the draft is kept; with what keeping takes, under a second."""

LONGEST: Final = 3.0
"""Seconds after which it is kept although the keys do not pause."""


class Keeper:
    """Calls `keep` a moment after the last key. clock: the widget whose timer it is; it ends with it."""

    def __init__(self, clock: Widget, keep: Callable[[], None]) -> None:
        self._clock = clock
        self._keep = keep
        self._timer: Timer | None = None
        self._since: float | None = None

    def typed(self) -> None:
        """Take note of a key that changed the draft."""
        now = time.monotonic()
        if self._since is None:
            self._since = now
        if now - self._since >= LONGEST:
            self.now()
            return
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._clock.set_timer(PAUSE, self.now)

    def now(self) -> None:
        """Keep it at once."""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self._since = None
        self._keep()
