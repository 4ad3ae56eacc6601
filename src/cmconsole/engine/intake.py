"""Reads every source in a task of its own and commits all in one; `drain` is the same as a one-shot."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from cmconsole.config.tasks import spawn
from cmconsole.core.clock import SECOND, Clock
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import BATCH_LIMIT, Health, Source
from cmconsole.engine.anew import FINGERPRINT
from cmconsole.engine.committing import Committer
from cmconsole.engine.hopper import Hopper, Inlet, Judged
from cmconsole.engine.judging import stream
from cmconsole.engine.options import Sleep
from cmconsole.engine.pausing import Pauses
from cmconsole.engine.reading import Reader, Vips
from cmconsole.store.contract import Lease, Store
from cmconsole.triage.judge import LEARNED, Judge

_PATIENCE = 5
"""Failures of the store in a row that a one-shot ingest waits out before it gives up."""


@dataclass(slots=True)
class Intake:
    """The intake of an engine: its workers are run, and restarted, by the supervisor."""

    store: Store
    judge: Judge
    vips: Vips
    policy: SlaPolicy
    clock: Clock
    lease: Callable[[], Lease]
    pauses: Pauses
    sleep: Sleep = asyncio.sleep
    _readers: list[Reader] = field(default_factory=list, init=False)
    _hopper: Hopper = field(init=False)
    _stopping: bool = field(default=False, init=False)

    async def prepare(self, sources: Sequence[Source]) -> None:
        """Take up every source where its last committed batch left it."""
        states = {state.name: state for state in await self.store.source_states()}
        cursors = {name: state.cursor for name, state in states.items()}
        asked = {
            name: state.retry_at
            for name, state in states.items()
            if state.health is Health.RETRYING and state.retry_at is not None
        }
        inlets = [Inlet(source, cursors.get(source.name)) for source in sources]
        self._hopper = Hopper(inlets)
        await self.pauses.refresh()
        self._readers = [
            Reader(
                inlet,
                self._hopper,
                self.judge,
                self.vips,
                self.store,
                self.clock,
                self.pauses,
                self.sleep,
                not_before=asked.get(inlet.source.name, 0),
            )
            for inlet in inlets
        ]

    def readers(self) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
        """Return the work of each source's reader, by name."""
        return [(f"read {reader.inlet.source.name}", reader.read) for reader in self._readers]

    async def commit(self) -> None:
        """Commit what the readers bring, until told to stop."""
        committer = Committer(self.store, self.policy, self.clock, self.lease, sleep=self.sleep)
        while not self._stopping and (taken := await self._hopper.take()) is not None:
            await committer.commit(taken)
            await self._hopper.committed(taken)

    async def stop(self) -> None:
        """Make `commit` return after the batch in flight; no cursor has passed what still waits."""
        self._stopping = True
        await self._hopper.close()

    async def pause(self) -> None:
        """Say of every source that nobody reads it now."""
        for reader in self._readers:
            await reader.pause()


_BULK = 8 * BATCH_LIMIT
"""Mentions a one-shot ingest writes in one transaction while nobody else writes: fewer pages are written.

Measured at empty, the store alone, best of three: 37 µs a mention so, 40 in transactions of 2,000, 62 of 500.
"""

Pieces = Callable[[AbstractSet[tuple[str, str]], str], AsyncIterator[Judged]]
"""Gives a source's judged pieces, once told (platform, folded handle) of the VIPs and what was learned."""


@dataclass(frozen=True, slots=True)
class Totals:
    """What a one-shot ingest came to: read = new + duplicate + set_aside, in `seconds`."""

    read: int = 0
    new: int = 0
    duplicate: int = 0
    set_aside: int = 0
    seconds: float = 0.0


async def drain(
    source: Source,
    store: Store,
    judge: Judge,
    policy: SlaPolicy,
    clock: Clock,
    *,
    progress: Callable[[Totals], None] | None = None,
    pieces: Pieces | None = None,
) -> Totals:
    """Take in everything a source has, from its beginning to its end, and return the totals.

    Mentions the store knows are counted as duplicates: doing it again is safe, also after a failure.
    The source's saved cursor is neither used nor moved. `progress` is told the totals after every commit.
    `pieces` gives the source's judged pieces where another process reads it (engine.apart).
    Raises what the source raises (what came before is committed) and StoreError.
    """
    began = clock.now()
    inlet = Inlet(source)
    hopper = Hopper([inlet], _BULK)
    committer = Committer(
        store, policy, clock, patience=_PATIENCE, limit=lambda: BATCH_LIMIT if store.is_shared() else _BULK
    )
    totals = Totals()
    vips, learned = await store.vip_authors(), await _recalled(store, judge)
    judged = stream(source, judge, vips) if pieces is None else pieces(vips, learned)
    reading = spawn(_fill(hopper, inlet, judged), name=f"read {source.name}")
    try:
        while (taken := await hopper.take()) is not None:
            done = await committer.commit(taken)
            await hopper.committed(taken)
            totals = Totals(
                read=totals.read + done.new + done.duplicate + done.set_aside,
                new=totals.new + done.new,
                duplicate=totals.duplicate + done.duplicate,
                set_aside=totals.set_aside + done.set_aside,
                seconds=(clock.now() - began) / SECOND,
            )
            if progress is not None:
                progress(totals)
    finally:
        reading.cancel()
        await asyncio.wait({reading})
    await store.set_source_health(source.name, source.platform, Health.ENDED, now=clock.now())
    return totals


async def _recalled(store: Store, judge: Judge) -> str:
    """Let the judge take up what it was taught, and return it; an empty store is told who judges for it."""
    kept = await store.learned(LEARNED)
    learned = kept.state if kept else ""
    judge.remember(learned)
    if not await store.newest_mention_id():
        await store.set_meta(FINGERPRINT, judge.fingerprint())
    return learned


async def _fill(hopper: Hopper, inlet: Inlet, pieces: AsyncIterator[Judged]) -> None:
    """Put the pieces into the hopper and close it, with the error that ended the reading, if any."""
    error: Exception | None = None
    try:
        async for piece in pieces:
            await hopper.put(inlet, Judged(piece.items, piece.set_aside, removed=piece.removed))
    except Exception as failure:  # noqa: BLE001 - raised again by take(), once what was read is committed
        error = failure
    await hopper.close(error)
