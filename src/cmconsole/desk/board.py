"""The board: what the main screen shows beside the rows' order, read in one go, and told when it moves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from cmconsole.core.clock import SECOND, Millis
from cmconsole.core.conversation import Status
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.event import RESOLVING, EventKind
from cmconsole.core.reply import ReplyStatus
from cmconsole.core.verdict import Lane
from cmconsole.desk import clusters, presence, rate
from cmconsole.desk.lanes import WINDOW
from cmconsole.desk.rows import Absent
from cmconsole.desk.shift import Standing, standing
from cmconsole.store.contract import ENGINE_LEASE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence

    from cmconsole.core.account import AccountState
    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.event import Event
    from cmconsole.core.source import SourceState
    from cmconsole.desk.context import Desk
    from cmconsole.desk.lanes import LaneView
    from cmconsole.desk.rate import Rate
    from cmconsole.desk.reply.approval import Waiting
    from cmconsole.desk.reply.outbox import Leaving
    from cmconsole.store.contract import LaneCount

POLL: Millis = 100
"""How often the store is asked whether anything moved: one read of a counter."""

PAUSE: Millis = 200
"""Least time between two changes told: five repaints a second keep the keys quick under load."""

REFRESH: Millis = 5 * SECOND
"""A change is told at least this often: overdue counts, colleagues and the engine's lease change by time."""

FATES_READ = 20
"""Most displayed conversations per read whose last deed is looked up; others are gone without a name."""

_CLOSING: Mapping[Status, frozenset[EventKind]] = {
    Status.RESOLVED: RESOLVING,
    Status.SNOOZED: frozenset({EventKind.CONVERSATION_SNOOZED}),
    Status.PENDING: frozenset({EventKind.CONVERSATION_PENDING}),
}
"""The deeds that take a conversation out of its lane, by the status they leave it in."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a displayed lane asks of the next read: how many rows, which it displays, which are in sight."""

    limit: int = WINDOW
    shown: Collection[int] = ()
    in_sight: Collection[int] = ()


@dataclass(frozen=True, slots=True)
class Board:
    """One reading of the desk at `at`.

    lanes: each lane's newest window in queue order; limits: how many rows were asked for.
    absent: what became of displayed conversations that are not in their lane's window, by id.
    alike: how many say nearly the same as one in a cluster, by id, itself counted.
    accounts: whom the desk may speak as, as the engine last found them.
    colleagues: the others at the desk, by name. engine_runs: an engine's lease is in force.
    standing: where this console's shift stands; None while no shift was begun.
    replies: the outbox, what needs a person first. waiting: what awaits approval, the longest waiting first.
    """

    at: Instant
    lanes: Mapping[Lane, tuple[Conversation, ...]]
    limits: Mapping[Lane, int]
    counts: Mapping[Lane, LaneCount]
    rate: Rate
    sources: tuple[SourceState, ...]
    colleagues: tuple[str, ...]
    engine_runs: bool
    standing: Standing | None = None
    absent: Mapping[int, Absent] = field(default_factory=lambda: MappingProxyType({}))
    alike: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    accounts: tuple[AccountState, ...] = ()
    replies: tuple[Leaving, ...] = ()
    waiting: tuple[Waiting, ...] = ()

    def offer(self, views: Iterable[LaneView]) -> None:
        """Offer each view its lane's rows."""
        for view in views:
            view.offer(self.lanes[view.lane], self.absent, limit=self.limits[view.lane], alike=self.alike)


def wishes(views: Iterable[LaneView]) -> dict[Lane, Wish]:
    """Return what the views ask of the next read."""
    return {view.lane: Wish(view.wanted, tuple(view.ids), tuple(view.in_sight)) for view in views}


