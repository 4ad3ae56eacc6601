"""What leaves, waits for a yes or got stuck, in sight on the desk; taken back, and left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmconsole.core.clock import HOUR, MINUTE, SECOND
from cmconsole.core.conversation import Conversation
from cmconsole.core.reply import Act, ReplyStatus
from cmconsole.core.verdict import Lane
from cmconsole.desk import handover
from cmconsole.tui.feed import Bell
from cmconsole.tui.screens.outbox import OutboxScreen
from cmconsole.tui.screens.yes_prompts import LeavePrompt
from cmconsole.tui.settings import ConsoleSettings
from tests.unit.tui import replies
from tests.unit.tui.consoles import NARROW, WIDE, Console, console

TEXTS = ("My parcel was opened, refund please.", "Where is my order? This is a scam.")


async def ada(desk: Console) -> Conversation:
    """Let the desk speak with its accounts, and return its first conversation."""
    desk.app.session.desk.replying = replies.POLICY
    return (await desk.lane(Lane.INFLUENCERS))[0]


def line(desk: Console, words: str) -> str:
    """Return the line of the screen that holds some words; empty where none does."""
    return next((it for it in desk.lines() if words in it), "")


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_what_is_about_to_leave_counts_down_without_asking_the_store(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console(tmp_path, *TEXTS, size=size) as desk:
        talk = await ada(desk)
        await replies.held(desk.place, talk)
        await desk.read()

        said = line(desk, "Leaves in")
        for part in ("Leaves in 8 s as @acme on X to @marc", "LIVE", "u takes it back"):
            assert part in said, desk.shown()

        monkeypatch.setattr(desk.place.store, "replies_in", None)
        monkeypatch.setattr(desk.place.store, "reply_counts", None)
        desk.place.clock.move(3 * SECOND)
        desk.app._tick()
        await desk.pilot.pause()
        assert "Leaves in 5 s" in desk.shown()
        desk.place.clock.move(9 * SECOND)
        desk.app._tick()
        await desk.pilot.pause()
        assert "Leaving now as @acme on X to @marc" in desk.shown()


async def test_a_colleagues_reply_is_theirs_and_no_key_takes_it_back(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        reply = await replies.held(desk.place, await ada(desk), "Bruno")
        await desk.read()

        assert line(desk, "Bruno's reply leaves in 8 s")
        assert "takes it back" not in desk.shown()
        await desk.press("u")
        assert await replies.status(desk.app.session.desk, reply) is ReplyStatus.HOLDING


async def test_nothing_is_read_of_replies_where_there_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        monkeypatch.setattr(desk.place.store, "replies_in", None)
        await desk.read()

        assert "OUTBOX" not in desk.shown()
        assert "APPROVALS" not in desk.shown()
        assert desk.app.screen.query_one("#replies").size.height == 0


async def test_u_takes_the_newest_held_reply_back_first_then_what_was_done_before(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        talks = [await ada(desk), (await desk.lane(Lane.INFLUENCERS))[1]]
        first = await replies.held(desk.place, talks[0])
        desk.place.clock.move(SECOND)
        second = await replies.held(desk.place, talks[1])
        await desk.press("d")
        store = desk.app.session.desk

        await desk.press("u")
        assert [await replies.status(store, it) for it in (first, second)] == ["holding", "draft"]
        assert "is a draft again · r to go on writing" in desk.lines()[-1]
        await desk.press("u")
        assert await replies.status(store, first) is ReplyStatus.DRAFT
        await desk.press("u")
        assert "Taken back: @marc" in desk.lines()[-1]
        assert len(await desk.lane(Lane.INFLUENCERS)) == 2


async def test_what_the_engine_has_begun_is_too_late_to_take_back(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        reply = await replies.held(desk.place, await ada(desk))
        await desk.read()
        await desk.press("B")
        await replies.sending_now(desk.place, reply)

        await desk.press("u")
        assert "Too late: the reply to @marc0 is on its way." in desk.lines()[-1]
        assert await replies.status(desk.app.session.desk, reply) is ReplyStatus.SENDING


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_what_awaits_a_yes_has_its_line_or_its_tab(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, *TEXTS, size=size) as desk:
        await replies.asked(desk.place, await ada(desk))
        desk.place.clock.move(14 * MINUTE)
        await desk.read()

        if size == NARROW:
            assert "Approvals 1" in desk.lines()[1]
        else:
            said = line(desk, "APPROVALS")
            assert "1 reply awaits a yes · the oldest for 14 min" in said
            assert said.endswith("A to look")
        assert "! awaits" in desk.cursor()


async def test_what_this_person_changed_last_is_told_apart(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        talks = [await ada(desk), (await desk.lane(Lane.INFLUENCERS))[1]]
        await replies.asked(desk.place, talks[0], "Alice")
        await desk.read()
        assert "1 reply awaits a yes · yours: a colleague says it" in desk.shown()
        await replies.asked(desk.place, talks[1], "Bruno")
        await desk.read()
        assert "2 replies await a yes · the oldest for 0 s · 1 of them yours" in desk.shown()


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_what_needs_a_person_is_said_in_words(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, *TEXTS, *TEXTS, size=size) as desk:
        await ada(desk)
        talks = await desk.lane(Lane.INFLUENCERS)
        await replies.stranded(desk.place, await replies.held(desk.place, talks[0]))
        await desk.read()
        assert "1 stopped: the desk went down inside its window; B to say" in line(desk, "OUTBOX")

        await replies.failed(desk.place, await replies.held(desk.place, talks[1]))
        await replies.doubted(desk.place, await replies.held(desk.place, talks[2]))
        await desk.read()
        said = line(desk, "OUTBOX")
        assert "✕ 1 not published · ! 1 unknown" in said
        assert ("! 1 stopped: the desk went down" if size == WIDE else "! 1 stopped: B to say") in said
        if size == WIDE:
            assert desk.shown().count("✕ not published") == 1


async def test_a_yes_that_is_asked_of_this_person_rings_once(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        session, bell = desk.app.session, Bell()
        talks = [await ada(desk), (await desk.lane(Lane.INFLUENCERS))[1]]
        await desk.read()
        assert not bell.due(session, stage_changed=False)
        await replies.asked(desk.place, talks[0], "Alice")
        await desk.read()
        assert not bell.due(session, stage_changed=False), "one's own rings for the others"
        await replies.asked(desk.place, talks[1], "Bruno")
        await desk.read()
        assert bell.due(session, stage_changed=False)
        desk.place.clock.move(MINUTE)
        await desk.read()
        assert not bell.due(session, stage_changed=False)


async def test_muted_it_never_rings(tmp_path: Path) -> None:
    settings = ConsoleSettings("Acme", "@acme", "X", mute=True)
    async with console(tmp_path, *TEXTS, settings=settings) as desk:
        bell = Bell()
        bell.due(desk.app.session, stage_changed=False)
        await replies.asked(desk.place, await ada(desk))
        await desk.read()
        assert not bell.due(desk.app.session, stage_changed=False)


# --------------------------------------------------------------------------------------------------- leaving


async def leaving(desk: Console) -> str:
    """Put a reply of this very console to hold, and press the key that quits."""
    mine = desk.app.session.desk.console
    reply = await replies.held(desk.place, await ada(desk), console=mine)
    await desk.read()
    await desk.press("q")
    assert isinstance(desk.app.screen, LeavePrompt)
    assert "1 reply leaves in 8 s." in desk.shown()
    assert "as @acme on X to @marc0" in desk.shown()
    return str(reply.id)


@pytest.mark.parametrize(("key", "status"), [("2", ReplyStatus.DRAFT), ("3", ReplyStatus.HOLDING)])
async def test_quitting_asks_what_becomes_of_what_is_on_hold_here(
    tmp_path: Path, key: str, status: ReplyStatus
) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        number = int(await leaving(desk))
        await desk.pilot.press(key)
        await desk.pilot.pause()
        reply = await desk.place.store.reply(number)
        assert (reply.status, reply.console) == (status, "")
        assert desk.app._exit


async def test_who_stays_stays_and_who_waits_goes_when_it_has_left(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        number = int(await leaving(desk))
        await desk.press("escape")
        assert not desk.app._exit
        await desk.press("q", "1")
        assert "Waiting" in desk.shown()
        await replies.sending_now(desk.place, await desk.place.store.reply(number))
        prompt = desk.app.screen
        assert isinstance(prompt, LeavePrompt)
        await prompt._look()
        await desk.pilot.pause()
        assert desk.app._exit


async def test_without_anything_on_hold_here_the_console_closes_at_once(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        await replies.held(desk.place, await ada(desk), console="another")
        await desk.pilot.press("ctrl+q")
        await desk.pilot.pause()
        assert desk.app._exit


async def test_a_console_that_was_handed_over_takes_nothing_back(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS, left=HOUR) as desk:
        reply = await replies.held(desk.place, await ada(desk))
        saved = await handover.save(desk.app.session.desk, "all quiet")
        await handover.accept(desk.app.session.desk, saved.id, "Bruno")
        await desk.read()
        await desk.press("u")
        assert "this console may look, not act" in desk.lines()[-1]
        assert await replies.status(desk.app.session.desk, reply) is ReplyStatus.HOLDING


async def test_an_act_on_a_post_counts_down_under_its_own_name(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        await replies.held(desk.place, await ada(desk), text="", act=Act.LIKE)
        await desk.read()
        assert "like in 8 s as @acme on X: @marc0" in desk.shown()
        await desk.press("u")
        assert "Taken back, nothing was done: like, @marc0." in desk.lines()[-1]


async def test_keys_that_mean_something_to_a_reply_say_where_they_do(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        await ada(desk)
        for key in ("y", "n", "E", "R", "L", "I", "X"):
            await desk.press(key)
            assert "Open the approvals (A) or the outbox (B) first." in desk.lines()[-1]
        await desk.press("B")
        assert isinstance(desk.app.screen, OutboxScreen)
        assert "Everything has left; nothing is on its way." in desk.shown()


async def test_without_unicode_and_colour_everything_is_still_told_by_signs_and_words(tmp_path: Path) -> None:
    settings = ConsoleSettings("Acme", "@acme", "X", ascii=True, colour=False)
    async with console(tmp_path, *TEXTS, *TEXTS, settings=settings) as desk:
        await ada(desk)
        talks = await desk.lane(Lane.INFLUENCERS)
        await replies.failed(desk.place, await replies.held(desk.place, talks[0]))
        await replies.asked(desk.place, talks[1], "Bruno")
        await replies.held(desk.place, talks[2])
        await desk.read()
        for keys in ((), ("A",), ("B",)):
            await desk.press(*keys)
            assert desk.shown().isascii()
            assert "> Leaves in 8 s as @acme on X to @marc2   LIVE  . u takes it back" in desk.shown()
        assert "x not published" in desk.shown()
