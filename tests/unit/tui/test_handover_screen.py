"""The handover: the brief kept, and accepted by name, on purpose, by somebody else."""

from pathlib import Path

import pytest
from textual.widgets import Input, TextArea

from cmconsole.desk import claim, handover, shift
from cmconsole.tui.screens.accept_bar import AcceptBar
from cmconsole.tui.screens.earlier import HandoverReader, _unescaped
from cmconsole.tui.screens.handover import HandoverScreen
from tests.unit.tui.desks import QUARTER, SHIFT, Place, place
from tests.unit.tui.stage import UNANSWERED, Stage

SIZES = [(80, 24), (160, 45)]


async def begun(where: Place) -> HandoverScreen:
    """Begin Alice's shift, claim two conversations, and go to a quarter of an hour before its end."""
    desk = where.desk("Alice")
    await shift.start(desk, where.clock.now() + SHIFT)
    where.clock.move(SHIFT - QUARTER)
    await where.take("Mon colis est cassé, remboursez-moi", "App is down, this is a scandal")
    found = await where.store.search("colis") + await where.store.search("scandal")
    await claim.toggle(desk, [conversation.id for conversation in found])
    return HandoverScreen(desk)


def brief(stage: Stage) -> TextArea:
    return stage.question.query_one("#brief", TextArea)


@pytest.mark.parametrize("size", SIZES)
async def test_it_opens_on_a_draft(tmp_path: Path, size: tuple[int, int]) -> None:
    async with place(tmp_path) as where:
        stage = Stage(await begun(where))
        async with stage.run_test(size=size) as pilot:
            await pilot.pause()
            assert "HANDOVER · Alice · 12:00 to 20:00 · 15 min left" in stage.shown()
            assert "A draft" in stage.shown()
            assert "# Handover of Alice" in brief(stage).text
            assert "colis" in brief(stage).text
            assert await where.store.handovers() == []
            await pilot.press("escape")
            await pilot.pause()

            assert stage.answer is None
            assert await where.store.handovers() == []


async def test_what_was_edited_is_kept(tmp_path: Path) -> None:
    async with place(tmp_path) as where:
        stage = Stage(await begun(where))
        async with stage.run_test() as pilot:
            await pilot.pause()
            await pilot.press(*"Hello", "ctrl+s")
            await pilot.pause()

            [kept] = await where.store.handovers()
            assert kept.brief.startswith("Hello# Handover of Alice")
            assert "Kept at 19:45" in stage.shown()
            await pilot.press("escape")
            await pilot.pause()
            assert stage.answer is None

        again = Stage(HandoverScreen(where.desk("Alice")))
        again.question._desk.shift_id = kept.shift_id  # type: ignore[attr-defined]
        async with again.run_test() as pilot:
            await pilot.pause()
            assert brief(again).text.startswith("Hello# Handover")


async def test_leaving_keeps_an_edit_that_was_not_kept_yet(tmp_path: Path) -> None:
    async with place(tmp_path) as where:
        stage = Stage(await begun(where))
        async with stage.run_test() as pilot:
            await pilot.pause()
            await pilot.press("X", "escape")
            await pilot.pause()

            [kept] = await where.store.handovers()
            assert kept.brief.startswith("X#")
            assert stage.answer is None


async def test_an_edit_is_kept_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cmconsole.tui.screens.handover.AUTOSAVE", 0.01)
    async with place(tmp_path) as where:
        stage = Stage(await begun(where))
        async with stage.run_test() as pilot:
            await pilot.pause()
            await pilot.press("X")
            await pilot.pause(0.2)

            [kept] = await where.store.handovers()
            assert kept.brief.startswith("X#")


async def test_an_empty_brief_is_refused_and_holds_the_person(tmp_path: Path) -> None:
    async with place(tmp_path) as where:
        stage = Stage(await begun(where))
        async with stage.run_test() as pilot:
            await pilot.pause()
            brief(stage).text = ""
            await pilot.press("escape")
            await pilot.pause()

            assert stage.answer == UNANSWERED
            assert "The brief is empty" in stage.shown()


async def test_writing_anew_asks_first(tmp_path: Path) -> None:
    async with place(tmp_path) as where:
        stage = Stage(await begun(where))
        async with stage.run_test() as pilot:
            await pilot.pause()
            await pilot.press(*"Mine", "ctrl+r")
            await pilot.pause()
            await pilot.press("enter")
            await pilot.pause()
            assert brief(stage).text.startswith("Mine#")

            await pilot.press("ctrl+r")
            await pilot.pause()
            await pilot.press("y")
            await pilot.pause()
            assert brief(stage).text.startswith("# Handover of Alice")


