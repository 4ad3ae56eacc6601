"""X's filtered stream against the twin: closed at once, silent, refused, killed; the gaps are filled."""

import asyncio
import contextlib
import itertools
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Any

import pytest

from cmconsole.config.tasks import spawn
from cmconsole.core.errors import BudgetSpentError, SourceError, SourceRefusedError
from cmconsole.core.source import Batch
from cmconsole.platforms.x import place as places
from cmconsole.platforms.x.reconnect import MOST_CONNECTS
from tests.integration.platforms.x_place import MENTIONS, Purse, XPlace, ids, reading, texts, x_place

STREAM = "/2/tweets/search/stream"
MINUTE = 60_000


@pytest.fixture
async def place() -> AsyncIterator[XPlace]:
    async with x_place() as opened:
        yield opened


async def taken(batches: AsyncGenerator[Batch], count: int) -> tuple[list[str], str | None]:
    """Return the texts of the next `count` mentions at least, and the cursor after them."""
    found: list[str] = []
    cursor = None
    while len(found) < count:
        batch = await anext(batches)
        found += texts([batch])
        cursor = batch.cursor
    return found, cursor


async def exhausted(batches: AsyncGenerator[Batch], between: Callable[[], None] = lambda: None) -> None:
    async for _ in batches:
        between()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 - a thread has no event to wait for
            await asyncio.sleep(0.01)


def streaming() -> bool:
    return any(thread.name.startswith("x-stream") for thread in threading.enumerate())


async def opened(place: XPlace, batches: AsyncGenerator[Batch]) -> asyncio.Task[Batch]:
    """Return the task that waits for the next batch, once the stream is open and the gap was asked for."""
    while True:
        task = spawn(anext(batches), name="next")
        while not task.done():
            await asyncio.sleep(0.01)
            if place.x.streams and place.asked(MENTIONS) and task.done() is False:
                await asyncio.sleep(0.05)
                if not task.done():
                    return task
        task.result()


async def test_what_comes_live_is_taken_at_once_by_rules_of_our_own(place: XPlace) -> None:
    place.x.rules = [
        {"id": "1", "value": "cats", "tag": "somebody"},
        {"id": "2", "value": "@old -is:retweet", "tag": "cmconsole:marque"},
    ]
    place.x.mention("Avant")
    async with reading(place.source(stream=True, keywords=["cafetière"])) as batches:
        assert (await taken(batches, 1))[0] == ["Avant"]
        waiting = await opened(place, batches)
        place.x.post("cats")
        place.x.mention("En direct")
        place.x.post("une cafetière", author="bob")
        place.x.post("de nous : cafetière", author="acme")
        found = texts([await waiting])
        found += (await taken(batches, 2 - len(found)))[0]

    assert found == ["En direct", "une cafetière"]
    assert [rule["tag"] for rule in place.x.rules] == ["somebody", "cmconsole:marque", "cmconsole:marque"]
    assert [rule["value"] for rule in place.x.rules] == [
        "cats",
        "@acme -is:retweet -from:acme",
        "(cafetière) -is:retweet -from:acme -@acme",
    ]


async def test_what_came_while_it_was_closed_is_filled_without_a_repetition(place: XPlace) -> None:
    async with reading(place.source(stream=True)) as batches:
        waiting = await opened(place, batches)
        place.x.mention("En direct")
        found = texts([await waiting])
        place.x.end_streams()
        place.x.mention("Pendant la coupure")
        found += (await taken(batches, 1))[0]
        waiting = await opened(place, batches)
        place.x.mention("De nouveau")
        found += texts([await waiting])

    assert found == ["En direct", "Pendant la coupure", "De nouveau"]


async def test_a_stream_that_closes_at_once_is_opened_within_the_limit_also_across_restarts(
    place: XPlace,
) -> None:
    place.world.faults.plant("x", "close_stream", path=STREAM, times=0)
    cursor: str | None = None
    begun = place.now()
    restarts = 0
    while place.now() - begun < 60 * MINUTE:
        async with reading(place.source(stream=True, interval=15), cursor) as batches:
            # Killed after every dozen batches: each new process tries at once.
            for _ in range(12):
                batch = await anext(batches)
                cursor = batch.cursor or cursor
        restarts += 1
    moments = [seen.at for seen in place.world.seen("x", "GET") if seen.path == STREAM]
    most = max(sum(start <= moment < start + 15 * MINUTE for moment in moments) for start in moments)
    first = sum(moment < begun + MINUTE for moment in moments)
    print(
        f"\nstream closing at once: {first} connects in 60 s, at most {most} in 15 min, {restarts} restarts"
    )

    assert most <= MOST_CONNECTS < 50
    assert restarts > 5


