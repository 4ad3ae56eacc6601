"""What using a platform costs, and how much of it a month may have: in micro-dollars (1 $ = 1,000,000)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

DOLLAR: Final = 1_000_000
"""Micro-dollars: prices are tenths of a cent and less, and are added up exactly."""


@dataclass(frozen=True, slots=True)
class Used:
    """What an account used of one thing in a month. item: the thing's lower-case word (`read`, `write`)."""

    account: str
    month: str
    item: str
    count: int
    cost: int


class Meter(Protocol):
    """Keeps what one account uses this calendar month (UTC), and knows what is left of its cap."""

    async def left(self) -> int | None:
        """Return the micro-dollars left this month, never below 0; None where there is no cap."""
        ...

    async def spend(self, item: str, count: int, cost: int) -> None:
        """Record `count` of a thing used at `cost` micro-dollars in all; durably kept when it returns."""
        ...
