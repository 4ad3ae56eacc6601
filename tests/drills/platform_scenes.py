"""What the drills of the platforms do to a desk, at any length; each tells its figures to a table."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from math import ceil
from pathlib import Path

from cmconsole.config.tasks import spawn
from cmconsole.store.sqlite import SqliteStore
from tests.drills.platform_desk import Desk, Table, until
from tests.twin.server import Twin
from tests.twin.world import Seen

SECOND = 1_000
HOUR = 3_600 * SECOND

STREAMS: Mapping[str, str] = {"x": "/2/tweets/search/stream", "mastodon": "/api/v1/streaming/user"}
LISTS: Mapping[str, str] = {
    "x": "/2/users/7700/mentions",
    "reddit": "/message/mentions/?",
    "mastodon": "/api/v1/notifications",
    "bluesky": "/xrpc/app.bsky.notification.listNotifications",
}
STREAMING: Mapping[str, Mapping[str, object]] = {"x": {"streaming": True}, "mastodon": {"streaming": True}}
X_CONNECTS = 50
MASTODON_CONNECTS = 300


def connects(running: Twin, platform: str) -> list[Seen]:
    """Return the connects to a platform's stream."""
    return [seen for seen in running.world.seen(platform, "GET") if seen.path == STREAMS[platform]]


async def closing_streams(
    table: Table, drill: str, folder: Path, running: Twin, *, seconds: float, kill_every: float = 0
) -> None:
    """Close every stream as soon as it is open, and count how often it is opened again."""
    for name in STREAMS:
        running.world.faults.plant(name, "close_stream", path=STREAMS[name], times=0)
    desk = Desk(folder, running, STREAMING)
    try:
        await desk.at_work()
        began = time.monotonic()
        talking = spawn(desk.talk({"x": 2, "mastodon": 2}, seconds), name="people")
        while (left := seconds - (time.monotonic() - began)) > 0:
            await asyncio.sleep(min(left, kill_every or left))
            if kill_every and left > kill_every:
                desk.kill()
                await desk.at_work()
        await talking
        opened = {name: len(connects(running, name)) for name in STREAMS}
        # Now the lists, at once.
        await desk.stop()
        desk.age(HOUR)
        running.world.faults.clear()
        await desk.at_work()
        await desk.all_in()
        how = f"in {seconds:.0f} s" + (f", engine killed {desk.killed} times" if desk.killed else "")
        asked = len(running.world.seen("mastodon"))
        kept = opened["x"] <= X_CONNECTS
        table.add(drill, f"X stream connects {how}", opened["x"], "50 in 15 min", kept=kept)
        kept = opened["mastodon"] <= MASTODON_CONNECTS
        table.add(drill, f"Mastodon stream connects {how}", opened["mastodon"], "300 in 5 min", kept=kept)
        table.add(drill, "Mastodon requests in all", asked, "300 in 5 min", kept=asked <= MASTODON_CONNECTS)
        told_counts(table, drill, desk)
    finally:
        desk.close()


def told_counts(table: Table, drill: str, desk: Desk) -> None:
    """Tell how many were said, lost and doubled."""
    said, lost, doubled = sum(map(len, desk.said.values())), desk.lost(), desk.doubled()
    table.add(drill, f"lost / doubled of {said:,}", f"{lost} / {doubled}", "0 / 0", kept=not lost + doubled)


