"""Where the webhook listens, and what it says where it cannot."""

from __future__ import annotations

import signal
import socket

import httpx
import pytest

from cmconsole.core.errors import SourceError, SourceRefusedError
from tests.integration.platforms.webhook_engine import client, hook, working


async def test_a_port_in_use_is_said_with_what_to_do_and_had_once_it_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(SourceError) as raised:
            await anext(hook(listen=f"127.0.0.1:{port}").batches(None))
    assert raised.value.message == f"Port {port} on 127.0.0.1 is in use already."
    assert "listen" in raised.value.advice
    assert not isinstance(raised.value, SourceRefusedError)

    async with working(hook(listen=f"127.0.0.1:{port}")) as engine:
        assert engine.port == port


@pytest.mark.parametrize(
    ("listen", "message"),
    [
        ("8787", "“8787” is no address to listen on."),
        ("127.0.0.1", "“127.0.0.1” is no address to listen on."),
        ("::1:8787", "“::1:8787” is no address to listen on."),
        ("127.0.0.1:65536", "“127.0.0.1:65536” is no address to listen on."),
        ("http://127.0.0.1:8787", "“http://127.0.0.1:8787” is no address to listen on."),
        ("203.0.113.77:8787", "This machine has no address 203.0.113.77."),
        ("hook.invalid:8787", "This machine has no address hook.invalid."),
    ],
)
async def test_an_address_that_is_none_is_refused_in_words(listen: str, message: str) -> None:
    with pytest.raises(SourceRefusedError) as raised:
        await anext(hook(listen=listen).batches(None))

    assert raised.value.message == message
    assert raised.value.advice


@pytest.mark.parametrize("listen", ["localhost:0", "0.0.0.0:0"])
async def test_names_and_all_addresses_of_the_machine_are_places_too(listen: str) -> None:
    async with working(hook(listen=listen)) as engine, client(engine) as http:
        assert (await http.get("/health")).status_code == 200


async def test_ipv6_is_written_in_brackets() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        async with working(hook(listen="[::1]:0")) as engine:
            async with httpx.AsyncClient(trust_env=False) as http:
                answer = await http.get(f"http://[::1]:{engine.port}/health")
            assert answer.status_code == 200
    except SourceRefusedError:
        pytest.skip("this machine has no ::1")


@pytest.mark.parametrize("token", ["", "short", "with blanks in the middle", "été-été-été-été-été"])
async def test_without_a_good_token_it_does_not_listen(token: str) -> None:
    source = hook(token=token)
    with pytest.raises(SourceRefusedError) as raised:
        await anext(source.batches(None))

    assert "openssl" in raised.value.advice
    assert source.port is None


async def test_signals_stay_the_engine_s() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    async with working(hook()):
        during = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    assert during == before


async def test_it_can_be_stopped_and_started_again_and_again() -> None:
    source = hook()
    for number in range(5):
        async with working(source) as engine, client(engine) as http:
            assert (await http.post("/v1/mentions", json={"text": f"m{number}"})).status_code == 202
        assert source.port is None
