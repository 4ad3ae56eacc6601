"""The palette: scoring, order, what is grey, and what Enter gives back."""

from collections.abc import Callable

import pytest
from textual.widgets import OptionList

from cmconsole.config import language
from cmconsole.tui.actions import ACTIONS, Action
from cmconsole.tui.keymap import keymap
from cmconsole.tui.screens.palette import ActionPalette, Entry, ranked, score
from tests.unit.tui.stage import UNANSWERED, Stage


def refuse(*ids: str) -> Callable[[Action], str]:
    return lambda action: "Not now." if action.id in ids else ""


ENTRIES = [Entry(action, action.keys[0]) for action in ACTIONS]


def best(letters: str) -> str:
    return ranked(ENTRIES, letters)[0].action.id


@pytest.mark.parametrize(
    ("letters", "action"),
    [
        ("cl", "claim"),
        ("snz", "snooze"),
        ("hand", "handover"),
        ("pd", "page-down"),
        ("no a", "silence"),
        ("q", "quit"),
    ],
)
def test_a_few_letters_find_an_action(letters: str, action: str) -> None:
    assert best(letters) == action


def test_letters_must_come_in_order() -> None:
    assert score("ab", "a b") is not None
    assert score("ba", "a b") is None


def test_case_and_accents_are_folded() -> None:
    assert score("cote", "Mettre de CÔTÉ") == score("COTE", "mettre de coté")


def test_runs_and_beginnings_count_more() -> None:
    assert (score("de", "de") or 0) > (score("de", "done late") or 0) - 10
    assert (score("pd", "page down") or 0) > (score("pd", "upward") or 0)


def test_no_letters_give_the_registry() -> None:
    assert [entry.action for entry in ranked(ENTRIES, " ")] == list(ACTIONS)


def test_the_sentence_is_searched_too_for_longer_words() -> None:
    assert "silence" in [entry.action.id for entry in ranked(ENTRIES, "with a reason")]


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_enter_gives_the_best(size: tuple[int, int]) -> None:
    stage = Stage(ActionPalette(keymap()))
    async with stage.run_test(size=size) as pilot:
        await pilot.press(*"snoo")
        await pilot.pause()
        assert "Put the conversation away" in stage.shown()
        await pilot.press("enter")

        assert stage.answer == "snooze"


async def test_what_cannot_be_done_is_grey_and_says_why() -> None:
    stage = Stage(ActionPalette(keymap(), refuse("claim")))
    async with stage.run_test() as pilot:
        await pilot.press(*"claim")
        await pilot.pause()
        assert "Not now." in stage.shown()
        option = stage.question.query_one(OptionList).get_option_at_index(0)
        assert option.disabled
        await pilot.press("enter")

        assert stage.answer != "claim"


async def test_keys_are_those_of_the_person() -> None:
    stage = Stage(ActionPalette(keymap({"claim": "f5"})))
    async with stage.run_test() as pilot:
        await pilot.press(*"claim")
        await pilot.pause()

        assert "F5" in stage.shown()


async def test_the_arrows_and_the_mouse_choose() -> None:
    stage = Stage(ActionPalette(keymap()))
    async with stage.run_test() as pilot:
        await pilot.press("down", "enter")
        assert stage.answer == ACTIONS[1].id

    stage = Stage(ActionPalette(keymap()))
    async with stage.run_test() as pilot:
        await pilot.click(OptionList, offset=(5, 2))
        assert stage.answer == ACTIONS[2].id


async def test_nothing_fits() -> None:
    stage = Stage(ActionPalette(keymap()))
    async with stage.run_test() as pilot:
        await pilot.press(*"zzzz")
        await pilot.pause()
        assert "No action is called so." in stage.shown()
        await pilot.press("enter")
        assert stage.answer == UNANSWERED
        await pilot.press("escape")

        assert stage.answer is None


async def test_names_are_in_the_language_in_use(monkeypatch: pytest.MonkeyPatch) -> None:
    class French:
        def gettext(self, message: str) -> str:
            return {"claim": "prendre"}.get(message, message)

    monkeypatch.setattr(language._Installed, "catalogue", French())

    assert best("prendre") == "claim"
    assert best("claim") == "claim"