async def test_a_stream_that_closes_at_once_is_opened_by_x_rules(place: XPlace) -> None:
    place.world.faults.plant("x", "close_stream", path=STREAM, times=0)
    begun = place.now()
    async with reading(place.source(stream=True, interval=600)) as batches:
        while place.now() - begun < 15 * MINUTE:
            await anext(batches)
    moments = [seen.at for seen in place.world.seen("x", "GET") if seen.path == STREAM]
    pauses = [round((after - before) / 1000) for before, after in itertools.pairwise(moments)]
    in_a_minute = sum(moment < begun + MINUTE for moment in moments)
    print(
        f"\nstream closing at once: {in_a_minute} connects in 60 s, {len(moments)} in 15 min, pauses {pauses}"
    )

    assert pauses[:6] == [5, 10, 20, 40, 80, 160]
    assert in_a_minute == 4


async def test_a_connect_is_told_before_it_happens(place: XPlace) -> None:
    place.world.faults.plant("x", "hang", path=STREAM)
    cursor = None
    async with reading(place.source(place.client(timeout=0.5), stream=True)) as batches:
        while not places.parse(cursor, "acme").connects:
            cursor = (await anext(batches)).cursor
        assert not [seen for seen in place.world.seen("x") if seen.path == STREAM]
        waiting = spawn(anext(batches), name="next")
        await until(lambda: any(seen.path == STREAM for seen in place.world.seen("x")))
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting


async def test_what_the_stream_left_out_of_order_is_found_in_the_lists(place: XPlace) -> None:
    async with reading(place.source(stream=True)) as batches:
        waiting = await opened(place, batches)
        place.x.mention("En direct")
        found = texts([await waiting])
        place.x.end_streams()
        await until(lambda: place.x.streams == 0)
        place.x.mention("Un peu avant, un peu tard", at=place.now() - 30_000)
        found += (await taken(batches, 1))[0]

    assert found == ["En direct", "Un peu avant, un peu tard"]


async def test_silence_is_noticed_and_the_gap_filled(place: XPlace) -> None:
    place.world.faults.plant("x", "silent_stream", path=STREAM)
    async with reading(place.source(stream=True, silence=0.2)) as batches:
        waiting = await opened(place, batches)
        place.x.mention("Dans le silence")
        found = texts([await waiting])
        found += (await taken(batches, 1 - len(found)))[0]

    assert found == ["Dans le silence"]
    assert len([seen for seen in place.world.seen("x") if seen.path == STREAM]) == 2


async def test_keep_alives_keep_it_alive(place: XPlace) -> None:
    place.x.keep_alive = 0.02
    async with reading(place.source(stream=True, silence=0.2)) as batches:
        waiting = await opened(place, batches)
        # Silent for longer than the silence, but for the keep-alives.
        await asyncio.sleep(0.5)
        place.x.mention("Encore là")
        assert texts([await waiting]) == ["Encore là"]

    assert len(place.x.connects) == 1


@pytest.mark.parametrize(
    ("kind", "args"),
    [
        ("html", {"status": 503}),
        ("limit", {"reset_after": 200}),
        ("drop_before", {}),
        ("status", {"status": 429, "body": {"title": "ConnectionException"}}),
    ],
)
async def test_while_it_cannot_be_opened_the_lists_are_asked(
    place: XPlace, kind: str, args: dict[str, Any]
) -> None:
    place.world.faults.plant("x", kind, path=STREAM, times=3, **args)
    async with reading(place.source(stream=True, interval=30)) as batches:
        for number in range(4):
            place.x.mention(f"Message {number}")
            assert (await taken(batches, 1))[0] == [f"Message {number}"]


async def test_a_limit_on_connects_is_honoured(place: XPlace) -> None:
    place.world.faults.plant("x", "limit", path=STREAM, reset_after=200)
    async with reading(place.source(stream=True)) as batches:
        waiting = await opened(place, batches)
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
    first, second = (seen.at for seen in place.world.seen("x") if seen.path == STREAM)

    assert 200_000 <= second - first < 262_000


