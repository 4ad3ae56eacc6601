"""The webhook over real HTTP: what is kept is answered 202, and nothing else is."""

from __future__ import annotations

import asyncio

import pytest

from cmconsole.config.tasks import spawn
from cmconsole.core.mention import Removed
from cmconsole.core.source import BATCH_LIMIT
from cmconsole.core.tip import Tip
from cmconsole.platforms.webhook.app import MOST_REQUESTS
from tests.integration.platforms.webhook_engine import JSON, NOW, Engine, client, head, hook, raw, working

# -------------------------------------------------------------------------------------------------- taking in


@pytest.mark.parametrize(
    ("body", "content_type", "texts"),
    [
        ('{"text": "a", "id": 1}', "application/json", ["a"]),
        ('{"text": "a", "id": 1}', "application/json; charset=UTF-8", ["a"]),
        ('[{"text": "a"}, {"text": "b"}]', "application/json", ["a", "b"]),
        ('{"text": "a"}\n{"text": "b"}\n', "application/x-ndjson", ["a", "b"]),
        ('{"text": "a"}\n{"text": "b"}\n', "", ["a", "b"]),
        ('{"text": "half \\ud83d"}', "application/json", ["half \N{REPLACEMENT CHARACTER}"]),
    ],
)
async def test_a_request_is_one_batch(body: str, content_type: str, texts: list[str]) -> None:
    async with working(hook()) as engine, client(engine) as http:
        headers = {"Content-Type": content_type} if content_type else {}
        answer = await http.post("/v1/mentions", content=body.encode(), headers=headers)

        assert answer.status_code == 202
        assert [mention.text for mention in engine.batches[-1].mentions] == texts
        assert answer.json()["kept"] == len(texts)
        told = [(it.platform, it.native_id) for it in engine.batches[-1].mentions]
        assert [(it["platform"], it["id"]) for it in answer.json()["mentions"]] == told


async def test_a_mention_is_what_the_ndjson_form_says_it_is() -> None:
    item = {
        "id": "7",
        "author": {"handle": "ada"},
        "text": "a",
        "edited_at": 1_795_280_001,
        "can_reply": False,
    }
    async with working(hook(platform="forum")) as engine, client(engine) as http:
        await http.post("/v1/mentions", json=[item, {"id": "8", "removed": "withheld", "platform": "x"}])

        (mention,) = engine.batches[-1].mentions
        assert (mention.platform, mention.native_id, mention.source) == ("forum", "7", "hook")
        assert (mention.edited_at, mention.can_reply) == (1_795_280_001_000, False)
        assert [(it.platform, it.native_id) for it in engine.batches[-1].removed] == [("x", "8")]
        assert isinstance(engine.batches[-1].removed[0], Removed)


async def test_tips_are_taken_in_their_normal_form() -> None:
    async with working(hook()) as engine, client(engine) as http:
        url = "https://mobile.twitter.com/ada/status/1?s=20"
        answer = await http.post("/v1/tips", json=[{"url": url, "from": " Eve ", "note": None}])

        assert (answer.status_code, answer.json()) == (202, {"kept": 1})
        assert engine.batches[-1].tips == (Tip("https://x.com/ada/status/1", "Eve", NOW),)


async def test_the_same_request_again_gives_the_same_identities() -> None:
    items = [{"text": "no id"}, {"text": "an id", "id": 5}]
    async with working(hook()) as engine, client(engine) as http:
        first, second = [await http.post("/v1/mentions", json=items) for _ in range(2)]

    assert first.json() == second.json()


async def test_as_many_items_as_a_batch_may_hold_and_not_one_more() -> None:
    async with working(hook()) as engine, client(engine) as http:
        items = [{"text": f"m{number}"} for number in range(BATCH_LIMIT + 1)]
        most = await http.post("/v1/mentions", json=items[:-1])
        more = await http.post("/v1/mentions", json=items)

        assert (most.status_code, more.status_code) == (202, 413)
        assert len(engine.texts) == BATCH_LIMIT
        assert "500" in more.json()["error"]


