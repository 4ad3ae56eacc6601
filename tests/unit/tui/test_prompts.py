"""The short questions: keys, mouse, pastes and safe answers."""

import pytest
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, OptionList

from cmconsole.core.errors import InputError
from cmconsole.tui.screens.dialog import Words
from cmconsole.tui.screens.prompts import ConfirmPrompt, LinePrompt, NotePrompt, ReasonPrompt, SnoozePrompt
from tests.unit.tui.stage import UNANSWERED, Stage

REASONS = ["trolling", "not about us", "already answered"]
SIZES = [(80, 24), (160, 45)]


def paste(pilot: Pilot[None], text: str) -> None:
    """Send what the driver makes of a paste."""
    pilot.app.screen.post_message(events.Paste(text))


def word(stage: Stage, selector: str) -> str:
    return str(stage.question.query_one(selector, Words).render())


@pytest.mark.parametrize("size", SIZES)
async def test_a_digit_picks_a_reason(size: tuple[int, int]) -> None:
    stage = Stage(ReasonPrompt(REASONS, 3))
    async with stage.run_test(size=size) as pilot:
        assert "Leave 3 conversations without an answer" in stage.shown()
        await pilot.press("2")

        assert stage.answer == "not about us"


async def test_enter_alone_gives_no_reason() -> None:
    stage = Stage(ReasonPrompt(REASONS))
    async with stage.run_test() as pilot:
        await pilot.press("enter", "enter")
        assert stage.answer == UNANSWERED

        await pilot.press("0", "enter")
        assert stage.answer == UNANSWERED


async def test_a_reason_that_was_gone_to_is_picked_with_enter() -> None:
    stage = Stage(ReasonPrompt(REASONS))
    async with stage.run_test() as pilot:
        await pilot.press("j", "down", "enter")

        assert stage.answer == "not about us"


async def test_the_mouse_picks_a_reason() -> None:
    stage = Stage(ReasonPrompt(REASONS))
    async with stage.run_test() as pilot:
        await pilot.click(OptionList, offset=(6, 2))

        assert stage.answer == "already answered"


async def test_a_reason_in_own_words_is_one_line() -> None:
    stage = Stage(ReasonPrompt(REASONS))
    async with stage.run_test() as pilot:
        await pilot.press("0")
        paste(pilot, "the lawyers \nanswer\n")
        await pilot.pause()
        assert stage.answer == UNANSWERED
        await pilot.press("enter")

        assert stage.answer == "the lawyers"


@pytest.mark.parametrize(
    "question",
    [
        lambda: ReasonPrompt(REASONS),
        lambda: SnoozePrompt([("1 h", 1)], int),
        lambda: LinePrompt("Tag", "word", ["delivery"]),
        NotePrompt,
        lambda: ConfirmPrompt("Publish?", "", "Publish"),
    ],
)
async def test_a_paste_answers_nothing(question: type[ReasonPrompt]) -> None:
    stage = Stage(question())  # type: ignore[call-arg]
    async with stage.run_test() as pilot:
        for text in ("1\n", "y\n", "\n", "\x1b\r", "word\r\n"):
            paste(pilot, text)
            await pilot.pause()

        assert stage.answer == UNANSWERED


async def test_escape_answers_none() -> None:
    for question in (ReasonPrompt(REASONS), SnoozePrompt([], int), LinePrompt("Tag", "word"), NotePrompt()):
        stage = Stage(question)
        async with stage.run_test() as pilot:
            await pilot.press("escape")

            assert stage.answer is None


async def test_snooze_offers_choices() -> None:
    stage = Stage(SnoozePrompt([("15 minutes", 900), ("1 hour", 3600)], int))
    async with stage.run_test() as pilot:
        await pilot.press("2")

        assert stage.answer == 3600


async def test_snooze_takes_another_time_and_says_what_is_wrong_with_it() -> None:
    def parse(text: str) -> int:
        if not text.isdigit():
            raise InputError("Not a time.", advice="Write 45m.")
        return int(text)

    stage = Stage(SnoozePrompt([("1 hour", 3600)], parse))
    async with stage.run_test() as pilot:
        await pilot.press("0", *"soon", "enter")
        assert stage.answer == UNANSWERED
        assert "Not a time. Write 45m." in stage.shown()

        await pilot.press("x")
        assert not stage.question.query_one("#wrong").display

        stage.question.query_one(Input).value = "42"
        await pilot.press("enter")
        assert stage.answer == 42


