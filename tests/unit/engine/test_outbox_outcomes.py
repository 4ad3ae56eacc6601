"""What comes of a call: tries again with measure, unclear ones looked up on time, and never a second post."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest

from cmconsole.core import replying
from cmconsole.core.account import Standing
from cmconsole.core.clock import MINUTE, SECOND
from cmconsole.core.errors import NotPublishedError, PublishRefusedError, SourceError, UnclearError
from cmconsole.core.reply import Reply, ReplyStatus
from cmconsole.core.replying import Known
from cmconsole.engine.sending import LONGEST, MOST_TRIES, PATIENCE
from tests.unit.engine.outboxes import WINDOW, Desk, opened

UNCLEAR = UnclearError("No answer came.")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with opened(tmp_path) as made:
        yield made


async def sent_at(desk: Desk, reply: Reply, kind: str = "reply.sending") -> list[int]:
    return [line.at for line in await desk.store.audit(reply_id=reply.id) if line.kind == kind]


async def retry(desk: Desk, reply: Reply) -> Reply:
    """Let a person send a reply again."""
    move = partial(
        replying.retry, person="Zoé", now=desk.time.at, until=desk.time.at + WINDOW, console="",
        known=Known(reply.seen),
    )  # fmt: skip
    return await desk.move(reply, move)


# ---------------------------------------------------------------------------- surely nothing was published


async def test_what_surely_did_not_leave_is_tried_again_later_and_later(desk: Desk) -> None:
    desk.there.before = [NotPublishedError("Away.") for _ in range(20)]
    reply = await desk.hold()
    await desk.window()
    waiting = await desk.now(reply)
    assert (waiting.status, waiting.attempts, waiting.error) == (ReplyStatus.HOLDING, 1, "Away.")

    failed = await desk.settled(reply)
    tries = await sent_at(desk, reply)
    assert failed.status is ReplyStatus.FAILED
    assert failed.error == "Away."
    assert "tried" in failed.advice
    assert len(tries) == MOST_TRIES
    assert tries[-1] - tries[0] < PATIENCE
    assert all(later - sooner <= LONGEST + 20 * SECOND for sooner, later in pairwise(tries))
    assert desk.there.posts == []


async def test_a_reply_is_not_tried_for_longer_than_half_an_hour(desk: Desk) -> None:
    desk.there.before = [NotPublishedError("Slow down.", retry_after=16 * 60) for _ in range(9)]
    reply = await desk.hold()
    await desk.window()
    failed = await desk.settled(reply)

    assert failed.status is ReplyStatus.FAILED
    first, *_, last = await sent_at(desk, reply)
    assert (desk.there.calls, last - first >= PATIENCE) == (3, True)


async def test_a_platforms_own_pause_is_kept_by_the_whole_account_and_told(desk: Desk) -> None:
    desk.there.before = [NotPublishedError("Slow down.", advice="Wait.", retry_after=90)]
    limited, next_one = await desk.hold(), await desk.hold()
    await desk.window()
    limited, next_one = await desk.now(limited), await desk.now(next_one)

    assert limited.hold_until is not None
    assert limited.hold_until >= desk.time.at + 90 * SECOND
    assert (next_one.hold_until, next_one.attempts) == (limited.hold_until, 0)
    assert (next_one.error, next_one.advice) == ("Slow down.", "Wait.")
    assert desk.there.calls == 1
    assert (await desk.settled(limited)).status is ReplyStatus.SENT
    assert (await desk.settled(next_one)).status is ReplyStatus.SENT
    assert len(desk.there.posts) == 2


async def test_one_replys_pause_does_not_hold_up_the_next_one(desk: Desk) -> None:
    desk.there.before = [NotPublishedError("Away.")]
    first, second = await desk.hold(), await desk.hold()
    await desk.window()

    assert (await desk.now(first)).status is ReplyStatus.HOLDING
    assert (await desk.now(second)).status is ReplyStatus.SENT


async def test_a_reply_that_is_put_off_can_be_taken_back(desk: Desk) -> None:
    desk.there.before = [NotPublishedError("Away.")]
    reply = await desk.hold()
    await desk.window()
    await desk.move(reply, partial(replying.take_back, person="Zoé", now=desk.time.at))

    assert (await desk.settled(reply)).status is ReplyStatus.DRAFT
    assert desk.there.posts == []


async def test_a_reply_sent_again_long_after_its_first_try_has_its_tries_again(desk: Desk) -> None:
    desk.there.before = [UNCLEAR, NotPublishedError("Away.")]
    desk.there.is_hiding = True
    reply = await desk.hold()
    await desk.window()
    desk.time.at += 40 * MINUTE
    # The engine of a desk that slept.
    await retry(desk, await desk.now(reply))
    desk.outbox = desk.fresh()
    await desk.window()
    assert (await desk.now(reply)).status is ReplyStatus.HOLDING

    assert (await desk.settled(reply)).status is ReplyStatus.SENT
    assert len(desk.there.posts) == 1


# -------------------------------------------------------------------------------------------- nobody knows


@pytest.mark.parametrize(
    "error",
    [UNCLEAR, RuntimeError("boom"), SourceError("Not ours."), asyncio.CancelledError(), TimeoutError()],
    ids=lambda it: type(it).__name__,
)
async def test_whatever_happens_in_a_call_the_post_is_there_once(desk: Desk, error: BaseException) -> None:
    desk.there.after = [error]
    reply = await desk.hold()
    await desk.window()
    unknown = await desk.now(reply)
    assert (unknown.status, unknown.next_at) == (ReplyStatus.UNKNOWN, desk.time.at + 10 * SECOND)
    assert unknown.error
    assert "looked up" in unknown.advice

    found = await desk.settled(reply)
    assert (found.status, found.native_ids, found.error) == (ReplyStatus.SENT, ("p1",), "")
    assert await desk.trail(reply) == ["sending", "doubted", "sent"]
    assert (desk.there.calls, len(desk.there.posts)) == (1, 1)


async def test_a_call_that_takes_too_long_is_unclear(desk: Desk) -> None:
    desk.there.during = asyncio.Event().wait
    desk.main.sending.limit = desk.main.asking.limit = 0.01
    reply = await desk.hold()
    await desk.window()
    assert (await desk.now(reply)).status is ReplyStatus.UNKNOWN

    desk.time.at += 10 * SECOND
    await desk.main.look()
    assert "in time" in (await desk.now(reply)).error
    desk.there.during = None
    assert (await desk.settled(reply)).status is ReplyStatus.SENT


async def test_what_two_look_ups_in_a_row_do_not_find_goes_back_to_the_person(desk: Desk) -> None:
    desk.there.before = [UNCLEAR]
    reply = await desk.hold()
    await desk.window()
    failed = await desk.settled(reply)

    assert failed.status is ReplyStatus.FAILED
    assert "surely not there" in failed.error
    (doubted,) = await sent_at(desk, reply, "reply.doubted")
    looks = await sent_at(desk, reply, "reply.looked_up") + await sent_at(desk, reply, "reply.failed")
    assert [it - doubted for it in looks] == [10 * SECOND, 30 * SECOND]
    assert (desk.there.calls, desk.there.looked) == (1, 2)


async def test_a_look_up_by_our_own_key_is_believed_at_once(desk: Desk) -> None:
    desk.there.is_certain = True
    desk.there.before = [UNCLEAR]
    reply = await desk.hold()
    await desk.window()

    assert (await desk.settled(reply)).status is ReplyStatus.FAILED
    assert desk.there.looked == 1


async def test_a_post_that_shows_late_is_found_all_the_same(desk: Desk) -> None:
    desk.there.after, desk.there.is_hiding = [UNCLEAR], True
    reply = await desk.hold()
    await desk.window()
    desk.time.at += 10 * SECOND
    await desk.main.look()
    assert (await desk.now(reply)).absences == 1
    desk.there.is_hiding = False

    assert (await desk.settled(reply)).status is ReplyStatus.SENT


async def test_a_platform_that_cannot_be_asked_leaves_it_unknown_for_a_person(desk: Desk) -> None:
    desk.there.after = [UNCLEAR]
    desk.there.looks = [
        SourceError("Away."),
        RuntimeError("boom"),
        SourceError("Away."),
        SourceError("Gone."),
    ]
    reply = await desk.hold()
    await desk.window()
    unknown = await desk.settled(reply)

    assert (unknown.status, unknown.next_at, unknown.error) == (ReplyStatus.UNKNOWN, None, "Gone.")
    (doubted,) = await sent_at(desk, reply, "reply.doubted")
    looks = [it - doubted for it in await sent_at(desk, reply, "reply.looked_up")]
    assert looks == [10 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE]
    assert await desk.settled(reply, within=10 * MINUTE) == unknown

    await desk.move(unknown, partial(replying.look_again, person="Zoé", now=desk.time.at))
    assert (await desk.settled(reply)).status is ReplyStatus.SENT
    assert len(desk.there.posts) == 1


async def test_one_absence_between_two_silences_is_not_enough(desk: Desk) -> None:
    desk.there.before = [UNCLEAR]
    desk.there.looks = [None, SourceError("Away."), None, SourceError("Away.")]
    reply = await desk.hold()
    await desk.window()

    unknown = await desk.settled(reply)
    assert (unknown.status, unknown.next_at) == (ReplyStatus.UNKNOWN, None)


async def test_a_look_up_keeps_the_platforms_pause(desk: Desk) -> None:
    desk.there.after = [UNCLEAR]
    desk.there.looks = [SourceError("Slow down.", retry_after=300)]
    reply = await desk.hold()
    await desk.window()
    desk.time.at += 10 * SECOND
    await desk.main.look()

    assert (await desk.now(reply)).next_at == desk.time.at + 300 * SECOND


async def test_an_account_that_is_not_ours_any_more_says_nothing_about_what_is_there(desk: Desk) -> None:
    desk.there.after = [UNCLEAR]
    reply = await desk.hold()
    await desk.window()
    await desk.stand(Standing.LOCKED, seen="rival")
    unknown = await desk.settled(reply)

    assert (unknown.status, unknown.next_at) == (ReplyStatus.UNKNOWN, None)
    assert "rival" in unknown.error
    assert desk.there.looked == 0


async def test_an_earlier_reply_with_the_same_words_is_not_taken_for_this_one(desk: Desk) -> None:
    first = await desk.hold()
    await desk.window()
    assert (await desk.now(first)).status is ReplyStatus.SENT
    desk.there.before = [UNCLEAR]
    about = await desk.store.reply(first.id)
    again = await desk.again(about)
    await desk.window()

    assert (await desk.settled(again)).status is ReplyStatus.FAILED
    assert len(desk.there.posts) == 1


async def test_what_is_found_does_not_leave_a_second_time_though_a_person_just_sent_it_again(
    desk: Desk,
) -> None:
    desk.there.after = [UNCLEAR]
    reply = await desk.hold()
    await desk.window()

    async def impatient() -> None:
        desk.there.during = None
        await retry(desk, await desk.now(reply))

    desk.there.during = impatient
    found = await desk.settled(reply)
    assert found.status is ReplyStatus.SENT
    assert await desk.trail(reply) == ["sending", "doubted", "retried", "sent"]
    assert (desk.there.calls, len(desk.there.posts)) == (1, 1)


async def test_a_refusal_after_a_doubt_is_looked_up_before_anybody_is_told_that_it_failed(desk: Desk) -> None:
    desk.there.after, desk.there.is_hiding = [UNCLEAR], True
    reply = await desk.hold()
    await desk.window()
    await retry(desk, await desk.now(reply))
    desk.there.before, desk.there.is_hiding = [PublishRefusedError("Duplicate.")], False
    await desk.window()

    assert (await desk.settled(reply)).status is ReplyStatus.SENT
    assert len(desk.there.posts) == 1


async def test_an_outbox_that_is_to_stop_looks_up_nothing_more(desk: Desk) -> None:
    desk.there.after = [UNCLEAR]
    reply = await desk.hold()
    await desk.window()
    desk.time.at += MINUTE
    await desk.outbox.finish()
    await desk.main.look()

    assert desk.there.looked == 0
    assert (await desk.now(reply)).status is ReplyStatus.UNKNOWN