async def test_nothing_is_nothing() -> None:
    async with working(hook()) as engine, client(engine) as http:
        answer = await http.post("/v1/mentions", json=[])

        assert (answer.status_code, answer.json()["kept"]) == (202, 0)
        assert len(engine.batches) == 1


# ---------------------------------------------------------------------------------------- yes means committed


async def test_no_yes_before_the_receipt() -> None:
    async with working(hook(), keep=False) as engine, client(engine) as http:
        post = spawn(http.post("/v1/mentions", json={"text": "a"}), name="post")
        batch = await engine.next()
        # Other requests are answered meanwhile: it is this one that waits.
        for _ in range(5):
            assert (await http.get("/health")).status_code == 200
        assert not post.done()
        assert batch.receipt is not None
        batch.receipt()
        batch.receipt()

        assert (await post).status_code == 202


async def test_no_receipt_in_time_is_not_known() -> None:
    async with working(hook(kept_seconds=0.05), keep=False) as engine, client(engine) as http:
        answer = await http.post("/v1/mentions", json={"text": "a"})

        assert answer.status_code == 503
        assert "not known" in answer.json()["error"]
        assert int(answer.headers["retry-after"]) > 0
        late = engine.batches[-1].receipt
        assert late is not None
        late()
        assert (await http.get("/health")).status_code == 200


async def test_what_nobody_took_is_taken_back_when_its_caller_is_sent_away() -> None:
    source = hook(kept_seconds=0.05)
    batches = source.batches(None)
    await anext(batches)
    async with client(Engine(source)) as http:
        for number in range(5):
            answer = await http.post("/v1/mentions", json={"text": f"m{number}"})
            assert answer.status_code == 503
        post = spawn(http.post("/v1/mentions", json={"text": "last"}), name="post")
        async with asyncio.timeout(30):
            batch = await anext(batches)
        assert batch.mentions[0].text == "last"
        assert batch.receipt is not None
        batch.receipt()
        assert (await post).status_code in {202, 503}
    await batches.aclose()


async def test_a_stop_answers_all_who_wait_and_frees_the_port_at_once() -> None:
    async with working(hook(), keep=False) as engine:
        port = engine.port
        async with client(engine) as http:
            posts = [
                spawn(http.post("/v1/mentions", json={"text": f"m{number}"}), name="post")
                for number in range(5)
            ]
            slow = spawn(raw(engine, head("/v1/mentions", "Content-Length: 9"), b'{"te'), name="slow")
            while len(engine.texts) < 5:
                await engine.next()
            engine_stops = spawn(stopped(engine), name="stop")
            answers = [await post for post in posts]
            await engine_stops

            assert {answer.status_code for answer in answers} == {503}
            assert all(answer.headers["retry-after"] for answer in answers)
            assert b" 503 " in await slow or await slow == b""
        assert engine.source.port is None
    async with working(hook(listen=f"127.0.0.1:{port}")) as again, client(again) as http:
        assert (await http.post("/v1/mentions", json={"text": "m0"})).status_code == 202


async def stopped(engine: Engine) -> None:
    """Stop the engine's reading, as its reader does."""
    task = next(it for it in asyncio.all_tasks() if it.get_name() == "engine")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_more_requests_at_once_than_are_read_are_sent_away() -> None:
    async with working(hook(per_minute=10_000), keep=False) as engine, client(engine) as http:
        posts = [
            spawn(http.post("/v1/mentions", json={"text": f"m{number}"}), name="post")
            for number in range(MOST_REQUESTS)
        ]
        while len(engine.texts) < MOST_REQUESTS:
            await engine.next()
        sent_away = await http.post("/v1/mentions", json={"text": "one more"})
        for batch in engine.batches:
            if batch.receipt is not None:
                batch.receipt()

        assert sent_away.status_code == 503
        assert {(await post).status_code for post in posts} == {202}


# ---------------------------------------------------------------------------------------------- what is wrong


