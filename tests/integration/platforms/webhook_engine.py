"""An engine that iterates a webhook source, and ways to talk to it, down to the byte."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from cmconsole.config.tasks import spawn
from cmconsole.core.source import Batch
from cmconsole.platforms.webhook.source import WebhookSource

NOW = 1_795_280_000_000
TOKEN = "correct-horse-battery-staple"
AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}
JSON = {"Content-Type": "application/json"}


@dataclass
class Engine:
    """Iterates a source as an engine does. keep: commits each batch, or only remembers it."""

    source: WebhookSource
    keep: bool = True
    batches: list[Batch] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, batches: AsyncGenerator[Batch]) -> None:
        async for batch in batches:
            self.batches.append(batch)
            self.came.set()
            if self.keep and batch.receipt is not None:
                batch.receipt()

    @property
    def port(self) -> int:
        assert self.source.port is not None
        return self.source.port

    @property
    def texts(self) -> list[str]:
        return [mention.text for batch in self.batches for mention in batch.mentions]

    async def next(self) -> Batch:
        self.came.clear()
        async with asyncio.timeout(30):
            await self.came.wait()
        return self.batches[-1]


def hook(**changes: Any) -> WebhookSource:
    values: dict[str, Any] = {"listen": "127.0.0.1:0", "token": TOKEN, "now": lambda: NOW, **changes}
    return WebhookSource("hook", **values)


@asynccontextmanager
async def working(source: WebhookSource, *, keep: bool = True) -> AsyncIterator[Engine]:
    """Run an engine on a source; at the end it stops as engines do."""
    engine = Engine(source, keep)
    batches = source.batches(None)
    task = spawn(engine.run(batches), name="engine")
    first = spawn(engine.next(), name="listening")
    async with asyncio.timeout(30):
        await asyncio.wait([task, first], return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        first.cancel()
        await task
    try:
        yield engine
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await batches.aclose()


@asynccontextmanager
async def client(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{engine.port}", headers=AUTHORIZED, timeout=30, trust_env=False
    ) as opened:
        yield opened


async def raw(engine: Engine, *pieces: bytes, until: bytes = b"") -> bytes:
    """Send bytes as they are, and return what comes until the connection ends or `until` is seen."""
    reader, writer = await asyncio.open_connection("127.0.0.1", engine.port)
    answer = b""
    try:
        async with asyncio.timeout(30):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            while chunk := await reader.read(65_536):
                answer += chunk
                if until and until in answer:
                    break
    except ConnectionError:
        pass
    finally:
        writer.close()
    return answer


def head(path: str = "/v1/mentions", *lines: str, method: str = "POST") -> bytes:
    every = [f"{method} {path} HTTP/1.1", "Host: hook", f"Authorization: Bearer {TOKEN}", *lines, "", ""]
    return "\r\n".join(every).encode()