async def test_a_line_narrows_its_suggestions() -> None:
    stage = Stage(LinePrompt("Tag", "a word", ["delivery", "refund", "Défaut"]))
    async with stage.run_test() as pilot:
        await pilot.press("f")
        assert stage.question.query_one(OptionList).option_count == 2
        await pilot.press("down", "enter")

        assert stage.answer == "refund"


async def test_a_line_is_typed_or_completed() -> None:
    stage = Stage(LinePrompt("Tag", "a word", ["delivery"]))
    async with stage.run_test() as pilot:
        await pilot.press("enter")
        assert stage.answer == UNANSWERED
        await pilot.press("n", "e", "w", "enter")

        assert stage.answer == "new"


async def test_a_note_keeps_its_lines_and_enter_never_ends_it() -> None:
    stage = Stage(NotePrompt("@ada"))
    async with stage.run_test() as pilot:
        assert "PRIVATE NOTE" in stage.shown()
        assert "never published" in stage.shown()
        await pilot.press("a", "enter", "b", "enter")
        assert stage.answer == UNANSWERED
        await pilot.press("ctrl+s")

        assert stage.answer == "a\nb"


async def test_an_empty_note_is_none() -> None:
    stage = Stage(NotePrompt())
    async with stage.run_test() as pilot:
        await pilot.press("space", "ctrl+s")

        assert stage.answer == UNANSWERED
        assert "The note is empty" in stage.shown()


async def test_escape_warns_before_it_drops_a_note() -> None:
    stage = Stage(NotePrompt())
    async with stage.run_test() as pilot:
        await pilot.press("a", "escape")
        assert stage.answer == UNANSWERED
        assert "Escape again drops" in stage.shown()

        await pilot.press("b", "escape")
        assert stage.answer == UNANSWERED

        await pilot.press("escape")
        assert stage.answer is None


async def test_a_pasted_escape_in_a_note_is_visible_text() -> None:
    stage = Stage(NotePrompt())
    async with stage.run_test() as pilot:
        paste(pilot, "a\x1b[2Jb")
        await pilot.pause()
        await pilot.press("ctrl+s")

        assert stage.answer == "a␛[2Jb"


@pytest.mark.parametrize(("keys", "answer"), [("y", True), ("enter", False), ("escape", False)])
async def test_only_the_letter_says_yes(keys: str, answer: bool) -> None:
    stage = Stage(ConfirmPrompt("Mark 12 conversations as done?", "u takes it back.", "Done"))
    async with stage.run_test() as pilot:
        assert "Mark 12 conversations as done?" in stage.shown()
        assert "u takes it back." in stage.shown()
        await pilot.press(keys)

        assert stage.answer is answer


async def test_other_letters_neither_say_yes_nor_no() -> None:
    stage = Stage(ConfirmPrompt("Sure?", "", "Yes"))
    async with stage.run_test() as pilot:
        await pilot.press("o", "space_", "d", "1")

        assert stage.answer == UNANSWERED


async def test_the_mouse_says_yes() -> None:
    stage = Stage(ConfirmPrompt("Sure?", "", "Yes"))
    async with stage.run_test() as pilot:
        await pilot.click("#yes")

        assert stage.answer is True


@pytest.mark.parametrize("text", ["[/]", "[@click=app.quit]x[/]", "[red]", "\x1b[2J", "\udfff", "a" * 5000])
async def test_foreign_words_are_shown_as_they_are(text: str) -> None:
    for question in (
        ReasonPrompt([text], 1),
        SnoozePrompt([(text, 1)], int),
        LinePrompt(text, text, [text]),
        NotePrompt(text),
        ConfirmPrompt(text, text, text),
    ):
        stage = Stage(question)
        async with stage.run_test(size=(80, 24)) as pilot:
            await pilot.pause()
            assert "\x1b" not in stage.shown()
            if text.startswith("["):
                assert text in stage.shown()
