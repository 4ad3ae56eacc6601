"""Platforms that fail, before the whole program, in short: `make drill` holds the long form."""

from __future__ import annotations

from pathlib import Path

from tests.drills.platform_desk import Desk, Table
from tests.drills.platform_scenes import LISTS, closing_streams, limited, outage
from tests.twin.server import twin

ALL = ("x", "reddit", "mastodon", "bluesky")


async def test_an_outage_of_hours_is_filled_in_through_a_kill_repeats_and_poison(tmp_path: Path) -> None:
    table = Table()
    async with twin(*ALL) as running:
        desk = await outage(
            table,
            "outage",
            tmp_path,
            running,
            {"x": 150, "reddit": 150, "mastodon": 150, "bluesky": 150},
            within=30,
            kill=True,
            before_return=_trouble,
        )
        desk.close()

    assert not table.broken("outage")
    assert desk.killed == 1
    assert {source for source, _ in desk.set_aside()} == {"x", "reddit", "mastodon", "bluesky"}


def _trouble(desk: Desk) -> None:
    """Let every list repeat items or give them in no order, and hold something that should not be there."""
    plant = desk.twin.world.faults.plant
    for name, kind in (
        ("x", "disorder"),
        ("reddit", "repeat"),
        ("mastodon", "repeat"),
        ("bluesky", "disorder"),
    ):
        plant(name, kind, path=LISTS[name], times=2)
    # In every answer: the one that is killed with the engine is not given again.
    plant("x", "poison", path=LISTS["x"], times=0, item={"id": [], "text": 7})
    desk.twin.reddit.poison({"kind": "t1", "data": {"name": "t1_zz", "body": 7}})
    desk.twin.mastodon.mention("by nobody", account=7)
    desk.twin.bluesky.poison({"uri": 7, "reason": "mention", "record": "torn"})


async def test_each_platforms_own_pause_is_kept(tmp_path: Path) -> None:
    table = Table()
    pauses = {"x": 3.0, "reddit": 4.0, "mastodon": 3.5, "bluesky": 2.5}
    async with twin(*ALL) as running:
        # Never too early; how late is the machine's affair, and the drill's.
        await limited(table, tmp_path, running, pauses, at_first=True, latest=60)

    assert not table.broken("429 at the start")


async def test_a_stream_that_closes_at_once_is_not_opened_again_and_again(tmp_path: Path) -> None:
    table = Table()
    async with twin("x", "mastodon") as running:
        await closing_streams(table, "closed", tmp_path, running, seconds=4)

    assert not table.broken("closed")
