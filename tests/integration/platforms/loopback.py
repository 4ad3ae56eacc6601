"""A real HTTP server on loopback that answers as a test tells it to, down to the byte."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked: `path` without its query, header names in lower case."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say. `pieces`: sent one by one after the body, with no length given, as a stream does.

    cut: close the connection in the middle of what was promised. hang: never answer.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    pieces: Callable[[], AsyncIterator[bytes]] | None = None
    cut: bool = False
    hang: bool = False


Respond = Callable[[Request], Answer | Awaitable[Answer]]


@dataclass(slots=True)
class Loopback:
    """A running server. `requests`: all it was asked, in order."""

    port: int
    respond: Respond
    requests: list[Request] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]


@contextlib.asynccontextmanager
async def serving(respond: Respond) -> AsyncIterator[Loopback]:
    """Run a server for as long as the block lasts."""
    connections: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await _converse(reader, writer, site)
        finally:
            connections.discard(task)
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    site = Loopback(server.sockets[0].getsockname()[1], respond)
    try:
        yield site
    finally:
        server.close()
        for task in list(connections):
            task.cancel()
        await asyncio.gather(*connections, return_exceptions=True)


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, site: Loopback) -> None:
    while True:
        request = await _read(reader)
        site.requests.append(request)
        answer = site.respond(request)
        if not isinstance(answer, Answer):
            answer = await answer
        if answer.hang:
            await asyncio.Event().wait()
        keep = await _write(writer, answer)
        if not keep:
            return


async def _read(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *rest = head.strip().split("\r\n")
    target = urlsplit(first.split(" ")[1])
    pairs = (line.split(":", 1) for line in rest)
    return Request(
        target.path, dict(parse_qsl(target.query)), {name.lower(): value.strip() for name, value in pairs}
    )


async def _write(writer: asyncio.StreamWriter, answer: Answer) -> bool:
    """Send an answer; return whether the connection stays open."""
    headers = dict(answer.headers)
    length = len(answer.body) + (1_000 if answer.cut else 0)
    if answer.pieces is None:
        headers["Content-Length"] = str(length)
    else:
        headers["Connection"] = "close"
    lines = [f"HTTP/1.1 {answer.status} X", *(f"{name}: {value}" for name, value in headers.items())]
    writer.write("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n")
    if answer.status not in {204, 304}:
        writer.write(answer.body)
    await writer.drain()
    if answer.pieces is not None:
        async for piece in answer.pieces():
            writer.write(piece)
            await writer.drain()
    return answer.pieces is None and not answer.cut
