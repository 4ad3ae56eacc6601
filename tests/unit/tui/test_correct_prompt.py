"""Mark as…: one key each, the mouse, the arrows, and nothing by accident."""

from __future__ import annotations

import pytest
from textual.widgets import OptionList

from cmconsole.core.verdict import Kind, Lane, Severity
from cmconsole.tui.screens.correct import ANSWERS, KEYS, CorrectPrompt
from tests.unit.tui.stage import UNANSWERED, Stage
from tests.unit.tui.talks import TALK, talk

EVERY = [it for answers in ANSWERS for it in answers]


def test_every_kind_lane_and_severity_has_a_key() -> None:
    assert [*Kind, *Lane, *Severity] == EVERY
    assert len(KEYS) == len(set(KEYS)) == len(EVERY)
    assert not set(KEYS) & set("hjkl")


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
@pytest.mark.parametrize(("key", "answer"), list(zip(KEYS, EVERY, strict=True)))
async def test_one_key_says_it(key: str, answer: Kind | Lane | Severity, size: tuple[int, int]) -> None:
    stage = Stage(CorrectPrompt([TALK]))
    async with stage.run_test(size=size) as pilot:
        await pilot.press(key)

        assert stage.answer is answer


async def test_it_names_what_it_is_about_and_what_it_is_now() -> None:
    stage = Stage(CorrectPrompt([TALK]))
    async with stage.run_test(size=(80, 24)):
        said = stage.shown()

    assert "What is this by @ada@piaille.fr?" in said
    for now in ("1  complaint · now", "6  Influencers · now", "b  serious · now"):
        assert now in said
    assert said.count("· now") == 3


async def test_of_several_only_what_they_share_is_now() -> None:
    stage = Stage(CorrectPrompt([TALK, talk(id=2, kind=Kind.QUESTION, severity=Severity.NONE)]))
    async with stage.run_test(size=(80, 24)):
        said = stage.shown()

    assert "What are these 2 conversations?" in said
    assert said.count("· now") == 1
    assert "6  Influencers · now" in said


async def test_enter_alone_says_nothing_and_escape_leaves() -> None:
    stage = Stage(CorrectPrompt([TALK]))
    async with stage.run_test() as pilot:
        await pilot.press("enter", "enter", "space", "x", "0", "e")
        assert stage.answer == UNANSWERED
        await pilot.press("escape")
        assert stage.answer is None


async def test_arrows_and_letters_go_from_column_to_column() -> None:
    stage = Stage(CorrectPrompt([TALK]))
    async with stage.run_test() as pilot:
        await pilot.press("right", "l", "left", "j", "down", "enter")

        assert stage.answer is Lane.COMPLAINTS


async def test_the_mouse_picks() -> None:
    stage = Stage(CorrectPrompt([TALK]))
    async with stage.run_test() as pilot:
        await pilot.click(list(stage.question.query(OptionList))[2], offset=(5, 3))

        assert stage.answer is Severity.LEGAL
