"""The outbox under a person's hands: each state in words, and only the keys that mean something to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmconsole.core.clock import MINUTE
from cmconsole.core.reply import Act, Reply, ReplyStatus
from cmconsole.core.verdict import Lane
from cmconsole.tui.screens.outbox import OutboxScreen
from tests.unit.tui import replies
from tests.unit.tui.consoles import NARROW, WIDE, Console, console

TEXTS = ("My parcel was opened, refund please.", "Where is my order? This is a scam.")


async def opened(desk: Console, state: str, act: Act = Act.REPLY) -> Reply:
    """Bring a reply into a state, and open the outbox."""
    desk.app.session.desk.replying = replies.POLICY
    talk = (await desk.lane(Lane.INFLUENCERS))[0]
    reply = await replies.held(desk.place, talk, text="" if act is not Act.REPLY else "Sorry!", act=act)
    if state == "stranded":
        reply = await replies.stranded(desk.place, reply)
    elif state == "failed":
        reply = await replies.failed(desk.place, reply)
    elif state == "sending":
        reply = await replies.sending_now(desk.place, reply)
    elif state == "unknown":
        reply = await replies.doubted(desk.place, reply)
    elif state == "given up":
        reply = await replies.doubted(desk.place, reply, next_in=None)
    await desk.read()
    await desk.press("B")
    return reply


async def status(desk: Console, reply: Reply) -> ReplyStatus:
    return await replies.status(desk.app.session.desk, reply)


@pytest.mark.parametrize("size", [NARROW, WIDE])
@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("held", ("leaves in 8 s", "u take it back: it becomes a draft")),
        (
            "stranded",
            ("stopped: the desk went down inside its undo window", "y let it leave after all", "X drop it"),
        ),
        (
            "failed",
            ("not published", "X refuses: not allowed.", "Ask the author", "E change the text", "R send it"),
        ),
        ("sending", ("being sent", "it can no longer be taken back")),
        (
            "unknown",
            ("nobody knows whether it is published · looked up in 20 s", "nothing is sent again meanwhile"),
        ),
        ("given up", ("looked up 1 time", "Look there yourself, then say what you saw.", "I I saw it there")),
    ],
)
async def test_each_state_says_what_it_is_and_what_can_be_done(
    tmp_path: Path, size: tuple[int, int], state: str, words: tuple[str, ...]
) -> None:
    async with console(tmp_path, *TEXTS, size=size) as desk:
        await opened(desk, state)
        said = " ".join(" ".join(desk.lines()).split())
        for part in (*words, "as @acme on X", "to @marc0", "Exactly what is published: │ Sorry!"):
            assert part in said


async def test_keys_that_mean_nothing_to_a_state_do_nothing(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        reply = await opened(desk, "sending")
        for key in ("u", "y", "R", "L", "I", "E", "X"):
            await desk.press(key)
            assert isinstance(desk.app.screen, OutboxScreen)
            assert "Not now: → being sent" in desk.lines()[-1]
        assert (await desk.place.store.reply(reply.id)).version == reply.version


async def test_what_was_stopped_leaves_only_after_a_yes(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        reply = await opened(desk, "stranded")
        await desk.press("y")
        assert "Publish as @acme on X to @marc0?" in desk.shown()
        await desk.press("escape")
        assert (await desk.place.store.reply(reply.id)).is_stranded
        await desk.press("y", "y")
        now = await desk.place.store.reply(reply.id)
        assert now.hold_until is not None
        assert "u takes it back" in desk.shown()


async def test_sending_an_unknown_one_again_warns_plainly(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        reply = await opened(desk, "unknown")
        await desk.press("R")
        words = " ".join(desk.shown().split())
        assert "It may be there already" in words
        await desk.press("enter")
        assert await status(desk, reply) is ReplyStatus.UNKNOWN
        await desk.press("R", "y")
        assert await status(desk, reply) is ReplyStatus.HOLDING


async def test_an_unknown_one_is_looked_up_or_settled(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        reply = await opened(desk, "given up")
        await desk.press("L")
        assert (await desk.place.store.reply(reply.id)).next_at == desk.place.clock.now()
        await desk.press("I")
        assert "with your own eyes?" in desk.shown()
        await desk.press("y")
        assert await status(desk, reply) is ReplyStatus.SENT


async def test_a_failed_one_is_written_anew_in_the_composer(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        reply = await opened(desk, "failed")
        await desk.press("E")
        assert await status(desk, reply) is ReplyStatus.DRAFT
        assert type(desk.app.screen).__name__ == "ComposerScreen"


async def test_dropping_one_asks_first(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        reply = await opened(desk, "failed")
        await desk.press("X", "enter")
        assert await status(desk, reply) is ReplyStatus.FAILED
        await desk.press("X", "y")
        assert await status(desk, reply) is ReplyStatus.DISCARDED
        assert "Everything has left; nothing is on its way." in desk.shown()


async def test_what_needs_a_person_stands_first_and_the_cursor_keeps_its_reply(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        reply = await opened(desk, "held")
        other = (await desk.lane(Lane.INFLUENCERS))[1]
        await replies.failed(desk.place, await replies.held(desk.place, other))
        desk.place.clock.move(MINUTE)
        await desk.read()
        shown = desk.app.screen
        assert isinstance(shown, OutboxScreen)
        assert [it.status for it in shown.replies()] == [ReplyStatus.FAILED, ReplyStatus.HOLDING]
        assert shown.reply is not None
        assert shown.reply.id == reply.id
        await desk.press("k", "enter")
        assert "not published" in desk.shown()


async def test_the_link_is_shown_and_copied(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        await opened(desk, "failed")
        await desk.press("o")
        assert "This conversation has no link." in desk.lines()[-1]


async def test_an_act_that_failed_can_be_tried_again_but_not_rewritten(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        await opened(desk, "failed", Act.LIKE)
        assert "not done" in desk.shown()
        await desk.press("E")
        assert "Not now" in desk.lines()[-1]
        await desk.press("R")
        assert "Like, as @acme on X: @marc0?" in desk.shown()
