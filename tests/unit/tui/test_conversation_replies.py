"""Replies in a conversation as it is read on the screen, and that it is read again when they move."""

from __future__ import annotations

from pathlib import Path

import pytest

from cmconsole.core.account import Mode
from cmconsole.core.clock import SECOND
from cmconsole.core.conversation import Conversation
from cmconsole.core.verdict import Lane
from cmconsole.desk import board as boards
from cmconsole.desk import handover
from cmconsole.desk.brief import markdown, to_json
from tests.unit.tui import replies
from tests.unit.tui.consoles import NARROW, WIDE, Console, console

TEXTS = ("My parcel was opened, refund please.", "Where is my order? This is a scam.")


async def shown(desk: Console, conversation_id: int) -> str:
    """Read the board again, and the conversation with it; return the words on the screen."""
    await desk.read()
    for _turn in range(100):
        session = desk.app.session
        if (talk := session.current) is not None and session.dossier(talk) is not None:
            break
        await desk.pilot.pause(0.02)
    assert conversation_id
    desk.app.show()
    await desk.pilot.pause()
    return desk.shown()


async def first(desk: Console) -> Conversation:
    desk.app.session.desk.replying = replies.POLICY
    return (await desk.lane(Lane.INFLUENCERS))[0]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_what_was_sent_stands_on_the_line_of_time(tmp_path: Path, size: tuple[int, int]) -> None:
    async with console(tmp_path, *TEXTS, size=size) as desk:
        talk = await first(desk)
        asked = await replies.asked(desk.place, talk, "Bruno", "Sorry, it is looked for.")
        assert asked.parts == ("Sorry, it is looked for. ^BR",)
        await replies.held(desk.place, talk, "Alice", "Sorry, Marc!")
        (_ours, held) = await desk.place.store.replies(talk.id)
        await replies.sent(desk.place, held)
        desk.app.open_conversation(talk.id)
        await desk.settle()
        words = await shown(desk, talk.id)
        assert "@acme" in words
        assert "Sorry, Marc!" in words
        assert "✓ sent  LIVE  · by Alice · https://x.com/acme/r1" in words
        assert "! awaits approval  LIVE  · by Bruno" in words


async def test_a_colleagues_draft_comes_into_sight_while_one_reads(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        talk = await first(desk)
        assert "draft" not in await shown(desk, talk.id)
        await replies.draft(desk.place, talk, "Bruno", "Half a sent")
        words = await shown(desk, talk.id)
        assert "Half a sent" in words
        assert "… draft · by Bruno" in words


async def test_a_rehearsal_says_that_nothing_was_published(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        talk = await first(desk)
        reply = await replies.held(desk.place, talk, "Alice", "Sorry, Marc!", mode=Mode.REHEARSAL)
        await replies.rehearsed(desk.place, reply)
        assert "= rehearsal: not published ▏REHEARSAL▕ · by Alice" in await shown(desk, talk.id)


async def test_it_counts_down_where_it_is_read_too(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        talk = await first(desk)
        await replies.held(desk.place, talk)
        assert "→ leaves in 8 s  LIVE" in await shown(desk, talk.id)
        desk.place.clock.move(5 * SECOND)
        desk.app._tick()
        await desk.pilot.pause()
        assert "→ leaves in 3 s  LIVE" in desk.shown()


async def test_what_failed_says_why_and_what_to_do(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        talk = await first(desk)
        await replies.failed(desk.place, await replies.held(desk.place, talk))
        words = await shown(desk, talk.id)
        assert "✕ not published  LIVE" in words
        assert "X refuses: not allowed." in words
        assert "Ask the author to follow you." in words


async def test_the_board_reads_replies_only_where_there_are_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console(tmp_path, *TEXTS) as desk:
        talk, person = await first(desk), desk.app.session.desk
        with monkeypatch.context() as patched:
            patched.setattr(desk.place.store, "replies_in", None)
            board = await boards.read(person)
        assert (board.replies, board.waiting) == ((), ())
        await replies.asked(desk.place, talk, "Bruno")
        board = await boards.read(person)
        assert [(it.reply.writer, it.mine) for it in board.waiting] == [("Bruno", False)]
        assert board.replies == ()
        await replies.held(desk.place, (await desk.lane(Lane.INFLUENCERS))[1])
        board = await boards.read(person)
        assert [it.left for it in board.replies] == [8 * SECOND]


async def test_the_handover_tells_what_was_sent_and_what_somebody_has_to_look_at(tmp_path: Path) -> None:
    async with console(tmp_path, *TEXTS, *TEXTS) as desk:
        talk, person = await first(desk), desk.app.session.desk
        talks = await desk.lane(Lane.INFLUENCERS)
        await replies.sent(desk.place, await replies.held(desk.place, talk, text="Sorry!"))
        practice = await replies.held(desk.place, talks[1], mode=Mode.REHEARSAL)
        await replies.rehearsed(desk.place, practice)
        await replies.failed(desk.place, await replies.held(desk.place, talks[2], text="*bold* words"))
        await replies.doubted(desk.place, await replies.held(desk.place, talks[3]))
        await replies.asked(desk.place, talks[0], "Bruno", "Is this alright?")

        brief = await handover.compose(person)
        lines = markdown(brief).splitlines()
        start = lines.index("## Replies (2)")
        section = "\n".join(lines[start : lines.index("## Notes (0)")])
        for part in (
            "- 1 reply sent as @acme",
            "- 1 reply rehearsed as @acme: not published",
            "**awaits approval** · Bruno · as @acme · to marc0 · “Is this alright? ^BR” · asked at",
            "**not published** · Alice · as @acme · to marc2 · “\\*bold\\* words” · X refuses: not allowed.",
            "**unknown** · Alice",
        ):
            assert part in section
        told = to_json(brief)["replies"]
        assert isinstance(told, dict)
        assert [it["status"] for it in told["stuck"]] == ["failed", "unknown"]
        assert [it["writer"] for it in told["waiting"]] == ["Bruno"]
