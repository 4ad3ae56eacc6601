"""Looks into a store, and a store with faults: the real one, failing where a test says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cmconsole.core.clock import Instant, Millis
from cmconsole.core.replying import ReplyChange
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import Health, SourceState
from cmconsole.store.contract import Ingested, Intake, Lease
from cmconsole.store.replying import ReplyMove
from cmconsole.store.sqlite.store import SqliteStore


async def native_ids(store: SqliteStore) -> list[str]:
    """Return the native ids of all stored mentions, sorted; one stored twice is there twice."""
    found: list[str] = []
    async for item in store.export():
        mentions = item["mentions"]
        assert isinstance(mentions, list)
        found += [mention["native_id"] for mention in mentions]
    return sorted(found)


async def state(store: SqliteStore, name: str = "script") -> SourceState:
    """Return what the store knows of a source."""
    return next(found for found in await store.source_states() if found.name == name)


@dataclass
class Told:
    """A health the engine told the store."""

    health: Health
    retry_at: Instant | None
    error: str


@dataclass
class Faults:
    """Errors the store raises, in turn, before it works again; and items it can never take.

    replies: of every change of a reply in turn; None for one that works.
    """

    ingest: list[Exception] = field(default_factory=list)
    health: list[Exception] = field(default_factory=list)
    lease: list[Exception] = field(default_factory=list)
    presences: list[Exception] = field(default_factory=list)
    replies: list[Exception | None] = field(default_factory=list)
    poison: Callable[[Intake], Exception | None] = lambda _intake: None
    told: list[Told] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


class FaultyStore(SqliteStore):
    """The real store behind faults."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, role="engine")
        self.path = path
        self.faults = Faults()

    async def ingest(self, intake_: Intake, policy: SlaPolicy, now: Instant) -> Ingested:
        self.faults.sizes.append(len(intake_.items))
        if self.faults.ingest:
            raise self.faults.ingest.pop(0)
        if error := self.faults.poison(intake_):
            raise error
        return await super().ingest(intake_, policy, now)

    async def set_source_health(
        self,
        name: str,
        platform: str,
        health: Health,
        *,
        now: Instant,
        retry_at: Instant | None = None,
        error: str = "",
    ) -> None:
        if self.faults.health:
            raise self.faults.health.pop(0)
        self.faults.told.append(Told(health, retry_at, error))
        await super().set_source_health(name, platform, health, now=now, retry_at=retry_at, error=error)

    async def renew_lease(self, lease: Lease, now: Instant, ttl: Millis) -> Lease:
        if self.faults.lease:
            raise self.faults.lease.pop(0)
        return await super().renew_lease(lease, now, ttl)

    async def change_reply(
        self,
        reply_id: int,
        move: ReplyMove,
        *,
        person: str,
        now: Instant,
        lease: Lease | None = None,
        durable: bool = True,
    ) -> ReplyChange:
        if self.faults.replies and (error := self.faults.replies.pop(0)):
            raise error
        return await super().change_reply(
            reply_id, move, person=person, now=now, lease=lease, durable=durable
        )
