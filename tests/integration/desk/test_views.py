"""What a person sees of the desk, on a real store: the board, its changes, a conversation, a shift."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest

from cmconsole.core.clock import HOUR, MINUTE, SECOND
from cmconsole.core.errors import InputError, NotFoundError
from cmconsole.core.shift import Stage
from cmconsole.core.source import Health
from cmconsole.core.verdict import Kind, Lane
from cmconsole.desk import board, claim, conversation, export, note, presence, resolve, shift, snooze, vip
from cmconsole.desk.board import Follower, Tick
from cmconsole.desk.context import Desk
from cmconsole.desk.conversation import EntryKind
from cmconsole.desk.lanes import LaneView
from cmconsole.store.contract import ENGINE_LEASE
from cmconsole.store.sqlite.store import SqliteStore
from tests.integration.desk.conftest import Say
from tests.unit.desk.parts import NOON, MovableClock


async def test_the_board_is_the_whole_desk_in_one_reading(
    alice: Desk, bruno: Desk, say: Say, clock: MovableClock, store: SqliteStore
) -> None:
    complaint = await say()
    influencer = await say(handle="star", reach=200_000)
    await say("Do you ship to Belgium?", handle="curious")
    await store.set_source_health("scripted", "x", Health.RETRYING, now=clock.now(), error="timed out")
    await store.acquire_lease(ENGINE_LEASE, "engine 1", clock.now(), 10 * SECOND)
    await presence.beat(bruno)
    await shift.start(alice, clock.now() + HOUR)

    read = await board.read(alice)

    assert [one.id for one in read.lanes[Lane.INFLUENCERS]] == [influencer]
    assert [one.id for one in read.lanes[Lane.COMPLAINTS]] == [complaint]
    assert read.counts[Lane.OTHERS].kinds[Kind.QUESTION] == 1
    assert sum(read.rate.per_minute) == 3
    assert [(source.name, source.health) for source in read.sources] == [("scripted", Health.RETRYING)]
    assert read.colleagues == ("Bruno",)
    assert read.engine_runs
    assert read.standing is not None
    assert read.standing.left == HOUR
    assert read.absent == {}

    clock.at += 20 * SECOND
    later = await board.read(alice)
    assert not later.engine_runs
    assert later.colleagues == ()


async def test_the_board_of_an_empty_store_is_empty_and_says_that_no_engine_runs(alice: Desk) -> None:
    read = await board.read(alice)

    assert all(rows == () for rows in read.lanes.values())
    assert not read.engine_runs
    assert read.standing is None


async def test_the_board_tells_what_became_of_rows_that_are_displayed(
    alice: Desk, bruno: Desk, say: Say, store: SqliteStore
) -> None:
    done, moved, erased, stays = [await say(handle=name) for name in ("ada", "bob", "cyd", "dan")]
    view = LaneView(Lane.COMPLAINTS, capacity=9)
    (await board.read(alice)).offer([view])
    view.select(stays)
    await resolve.done(bruno, [done])
    await claim.claim(bruno, [moved])
    await vip.mark(bruno, [moved], vip=True)
    await store.erase_author("x", "cyd", person="Bruno", now=alice.now())

    (await board.read(alice, board.wishes([view]))).offer([view])

    fates = {row.id: row.gone for row in view.rows}
    assert fates[stays] is None
    gone = fates[done]
    assert gone is not None
    assert (gone.by, gone.at) == ("Bruno", alice.now())
    gone = fates[moved]
    assert gone is not None
    assert gone.by == ""
    gone = fates[erased]
    assert gone is not None
    assert gone.conversation is None
    view.merge()
    assert view.ids == [stays]
    assert view.cursor == stays


async def test_a_row_below_the_window_is_read_by_itself_and_stays(alice: Desk, bruno: Desk, say: Say) -> None:
    first, last = await say(handle="ada"), await say(handle="bob")
    await claim.claim(bruno, [last])
    read = await board.read(alice, {Lane.COMPLAINTS: board.Wish(1, [first, last])})

    assert [one.id for one in read.lanes[Lane.COMPLAINTS]] == [first]
    found = read.absent[last].conversation
    assert found is not None
    assert found.holder(alice.now()) == "Bruno"
    assert not read.absent[last].left(Lane.COMPLAINTS)


class Naps:
    """Sleeping that moves the clock and takes no time."""

    def __init__(self, clock: MovableClock) -> None:
        self.clock = clock

    async def __call__(self, seconds: float) -> None:
        self.clock.at += round(seconds * SECOND)


async def test_changes_are_told_at_most_five_times_a_second_while_mentions_pour_in(
    alice: Desk, say: Say, clock: MovableClock
) -> None:
    naps = Naps(clock)

    async def pouring(seconds: float) -> None:
        before = clock.at
        await say(handle=f"a{before}")
        clock.at = before
        await naps(seconds)

    told = []
    async for tick in Follower(alice, sleep=pouring).changes():
        assert tick == Tick()
        told.append(clock.at)
        if len(told) == 6:
            break

    gaps = [after - before for before, after in pairwise(told)]
    assert min(gaps) >= board.PAUSE
    assert max(gaps) <= 2 * board.PAUSE


async def test_when_nothing_moves_only_time_is_told(alice: Desk, say: Say, clock: MovableClock) -> None:
    await say()
    told = []
    async for _tick in Follower(alice, sleep=Naps(clock)).changes():
        told.append(clock.at)
        if len(told) == 4:
            break

    assert [after - before for before, after in pairwise(told[1:])] == [board.REFRESH] * 2


async def test_ones_own_deed_is_told_too(alice: Desk, say: Say, clock: MovableClock) -> None:
    key = await say()
    changes = Follower(alice, sleep=Naps(clock)).changes()
    await anext(changes)
    await claim.claim(alice, [key])
    before = clock.at
    await anext(changes)

    assert clock.at - before <= 2 * board.PAUSE


async def test_a_store_that_cannot_be_asked_is_told_and_following_goes_on(
    alice: Desk, store: SqliteStore, clock: MovableClock
) -> None:
    changes = Follower(alice, sleep=Naps(clock)).changes()
    await anext(changes)
    await store.close()
    tick = await anext(changes)
    assert tick.error is not None
    await store.open()
    while (await anext(changes)).error is not None:
        pass


async def test_a_conversation_is_one_line_of_time_with_its_author(
    alice: Desk, bruno: Desk, say: Say, clock: MovableClock
) -> None:
    earlier = await say("first parcel was late", thread="old")
    key = await say("My order is broken", thread="t")
    await note.note(bruno, [key], "same carrier as Tuesday")
    await snooze.snooze_said(bruno, [key], "2h")
    clock.at += MINUTE
    await say("Third time!", thread="t")

    read = await conversation.read(alice, key)

    assert [(entry.kind, entry.who, entry.text) for entry in read.entries] == [
        (EntryKind.MENTION, "ada", "My order is broken"),
        (EntryKind.NOTE, "Bruno", "same carrier as Tuesday"),
        (EntryKind.DEED, "Bruno", "snoozed until 15:02"),
        (EntryKind.MENTION, "ada", "Third time!"),
    ]
    assert [one.id for one in read.earlier] == [earlier]
    assert (read.card.mentions, read.card.conversations) == (3, 2)
    assert any("third time" in reason for reason in read.reasons)


async def test_a_conversation_that_is_not_there_says_so(alice: Desk) -> None:
    with pytest.raises(NotFoundError, match="no conversation 77"):
        await conversation.read(alice, 77)


async def test_colleagues_are_named_once_and_leave(
    alice: Desk, bruno: Desk, sit: Callable[[str], Desk]
) -> None:
    second = sit("Bruno")
    second.console = "another console of Bruno"
    for desk in (alice, bruno, second):
        await presence.beat(desk)
    assert await presence.colleagues(alice) == ("Bruno",)

    for desk in (bruno, second):
        await presence.leave(desk)
    assert await presence.colleagues(alice) == ()


async def test_a_shift_s_clock_runs_through_its_stages(alice: Desk, clock: MovableClock) -> None:
    assert await shift.standing(alice) is None
    begun = await shift.start(alice, clock.now() + 2 * HOUR)
    seen = []
    for _ in range(5):
        now = await shift.standing(alice)
        assert now is not None
        seen.append((now.stage, now.passed))
        clock.at += 35 * MINUTE

    assert [stage for stage, _ in seen] == [
        Stage.RUNNING,
        Stage.RUNNING,
        Stage.RUNNING,
        Stage.PREPARE_HANDOVER,
        Stage.OVER,
    ]
    assert seen[0][1] == 0
    assert seen[-1][1] == 1
    longer = await shift.extend(alice, clock.now() + HOUR)
    assert longer.id == begun.id
    now = await shift.standing(alice)
    assert now is not None
    assert (now.stage, now.read_only) == (Stage.RUNNING, False)


async def test_a_second_console_goes_on_with_the_running_shift(
    alice: Desk, sit: Callable[[str], Desk]
) -> None:
    begun = await shift.start(alice, NOON + HOUR)
    second = sit("Alice")

    assert await shift.resume(second) == begun
    assert second.shift_id == begun.id
    assert await shift.resume(sit("Bruno")) is None


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(hours=-1), timedelta(hours=25)])
async def test_a_shift_ends_later_today(alice: Desk, ahead: timedelta) -> None:
    with pytest.raises(InputError):
        await shift.start(alice, NOON + round(ahead.total_seconds()) * SECOND)
    assert alice.shift_id is None


async def test_everything_is_exported_by_id(alice: Desk, say: Say, store: SqliteStore) -> None:
    keys = [await say(handle=f"a{number}") for number in range(3)]

    assert [row["id"] async for row in export.export(store)] == keys
