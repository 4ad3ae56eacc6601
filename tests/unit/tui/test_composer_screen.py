"""The composer under a person's hands: written, kept, guarded, sent, noted, through the real store."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events

from cmconsole.core.account import Mode, Standing
from cmconsole.core.clock import MINUTE, SECOND
from cmconsole.core.errors import IllegalMoveError
from cmconsole.core.event import EventKind
from cmconsole.core.guard import Level
from cmconsole.core.reply import ReplyStatus
from cmconsole.desk import handover, shift
from cmconsole.desk.policy import ApprovalPolicy
from cmconsole.desk.reply import send as sending
from cmconsole.desk.reply import sheet as sheets
from cmconsole.tui import keeping
from cmconsole.tui.screens.canned_finder import CannedFinder
from cmconsole.tui.screens.composer import ComposerScreen
from cmconsole.tui.screens.conversation import ConversationScreen
from cmconsole.tui.screens.desk import DeskScreen
from cmconsole.tui.screens.prompts import ConfirmPrompt
from cmconsole.tui.screens.reply_prompts import AccountPrompt, PlaceholderPrompt, WritingKeys
from cmconsole.tui.settings import ConsoleSettings
from tests.unit.tui.composers import CALM, LATE, Composers, composers, policy
from tests.unit.tui.consoles import NARROW, WIDE
from tests.unit.tui.desks import place

SIZES = pytest.mark.parametrize("size", [NARROW, WIDE])


def on_top(it: Composers) -> object:
    return it.console.app.screen


async def hand_over(it: Composers) -> None:
    """Hand Alice's shift over to Bruno."""
    saved = await handover.save(it.desk, "All quiet.")
    await handover.accept(it.desk, saved.id, "Bruno")


async def until_kept(it: Composers, text: str) -> None:
    """Wait until the store has a draft with this text."""
    async with asyncio.timeout(30):
        while [reply.text for reply in await it.replies()] != [text]:
            await it.console.pilot.pause(0.01)


# ------------------------------------------------------------------------------------------------- opening