async def test_one_wrong_item_refuses_all_and_every_fault_is_told() -> None:
    items = [
        {"text": "good"},
        {"text": ""},
        {"text": "a", "author": {"reach": -1}},
        {"text": "a", "created_at": 1e15},
    ]
    async with working(hook()) as engine, client(engine) as http:
        answer = await http.post("/v1/mentions", json=items)

        assert answer.status_code == 422
        assert answer.json()["error"].startswith("3 of 4 items cannot be taken, so none was.")
        told = [(it["item"], it["pointer"], it["problem"]) for it in answer.json()["problems"]]
        assert told == [
            (1, "/text", "it is empty"),
            (2, "/author/reach", "it is below 0"),
            (3, "/created_at", "it is above 253402300800000"),
        ]
        assert all(it["allowed"] for it in answer.json()["problems"])
        assert len(engine.batches) == 1


async def test_a_date_that_is_none_is_told_although_it_looks_like_one() -> None:
    async with working(hook()) as engine, client(engine) as http:
        answer = await http.post("/v1/mentions", json={"text": "a", "created_at": "2026-02-30T18:00:00Z"})

        (problem,) = answer.json()["problems"]
        assert (answer.status_code, problem["pointer"]) == (422, "/created_at")


async def test_only_so_many_faults_are_told_and_the_rest_counted() -> None:
    async with working(hook()) as engine, client(engine) as http:
        answer = await http.post("/v1/mentions", json=[{}] * 400)

        assert len(answer.json()["problems"]) == 50
        assert answer.json()["untold"] == 350


@pytest.mark.parametrize(
    "tip", [{"url": "javascript:alert(1)", "from": "Eve"}, {"url": "https://a.b", "from": " "}]
)
async def test_a_tip_without_an_address_or_a_person_is_refused(tip: object) -> None:
    async with working(hook()) as engine, client(engine) as http:
        assert (await http.post("/v1/tips", json=tip)).status_code == 422
        assert len(engine.batches) == 1


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", JSON, 400),
        (b"text=a", JSON, 400),
        (b'{"text": "a', JSON, 400),
        (b'{"text": "a\xff"}', JSON, 422),
        (b"[" * 50_000, JSON, 400),
        (b'{"text": "a", "x": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", JSON, 400),
        (b"text=a", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (b'{"text": "a"}', {"Content-Type": "text/plain"}, 415),
        (b'{"text": "a"}', {"Content-Type": "application/json; charset=latin-1"}, 415),
        (b'{"text": "a"}', {**JSON, "Content-Encoding": "gzip"}, 415),
    ],
)
async def test_what_cannot_be_read_is_refused_in_words(
    body: bytes, headers: dict[str, str], status: int
) -> None:
    async with working(hook()) as engine, client(engine) as http:
        answer = await http.post("/v1/mentions", content=body, headers=headers)

        assert answer.status_code == status
        assert answer.json()["error"].endswith((".", "is."))
        assert len(engine.batches) == 1


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/health", 200, None),
        ("HEAD", "/health", 200, None),
        ("POST", "/health", 405, "GET, HEAD"),
        ("GET", "/v1/schema", 200, None),
        ("HEAD", "/v1/schema", 200, None),
        ("DELETE", "/v1/schema", 405, "GET, HEAD"),
        ("GET", "/v1/mentions", 405, "POST"),
        ("HEAD", "/v1/tips", 405, "POST"),
        ("OPTIONS", "/v1/mentions", 405, "POST"),
        ("POST", "/", 404, None),
        ("POST", "/v1/mentions/", 404, None),
        ("GET", "/v1/../etc/passwd", 404, None),
    ],
)
async def test_paths_and_methods(method: str, path: str, status: int, allow: str | None) -> None:
    async with working(hook()) as engine, client(engine) as http:
        answer = await http.request(method, path)

        assert (answer.status_code, answer.headers.get("allow")) == (status, allow)
        assert method != "HEAD" or answer.content == b""


async def test_the_schema_that_is_served_is_the_one_in_the_guide(pytestconfig: pytest.Config) -> None:
    async with working(hook()) as engine, client(engine) as http:
        answer = await http.get("/v1/schema")

    assert answer.content == (pytestconfig.rootpath / "docs" / "guide" / "mention.schema.json").read_bytes()
    assert answer.headers["content-type"].startswith("application/schema+json")
