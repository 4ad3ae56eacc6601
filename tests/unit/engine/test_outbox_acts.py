"""Other acts than replies: done once, done again only where that does no harm."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from cmconsole.core import replying
from cmconsole.core.clock import MINUTE
from cmconsole.core.conversation import Status
from cmconsole.core.errors import (
    LeaseLostError,
    UnclearError,
)
from cmconsole.core.reply import Act, ReplyStatus
from cmconsole.engine.sending import MOST_TRIES
from tests.unit.engine.outboxes import WINDOW, WORDS, Desk, opened, place


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


async def test_an_act_is_done_once_and_leaves_the_conversation_alone(desk: Desk) -> None:
    act = await desk.hold(act=Act.HIDE, parts=(), text="spam")
    await desk.window()

    done = await desk.now(act)
    assert (done.status, desk.there.done) == (ReplyStatus.SENT, [(Act.HIDE, "m1", "spam")])
    assert (await desk.talk(act)).status is Status.OPEN


async def test_what_may_be_done_twice_is_done_again_where_the_answer_was_lost(desk: Desk) -> None:
    desk.there.after = [UnclearError("No answer."), RuntimeError("boom")]
    act = await desk.hold(act=Act.DELETE, parts=())
    await desk.window()

    assert (await desk.settled(act)).status is ReplyStatus.SENT
    assert await desk.trail(act) == ["sending", "put_off", "sending", "put_off", "sending", "sent"]
    assert desk.there.looked == 0


async def test_an_act_that_stays_unclear_is_done_again_with_measure_and_not_for_ever(desk: Desk) -> None:
    desk.there.after = [UnclearError("No answer.") for _ in range(40)]
    act = await desk.hold(act=Act.LIKE, parts=())
    began = desk.time.at
    await desk.window()
    failed = await desk.settled(act)

    assert (failed.status, failed.error) == (ReplyStatus.FAILED, "No answer.")
    assert "Look on the platform" in failed.advice
    assert desk.there.calls <= MOST_TRIES
    assert desk.time.at - began > MINUTE


async def test_a_report_without_an_answer_is_neither_done_again_nor_looked_up(desk: Desk) -> None:
    desk.there.after = [UnclearError("No answer.")]
    act = await desk.hold(act=Act.REPORT, parts=())
    await desk.window()
    assert place(await desk.now(act)) == (ReplyStatus.UNKNOWN, None)
    assert (await desk.now(act)).next_at is None

    unknown = await desk.settled(act)
    assert (unknown.status, unknown.next_at) == (ReplyStatus.UNKNOWN, None)
    assert (desk.there.calls, desk.there.looked) == (1, 0)
    await desk.move(unknown, partial(replying.look_again, person="Zoé", now=desk.time.at))
    assert "cannot be looked up" in (await desk.settled(act)).error


async def test_acts_an_engine_was_killed_in_are_done_again_but_for_reports(desk: Desk) -> None:
    like, report = (
        await desk.hold(act=Act.LIKE, parts=()),
        await desk.hold(act=Act.REPORT, parts=()),
    )
    await desk.store.renew_lease(desk.lease, desk.time.at, WINDOW - 1)
    for _ in range(2):
        with pytest.raises(LeaseLostError):
            await desk.window()
    await desk.take_over()

    assert (await desk.settled(like)).status is ReplyStatus.SENT
    assert place(await desk.now(report)) == (ReplyStatus.UNKNOWN, None)
    assert desk.there.done == [(Act.LIKE, "m1", WORDS)]
