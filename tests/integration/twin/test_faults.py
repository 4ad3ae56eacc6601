"""Every fault that the twin plays for all platforms, as a plain client sees it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re

import aiohttp
import httpx
import pytest

from tests.integration.twin.dummy import GUARD, NATIVE_LIMIT, DummyTwin, until
from tests.twin.faults import GENERIC, Fault, Faults
from tests.twin.server import _PLAYS, Twin, twin


async def post(client: httpx.AsyncClient) -> httpx.Response:
    """Publish something."""
    return await client.post("/post", json={"text": "hello"})


def published(running: Twin) -> int:
    """Return how many posts the platform took."""
    return len(running.world.published("dummy"))


def test_every_generic_kind_is_played() -> None:
    assert set(_PLAYS) == GENERIC


async def test_without_a_fault_a_request_is_handled(running: Twin, dummy: httpx.AsyncClient) -> None:
    answer = await post(dummy)
    assert (answer.status_code, answer.json(), published(running)) == (201, {"posted": "hello"}, 1)


async def test_status_answers_what_it_is_told(running: Twin, dummy: httpx.AsyncClient) -> None:
    running.world.faults.plant(
        "dummy", "status", status=418, body={"reason": "tea"}, headers={"X-Pot": "short"}
    )
    answer = await post(dummy)
    assert (answer.status_code, answer.json(), answer.headers["X-Pot"]) == (418, {"reason": "tea"}, "short")
    assert answer.headers["Content-Type"].startswith("application/json")
    assert published(running) == 0


async def test_status_takes_text_and_its_type(running: Twin, dummy: httpx.AsyncClient) -> None:
    running.world.faults.plant("dummy", "status", status=400, body="<no/>", content_type="application/xml")
    answer = await dummy.get("/posts")
    assert (answer.status_code, answer.text) == (400, "<no/>")
    assert answer.headers["Content-Type"].startswith("application/xml")


async def test_html_is_an_error_page(running: Twin, dummy: httpx.AsyncClient) -> None:
    running.world.faults.plant("dummy", "html")
    answer = await post(dummy)
    assert (answer.status_code, published(running)) == (503, 0)
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "<h1>503 Service Unavailable</h1>" in answer.text


async def test_limit_has_the_headers_and_the_body_of_the_platform(
    running: Twin, dummy: httpx.AsyncClient
) -> None:
    running.world.faults.plant("dummy", "limit", reset_after=90)
    before = running.world.now()
    answer = await post(dummy)
    after = running.world.now()
    assert (answer.status_code, answer.json(), published(running)) == (429, {"error": NATIVE_LIMIT}, 0)
    assert before + 90_000 <= int(answer.headers["X-Dummy-Reset"]) <= after + 90_000


@pytest.mark.parametrize(("kind", "taken"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_dropped_connection_before_or_after_the_work(
    running: Twin, dummy: httpx.AsyncClient, kind: str, taken: int
) -> None:
    running.world.faults.plant("dummy", kind)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        await post(dummy)
    assert published(running) == taken
    assert [(seen.fault, seen.status) for seen in running.world.requests] == [(kind, 0)]
    assert (await post(dummy)).status_code == 201


async def test_error_after_has_done_the_work(running: Twin, dummy: httpx.AsyncClient) -> None:
    running.world.faults.plant("dummy", "error_after", status=504)
    answer = await post(dummy)
    assert (answer.status_code, published(running)) == (504, 1)


@pytest.mark.parametrize(("after", "taken"), [(False, 0), (True, 1)])
async def test_hang_gives_nothing(running: Twin, dummy: httpx.AsyncClient, after: bool, taken: int) -> None:
    running.world.faults.plant("dummy", "hang", after=after)
    with pytest.raises(httpx.ReadTimeout):
        await dummy.post("/post", json={"text": "hello"}, timeout=0.2)
    assert published(running) == taken


async def test_hang_handles_the_request_although_its_client_has_gone(
    running: Twin, dummy: httpx.AsyncClient
) -> None:
    running.world.faults.plant("dummy", "hang", seconds=0.3)
    with pytest.raises(httpx.ReadTimeout):
        await dummy.post("/post", json={"text": "hello"}, timeout=0.1)
    assert published(running) == 0
    await until(lambda: published(running) == 1)


async def test_slow_drips_the_whole_body(running: Twin, dummy: httpx.AsyncClient) -> None:
    running.world.faults.plant("dummy", "slow", bytes_per_second=1000)
    async with dummy.stream("POST", "/post", json={"text": "hello"}) as answer:
        parts = [part async for part in answer.aiter_raw()]
    assert json.loads(b"".join(parts)) == {"posted": "hello"}
    assert answer.status_code == 201
    assert int(answer.headers["Content-Length"]) == len(b"".join(parts))
    assert len(parts) > 1


async def test_garbage_is_half_of_the_json(running: Twin, dummy: httpx.AsyncClient) -> None:
    running.world.faults.plant("dummy", "garbage")
    answer = await post(dummy)
    assert (answer.status_code, published(running)) == (200, 1)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize("accept", ["text/event-stream", "*/*"])
async def test_close_stream_is_200_and_the_end(running: Twin, dummy: httpx.AsyncClient, accept: str) -> None:
    running.world.faults.plant("dummy", "close_stream", path="/stream", times=3)
    for _attempt in range(3):
        answer = await dummy.get("/stream", headers={"Accept": accept})
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["Content-Type"].startswith("text/event-stream") == (accept != "*/*")


async def test_silent_stream_is_200_and_nothing_more(running: Twin, dummy: httpx.AsyncClient) -> None:
    running.world.faults.plant("dummy", "silent_stream", path="/stream")
    async with dummy.stream("GET", "/stream", timeout=httpx.Timeout(GUARD, read=0.3)) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.ReadTimeout):
            await answer.aread()


async def test_close_stream_accepts_a_websocket_and_closes_it(running: Twin) -> None:
    running.world.faults.plant("dummy", "close_stream")
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(running.address["dummy"] + "/stream") as socket,
        asyncio.timeout(GUARD),
    ):
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE


async def test_silent_stream_accepts_a_websocket_and_says_nothing(running: Twin) -> None:
    running.world.faults.plant("dummy", "silent_stream")
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(
            running.address["dummy"] + "/stream", timeout=aiohttp.ClientWSTimeout(ws_close=0.1)
        ) as socket,
    ):
        with pytest.raises(TimeoutError):
            await socket.receive(timeout=0.3)


async def test_a_stream_of_the_platform_ends_with_its_client_and_that_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with (
        twin(also=[DummyTwin]) as running,
        httpx.AsyncClient(timeout=GUARD) as client,
        client.stream("GET", running.address["dummy"] + "/stream") as answer,
    ):
        assert await anext(answer.aiter_lines()) == "1"
    assert running.world.requests[0].status == 200
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_faults_count_down_and_are_played_in_order(running: Twin, dummy: httpx.AsyncClient) -> None:
    running.world.faults.plant("dummy", "status", status=500, times=2)
    running.world.faults.plant("dummy", "status", status=502)
    statuses = [(await dummy.get("/posts")).status_code for _ in range(4)]
    assert statuses == [500, 500, 502, 200]
    assert running.world.faults.planted == ()


async def test_a_fault_of_zero_times_is_played_until_it_is_cleared(
    running: Twin, dummy: httpx.AsyncClient
) -> None:
    running.world.faults.plant("dummy", "html", times=0)
    assert {(await dummy.get("/posts")).status_code for _ in range(5)} == {503}
    running.world.faults.clear("dummy")
    assert (await dummy.get("/posts")).status_code == 200


async def test_a_fault_hits_only_its_method_and_its_whole_path(
    running: Twin, dummy: httpx.AsyncClient
) -> None:
    running.world.faults.plant("dummy", "html", method="post", path="/post")
    assert (await dummy.get("/posts")).status_code == 200
    assert (await dummy.post("/posts")).status_code == 405
    assert (await post(dummy)).status_code == 503


async def test_a_kind_of_the_platform_is_played_by_the_platform(
    running: Twin, dummy: httpx.AsyncClient
) -> None:
    running.platforms["dummy"].mention("hello")
    running.world.faults.plant("dummy", "repeat")
    assert [len((await dummy.get("/posts")).json()) for _ in range(2)] == [2, 1]


def test_faults_of_everywhere_hit_all_platforms() -> None:
    faults = Faults()
    faults.plant("*", "html", times=2)
    assert faults.take("x", "GET", "/2/users/me") is not None
    assert faults.take("reddit", "GET", "/api/v1/me") is not None
    assert faults.take("reddit", "GET", "/api/v1/me") is None


def test_clearing_one_platform_leaves_the_others_and_those_of_everywhere() -> None:
    faults = Faults()
    for platform in ("x", "reddit", "*"):
        faults.plant(platform, "html")
    faults.clear("x")
    assert [fault.platform for fault in faults.planted] == ["reddit", "*"]
    faults.clear()
    assert faults.planted == ()


def test_a_fault_that_makes_no_sense_is_refused_where_it_is_planted() -> None:
    with pytest.raises(ValueError, match="0 is always"):
        Fault("x", "html", times=-1)
    with pytest.raises(re.error):
        Fault("x", "html", path="(")


async def test_the_stop_does_not_wait_for_whoever_hangs(running: Twin, dummy: httpx.AsyncClient) -> None:
    running.world.faults.plant("dummy", "hang", times=0)
    with contextlib.suppress(httpx.ReadTimeout):
        await dummy.get("/posts", timeout=0.1)
    async with asyncio.timeout(GUARD):
        await running.down("dummy")
    await running.up("dummy")
