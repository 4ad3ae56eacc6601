"""The Mastodon source's streams against its twin: server-sent and over WebSocket, closed, silent, refused."""

import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator

import pytest

from cmconsole.config.tasks import spawn
from cmconsole.core.errors import SourceError
from cmconsole.core.mention import Absence, Removed
from cmconsole.core.source import Batch
from cmconsole.platforms.mastodon import streams
from tests.integration.platforms.mastodon_desk import (
    NOTIFICATIONS,
    Desk,
    coming,
    ids,
    looked,
    reading,
    settled,
    texts,
    until_idle,
)
from tests.twin.server import twin


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with twin("mastodon") as running:
        yield Desk(running.mastodon, running.address["mastodon"])


# --------------------------------------------------------------------------------------------------- streams


@pytest.fixture(params=["server-sent", "web socket"])
def streamed(desk: Desk, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk.instance.server_sent = request.param == "server-sent"
    monkeypatch.setattr(streams, "BEAT", 0.01)
    return desk


async def opened(desk: Desk, batches: AsyncGenerator[Batch]) -> list[Batch]:
    """Return what came until the stream was open and the list read."""
    found = await until_idle(batches)
    assert len(desk.instance.streams) == 1
    return found


async def test_what_is_said_edited_and_deleted_live_comes_at_once(streamed: Desk) -> None:
    async with reading(streamed.source(streaming=True, hashtags=("tram",))) as batches:
        await opened(streamed, batches)
        native_id = streamed.instance.mention("live")
        assert ids([await anext(batches)]) == [native_id]
        streamed.instance.edit(streamed.instance.post("elsewhere"), "in the home timeline")
        streamed.instance.edit(native_id, "@acme edited")
        (edited,) = (await anext(batches)).mentions
        assert (edited.native_id, edited.text) == (native_id, "@acme edited")
        assert edited.edited_at is not None
        tagged = streamed.instance.post("le #Tram est en retard")
        streamed.instance.edit(tagged, "le #Tram est arrivé")
        assert texts([await anext(batches)]) == ["le #Tram est arrivé"]
        streamed.instance.delete(native_id)
        assert (await anext(batches)).removed == (Removed("mastodon", native_id, Absence.DELETED),)


async def test_what_came_live_is_not_taken_again_after_a_restart(streamed: Desk) -> None:
    async with reading(streamed.source(streaming=True)) as batches:
        cursor = (await opened(streamed, batches))[-1].cursor
        live = [streamed.instance.mention(f"{number}") for number in range(5)]
        taken: list[str] = []
        while len(taken) < 5:
            batch = await anext(batches)
            taken += ids([batch])
            cursor = batch.cursor
    assert taken == live
    missed = [streamed.instance.mention(f"missed {number}") for number in range(60)]

    assert ids(await looked(streamed, cursor)) == missed


async def test_a_stream_that_closes_at_once_is_opened_five_times_a_minute(streamed: Desk) -> None:
    streamed.world.faults.plant("mastodon", "close_stream", path=streamed.stream_path, times=0)
    began = streamed.world.now()
    cursor: str | None = None
    starts = 0
    while streamed.world.now() - began < 60_000:
        # The engine is killed after every batch as well: what it knows is in the cursor.
        starts += 1
        async with reading(streamed.source(streaming=True), cursor) as batches:
            cursor = (await until_idle(batches))[-1].cursor

    tried = [seen for seen in streamed.world.requests if seen.path == streamed.stream_path]
    connects = [seen for seen in tried if seen.at - began < 60_000]
    print(f"\nmastodon stream that closes at once: {len(connects)} connects in 60 s, {starts} starts")
    assert len(connects) == 5
    assert streamed.asked(NOTIFICATIONS) <= 3


async def test_ninety_seconds_of_silence_are_noticed(streamed: Desk) -> None:
    streamed.world.faults.plant("mastodon", "silent_stream", path=streamed.stream_path)
    async with reading(streamed.source(streaming=True)) as batches:
        await until_idle(batches)
        native_id = streamed.instance.mention("nobody tells")
        waiting = spawn(coming(batches), name="waiting")
        await settled()
        streamed.world.shift += 85_000
        await settled()
        assert not waiting.done()
        streamed.world.shift += 5_000
        assert ids([await waiting]) == [native_id]
    assert streamed.asked(streamed.stream_path) == 1


async def test_a_broken_stream_is_opened_again_and_the_gap_is_filled(streamed: Desk) -> None:
    async with reading(streamed.source(streaming=True)) as batches:
        await opened(streamed, batches)
        streamed.world.shift += 120_000
        native_id = streamed.instance.mention("in the gap", at=streamed.world.now() - 1)
        streamed.instance.end_streams()
        assert native_id in ids(await until_idle(batches))


async def test_a_token_that_may_only_read_notifications_hears_of_them(desk: Desk) -> None:
    desk.world.faults.plant("mastodon", "status", path="/api/v1/streaming/user", status=403)
    async with reading(desk.source(streaming=True)) as batches:
        await opened(desk, batches)
        assert [stream.channel for stream in desk.instance.streams] == ["user:notification"]
        native_id = desk.instance.mention("live")
        assert ids([await anext(batches)]) == [native_id]


async def test_a_stream_s_redirect_is_not_followed(desk: Desk) -> None:
    desk.instance.server_sent = False
    elsewhere = {"Location": f"{desk.address.replace('http', 'ws')}/api/v1/streaming/elsewhere"}
    desk.world.faults.plant("mastodon", "status", path="/api/v1/streaming", status=302, headers=elsewhere)
    async with reading(desk.source(streaming=True)) as batches:
        await until_idle(batches)

    assert desk.asked("/api/v1/streaming/elsewhere") == 0


async def test_hashtags_are_asked_for_while_a_stream_is_open(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "BEAT", 0.01)
    desk.instance.server_sent = False
    async with reading(desk.source(streaming=True, hashtags=("#tram",))) as batches:
        await opened(desk, batches)
        native_id = desk.instance.post("le #tram est en retard")
        desk.world.shift += 61_000
        assert ids([await anext(batches)]) == [native_id]


# --------------------------------------------------------------------------------------------------- secrets


async def test_no_secret_is_logged_even_at_debug(streamed: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with reading(streamed.source(streaming=True, searches=("acme",))) as batches:
        await opened(streamed, batches)
        streamed.instance.mention("live")
        await anext(batches)
    with contextlib.suppress(SourceError):
        streamed.instance.credentials["access_token"] = "another"
        await looked(streamed)

    assert streamed.token not in caplog.text
    assert "s3cret" not in caplog.text
