"""A source paused at the desk: it is read no more, nothing is lost, and it goes on where it stopped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cmconsole.config.tasks import spawn
from cmconsole.core.clock import MINUTE, SECOND
from cmconsole.core.errors import BudgetSpentError, SourceError
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import Batch, Health, Source
from cmconsole.engine.options import EngineOptions
from cmconsole.engine.run import run
from cmconsole.engine.turn import Parts, cancelled
from tests.unit.engine.parts import FastTime, PlainJudge, mention, until
from tests.unit.engine.stored import FaultyStore, native_ids, state


@dataclass
class Stream:
    """Gives one mention at a time for ever, resuming by number; knows whether somebody reads it."""

    name: str = "stream"
    platform: str = "test"
    open: int = 0
    silent: bool = False
    raises: list[Exception] = field(default_factory=list)
    began: list[int] = field(default_factory=list)

    async def batches(self, cursor: str | None) -> AsyncGenerator[Batch]:
        number = int(cursor or 0)
        self.began.append(number)
        if self.raises:
            raise self.raises.pop(0)
        self.open += 1
        try:
            while True:
                if self.silent and number:
                    await asyncio.Event().wait()
                yield Batch((mention(number),), (), str(number + 1))
                number += 1
                await asyncio.sleep(0.002)
        finally:
            self.open -= 1


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[FaultyStore]:
    store = FaultyStore(tmp_path / "desk.db")
    await store.open()
    yield store
    await store.close()


def engine(store: FaultyStore, source: Source, time: FastTime) -> asyncio.Task[str]:
    options = EngineOptions(stay=True, signals=False)
    return spawn(
        run(Parts(store, [source], PlainJudge(), SlaPolicy(), time, options, time.sleep)), name="engine"
    )


@pytest.mark.parametrize("silent", [False, True])
async def test_a_paused_source_is_let_go_of_and_resumed_where_it_stopped(
    store: FaultyStore, silent: bool
) -> None:
    time, source = FastTime(), Stream(silent=silent)
    working = engine(store, source, time)

    async def is_read() -> bool:
        return bool(await native_ids(store)) and source.open == 1

    async def is_left() -> bool:
        return source.open == 0 and (await state(store, "stream")).health is Health.PAUSED

    await until(is_read)
    await store.pause_source("stream", "Ada", time.now())
    await until(is_left)
    taken = (await state(store, "stream")).taken
    await time.sleep(10)
    assert (await state(store, "stream")).taken == taken
    await store.resume_source("stream", "Bob", time.now())
    await until(is_read)
    await cancelled([working])

    found = await state(store, "stream")
    assert source.began == [0, taken]
    assert len(await native_ids(store)) == found.taken == int(found.cursor or 0)


async def test_one_paused_before_the_engine_starts_is_not_read_at_all(store: FaultyStore) -> None:
    time, source = FastTime(), Stream()
    await store.set_source_health("stream", "test", Health.OK, now=time.now())
    await store.pause_source("stream", "Ada", time.now())
    working = engine(store, source, time)
    await time.sleep(10)
    await cancelled([working])

    assert source.began == []


async def test_a_pause_the_platform_asked_for_outlives_the_engine(store: FaultyStore) -> None:
    time, source = FastTime(), Stream(raises=[SourceError("slow down", retry_after=60)])
    working = engine(store, source, time)

    async def is_told() -> bool:
        return any(told.health is Health.RETRYING for told in store.faults.told)

    await until(is_told)
    asked_at = time.now()
    await cancelled([working])
    again = engine(store, source, time)

    async def is_read() -> bool:
        return source.open == 1

    await until(is_read)
    assert time.now() - asked_at >= MINUTE - 10 * SECOND
    await cancelled([again])


async def test_a_spent_budget_pauses_the_source_and_says_so(store: FaultyStore) -> None:
    time = FastTime()
    source = Stream(raises=[BudgetSpentError("The month's money is spent.", retry_after=DAYS)])
    working = engine(store, source, time)

    async def is_paused() -> bool:
        return any(told.error for told in store.faults.told)

    await until(is_paused)
    found = await state(store, "stream")
    await cancelled([working])

    assert found.health is Health.PAUSED
    assert "money" in found.last_error
    assert found.retry_at is not None


DAYS = 3 * 86_400.0
