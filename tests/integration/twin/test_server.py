"""What the twin's server does around the platforms: ports, the log of requests, the clock, ids."""

from __future__ import annotations

import asyncio
import socket
from itertools import pairwise

import httpx
import pytest

from tests.integration.twin.dummy import DummyTwin
from tests.twin.server import Twin, twin
from tests.twin.world import EPOCH, World


class OtherTwin(DummyTwin):
    name = "other"


def free(port: int) -> bool:
    """Tell whether nobody listens on a port; below 32,768 none is given away meanwhile."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


async def test_every_platform_has_a_port_of_its_own_on_loopback() -> None:
    async with twin(also=[DummyTwin, OtherTwin]) as running, httpx.AsyncClient() as client:
        assert list(running.address) == ["control", "dummy", "other"]
        assert len(set(running.address.values())) == 3
        for name in ("dummy", "other"):
            assert running.address[name].startswith("http://127.0.0.1:")
            assert (await client.get(running.address[name] + "/posts")).status_code == 200
        assert [seen.platform for seen in running.world.requests] == ["dummy", "other"]


async def test_ports_follow_the_base_port() -> None:
    base = next(base for base in range(18_800, 30_000, 2) if free(base) and free(base + 1))
    async with twin(also=[DummyTwin], base_port=base) as running:
        assert running.address == {
            "control": f"http://127.0.0.1:{base}",
            "dummy": f"http://127.0.0.1:{base + 1}",
        }


async def test_a_port_that_is_taken_is_said_and_nothing_stays_open() -> None:
    async with twin(also=[DummyTwin]) as first:
        port = int(first.address["dummy"].rpartition(":")[2])
        with pytest.raises(OSError, match="address already in use"):
            async with twin(also=[DummyTwin], base_port=port - 1):
                pass


async def test_nothing_runs_and_nothing_listens_after_the_end() -> None:
    before = asyncio.all_tasks()
    async with twin(also=[DummyTwin]) as running, httpx.AsyncClient() as client:
        addresses = dict(running.address)
        await client.get(addresses["dummy"] + "/posts")
    assert asyncio.all_tasks() == before
    async with httpx.AsyncClient() as client:
        for address in addresses.values():
            with pytest.raises(httpx.ConnectError):
                await client.get(address)


async def test_a_platform_goes_down_and_comes_back_on_the_same_port(
    running: Twin, dummy: httpx.AsyncClient
) -> None:
    await dummy.get("/posts")
    await running.down("dummy")
    with pytest.raises(httpx.ConnectError):
        await dummy.get("/posts")
    running.platforms["dummy"].mention("written meanwhile")
    address = running.address["dummy"]
    await running.up("dummy")
    assert running.address["dummy"] == address
    assert [one["text"] for one in (await dummy.get("/posts")).json()] == ["written meanwhile"]


async def test_the_log_has_every_request_and_what_it_was_answered(
    running: Twin, dummy: httpx.AsyncClient
) -> None:
    before = running.world.now()
    await dummy.get("/posts", params={"since_id": "7"})
    await dummy.post("/post", json={"text": "hello"})
    await dummy.post("/post", json={"text": ""})
    await dummy.get("/nowhere")
    seen = running.world.requests
    assert [(one.method, one.path, one.query, one.status) for one in seen] == [
        ("GET", "/posts", "since_id=7", 200),
        ("POST", "/post", "", 201),
        ("POST", "/post", "", 422),
        ("GET", "/nowhere", "", 404),
    ]
    assert [one.body for one in seen] == [None, '{"text":"hello"}', '{"text":""}', None]
    assert before <= seen[0].at <= seen[-1].at <= running.world.now()
    assert running.world.seen("dummy", "POST") == seen[1:3]
    assert running.world.seen("dummy", path="/pos") == seen[:3]


async def test_the_log_keeps_no_body_of_signing_in(running: Twin, dummy: httpx.AsyncClient) -> None:
    await dummy.post("/oauth/token", data={"password": "hunter2"})
    assert running.world.requests[0].body is None


async def test_a_bug_of_the_twin_is_raised_at_its_end() -> None:
    with pytest.raises(ExceptionGroup) as caught:
        async with twin(also=[DummyTwin]) as running, httpx.AsyncClient() as client:
            assert (await client.get(running.address["dummy"] + "/broken")).status_code == 500
    assert [str(error) for error in caught.value.exceptions] == ["a bug of the dummy"]


def test_the_clock_is_moved_by_the_shift() -> None:
    world = World()
    before = world.now()
    world.shift = 86_400_000
    assert before + 86_400_000 <= world.now() < before + 86_400_000 + 60_000


def test_ids_grow_and_are_unique_even_when_the_clock_goes_back() -> None:
    world = World()
    ids = [world.next_id() for _ in range(5_000)]
    world.shift = -86_400_000
    ids += [world.next_id() for _ in range(5_000)]
    assert all(earlier < later for earlier, later in pairwise(ids))


def test_the_id_of_a_moment_sorts_at_that_moment() -> None:
    world = World()
    newest = world.next_id()
    past = [world.next_id(world.now() - hour * 3_600_000) for hour in (2, 6, 1)]
    assert past[1] < past[0] < past[2] < newest
    at = EPOCH + 1_000
    together = [world.next_id(at) for _ in range(10_000)]
    assert len(set(together)) == 10_000
    assert together == sorted(together)
    assert {one >> 22 for one in together} == {1_000}