@SIZES
async def test_its_key_opens_it_with_account_platform_mode_and_author_in_sight(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with composers(tmp_path, size=size) as it:
        await it.console.press("r")

        said = it.console.shown()
        for words in (" LIVE ", "as @acme on X", "to @marc0", LATE, "/late", "Ctrl+S send"):
            assert words in said
        assert "REHEARSAL" not in said
        assert it.console.app.focused is it.screen._text


async def test_in_a_conversation_too_and_escape_leads_back_there(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("enter", "r")
        assert isinstance(on_top(it), ComposerScreen)

        await it.console.press("escape")

        assert isinstance(on_top(it), ConversationScreen)


async def test_what_is_typed_before_the_sheet_is_read_is_typed_and_decides_nothing(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        for key in "rdx":
            it.console.app.post_message(events.Key(key, key))
        await it.console.settle()

        assert it.text == "dx"
        assert [talk.status.value for talk in await it.desk.store.conversations([it.talk])] == ["open"]


async def test_a_reply_goes_to_one_author(tmp_path: Path) -> None:
    async with composers(tmp_path, LATE, "Another parcel is late, where is it? @acme") as it:
        await it.console.press("space", "j", "space", "r")

        assert isinstance(on_top(it), DeskScreen)
        assert "one author" in it.console.lines()[-1]


async def test_after_the_handover_nothing_is_written(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await hand_over(it)
        await it.console.read()
        await it.console.press("r")

        assert isinstance(on_top(it), DeskScreen)
        assert "handed over" in it.console.lines()[-1]


async def test_the_keys_of_the_composer_say_elsewhere_that_there_is_nothing_to_send(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("ctrl+s")

        assert "Write a reply first (r)" in it.console.lines()[-1]


@SIZES
async def test_an_account_that_cannot_speak_is_told_before_a_word_is_written(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with composers(tmp_path, size=size, standing=Standing.LOCKED) as it:
        await it.console.press("r")
        assert "@acme cannot speak:" in it.band()

    async with composers(tmp_path, size=size, rules=policy(tmp_path, speakers=())) as it:
        await it.console.press("r")
        assert "no account on X" in it.band()


# ------------------------------------------------------------------------------------------------ the draft


async def test_the_draft_is_kept_at_a_pause_and_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "PAUSE", 0.01)
    async with composers(tmp_path) as it:
        await it.console.press("r")
        await it.type("we look")
        await until_kept(it, "we look")
        assert "kept 12:00" in it.band()

        await it.console.press("escape")
        it.console.place.clock.move(5 * MINUTE)
        await it.console.press("r")

        assert it.text == "we look"
        assert "Your draft of 12:00 is here." in it.console.lines()[-1]


async def test_it_is_kept_although_the_keys_do_not_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "PAUSE", 3600)
    monkeypatch.setattr(keeping, "LONGEST", 0)
    async with composers(tmp_path) as it:
        await it.console.press("r")
        await it.type("we")

        await until_kept(it, "we")


async def test_a_terminal_that_goes_away_takes_no_word_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "PAUSE", 3600)
    async with composers(tmp_path) as it:
        await it.console.press("r")
        await it.type("half a sen")
        assert await it.replies() == []

        it.console.app.exit()

    async with place(tmp_path) as later:
        (reply,) = await later.store.replies(it.talk)
        assert reply.text == "half a sen"


async def test_a_window_that_changes_and_a_question_keep_the_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "PAUSE", 3600)
    async with composers(tmp_path) as it:
        await it.console.press("r")
        await it.type("one")
        await it.console.pilot.resize_terminal(*NARROW)
        await until_kept(it, "one")

        await it.type(" two")
        await it.console.press("f1")
        await until_kept(it, "one two")


async def test_escape_keeps_the_draft_and_one_without_a_word_is_dropped(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r")
        await it.type("one")
        await it.console.press("escape")
        assert (await it.reply()).text == "one"
        assert "Your draft is kept." in it.console.lines()[-1]

        await it.console.press("r", "backspace", "backspace", "backspace", "escape")

        assert await it.replies() == []
        assert isinstance(on_top(it), DeskScreen)


async def test_its_key_drops_the_draft_once_it_is_said_that_it_is_meant(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r")
        await it.type("one")
        await it.console.press("ctrl+g", "escape")
        assert it.text == "one"

        await it.console.press("ctrl+g", "y")

        assert await it.replies() == []
        assert isinstance(on_top(it), DeskScreen)


async def test_what_cannot_be_kept_is_left_only_when_insisted_on(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r")
        await it.type("one")
        await hand_over(it)
        await it.console.press("escape")
        assert isinstance(on_top(it), ComposerScreen)
        assert "Not kept: Your shift was handed over" in it.console.lines()[-1]

        await it.console.press("escape")

        assert isinstance(on_top(it), DeskScreen)


async def test_what_was_sent_from_another_console_of_the_same_person_begins_another_draft(
    tmp_path: Path,
) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r")
        await it.type("one")
        await it.console.press("escape", "r")
        await sheets.drop(it.desk, await sheets.open_sheet(it.desk, it.talk))
        await it.type(" two")
        await it.console.press("escape")

        assert (await it.reply()).text == "one two"


# ------------------------------------------------------------------------------------------------- sending


async def test_from_a_mention_three_keys_publish_a_canned_response(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("1", "ctrl+s")
        question = on_top(it)
        assert isinstance(question, ConfirmPrompt)
        assert "Publish as @acme on X to @marc0?" in it.console.shown()
        assert "u takes it back for" in it.console.shown()

        await it.console.press("y")

        reply = await it.reply()
        assert reply.status is ReplyStatus.HOLDING
        assert reply.parts == ("Hello marc0, we are sorry that your parcel is late. We look for it now. ^A",)
        assert (reply.account, reply.canned) == ("main", "late")
        assert isinstance(on_top(it), DeskScreen)
        assert "Leaves in 15 s as @acme on X; u takes it back." in it.console.lines()[-1]


@pytest.mark.parametrize("key", ["ctrl+s", "f2"])
async def test_the_question_means_no_unless_the_letter_is_pressed(tmp_path: Path, key: str) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r")
        await it.type("Thank you")
        for no in ("enter", "escape"):
            await it.console.press(key)
            assert isinstance(on_top(it), ConfirmPrompt)
            await it.console.press(no)
            assert isinstance(on_top(it), ComposerScreen)

        assert (await it.reply()).status is ReplyStatus.DRAFT
        assert it.text == "Thank you"


async def test_enter_and_a_paste_never_send(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r", "enter", "H", "i", "enter")
        field = it.console.app.focused
        assert field is not None
        field.post_message(events.Paste("pasted\r\nctrl+s\ny\n"))
        await it.console.press("enter", "escape")

        reply = await it.reply()
        assert reply.status is ReplyStatus.DRAFT
        assert reply.text == "\nHi\npasted\nctrl+s\ny\n\n"


async def test_in_rehearsal_nothing_is_asked(tmp_path: Path) -> None:
    async with composers(tmp_path, rules=policy(tmp_path, mode=Mode.REHEARSAL)) as it:
        await it.console.press("r")
        assert "REHEARSAL" in it.band()
        await it.type("Thank you")
        await it.console.press("ctrl+s")

        assert (await it.reply()).status is ReplyStatus.HOLDING
        assert "Rehearsal: would leave in" in it.console.lines()[-1]


async def test_where_it_is_to_be_read_by_two_that_is_asked_for_with_the_reason(tmp_path: Path) -> None:
    rules = policy(tmp_path, approval=ApprovalPolicy(always=True))
    async with composers(tmp_path, rules=rules) as it:
        await it.console.press("r")
        await it.type("Thank you")
        await it.console.press("ctrl+s")
        said = it.console.shown()
        assert "Ask a second person?" in said
        assert "every reply here is read by two" in said
        await it.console.press("escape")
        assert (await it.reply()).status is ReplyStatus.DRAFT

        await it.console.press("ctrl+s", "y")

        assert (await it.reply()).status is ReplyStatus.AWAITING
        assert "second person" in it.console.lines()[-1]


@SIZES
async def test_a_guard_that_blocks_is_shown_with_its_reason_and_the_key_that_helps(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with composers(tmp_path, size=size) as it:
        await it.console.press("r")
        it.screen.put("much too long " * 30, whole=True)
        await it.console.press("ctrl+s")

        said = it.console.shown()
        assert "✕ too long:" in said
        assert "Ctrl+L thread" in said
        assert "This reply cannot leave like this." in said
        assert (await it.reply()).status is ReplyStatus.DRAFT
        assert not isinstance(on_top(it), ConfirmPrompt)


@SIZES
async def test_a_guard_that_asks_wants_its_word_typed_and_the_key_again(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with composers(tmp_path, size=size) as it:
        await it.console.press("r")
        it.screen.put("WE ARE VERY SORRY THAT YOUR PARCEL IS LATE AGAIN", whole=True)
        await it.console.press("ctrl+s")
        assert "! capitals:" in it.console.shown()
        assert it.console.app.focused is it.screen._page.typed

        await it.type("pub")
        await it.console.press("enter", "ctrl+s")
        assert (await it.reply()).status is ReplyStatus.DRAFT

        field = it.console.app.focused
        assert field is not None
        field.post_message(events.Paste("publish"))
        await it.console.press("ctrl+s")
        assert (await it.reply()).status is ReplyStatus.DRAFT

        await it.type("publish")
        await it.console.press("ctrl+s")
        assert (await it.reply()).status is ReplyStatus.HOLDING
        assert isinstance(on_top(it), DeskScreen)


async def test_another_text_wants_another_look(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r")
        it.screen.put("WE ARE VERY SORRY THAT YOUR PARCEL IS LATE AGAIN", whole=True)
        await it.console.press("ctrl+s")
        await it.console.press("escape")
        assert it.console.app.focused is it.screen._text

        await it.type("!")

        assert "capitals:" not in it.console.shown()
        assert not it.screen._page.has_class("-asking")


async def test_nothing_written_is_nothing_sent(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r", "ctrl+s")

        assert "Nothing is written yet." in it.console.lines()[-1]
        assert await it.replies() == []


async def test_a_colleague_who_answers_first_is_named_and_the_text_stays(tmp_path: Path) -> None:
    off = replace(CALM, levels={**CALM.levels, "colleague": Level.OFF, "rival-draft": Level.OFF})
    async with composers(tmp_path, rules=policy(tmp_path, guards=off)) as it:
        await it.console.press("r")
        await it.type("Thank you")
        await it.console.press("ctrl+s")
        bruno = it.colleague()
        sheet = await sheets.open_sheet(bruno, it.talk)
        await sending.send(bruno, sheet, "We are on it")
        await it.console.press("y")

        assert "Bruno is answering" in it.console.lines()[-1]
        assert it.text == "Thank you"
        assert "Bruno is answering, 12:00: “We are on it”" in it.band()


# ------------------------------------------------------------------------------------------- around the draft


@SIZES
async def test_drafts_of_colleagues_come_in_sight_by_themselves(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with composers(tmp_path, size=size) as it:
        await it.console.press("r")
        text = it.screen._text.region
        await it.draft_of(it.colleague(), "Hello Marc, we saw it")
        it.console.place.clock.move(2 * SECOND)
        await it.console.read()
        await it.console.settle()

        assert "Bruno writes too, 12:00: “Hello Marc, we saw it”" in it.console.shown()
        assert it.screen._text.region == text


async def test_that_the_author_wrote_again_is_told_until_it_is_said_to_be_read(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r")
        await it.type("Thank you")
        it.console.place.clock.move(2 * SECOND)
        await it.write_again("And now it is here, forget it!")
        await it.console.read()
        await it.console.settle()
        assert "The author has written again (12:00): read it, then Ctrl+R." in it.band()
        assert "forget it!" in it.console.shown()
        await it.console.press("ctrl+s")
        assert "written again:" in it.console.shown()

        await it.console.press("ctrl+r")

        assert "written again" not in it.band()
        await it.console.press("ctrl+s")
        assert isinstance(on_top(it), ConfirmPrompt)


async def test_before_the_first_word_all_there_is_has_been_read(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r")
        it.console.place.clock.move(2 * SECOND)
        await it.write_again("And now it is here, forget it!")
        await it.console.read()
        await it.console.settle()

        assert "written again" not in it.band()
        assert "forget it!" in it.console.shown()


async def test_another_account_of_the_platform_speaks_and_the_guard_says_so(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r")
        await it.type("Thank you")
        await it.console.press("ctrl+o")
        assert isinstance(on_top(it), AccountPrompt)
        assert "@acme_help" in it.console.shown()
        await it.console.press("2")
        assert "as @acme_help on X" in it.band()
        assert "REHEARSAL" in it.band()
        assert (await it.reply()).account == "help"

        await it.console.press("ctrl+s")

        assert "another account:" in it.console.shown()


async def test_the_conversation_is_read_without_leaving_the_text(tmp_path: Path) -> None:
    long = " ".join(f"word{number}" for number in range(400)) + " parcel late where is it @acme"
    async with composers(tmp_path, long, size=NARROW) as it:
        await it.console.press("r")
        await it.type("a")
        before = it.console.lines()[1:8]
        await it.console.press("pagedown")
        assert it.console.lines()[1:8] != before
        await it.console.press("pageup")
        assert it.console.lines()[1:8] == before
        await it.console.press("ctrl+d", "ctrl+u")

        assert it.text == "a"
        assert it.console.app.focused is it.screen._text


async def test_nothing_opens_over_it_by_itself(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await shift.extend(it.desk, it.desk.now() + 10 * MINUTE)
        await it.console.press("r")
        await it.console.read()
        it.console.place.clock.move(60 * SECOND)
        it.console.app._tick()
        await it.console.settle()

        assert isinstance(on_top(it), ComposerScreen)


# ----------------------------------------------------------------------------------------- length and preview


@SIZES
async def test_length_and_preview_go_with_every_key(tmp_path: Path, size: tuple[int, int]) -> None:
    async with composers(tmp_path, size=size) as it:
        await it.console.press("r")
        await it.type("Thank you")

        said = it.console.shown()
        assert "12 of 280 characters" in said
        assert "│ Thank you ^A" in said
        assert "What will be published" in said


@SIZES
async def test_what_is_too_long_is_said_and_split_only_on_request(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with composers(tmp_path, size=size) as it:
        await it.console.press("r")
        it.screen.put("We are sorry about it. " * 15, whole=True)
        await it.console.settle()
        assert "too long by" in it.console.shown()
        composing = it.screen.composing
        assert composing is not None
        assert len(composing.parts) == 1

        await it.console.press("ctrl+l")

        assert len(composing.parts) == 2
        assert "too long" not in it.console.shown()
        assert "a thread of 2 posts" in it.console.shown()
        await it.console.press("ctrl+l")
        assert len(composing.parts) == 1


# ------------------------------------------------------------------------------------------- canned responses


async def test_digits_take_one_only_while_nothing_is_written(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r", "1")
        assert it.text.startswith("Hello marc0, we are sorry")
        await it.type(" 12")

        assert it.text.endswith("now. 12")
        assert "/late" in it.console.shown()


async def test_a_draft_is_never_overwritten_by_a_canned_response(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r")
        await it.type("mine")
        await it.console.press("escape", "1")

        assert it.text == "mine"
        assert "Your draft is here: clear it" in it.console.lines()[-1]


async def test_a_click_takes_one(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r")
        await it.console.pilot.click("#under", offset=(10, 0))
        await it.console.settle()

        assert it.text.startswith("Hello marc0")


async def test_the_finder_opens_after_a_blank_and_inserts_what_is_chosen(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r")
        await it.type("Hi a")
        await it.console.press("slash")
        assert isinstance(on_top(it), ComposerScreen)
        await it.console.press("space", "slash")
        finder = on_top(it)
        assert isinstance(finder, CannedFinder)
        await it.type("thanks")
        async with asyncio.timeout(30):
            while len(finder._found) != 1:
                await it.console.pilot.pause(0.01)
        assert "Thank you for your message" in it.console.shown()
        await it.console.press("enter")

        assert it.text == "Hi a/ Thank you for your message, we read it with great care."


async def test_escape_leaves_the_finder_without_a_trace_and_a_second_slash_is_one(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r", "slash")
        assert isinstance(on_top(it), CannedFinder)
        await it.console.press("escape")
        assert it.text == ""

        await it.console.press("slash", "slash")

        assert it.text == "/"
        assert isinstance(on_top(it), ComposerScreen)


async def test_what_cannot_be_filled_is_asked_for_one_after_the_other(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r", "slash")
        await it.type("order")
        await it.console.pilot.pause(0.2)
        await it.console.press("enter")
        prompt = on_top(it)
        assert isinstance(prompt, PlaceholderPrompt)
        assert "Which order number did they give?" in it.console.shown()
        await it.type("A-12")
        await it.console.press("enter")
        assert "What stands in the place of shop?" in it.console.shown()
        await it.console.press("enter")

        assert it.text.startswith("Hello, we would like to look at it. Is A-12 from {shop}, which")


async def test_what_was_left_blocks_and_is_asked_for_again(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r")
        it.screen.put("Is {order} yours?", whole=True)
        await it.console.press("ctrl+s")
        assert "✕ placeholder left:" in it.console.shown()
        await it.console.press("ctrl+p")
        assert isinstance(on_top(it), PlaceholderPrompt)
        await it.console.press("escape")
        assert it.text == "Is {order} yours?"

        await it.console.press("ctrl+p")
        await it.type("A")
        await it.console.press("enter")

        assert it.text == "Is A yours?"


# ---------------------------------------------------------------------------------------------- private notes


@SIZES
async def test_a_note_looks_like_nothing_that_is_published_and_is_never_sent(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with composers(tmp_path, size=size) as it:
        await it.console.press("r")
        await it.type("He called twice")
        await it.console.press("ctrl+n")
        said = it.console.shown()
        for words in ("PRIVATE NOTE", "For colleagues only: never published.", "nothing of this is sent"):
            assert words in said
        for words in ("as @acme on X to", "What will be published", "Ctrl+S send"):
            assert words not in said
        composing = it.screen.composing
        assert composing is not None
        with pytest.raises(IllegalMoveError):
            await composing.send("")

        await it.console.press("ctrl+s")

        history = await it.desk.store.history(it.talk)
        notes = [event for event in history if event.kind is EventKind.NOTE_ADDED]
        assert [event.data["text"] for event in notes] == ["He called twice"]
        assert await it.replies() == []
        assert isinstance(on_top(it), DeskScreen)


async def test_a_note_is_no_draft_and_its_text_may_become_a_reply_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "PAUSE", 0.01)
    async with composers(tmp_path) as it:
        await it.console.press("r", "ctrl+n")
        await it.type("1/2 he lies")
        await it.console.pilot.pause(0.05)
        assert it.text == "1/2 he lies"
        assert await it.replies() == []
        await it.console.press("escape")
        assert "Escape again drops the note" in it.console.lines()[-1]

        await it.console.press("ctrl+n")

        await until_kept(it, "1/2 he lies")
        assert "as @acme on X" in it.band()


async def test_a_note_cut_off_by_the_terminal_is_kept_as_one(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        await it.console.press("r", "ctrl+n")
        await it.type("call her")
        it.console.app.exit()

    async with place(tmp_path) as later:
        history = await later.store.history(it.talk)
        notes = [event for event in history if event.kind is EventKind.NOTE_ADDED]
        assert [event.data["text"] for event in notes] == ["(unfinished) call her"]
        assert await later.store.replies(it.talk) == []


# ------------------------------------------------------------------------------------------------- the rest


async def test_its_keys_are_told(tmp_path: Path) -> None:
    async with composers(tmp_path, size=NARROW) as it:
        await it.console.press("r", "f1")
        assert isinstance(on_top(it), WritingKeys)
        said = it.console.shown()
        assert "Ctrl+S F2" in said
        assert "Enter never does." in said
        await it.console.press("escape")

        assert isinstance(on_top(it), ComposerScreen)


async def test_it_is_drawn_in_ascii_where_that_is_wished_for(tmp_path: Path) -> None:
    settings = ConsoleSettings("Acme", "@acme", "X", ascii=True, colour=False)
    async with composers(tmp_path, settings=settings, size=NARROW) as it:
        await it.console.press("r")
        await it.type("Hi")
        (last,) = it.console.app.get_line_filters()
        for strip in it.screen._compositor.render_strips():
            assert strip.apply_filter(last, it.screen.styles.background).text.isascii()
        assert " LIVE " in it.console.shown()


async def test_a_conversation_that_is_gone_is_said(tmp_path: Path) -> None:
    async with composers(tmp_path) as it:
        it.console.app.open_composer(999)
        await it.console.settle()

        assert isinstance(on_top(it), DeskScreen)
        assert "There is no conversation 999" in it.console.lines()[-1]
