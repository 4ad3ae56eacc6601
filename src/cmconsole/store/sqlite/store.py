"""The Store on one SQLite file: wires the modules of this folder to the contract and adds nothing."""

# What a console needs to start is imported here, what it does not in the methods that do.
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Literal

from cmconsole.core.account import AccountState
from cmconsole.core.budget import Used
from cmconsole.core.clock import Instant, Millis
from cmconsole.core.conversation import Conversation, Outcome, Status
from cmconsole.core.event import Event
from cmconsole.core.moves import Change
from cmconsole.core.shift import Handover, Shift
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import Health, SourceState
from cmconsole.core.tip import StoredTip, Tip, TipState
from cmconsole.core.verdict import Lane
from cmconsole.store.contract import (
    AuthorCard,
    Erased,
    Ingested,
    Intake,
    LaneCount,
    Learned,
    Lease,
    Move,
    Presence,
    Seen,
    SetAsideItem,
    StoredMention,
)
from cmconsole.store.sqlite import (
    authors,
    clusters,
    conversations,
    events,
    leases,
    people,
    search,
    sources,
    tally,
)
from cmconsole.store.sqlite.connection import Database
from cmconsole.store.sqlite.reply_store import SqliteReplyStore
from cmconsole.store.sqlite.thread import Writer

_CACHE = {"console": 2 * 1024, "engine": 64 * 1024}
"""Kibibytes of pages for writing: intake's keys fall all over its indexes, a person touches a few rows."""


