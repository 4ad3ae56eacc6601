"""An engine's life: at work, standing by, ending for each reason, and never half-way through a batch."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cmconsole.config.tasks import spawn
from cmconsole.core.clock import DAY, MINUTE, SECOND, Instant
from cmconsole.core.errors import StoreError, StoreVersionError
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import Batch, Health
from cmconsole.engine.options import TTL, EngineOptions
from cmconsole.engine.process import is_running
from cmconsole.engine.run import run
from cmconsole.engine.turn import Parts
from cmconsole.store.contract import ENGINE_LEASE, Ingested, Intake, Presence
from cmconsole.store.sqlite.store import SqliteStore
from tests.unit.engine.parts import FastTime, PlainJudge, ScriptedSource, batch, mention, until
from tests.unit.engine.stored import FaultyStore, native_ids, state


@dataclass
class Stream:
    """Gives one mention at a time for ever, resuming by number."""

    name: str = "stream"
    platform: str = "test"
    given: list[int] = field(default_factory=list)

    async def batches(self, cursor: str | None) -> AsyncGenerator[Batch]:
        number = int(cursor or 0)
        while True:
            self.given.append(number)
            yield Batch((mention(number),), (), str(number + 1))
            number += 1
            await asyncio.sleep(0.002)


@pytest.fixture
async def faulty(tmp_path: Path) -> AsyncIterator[FaultyStore]:
    store = FaultyStore(tmp_path / "desk.db")
    await store.open()
    yield store
    await store.close()


def given(stream: Stream, more_than: int) -> Callable[[], Awaitable[bool]]:
    async def enough() -> bool:
        return len(stream.given) > more_than

    return enough


def start(
    store: SqliteStore, source: ScriptedSource | Stream, time: FastTime, **options: object
) -> asyncio.Task[str]:
    given = EngineOptions(**options)  # type: ignore[arg-type]
    parts = Parts(store, [source], PlainJudge(), SlaPolicy(), time, given, time.sleep)
    return spawn(run(parts), name="engine")


async def test_an_engine_takes_in_and_ends_itself_when_no_console_lives(faulty: FaultyStore) -> None:
    time = FastTime()
    began = time.now()
    source = ScriptedSource([batch(range(100))], endless=True)

    why = await start(faulty, source, time, idle=10 * SECOND)

    assert "No console" in why
    assert time.now() - began >= 10 * SECOND
    assert len(await native_ids(faulty)) == 100
    assert not await is_running(faulty, time)
    assert (await state(faulty)).health is Health.PAUSED


async def test_a_console_keeps_it_alive_until_it_leaves(faulty: FaultyStore) -> None:
    time = FastTime()
    engine = start(faulty, Stream(), time, idle=6 * SECOND)
    for _ in range(20):
        await faulty.beat(Presence("c1", "Ada", time.now(), None))
        await time.sleep(1)
    assert not engine.done()
    await faulty.leave("c1")

    assert "No console" in await engine


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
async def test_told_to_stay_it_stays_until_a_signal(faulty: FaultyStore, number: signal.Signals) -> None:
    time = FastTime(200)
    stream = Stream()
    engine = start(faulty, stream, time, stay=True, idle=5 * SECOND)
    await until(given(stream, 20))
    await time.sleep(20)
    assert not engine.done()

    os.kill(os.getpid(), number)

    assert number.name in await engine
    found = await state(faulty, "stream")
    assert len(await native_ids(faulty)) == found.taken == int(found.cursor or 0)
    assert not await is_running(faulty, time)


async def test_the_batch_in_flight_is_finished_when_a_signal_comes(faulty: FaultyStore) -> None:
    entered, go_on = asyncio.Event(), asyncio.Event()
    ingest = faulty.ingest

    async def slow(intake_: Intake, policy: SlaPolicy, now: Instant) -> Ingested:
        entered.set()
        await go_on.wait()
        return await ingest(intake_, policy, now)

    faulty.ingest = slow  # type: ignore[method-assign]
    engine = start(faulty, ScriptedSource([batch(range(50)), batch(range(50, 60))]), FastTime(1), stay=True)
    await entered.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.sleep(0.05)
    assert not engine.done()
    go_on.set()

    await engine
    assert len(await native_ids(faulty)) in {50, 60}
    assert (await state(faulty)).cursor in {"1", "2"}


async def test_an_engine_that_is_not_needed_ends_at_once(faulty: FaultyStore) -> None:
    time = FastTime()
    first = start(faulty, Stream(), time, stay=True, signals=False)
    await time.sleep(3)
    began, source = time.now(), ScriptedSource([batch(range(5))])

    why = await start(faulty, source, time, if_needed=True)

    assert "Another engine" in why
    assert time.now() - began < 5 * SECOND
    assert not source.asked
    assert await is_running(faulty, time)
    first.cancel()
    await asyncio.wait({first})


async def test_an_engine_is_needed_where_the_former_one_was_killed(faulty: FaultyStore) -> None:
    time = FastTime()
    assert await faulty.acquire_lease(ENGINE_LEASE, "killed", time.now(), TTL)

    why = await start(faulty, ScriptedSource([batch(range(5))]), time, if_needed=True, idle=20 * SECOND)

    assert "No console" in why
    assert len(await native_ids(faulty)) == 5


async def test_a_standby_waits_and_ends_itself_when_idle(faulty: FaultyStore) -> None:
    time = FastTime()
    assert await faulty.acquire_lease(ENGINE_LEASE, "another", time.now(), DAY)
    source = ScriptedSource([batch(range(5))])

    why = await start(faulty, source, time, idle=8 * SECOND)

    assert "No console" in why
    assert not source.asked


async def test_an_engine_that_lost_its_lease_stops_stands_by_and_comes_back(faulty: FaultyStore) -> None:
    time = FastTime()
    stream = Stream()
    engine = start(faulty, stream, time, stay=True, signals=False)
    await until(given(stream, 10))

    # Another engine whose clock says that the lease ran out.
    thief = await faulty.acquire_lease(ENGINE_LEASE, "thief", time.now() + MINUTE, DAY)
    assert thief is not None
    taken = len(await native_ids(faulty))
    await time.sleep(8)
    stood_by_at = len(stream.given)
    await time.sleep(8)
    assert len(await native_ids(faulty)) == taken
    assert len(stream.given) == stood_by_at
    assert not engine.done()

    await faulty.release_lease(thief)
    await until(given(stream, stood_by_at + 10))
    engine.cancel()
    await asyncio.wait({engine})
    found = await state(faulty, "stream")
    assert len(await native_ids(faulty)) == found.taken == int(found.cursor or 0) > taken


async def test_a_chore_that_keeps_failing_disturbs_nobody(faulty: FaultyStore) -> None:
    async def broken(now: Instant, limit: int = 500) -> int:
        raise ArithmeticError(now + limit)

    faulty.wake_due = broken  # type: ignore[method-assign]
    time = FastTime()

    why = await start(faulty, ScriptedSource([batch(range(10))]), time, idle=10 * SECOND)

    assert "No console" in why
    assert len(await native_ids(faulty)) == 10


async def test_a_store_of_a_newer_program_ends_the_engine(faulty: FaultyStore) -> None:
    faulty.faults.lease = [StoreVersionError("The store was written by a newer cmconsole.")]

    with pytest.raises(StoreError, match="newer cmconsole"):
        await start(faulty, Stream(), FastTime(), stay=True)


async def test_a_store_that_cannot_be_read_ends_the_engine_with_the_reason(faulty: FaultyStore) -> None:
    async def unreadable() -> list[object]:
        raise StoreError("The store's file is damaged.")

    faulty.source_states = unreadable  # type: ignore[assignment]

    with pytest.raises(StoreError, match="damaged"):
        await start(faulty, Stream(), FastTime(), stay=True)


async def test_cancelling_the_engine_leaves_nothing_running(faulty: FaultyStore) -> None:
    stream = Stream()
    engine = start(faulty, stream, FastTime(), stay=True)
    await until(given(stream, 5))
    engine.cancel()
    with pytest.raises(asyncio.CancelledError):
        await engine
    await asyncio.sleep(0.05)

    assert [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []
