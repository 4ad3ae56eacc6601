"""How many requests are let in: token buckets, one for each address and one for all of them."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Final

from cmconsole.core.clock import MINUTE, SECOND, Instant

MOST_ADDRESSES: Final = 1_024
"""Addresses remembered; the one not heard of for longest is forgotten first."""

TOTAL: Final = 4
"""All addresses together may do so many times what one may."""


@dataclass(slots=True)
class _Bucket:
    """Holds up to `size` tokens and refills evenly within a minute. `full_at`: when it would be full."""

    size: int
    full_at: Instant

    def wait(self, now: Instant) -> int:
        """Return the milliseconds until there is a token; 0: now."""
        missing = (self.full_at - now) * self.size / MINUTE
        return max(0, math.ceil((missing + 1 - self.size) * MINUTE / self.size))

    def take(self, now: Instant) -> None:
        self.full_at = max(self.full_at, now) + math.ceil(MINUTE / self.size)


@dataclass(slots=True)
class Limit:
    """Lets so many requests a minute in from one address, in bursts or not; TOTAL times as many in all."""

    per_minute: int
    now: Callable[[], Instant]
    _all: _Bucket = field(init=False)
    _each: OrderedDict[str, _Bucket] = field(default_factory=OrderedDict, init=False)

    def __post_init__(self) -> None:
        self._all = _Bucket(TOTAL * self.per_minute, 0)

    def ask(self, address: str) -> int:
        """Return 0 where a request from this address may come in, else the seconds it has to wait."""
        now = self.now()
        key = _place(address)
        mine = self._each.setdefault(key, _Bucket(self.per_minute, 0))
        self._each.move_to_end(key)
        while len(self._each) > MOST_ADDRESSES:
            self._each.popitem(last=False)
        for bucket in (mine, self._all):
            # A clock that was set back must not lock anybody out for longer than a minute.
            bucket.full_at = min(bucket.full_at, now + MINUTE)
        wait = max(mine.wait(now), self._all.wait(now))
        if not wait:
            mine.take(now)
            self._all.take(now)
        return math.ceil(wait / SECOND)


def _place(address: str) -> str:
    """Return what an address counts as: of IPv6 its network, where one machine has 2**64 addresses."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return parsed.packed[:8].hex()
    return str(parsed)
