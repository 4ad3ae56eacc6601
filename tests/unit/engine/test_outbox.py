"""The outbox: what leaves and what does not, whose window was watched, what is written down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from cmconsole.config.tasks import spawn
from cmconsole.core import replying, sending
from cmconsole.core.account import Mode
from cmconsole.core.claim import AWAY
from cmconsole.core.clock import MINUTE, SECOND
from cmconsole.core.conversation import Status
from cmconsole.core.errors import (
    LeaseLostError,
    NotPublishedError,
    PublishRefusedError,
    StoreBusyError,
)
from cmconsole.core.reply import ReplyStatus
from cmconsole.engine.sending import Terms
from cmconsole.store.contract import ENGINE_LEASE
from tests.unit.engine.outboxes import STRANDED, WINDOW, WORDS, Desk, opened, place


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


# --------------------------------------------------------------------------------------------- what leaves


async def test_a_reply_leaves_once_its_window_is_over_and_not_before(desk: Desk) -> None:
    reply = await desk.hold(language="fr")
    desk.time.at += WINDOW - 1
    await desk.main.look()
    assert desk.there.made == 0

    desk.time.at += 1
    await desk.main.look()
    await desk.main.look()

    sent = await desk.now(reply)
    (post,) = desk.there.posts
    assert (sent.status, sent.native_ids, sent.url) == (ReplyStatus.SENT, ("p1",), "https://test.example/p1")
    assert (post.text, post.in_reply_to, post.thread, post.language) == (WORDS, "m1", "t1", "fr")
    assert post.key == reply.key
    assert await desk.trail(reply) == ["sending", "sent"]
    assert (await desk.talk(reply)).status is Status.PENDING


@pytest.mark.parametrize(
    ("after", "status"), [("wait", Status.PENDING), ("done", Status.RESOLVED), ("open", Status.OPEN)]
)
async def test_the_conversation_becomes_what_the_settings_say(
    tmp_path: Path, after: str, status: Status
) -> None:
    async with opened(tmp_path, terms=Terms(after)) as desk:
        reply = await desk.hold()
        await desk.window()
        assert (await desk.talk(reply)).status is status


async def test_a_thread_leaves_part_after_part_each_under_the_one_before(desk: Desk) -> None:
    reply = await desk.hold(parts=("un", "deux", "trois"))
    await desk.window()
    await desk.settled(reply)

    assert [(it.text, it.in_reply_to) for it in desk.there.posts] == [
        ("un", "m1"),
        ("deux", "p1"),
        ("trois", "p2"),
    ]
    assert len({it.key for it in desk.there.posts}) == 3
    assert await desk.trail(reply) == ["sending", "part_sent", "sending", "part_sent", "sending", "sent"]


async def test_what_was_taken_back_while_others_were_sent_stays(desk: Desk) -> None:
    first, second = await desk.hold(), await desk.hold()
    taken = partial(replying.take_back, person="Zoé", now=desk.time.at)
    desk.there.during = lambda: desk.move(second, taken)
    await desk.window()

    assert (await desk.now(first)).status is ReplyStatus.SENT
    assert (await desk.now(second)).status is ReplyStatus.DRAFT
    assert len(desk.there.posts) == 1


# ---------------------------------------------------------------------------------------------- rehearsals


async def test_a_rehearsal_ends_where_it_would_have_left_and_nobody_is_made_to_speak(tmp_path: Path) -> None:
    async with opened(tmp_path, mode=Mode.REHEARSAL) as desk:
        reply = await desk.hold(mode=Mode.REHEARSAL, parts=("un", "deux"))
        await desk.window()

        assert (await desk.now(reply)).status is ReplyStatus.REHEARSED
        assert await desk.trail(reply) == ["rehearsed"]
        assert desk.there.made == 0


async def test_a_live_reply_does_not_leave_as_an_account_in_rehearsal(tmp_path: Path) -> None:
    async with opened(tmp_path, mode=Mode.REHEARSAL) as desk:
        reply = await desk.hold()
        await desk.window()

        failed = await desk.now(reply)
        assert failed.status is ReplyStatus.FAILED
        assert "rehearsal" in failed.error
        assert desk.there.made == 0


async def test_a_rehearsed_reply_does_not_leave_as_a_live_account(desk: Desk) -> None:
    reply = await desk.hold(mode=Mode.REHEARSAL)
    await desk.window()

    assert (await desk.now(reply)).status is ReplyStatus.REHEARSED
    assert desk.there.made == 0


# ------------------------------------------------------------------------------------- who watched over it


async def test_a_window_whose_console_died_waits_for_a_person(desk: Desk) -> None:
    reply = await desk.hold(console="c1")
    desk.time.at += WINDOW - SECOND
    await desk.beat()
    desk.time.at += SECOND
    await desk.main.look()
    assert (await desk.now(reply)).hold_until == desk.time.at

    desk.time.at += AWAY
    await desk.main.look()
    assert place(await desk.now(reply)) == STRANDED
    assert desk.there.made == 0
    assert await desk.settled(reply) == await desk.now(reply)


async def test_a_window_whose_console_lives_runs_out_and_so_does_one_that_was_let_go(desk: Desk) -> None:
    watched, left = await desk.hold(console="c1"), await desk.hold(console="c2")
    await desk.move(left, partial(replying.let_go, now=desk.time.at))
    await desk.window()
    assert (await desk.now(watched)).status is ReplyStatus.HOLDING
    await desk.beat()
    await desk.main.look()

    assert [(await desk.now(it)).status for it in (watched, left)] == [ReplyStatus.SENT] * 2


async def test_what_is_on_hold_when_an_engine_dies_waits_for_a_person(desk: Desk) -> None:
    passed = await desk.hold()
    desk.time.at += WINDOW + 1
    running = await desk.hold()
    await desk.take_over()
    mine = await desk.hold()
    await desk.window()

    assert place(await desk.now(passed)) == STRANDED
    assert place(await desk.now(running)) == STRANDED
    assert (await desk.now(mine)).status is ReplyStatus.SENT
    assert len(desk.there.posts) == 1


async def test_a_hold_from_before_any_engine_goes_on_where_its_end_is_still_to_come(desk: Desk) -> None:
    await desk.store.release_lease(desk.lease)
    before = await desk.hold()
    assert before.turn == 0
    desk.time.at += SECOND
    await desk.take_over()
    await desk.window()

    assert (await desk.now(before)).status is ReplyStatus.SENT


async def test_another_try_that_is_still_to_come_survives_a_new_engine(desk: Desk) -> None:
    desk.there.before = [NotPublishedError("Slow down.", retry_after=60)]
    reply = await desk.hold()
    await desk.window()
    await desk.take_over()

    assert (await desk.settled(reply)).status is ReplyStatus.SENT
    assert await desk.trail(reply) == ["sending", "put_off", "sending", "sent"]


async def test_another_try_whose_time_passed_without_an_engine_waits_for_a_person(desk: Desk) -> None:
    desk.there.before = [NotPublishedError("Slow down.", retry_after=60)]
    reply = await desk.hold()
    await desk.window()
    desk.time.at += 2 * MINUTE
    await desk.take_over()

    assert place(await desk.now(reply)) == STRANDED


async def test_a_worker_that_was_stopped_for_a_while_lets_nothing_leave_late(desk: Desk) -> None:
    await desk.main.look()
    reply = await desk.hold()
    desk.time.at += 10 * MINUTE
    await desk.main.look()

    assert place(await desk.now(reply)) == STRANDED
    assert desk.there.calls == 0


async def test_an_engine_whose_lease_ran_out_does_not_call_and_the_next_one_looks(desk: Desk) -> None:
    await desk.store.renew_lease(desk.lease, desk.time.at, WINDOW - 1)
    reply = await desk.hold()
    with pytest.raises(LeaseLostError):
        await desk.window()

    assert (await desk.now(reply)).status is ReplyStatus.SENDING
    assert desk.there.calls == 0
    await desk.take_over()
    assert (await desk.now(reply)).status is ReplyStatus.UNKNOWN
    failed = await desk.settled(reply)
    assert failed.status is ReplyStatus.FAILED
    assert "surely not there" in failed.error
    assert desk.there.calls == 0


async def test_an_engine_that_another_one_replaced_begins_nothing(desk: Desk) -> None:
    reply = await desk.hold()
    stale, outbox = desk.lease, desk.outbox
    assert await desk.store.acquire_lease(ENGINE_LEASE, "thief", stale.expires_at + 1, MINUTE)
    desk.time.at += WINDOW
    with pytest.raises(LeaseLostError):
        await outbox.accounts["main"].look()

    assert (await desk.now(reply)).status is ReplyStatus.HOLDING
    assert desk.there.calls == 0


# ------------------------------------------------------------------------------------ what is written down


async def test_an_outcome_is_written_down_however_long_the_store_takes(desk: Desk) -> None:
    reply = await desk.hold()
    busy = StoreBusyError("busy")
    desk.store.faults.replies = [None, busy, busy, busy]
    await desk.window()

    assert (await desk.now(reply)).status is ReplyStatus.SENT
    assert desk.there.calls == 1


async def test_an_intent_that_cannot_be_written_down_is_not_carried_out(desk: Desk) -> None:
    reply = await desk.hold()
    desk.store.faults.replies = [StoreBusyError("busy")]
    with pytest.raises(StoreBusyError):
        await desk.window()

    assert desk.there.calls == 0
    await desk.main.begin()
    await desk.main.look()
    assert (await desk.now(reply)).status is ReplyStatus.SENT


async def test_no_secret_is_kept_with_a_reply(desk: Desk) -> None:
    desk.there.before = [PublishRefusedError("Bad https://u:hunter2@host/?access_token=hunter2 token")]
    reply = await desk.hold()
    await desk.window()

    assert "hunter2" not in (await desk.now(reply)).error


async def test_asked_to_stop_the_outbox_finishes_the_call_under_way_and_begins_no_other(desk: Desk) -> None:
    first, second = await desk.hold(), await desk.hold()
    stopping: list[asyncio.Task[None]] = []

    async def stop() -> None:
        stopping.append(spawn(desk.outbox.finish(), name="finish"))
        await asyncio.sleep(0)
        assert not stopping[0].done()

    desk.there.during = stop
    desk.time.at += WINDOW
    async with asyncio.timeout(30):
        await desk.main.follow()
        await stopping[0]

    assert (await desk.now(first)).status is ReplyStatus.SENT
    assert (await desk.now(second)).status is ReplyStatus.HOLDING


async def test_a_call_that_is_cut_off_stays_for_the_next_engine_to_look_up(desk: Desk) -> None:
    reply = await desk.hold()
    called = asyncio.Event()

    async def hang() -> None:
        called.set()
        await asyncio.Event().wait()

    desk.there.during = hang
    desk.time.at += WINDOW
    worker = spawn(desk.main.look(), name="outbox")
    await called.wait()
    worker.cancel()
    await asyncio.wait({worker})
    assert (await desk.now(reply)).status is ReplyStatus.SENDING

    desk.there.during = None
    await desk.take_over()
    assert (await desk.settled(reply)).status is ReplyStatus.SENT
    assert desk.there.calls == 1


async def test_a_reply_that_changed_since_it_was_read_is_left_alone(desk: Desk) -> None:
    read = await desk.hold(console="c1")
    changed = await desk.move(read, partial(replying.let_go, now=desk.time.at))
    stranding = partial(sending.strand, now=desk.time.at)

    assert await desk.main.recorder.moved(read, stranding) is None
    assert await desk.now(read) == changed
    assert await desk.main.recorder.moved(changed, stranding) == await desk.now(read)