async def read(desk: Desk, wished: Mapping[Lane, Wish] = MappingProxyType({})) -> Board:
    """Read the whole board. A lane nobody wished for is read with the usual window. Raises StoreError."""
    now = desk.now()
    limits = {lane: wished.get(lane, Wish()).limit for lane in Lane}
    lanes = {lane: tuple(await desk.store.lane(lane, limits[lane])) for lane in Lane}
    shown = [key for wish in wished.values() for key in wish.shown]
    found = {conversation.id for rows in lanes.values() for conversation in rows}
    lease = await desk.store.lease(ENGINE_LEASE)
    replies, waiting = await _replies(desk)
    return Board(
        at=now,
        lanes=lanes,
        limits=limits,
        counts=await desk.store.lane_counts(now),
        rate=rate.rate(await desk.store.per_minute(rate.since(now)), now),
        sources=tuple(await desk.store.source_states()),
        colleagues=await presence.colleagues(desk),
        engine_runs=lease is not None and lease.expires_at > now,
        standing=await standing(desk),
        absent=await _fates(desk, [key for key in dict.fromkeys(shown) if key not in found]),
        alike=await clusters.sizes(desk, _counted(lanes, wished)),
        accounts=tuple(await desk.store.account_states()),
        replies=replies,
        waiting=waiting,
    )


async def _replies(desk: Desk) -> tuple[tuple[Leaving, ...], tuple[Waiting, ...]]:
    """Return the outbox and what awaits approval; where neither holds anything, one count is all it costs."""
    counts = await desk.store.reply_counts()
    leaving: tuple[Leaving, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    if any(number for status, number in counts.items() if status is not ReplyStatus.AWAITING):
        from cmconsole.desk.reply import outbox  # noqa: PLC0415 - most boards have nothing in the outbox

        leaving = await outbox.read(desk)
    if counts.get(ReplyStatus.AWAITING):
        from cmconsole.desk.reply import approval  # noqa: PLC0415 - as above

        waiting = await approval.lane(desk)
    return leaving, waiting


def _counted(
    lanes: Mapping[Lane, tuple[Conversation, ...]], wished: Mapping[Lane, Wish]
) -> list[Conversation]:
    """Return the clusters to be counted in one query: those in sight, then those nearest to the top.

    A view remembers the numbers of the others.
    """
    in_sight = {key for wish in wished.values() for key in wish.in_sight}
    ranked = [
        (row.id not in in_sight, rank, row)
        for rows in lanes.values()
        for rank, row in enumerate(rows)
        if row.cluster is not None
    ]
    ranked.sort(key=lambda it: it[:2])
    return [row for _hidden, _rank, row in ranked[: clusters.ASKED]]


async def _fates(desk: Desk, missing: list[int]) -> dict[int, Absent]:
    """Return what became of displayed conversations that no window holds."""
    if not missing:
        return {}
    found = {conversation.id: conversation for conversation in await desk.store.conversations(missing)}
    fates = {key: Absent(found.get(key)) for key in missing}
    closed = [conversation for conversation in found.values() if conversation.status is not Status.OPEN]
    for conversation in closed[:FATES_READ]:
        fates[conversation.id] = _fate(conversation, await desk.store.history(conversation.id))
    return fates


def _fate(conversation: Conversation, history: Sequence[Event]) -> Absent:
    """Return who closed a conversation and when, as far as its history tells."""
    for event in reversed(history):
        if event.kind in _CLOSING[conversation.status]:
            return Absent(conversation, event.person, event.at)
    return Absent(conversation)


@dataclass(frozen=True, slots=True)
class Tick:
    """Something may have moved. `error`: the store could not be asked; what is shown stays as it is."""

    error: CmconsoleError | None = None


class Follower:
    """Tells when to read the board again: soon after a commit, at most every PAUSE, at least every REFRESH.

    sleep: waits a number of seconds; tests pass one that moves their clock instead.
    """

    def __init__(self, desk: Desk, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._desk = desk
        self._sleep = sleep

    async def changes(self) -> AsyncIterator[Tick]:
        """Yield a tick at once, then whenever something moved or time passed; for ever."""
        told = self._desk.now()
        yield await self._asked() or Tick()
        while True:
            await self._sleep(POLL / SECOND)
            waited = self._desk.now() - told
            if 0 <= waited < PAUSE:
                continue
            tick = await self._asked()
            if tick is None and 0 <= waited < REFRESH:
                continue
            told = self._desk.now()
            yield tick or Tick()

    async def _asked(self) -> Tick | None:
        """Return a tick if the store moved or could not be asked."""
        try:
            return Tick() if await self._desk.store.changed() else None
        except CmconsoleError as error:
            return Tick(error)
