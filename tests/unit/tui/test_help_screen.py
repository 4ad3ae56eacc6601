"""Help: every action of the registry, at every width, with the keys in use."""

import pytest
from textual.containers import VerticalScroll

from cmconsole.tui.actions import ACTIONS
from cmconsole.tui.keymap import keymap
from cmconsole.tui.present.line import cells
from cmconsole.tui.screens.help import WIDE, HelpScreen, lines
from tests.unit.tui.stage import UNANSWERED, Stage


@pytest.mark.parametrize("width", [40, 74, WIDE - 1, WIDE, 150, 220])
def test_nothing_is_left_out_and_nothing_sticks_out(width: int) -> None:
    laid = lines(keymap(), width)
    text = ["".join(part for part, _meaning in line) for line in laid]
    words = " ".join(" ".join(text).split())

    assert max(map(cells, text)) <= width
    if width < WIDE:
        for action in ACTIONS:
            assert action.sentence in words


def test_wide_help_is_half_as_high() -> None:
    assert len(lines(keymap(), WIDE)) < 0.7 * len(lines(keymap(), WIDE - 1))


def test_it_shows_the_keys_in_use() -> None:
    laid = lines(keymap({"claim": "f9", "done": []}), 100)
    text = "\n".join("".join(part for part, _meaning in line) for line in laid)

    assert "F9" in text
    assert "–  " in text


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_it_scrolls_to_its_end_and_goes_back(size: tuple[int, int]) -> None:
    stage = Stage(HelpScreen(keymap()))
    async with stage.run_test(size=size) as pilot:
        assert "Moving about" in stage.shown()
        await pilot.press("G")
        await pilot.pause()
        assert ACTIONS[-1].sentence in stage.shown()
        await pilot.press("g")
        await pilot.pause()
        assert stage.question.query_one(VerticalScroll).scroll_y == 0
        assert stage.answer == UNANSWERED
        await pilot.press("question_mark")

        assert stage.answer is None


@pytest.mark.parametrize("key", ["escape", "q", "enter"])
async def test_several_keys_go_back(key: str) -> None:
    stage = Stage(HelpScreen(keymap()))
    async with stage.run_test() as pilot:
        await pilot.press(key)

        assert stage.answer is None
