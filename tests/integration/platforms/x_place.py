"""What the tests of X share: the twin, a clock that moves when somebody sleeps, and a purse."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any

from cmconsole.core.source import Batch
from cmconsole.platforms.x.client import XClient, XSecrets
from cmconsole.platforms.x.source import XSource
from tests.twin.server import Twin, twin
from tests.twin.x import XTwin


@dataclass
class Purse:
    """A meter with a cap; all that was spent, by item."""

    cap: int | None = None
    spent: list[tuple[str, int, int]] = field(default_factory=list)

    @property
    def cost(self) -> int:
        return sum(cost for _, _, cost in self.spent)

    async def left(self) -> int | None:
        return None if self.cap is None else max(0, self.cap - self.cost)

    async def spend(self, item: str, count: int, cost: int) -> None:
        self.spent.append((item, count, cost))


class XPlace:
    """X on loopback, and clients of it; whoever sleeps moves the time of both."""

    def __init__(self, running: Twin) -> None:
        self.twin = running
        self.world = running.world
        self.x: XTwin = running.x
        self.slept: list[float] = []
        self.clients: list[XClient] = []

    def now(self) -> int:
        return self.world.now()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.world.shift += round(seconds * 1000)
        await asyncio.sleep(0)

    def client(
        self, *, purse: Purse | None = None, timeout: float = 5, server: str = "", **secrets: str
    ) -> XClient:
        keys = XSecrets(**{**self.x.credentials, **secrets})
        address = server or self.twin.address["x"]
        made = XClient(keys, now=self.now, meter=purse, server=address, timeout=timeout)
        self.clients.append(made)
        return made

    def source(self, client: XClient | None = None, **settings: Any) -> XSource:
        given = {"account_handle": "acme", "now": self.now, "sleep": self.sleep, **settings}
        return XSource("marque", client or self.client(), **given)

    def asked(self, route: str) -> list[str]:
        """Return the queries of all requests for a route."""
        return [seen.query for seen in self.world.seen("x", "GET") if seen.path == route]


MENTIONS = "/2/users/7700/mentions"
SEARCH = "/2/tweets/search/recent"


@contextlib.asynccontextmanager
async def x_place() -> AsyncIterator[XPlace]:
    async with twin("x") as running:
        place = XPlace(running)
        try:
            yield place
        finally:
            for client in place.clients:
                await client.aclose()


@contextlib.asynccontextmanager
async def reading(source: XSource, cursor: str | None = None) -> AsyncIterator[AsyncGenerator[Batch]]:
    async with contextlib.aclosing(source.batches(cursor)) as batches, asyncio.timeout(30):
        yield batches


async def look(source: XSource, cursor: str | None = None) -> list[Batch]:
    """Return the batches of one look, the empty one at its end included."""
    found = []
    async with reading(source, cursor) as batches:
        async for batch in batches:
            found.append(batch)
            if not batch.mentions and not batch.set_aside and not batch.removed:
                break
    return found


def texts(batches: Iterable[Batch]) -> list[str]:
    return [mention.text for batch in batches for mention in batch.mentions]


def ids(batches: Iterable[Batch]) -> list[str]:
    return [mention.native_id for batch in batches for mention in batch.mentions]
