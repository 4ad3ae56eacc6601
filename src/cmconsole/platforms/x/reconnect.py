"""When X's stream may be opened again: its rules for each kind of failure, and fewer connects than it grants.

https://docs.x.com/x-api/fundamentals/handling-disconnections
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from cmconsole.core.clock import MINUTE, SECOND, Instant, Millis
from cmconsole.platforms.x.place import CONNECTS_WITHIN
from cmconsole.platforms.x.troubles import Trouble, TroubleError

MOST_CONNECTS: Final = 45
"""Most connects in 15 minutes: X grants 50, and one whose record a kill -9 lost must fit as well."""

STEADY: Final = MINUTE
"""A stream that lived this long did not fail at once: the next one is opened without a pause."""

_TCP_STEP: Final[Millis] = 250
_TCP_MOST: Final[Millis] = 16 * SECOND
_HTTP_FIRST: Final[Millis] = 5 * SECOND
_HTTP_MOST: Final[Millis] = 320 * SECOND
_LIMIT_FIRST: Final[Millis] = 60 * SECOND
_LIMIT_MOST: Final[Millis] = 15 * MINUTE


class Reconnect:
    """Remembers failures in a row; `at` is when the next connect may be tried."""

    def __init__(self) -> None:
        self.at: Instant = 0
        self._pause: Millis = 0

    def failed(self, error: TroubleError, now: Instant) -> None:
        """Note a connect that did not become a stream."""
        if error.trouble is not Trouble.ANSWERED:
            self._pause = min(self._pause + _TCP_STEP, _TCP_MOST)
        elif error.status == 429:  # noqa: PLR2004 - too many requests
            asked = round((error.pause or 0) * SECOND)
            self._pause = min(max(_LIMIT_FIRST, 2 * self._pause, asked), max(_LIMIT_MOST, asked))
        else:
            self._pause = min(max(_HTTP_FIRST, 2 * self._pause), _HTTP_MOST)
        self.at = now + self._pause

    def ended(self, opened_at: Instant, now: Instant) -> None:
        """Note a stream that ended: one that was closed at once counts as a failure."""
        if now - opened_at >= STEADY:
            self._pause = 0
        else:
            self._pause = min(max(_HTTP_FIRST, 2 * self._pause), _HTTP_MOST)
        self.at = now + self._pause

    def allowed_at(self, connects: Sequence[Instant], now: Instant) -> Instant:
        """Return when the next connect may be tried, counting those of the last 15 minutes."""
        counted = within(connects, now)
        if len(counted) < MOST_CONNECTS:
            return self.at
        return max(self.at, counted[-MOST_CONNECTS] + CONNECTS_WITHIN + SECOND)


def within(connects: Sequence[Instant], now: Instant) -> tuple[Instant, ...]:
    """Return the connects X still counts; one from the future is of a clock that was put back."""
    return tuple(moment for moment in connects if now - CONNECTS_WITHIN < moment <= now)
