"""The twin's control API: what a test in another process, or a person, can make happen."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.integration.twin.dummy import DummyTwin, until
from tests.twin.server import Twin, twin


async def texts(dummy: httpx.AsyncClient) -> list[str]:
    """Return what the platform shows."""
    return [one["text"] for one in (await dummy.get("/posts")).json()]


async def test_somebody_mentions_us_edits_and_deletes(
    control: httpx.AsyncClient, dummy: httpx.AsyncClient
) -> None:
    said = {"platform": "dummy", "text": "où est mon colis ?", "author": "zoé", "followers": 12}
    made = (await control.post("/mention", json=said)).json()
    found = (await dummy.get("/posts")).json()
    assert found == [{"id": made["id"], "text": "où est mon colis ?", "author": "zoé", "followers": 12}]
    await control.post("/edit", json={"platform": "dummy", "id": made["id"], "text": "trouvé"})
    assert await texts(dummy) == ["trouvé"]
    await control.post("/delete", json={"platform": "dummy", "id": made["id"]})
    assert await texts(dummy) == []


async def test_faults_are_planted_and_forgotten(control: httpx.AsyncClient, dummy: httpx.AsyncClient) -> None:
    fault = {
        "platform": "dummy",
        "kind": "status",
        "method": "GET",
        "path": "/posts",
        "times": 2,
        "args": {"status": 500},
    }
    assert (await control.post("/fault", json=fault)).json() == fault
    assert (await dummy.get("/posts")).status_code == 500
    await control.delete("/faults")
    assert (await dummy.get("/posts")).status_code == 200


async def test_faults_of_one_platform_are_forgotten(
    running: Twin, control: httpx.AsyncClient, dummy: httpx.AsyncClient
) -> None:
    for platform in ("dummy", "x"):
        await control.post("/fault", json={"platform": platform, "kind": "html"})
    await control.delete("/faults", params={"platform": "dummy"})
    assert [fault.platform for fault in running.world.faults.planted] == ["x"]


async def test_requests_are_counted_and_publishing_ones_told_whole(
    control: httpx.AsyncClient, dummy: httpx.AsyncClient
) -> None:
    for _time in range(3):
        await dummy.get("/posts")
    await dummy.post("/post", json={"text": "bonjour"})
    told = (await control.get("/requests")).json()
    assert told["counts"] == [
        {"platform": "dummy", "method": "GET", "path": "/posts", "status": 200, "count": 3},
        {"platform": "dummy", "method": "POST", "path": "/post", "status": 201, "count": 1},
    ]
    assert [(one["path"], one["body"]) for one in told["publishing"]] == [("/post", '{"text":"bonjour"}')]
    assert (await control.get("/published")).json() == {"dummy": [{"text": "bonjour"}]}


async def test_the_clock_is_moved(running: Twin, control: httpx.AsyncClient) -> None:
    before = running.world.now()
    told = (await control.post("/clock", json={"shift_ms": 86_400_000})).json()
    assert running.world.shift == told["shift_ms"] == 86_400_000
    assert told["now"] >= before + 86_400_000


@pytest.mark.parametrize("pace", [0, 5_000])
async def test_a_storm_brings_as_many_as_asked_for(
    running: Twin, control: httpx.AsyncClient, dummy: httpx.AsyncClient, pace: float
) -> None:
    said = {"platform": "dummy", "n": 300, "per_second": pace}
    assert (await control.post("/storm", json=said)).status_code == 202
    await until(lambda: running._storms.running == 0)
    assert (await control.get("/storm")).json() == {"running": 0, "delivered": 300}
    assert len(set(await texts(dummy))) == 300


async def test_a_storm_ends_with_the_twin() -> None:
    before = asyncio.all_tasks()
    async with twin(also=[DummyTwin]) as running, httpx.AsyncClient() as client:
        said = {"platform": "dummy", "n": 1_000_000, "per_second": 1}
        await client.post(running.address["control"] + "/storm", json=said)
        assert (await client.get(running.address["control"] + "/storm")).json()["running"] == 1
    assert asyncio.all_tasks() == before


async def test_a_platform_goes_down_and_up(control: httpx.AsyncClient, dummy: httpx.AsyncClient) -> None:
    for _time in range(2):
        assert (await control.post("/down", json={"platform": "dummy"})).status_code == 200
    with pytest.raises(httpx.ConnectError):
        await dummy.get("/posts")
    for _time in range(2):
        assert (await control.post("/up", json={"platform": "dummy"})).status_code == 200
    assert await texts(dummy) == []


async def test_addresses_and_accounts_are_told(running: Twin, control: httpx.AsyncClient) -> None:
    assert (await control.get("/addresses")).json() == running.address
    assert (await control.get("/accounts")).json() == {
        "dummy": {
            "server": running.address["dummy"],
            "handle": "acme",
            "credentials": {"token": "made-up"},
        }
    }


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/mention", {"platform": "nowhere", "text": "hello"}),
        ("/mention", {"platform": "dummy"}),
        ("/delete", {"platform": "dummy", "id": "none"}),
        ("/fault", {"platform": "dummy", "kind": "html", "path": "("}),
        ("/fault", {"platform": "dummy", "kind": "html", "often": 3}),
        ("/clock", {"shift_ms": "tomorrow"}),
        ("/storm", {"platform": "dummy"}),
        ("/up", {}),
        ("/mention", []),
    ],
)
async def test_what_makes_no_sense_is_refused_with_a_reason(
    control: httpx.AsyncClient, path: str, said: Any
) -> None:
    answer = await control.post(path, json=said)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_a_storm_that_the_platform_cannot_stand_is_a_bug_of_the_twin() -> None:
    class Fragile(DummyTwin):
        def mention(self, text: str, *, author: str = "ada", at: int | None = None, **more: Any) -> str:
            raise RuntimeError("too much wind")

    async def blown() -> None:
        async with twin(also=[Fragile]) as running, httpx.AsyncClient() as client:
            await client.post(running.address["control"] + "/storm", json={"platform": "dummy", "n": 1})
            await until(lambda: running.world.failures != [])

    with pytest.raises(ExceptionGroup, match="the twin itself failed"):
        await blown()
