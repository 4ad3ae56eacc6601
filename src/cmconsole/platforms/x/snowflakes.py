"""X's post ids as numbers that tell the time: 41 bits of milliseconds, then 22 that only tell apart.

https://docs.x.com/resources/fundamentals/x-ids
"""

from __future__ import annotations

from typing import Final

from cmconsole.core.clock import Instant, Millis

EPOCH: Final[Instant] = 1_288_834_974_657
"""When the ids begin: 2010-11-04T01:42:54.657Z."""

_LOW_BITS: Final = 22
_FIRST: Final = 29_700_000_000
"""About where ids began to tell the time: those below were counted one by one."""

_MOST_DIGITS: Final = 19


def number(native_id: object) -> int:
    """Return an id as a number that can be compared, 0 where it is none."""
    text = native_id if isinstance(native_id, str) else ""
    plain = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if plain else 0


def instant_of(native_id: str) -> Instant | None:
    """Return when a post was made by its id; None for ids from before ids told the time."""
    known = number(native_id)
    return EPOCH + (known >> _LOW_BITS) if known > _FIRST else None


def first_at(moment: Instant) -> int:
    """Return the lowest id a post of this moment can have."""
    return max(0, moment - EPOCH) << _LOW_BITS


def earlier(native_id: str, by: Millis) -> int:
    """Return the lowest id of the moment `by` before that of a post."""
    return max(0, (number(native_id) >> _LOW_BITS) - by) << _LOW_BITS
