"""A reply being written, without a screen: what is kept of it, what is around it; notes stay notes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cmconsole.core.account import Mode, Speaker
from cmconsole.core.errors import IllegalMoveError, InputError
from cmconsole.core.event import EventKind
from cmconsole.core.reply import ReplyStatus
from cmconsole.desk.context import Desk
from cmconsole.desk.policy import ReplyPolicy
from cmconsole.desk.reply import sheet as sheets
from cmconsole.tui.composing import Composing
from tests.unit.tui.desks import Place, place


@pytest.fixture
async def where(tmp_path: Path) -> AsyncIterator[Place]:
    async with place(tmp_path) as found:
        await found.take("My parcel is late, where is it?")
        yield found


def desk_of(where: Place, person: str = "Alice") -> Desk:
    desk = where.desk(person)
    desk.replying = ReplyPolicy(
        speakers=(
            Speaker("main", "x", "@acme", Mode.REHEARSAL),
            Speaker("help", "x", "@acme_help", Mode.LIVE),
        )
    )
    return desk


@pytest.fixture
async def composing(where: Place) -> Composing:
    return await Composing.open(desk_of(where), 1)


async def test_nothing_is_kept_of_nothing(where: Place, composing: Composing) -> None:
    composing.write("  ")
    await composing.keep()
    await composing.leave()

    assert await where.store.replies(1) == []
    assert composing.kept_at is None


async def test_what_is_written_while_it_is_kept_is_kept_next(where: Place, composing: Composing) -> None:
    composing.write("one")
    saving = asyncio.gather(composing.keep(), composing.keep())
    composing.write("one two")
    await saving
    await composing.keep()

    (reply,) = await where.store.replies(1)
    assert reply.text == "one two"
    assert not composing.unkept


async def test_a_text_that_changed_is_not_cleared(composing: Composing) -> None:
    composing.write("Thank you")
    await composing.keep()
    await composing.clear()
    composing.write("Thank you")
    assert composing.clearance is not None

    composing.write("Thank you!")

    assert composing.clearance is None


async def test_of_a_note_nothing_reaches_the_reply(where: Place, composing: Composing) -> None:
    composing.note = True
    composing.write("she called twice")
    await composing.keep()
    await composing.leave()
    assert await where.store.replies(1) == []
    with pytest.raises(IllegalMoveError):
        await composing.send("")

    await composing.keep_note()

    history = await where.store.history(1)
    assert [it.data["text"] for it in history if it.kind is EventKind.NOTE_ADDED] == ["she called twice"]
    assert await where.store.replies(1) == []


async def test_an_empty_note_is_none(composing: Composing) -> None:
    composing.note = True
    with pytest.raises(InputError):
        await composing.keep_note()


async def test_it_looks_only_at_what_moved(where: Place, composing: Composing) -> None:
    composing.write("mine")
    await composing.keep()
    assert not await composing.look()

    bruno = desk_of(where, "Bruno")
    kept = await sheets.save(bruno, await sheets.open_sheet(bruno, 1), "his")
    assert await composing.look()
    assert [it.text for it in composing.sheet.others] == ["his"]
    assert not await composing.look()

    await sheets.save(bruno, kept, "his, longer")
    assert await composing.look()
    assert composing.text == "mine"


async def test_another_account_speaks_and_is_kept_with_the_draft(where: Place, composing: Composing) -> None:
    composing.write("Thank you")
    await composing.speak_as("help")

    (reply,) = await where.store.replies(1)
    assert (reply.account, reply.mode) == ("help", Mode.LIVE)
    assert composing.sheet.speaker is not None
    assert composing.sheet.speaker.handle == "@acme_help"


async def test_a_thread_is_made_only_on_request(composing: Composing) -> None:
    composing.write("We are very sorry about it. " * 15)
    assert len(composing.parts) == 1
    assert composing.is_over

    composing.split = True

    assert len(composing.parts) == 2
    assert not composing.is_over


async def test_it_is_sent_as_it_stands(where: Place, composing: Composing) -> None:
    composing.write("Thank you for your message")
    reply = await composing.send("publish")

    assert reply.status is ReplyStatus.HOLDING
    assert reply.parts == ("Thank you for your message",)