async def silent_streams(table: Table, folder: Path, running: Twin) -> None:
    """Let each stream fall silent, as X and Mastodon do without closing it, and say things meanwhile."""
    drill = "silence"
    for name in STREAMS:
        running.world.faults.plant(name, "silent_stream", path=STREAMS[name])
    desk = Desk(folder, running, {name: {"streaming": True, "interval_seconds": 60} for name in STREAMS})
    try:
        await desk.at_work()
        await until(lambda: all(connects(running, name) for name in STREAMS))
        await asyncio.sleep(1)
        for name in STREAMS:
            for _ in range(50):
                desk.say(name)
        noticed: dict[str, float] = {}
        async with asyncio.timeout(150):
            while len(noticed) < len(STREAMS):
                await asyncio.sleep(0.05)
                for name in STREAMS:
                    if name not in noticed and len(opened := connects(running, name)) > 1:
                        noticed[name] = (opened[1].at - opened[0].at) / SECOND
        took = await desk.all_in()
        for name, limit, pause in (("x", 20, 5), ("mastodon", 90, 2)):
            words = f"{name}: a new stream after silence of, s"
            kept = limit <= noticed[name] <= limit + pause + 3
            table.add(drill, words, f"{noticed[name]:.1f}", f"{limit} + {pause} of its rules", kept=kept)
        table.add(drill, "all there after the new streams, s", f"{took:.1f}", "-")
        told_counts(table, drill, desk)
    finally:
        desk.close()


async def limited(
    table: Table,
    folder: Path,
    running: Twin,
    pauses: Mapping[str, float],
    *,
    at_first: bool,
    latest: float = 2,
) -> None:
    """Let all platforms ask for a pause at once.

    at_first: of an engine that has never read them. latest: seconds after the pause until the next request.
    """
    drill = "429 at the start" if at_first else "429 at work"
    desk = Desk(folder, running)
    try:
        if not at_first:
            await desk.at_work()
            await desk.primed()
        for name, pause in pauses.items():
            running.world.faults.plant(name, "limit", path=LISTS[name], reset_after=pause)
            desk.say(name)
        if at_first:
            await desk.at_work()
        await until(
            lambda: all(_after_limit(running, name) for name in pauses), 60 + 2 * max(pauses.values())
        )
        await desk.all_in()
        for name, pause in pauses.items():
            refused, following = _after_limit(running, name)[0]
            asked = refused.at + pause * SECOND
            if name in {"x", "bluesky"}:
                asked = ceil(asked / SECOND) * SECOND
            late = (following.at - asked) / SECOND
            words = f"{name}: next request after the second asked for, s"
            table.add(drill, words, f"{late:+.2f}", f"0 to {latest:g}", kept=0 <= late <= latest)
        told_counts(table, drill, desk)
    finally:
        desk.close()


def _after_limit(running: Twin, name: str) -> list[tuple[Seen, Seen]]:
    """Return a refused request and what the source asked next."""
    return [(one, after) for one, after in pairwise(running.world.seen(name)) if one.fault == "limit"]


