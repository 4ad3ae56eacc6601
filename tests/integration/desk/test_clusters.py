"""Clusters at the desk: one row for many, their number, and who they are."""

from __future__ import annotations

import json

import pytest

from cmconsole.core.conversation import Outcome
from cmconsole.core.verdict import Lane
from cmconsole.desk import board, claim, clusters, handover, progress, reopen, resolve, shift, vip, wait
from cmconsole.desk.brief import markdown, to_json
from cmconsole.desk.context import Desk
from cmconsole.desk.lanes import LaneView
from cmconsole.desk.takeback import TakeBack
from cmconsole.engine.anew import PROGRESS
from cmconsole.store.sqlite.store import SqliteStore
from tests.integration.desk.conftest import Say
from tests.unit.desk.parts import MovableClock

URGENT = "My phone caught fire and burned my hand"


@pytest.fixture
async def storm(say: Say, store: SqliteStore, clock: MovableClock) -> list[int]:
    """Let four people complain of the same, and a fifth of something else."""
    keys = [await say(URGENT, handle=f"a{number}") for number in range(4)]
    await store.cluster([(key, keys[0]) for key in keys[1:]], clock.now(), None)
    await say(handle="alone")
    return keys


async def test_sizes_and_members_are_those_of_the_lane(alice: Desk, say: Say, storm: list[int]) -> None:
    (alone,) = await alice.store.conversations([storm[-1] + 1])
    lead = (await alice.store.conversations(storm))[0]

    assert await clusters.sizes(alice, [lead, alone]) == {lead.id: 4}
    assert [one.id for one in await clusters.members(alice, lead)] == storm
    assert await clusters.members(alice, alone) == [alone]

    await vip.mark(alice, [storm[3]], vip=True)
    await resolve.done(alice, [storm[2]])
    found = await alice.store.conversations(storm)
    assert await clusters.sizes(alice, found) == {storm[0]: 2, storm[1]: 2, storm[3]: 1}


async def test_more_than_a_screenful_is_asked_in_steps(
    alice: Desk, say: Say, store: SqliteStore, clock: MovableClock
) -> None:
    keys = [await say(handle=f"b{number}") for number in range(2 * clusters.ASKED + 4)]
    await store.cluster(list(zip(keys[1::2], keys[::2], strict=True)), clock.now(), None)

    assert await clusters.sizes(alice, await store.conversations(keys)) == dict.fromkeys(keys, 2)


async def test_the_board_counts_what_is_in_sight_and_the_rows_tell_it(alice: Desk, storm: list[int]) -> None:
    view = LaneView(Lane.COMPLAINTS)
    (await board.read(alice, board.wishes([view]))).offer([view])

    assert view.ids == [storm[0], storm[-1] + 1]
    assert [row.alike for row in view.rows] == [4, 1]
    assert view.in_sight == view.ids

    view.apply((await claim.claim(alice, [storm[0]])).changed)
    assert view.row(0).alike == 4

    view.changed_rows()
    await resolve.done(alice, [storm[3]])
    (await board.read(alice, board.wishes([view]))).offer([view])
    assert view.row(0).alike == 3
    assert view.changed_rows() == (0,)


async def test_clusters_in_sight_are_counted_before_those_above_them(
    alice: Desk, say: Say, store: SqliteStore, clock: MovableClock
) -> None:
    keys = [await say(handle=f"b{number}") for number in range(2 * clusters.ASKED + 4)]
    await store.cluster(list(zip(keys[1::2], keys[::2], strict=True)), clock.now(), None)
    read = await board.read(alice, {Lane.COMPLAINTS: board.Wish(in_sight=keys[-2:])})

    assert len(read.alike) == clusters.ASKED
    assert keys[-2] in read.alike
    assert keys[-4] not in read.alike


async def test_a_whole_cluster_is_resolved_and_taken_back_as_one_row(alice: Desk, storm: list[int]) -> None:
    view, memory = LaneView(Lane.COMPLAINTS), TakeBack(alice)
    (await board.read(alice)).offer([view])
    deed = await resolve.keep_silence(alice, storm, "answered elsewhere")
    memory.remember(deed)
    view.apply(deed.changed)

    assert view.ids == [storm[-1] + 1]

    undone = await memory.undo()
    assert undone is not None
    view.apply(undone.changed)
    for one in undone.changed:
        view.bring(one)
    assert view.ids == [storm[0], storm[-1] + 1]


async def test_a_row_that_another_stands_for_now_is_gone(
    alice: Desk, say: Say, store: SqliteStore, clock: MovableClock
) -> None:
    first, second = await say(handle="one"), await say(handle="two")
    view = LaneView(Lane.COMPLAINTS)
    (await board.read(alice, board.wishes([view]))).offer([view])
    await store.cluster([(second, first)], clock.now(), None)
    for _again in range(2):
        (await board.read(alice, board.wishes([view]))).offer([view])
        assert [row.gone is None for row in view.rows] == [True, False]

    view.merge()
    assert [(row.id, row.alike) for row in view.rows] == [(first, 2)]


async def test_the_brief_says_for_how_many_one_stands(
    alice: Desk, storm: list[int], clock: MovableClock
) -> None:
    await shift.start(alice, clock.now() + 60_000)
    brief = await handover.compose(alice)

    assert [one.id for one in brief.pressing.items] == [storm[0]]
    assert any("one of 4 alike" in line for line in markdown(brief).splitlines())
    assert json.loads(json.dumps(to_json(brief)))["pressing"]["items"][0]["alike"] == 4


async def test_a_win_is_reopened_with_a_new_clock(alice: Desk, say: Say, clock: MovableClock) -> None:
    key = await say(thread="t")
    await resolve.done(alice, [key])
    await say("Thank you so much, perfect!", thread="t")
    (won,) = await alice.store.conversations([key])
    assert won.outcome is Outcome.WIN

    memory = TakeBack(alice)
    deed = await reopen.reopen(alice, [key])
    memory.remember(deed)
    assert deed.changed[0].waiting_since == clock.now()

    await memory.undo()
    (again,) = await alice.store.conversations([key])
    assert again.outcome is Outcome.WIN
    await wait.wait(alice, [key])


async def test_judging_anew_is_told_while_it_is_under_way(alice: Desk, store: SqliteStore) -> None:
    assert progress.NOTE == PROGRESS
    assert await progress.judging_anew(alice) is None
    for note, expected in (("450/1000", (450, 1000)), ("7/5", (5, 5)), ("", None), ("odd", None)):
        await store.set_meta(progress.NOTE, note)
        assert await progress.judging_anew(alice) == expected
