"""The outbox on a real store: what a person sees of what leaves, and what they can do about it."""

from __future__ import annotations

from functools import partial

import pytest

from cmconsole.core import sending
from cmconsole.core.clock import HOUR, MINUTE, SECOND
from cmconsole.core.conversation import Status
from cmconsole.core.errors import AnsweredError, IllegalMoveError, InputError, NotFoundError, ReadOnlyError
from cmconsole.core.reply import Act, ReplyStatus
from cmconsole.desk import shift
from cmconsole.desk.context import Desk
from cmconsole.desk.reply import outbox
from cmconsole.desk.reply.send import send
from cmconsole.desk.reply.sheet import open_sheet
from tests.unit.desk.reply.scene import ANSWER, Scene


async def test_what_needs_a_person_comes_first(scene: Scene, alice: Desk) -> None:
    talks = [await scene.say(f"My order {number} is broken", thread=f"t{number}") for number in range(5)]
    leaving, unknown, failed, stranded, given_up = [
        await scene.held(alice, talk, f"{ANSWER} ({number})") for number, talk in enumerate(talks)
    ]
    await scene.stranded(stranded)
    await scene.doubted(given_up)
    give_up = partial(sending.looked_up, now=scene.clock.now(), next_at=None, absent=False)
    await scene.engine(given_up.id, give_up)
    await scene.failed(failed)
    await scene.doubted(unknown)

    read = await outbox.read(alice)
    assert [it.reply.id for it in read[:3]] == [stranded.id, given_up.id, failed.id]
    assert [it.reply.id for it in read[3:]] == [leaving.id, unknown.id]
    assert [outbox.needs_person(it.reply) for it in read] == [True, True, True, False, False]
    assert [it.left for it in read] == [None, None, None, 0, None]
    assert all(it.conversation is not None for it in read)


async def test_the_window_is_counted_down(scene: Scene, alice: Desk, talk: int) -> None:
    await scene.held(alice, talk)
    scene.clock.at += 3 * SECOND

    [it] = await outbox.read(alice)
    assert it.left == 7 * SECOND


async def test_what_is_taken_back_is_a_draft_again_and_can_be_sent_anew(
    scene: Scene, alice: Desk, talk: int
) -> None:
    reply = await scene.held(alice, talk)
    assert (await outbox.newest_held(alice)) == reply
    back = await outbox.take_back(alice, reply.id)

    assert (back.status, back.text, back.parts, back.hold_until) == (ReplyStatus.DRAFT, ANSWER, (), None)
    assert await outbox.newest_held(alice) is None
    assert await outbox.read(alice) == ()
    assert (await scene.held(alice, talk)).id == reply.id


async def test_once_it_is_being_sent_it_is_too_late(scene: Scene, alice: Desk, talk: int) -> None:
    begun = await scene.begun(await scene.held(alice, talk))

    with pytest.raises(IllegalMoveError):
        await outbox.take_back(alice, begun.id)
    with pytest.raises(IllegalMoveError):
        await outbox.discard(alice, begun.id)
    assert (await scene.store.reply(begun.id)).status is ReplyStatus.SENDING


async def test_only_what_one_had_a_hand_in_is_ones_newest(
    scene: Scene, alice: Desk, bruno: Desk, talk: int
) -> None:
    other = await scene.say("Where is my parcel?", thread="t2")
    third = await scene.say("Is anybody there?", thread="t3")
    first = await scene.held(alice, talk)
    await scene.held(bruno, other)
    await scene.stranded(await scene.held(alice, third, "Yes, we are here for you."))

    newest = await outbox.newest_held(alice)
    assert newest is not None
    assert newest.id == first.id
    await scene.begun(first)
    put_off = partial(
        sending.put_off, now=scene.clock.now(), until=scene.clock.now() + MINUTE, error="busy", advice=""
    )
    await scene.engine(first.id, put_off)
    assert await outbox.newest_held(alice) is None


async def test_whoever_leaves_may_let_their_windows_run_out(scene: Scene, alice: Desk, bruno: Desk) -> None:
    talks = [await scene.say(f"Order {number} is broken", thread=f"t{number}") for number in range(3)]
    first, second = [await scene.held(alice, talk) for talk in talks[:2]]
    theirs = await scene.held(bruno, talks[2])

    assert await outbox.let_go(alice) == 2
    assert [(await scene.store.reply(it.id)).console for it in (first, second)] == ["", ""]
    after = await scene.store.reply(first.id)
    assert (after.status, after.hold_until) == (ReplyStatus.HOLDING, first.hold_until)
    assert (await scene.store.reply(theirs.id)).console == bruno.console


