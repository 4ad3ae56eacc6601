"""The platforms that can be written to, each against its twin: one entry in ADAPTERS a platform."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeAlias, TypeVar

from cmconsole.core.account import Member
from cmconsole.core.lookup import Lookup
from cmconsole.core.publishing import Publisher
from cmconsole.core.source import Source
from cmconsole.platforms.bluesky.client import BlueskyClient
from cmconsole.platforms.bluesky.lookup import BlueskyLookup
from cmconsole.platforms.bluesky.publisher import BlueskyPublisher
from cmconsole.platforms.bluesky.source import BlueskySource
from cmconsole.platforms.mastodon.lookup import MastodonLookup
from cmconsole.platforms.mastodon.member import MastodonMember
from cmconsole.platforms.mastodon.publisher import MastodonPublisher
from cmconsole.platforms.mastodon.source import MastodonSource
from cmconsole.platforms.reddit.client import RedditClient, RedditSecrets
from cmconsole.platforms.reddit.lookup import RedditLookup
from cmconsole.platforms.reddit.publisher import RedditPublisher
from cmconsole.platforms.reddit.source import RedditSource
from cmconsole.platforms.x.client import XClient, XSecrets
from cmconsole.platforms.x.lookup import XLookup
from cmconsole.platforms.x.publisher import XPublisher
from cmconsole.platforms.x.source import XSource
from tests.twin.server import Twin, twin
from tests.twin.world import PlatformTwin

TIMEOUT = 2.0
"""Seconds a client waits here: no answer is that late on loopback, unless it never comes."""


class Closing(Protocol):
    async def aclose(self) -> None: ...


T = TypeVar("T", bound=Closing)


@dataclass
class Session:
    """Keeps Bluesky's session in memory."""

    text: str = ""

    async def load(self) -> str:
        return self.text

    async def save(self, text: str) -> None:
        self.text = text


@dataclass
class Desk:
    """Our side of a twin: what it opened is closed at the end."""

    running: Twin
    _open: list[Closing] = field(default_factory=list)

    def keep(self, opened: T) -> T:
        self._open.append(opened)
        return opened

    async def aclose(self) -> None:
        for opened in self._open:
            await opened.aclose()


@dataclass
class Adapter:
    """One platform's doors, open on its twin. writes: the path of the route that publishes."""

    kind: str
    running: Twin
    writes: str
    make: Callable[[], tuple[Member, Publisher, Lookup]]
    make_source: Callable[..., Source]

    @property
    def platform(self) -> PlatformTwin:
        return self.running.platforms[self.kind]

    def doors(self) -> tuple[Member, Publisher, Lookup]:
        """Return new doors, as a new engine would have them."""
        return self.make()

    def posts_seen(self) -> int:
        """Return how many requests tried to publish."""
        seen = self.running.world.seen(self.kind, "POST")
        return sum(re.fullmatch(self.writes, it.path) is not None for it in seen)

    def published(self) -> list[dict[str, Any]]:
        return self.running.world.published(self.kind)

    def fault(self, kind: str, *, times: int = 1, **args: Any) -> None:
        """Plant a fault for the route that publishes."""
        self.running.world.faults.plant(self.kind, kind, method="POST", path=self.writes, times=times, **args)


Opening: TypeAlias = Callable[[], contextlib.AbstractAsyncContextManager[Adapter]]


@contextlib.asynccontextmanager
async def _adapter(
    kind: str,
    writes: str,
    make: Callable[[Desk], tuple[Member, Publisher, Lookup]],
    source: Callable[..., Source],
) -> AsyncIterator[Adapter]:
    async with twin(kind) as running:
        desk = Desk(running)
        try:
            yield Adapter(kind, running, writes, partial(make, desk), partial(source, desk))
        finally:
            await desk.aclose()


def _x_client(desk: Desk) -> XClient:
    running = desk.running
    secrets = XSecrets(**running.x.credentials)
    server = running.address["x"]
    return desk.keep(XClient(secrets, now=running.world.now, server=server, timeout=TIMEOUT))


def _x_doors(desk: Desk) -> tuple[Member, Publisher, Lookup]:
    client, now = _x_client(desk), desk.running.world.now
    return client, XPublisher("main", client, now), XLookup(client, now)


def _x_source(desk: Desk, **more: Any) -> Source:
    now, handle = desk.running.world.now, desk.running.x.handle
    return XSource("place", _x_client(desk), now=now, account_handle=handle, **more)


def _reddit_client(desk: Desk) -> RedditClient:
    running = desk.running
    secrets = RedditSecrets(**running.reddit.credentials)
    server = running.address["reddit"]
    return desk.keep(RedditClient(secrets, now=running.world.now, server=server, timeout=TIMEOUT))


def _reddit_doors(desk: Desk) -> tuple[Member, Publisher, Lookup]:
    client, now = _reddit_client(desk), desk.running.world.now
    return client, RedditPublisher("main", client, now), RedditLookup(client, now)


def _reddit_source(desk: Desk, **more: Any) -> Source:
    return RedditSource("place", _reddit_client(desk), now=desk.running.world.now, **more)


def _mastodon_doors(desk: Desk) -> tuple[Member, Publisher, Lookup]:
    running = desk.running
    address, now = running.address["mastodon"], running.world.now
    token = running.mastodon.credentials["access_token"]
    return (
        desk.keep(MastodonMember(address, token, now)),
        desk.keep(MastodonPublisher("main", address, token, now, timeout=TIMEOUT)),
        desk.keep(MastodonLookup(address, token, now)),
    )


def _mastodon_source(desk: Desk, **more: Any) -> Source:
    running = desk.running
    token = running.mastodon.credentials["access_token"]
    address = running.address["mastodon"]
    return MastodonSource("place", address, token, now=running.world.now, streaming=False, **more)


def _bluesky_client(session: Session, desk: Desk) -> BlueskyClient:
    known, now = desk.running.bluesky.credentials, desk.running.world.now
    service = desk.running.address["bluesky"]
    name, password = known["identifier"], known["password"]
    return desk.keep(BlueskyClient(service, name, password, now=now, session=session, timeout=TIMEOUT))


def _bluesky_doors(session: Session, desk: Desk) -> tuple[Member, Publisher, Lookup]:
    client, now = _bluesky_client(session, desk), desk.running.world.now
    return client, BlueskyPublisher("main", client, now), BlueskyLookup(client, now)


def _bluesky_source(session: Session, desk: Desk, **more: Any) -> Source:
    return BlueskySource("place", _bluesky_client(session, desk), now=desk.running.world.now, **more)


def _bluesky() -> contextlib.AbstractAsyncContextManager[Adapter]:
    session = Session()
    writes = "/xrpc/com.atproto.repo.(put|create)Record"
    return _adapter("bluesky", writes, partial(_bluesky_doors, session), partial(_bluesky_source, session))


ADAPTERS: dict[str, Opening] = {
    "x": partial(_adapter, "x", "/2/tweets", _x_doors, _x_source),
    "reddit": partial(_adapter, "reddit", "/api/comment/?", _reddit_doors, _reddit_source),
    "mastodon": partial(_adapter, "mastodon", "/api/v1/statuses", _mastodon_doors, _mastodon_source),
    "bluesky": _bluesky,
}
