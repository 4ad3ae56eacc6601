"""Intake: whatever goes wrong, every mention is stored exactly once and the cursor tells the truth."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cmconsole.config.tasks import spawn
from cmconsole.core.clock import MINUTE, SECOND
from cmconsole.core.errors import SourceError, SourceRefusedError, StoreBusyError, StoreError
from cmconsole.core.moves import Change
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import Batch, Health, Source
from cmconsole.engine.intake import Intake, Totals, drain
from cmconsole.engine.options import TTL
from cmconsole.engine.pausing import Pauses
from cmconsole.engine.reading import REFUSED_PAUSE
from cmconsole.engine.turn import cancelled
from cmconsole.engine.vips import MarkedAuthors
from cmconsole.store.contract import ENGINE_LEASE
from cmconsole.store.sqlite.store import SqliteStore
from tests.unit.engine.parts import NOON, PlainJudge, ScriptedSource, StillTime, Time, batch, mention, until
from tests.unit.engine.stored import FaultyStore, native_ids, state

POLICY = SlaPolicy()


@asynccontextmanager
async def faulty_store() -> AsyncIterator[FaultyStore]:
    with tempfile.TemporaryDirectory() as folder:
        store = FaultyStore(Path(folder) / "desk.db")
        await store.open()
        try:
            yield store
        finally:
            await store.close()


@asynccontextmanager
async def beside(store: FaultyStore) -> AsyncIterator[SqliteStore]:
    """Open the same file a second time, as another process would."""
    other = SqliteStore(store.path)
    await other.open()
    try:
        yield other
    finally:
        await other.close()


async def is_told(store: FaultyStore, health: Health) -> bool:
    return health in [entry.health for entry in store.faults.told]


async def holds_any(store: SqliteStore) -> bool:
    return bool(await native_ids(store))


async def take_in(store: SqliteStore, *sources: Source, time: Time | None = None) -> None:
    """Run a whole intake until every source has ended and all is committed."""
    time = time or Time()
    lease = await store.acquire_lease(ENGINE_LEASE, "test", time.now(), TTL)
    assert lease is not None
    vips = MarkedAuthors(store, time.sleep)
    await vips.refresh()
    intake = Intake(store, PlainJudge(), vips, POLICY, time, lambda: lease, Pauses(store), time.sleep)
    await intake.prepare(sources)
    committing = spawn(intake.commit(), name="commit")
    try:
        async with asyncio.timeout(60):
            await asyncio.gather(*(read() for _name, read in intake.readers()))
    finally:
        await intake.stop()
        await cancelled([committing])


# ----------------------------------------------------------------------------------- the property

FAULTS: list[Callable[[], BaseException]] = [
    lambda: SourceError("away"),
    lambda: SourceError("slow down", retry_after=7.5),
    lambda: SourceRefusedError("forbidden"),
    lambda: ConnectionResetError("reset by peer"),
    lambda: ValueError("unforeseen"),
    asyncio.CancelledError,
    TimeoutError,
]
STORE_FAULTS: list[Callable[[], Exception]] = [
    lambda: StoreBusyError("busy"),
    lambda: StoreError("disk full"),
]


@given(
    sizes=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 2)), min_size=1, max_size=8),
    overlap=st.integers(0, 5),
    faults=st.lists(st.tuples(st.integers(0, 8), st.sampled_from(FAULTS)), max_size=5),
    store_faults=st.lists(st.sampled_from(STORE_FAULTS), max_size=4),
    restarts=st.integers(0, 1),
)
@settings(max_examples=40)
async def test_whatever_fails_every_mention_is_stored_exactly_once_and_the_cursor_is_right(
    sizes: list[tuple[int, int]],
    overlap: int,
    faults: list[tuple[int, Callable[[], BaseException]]],
    store_faults: list[Callable[[], Exception]],
    restarts: int,
) -> None:
    starts = [sum(size for size, _ in sizes[:index]) for index in range(len(sizes))]
    script = [
        # Platforms repeat themselves: each batch begins with the end of the former one.
        batch(range(max(0, start - overlap), start + size), aside=aside)
        for start, (size, aside) in zip(starts, sizes, strict=True)
    ]
    source = ScriptedSource(script, [(after, fault()) for after, fault in faults])
    async with faulty_store() as store:
        store.faults.ingest = [fault() for fault in store_faults]
        for _ in range(1 + restarts):
            await take_in(store, source)

        total = sum(size for size, _ in sizes)
        found = await state(store)
        assert await native_ids(store) == sorted(f"m{number}" for number in range(total))
        assert found.taken == total
        assert found.set_aside == sum(aside for _, aside in sizes)
        assert found.cursor == str(len(script))
        assert found.health is Health.ENDED
        assert not source.faults


# -------------------------------------------------------------------------------- sources' faults


async def test_reading_goes_on_after_the_last_committed_cursor() -> None:
    async with faulty_store() as store:
        source = ScriptedSource([batch([1]), batch([2]), batch([3])], [(2, SourceError("away"))])
        await take_in(store, source)

        assert source.asked == [None, "2"]
        await take_in(store, source)
        assert source.asked == [None, "2", "3"]


async def test_each_fault_is_told_in_words_with_the_time_of_the_next_try() -> None:
    time = Time()
    async with faulty_store() as store:
        source = ScriptedSource(
            [batch([1])],
            [
                (0, SourceError("social.example is away.", retry_after=90)),
                (0, SourceRefusedError("The token was refused.", advice="Make a new one.")),
                (0, ConnectionError("https://a.example/?access_token=s3cr3t \x1b[31m")),
            ],
        )
        await take_in(store, source, time=time)

        told = [entry for entry in store.faults.told if entry.error]
        assert [entry.health for entry in told] == [Health.RETRYING, Health.REFUSED, Health.RETRYING]
        assert told[0].error == "social.example is away."
        assert told[0].retry_at is not None
        assert told[0].retry_at >= NOON + 90 * SECOND
        assert told[1].error == "The token was refused. Make a new one."
        assert told[1].retry_at is not None
        assert told[1].retry_at >= told[0].retry_at + REFUSED_PAUSE
        assert told[2].error == "ConnectionError: https://a.example/?… ␛[31m"
        assert [entry.health for entry in store.faults.told][-2:] == [Health.OK, Health.ENDED]
        assert time.now() >= NOON + 90 * SECOND + REFUSED_PAUSE


async def test_a_source_in_trouble_does_not_hold_up_another() -> None:
    async with faulty_store() as store:
        ill = ScriptedSource([batch([1])], [(0, OSError(str(n))) for n in range(12)], name="ill")
        well = ScriptedSource([batch(range(10, 20)), batch(range(20, 30))], name="well")
        await take_in(store, ill, well)

        assert len(await native_ids(store)) == 21
        assert not (await state(store, "well")).last_error
        assert (await state(store, "ill")).last_error == "OSError: 11"


async def test_health_that_cannot_be_written_stops_nothing() -> None:
    async with faulty_store() as store:
        store.faults.health = [StoreBusyError("busy")] * 2
        await take_in(store, ScriptedSource([batch([1]), batch([2])]))

        assert len(await native_ids(store)) == 2
        assert (await state(store)).health is Health.ENDED


async def test_a_source_that_looks_and_finds_nothing_is_well_and_keeps_its_cursor() -> None:
    async with faulty_store() as store:
        await take_in(store, ScriptedSource([Batch(), Batch()]))

        assert [entry.health for entry in store.faults.told] == [Health.STARTING, Health.OK, Health.ENDED]
        assert (await state(store)).cursor == "2"


class Silent(ScriptedSource):
    """Neither answers nor fails, like a stream on which nobody speaks."""

    async def batches(self, cursor: str | None) -> AsyncIterator[Batch]:  # type: ignore[override]
        await asyncio.Event().wait()
        yield Batch()


async def test_a_silent_source_is_presumed_well_after_a_while() -> None:
    time = Time()
    async with faulty_store() as store:
        reading = spawn(take_in(store, Silent([]), time=time), name="intake")
        await until(lambda: is_told(store, Health.OK))
        reading.cancel()
        await asyncio.wait({reading})

        assert time.now() == NOON + 30 * SECOND


async def test_a_source_that_stays_well_is_said_to_be_well_again_only_now_and_then() -> None:
    class Slow(ScriptedSource):
        async def batches(self, cursor: str | None) -> AsyncIterator[Batch]:  # type: ignore[override]
            for number in range(120):
                time.at += SECOND
                yield batch([number])

    time = StillTime()
    async with faulty_store() as store:
        await take_in(store, Slow([]), time=time)

        assert [entry.health for entry in store.faults.told].count(Health.OK) == 4
        assert time.now() == NOON + 2 * MINUTE


async def test_a_vip_marked_at_the_desk_counts_for_the_next_mention() -> None:
    async with faulty_store() as store:
        await take_in(store, ScriptedSource([batch([1])]))
        (conversation,) = await store.conversations([1])
        await store.set_vip(conversation.author_id, Change, vip=True, person="Ada", now=NOON)

        await take_in(store, ScriptedSource([batch([8, 2])], name="other"))

        (first, second) = await store.conversations([2, 3])
        assert {first.lane, second.lane} == {"influencers", "others"}


# --------------------------------------------------------------------------------------- one shot


async def test_a_drain_counts_everything_and_doing_it_again_changes_nothing(store: SqliteStore) -> None:
    source = ScriptedSource(
        [batch(range(700), aside=2), batch(range(690, 900)), Batch((mention(1, "stumble"),))]
    )
    seen: list[Totals] = []

    first = await drain(source, store, PlainJudge(), POLICY, Time(), progress=seen.append)
    second = await drain(source, store, PlainJudge(), POLICY, Time())

    assert (first.read, first.new, first.duplicate, first.set_aside) == (913, 900, 10, 3)
    assert (second.read, second.new, second.duplicate, second.set_aside) == (913, 0, 910, 3)
    assert seen[-1] == first
    assert [totals.read for totals in seen] == sorted(totals.read for totals in seen)
    found = await state(store)
    assert (found.cursor, found.health) == (None, Health.ENDED)


async def test_a_drain_puts_small_batches_together(tmp_path: Path) -> None:
    async with faulty_store() as store:
        await drain(ScriptedSource([batch([n]) for n in range(6_000)]), store, PlainJudge(), POLICY, Time())

        assert sum(store.faults.sizes) == 6_000
        assert len(store.faults.sizes) < 300
        assert max(store.faults.sizes) <= 4_000


async def test_a_drain_writes_little_at_a_time_beside_others(tmp_path: Path) -> None:
    async with faulty_store() as store, beside(store) as other:
        await other.set_source_health("other", "x", Health.OK, now=NOON)
        await drain(ScriptedSource([batch([n]) for n in range(6_000)]), store, PlainJudge(), POLICY, Time())

        assert sum(store.faults.sizes) == 6_000
        assert max(store.faults.sizes) <= 500


async def test_a_drain_raises_what_the_source_raises_after_keeping_what_came_before(
    store: SqliteStore,
) -> None:
    source = ScriptedSource([batch(range(10)), batch(range(10, 20))], [(1, SourceError("the pipe broke"))])

    with pytest.raises(SourceError, match="the pipe broke"):
        await drain(source, store, PlainJudge(), POLICY, Time())

    assert len(await native_ids(store)) == 10


async def test_a_drain_that_is_cancelled_ends_at_once_and_leaves_the_store_whole(store: SqliteStore) -> None:
    draining = spawn(
        drain(ScriptedSource([batch(range(5))], endless=True), store, PlainJudge(), POLICY, Time()),
        name="drain",
    )
    await until(lambda: holds_any(store))
    draining.cancel()
    with pytest.raises(asyncio.CancelledError):
        await draining

    await drain(ScriptedSource([batch(range(9))]), store, PlainJudge(), POLICY, Time())
    assert len(await native_ids(store)) == 9


@given(seed=st.integers(0, 1_000))
@settings(max_examples=8)
async def test_cancelling_anywhere_loses_and_doubles_nothing(seed: int) -> None:
    chance = Random(seed)
    source = ScriptedSource([batch(range(n * 30, n * 30 + 30)) for n in range(12)])
    async with faulty_store() as store:
        for _ in range(4):
            taking = spawn(take_in(store, source), name="intake")
            await asyncio.sleep(chance.random() * 0.03)
            taking.cancel()
            await asyncio.wait({taking})
            so_far = await native_ids(store)
            found = [item for item in await store.source_states() if item.cursor]
            if found:
                # All that the cursor says was taken is there: never more is promised than is stored.
                assert len(so_far) == 30 * int(found[0].cursor or 0) == found[0].taken
        await take_in(store, source)

        assert await native_ids(store) == sorted(f"m{number}" for number in range(360))
        assert (await state(store)).cursor == "12"