async def test_one_that_just_leaves_does_not_keep_the_others_back(
    scene: Scene, alice: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    talks = [await scene.say(f"Order {number} is broken", thread=f"t{number}") for number in range(2)]
    first, second = [await scene.held(alice, talk) for talk in talks]
    read = scene.store.replies_in

    async def then_begun(*asked: object, **named: object) -> object:
        found = await read(*asked, **named)  # type: ignore[arg-type]
        await scene.begun(first)
        return found

    monkeypatch.setattr(scene.store, "replies_in", then_begun)

    assert await outbox.let_go(alice) == 1
    assert (await scene.store.reply(second.id)).console == ""


async def test_a_stranded_one_leaves_only_at_a_persons_word(
    scene: Scene, alice: Desk, bruno: Desk, talk: int
) -> None:
    stranded = await scene.stranded(await scene.held(alice, talk))
    assert stranded.is_stranded
    scene.clock.at += HOUR

    confirmed = await outbox.confirm(bruno, stranded.id)
    assert (confirmed.status, confirmed.console) == (ReplyStatus.HOLDING, bruno.console)
    assert confirmed.hold_until == scene.clock.now() + 10 * SECOND
    with pytest.raises(IllegalMoveError):
        await outbox.confirm(bruno, stranded.id)


async def test_a_failed_one_is_sent_again_under_the_same_key(scene: Scene, alice: Desk, talk: int) -> None:
    failed = await scene.failed(await scene.held(alice, talk))
    again = await outbox.retry(alice, failed.id, watched=False)

    assert (again.status, again.key, again.attempts) == (ReplyStatus.HOLDING, failed.key, 0)
    assert (again.error, again.console) == ("", "")
    with pytest.raises(IllegalMoveError):
        await outbox.retry(alice, failed.id)


async def test_retry_confirms_what_was_stranded(scene: Scene, alice: Desk, talk: int) -> None:
    stranded = await scene.stranded(await scene.held(alice, talk))

    assert (await outbox.retry(alice, stranded.id)).hold_until is not None


async def test_nothing_is_sent_again_past_what_came_in_between(
    scene: Scene, alice: Desk, bruno: Desk, talk: int
) -> None:
    failed = await scene.failed(await scene.held(alice, talk))
    await scene.say("Hello? Anybody there?")
    with pytest.raises(IllegalMoveError):
        await outbox.retry(alice, failed.id)

    other = await scene.say("Where is my parcel?", thread="t2")
    second = await scene.failed(await scene.held(alice, other))
    await scene.sent(await scene.held(bruno, other, "It is on its way."))
    with pytest.raises(AnsweredError):
        await outbox.retry(alice, second.id)


async def test_what_was_answered_before_is_no_hindrance(scene: Scene, alice: Desk, talk: int) -> None:
    await scene.sent(await scene.held(alice, talk))
    await scene.say("Thanks, but where is it?")
    failed = await scene.failed(await scene.held(alice, talk, "It left our house this morning."))

    assert (await outbox.retry(alice, failed.id)).status is ReplyStatus.HOLDING


async def test_an_unknown_one_is_looked_up_settled_or_sent_again_by_a_person(
    scene: Scene, alice: Desk, talk: int
) -> None:
    unknown = await scene.doubted(await scene.held(alice, talk))
    looked = await outbox.look_again(alice, unknown.id)
    assert looked.next_at == scene.clock.now()
    with pytest.raises(IllegalMoveError):
        await outbox.revise(alice, unknown.id)

    settled = await outbox.settle(alice, unknown.id)
    assert (settled.status, settled.sent_at) == (ReplyStatus.SENT, scene.clock.now())
    assert (await scene.store.conversations([talk]))[0].status is Status.PENDING


async def test_a_failed_one_becomes_a_draft_to_be_changed(scene: Scene, alice: Desk, talk: int) -> None:
    failed = await scene.failed(await scene.held(alice, talk))
    draft = await outbox.revise(alice, failed.id)

    assert (draft.status, draft.error, draft.key != failed.key) == (ReplyStatus.DRAFT, "", True)
    assert (await send(alice, await open_sheet(alice, talk), "We are on it, Ada.")).id == failed.id


async def test_what_is_discarded_is_gone_from_the_outbox(scene: Scene, alice: Desk, talk: int) -> None:
    failed = await scene.failed(await scene.held(alice, talk))

    assert (await outbox.discard(alice, failed.id)).status is ReplyStatus.DISCARDED
    assert await outbox.read(alice) == ()
    with pytest.raises(NotFoundError):
        await outbox.discard(alice, 404)


async def test_something_is_done_to_a_post_after_the_same_window(
    scene: Scene, alice: Desk, talk: int
) -> None:
    held = await outbox.perform(alice, talk, Act.LIKE, "n1", account="main")

    assert (held.status, held.act, held.in_reply_to) == (ReplyStatus.HOLDING, Act.LIKE, "n1")
    assert held.hold_until == scene.clock.now() + 10 * SECOND
    # It keeps nobody from answering.
    assert (await scene.held(alice, talk)).status is ReplyStatus.HOLDING
    assert (await outbox.take_back(alice, held.id)).status is ReplyStatus.DISCARDED


async def test_nothing_is_done_as_an_account_that_is_not_there(scene: Scene, alice: Desk, talk: int) -> None:
    with pytest.raises(NotFoundError):
        await outbox.perform(alice, talk, Act.LIKE, "n1", account="nobody")
    with pytest.raises(NotFoundError):
        await outbox.perform(alice, 404, Act.LIKE, "n1", account="main")
    with pytest.raises(InputError):
        await outbox.perform(alice, talk, Act.LIKE, "n1", account="fedi")
    assert await outbox.read(alice) == ()


async def test_once_the_shift_is_handed_over_nothing_is_moved(scene: Scene, alice: Desk, talk: int) -> None:
    begun = await shift.start(alice, scene.clock.now() + HOUR)
    reply = await scene.held(alice, talk)
    handover = await scene.store.save_handover(begun.id, "brief", scene.clock.now())
    await scene.store.accept_handover(handover.id, "Bruno", scene.clock.now(), HOUR)

    for deed in (outbox.take_back, outbox.discard, outbox.retry, outbox.confirm):
        with pytest.raises(ReadOnlyError):
            await deed(alice, reply.id)
    assert (await scene.store.reply(reply.id)) == reply
