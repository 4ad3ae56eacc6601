"""Counts what an account uses of what costs money, in the store: one meter for all that use the account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cmconsole.core.clock import SECOND, Clock, Instant
from cmconsole.store.contract import OutsideStore


def month_of(now: Instant) -> str:
    """Return the calendar month of an instant in UTC, as `2026-11`: what platforms bill by."""
    return datetime.fromtimestamp(now / SECOND, UTC).strftime("%Y-%m")


@dataclass(frozen=True, slots=True)
class StoreMeter:
    """Implements core.budget.Meter for one account. cap: micro-dollars a month, None: as much as it takes."""

    store: OutsideStore
    clock: Clock
    account: str
    cap: int | None

    async def left(self) -> int | None:
        if self.cap is None:
            return None
        used = await self.store.used(month_of(self.clock.now()))
        return max(0, self.cap - sum(it.cost for it in used if it.account == self.account))

    async def spend(self, item: str, count: int, cost: int) -> None:
        await self.store.spend(self.account, month_of(self.clock.now()), item, count, cost)
