"""The outbox in a whole engine: under its lease, stopped without cutting a call, kept while needed."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cmconsole.config.tasks import spawn
from cmconsole.core.clock import SECOND
from cmconsole.core.errors import NotPublishedError, UnclearError
from cmconsole.core.reply import Reply, ReplyStatus
from cmconsole.core.sla import SlaPolicy
from cmconsole.engine.accounts import AccountPlan
from cmconsole.engine.options import EngineOptions
from cmconsole.engine.run import run
from cmconsole.engine.turn import Parts
from tests.unit.engine.outboxes import Desk, Platform, opened
from tests.unit.engine.parts import FastTime, PlainJudge, until


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        await made.store.release_lease(made.lease)
        yield made


def engine(desk: Desk, **options: object) -> asyncio.Task[str]:
    """Start an engine for the desk's account."""
    time = FastTime()
    given = EngineOptions(**{"signals": False, **options})  # type: ignore[arg-type]
    parts = Parts(
        desk.store,
        [],
        PlainJudge(),
        SlaPolicy(),
        time,
        given,
        time.sleep,
        accounts=[AccountPlan("main", "test", "@acme", "live", None, Platform().publisher)],
        voices=desk.outbox.voices,
        terms=desk.terms,
    )
    return spawn(run(parts), name="engine")


async def cut(task: asyncio.Task[str]) -> None:
    task.cancel()
    await asyncio.wait({task})


async def is_in(desk: Desk, reply: Reply, status: ReplyStatus) -> bool:
    return (await desk.now(reply)).status is status


async def test_an_engine_stays_until_what_is_about_to_leave_has_left_and_then_closes_up(desk: Desk) -> None:
    desk.there.before = [NotPublishedError("Slow down.", retry_after=40)]
    desk.there.after = [UnclearError("No answer.")]
    reply = await desk.hold()

    async with asyncio.timeout(30):
        why = await engine(desk, idle=5 * SECOND)

    assert "No console" in why
    assert (await desk.now(reply)).status is ReplyStatus.SENT
    assert (len(desk.there.posts), desk.there.looked) == (1, 1)
    assert desk.there.closed == desk.there.made == 1


async def test_an_engine_does_not_stay_for_what_waits_for_a_person(desk: Desk) -> None:
    reply = await desk.hold(console="gone")
    async with asyncio.timeout(30):
        why = await engine(desk, idle=15 * SECOND)

    assert "No console" in why
    assert (await desk.now(reply)).is_stranded


async def test_an_engine_that_is_to_end_waits_for_the_call_under_way(desk: Desk) -> None:
    called, answer = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        called.set()
        await answer.wait()

    desk.there.during = slow
    reply = await desk.hold()
    task = engine(desk, idle=SECOND)
    async with asyncio.timeout(30):
        await called.wait()
        # Nobody keeps it but this reply, and then the platform answers.
        assert await is_in(desk, reply, ReplyStatus.SENDING)
        answer.set()
        await task

    assert await is_in(desk, reply, ReplyStatus.SENT)


async def test_an_engine_told_to_end_gives_a_call_its_time(desk: Desk) -> None:
    called, answer = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        called.set()
        await answer.wait()

    desk.there.during = slow
    reply, never = await desk.hold(), await desk.hold()
    task = engine(desk, stay=True, signals=True)
    async with asyncio.timeout(30):
        await called.wait()
        os.kill(os.getpid(), signal.SIGTERM)
        await until(lambda: _is_told_to_stop(task))
        answer.set()
        await task

    assert await is_in(desk, reply, ReplyStatus.SENT)
    assert await is_in(desk, never, ReplyStatus.HOLDING)


async def test_an_engine_that_lost_its_lease_in_a_call_writes_nothing_and_looks_it_up(desk: Desk) -> None:
    called, answer = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        called.set()
        await answer.wait()

    desk.there.during = slow
    reply, never = await desk.hold(), await desk.hold()
    task = engine(desk, stay=True)
    async with asyncio.timeout(30):
        await called.wait()
        lost = await desk.store.acquire_lease("engine", "thief", 9_000_000_000_000, SECOND)
        assert lost is not None
        await until(lambda: _is_told_to_stop(task))
        answer.set()
        await until(lambda: is_in(desk, reply, ReplyStatus.SENDING))
        await desk.store.release_lease(lost)
        # It comes back under a new lease, and looks up what it could not write down.
        desk.there.during = None
        await until(lambda: is_in(desk, reply, ReplyStatus.SENT))
    await cut(task)

    assert len([post for post in desk.there.posts if post.in_reply_to == "m1"]) == 1
    assert not await is_in(desk, never, ReplyStatus.SENDING)


async def _is_told_to_stop(task: asyncio.Task[str]) -> bool:
    return any(it.get_name() == "outbox ends" for it in asyncio.all_tasks()) or task.done()


async def test_an_engine_that_is_killed_in_a_call_leaves_it_to_the_next_one(desk: Desk) -> None:
    called = asyncio.Event()

    async def hang() -> None:
        called.set()
        await asyncio.Event().wait()

    desk.there.during = hang
    reply = await desk.hold()
    task = engine(desk, stay=True)
    async with asyncio.timeout(30):
        await called.wait()
        await cut(task)
        assert await is_in(desk, reply, ReplyStatus.SENDING)
        desk.there.during = None
        task = engine(desk, stay=True)
        await until(lambda: is_in(desk, reply, ReplyStatus.SENT))
    await cut(task)

    assert (desk.there.calls, len(desk.there.posts)) == (1, 1)
