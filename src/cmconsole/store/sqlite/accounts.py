"""Accounts: how the engine last found each, and what they used of what costs money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cmconsole.core.account import AccountState, Standing
from cmconsole.core.budget import Used
from cmconsole.core.event import EventKind, Fact
from cmconsole.store.sqlite import events, leases, rows

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.store.contract import Lease
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.sqlite.thread import Writer

_STATES = """
SELECT name, platform, handle, mode, standing, seen, native_id, checked_at, error, (
    SELECT coalesce(sum(cost), 0) FROM usage
    WHERE account = account.name AND month = (SELECT max(month) FROM usage WHERE account = account.name)
), cap, most FROM account ORDER BY name
"""
_KEEP = """
INSERT INTO account (name, platform, handle, mode, standing, seen, native_id, checked_at, error, cap, most)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
ON CONFLICT (name) DO UPDATE SET
    platform = ?2, handle = ?3, mode = ?4, standing = ?5, seen = ?6, native_id = ?7, checked_at = ?8,
    error = ?9, cap = ?10, most = ?11
"""
_SPEND = """
INSERT INTO usage (account, month, item, n, cost) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (account, month, item) DO UPDATE SET n = n + ?4, cost = cost + ?5
"""


async def states(database: Database) -> list[AccountState]:
    """See OutsideStore.account_states."""
    found = await database.rows(_STATES)
    return [
        AccountState(name, platform, handle, mode, Standing(standing), *rest)
        for name, platform, handle, mode, standing, *rest in found
    ]


def keep(writer: Writer, state: AccountState, now: Instant, lease: Lease | None) -> None:
    """See OutsideStore.set_account."""
    leases.check(writer, lease)
    before = writer.rows("SELECT standing, seen FROM account WHERE name = ?", (state.name,))
    values = (
        state.name, state.platform, state.handle, state.mode, state.standing.value, state.seen,
        state.native_id, state.checked_at, state.error, state.cap, state.most,
    )  # fmt: skip
    writer.rows(_KEEP, values)
    if before != [(state.standing.value, state.seen)]:
        fact = Fact(EventKind.ACCOUNT_CHECKED, {"account": state.name, "standing": state.standing.value})
        events.tell(writer, [(None, fact)], person="", now=now)


def forget(writer: Writer, but: Sequence[str], lease: Lease | None) -> None:
    """See OutsideStore.forget_accounts."""
    leases.check(writer, lease)
    writer.rows(
        "DELETE FROM account WHERE name NOT IN (SELECT value FROM json_each(?))", (rows.json(list(but)),)
    )


def spend(writer: Writer, used: Used) -> None:
    """See OutsideStore.spend."""
    writer.rows(_SPEND, (used.account, used.month, used.item, used.count, used.cost))


async def used(database: Database, month: str) -> list[Used]:
    """See OutsideStore.used."""
    sql = "SELECT account, month, item, n, cost FROM usage WHERE month = ? ORDER BY account, item"
    return [Used(*row) for row in await database.rows(sql, (month,))]