class SqliteStore(SqliteReplyStore):
    """See store.contract for what each method promises.

    role: "engine" for a process that takes mentions in, "console" for one that serves a person.
    busy_timeout: seconds to wait for other writers before StoreBusyError.
    """

    def __init__(
        self, path: Path, *, role: Literal["console", "engine"] = "console", busy_timeout: float = 5.0
    ) -> None:
        self._database = Database(path, busy_timeout=busy_timeout, cache=_CACHE[role])
        self._seen = -1

    async def open(self) -> None:
        await self._database.open()

    async def close(self) -> None:
        await self._database.close()

    # ------------------------------------------------------------------------------------------------- engine

    async def ingest(self, intake: Intake, policy: SlaPolicy, now: Instant) -> Ingested:
        from cmconsole.store.sqlite import intake as intakes

        return await self._database.write(
            lambda writer: intakes.ingest(writer, intake, policy, now), durable=False
        )

    def is_shared(self) -> bool:
        return self._database.is_shared

    async def acquire_lease(self, name: str, holder: str, now: Instant, ttl: Millis) -> Lease | None:
        return await leases.acquire(self._database, name, holder, now, ttl)

    async def renew_lease(self, lease: Lease, now: Instant, ttl: Millis) -> Lease:
        return await self._database.write(lambda writer: leases.renew(writer, lease, now, ttl), durable=False)

    async def release_lease(self, lease: Lease) -> None:
        await self._database.write(lambda writer: leases.release(writer, lease), durable=False)

    async def lease(self, name: str) -> Lease | None:
        return await leases.current(self._database, name)

    async def source_states(self) -> list[SourceState]:
        return await sources.states(self._database)

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
        await self._database.write(
            lambda writer: sources.set_health(
                writer, name, platform, health, now=now, retry_at=retry_at, error=error
            ),
            durable=False,
        )

    async def set_aside_items(self, limit: int = 50, *, source: str = "") -> list[SetAsideItem]:
        return await sources.set_aside_items(self._database, limit, source)

    async def texts_after(
        self, mention_id: int, limit: int, since: Instant
    ) -> list[tuple[int, int, str, Instant]]:
        return await clusters.texts_after(self._database, mention_id, limit, since)

    async def newest_mention_id(self) -> int:
        return await clusters.newest_mention_id(self._database)

    async def cluster(self, pairs: Sequence[tuple[int, int]], now: Instant, lease: Lease | None) -> int:
        return await clusters.cluster(self._database, pairs, now, lease)

    async def learned(self, name: str) -> Learned | None:
        from cmconsole.store.sqlite import learning

        return await learning.learned(self._database, name)

    async def save_learned(self, learned: Learned, lease: Lease | None) -> bool:
        from cmconsole.store.sqlite import learning

        return await self._database.write(lambda writer: learning.save(writer, learned, lease), durable=False)

    async def lesson(self, conversation_id: int) -> str | None:
        from cmconsole.store.sqlite import learning

        return await learning.lesson(self._database, conversation_id)

    async def unresolved_after(
        self, conversation_id: int, limit: int
    ) -> list[tuple[Conversation, list[StoredMention]]]:
        from cmconsole.store.sqlite import learning

        return await learning.unresolved_after(self._database, conversation_id, limit)

    async def rejudge(self, changes: Sequence[tuple[int, Move]], now: Instant, lease: Lease | None) -> int:
        from cmconsole.store.sqlite import learning

        return await learning.rejudge(self._database, changes, now, lease)

    async def meta(self, key: str) -> str:
        from cmconsole.store.sqlite import learning

        return await learning.meta(self._database, key)

    async def set_meta(self, key: str, value: str, lease: Lease | None = None) -> None:
        from cmconsole.store.sqlite import learning

        await self._database.write(lambda writer: learning.set_meta(writer, key, value, lease), durable=False)

    async def wake_due(self, now: Instant, limit: int = 500) -> int:
        return await conversations.wake_due(self._database, now, limit)

    async def trim(self, before: Instant, limit: int = 500) -> int:
        from cmconsole.store.sqlite import retention

        return await self._database.write(lambda writer: retention.trim(writer, before, limit), durable=False)

    async def compact(self, pages: int = 200) -> None:
        from cmconsole.store.sqlite import retention

        await retention.compact(self._database, pages)

    # ------------------------------------------------------------------------------------------------ outside

    async def account_states(self) -> list[AccountState]:
        from cmconsole.store.sqlite import accounts

        return await accounts.states(self._database)

    async def set_account(self, state: AccountState, now: Instant, lease: Lease | None) -> None:
        from cmconsole.store.sqlite import accounts

        await self._database.write(lambda writer: accounts.keep(writer, state, now, lease), durable=False)

    async def forget_accounts(self, but: Sequence[str], lease: Lease | None) -> None:
        from cmconsole.store.sqlite import accounts

        await self._database.write(lambda writer: accounts.forget(writer, but, lease), durable=False)

    async def spend(self, account: str, month: str, item: str, count: int, cost: int) -> None:
        from cmconsole.store.sqlite import accounts

        await self._database.write(
            lambda writer: accounts.spend(writer, Used(account, month, item, count, cost))
        )

    async def used(self, month: str) -> list[Used]:
        from cmconsole.store.sqlite import accounts

        return await accounts.used(self._database, month)

    async def pause_source(self, name: str, person: str, now: Instant) -> None:
        await self._database.write(lambda writer: sources.pause(writer, name, person, now))

    async def resume_source(self, name: str, person: str, now: Instant) -> None:
        await self._database.write(lambda writer: sources.resume(writer, name, person, now))

    async def add_tip(self, tip: Tip, now: Instant) -> StoredTip:
        from cmconsole.store.sqlite import tips

        return await self._database.write(lambda writer: tips.add(writer, tip, now))

    async def waiting_tips(self, limit: int = 50) -> list[StoredTip]:
        from cmconsole.store.sqlite import tips

        return await tips.waiting(self._database, limit)

    async def settle_tip(
        self, tip_id: int, state: TipState, conversation_id: int, now: Instant, lease: Lease | None
    ) -> None:
        from cmconsole.store.sqlite import tips

        def job(writer: Writer) -> None:
            leases.check(writer, lease)
            tips.settle(writer, tip_id, state, conversation_id, now)

        await self._database.write(job, durable=False)

    async def tips(self, conversation_id: int) -> list[StoredTip]:
        from cmconsole.store.sqlite import tips

        return await tips.of(self._database, conversation_id)

    async def mention_at(self, url: str) -> StoredMention | None:
        from cmconsole.store.sqlite import tips

        return await tips.mention_at(self._database, url)

    async def seen_mentions(self, after: int, rows: int, since: Instant) -> tuple[list[Seen], int]:
        from cmconsole.store.sqlite import revisions

        return await revisions.seen(self._database, after, rows, since)

    async def rechecked(self, mention_ids: Sequence[int], now: Instant) -> None:
        from cmconsole.store.sqlite import revisions

        await self._database.write(
            lambda writer: revisions.rechecked(writer, mention_ids, now), durable=False
        )

    # --------------------------------------------------------------------------------------------------- desk

    async def change(self, conversation_id: int, move: Move, *, person: str, now: Instant) -> Change:
        return await self._database.write(
            lambda writer: conversations.change(writer, conversation_id, move, person=person, now=now)
        )

    async def change_many(
        self, conversation_ids: Sequence[int], move: Move, *, person: str, now: Instant
    ) -> list[Change | Exception]:
        return await conversations.change_many(self._database, conversation_ids, move, person=person, now=now)

    async def lane(self, lane: Lane, limit: int, *, after: Conversation | None = None) -> list[Conversation]:
        return await conversations.lane(self._database, lane, limit, after)

    async def lane_counts(self, now: Instant) -> dict[Lane, LaneCount]:
        return await tally.lane_counts(self._database, now)

    async def status_counts(self) -> dict[Status, int]:
        return await tally.status_counts(self._database)

    async def conversations(self, ids: Sequence[int]) -> list[Conversation]:
        return await conversations.by_ids(self._database, ids)

    async def in_status(self, status: Status, limit: int) -> list[Conversation]:
        return await conversations.in_status(self._database, status, limit, Lane)

    async def cluster_sizes(self, conversations: Sequence[Conversation]) -> dict[int, int]:
        return await clusters.sizes(self._database, conversations)

    async def cluster_members(self, cluster: int, lane: Lane, limit: int = 500) -> list[Conversation]:
        return await clusters.members(self._database, cluster, lane, limit)

    async def claimed_by(self, person: str, now: Instant) -> list[Conversation]:
        return await conversations.claimed_by(self._database, person, now)

    async def mentions(self, conversation_id: int, limit: int = 200) -> list[StoredMention]:
        return await conversations.mentions(self._database, conversation_id, limit)

    async def history(self, conversation_id: int) -> list[Event]:
        return await events.history(self._database, conversation_id)

    async def author_card(self, author_id: int, now: Instant) -> AuthorCard:
        return await authors.card(self._database, author_id, now)

    async def author_conversations(self, author_id: int, limit: int = 20) -> list[Conversation]:
        return await authors.conversations_of(self._database, author_id, limit)

    async def vip_authors(self) -> set[tuple[str, str]]:
        return await authors.vips(self._database)

    async def set_vip(self, author_id: int, rejudge: Move, *, vip: bool, person: str, now: Instant) -> None:
        await self._database.write(
            lambda writer: authors.set_vip(writer, author_id, rejudge, vip=vip, person=person, now=now)
        )

    async def forget_learned(self, name: str, person: str, now: Instant) -> None:
        from cmconsole.store.sqlite import learning

        await self._database.write(lambda writer: learning.forget(writer, name, person, now))

    async def search(self, query: str, limit: int = 50) -> list[Conversation]:
        return await search.search(self._database, query, limit)

    async def find_mention(self, platform: str, native_id: str) -> StoredMention | None:
        return await conversations.find_mention(self._database, platform, native_id)

    async def per_minute(self, since: Instant) -> list[tuple[Instant, int]]:
        return await sources.per_minute(self._database, since)

    async def events(
        self, after: int, limit: int = 500, *, kinds: Sequence[str] = (), since: Instant | None = None
    ) -> list[Event]:
        return await events.after(self._database, after, limit, kinds, since)

    async def last_seq(self) -> int:
        return await events.last_seq(self._database)

    async def changed(self) -> bool:
        """See the contract: the version grows for this connection with every commit of any other one."""
        ((version,),) = await self._database.rows("PRAGMA data_version")
        before, self._seen = self._seen, version
        return bool(before != version)

    async def beat(self, presence: Presence) -> None:
        await self._database.write(lambda writer: people.beat(writer, presence), durable=False)

    async def leave(self, console: str) -> None:
        await self._database.write(lambda writer: people.leave(writer, console), durable=False)

    async def presences(self, since: Instant) -> list[Presence]:
        return await people.presences(self._database, since)

    async def start_shift(self, person: str, now: Instant, ends_at: Instant) -> Shift:
        return await self._database.write(lambda writer: people.start_shift(writer, person, now, ends_at))

    async def shift(self, shift_id: int) -> Shift:
        return await people.shift(self._database, shift_id)

    async def running_shift(self, person: str, now: Instant) -> Shift | None:
        return await people.running_shift(self._database, person, now)

    async def save_handover(self, shift_id: int, brief: str, now: Instant) -> Handover:
        return await self._database.write(lambda writer: people.save_handover(writer, shift_id, brief, now))

    async def accept_handover(self, handover_id: int, by: str, now: Instant, hold: Millis) -> Handover:
        return await self._database.write(
            lambda writer: people.accept_handover(writer, handover_id, by, now, hold)
        )

    async def handovers(self, limit: int = 20) -> list[Handover]:
        return await people.handovers(self._database, limit)

    async def decisions(self, since: Instant, outcome: Outcome, limit: int = 500) -> list[Conversation]:
        return await conversations.decisions(self._database, since, outcome, limit)

    async def erase_author(self, platform: str, handle: str, *, person: str, now: Instant) -> Erased:
        from cmconsole.store.sqlite import erasure

        return await erasure.erase_author(self._database, platform, handle, person=person, now=now)

    def export(self) -> AsyncIterator[dict[str, object]]:
        from cmconsole.store.sqlite import export

        return export.export(self._database)
