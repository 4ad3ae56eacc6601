"""Leases: which engine works on the store, and the token that fences off the one before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cmconsole.core.errors import N_, LeaseLostError
from cmconsole.store.contract import Lease

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant, Millis
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.sqlite.thread import Writer

# The token stays while the same holder prolongs in time; it grows with a new holder and after every gap, in
# which another engine might have worked.
_ACQUIRE = """
INSERT INTO lease (name, holder, token, expires_at) VALUES (?1, ?2, 1, ?4)
ON CONFLICT (name) DO UPDATE SET
    token = token + (holder <> ?2 OR expires_at <= ?3), holder = ?2, expires_at = ?4
WHERE expires_at <= ?3 OR holder = ?2
RETURNING token
"""
_RENEW = "UPDATE lease SET expires_at = ? WHERE name = ? AND holder = ? AND token = ? RETURNING token"
_RELEASE = "UPDATE lease SET expires_at = 0 WHERE name = ? AND holder = ? AND token = ?"


_HELD = "SELECT token FROM lease WHERE name = ? AND holder = ?"


def check(writer: Writer, lease: Lease | None) -> None:
    """Raise LeaseLostError, inside a transaction, unless the lease is still the newest; None passes."""
    if lease is not None and writer.rows(_HELD, (lease.name, lease.holder)) != [(lease.token,)]:
        raise lost(lease.name)


def lost(name: str) -> LeaseLostError:
    """Return the error for a lease that another engine has taken."""
    return LeaseLostError(N_("Another engine has taken over ({name}); nothing of this was saved."), name=name)


async def acquire(database: Database, name: str, holder: str, now: Instant, ttl: Millis) -> Lease | None:
    """See IntakeStore.acquire_lease. A standby that asks in vain writes nothing."""
    newest = await current(database, name)
    if newest is not None and newest.holder != holder and newest.expires_at > now:
        return None
    row = (name, holder, now, now + ttl)
    taken = await database.write(lambda writer: writer.rows(_ACQUIRE, row), durable=False)
    return Lease(name, holder, taken[0][0], now + ttl) if taken else None


def renew(writer: Writer, lease: Lease, now: Instant, ttl: Millis) -> Lease:
    """See IntakeStore.renew_lease."""
    if not writer.rows(_RENEW, (now + ttl, lease.name, lease.holder, lease.token)):
        raise lost(lease.name)
    return replace(lease, expires_at=now + ttl)


def release(writer: Writer, lease: Lease) -> None:
    """See IntakeStore.release_lease."""
    writer.rows(_RELEASE, (lease.name, lease.holder, lease.token))


async def current(database: Database, name: str) -> Lease | None:
    """See IntakeStore.lease."""
    found = await database.rows("SELECT name, holder, token, expires_at FROM lease WHERE name = ?", (name,))
    return Lease(*found[0]) if found else None
