"""Record keys of our own choosing: the same for every attempt, so that one thing is never made twice.

https://atproto.com/specs/tid
"""

from __future__ import annotations

import hashlib
from typing import Final

_ALPHABET: Final = "234567abcdefghijklmnopqrstuvwxyz"
_LENGTH: Final = 13
_CLOCK_BITS: Final = 10
_EARLIEST: Final = 1_704_067_200_000_000
"""2024-01-01 in microseconds: a key tells a time, and none of ours tells one to come."""

_SPAN_BITS: Final = 46
"""2^46 µs are 27 months. With the clock's 10 bits there are 2^56 keys: of a million replies, no two share one
but once in 140,000 such accounts."""


def tid_for(key: str) -> str:
    """Return the record key (a TID) that belongs to a key of ours."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8])
    moment = _EARLIEST + (number >> _CLOCK_BITS) % (1 << _SPAN_BITS)
    value = moment << _CLOCK_BITS | number % (1 << _CLOCK_BITS)
    return "".join(_ALPHABET[value >> 5 * place & 31] for place in reversed(range(_LENGTH)))