async def test_a_refused_stream_says_so_and_the_lists_are_read_all_the_same(place: XPlace) -> None:
    place.world.faults.plant("x", "status", path=STREAM, times=0, status=403, body={"detail": "No access."})
    place.x.mention("Message")
    async with reading(place.source(stream=True)) as batches:
        assert (await taken(batches, 1))[0] == ["Message"]
        with pytest.raises(SourceRefusedError, match="403"):
            await exhausted(batches)


async def test_a_stream_without_a_bearer_token_says_where_to_find_one(place: XPlace) -> None:
    source = place.source(place.client(bearer_token=""), stream=True)
    async with reading(source) as batches:
        with pytest.raises(SourceRefusedError, match="bearer token") as raised:
            await exhausted(batches)

    assert "console.x.com" in raised.value.advice


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b"null",
        b'{"data": 7}',
        b'{"data": {"id": "9"}}',
        b"\xff\xfe",
        b'{"data": {"text": "\\ud800"}}',
    ],
)
async def test_a_poison_line_is_set_aside_and_the_stream_goes_on(place: XPlace, line: bytes) -> None:
    async with reading(place.source(stream=True)) as batches:
        waiting = await opened(place, batches)
        place.x.send(line)
        place.x.mention("Après")
        came = [await waiting]
        while not texts(came):
            came.append(await anext(batches))

    assert texts(came) == ["Après"]
    assert sum(len(batch.set_aside) for batch in came) == 1
    assert len(place.x.connects) == 1


async def test_what_x_says_of_an_end_is_no_mention(place: XPlace) -> None:
    async with reading(place.source(stream=True)) as batches:
        waiting = await opened(place, batches)
        place.x.send(b'{"errors": [{"title": "operational-disconnect"}]}')
        place.x.end_streams()
        place.x.mention("Après")
        came = [await waiting]
        while not texts(came):
            came.append(await anext(batches))

    assert [batch.set_aside for batch in came if batch.set_aside] == []


async def test_at_the_cap_the_stream_is_closed(place: XPlace) -> None:
    purse = Purse(cap=10_000 + 3 * 5_000)
    place.x.keep_alive = 0.05
    client = place.client(purse=purse)
    # The lists ask for five at least: they are out of reach from the beginning.
    source = place.source(client, stream=True, mentions=False, keywords=[])
    async with reading(source) as batches:

        def writing() -> None:
            place.x.rules = [{"id": "1", "value": "cafetière", "tag": "cmconsole:marque"}]
            place.x.post("cafetière")

        with pytest.raises(BudgetSpentError):
            await exhausted(batches, writing)

    assert purse.cost == 25_000


async def test_stopping_ends_the_thread_at_once(place: XPlace) -> None:
    place.world.faults.plant("x", "silent_stream", path=STREAM)

    async def read() -> None:
        async with reading(place.source(stream=True, silence=3_600)) as batches:
            async for _ in batches:
                pass

    task = spawn(read(), name="reading")
    await until(lambda: streaming() and len(place.asked(MENTIONS)) == 2)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    await until(lambda: not streaming())


async def test_a_kill_between_any_two_batches_loses_nothing(place: XPlace) -> None:
    cursor: str | None = None
    expected: list[str] = []
    committed: list[str] = []
    for number in range(12):
        async with reading(place.source(stream=True, interval=1), cursor) as batches:
            for step in range(1 + number % 4):
                expected.append(place.x.mention(f"Message {number}.{step}"))
                batch = await anext(batches)
                committed += ids([batch])
                cursor = batch.cursor or cursor
        place.world.shift += 2_000
    async with reading(place.source(stream=True, interval=1), cursor) as batches:
        while len(set(committed)) < len(expected):
            committed += ids([await anext(batches)])

    assert sorted(set(committed), key=int) == expected
    assert len(committed) == len(expected)


async def test_rules_that_x_refuses_are_named(place: XPlace) -> None:
    body = {"data": [], "errors": [{"title": "UnprocessableEntity", "value": "(cafetière)"}]}
    place.world.faults.plant("x", "status", method="POST", path=STREAM + "/rules", status=200, body=body)
    async with reading(place.source(stream=True)) as batches:
        with pytest.raises(SourceError, match="cafetière"):
            await exhausted(batches)
