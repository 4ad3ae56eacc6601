"""The sources screen under a person's hands: opened, read, paused and resumed through the real store."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cmconsole.core.account import AccountState, Standing
from cmconsole.core.clock import HOUR, SECOND
from cmconsole.core.mention import SetAside as Item
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import Health
from cmconsole.core.tip import Tip, TipState
from cmconsole.core.verdict import Lane
from cmconsole.desk import handover, sources
from cmconsole.store.contract import Intake
from cmconsole.tui.screens.desk import DeskScreen
from cmconsole.tui.screens.set_aside import SetAside
from cmconsole.tui.screens.sources import SourcesScreen
from cmconsole.tui.settings import ConsoleSettings
from tests.unit.tui.consoles import NARROW, WIDE, Console, console


def screen(desk: Console) -> object:
    return desk.app.screen


async def filled(desk: Console) -> None:
    """Give the store two more sources and an account, and open their screen."""
    store, now = desk.place.store, desk.place.clock.now()
    error = "The feed is gone. Give its new address in the settings."
    await store.set_source_health("blog", "feeds", Health.REFUSED, now=now, error=error)
    aside = [Item("the entry has no text", "<item/>")]
    await store.ingest(Intake("news", "feeds", [], set_aside=aside), SlaPolicy(), now)
    locked = AccountState("main", "x", "@acme", "live", Standing.LOCKED, seen="other", cap=50_000_000)
    await store.set_account(locked, now, None)
    await desk.read()
    await desk.press("S")


def under_cursor(desk: Console) -> str:
    return next(line for line in desk.lines() if line.startswith("▌"))


async def go_to(desk: Console, name: str) -> None:
    """Go to a source from the top."""
    names = sorted(it.name for it in await desk.place.store.source_states())
    await desk.press("g", *["j"] * names.index(name))
    assert f" {name} " in under_cursor(desk)


async def paused_by(desk: Console, name: str) -> str:
    return next(it.paused_by for it in await desk.place.store.source_states() if it.name == name)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_its_key_opens_it_and_escape_and_the_key_itself_leave(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with console(tmp_path, "hello", size=size) as desk:
        await filled(desk)
        said = desk.shown()
        for part in ("SOURCES", "blog", "refused", "The feed is gone.", "→ Give its new address", "ACCOUNTS"):
            assert part in said
        assert re.search(r"main +X @acme +LIVE +locked", said)
        assert "p pause" in desk.lines()[-1]
        for leaving in ("escape", "S", "h"):
            await desk.press(leaving)
            assert isinstance(screen(desk), DeskScreen)
            await desk.press("S")
            assert isinstance(screen(desk), SourcesScreen)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_p_pauses_a_source_and_p_again_lets_it_go_on(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, "hello", size=size) as desk:
        await filled(desk)
        await desk.press("j", "p")
        assert "paused by Alice" in under_cursor(desk)
        assert "nothing of it comes in until p is pressed again" in desk.lines()[-1]
        name = under_cursor(desk).split()[1]
        assert await paused_by(desk, name) == "Alice"

        await desk.press("p")
        assert await paused_by(desk, name) == ""
        assert "paused by" not in under_cursor(desk)
        assert f"{name} is read again, from where it stopped." in desk.lines()[-1]


async def test_p_pressed_twice_at_once_pauses_and_resumes(tmp_path: Path) -> None:
    async with console(tmp_path, "hello") as desk:
        await filled(desk)
        shown = desk.app.screen
        assert isinstance(shown, SourcesScreen)
        shown.act("pause")
        shown.act("pause")
        await desk.settle()
        name = under_cursor(desk).split()[1]
        assert await paused_by(desk, name) == ""
        assert "is read again" in desk.lines()[-1]


async def test_what_a_colleague_paused_is_shown_and_can_be_resumed(tmp_path: Path) -> None:
    async with console(tmp_path, "hello") as desk:
        await filled(desk)
        await sources.pause(desk.place.desk("Bruno"), "X")
        desk.place.clock.move(SECOND)
        await desk.read()
        assert "paused by Bruno" in under_cursor(desk)
        await desk.press("p")
        assert await paused_by(desk, "X") == ""


async def test_a_console_that_was_handed_over_pauses_nothing(tmp_path: Path) -> None:
    async with console(tmp_path, "hello", left=HOUR) as desk:
        await filled(desk)
        saved = await handover.save(desk.app.session.desk, "all quiet")
        await handover.accept(desk.app.session.desk, saved.id, "Bruno")
        await desk.read()
        await desk.press("p")
        assert "this console may look, not act" in desk.lines()[-1]
        assert {it.paused_by for it in await desk.place.store.source_states()} == {""}


async def test_enter_shows_what_was_set_aside(tmp_path: Path) -> None:
    async with console(tmp_path, "hello") as desk:
        await filled(desk)
        await go_to(desk, "news")
        await desk.press("enter")
        assert isinstance(screen(desk), SetAside)
        await desk.pilot.pause()
        assert "Set aside · news" in desk.shown()
        assert "the entry has no text" in desk.shown()
        assert "<item/>" in desk.shown()
        await desk.press("j", "G", "escape")
        assert isinstance(screen(desk), SourcesScreen)


async def test_a_source_that_was_read_whole_says_so_with_its_last_error(tmp_path: Path) -> None:
    async with console(tmp_path, "hello") as desk:
        await filled(desk)
        await go_to(desk, "blog")
        await desk.press("enter")
        await desk.pilot.pause()
        assert "The feed is gone." in desk.shown()
        assert "Everything this source delivered could be read." in desk.shown()


async def test_the_cursor_stays_on_its_source_when_another_comes_before_it(tmp_path: Path) -> None:
    async with console(tmp_path, "hello") as desk:
        await filled(desk)
        await desk.press("j")
        name = under_cursor(desk).split()[1]
        await desk.place.store.set_source_health("AAA", "x", Health.OK, now=desk.place.clock.now())
        await desk.read()
        assert "AAA" in desk.shown()
        assert under_cursor(desk).split()[1] == name


async def test_accounts_are_looked_after_elsewhere(tmp_path: Path) -> None:
    async with console(tmp_path, "hello") as desk:
        await filled(desk)
        for key in ("p", "enter"):
            await desk.press("G", key)
            assert "cmconsole accounts" in desk.lines()[-1]
        await desk.press("g")
        assert "X " in under_cursor(desk)


async def test_it_stays_up_to_date_by_itself(tmp_path: Path) -> None:
    async with console(tmp_path, "hello") as desk:
        await filled(desk)
        now = desk.place.clock.now()
        await desk.place.store.set_source_health(
            "X", "x", Health.RETRYING, now=now, retry_at=now + 30 * SECOND, error="503"
        )
        await desk.read()
        assert "retry 30 s" in under_cursor(desk)
        desk.place.clock.move(10 * SECOND)
        desk.app.show()
        await desk.pilot.pause()
        assert "retry 20 s" in under_cursor(desk)


async def test_many_sources_scroll_and_the_mouse_picks_one(tmp_path: Path) -> None:
    async with console(tmp_path, "hello", size=NARROW) as desk:
        for number in range(30):
            now = desk.place.clock.now()
            await desk.place.store.set_source_health(f"s{number:02}", "x", Health.OK, now=now)
        await desk.read()
        await desk.press("S", "G")
        assert "test" in under_cursor(desk)
        await desk.press("pageup")
        assert "s1" in under_cursor(desk)
        await desk.press("g")
        await desk.pilot.click("#sources", offset=(10, 4))
        await desk.settle()
        assert "s03" in under_cursor(desk)


async def test_a_store_without_sources_says_what_to_do(tmp_path: Path) -> None:
    async with console(tmp_path) as desk:
        desk.app.session.board = None
        await desk.press("S")
        assert "No source has been read yet." in desk.shown()
        await desk.press("j", "p", "enter", "G")
        assert isinstance(screen(desk), SourcesScreen)


async def test_keys_of_conversations_do_nothing_here(tmp_path: Path) -> None:
    async with console(tmp_path, "hello") as desk:
        await filled(desk)
        before = desk.lines()[:-1]
        await desk.press("o", "space", "*", "z", "O", "l", "i", "=")
        assert desk.lines()[:-1] == before
        await desk.press("d")
        assert "There is no conversation here." in desk.lines()[-1]


async def test_among_the_lanes_p_says_where_it_belongs(tmp_path: Path) -> None:
    async with console(tmp_path, "hello") as desk:
        await desk.press("p")
        assert "Open the sources first (S)." in desk.lines()[-1]
        assert "p pause" not in desk.lines()[-1]


async def test_the_palette_opens_it_and_pauses_only_there(tmp_path: Path) -> None:
    async with console(tmp_path, "hello") as desk:
        await desk.press(":", *"pause")
        assert "open the sources first" in desk.shown()
        await desk.press("escape", ":", *"sources", "enter")
        assert isinstance(screen(desk), SourcesScreen)
        await desk.press(":", *"pause", "enter")
        assert "is paused" in desk.lines()[-1]


async def test_ascii_terminals_get_all_of_it(tmp_path: Path) -> None:
    settings = ConsoleSettings("Acme", ascii=True)
    async with console(tmp_path, "hello", settings=settings, size=NARROW) as desk:
        await filled(desk)
        shown = [segment.text for strip in desk.app.screen._compositor.render_strips() for segment in strip]
        assert "".join(shown).isascii()
        assert "x blog" in desk.shown()


async def test_a_new_tip_is_read_though_it_changes_no_version(tmp_path: Path) -> None:
    async with console(tmp_path, "My parcel was opened") as desk:
        [talk] = await desk.lane(Lane.INFLUENCERS)
        await desk.press("enter")
        await desk.pilot.pause(0.2)
        await desk.settle()
        assert "forwarded" not in desk.shown()
        now = desk.place.clock.now()
        tip = await desk.place.store.add_tip(Tip("https://x.com/1", "Paul", now, "answer him!"), now)
        await desk.place.store.settle_tip(tip.id, TipState.LINKED, talk.id, now, None)
        await desk.read()
        await desk.pilot.pause(0.2)
        await desk.settle()
        assert "▸ forwarded by Paul (“answer him!”)" in desk.shown()
        await desk.press("escape")
        assert "▸1 My parcel" in desk.cursor()
