"""Our side of the Mastodon twin: a source whose sleeps move the twin's clock, so that nobody waits."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator

from cmconsole.core.source import Batch
from cmconsole.platforms.mastodon.source import MastodonSource
from tests.twin.mastodon import MastodonTwin

HOUR = 3_600_000
NOTIFICATIONS = "/api/v1/notifications"


class Desk:
    """Our side of a twin: a source whose sleeps move the twin's clock, and nobody waits."""

    def __init__(self, instance: MastodonTwin, address: str) -> None:
        self.instance = instance
        self.world = instance.world
        self.address = address
        self.skew = 0
        self.token = instance.credentials["access_token"]

    def now(self) -> int:
        return self.world.now() + self.skew

    async def sleep(self, seconds: float) -> None:
        self.world.shift += round(seconds * 1000)
        await asyncio.sleep(0)

    def source(
        self,
        *,
        streaming: bool = False,
        hashtags: tuple[str, ...] = (),
        searches: tuple[str, ...] = (),
        timeout: float = 10,
    ) -> MastodonSource:
        return MastodonSource(
            "masto",
            self.address,
            self.token,
            now=self.now,
            hashtags=hashtags,
            searches=searches,
            streaming=streaming,
            interval=60,
            timeout=timeout,
            sleep=self.sleep,
        )

    @property
    def stream_path(self) -> str:
        return "/api/v1/streaming/user" if self.instance.server_sent else "/api/v1/streaming"

    def asked(self, path: str) -> int:
        """Return how often a path was asked."""
        return len([seen for seen in self.world.seen("mastodon", "GET", path) if seen.path == path])


@contextlib.asynccontextmanager
async def reading(source: MastodonSource, cursor: str | None = None) -> AsyncIterator[AsyncGenerator[Batch]]:
    async with contextlib.aclosing(source.batches(cursor)) as batches, asyncio.timeout(30):
        yield batches


async def coming(batches: AsyncGenerator[Batch]) -> Batch:
    return await anext(batches)


async def settled() -> None:
    """Let whoever looks at the clock look at it a few times."""
    await asyncio.sleep(0.1)


async def until_idle(batches: AsyncGenerator[Batch]) -> list[Batch]:
    """Return the batches up to the first that says there is nothing new, it included."""
    found = [await anext(batches)]
    while found[-1].mentions or found[-1].set_aside or found[-1].removed:
        found.append(await anext(batches))
    return found


async def looked(
    desk: Desk,
    cursor: str | None = None,
    *,
    hashtags: tuple[str, ...] = (),
    searches: tuple[str, ...] = (),
) -> list[Batch]:
    """Return what one look at the lists brings."""
    async with reading(desk.source(hashtags=hashtags, searches=searches), cursor) as batches:
        return await until_idle(batches)


def ids(batches: list[Batch]) -> list[str]:
    return [mention.native_id for batch in batches for mention in batch.mentions]


def texts(batches: list[Batch]) -> list[str]:
    return [mention.text for batch in batches for mention in batch.mentions]
