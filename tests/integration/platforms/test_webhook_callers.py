"""Who may come in to the webhook, and who cannot hold it up: over real sockets, well behaved or not."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable

import pytest

from cmconsole.core.clock import MINUTE
from cmconsole.core.errors import SourceRefusedError
from cmconsole.platforms.webhook import server
from tests.integration.platforms.webhook_engine import NOW, TOKEN, client, head, hook, raw, working

# -------------------------------------------------------------------------------------------- who may come in


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer wrong",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
    ],
)
async def test_without_the_token_nothing_is_told_not_even_what_is_there(authorization: str | None) -> None:
    async with working(hook()) as engine, client(engine) as http:
        del http.headers["Authorization"]
        headers = {} if authorization is None else {"Authorization": authorization}
        answers = [
            await http.post("/v1/mentions", json={"text": "a"}, headers=headers),
            await http.get("/v1/schema", headers=headers),
            await http.delete("/no/such/place", headers=headers),
        ]

        assert {answer.status_code for answer in answers} == {401}
        assert {answer.content for answer in answers} == {b'{"error":"Unauthorized."}'}
        assert {answer.headers["www-authenticate"] for answer in answers} == {'Bearer realm="cmconsole"'}
        assert (await http.get("/health")).status_code == 200
        assert len(engine.batches) == 1


async def test_two_tokens_are_no_token() -> None:
    async with working(hook()) as engine:
        answer = await raw(engine, head("/v1/schema", f"Authorization: Bearer {TOKEN}", method="GET"))

    assert answer.startswith(b"HTTP/1.1 401 ")


async def test_the_scheme_may_be_written_in_any_case() -> None:
    async with working(hook()) as engine, client(engine) as http:
        answer = await http.get("/v1/schema", headers={"Authorization": f"bearer  {TOKEN}"})

    assert answer.status_code == 200


async def test_a_thousand_wrong_tokens_lock_nobody_out() -> None:
    async with working(hook()) as engine, client(engine) as http:
        wrong = {"Authorization": "Bearer 0123456789abcdef", "X-Forwarded-For": "10.9.8.7"}
        statuses = [(await http.get("/v1/schema", headers=wrong)).status_code for _ in range(1_000)]
        forged = await http.get("/v1/schema", headers={**wrong, "X-Forwarded-For": "10.1.2.3"})
        right = await http.post("/v1/mentions", json={"text": "a"})

        assert (statuses.count(401), statuses.count(429)) == (60, 940)
        assert forged.status_code == 429
        assert int(forged.headers["retry-after"]) >= 1
        assert right.status_code == 202
        assert engine.texts == ["a"]


async def test_so_many_requests_a_minute_and_again_after_the_pause_that_is_told() -> None:
    at = NOW

    def now() -> int:
        return at

    async with working(hook(per_minute=10, now=now)) as engine, client(engine) as http:
        statuses = [(await http.get("/v1/schema")).status_code for _ in range(12)]
        told = await http.get(
            "/v1/schema", headers={"X-Forwarded-For": "10.1.2.3", "Forwarded": "for=10.1.2.3"}
        )
        at += int(told.headers["retry-after"]) * 1000
        after = await http.get("/v1/schema")
        at += MINUTE

    assert statuses == [200] * 10 + [429] * 2
    assert (told.status_code, after.status_code) == (429, 200)


async def test_the_token_is_in_no_log_no_name_and_no_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    source = hook(token="hunter2-hunter2-hunter2")
    async with working(source) as engine, client(engine) as http:
        headers = {"Authorization": "Bearer hunter2-hunter2-hunter2"}
        assert (await http.post("/v1/mentions", json={"text": "a"}, headers=headers)).status_code == 202
        await http.post("/v1/mentions", json={"text": ""}, headers=headers)
        await raw(engine, b"GET /hunter2-hunter2-hunter2 garbage\r\n\r\n")
    with pytest.raises(SourceRefusedError) as raised:
        await anext(hook(token="hunter2 hunter2\u00e9").batches(None))

    ours = "".join(
        record.getMessage() for record in caplog.records if not record.name.startswith(("http", "asyncio"))
    )
    assert "hunter2" not in ours + repr(source) + str(raised.value) + repr(raised.value)


# ----------------------------------------------------------------------------------------- nobody holds it up


async def test_a_body_that_is_too_long_is_refused_by_its_length() -> None:
    async with working(hook(most_bytes=1_000)) as engine:
        answer = await raw(engine, head("/v1/mentions", "Content-Length: 1001"))
        expects = await raw(engine, head("/v1/mentions", "Content-Length: 1001", "Expect: 100-continue"))

        assert answer.startswith(b"HTTP/1.1 413 ")
        assert expects.startswith(b"HTTP/1.1 413 ")


async def test_a_body_as_long_as_allowed_is_read_when_asked_to_continue() -> None:
    body = b'{"text": "' + b"a" * 988 + b'"}'
    lines = (f"Content-Length: {len(body)}", "Expect: 100-continue", "Connection: close")
    async with working(hook(most_bytes=1_000)) as engine:
        answer = await raw(engine, head("/v1/mentions", *lines), body)

        assert len(body) == 1_000
        assert answer.startswith(b"HTTP/1.1 100 ")
        assert b"HTTP/1.1 202 " in answer


async def test_a_chunked_body_is_counted_while_it_comes() -> None:
    chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
    async with working(hook(most_bytes=100_000)) as engine, client(engine) as http:
        answer = await raw(engine, head("/v1/mentions", "Transfer-Encoding: chunked"), *[chunk] * 200)
        assert (await http.post("/v1/mentions", json={"text": "a"})).status_code == 202

        assert answer.startswith(b"HTTP/1.1 413 ")
        assert engine.texts == ["a"]


async def test_a_chunked_body_of_good_size_is_taken() -> None:
    pieces = [head("/v1/mentions", "Transfer-Encoding: chunked", "Connection: close")]
    pieces += [b"1\r\n%c\r\n" % byte for byte in b'{"text": "a"}'] + [b"0\r\n\r\n"]
    async with working(hook()) as engine:
        answer = await raw(engine, *pieces)

        assert answer.startswith(b"HTTP/1.1 202 ")


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async with working(hook(body_seconds=0.05)) as engine, client(engine) as http:
        answer = await raw(engine, head("/v1/mentions", "Content-Length: 13"), b'{"text"')
        assert (await http.post("/v1/mentions", json={"text": "a"})).status_code == 202

        assert answer.startswith(b"HTTP/1.1 408 ")
        assert engine.texts == ["a"]


async def test_a_caller_who_hangs_up_half_way_leaves_nothing_behind() -> None:
    async with working(hook()) as engine, client(engine) as http:
        _, writer = await asyncio.open_connection("127.0.0.1", engine.port)
        writer.write(head("/v1/mentions", "Content-Length: 13") + b'{"text"')
        await writer.drain()
        writer.close()
        assert (await http.post("/v1/mentions", json={"text": "a"})).status_code == 202

        assert engine.texts == ["a"]


async def test_a_head_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HURRY", 0.05)
    async with working(hook()) as engine:
        silent = await raw(engine)
        slow = await raw(engine, b"POST /v1/mentions HTTP/1.1\r\nHost:")
        after = await raw(engine, head("/health", method="GET"), b"GET /health")

    assert (silent, slow) == (b"", b"")
    assert after.count(b"HTTP/1.1 200 ") == 1


async def test_more_connections_than_are_kept_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 3)
    async with working(hook()) as engine:
        kept = [await asyncio.open_connection("127.0.0.1", engine.port) for _ in range(3)]
        turned_away = await raw(engine, head("/health", method="GET"))
        kept[0][1].write(head("/health", method="GET"))
        answer = await kept[0][0].read(100)
        for _, writer in kept:
            writer.close()

    assert turned_away == b""
    assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"\x00" * 100 + b"\r\n\r\n",
        b"POST /v1/mentions HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/mentions HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"x: " + b"y" * 200_000,
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        head("/v1/mentions", "Transfer-Encoding: chunked") + b"zz\r\n",
        head("/v1/mentions", "Content-Length: 9", "Transfer-Encoding: chunked") + b"0\r\n\r\nGET ",
    ],
)
async def test_garbage_is_answered_or_cut_and_harms_nobody(garbage: bytes) -> None:
    async with working(hook(body_seconds=0.2)) as engine, client(engine) as http:
        answer = await raw(engine, garbage, b"\r\n\r\n", until=b"\r\n\r\n")
        assert (await http.post("/v1/mentions", json={"text": "a"})).status_code == 202

        assert answer == b"" or re.match(rb"HTTP/1\.1 4\d\d ", answer)
        assert engine.texts == ["a"]


async def test_a_connection_serves_many_requests_and_those_sent_ahead_in_their_order() -> None:
    def post(text: str) -> bytes:
        body = f'{{"text": "{text}"}}'.encode()
        return head("/v1/mentions", f"Content-Length: {len(body)}") + body

    last = head("/health", "Connection: close", method="GET")
    async with working(hook()) as engine:
        answer = await raw(engine, b"".join(post(f"m{number}") for number in range(20)) + last)

        assert re.findall(rb"HTTP/1\.1 (\d+) ", answer) == [b"202"] * 20 + [b"200"]
        assert engine.texts == [f"m{number}" for number in range(20)]


async def test_an_upgrade_to_another_protocol_is_not_made() -> None:
    lines = (
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: YQ==",
        "Sec-WebSocket-Version: 13",
    )
    async with working(hook()) as engine:
        answer = await raw(engine, head("/v1/mentions", *lines, method="GET"))

    assert answer.startswith(b"HTTP/1.1 405 ")


async def test_a_fault_of_ours_is_answered_and_told_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(*_: object) -> Callable[..., object]:
        raise ZeroDivisionError("stumbled")

    async with working(hook()) as engine, client(engine) as http:
        monkeypatch.setattr("cmconsole.platforms.webhook.app.split", stumble)
        answer = await http.post("/v1/mentions", json={"text": "a"})

        assert answer.status_code == 500
        assert "ZeroDivisionError" not in answer.text
        assert [record.getMessage() for record in caplog.records if record.exc_info] == [
            "webhook stumbled path='/v1/mentions'"
        ]
