"""Committing: a batch is never dropped; a busy store is waited for, a poisonous item found and set aside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cmconsole.core.errors import LeaseLostError, StoreBusyError, StoreError, StoreVersionError
from cmconsole.core.mention import SetAside
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import BATCH_LIMIT
from cmconsole.engine.committing import Committer
from cmconsole.engine.hopper import Inlet, Judged, Taken
from cmconsole.store.contract import Ingested, Intake
from tests.unit.engine.parts import PlainJudge, ScriptedSource, Time, mention
from tests.unit.engine.stored import FaultyStore, native_ids, state

BUSY = StoreBusyError("busy")
FULL = StoreError("The disk is full.")


@pytest.fixture
async def faulty(tmp_path: Path) -> AsyncIterator[FaultyStore]:
    store = FaultyStore(tmp_path / "desk.db")
    await store.open()
    yield store
    await store.close()


def taken(count: int, cursor: str = "end", aside: int = 0) -> Taken:
    verdict = PlainJudge().judge(mention(0))
    items = [(mention(number), verdict) for number in range(count)]
    return Taken(Inlet(ScriptedSource([])), Judged(items, [SetAside("reason", "raw")] * aside, cursor), 1)


def committer(store: FaultyStore, time: Time, patience: int | None = None) -> Committer:
    return Committer(store, SlaPolicy(), time, patience=patience, sleep=time.sleep)


async def test_a_batch_and_its_cursor_are_committed(faulty: FaultyStore) -> None:
    assert await committer(faulty, Time()).commit(taken(3, aside=2)) == Ingested(3, 0, 2)
    assert (await state(faulty)).cursor == "end"


async def test_an_oversized_batch_is_committed_in_short_transactions(faulty: FaultyStore) -> None:
    assert await committer(faulty, Time()).commit(taken(1_201, aside=1)) == Ingested(1_201, 0, 1)
    assert faulty.faults.sizes == [BATCH_LIMIT, BATCH_LIMIT, 201]
    assert (await state(faulty)).cursor == "end"


async def test_a_busy_store_is_waited_for_however_long(faulty: FaultyStore) -> None:
    time = Time()
    faulty.faults.ingest = [BUSY] * 25

    assert await committer(faulty, time).commit(taken(3)) == Ingested(3, 0, 0)
    assert len(time.slept) == 25
    assert max(time.slept) <= 15


async def test_a_full_disk_is_waited_out_and_costs_no_mention(faulty: FaultyStore) -> None:
    faulty.faults.ingest = [FULL] * 40

    assert await committer(faulty, Time()).commit(taken(100, aside=1)) == Ingested(100, 0, 1)
    assert (await state(faulty)).set_aside == 1
    assert (await state(faulty)).cursor == "end"


@pytest.mark.parametrize("error", [OverflowError("int too large"), StoreError("string or blob too big")])
async def test_the_one_item_the_store_cannot_take_is_found_and_set_aside(
    faulty: FaultyStore, error: Exception
) -> None:
    faulty.faults.poison = lambda intake: (
        error if "m77" in {item.native_id for item, _ in intake.items} else None
    )

    assert await committer(faulty, Time()).commit(taken(200, aside=1)) == Ingested(199, 0, 2)

    assert "m77" not in await native_ids(faulty)
    newest, _source = await faulty.set_aside_items()
    assert "m77" in newest.raw + _source.raw
    assert str(error) in newest.reason + _source.reason
    assert (await state(faulty)).cursor == "end"


async def test_poison_at_both_ends_and_a_store_busy_in_between(faulty: FaultyStore) -> None:
    bad = {"m0", "m63"}
    calls = 0

    def poison(intake: Intake) -> Exception | None:
        nonlocal calls
        calls += 1
        if calls % 3 == 0:
            return BUSY
        return ValueError("poison") if bad & {item.native_id for item, _ in intake.items} else None

    faulty.faults.poison = poison

    assert await committer(faulty, Time()).commit(taken(64)) == Ingested(62, 0, 2)
    assert (await state(faulty)).set_aside == 2
    assert len(await native_ids(faulty)) == 62


async def test_a_store_that_takes_no_mention_at_all_is_to_blame_itself(faulty: FaultyStore) -> None:
    time = Time()
    broken = [True]
    faulty.faults.poison = lambda intake: TypeError("a bug") if broken[0] and intake.items else None

    def mend() -> None:
        if len(time.slept) > 20:
            broken[0] = False

    time.on_sleep = mend

    assert await committer(faulty, time).commit(taken(500)) == Ingested(495, 0, 5)


@pytest.mark.parametrize("error", [LeaseLostError("lost"), StoreVersionError("newer")])
async def test_what_waiting_cannot_mend_is_raised(faulty: FaultyStore, error: Exception) -> None:
    time = Time()
    faulty.faults.ingest = [error]

    with pytest.raises(type(error)):
        await committer(faulty, time).commit(taken(3))
    assert not time.slept


@pytest.mark.parametrize("error", [BUSY, FULL, MemoryError("no memory")])
async def test_a_one_shot_gives_up_in_the_end_and_says_why(faulty: FaultyStore, error: Exception) -> None:
    faulty.faults.ingest = [error] * 1_000

    with pytest.raises(type(error)):
        await committer(faulty, Time(), patience=5).commit(taken(40))
    assert await native_ids(faulty) == []


@pytest.mark.parametrize(("count", "whole", "calls"), [(400, 150, 3), (1_401, BATCH_LIMIT, 1)])
async def test_the_cursor_never_runs_ahead_of_what_is_committed(
    faulty: FaultyStore, count: int, whole: int, calls: int
) -> None:
    def poison(intake: Intake) -> Exception | None:
        if len(intake.items) > whole:
            return OverflowError("too much at once")
        return LeaseLostError("lost") if len(faulty.faults.sizes) > calls else None

    faulty.faults.poison = poison

    with pytest.raises(LeaseLostError):
        await committer(faulty, Time()).commit(taken(count))

    assert 0 < len(await native_ids(faulty)) < count
    assert (await state(faulty)).cursor is None
