"""Approvals under a person's hands: read whole, approved, changed, refused; never one's own."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from cmconsole.core import replying
from cmconsole.core.clock import MINUTE, SECOND
from cmconsole.core.conversation import Conversation
from cmconsole.core.reply import Reply, ReplyStatus
from cmconsole.core.verdict import Lane
from cmconsole.tui.screens.approvals import ApprovalsScreen
from cmconsole.tui.screens.prompts import ConfirmPrompt
from cmconsole.tui.screens.yes_prompts import AmendPrompt, WordPrompt
from tests.unit.tui import replies
from tests.unit.tui.consoles import NARROW, WIDE, Console, console

TEXTS = ("My parcel was opened, refund please. What will you do?", "Where is my order? This is a scam.")
SORRY = "We are sorry, your parcel is looked for right now."


async def opened(desk: Console, person: str = "Bruno", text: str = SORRY) -> tuple[Reply, Conversation]:
    """Have somebody ask for a yes, and open the approvals."""
    desk.app.session.desk.replying = replies.READ_BY_TWO
    await replies.verified(desk.place)
    talk = (await desk.lane(Lane.INFLUENCERS))[0]
    desk.place.clock.move(MINUTE)
    reply = await replies.asked(desk.place, talk, person, text)
    desk.place.clock.move(14 * MINUTE)
    await desk.read()
    await desk.press("A")
    return reply, talk


async def changed(desk: Console, reply: Reply, person: str, text: str) -> Reply:
    """Have somebody change a text that awaits a yes."""
    move = partial(
        replying.amend, person=person, now=desk.place.clock.now(), text=text, parts=(f"{text} ^BR",)
    )
    return await replies.moved(desk.place, reply, move, person)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_it_shows_what_somebody_has_to_see(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, *TEXTS, size=size) as desk:
        await opened(desk)
        said = desk.shown()
        for part in (
            "APPROVALS  1 reply awaits a yes · the oldest for 14 min",
            "14 min  Bruno",
            "LIVE",
            "to @marc0",
            "My parcel was opened",
            "Exactly what is published:",
            "│ We are sorry, your parcel is looked for right now. ^BR",
            "A second person has to say yes: every reply here is read by two.",
        ):
            assert part in said
        assert "y say yes" in desk.lines()[-1]
        assert "n refuse" in desk.lines()[-1]
        await desk.press("A")
        assert not isinstance(desk.app.screen, ApprovalsScreen)


async def test_a_yes_is_asked_for_by_name_and_begins_the_window(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        reply, _talk = await opened(desk)
        await desk.press("y")
        assert isinstance(desk.app.screen, ConfirmPrompt)
        assert "Publish Bruno's reply as @acme on X to @marc0?" in desk.shown()
        await desk.press("enter")
        assert await replies.status(desk.app.session.desk, reply) is ReplyStatus.AWAITING
        await desk.press("y", "y")
        now = await desk.place.store.reply(reply.id)
        assert (now.status, now.approver, now.console) == (ReplyStatus.HOLDING, "Alice", "console-of-Alice")
        assert "Approved: it leaves in" in desk.lines()[-1]
        assert "Leaves in" in desk.shown()
        assert "Nothing awaits a yes." in desk.shown()
        await desk.press("u")
        assert await replies.status(desk.app.session.desk, reply) is ReplyStatus.DRAFT


async def test_nobody_approves_their_own(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        reply, _talk = await opened(desk, "Alice")
        assert "You changed this text last: a colleague has to approve it." in desk.shown()
        assert "say yes" not in desk.lines()[-1]
        await desk.press("y")
        assert isinstance(desk.app.screen, ApprovalsScreen)
        assert await replies.status(desk.app.session.desk, reply) is ReplyStatus.AWAITING


async def test_what_changed_after_asking_is_shown_in_signs(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        reply, _talk = await opened(desk)
        await changed(desk, reply, "Chloé", "We are very sorry, your parcel was found.")
        await desk.read()
        await desk.settle()
        said = desk.shown()
        assert "CHANGED since approval was asked for, by Chloé:" in said
        assert "We are {+very+} sorry, your parcel" in said
        assert "[-is looked for right now.-] {+was found.+}" in said


async def test_changing_the_text_takes_the_yes_away_from_whoever_did(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        reply, _talk = await opened(desk)
        await desk.press("E")
        assert isinstance(desk.app.screen, AmendPrompt)
        assert "Whoever changes the text cannot approve it" in desk.shown()
        await desk.press("escape")
        assert (await desk.place.store.reply(reply.id)).version == reply.version
        await desk.press("E", "space", *"Bye.", "ctrl+s")
        now = await desk.place.store.reply(reply.id)
        assert (now.text, now.editor, now.status) == (f"{SORRY} Bye.", "Alice", ReplyStatus.AWAITING)
        await desk.press("y")
        assert "a colleague has to approve it" in desk.lines()[-1]


async def test_a_refusal_needs_its_reason_and_gives_the_draft_back(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        reply, talk = await opened(desk)
        await desk.press("n")
        assert "Give it back to Bruno: what is to be changed?" in desk.shown()
        await desk.press("enter", "escape")
        assert await replies.status(desk.app.session.desk, reply) is ReplyStatus.AWAITING
        await desk.press("n", *"too cold", "enter")
        now = await desk.place.store.reply(reply.id)
        assert (now.status, now.refusal) == (ReplyStatus.DRAFT, "too cold")
        desk.app.open_conversation(talk.id)
        await desk.settle()
        assert "reply refused: too cold" in desk.shown()


async def test_a_guard_that_is_new_asks_for_a_word_typed_by_hand(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        reply, _talk = await opened(desk, text="WE ARE SORRY ABOUT YOUR PARCEL AND YOUR REFUND")
        assert "(new: it asks for a typed word)" in desk.shown()
        await desk.press("y")
        assert isinstance(desk.app.screen, WordPrompt)
        word = desk.app.screen._word
        await desk.press(*word, "enter")
        assert "Enter sends nothing" in desk.shown()
        await desk.press("backspace", "ctrl+s")
        assert "nothing has left" in desk.shown()
        assert await replies.status(desk.app.session.desk, reply) is ReplyStatus.AWAITING
        await desk.press(word[-1], "ctrl+s")
        assert await replies.status(desk.app.session.desk, reply) is ReplyStatus.HOLDING


async def test_a_text_that_changes_under_ones_eyes_is_not_approved(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        reply, _talk = await opened(desk)
        await desk.press("y")
        await changed(desk, reply, "Chloé", "Something else altogether, sorry.")
        await desk.press("y")
        assert "The text has changed since you looked." in desk.lines()[-1]
        assert await replies.status(desk.app.session.desk, reply) is ReplyStatus.AWAITING


async def test_what_competes_for_one_conversation_stands_together(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        _reply, talk = await opened(desk)
        other = (await desk.lane(Lane.INFLUENCERS))[1]
        await replies.asked(desk.place, other, "Bruno", "Another answer for somebody else.")
        desk.place.clock.move(SECOND)
        await replies.asked(desk.place, talk, "Chloé", "A second answer to the same person.")
        await desk.read()
        await desk.settle()
        rows = [line for line in desk.lines() if "→ @marc" in line]
        assert [("1 of 2" in it, "2 of 2" in it) for it in rows] == [
            (True, False),
            (False, True),
            (False, False),
        ]
        assert "Also written for this conversation:" in desk.shown()
        assert "awaits approval · Chloé: “A second answer to the same person." in desk.shown()


async def test_only_its_writer_drops_it(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        reply, talk = await opened(desk)
        await desk.press("X")
        assert "It is Bruno's: refuse it, with the reason (n)." in desk.lines()[-1]
        mine = await replies.asked(desk.place, talk, "Alice", "My own words.")
        await desk.read()
        await desk.press("G", "X", "y")
        assert await replies.status(desk.app.session.desk, mine) is ReplyStatus.DISCARDED
        assert await replies.status(desk.app.session.desk, reply) is ReplyStatus.AWAITING


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_long_text_is_read_to_its_end(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, *TEXTS, size=size) as desk:
        await opened(desk, text="\n".join(f"line {number}" for number in range(60)) + " THE END")
        assert "more lines · J" in desk.shown()
        assert "THE END" not in desk.shown()
        await desk.press(*["J"] * 8)
        assert "THE END" in desk.shown()
        await desk.press(*["K"] * 9)
        assert "Exactly what is published:" in desk.shown()
