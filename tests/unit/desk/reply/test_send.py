"""Sending on a real store: what stands between a text and its leaving, and what leaves."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from cmconsole.core import moves
from cmconsole.core.account import Mode, Speaker
from cmconsole.core.clock import HOUR, SECOND
from cmconsole.core.errors import CmconsoleError, IllegalMoveError
from cmconsole.core.guard import GuardError
from cmconsole.core.reply import ReplyStatus
from cmconsole.desk.context import Desk
from cmconsole.desk.reply import sheet as sheets
from cmconsole.desk.reply.send import check_word, clear, composed, send, window_of
from cmconsole.store.contract import ENGINE_LEASE
from tests.unit.desk.reply.scene import ANSWER, Scene

SHOUTED = "WE WILL SEND YOU A NEW ONE TODAY"


async def test_a_harmless_text_is_on_hold_for_the_undo_window(scene: Scene, alice: Desk, talk: int) -> None:
    lease = await scene.store.acquire_lease(ENGINE_LEASE, "engine", scene.clock.now(), HOUR)
    assert lease is not None
    sheet = await sheets.open_sheet(alice, talk)
    reply = await send(alice, sheet, ANSWER)

    assert reply.status is ReplyStatus.HOLDING
    assert reply.hold_until == scene.clock.now() + window_of(alice, sheet) == scene.clock.now() + 10 * SECOND
    assert (reply.console, reply.turn, reply.attempts) == (alice.console, lease.token, 0)
    assert reply.parts == composed(alice, sheet, ANSWER)
    assert ANSWER in reply.parts[0]
    assert (reply.mode, reply.account, reply.in_reply_to) == (Mode.LIVE, "main", "n1")
    assert reply.seen == sheet.conversation.last_mention


async def test_nobody_watches_over_what_is_let_go(scene: Scene, alice: Desk, talk: int) -> None:
    assert (await scene.held(alice, talk, watched=False)).console == ""


async def test_the_exact_post_has_the_writers_signature(scene: Scene, talk: int) -> None:
    scene.policy = replace(scene.policy, signature="^{initials}")
    reply = await scene.held(scene.sit("Alice Martin"), talk)

    assert reply.parts[0].endswith("^AM")
    assert reply.text == ANSWER


async def test_a_guard_that_asks_wants_its_word_and_keeps_the_text(
    scene: Scene, alice: Desk, talk: int
) -> None:
    sheet = await sheets.open_sheet(alice, talk)
    clearance = await clear(alice, sheet, SHOUTED)
    assert (clearance.blocked, clearance.raised, clearance.word) == (False, ("capitals",), "publish")
    for word in ("", "yes"):
        with pytest.raises(GuardError) as raised:
            await send(alice, sheet, SHOUTED, word=word)
        assert raised.value.word == "publish"
        assert [it.guard for it in raised.value.findings] == ["capitals"]
    draft = await scene.store.draft(talk, "Alice")
    assert draft is not None
    assert draft.text == SHOUTED

    reply = await send(alice, await sheets.open_sheet(alice, talk), SHOUTED, word=" Publish ")
    assert (reply.status, reply.raised, reply.id) == (ReplyStatus.HOLDING, ("capitals",), draft.id)


async def test_a_guard_that_blocks_takes_no_word(scene: Scene, alice: Desk, talk: int) -> None:
    sheet = await sheets.open_sheet(alice, talk)
    for text in ("", "Hello {first_name}, we will look into it"):
        clearance = await clear(alice, sheet, text)
        assert (clearance.blocked, clearance.word) == (True, "")
        with pytest.raises(GuardError) as raised:
            check_word(clearance, "publish")
        assert raised.value.word == ""
    with pytest.raises(CmconsoleError):
        await send(alice, sheet, "", word="publish")
    assert await scene.store.replies(talk) == []


async def test_no_account_no_reply(scene: Scene, talk: int) -> None:
    scene.policy = replace(scene.policy, speakers=())
    nobody = scene.sit("Alice")

    with pytest.raises(GuardError) as raised:
        await send(nobody, await sheets.open_sheet(nobody, talk), ANSWER)
    assert "wrong-account" in {it.guard for it in raised.value.findings}


async def test_an_account_that_is_not_verified_sends_nothing(scene: Scene, talk: int) -> None:
    scene.policy = replace(
        scene.policy, speakers=(Speaker("new", "x", "@acme", Mode.LIVE),), source_accounts={}
    )
    alice = scene.sit("Alice")

    with pytest.raises(GuardError) as raised:
        await send(alice, await sheets.open_sheet(alice, talk), ANSWER)
    assert [it.guard for it in raised.value.findings] == ["unverified"]


@pytest.mark.parametrize("owed", [True, False])
async def test_a_second_yes_is_asked_for_where_it_is_owed_or_wished(
    scene: Scene, talk: int, *, owed: bool
) -> None:
    scene.with_approval(always=owed)
    alice = scene.sit("Alice")
    reply = await send(alice, await sheets.open_sheet(alice, talk), ANSWER, ask=not owed)

    assert (reply.status, reply.asked_text, reply.asked_at) == (
        ReplyStatus.AWAITING, ANSWER, scene.clock.now(),
    )  # fmt: skip
    assert reply.hold_until is None
    assert reply.parts


async def test_who_is_second_is_told_and_keeps_the_text(
    scene: Scene, alice: Desk, bruno: Desk, talk: int
) -> None:
    await scene.held(alice, talk)
    with pytest.raises(GuardError) as raised:
        await scene.held(bruno, talk, "We will look into it at once.")

    assert "colleague" in {it.guard for it in raised.value.findings}
    draft = await scene.store.draft(talk, "Bruno")
    assert draft is not None
    assert draft.text == "We will look into it at once."
    assert len([it for it in await scene.store.replies(talk) if it.status is ReplyStatus.HOLDING]) == 1


async def test_what_a_colleague_holds_is_theirs(scene: Scene, alice: Desk, bruno: Desk, talk: int) -> None:
    claim = partial(moves.claim, person="Bruno", now=scene.clock.now(), hold=HOUR)
    await scene.store.change(talk, claim, person="Bruno", now=scene.clock.now())

    with pytest.raises(GuardError) as raised:
        await scene.held(alice, talk)
    assert "Bruno" in raised.value.findings[0].reason


async def test_the_author_wrote_again_while_the_draft_lay_there(scene: Scene, alice: Desk, talk: int) -> None:
    kept = await sheets.save(alice, await sheets.open_sheet(alice, talk), ANSWER)
    await scene.say("Hello? Anybody there?")

    with pytest.raises(GuardError) as raised:
        await send(alice, kept, ANSWER)
    assert [it.guard for it in raised.value.findings] == ["wrote-again"]

    reply = await send(alice, await sheets.read_anew(alice, kept), ANSWER)
    assert (reply.status, reply.in_reply_to) == (ReplyStatus.HOLDING, "n2")


async def test_it_answers_what_the_guards_saw_not_what_was_there_when_the_draft_began(
    scene: Scene, alice: Desk, talk: int
) -> None:
    await scene.say("Forget it")
    kept = await sheets.save(alice, await sheets.open_sheet(alice, talk), ANSWER)
    await scene.delete("n2")

    reply = await send(alice, kept, ANSWER)
    assert reply.in_reply_to == "n1"


async def test_an_account_in_rehearsal_since_the_draft_began_rehearses(
    scene: Scene, alice: Desk, talk: int
) -> None:
    kept = await sheets.save(alice, await sheets.open_sheet(alice, talk), ANSWER)
    scene.policy = replace(scene.policy, speakers=(Speaker("main", "x", "@acme", Mode.REHEARSAL),))
    alice = scene.sit("Alice")

    assert kept.reply.mode is Mode.LIVE
    assert (await send(alice, kept, ANSWER)).mode is Mode.REHEARSAL


async def test_a_long_text_is_a_thread_only_on_request(scene: Scene, alice: Desk, talk: int) -> None:
    sheet = await sheets.open_sheet(alice, talk)
    long = " ".join(
        f"We looked at point {number} of what you wrote to us, and we agree." for number in range(12)
    )

    with pytest.raises(GuardError) as raised:
        await send(alice, sheet, long)
    assert "too-long" in {it.guard for it in raised.value.findings}
    reply = await send(alice, await sheets.open_sheet(alice, talk), long, split=True)
    assert len(reply.parts) > 1
    assert reply.text == long


async def test_a_reply_that_is_under_way_is_not_sent_once_more(scene: Scene, alice: Desk, talk: int) -> None:
    kept = await sheets.save(alice, await sheets.open_sheet(alice, talk), ANSWER)
    await send(alice, kept, ANSWER)

    with pytest.raises(IllegalMoveError):
        await send(alice, kept, ANSWER)
