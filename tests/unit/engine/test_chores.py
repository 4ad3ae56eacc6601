"""The workers beside intake: waking, housekeeping, VIPs, and the watch for consoles."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest

from cmconsole.config.tasks import spawn
from cmconsole.core import moves
from cmconsole.core.clock import DAY, HOUR, MINUTE, SECOND
from cmconsole.core.conversation import Conversation, Status
from cmconsole.core.errors import StoreBusyError
from cmconsole.core.moves import Change
from cmconsole.core.sla import SlaPolicy
from cmconsole.engine.ending import Cause, Ending
from cmconsole.engine.housekeeping import Housekeeping
from cmconsole.engine.intake import drain
from cmconsole.engine.vips import MarkedAuthors
from cmconsole.engine.wake import wake
from cmconsole.engine.watch import LOOK, PresenceWatch
from cmconsole.store.contract import Presence
from cmconsole.store.sqlite.store import SqliteStore
from tests.unit.engine.parts import NOON, PlainJudge, ScriptedSource, StillTime, Time, batch, until
from tests.unit.engine.stored import native_ids


async def fill(store: SqliteStore, count: int) -> list[Conversation]:
    """Take `count` mentions in and return their conversations."""
    await drain(ScriptedSource([batch(range(count))]), store, PlainJudge(), SlaPolicy(), Time())
    return await store.in_status(Status.OPEN, count)


async def is_open(store: SqliteStore, conversation: Conversation) -> bool:
    return (await store.conversations([conversation.id]))[0].status is Status.OPEN


async def is_past(time: Time, moment: int) -> bool:
    return time.now() > moment


async def has_none(vips: MarkedAuthors) -> bool:
    return not vips.authors


# -------------------------------------------------------------------------------------------------- waking


async def test_what_is_due_wakes_within_a_second_and_the_rest_sleeps_on(store: SqliteStore) -> None:
    one, two = await fill(store, 2)
    for it, moment in ((one, NOON + 5 * SECOND), (two, NOON + HOUR)):
        snooze = partial(moves.snooze, person="Ada", now=NOON, until=moment)
        await store.change(it.id, snooze, person="Ada", now=NOON)
    time = Time()
    waking = spawn(wake(store, time, time.sleep), name="wake")
    await until(lambda: is_open(store, one))
    waking.cancel()
    await asyncio.wait({waking})

    woken = [event for event in await store.events(0, 5_000) if event.kind == "conversation.woken"]
    assert [event.conversation_id for event in woken] == [one.id]
    assert NOON + 5 * SECOND <= woken[0].at <= NOON + 6 * SECOND
    assert (await store.conversations([two.id]))[0].status is Status.SNOOZED


# -------------------------------------------------------------------------------------------- housekeeping


async def test_what_is_older_than_the_retention_goes_a_little_at_a_time(store: SqliteStore) -> None:
    old = await fill(store, 1_200)
    resolve = partial(moves.done, person="Ada", now=NOON)
    await store.change_many([it.id for it in old[:-1]], resolve, person="Ada", now=NOON)
    time = Time(NOON + 31 * DAY)
    house = Housekeeping(store, time, 30 * DAY, time.sleep)

    await house.trim()

    assert await native_ids(store) == [f"m{old[-1].text.split()[-1]}"]
    assert len(time.slept) >= 2
    assert await house.trim() == 0


async def test_nothing_goes_before_its_time_or_where_all_is_kept(store: SqliteStore) -> None:
    (it,) = await fill(store, 1)
    await store.change(it.id, partial(moves.done, person="Ada", now=NOON), person="Ada", now=NOON)
    time = Time(NOON + 30 * DAY - MINUTE)

    assert await Housekeeping(store, time, 30 * DAY, time.sleep).trim() == 0
    time.at += 1_000 * DAY
    assert await Housekeeping(store, time, None, time.sleep).trim() == 0
    assert len(await native_ids(store)) == 1


async def test_the_store_is_tidied_only_when_the_desk_is_quiet(store: SqliteStore) -> None:
    time = Time()
    house = Housekeeping(store, time, None, time.sleep)
    busy = 3

    async def sleep(seconds: float) -> None:
        nonlocal busy
        await time.sleep(seconds)
        if busy:
            busy -= 1
            await drain(ScriptedSource([batch([busy])]), store, PlainJudge(), SlaPolicy(), time)

    house.sleep = sleep

    assert await house.compact()
    assert time.now() == NOON + 40 * SECOND

    busy = 1_000
    assert not await house.compact()


async def test_rounds_come_every_hour(store: SqliteStore) -> None:
    time = Time()
    keeping = spawn(Housekeeping(store, time, DAY, time.sleep).keep_house(), name="housekeeping")
    await until(lambda: is_past(time, NOON + 5 * HOUR))
    keeping.cancel()
    await asyncio.wait({keeping})

    assert time.slept[0] == 60
    assert 4 <= time.slept.count(3600) <= (time.now() - NOON) // HOUR + 1


# ---------------------------------------------------------------------------------------------------- vips


async def test_vips_follow_the_feed(store: SqliteStore) -> None:
    (it,) = await fill(store, 1)
    time = Time()
    vips = MarkedAuthors(store, time.sleep)
    await vips.refresh()
    assert not vips.authors

    await store.set_vip(it.author_id, Change, vip=True, person="Ada", now=NOON)
    await vips.look()
    assert vips.authors == {("test", it.author.handle)}

    await fill(store, 5)
    await vips.look()
    assert vips.authors == {("test", it.author.handle)}

    await store.set_vip(it.author_id, Change, vip=False, person="Ada", now=NOON)
    following = spawn(vips.follow(), name="vips")
    await until(lambda: has_none(vips))
    following.cancel()
    await asyncio.wait({following})


# --------------------------------------------------------------------------------------------------- watch


def console(time: Time, name: str = "c1") -> Presence:
    return Presence(name, "Ada", time.now(), None)


async def looks(watch: PresenceWatch, time: Time, seconds: float) -> None:
    """Let the watch look for so long."""
    for _ in range(int(seconds * SECOND / LOOK)):
        time.at += LOOK
        await watch.look()


async def test_an_engine_nobody_looks_through_ends_itself_after_a_minute(store: SqliteStore) -> None:
    time, ending = Time(), Ending()

    await PresenceWatch(store, time, ending, MINUTE, time.sleep).watch()

    assert ending.cause is Cause.IDLE
    assert time.now() == NOON + MINUTE


async def test_a_living_console_keeps_the_engine_and_a_gone_one_does_not(store: SqliteStore) -> None:
    time = Time()
    watch = PresenceWatch(store, time, Ending(), MINUTE, time.sleep)
    for _ in range(10):
        await store.beat(console(time))
        await looks(watch, time, 10)
        assert watch.alone < 10 * SECOND

    await store.leave("c1")
    await looks(watch, time, 50)
    assert watch.alone == 58 * SECOND
    await looks(watch, time, 2)
    assert watch.alone >= MINUTE


async def test_a_console_that_was_killed_counts_from_its_last_sign(store: SqliteStore) -> None:
    time = Time()
    watch = PresenceWatch(store, time, Ending(), MINUTE, time.sleep)
    await store.beat(console(time))
    await looks(watch, time, 60)

    assert watch.alone == 58 * SECOND


async def test_a_laptop_that_slept_does_not_lose_its_engine(store: SqliteStore) -> None:
    time = Time()
    watch = PresenceWatch(store, time, Ending(), MINUTE, time.sleep)
    await store.beat(console(time))
    await looks(watch, time, 4)

    time.at += 8 * HOUR
    await watch.look()
    assert watch.alone <= 10 * SECOND

    time.at -= 9 * HOUR
    await looks(watch, time, 4)
    await store.beat(console(time))
    await watch.look()
    assert watch.alone == 0


async def test_not_knowing_is_no_reason_to_leave(tmp_path: Path) -> None:
    class Unreadable(SqliteStore):
        async def presences(self, since: int) -> list[Presence]:
            raise StoreBusyError("busy")

    time = Time()
    watch = PresenceWatch(Unreadable(tmp_path / "x.db"), time, Ending(), MINUTE, time.sleep)
    await looks(watch, time, 300)

    assert watch.alone == 0


@pytest.mark.parametrize("idle", [5 * SECOND, MINUTE, HOUR])
async def test_the_time_is_counted_from_the_engines_start_too(store: SqliteStore, idle: int) -> None:
    time, still = Time(), StillTime()
    watch = PresenceWatch(store, time, Ending(), idle, still.sleep)
    await watch.look()
    await looks(watch, time, idle / SECOND / 2)

    assert 0 < watch.alone < idle
