"""The console under a person's hands: every key, on a real store."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from cmconsole.core.clock import HOUR, MINUTE, SECOND
from cmconsole.core.conversation import Status
from cmconsole.core.verdict import Kind, Lane
from cmconsole.desk import claim, handover
from cmconsole.tui.keymap import keymap
from cmconsole.tui.screens.conversation import ConversationScreen
from cmconsole.tui.screens.desk import DeskScreen
from cmconsole.tui.settings import ConsoleSettings, Mode
from tests.unit.tui.consoles import NARROW, WIDE, console

SIX = tuple(f"Refund refused, number {number}, this is a scam" for number in range(6))


async def test_the_first_picture_has_rows_counts_and_clock(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        said = desk.shown()

    assert "INFLUENCERS  6 open" in said
    assert "▌P" in said
    assert "Refund refused, number" in said
    assert "2 h 00 left" in said
    assert "X ok" in said
    assert "? help" in said


async def test_moving_changes_the_row_and_the_conversation_below(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        assert "@marc0" in desk.cursor()
        await desk.press("j", "j", "k", "down")
        assert "@marc2" in desk.cursor()
        assert "── @marc2" in desk.shown()
        await desk.press("G")
        assert "@marc5" in desk.cursor()
        await desk.press("g")
        assert "@marc0" in desk.cursor()


async def test_the_row_under_the_cursor_stays_while_more_pressing_ones_come(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.press("j")
        before = desk.lines()
        desk.place.clock.move(-HOUR)
        await desk.place.take("Your charger caught fire, my lawyer will call", handles=("urgent",))
        desk.place.clock.move(HOUR)
        await desk.read()

        assert [line for line in desk.lines() if "▌" in line] == [line for line in before if "▌" in line]
        assert "1 new above · g to see" in desk.shown()
        assert "@urgent0" not in desk.shown()
        await desk.press("g")
        assert "@urgent0" in desk.cursor()
        assert "new above" not in desk.shown()


async def test_claim_shows_at_once_and_again_releases(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.press("c")
        assert " AL " in desk.cursor()
        assert "Claimed: @marc0" in desk.lines()[-1]
        [held] = await desk.place.store.claimed_by("Alice", desk.place.clock.now())
        await desk.press("c")
        assert " AL " not in desk.cursor()
        assert await desk.place.store.claimed_by("Alice", desk.place.clock.now()) == []
    assert held.author.handle == "marc0"


async def test_a_colleagues_claim_is_refused_in_words(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        [first, *_rest] = await desk.lane(Lane.INFLUENCERS)
        await claim.claim(desk.place.desk("Bruno"), [first.id])
        await desk.press("d")

        assert "Bruno" in desk.lines()[-1]
        [first, *_rest] = await desk.lane(Lane.INFLUENCERS)
        assert first.status is Status.OPEN


async def test_done_goes_to_the_next_and_u_takes_it_back(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.press("d")
        assert "@marc1" in desk.cursor()
        assert len(await desk.lane(Lane.INFLUENCERS)) == 5
        assert "Done: @marc0 · u to take back" in desk.lines()[-1]
        await desk.press("u")
        assert len(await desk.lane(Lane.INFLUENCERS)) == 6
        assert "@marc0" in desk.cursor()


async def test_no_answer_asks_a_reason_and_enter_alone_gives_none(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.press("x", "enter", "escape")
        assert len(await desk.lane(Lane.INFLUENCERS)) == 6
        await desk.press("x", "1")
        assert len(await desk.lane(Lane.INFLUENCERS)) == 5
        [silent] = await desk.place.store.in_status(Status.RESOLVED, 5)
    assert silent.silence_reason


async def test_snooze_asks_until_when(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.press("s", "1")
        [asleep] = await desk.place.store.in_status(Status.SNOOZED, 5)
        assert asleep.snoozed_until == desk.place.clock.now() + 15 * MINUTE
        assert "@marc1" in desk.cursor()


async def test_wait_tag_and_vip(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.press("t", *"delivery", "enter")
        [first, *_rest] = await desk.lane(Lane.INFLUENCERS)
        assert first.tags == ("delivery",)
        await desk.press("t", "-", *"delivery", "enter", "v")
        [first, *_rest] = await desk.lane(Lane.INFLUENCERS)
        assert (first.tags, first.vip) == ((), True)
        await desk.press("w")
        assert len(await desk.place.store.in_status(Status.PENDING, 5)) == 1


async def test_a_note_is_kept(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.press("N", *"carrier", "ctrl+s")
        [first, *_rest] = await desk.lane(Lane.INFLUENCERS)
        events = await desk.place.store.history(first.id)
    assert any(event.data.get("text") == "carrier" for event in events)


async def test_bulk_names_how_many_and_defaults_to_no(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.press("space", "j", "space", "j", "space")
        assert "3 selected" in desk.lines()[-1]
        assert desk.shown().count("●") == 3
        await desk.press("d")
        assert "Mark 3 conversations as done?" in desk.shown()
        await desk.press("enter")
        assert len(await desk.lane(Lane.INFLUENCERS)) == 6
        await desk.press("d", "y")
        assert len(await desk.lane(Lane.INFLUENCERS)) == 3
        assert "selected" not in desk.lines()[-1]


async def test_escape_forgets_the_selection(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.press("space", "escape")
        assert "●" not in desk.shown()


async def test_enter_opens_and_escape_comes_back_to_the_same_row(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX, size=NARROW) as desk:
        await desk.press("j", "enter")
        assert isinstance(desk.app.screen, ConversationScreen)
        assert "── @marc1" in desk.lines()[1]
        await desk.press("enter", "enter", "escape")
        assert isinstance(desk.app.screen, DeskScreen)
        assert "@marc1" in desk.cursor()
        assert len(await desk.lane(Lane.INFLUENCERS)) == 6


async def test_done_inside_a_conversation_comes_back_to_the_next_row(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX, size=NARROW) as desk:
        await desk.press("enter", "d")
        assert isinstance(desk.app.screen, DeskScreen)
        assert "@marc1" in desk.cursor()


async def test_lanes_others_and_tabs(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.press("l")
        assert "No complaint waits." in desk.shown()
        assert "▌P" not in desk.shown()
        await desk.press("O")
        assert "O to fold" in desk.shown()
        await desk.press("escape")
        assert "O to open" in desk.shown()
        await desk.press("h", "h")
        assert "@marc0" in desk.cursor()
    async with console(tmp_path / "b", *SIX, size=NARROW) as desk:
        await desk.press("tab", "tab")
        assert "[Others" in desk.lines()[1]


async def test_the_others_are_read_when_they_are_opened(tmp_path: Path) -> None:
    async with console(tmp_path) as desk:
        await desk.place.take("where is the shop?", "which size is it?", handles=("zoe", "theo"), reach=9)
        await desk.read()
        assert len(desk.app.session.views[Lane.OTHERS]) == 1
        await desk.press("O")
        assert "▌P" in desk.shown()
        assert "new below" not in desk.shown()
        assert {"@zoe0", "@theo1"} <= set(desk.shown().split())
        await desk.press("O", "O", "j")
        assert "@theo1" in desk.cursor()


async def test_resizing_changes_the_layout_and_keeps_the_row(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.press("j")
        await desk.pilot.resize_terminal(*NARROW)
        await desk.settle()
        assert "[Influencers 6" in desk.lines()[1]
        assert "@marc1" in desk.cursor()
        await desk.pilot.resize_terminal(*WIDE)
        await desk.settle()
        assert "INFLUENCERS  6 open" in desk.shown()
        assert "@marc1" in desk.cursor()


async def test_why_says_every_reason(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.pilot.pause(0.2)
        await desk.press("i")
        assert "· Reach 48k: high" in desk.shown()
        await desk.press("i")
        assert "· Reach 48k: high" not in desk.shown()


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_why_leaves_no_reason_out(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, "Refund refused twice, your support is a joke, scam", size=size) as desk:
        await desk.pilot.pause(0.2)
        [talk] = await desk.lane(Lane.INFLUENCERS)
        dossier = await desk.app.session.read_dossier(talk.id)
        await desk.press("i")
        seen = desk.shown()
        for _page in range(4):
            await desk.press("J")
            seen += desk.shown()

        assert len(dossier.reasons) >= 5
        assert [reason for reason in dossier.reasons if reason[:40] not in seen] == []


async def test_a_correction_moves_it_and_says_so(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.press("m")
        assert "What is this by @marc0?" in desk.shown()
        await desk.press("7")
        assert "Marked as Complaints: @marc0" in desk.lines()[-1]
        assert "u to take back" in desk.lines()[-1]
        assert "@marc1" in desk.cursor()
        [moved] = await desk.lane(Lane.COMPLAINTS)
        assert (moved.author.handle, moved.decided.lane) == ("marc0", Lane.COMPLAINTS)
        await desk.press("u")
        assert "@marc0" in desk.cursor()
        [first, *_rest] = await desk.lane(Lane.INFLUENCERS)
        assert (first.author.handle, first.decided.lane) == ("marc0", None)


async def test_several_are_corrected_at_once(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.press("space", "j", "space", "m", "5")
        assert "Marked as spam: 2 conversations" in desk.lines()[-1]
        kinds = [talk.kind for talk in await desk.lane(Lane.INFLUENCERS)]
        kinds += [talk.kind for talk in await desk.lane(Lane.OTHERS)]
        assert kinds.count(Kind.SPAM) == 2


async def test_leaving_the_question_corrects_nothing(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        before = await desk.lane(Lane.INFLUENCERS)
        await desk.press("m", "enter", "escape")
        assert await desk.lane(Lane.INFLUENCERS) == before
        assert "? help" in desk.lines()[-1]


async def test_judging_anew_is_told_in_the_header_until_it_is_done(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        assert "triage" not in desk.lines()[0]
        await desk.place.store.set_meta("triage.anew", "45/100")
        await desk.read()
        assert "triage 45 %" in desk.lines()[0]
        await desk.place.store.set_meta("triage.anew", "")
        await desk.read()
        assert "triage" not in desk.lines()[0]


async def test_hold_keeps_everything_where_it_is(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.press("z")
        desk.place.clock.move(SECOND)
        await desk.place.take("one more refund refused, a scam", handles=("late",))
        await desk.read()
        await desk.press("j", "j")
        assert "@late0" not in desk.shown()
        assert "stream held · 1 new below · g to see" in desk.shown()
        await desk.press("z")
        assert "stream held" not in desk.shown()


async def test_a_link_is_shown_and_copied_never_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webbrowser.open", lambda *_: pytest.fail("a browser was opened"))
    async with console(tmp_path, *SIX) as desk:
        await desk.press("o")
        assert "no link" in desk.lines()[-1]
        desk.app.open_url("https://example.org/1")
        await desk.settle()
        assert "https://example.org/1 (copied)" in desk.lines()[-1]
        assert desk.app.clipboard == "https://example.org/1"
        desk.app.open_url("javascript:alert(1)")
        assert desk.app.clipboard == "https://example.org/1"


async def test_search_goes_to_the_row_it_found(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.press("/", *"marc4")
        await desk.pilot.pause(0.4)
        await desk.press("enter")
        await desk.settle()
        assert "@marc4" in desk.cursor()


async def test_the_palette_runs_what_it_names(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.press(":", *"claim", "enter")
        assert " AL " in desk.cursor()


async def test_help_shows_the_keys_in_use(tmp_path: Path) -> None:
    settings = ConsoleSettings("Acme", keymap=keymap({"claim": "Z"}))
    async with console(tmp_path, *SIX, settings=settings) as desk:
        await desk.press("Z")
        assert " AL " in desk.cursor()
        await desk.press("?")
        assert "Claim the conversation" in desk.shown()
        await desk.press("escape")
        assert isinstance(desk.app.screen, DeskScreen)


async def test_live_is_said(tmp_path: Path) -> None:
    async with console(tmp_path, settings=ConsoleSettings("Acme", "@acme", "X", Mode.LIVE)) as desk:
        assert " LIVE " in desk.lines()[0]
        assert "No mention yet." in desk.shown()


async def test_a_handed_over_console_looks_and_does_not_act(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        kept = await handover.save(desk.app.session.desk, "# all yours")
        await handover.accept(desk.place.desk("Bruno"), kept.id, "Bruno")
        await desk.read()
        await desk.press("d")
        assert "read only" in desk.lines()[0]
        assert "may look, not act" in desk.lines()[-1]
        assert len(await desk.lane(Lane.INFLUENCERS)) == 6


async def test_the_handover_opens_after_a_notice_and_takes_no_keys(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX, left=16 * MINUTE) as desk:
        clock = desk.place.clock
        desk.app.board_came()
        clock.move(2 * MINUTE)
        await desk.read()
        assert "prepare the handover (H)" in desk.lines()[-1]
        clock.move(7 * SECOND)
        await desk.press("j")
        clock.move(3 * SECOND)
        desk.app._tick()
        await desk.settle()
        assert isinstance(desk.app.screen, DeskScreen)
        clock.move(2 * SECOND)
        desk.app._tick()
        await desk.pilot.pause()
        assert "HANDOVER" in desk.lines()[0]
        before = desk.shown()
        await desk.press("d", "escape")
        assert desk.shown() == before
        clock.move(2 * SECOND)
        await desk.press("escape")
        clock.move(MINUTE)
        desk.app._tick()
        await desk.settle()
        assert isinstance(desk.app.screen, DeskScreen)


async def test_a_prompt_is_never_taken_away_by_the_clock(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX, left=14 * MINUTE) as desk:
        desk.app.board_came()
        await desk.press("x")
        desk.place.clock.move(MINUTE)
        desk.app._tick()
        await desk.pilot.pause()
        assert "No answer" in desk.shown()


async def test_messages_go_after_a_while(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.press("c")
        assert "Claimed" in desk.lines()[-1]
        desk.place.clock.move(7 * SECOND)
        desk.app._tick()
        await desk.settle()
        assert "? help" in desk.lines()[-1]


async def test_minutes_pass_on_the_rows(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        before = desk.cursor().split()[1]
        desk.place.clock.move(MINUTE)
        desk.app._tick()
        await desk.settle()
        assert int(desk.cursor().split()[1].removesuffix("m")) == int(before.removesuffix("m")) - 1


async def test_the_mouse_picks_a_row_and_turns_the_lane(tmp_path: Path) -> None:
    async with console(tmp_path, *SIX) as desk:
        await desk.pilot.click("#influencers", offset=(10, 3))
        await desk.settle()
        assert "@marc2" in desk.cursor()
        await desk.pilot.click("#complaints", offset=(5, 5))
        await desk.settle()
        assert "▌P" not in desk.shown()


async def test_what_fails_inside_is_said_and_the_console_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console(tmp_path, *SIX) as desk:

        async def broken(*_: object, **__: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(desk.place.store, "change", broken)
        await desk.press("d")
        assert "Something failed inside the console (ZeroDivisionError)" in desk.lines()[-1]
        await desk.press("j")
        assert "@marc1" in desk.cursor()


async def test_it_follows_the_store_by_itself(tmp_path: Path) -> None:
    async with console(tmp_path, follow=True) as desk:
        await desk.place.take("Refund refused, this is a scam")
        for _turn in range(100):
            await desk.pilot.pause(0.05)
            desk.place.clock.move(SECOND)
            if "▌P" in desk.shown():
                break
        assert "@marc0" in desk.cursor()
        assert [p.person for p in await desk.place.store.presences(0)] == ["Alice"]


async def test_the_second_reading_completes_the_first_without_news(tmp_path: Path) -> None:
    async with console(tmp_path, *(f"Refund refused {n}, a scam" for n in range(90)), rows=60) as desk:
        assert desk.app.session.view.ids[-1] == 60
        await desk.read()
        assert len(desk.app.session.view) == 90
        assert "new below" not in desk.shown()
        assert "@marc0" in desk.cursor()


async def test_an_engine_is_started_when_none_works(tmp_path: Path) -> None:
    called: list[str] = []
    async with (
        console(tmp_path, follow=True, start_engine=lambda: called.append("engine")) as desk,
        asyncio.timeout(30),
    ):
        assert called == []
        # The lease of the engine that worked runs out.
        desk.place.clock.at += 25 * HOUR
        while not called:
            await desk.pilot.pause(0.05)
    assert called == ["engine"]


async def test_ascii_and_no_colour(tmp_path: Path) -> None:
    settings = ConsoleSettings("Acmé", "@acme", "X", ascii=True, colour=False)
    async with console(tmp_path, "Déjà trois refus, arnaque", settings=settings) as desk:
        strips = desk.app.screen._compositor.render_strips()
        styles = [segment.style for strip in strips for segment in strip if segment.style is not None]

        assert desk.shown().isascii()
        assert "Deja trois refus" in desk.shown()
        assert all(style.color is None or style.color.is_default for style in styles)
