"""Time as the domain sees it: milliseconds since the Unix epoch (UTC), from a clock that is passed in."""

from __future__ import annotations

from typing import Protocol, TypeAlias

Instant: TypeAlias = int
"""A moment: milliseconds since 1970-01-01T00:00:00Z."""

Millis: TypeAlias = int
"""A length of time in milliseconds."""

SECOND: Millis = 1_000
MINUTE: Millis = 60 * SECOND
HOUR: Millis = 60 * MINUTE
DAY: Millis = 24 * HOUR


class Clock(Protocol):
    """Tells the time; tests pass one they can move."""

    def now(self) -> Instant:
        """Return the present moment."""
        ...
