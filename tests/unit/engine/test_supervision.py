"""Supervision: workers come back, alone, later and later; two errors end the turn."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from random import Random

import pytest

from cmconsole.config.tasks import spawn
from cmconsole.core.clock import MINUTE
from cmconsole.core.errors import LeaseLostError, StoreBusyError, StoreVersionError
from cmconsole.engine.ending import Cause, Ending, first
from cmconsole.engine.supervision import Supervisor
from tests.unit.engine.parts import Time


def failing(*errors: BaseException) -> tuple[Callable[[], Awaitable[None]], list[int]]:
    """Return work that raises one error after the other, then succeeds, and the list of its runs."""
    runs: list[int] = []

    async def work() -> None:
        runs.append(len(runs))
        if len(runs) <= len(errors):
            raise errors[len(runs) - 1]

    return work, runs


async def test_a_worker_that_fails_is_run_again_until_it_succeeds() -> None:
    time, ending = Time(), Ending()
    work, runs = failing(ValueError("one"), StoreBusyError("two"), KeyError("three"))

    await Supervisor(time, ending, time.sleep, Random(1)).keep("work", work)

    assert len(runs) == 4
    assert len(time.slept) == 3
    assert ending.cause is None


@pytest.mark.parametrize(
    ("error", "cause"),
    [(LeaseLostError("gone"), Cause.LEASE_LOST), (StoreVersionError("newer"), Cause.BROKEN)],
)
async def test_what_cannot_be_mended_asks_for_the_ending(error: Exception, cause: Cause) -> None:
    time, ending = Time(), Ending()
    work, runs = failing(error)

    await Supervisor(time, ending, time.sleep).keep("work", work)

    assert len(runs) == 1
    assert ending.cause is cause


async def test_cancelling_ends_a_worker_but_a_cancellation_from_inside_does_not() -> None:
    time, ending = Time(), Ending()
    work, runs = failing(asyncio.CancelledError())
    await Supervisor(time, ending, time.sleep).keep("work", work)
    assert len(runs) == 2

    task = spawn(Supervisor(time, ending, time.sleep).keep("wait", forever), name="wait")
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def forever() -> None:
    await asyncio.Event().wait()


async def test_one_worker_in_trouble_leaves_the_others_alone() -> None:
    time, ending = Time(), Ending()
    supervisor = Supervisor(time, ending, time.sleep)
    healthy = spawn(supervisor.keep("healthy", forever), name="healthy")

    await supervisor.keep("ill", failing(*(OSError(str(n)) for n in range(30)))[0])

    assert not healthy.done()
    healthy.cancel()


async def test_pauses_start_again_after_a_minute_of_health() -> None:
    time, ending = Time(), Ending()
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs == 12:
            return
        if runs == 11:
            time.at += 2 * MINUTE
        raise OSError(runs)

    await Supervisor(time, ending, time.sleep, Random(3)).keep("work", work)

    assert max(time.slept[:-1]) > 10
    assert time.slept[-1] <= 1


async def test_a_failure_is_logged_with_its_worker(caplog: pytest.LogCaptureFixture) -> None:
    time = Time()
    with caplog.at_level(logging.ERROR):
        await Supervisor(time, Ending(), time.sleep).keep("housekeeping", failing(OSError("disk"))[0])

    assert "worker=housekeeping" in caplog.text


async def test_the_first_cause_of_an_ending_stays() -> None:
    ending, other = Ending(), Ending()
    waiting = spawn(first(other, ending), name="first")
    await asyncio.sleep(0)
    assert not waiting.done()

    ending.ask(Cause.IDLE, "idle")
    ending.ask(Cause.ASKED, "asked")
    await asyncio.wait_for(waiting, 1)

    assert (ending.cause, ending.words) == (Cause.IDLE, "idle")
