"""Approving on a real store: what an approver sees, says yes to, or changes."""

from __future__ import annotations

import pytest

from cmconsole.core.clock import MINUTE, SECOND
from cmconsole.core.errors import CmconsoleError, IllegalMoveError
from cmconsole.core.guard import GuardError, Level
from cmconsole.core.reply import Reply, ReplyStatus
from cmconsole.desk.context import Desk
from cmconsole.desk.reply import outbox
from cmconsole.desk.reply.approve import amend, approve, look
from cmconsole.desk.reply.send import send
from cmconsole.desk.reply.sheet import open_sheet
from tests.unit.desk.reply.scene import ANSWER, Scene

SHOUTED = "WE WILL SEND YOU A NEW ONE TODAY"


@pytest.fixture
async def waiting(scene: Scene, talk: int) -> Reply:
    """Return a reply of Alice's that awaits a second yes."""
    scene.with_approval(always=True)
    return await scene.held(scene.sit("Alice"), talk)


async def test_a_yes_starts_the_window_and_names_both(scene: Scene, bruno: Desk, waiting: Reply) -> None:
    scene.clock.at += MINUTE
    seen = await look(bruno, waiting.id)
    reply = await approve(bruno, seen)

    assert seen.parts == waiting.parts == reply.parts
    assert (reply.status, reply.writer, reply.approver) == (ReplyStatus.HOLDING, "Alice", "Bruno")
    assert (reply.hold_until, reply.console) == (scene.clock.now() + 10 * SECOND, bruno.console)
    assert (await outbox.newest_held(scene.sit("Alice"))) == reply


async def test_nobody_approves_their_own_text(scene: Scene, alice: Desk, bruno: Desk, waiting: Reply) -> None:
    with pytest.raises(IllegalMoveError):
        await approve(alice, await look(alice, waiting.id))
    await amend(bruno, await look(bruno, waiting.id), "We will send you a new one, Ada.")
    with pytest.raises(IllegalMoveError):
        await approve(bruno, await look(bruno, waiting.id))

    changed = await scene.store.reply(waiting.id)
    assert (changed.editor, changed.asked_text, changed.is_amended) == ("Bruno", ANSWER, True)
    assert (changed.status, changed.key != waiting.key) == (ReplyStatus.AWAITING, True)
    approved = await approve(alice, await look(alice, waiting.id))
    assert (approved.status, approved.approver) == (ReplyStatus.HOLDING, "Alice")
    assert "a new one, Ada" in approved.parts[0]


async def test_the_yes_is_to_the_text_that_was_looked_at(
    scene: Scene, alice: Desk, bruno: Desk, waiting: Reply
) -> None:
    seen = await look(bruno, waiting.id)
    await amend(alice, await look(alice, waiting.id), "We will send you a new one, Ada.")

    with pytest.raises(IllegalMoveError):
        await approve(bruno, seen)
    assert (await scene.store.reply(waiting.id)).status is ReplyStatus.AWAITING


async def test_of_two_who_change_it_the_second_is_told(scene: Scene, bruno: Desk, waiting: Reply) -> None:
    chloe = scene.sit("Chloé")
    seen = await look(chloe, waiting.id)
    await amend(bruno, await look(bruno, waiting.id), "We will send you a new one, Ada.")

    with pytest.raises(IllegalMoveError):
        await amend(chloe, seen, "You will get a new one.")
    assert (await scene.store.reply(waiting.id)).text == "We will send you a new one, Ada."


async def test_what_its_writer_confirmed_is_told_not_asked_again(scene: Scene, talk: int) -> None:
    scene.with_approval(always=True)
    alice, bruno = scene.sit("Alice"), scene.sit("Bruno")
    reply = await send(alice, await open_sheet(alice, talk), SHOUTED, word="publish")
    seen = await look(bruno, reply.id)

    assert [(it.guard, it.level) for it in seen.findings] == [("capitals", Level.TELL)]
    assert seen.word == ""
    assert (await approve(bruno, seen)).raised == ("capitals",)


async def test_what_came_up_since_it_was_asked_for_is_asked(
    scene: Scene, bruno: Desk, waiting: Reply
) -> None:
    await scene.say("Hello? Anybody there?")
    seen = await look(bruno, waiting.id)

    assert [it.guard for it in seen.findings] == ["wrote-again"]
    with pytest.raises(GuardError):
        await approve(bruno, seen)
    assert (await approve(bruno, seen, word="publish")).status is ReplyStatus.HOLDING


async def test_what_comes_between_the_look_and_the_yes_stops_it(
    scene: Scene, bruno: Desk, waiting: Reply
) -> None:
    seen = await look(bruno, waiting.id)
    await scene.say("Hello? Anybody there?")

    with pytest.raises(CmconsoleError):
        await approve(bruno, seen, word="publish")
    assert (await scene.store.reply(waiting.id)).status is ReplyStatus.AWAITING


async def test_of_two_that_compete_one_leaves_and_the_other_stays(
    scene: Scene, alice: Desk, waiting: Reply, talk: int
) -> None:
    bruno, chloe = scene.sit("Bruno"), scene.sit("Chloé")
    rival = await send(bruno, await open_sheet(bruno, talk), "We will look into it at once.", word="publish")
    first = await look(chloe, waiting.id)
    second = await look(alice, rival.id)
    await approve(chloe, first, word=first.word)

    with pytest.raises(GuardError) as raised:
        await approve(alice, second, word=second.word)
    assert "colleague" in {it.guard for it in raised.value.findings}
    assert (await scene.store.reply(rival.id)).status is ReplyStatus.AWAITING


async def test_a_change_that_may_not_leave_is_not_made(scene: Scene, bruno: Desk, waiting: Reply) -> None:
    with pytest.raises(GuardError):
        await amend(bruno, await look(bruno, waiting.id), "Hello {first_name}")

    assert (await scene.store.reply(waiting.id)) == waiting


async def test_after_a_change_the_guards_are_confirmed_anew(scene: Scene, talk: int) -> None:
    scene.with_approval(always=True)
    alice, bruno, chloe = scene.sit("Alice"), scene.sit("Bruno"), scene.sit("Chloé")
    reply = await send(alice, await open_sheet(alice, talk), SHOUTED, word="publish")
    await amend(bruno, await look(bruno, reply.id), SHOUTED + " AT ONCE")

    seen = await look(chloe, reply.id)
    assert (seen.raised, seen.word) == (("capitals",), "publish")
    with pytest.raises(GuardError):
        await approve(chloe, seen)


async def test_what_does_not_wait_is_not_approved(scene: Scene, bruno: Desk, waiting: Reply) -> None:
    await approve(bruno, await look(bruno, waiting.id))
    chloe = scene.sit("Chloé")

    with pytest.raises(CmconsoleError):
        await approve(chloe, await look(chloe, waiting.id), word="publish")
