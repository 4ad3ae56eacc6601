"""A cluster under a person's hands: opened from its row, decided in whole or in part, and left again."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmconsole.core.clock import SECOND
from cmconsole.core.conversation import Outcome, Status
from cmconsole.core.verdict import Lane
from cmconsole.desk import resolve
from cmconsole.tui.screens.alike import AlikeScreen
from cmconsole.tui.screens.conversation import ConversationScreen
from cmconsole.tui.screens.desk import DeskScreen
from tests.unit.tui.consoles import NARROW, WIDE, Console, console

STORM = tuple(f"My parcel was opened again, refund please, number {number}" for number in range(5))
ALONE = "Do you ship to Belgium?"


async def clustered(desk: Console) -> list[int]:
    """Join what says nearly the same, as the engine does, and let the console read it."""
    talks = [it for it in await desk.lane(Lane.INFLUENCERS) if it.text != ALONE]
    ids = [it.id for it in talks]
    await desk.place.store.cluster([(it, ids[0]) for it in ids[1:]], desk.place.clock.now(), None)
    await desk.read()
    await desk.press("g")
    return ids


def screen(desk: Console) -> object:
    return desk.app.screen


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_one_row_stands_for_all_and_its_key_opens_them(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, *STORM, ALONE, size=size) as desk:
        assert "= alike" not in desk.lines()[-1]
        await clustered(desk)
        assert desk.cursor().split()[5] == "≈5"
        assert "= alike" in desk.lines()[-1]
        assert "@marc3" not in desk.shown()

        await desk.press("=")
        assert isinstance(screen(desk), AlikeScreen)
        assert "≈ 5 conversations say nearly the same · Influencers" in desk.lines()[1]
        rows = [line.split()[3] for line in desk.lines()[2:7]]
        assert rows == [f"@marc{number}" for number in range(5)]
        assert "@marc5" not in desk.shown()
        assert "* all" in desk.lines()[-1]


async def test_escape_and_the_key_itself_come_back_to_the_same_row(tmp_path: Path) -> None:
    async with console(tmp_path, *STORM, ALONE) as desk:
        await clustered(desk)
        for leaving in ("escape", "=", "h"):
            await desk.press("=", "j", leaving)
            assert isinstance(screen(desk), DeskScreen)
            assert "@marc0" in desk.cursor()
            assert desk.app.session.alike is None


async def test_a_key_pressed_twice_opens_it_once(tmp_path: Path) -> None:
    async with console(tmp_path, *STORM) as desk:
        [first, *_rest] = await clustered(desk)
        desk.app.open_alike(first)
        desk.app.open_alike(first)
        await desk.settle()
        assert sum(isinstance(it, AlikeScreen) for it in desk.app.screen_stack) == 1


async def test_a_row_that_stands_alone_opens_nothing(tmp_path: Path) -> None:
    async with console(tmp_path, *STORM, ALONE) as desk:
        await clustered(desk)
        await desk.press("j", "=")
        assert isinstance(screen(desk), DeskScreen)
        assert "No other conversation says nearly the same." in desk.lines()[-1]
        await desk.press("*")
        assert "say nearly the same first (=)" in desk.lines()[-1]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_all_are_left_unanswered_with_one_reason(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, *STORM, ALONE, size=size) as desk:
        await clustered(desk)
        await desk.press("=", "*")
        assert "5 selected" in desk.lines()[-1]
        assert desk.shown().count("●") == 5
        await desk.press("x", "2")
        silent = await desk.place.store.in_status(Status.RESOLVED, 9)
        assert len(silent) == 5
        assert {it.outcome for it in silent} == {Outcome.SILENCE}
        assert len({it.silence_reason for it in silent}) == 1
        assert isinstance(screen(desk), DeskScreen)
        assert "No answer to 5 conversations · u to take back" in desk.lines()[-1]
        assert "@marc5" in desk.cursor()


async def test_a_second_star_and_escape_select_none(tmp_path: Path) -> None:
    async with console(tmp_path, *STORM) as desk:
        await clustered(desk)
        await desk.press("=", "*", "*")
        assert "●" not in desk.shown()
        await desk.press("*", "escape")
        assert "●" not in desk.shown()
        assert isinstance(screen(desk), AlikeScreen)


async def test_one_that_was_taken_back_is_under_the_cursor_again(tmp_path: Path) -> None:
    async with console(tmp_path, *STORM) as desk:
        await clustered(desk)
        await desk.press("=", "j", "j", "d")
        assert "@marc3" in desk.cursor()
        assert "@marc2" not in "\n".join(desk.lines()[:-1])
        await desk.press("u")
        await desk.read()
        await desk.settle()
        assert "@marc2" in desk.cursor()
        assert "≈ 5 conversations" in desk.lines()[1]


async def test_the_whole_cluster_can_be_taken_back(tmp_path: Path) -> None:
    async with console(tmp_path, *STORM) as desk:
        await clustered(desk)
        await desk.press("=", "*", "x", "1", "u")
        await desk.read()
        await desk.settle()
        assert len(await desk.place.store.in_status(Status.RESOLVED, 9)) == 0
        assert "≈5" in desk.cursor()


async def test_a_colleagues_deed_is_told_and_moves_nothing(tmp_path: Path) -> None:
    async with console(tmp_path, *STORM) as desk:
        ids = await clustered(desk)
        await desk.press("=", "j")
        await resolve.done(desk.place.desk("Bruno"), [ids[0], ids[3]])
        desk.place.clock.move(SECOND)
        await desk.read()
        await desk.settle()
        assert "@marc1" in desk.cursor()
        assert desk.lines().index(next(line for line in desk.lines() if "▌P" in line)) == 3
        assert desk.shown().count("no longer here") == 2
        await desk.press("*")
        assert "3 selected" in desk.lines()[-1]


async def test_new_ones_wait_to_be_seen(tmp_path: Path) -> None:
    async with console(tmp_path, *STORM, ALONE) as desk:
        ids = await clustered(desk)
        await desk.press("=", "G")
        desk.place.clock.move(SECOND)
        await desk.place.take("My parcel was opened again, refund please, number 9", handles=("late",))
        [late] = [it for it in await desk.lane(Lane.INFLUENCERS) if it.author.handle == "late0"]
        await desk.place.store.cluster([(late.id, ids[0])], desk.place.clock.now(), None)
        await desk.read()
        await desk.settle()
        assert "≈ 6 conversations" in desk.lines()[1]
        assert "@marc4" in desk.cursor()
        await desk.press("G")
        assert "@late0" in desk.cursor()


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_conversation_opened_from_it_comes_back_to_its_row(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with console(tmp_path, *STORM, size=size) as desk:
        await clustered(desk)
        for leaving in ("escape", "="):
            await desk.press("=", "j", "enter")
            assert isinstance(screen(desk), ConversationScreen)
            assert "── @marc1" in desk.lines()[1]
            assert "= alike" in desk.lines()[-1]
            await desk.press(leaving)
            assert isinstance(screen(desk), AlikeScreen)
            assert "@marc1" in desk.cursor()
            await desk.press("escape")
            assert isinstance(screen(desk), DeskScreen)


async def test_done_inside_goes_on_to_the_next_of_them(tmp_path: Path) -> None:
    async with console(tmp_path, *STORM) as desk:
        await clustered(desk)
        await desk.press("=", "enter", "d")
        assert isinstance(screen(desk), AlikeScreen)
        assert "@marc1" in desk.cursor()


async def test_why_opens_the_reasons(tmp_path: Path) -> None:
    async with console(tmp_path, *STORM) as desk:
        await clustered(desk)
        await desk.press("=", "i")
        await desk.pilot.pause(0.2)
        await desk.settle()
        assert isinstance(screen(desk), ConversationScreen)
        assert desk.app.session.why
        assert "· Reach 48k" in desk.shown()


async def test_the_mouse_picks_a_row(tmp_path: Path) -> None:
    async with console(tmp_path, *STORM) as desk:
        await clustered(desk)
        await desk.press("=")
        await desk.pilot.click("#influencers", offset=(10, 3))
        await desk.settle()
        assert "@marc3" in desk.cursor()


async def test_keys_without_a_meaning_here_do_nothing(tmp_path: Path) -> None:
    async with console(tmp_path, *STORM) as desk:
        await clustered(desk)
        await desk.press("=", "j")
        before = desk.lines()[:-1]
        await desk.press("l", "O", "z", "J", "K")
        assert desk.lines()[:-1] == before