async def outage(
    table: Table,
    drill: str,
    folder: Path,
    running: Twin,
    counts: Mapping[str, int],
    *,
    within: float = 600,
    kill: bool = False,
    before_return: Callable[[Desk], None] = lambda _: None,
) -> Desk:
    """Let an engine be away for six hours while people talk; it starts again and reads what it missed.

    within: seconds it may take. kill: it is killed while it does. before_return: what else happens
    meanwhile. The desk is returned, its engine at work.
    """
    desk = Desk(folder, running)
    try:
        for name in counts:
            for minute in range(3):
                desk.say(name, at=running.world.now() - 6 * HOUR - (5 - minute) * 60 * SECOND)
        await desk.at_work()
        await desk.primed()
        await desk.all_in()
        await desk.stop()
        desk.age(6 * HOUR)
        now = running.world.now()
        for name, count in counts.items():
            for number in range(count):
                desk.say(name, at=now - 6 * HOUR + (number + 1) * 6 * HOUR // (count + 1))
        before_return(desk)
        began = time.monotonic()
        await desk.at_work()
        if kill:
            before = desk.stored()
            await until(lambda: desk.stored() > before)
            desk.kill()
            desk.age(HOUR)
            await desk.at_work()
        await desk.all_in(within)
        took = time.monotonic() - began
        each = ", ".join(f"{name} {count:,}" for name, count in counts.items())
        table.add(drill, f"seconds from the start: {each}", f"{took:.1f}", "-")
        told_counts(table, drill, desk)
    except BaseException:
        desk.close()
        raise
    return desk


async def muddled(table: Table, folder: Path, running: Twin, *, each: int, rounds: int) -> None:
    """Let every list repeat its items and give them in no order, while people talk in threads."""
    drill = "repeats, disorder"
    desk = Desk(folder, running)
    try:
        await desk.at_work()
        await desk.primed()
        began = running.world.now()
        for round_ in range(rounds):
            # Long enough for the posts of a thread to be of different seconds.
            await asyncio.sleep(each / 2)
            _threads(desk, each, round_, began)
            began = running.world.now()
            kinds = ("repeat", "disorder") if round_ % 2 else ("disorder", "repeat")
            for name in LISTS:
                running.world.faults.clear(name)
                for kind in kinds[: 2 if name == "x" else 1]:
                    running.world.faults.plant(name, kind, path=LISTS[name], times=3)
            await desk.all_in(45)
        known = sum(desk.rows("SELECT duplicate FROM source WHERE name = ?", name)[0][0] for name in LISTS)
        table.add(drill, "duplicates that reached the store and were dropped", known, "-")
        told_counts(table, drill, desk)
        talks, wrong = await disordered(desk.store)
        table.add(drill, f"out of order in {talks} conversations", wrong, "0", kept=not wrong)
    finally:
        desk.close()


def _threads(desk: Desk, each: int, round_: int, began: int) -> None:
    """Let one person a platform have written a thread since a moment, and others mention us in between."""
    step = (desk.twin.world.now() - began) // (each + 1)
    parents = {"x": "parent", "reddit": "parent", "mastodon": "in_reply_to_id", "bluesky": "parent"}
    for name, key in parents.items():
        last = ""
        for number in range(each):
            at = began + (number + 1) * step
            if number % 3:
                desk.say(name, at=at)
            else:
                last = desk.say(name, author=f"rita{round_}", at=at, **({key: last} if last else {}))


async def disordered(path: Path) -> tuple[int, int]:
    """Return how many conversations have several mentions, and how many of these are shown out of order."""
    store = SqliteStore(path)
    await store.open()
    try:
        talks = wrong = 0
        async for item in store.export():
            mentions = item["mentions"]
            assert isinstance(mentions, list)
            if len(mentions) < 2:
                continue
            number = item["id"]
            assert isinstance(number, int)
            shown = [it.mention.created_at for it in await store.mentions(number)]
            talks += 1
            wrong += shown != sorted(shown) or len(shown) != len(mentions)
    finally:
        await store.close()
    return talks, wrong


async def killed(
    table: Table,
    drill: str,
    folder: Path,
    running: Twin,
    *,
    kills: int,
    rates: Mapping[str, float],
    total: int,
) -> None:
    """Kill -9 the engine again and again while four platforms deliver: between batches and within."""
    chance = random.Random(7)
    desk = Desk(folder, running, {"mastodon": {"streaming": True}})
    longest = total / sum(rates.values())
    try:
        await desk.at_work()
        await desk.primed()
        talking = spawn(desk.talk(rates, longest), name="people")
        within = 0
        while desk.killed < kills:
            before = desk.stored()
            with suppress(TimeoutError):
                await until(lambda seen=before: desk.stored() > seen, 5)  # type: ignore[misc]
            within += desk.stored() > before
            # Half of them while the batch after the one just seen is on its way.
            await asyncio.sleep(chance.choice([0.0, 0.01, 0.05, 0.2, 1.0]) * chance.random())
            desk.kill()
            await desk.at_work()
        await talking
        took = await desk.all_in(180)
        table.add(
            drill, f"kill -9 while delivering ({within} within 1 s of a commit)", desk.killed, f"{kills}"
        )
        table.add(drill, "all there after the last was said, s", f"{took:.1f}", "-")
        told_counts(table, drill, desk)
    finally:
        desk.close()


def told_reasons(table: Table, drill: str, found: Sequence[tuple[str, str]]) -> None:
    """Tell why things were set aside: each reason once, numbers apart."""
    counted = Counter(f"{source}: {re.sub(r'[0-9]+', '…', reason)}" for source, reason in found)
    for words, count in sorted(counted.items()):
        table.add(drill, words, count, "has a reason", kept=not words.endswith(": "))