@pytest.mark.parametrize("size", SIZES)
async def test_the_next_person_accepts_by_name_and_this_console_may_only_look(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with place(tmp_path) as where:
        stage = Stage(await begun(where))
        async with stage.run_test(size=size) as pilot:
            await pilot.pause()
            await pilot.press("tab", *"Bruno")
            for _ in range(3):
                await pilot.press("enter")
            await pilot.pause()
            assert await where.store.handovers() == []
            assert "Enter does not accept" in stage.shown()

            await pilot.press("ctrl+t")
            await pilot.pause()

            [kept] = await where.store.handovers()
            assert kept.accepted_by == "Bruno"
            assert len(await where.store.claimed_by("Bruno", where.clock.now())) == 2
            assert await where.store.claimed_by("Alice", where.clock.now()) == []
            assert "Handed over to Bruno at 19:45" in stage.shown()
            assert "may look, not act" in stage.shown()
            assert brief(stage).read_only
            await pilot.press("Z", "ctrl+s", "ctrl+r", "ctrl+t")
            await pilot.pause()
            assert not brief(stage).text.startswith("Z")
            await pilot.press("escape")
            await pilot.pause()

            assert stage.answer == kept


async def test_the_button_accepts_with_mouse_or_space_but_not_with_enter(tmp_path: Path) -> None:
    async with place(tmp_path) as where:
        stage = Stage(await begun(where))
        async with stage.run_test() as pilot:
            await pilot.pause()
            await pilot.press("tab", *"Bruno", "tab", "enter", "enter")
            await pilot.pause()
            assert await where.store.handovers() == []
            await pilot.press("space")
            await pilot.pause()

            assert [one.accepted_by for one in await where.store.handovers()] == ["Bruno"]


@pytest.mark.parametrize("name", ["Alice", "ALICE ", "  ", ""])
async def test_nobody_and_oneself_cannot_accept(tmp_path: Path, name: str) -> None:
    async with place(tmp_path) as where:
        stage = Stage(await begun(where))
        async with stage.run_test() as pilot:
            await pilot.pause()
            stage.question.query_one("#typed", Input).value = name
            await pilot.press("ctrl+t")
            await pilot.pause()

            assert not any(one.accepted_by for one in await where.store.handovers())
            shown = stage.shown()
            assert ("cannot accept their own" in shown) or ("Type the name" in shown)
            assert not brief(stage).read_only


async def test_without_a_shift_it_says_what_to_do(tmp_path: Path) -> None:
    async with place(tmp_path) as where:
        stage = Stage(HandoverScreen(where.desk("Alice")))
        async with stage.run_test() as pilot:
            await pilot.pause()
            assert "cmconsole --as NAME --until 18:00" in stage.shown()
            await pilot.press("ctrl+s", "ctrl+r", "ctrl+t", "ctrl+o")
            await pilot.pause()
            assert "No handover was ever kept here" in stage.shown()
            await pilot.press("escape", "escape")
            await pilot.pause()

            assert stage.answer is None


@pytest.mark.parametrize("size", SIZES)
async def test_a_colleague_reads_and_accepts_at_their_own_console(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with place(tmp_path) as where:
        first = Stage(await begun(where))
        async with first.run_test() as pilot:
            await pilot.pause()
            await pilot.press("ctrl+s", "escape")
            await pilot.pause()
        stage = Stage(HandoverScreen(where.desk("Bruno")))
        async with stage.run_test(size=size) as pilot:
            await pilot.pause()
            await pilot.press("ctrl+o")
            await pilot.pause()
            assert "waits to be accepted" in stage.shown()
            await pilot.press("1")
            await pilot.pause()
            assert isinstance(stage.screen, HandoverReader)
            assert "Handover of Alice" in stage.shown()
            assert "**" not in stage.shown()
            await pilot.press("j", "k", "G", "g", "tab", *"Bruno", "ctrl+t")
            await pilot.pause()

            assert [one.accepted_by for one in await where.store.handovers()] == ["Bruno"]
            assert "Accepted by Bruno at 19:45" in stage.shown()
            assert not stage.screen.query(AcceptBar)
            assert await handover.unaccepted(where.desk("Bruno")) == []


async def test_one_that_was_accepted_elsewhere_is_said(tmp_path: Path) -> None:
    async with place(tmp_path) as where:
        stage = Stage(await begun(where))
        async with stage.run_test() as pilot:
            await pilot.pause()
            await pilot.press("ctrl+s")
            await pilot.pause()
            [kept] = await where.store.handovers()
            await handover.accept(where.desk("Bruno"), kept.id, "Bruno")
            await pilot.press("Z", "ctrl+s")
            await pilot.pause()

            assert "handed over" in stage.shown()


async def test_hostile_words_in_a_brief_stay_words(tmp_path: Path) -> None:
    async with place(tmp_path) as where:
        screen = await begun(where)
        await where.take("a [/] b [@click=app.quit]x[/] \x1b]52;c;AA\x07 remboursez-moi " * 3)
        stage = Stage(screen)
        async with stage.run_test(size=(160, 45)) as pilot:
            await pilot.pause()
            await pilot.press("ctrl+s", "ctrl+o")
            await pilot.pause()
            await pilot.press("1")
            await pilot.pause()

            assert "\x1b" not in stage.shown()
            assert isinstance(stage.screen, HandoverReader)


def test_backslashes_that_protect_a_sign_go_and_others_stay() -> None:
    assert _unescaped(r"a \[b\] \\ c") == r"a [b] \ c"
    assert _unescaped("**P1** x") == "P1 x"
