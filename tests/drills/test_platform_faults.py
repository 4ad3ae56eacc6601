"""The drills of issue 4: everything platforms do to us, done by the twin to the whole program."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from cmconsole.config.tasks import spawn
from tests.drills.platform_desk import Desk, Table, until
from tests.drills.platform_scenes import (
    LISTS,
    SECOND,
    closing_streams,
    killed,
    limited,
    muddled,
    outage,
    silent_streams,
    told_counts,
    told_reasons,
)
from tests.twin.server import twin

pytestmark = pytest.mark.drill

DAY = 86_400_000
ALL = ("x", "reddit", "mastodon", "bluesky")


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    """Return the table of the drills, printed at their end."""
    figures = Table()
    yield figures
    print(f"\n\n{figures.text()}")


@pytest.mark.parametrize("kill_every", [0, 5], ids=["left alone", "killed every 5 s"])
async def test_a_stream_that_closes_at_once_is_opened_within_the_limit(
    tmp_path: Path, table: Table, kill_every: float
) -> None:
    drill = "closed, killed" if kill_every else "closed at once"
    async with twin("x", "mastodon") as running:
        await closing_streams(table, drill, tmp_path, running, seconds=60, kill_every=kill_every)

    assert not table.broken(drill)


async def test_silence_is_noticed_and_refilled(tmp_path: Path, table: Table) -> None:
    async with twin("x", "mastodon") as running:
        await silent_streams(table, tmp_path, running)

    assert not table.broken("silence")


@pytest.mark.parametrize("at_first", [True, False], ids=["at the start", "at work"])
async def test_a_limit_is_kept_to_the_second_by_each_platforms_own_header(
    tmp_path: Path, table: Table, *, at_first: bool
) -> None:
    pauses = {"x": 45.3, "reddit": 52, "mastodon": 48.7, "bluesky": 41.2}
    async with twin(*ALL) as running:
        await limited(table, tmp_path, running, pauses, at_first=at_first)

    assert not table.broken("429 at the start" if at_first else "429 at work")


async def test_a_minute_of_html_is_told_and_waited_out(tmp_path: Path, table: Table) -> None:
    drill = "HTML 503"
    async with twin(*ALL) as running:
        desk = Desk(tmp_path, running, {"mastodon": {"streaming": True}})
        try:
            await desk.at_work()
            await desk.primed()
            talking = spawn(desk.talk(dict.fromkeys(ALL, 2.0), 90), name="people")
            await asyncio.sleep(10)
            running.world.faults.plant("*", "html", times=0, status=503)
            running.mastodon.end_streams()
            await asyncio.sleep(60)
            told = desk.health()
            running.world.faults.clear()
            took = await _well(desk)
            await talking
            await desk.all_in(300)
            for name in ALL:
                health, words = told[name]
                kept = health == "retrying" and "503" in words
                table.add(drill, f"{name}: “{words}”", health, "retrying, 503", kept=kept)
            table.add(drill, "all well again after the minute, s", f"{took:.1f}", "300", kept=took <= 300)
            told_counts(table, drill, desk)
        finally:
            desk.close()

    assert not table.broken(drill)


async def _well(desk: Desk) -> float:
    began = time.monotonic()
    await until(lambda: {health for health, _ in desk.health().values()} == {"ok"}, 400)
    return time.monotonic() - began


async def test_six_hours_are_filled_in(tmp_path: Path, table: Table) -> None:
    drill = "6-hour outage"
    counts = {"x": 780, "reddit": 950, "mastodon": 5_000, "bluesky": 3_500}
    async with twin(*ALL) as running:
        desk = await outage(table, drill, tmp_path, running, counts)
        desk.close()
        asked = {name: len(running.world.seen(name)) for name in ALL}
    table.add(drill, f"requests: {', '.join(f'{name} {count}' for name, count in asked.items())}", "", "-")

    assert not table.broken(drill)


async def test_repeats_and_disorder_change_nothing(tmp_path: Path, table: Table) -> None:
    async with twin(*ALL) as running:
        await muddled(table, tmp_path, running, each=24, rounds=2)

    assert not table.broken("repeats, disorder")


async def test_poison_is_set_aside_with_a_reason(tmp_path: Path, table: Table) -> None:
    drill = "poison"
    more = {
        "x": {"keywords": ["acme"]},
        "reddit": {"subreddits": ["acme"], "keywords": ["acme"], "moderated": ["acme"]},
        "mastodon": {"hashtags": ["acme"], "keywords": ["acme"]},
        "bluesky": {"keywords": ["acme"]},
    }
    async with twin(*ALL) as running:
        desk = Desk(tmp_path, running, more)
        try:
            await desk.at_work()
            await desk.primed()
            lists = _poison(desk)
            for name in ALL:
                for _ in range(20):
                    desk.say(name)
            await desk.all_in(90)
            await until(lambda: len(desk.set_aside()) >= lists, 90)
            found = desk.set_aside()
            unwell = {name: it for name, it in desk.health().items() if it[0] != "ok"}
        finally:
            desk.close()
    told_reasons(table, drill, found)
    table.add(drill, f"set aside, from {lists} lists", len(found), f"≥ {lists}", kept=len(found) >= lists)
    table.add(drill, "sources that are unwell", str(unwell or "none"), "none", kept=not unwell)
    lost = desk.lost()
    table.add(drill, "lost of 80 good ones around them", lost, "0", kept=not lost)

    assert not table.broken(drill)


def _poison(desk: Desk) -> int:
    """Put something into every list that should not be there; return how many lists there are."""
    plant = desk.twin.world.faults.plant
    for path in ("/2/users/7700/mentions", "/2/tweets/search/recent"):
        plant("x", "poison", path=path, item={"id": [], "text": 7})
    lines = ("inbox/mentions", "inbox/comments", "r/acme/comments", "r/acme/new", "r/acme/modqueue")
    for number, line in enumerate(lines):
        desk.twin.reddit.poison({"kind": "t1", "data": {"name": f"t1_zz{number}", "body": 7}}, line)
    for path in ("/api/v1/notifications", "/api/v1/timelines/tag/acme"):
        plant("mastodon", "poison", path=path)
    torn = {"statuses": [{"id": "7", "content": []}]}
    plant("mastodon", "status", path="/api/v2/search", status=200, body=torn)
    desk.twin.bluesky.poison({"uri": 7, "reason": "mention", "record": "torn"})
    plant("bluesky", "status", path=".*searchPosts", status=200, body={"posts": [7]})
    # A page of nothing holds no item of the tag either.
    desk.twin.mastodon.post("#acme and a good one")
    return 2 + len(lines) + 3 + 2


@pytest.mark.parametrize("shift", [DAY, -DAY], ids=["a day ahead", "a day behind"])
async def test_a_clock_a_day_off_loses_nothing(tmp_path: Path, table: Table, shift: int) -> None:
    drill = "clock +1 day" if shift > 0 else "clock −1 day"
    async with twin(*ALL) as running:
        running.world.shift = shift
        desk = Desk(tmp_path, running, {"mastodon": {"streaming": True}})
        try:
            await desk.at_work()
            await desk.primed()
            await desk.talk(dict.fromkeys(ALL, 2.0), 65)
            took = await desk.all_in(60)
            standings = {name: standing for name, (standing, _) in desk.standings().items()}
            unwell = {name: it for name, it in desk.health().items() if it[0] != "ok"}
            asked = {name: sum(one.path in {path, path.rstrip("/?")} for one in running.world.seen(name))
                     for name, path in LISTS.items()}  # fmt: skip
            date = formatdate(running.world.now() / SECOND, usegmt=True)
            body = {"title": "Unauthorized", "status": 401, "detail": "Unauthorized", "type": "about:blank"}
            running.world.faults.plant(
                "x", "status", path="/2/users/me", times=0, status=401, body=body, headers={"Date": date}
            )
        finally:
            desk.close()
        fresh = Desk(tmp_path / "fresh", running)
        try:
            await fresh.at_work()
            await until(lambda: "x" in fresh.standings())
            standing, words = fresh.standings()["x"]
        finally:
            fresh.close()
    verified = set(standings.values()) == {"verified"}
    table.add(drill, "accounts", ", ".join(sorted(set(standings.values()))), "verified", kept=verified)
    table.add(drill, "sources that are unwell", str(unwell or "none"), "none", kept=not unwell)
    went_on = all(count > 1 for name, count in asked.items() if name != "mastodon")
    table.add(drill, f"looks: {asked}", "went on" if went_on else "stood still", "goes on", kept=went_on)
    table.add(drill, "all there after the last was said, s", f"{took:.1f}", "-")
    told_counts(table, drill, desk)
    said = words.partition(".")[0]
    table.add(drill, f"X, of what we sign: “{said}.”", standing, "says the clock", kept="clock" in said)

    assert not table.broken(drill)


async def test_thirty_kills_lose_nothing(tmp_path: Path, table: Table) -> None:
    rates = {"x": 4.0, "reddit": 5.0, "mastodon": 16.0, "bluesky": 12.0}
    async with twin(*ALL) as running:
        await killed(table, "kill -9", tmp_path, running, kills=30, rates=rates, total=5_000)

    assert not table.broken("kill -9")


async def test_a_strangers_account_is_not_read(tmp_path: Path, table: Table) -> None:
    drill = "wrong handle"
    names = ("x", "reddit", "mastodon")
    async with twin(*names) as running:
        handles = {"x": "acme_help", "reddit": "u/acme_help", "mastodon": "@help@mastodon.twin"}
        desk = Desk(tmp_path, running, handles=handles)
        try:
            for name in names:
                desk.say(name)
            await desk.at_work()
            await until(lambda: [it[0] for it in desk.health().values()] == ["refused"] * len(names))
            await asyncio.sleep(10)
            read = sum(one.path.rstrip("/") == LISTS[name].rstrip("/?")
                       for name in names for one in running.world.seen(name))  # fmt: skip
            stored, standings, health = desk.stored(), desk.standings(), desk.health()
            await desk.stop()
            desk.settle({})
            await desk.at_work()
            took = await desk.all_in()
            now = {name: standing for name, (standing, _) in desk.standings().items()}
        finally:
            desk.close()
    table.add(drill, "lists asked for, mentions stored", f"{read}, {stored}", "0, 0", kept=not read + stored)
    for name in names:
        standing, words = standings[name][0], health[name][1]
        kept = standing == "locked" and "@acme" in words
        table.add(drill, f"{name}: “{words.partition(': nothing')[0]}”", standing, "locked", kept=kept)
    right = set(now.values()) == {"verified"}
    table.add(drill, "put right: read after, s", f"{took:.1f}", "verified", kept=right)
    told_counts(table, drill, desk)

    assert not table.broken(drill)
