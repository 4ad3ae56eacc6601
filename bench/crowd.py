"""The other side of bench/sources: ten places where people talk to us, in a process of their own."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape
from random import Random
from typing import Any

import aiohttp
from aiohttp import web

from tests.twin.bluesky import BlueskyTwin
from tests.twin.mastodon import MastodonTwin
from tests.twin.server import Twin, twin
from tests.twin.world import PlatformTwin, World
from tests.twin.x import XTwin

SHOWN = 1_000
"""Entries a feed shows: at its rate those of more than three minutes."""

_BEAT = 0.02
_POSTED_EVERY = 0.25
_WORDS = (
    "colis", "cassé", "attente", "remboursement", "merci", "bravo", "machine", "joint", "fuite", "café",
    "notice", "carafe", "livraison", "refund", "broken", "gasket", "order", "late", "thanks", "filter",
)  # fmt: skip

HOOK = "hook"
RATES: Mapping[str, float] = {
    "x": 20,
    "x2": 25,
    "reddit": 15,
    "mastodon": 25,
    "mastodon2": 25,
    "mastodon3": 25,
    "bluesky": 20,
    "bluesky2": 20,
    "feed": 5,
    HOOK: 20,
}
"""Mentions a second by source: 200 in all."""

WINDOWS: Mapping[str, tuple[int, int, str]] = {
    "x": (300, 15, "/mentions"),
    "x2": (50, 15, "/stream"),
    "reddit": (1_000, 10, ""),
    "mastodon": (300, 5, ""),
    "bluesky": (3_000, 5, ""),
}
"""What a platform grants: so many requests in so many minutes, on paths that end so."""


class FeedTwin:
    """A feed of whatever was said last."""

    name = "feed"
    handle = ""

    def __init__(self, world: World) -> None:
        self.credentials: dict[str, str] = {}
        self._world = world
        self._entries: deque[str] = deque(maxlen=SHOWN)

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/feed", self._feed)]

    def mention(self, text: str, *, author: str = "ada", at: int | None = None, **_: Any) -> str:
        native_id = f"urn:{self._world.next_id()}"
        date = _date(self._world.now() if at is None else at)
        self._entries.append(
            f"<entry><id>{native_id}</id><title>{escape(text)}</title><author><name>{author}</name></author>"
            f"<published>{date}</published><updated>{date}</updated></entry>"
        )
        return native_id

    def delete(self, native_id: str) -> None:
        raise NotImplementedError

    def edit(self, native_id: str, text: str) -> None:
        raise NotImplementedError

    def limit_headers(self, reset: int) -> dict[str, str]:
        return {"Retry-After": str((reset - self._world.now()) // 1000)}

    async def _feed(self, _: web.Request) -> web.Response:
        entries = "".join(reversed(self._entries))
        head = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Velora</title>'
        return web.Response(text=f"{head}{entries}</feed>", content_type="application/atom+xml")


def _named(kind: type[Any], name: str) -> Callable[[World], PlatformTwin]:
    """Return a second platform of a kind, with a port and a name of its own."""
    made: Callable[[World], PlatformTwin] = type(f"{kind.__name__}_{name}", (kind,), {"name": name})
    return made


ALSO = (
    _named(XTwin, "x2"),
    _named(MastodonTwin, "mastodon2"),
    _named(MastodonTwin, "mastodon3"),
    _named(BlueskyTwin, "bluesky2"),
    FeedTwin,
)


class Crowd:
    """Talks at RATES, and remembers what was said: id and moment. `refused`: answers that kept nothing."""

    def __init__(self, running: Twin, hook: str, token: str) -> None:
        self.said: dict[str, list[tuple[str, int]]] = {name: [] for name in RATES}
        self.refused = 0
        self._twin = running
        self._hook = hook
        self._token = token
        self._chance = Random(4)
        self._number = 0

    async def talk(self, seconds: float) -> None:
        """Talk for so long."""
        posting = asyncio.gather(self._post(seconds))
        began = time.monotonic()
        while (passed := min(time.monotonic() - began, seconds)) < seconds:
            for name, rate in RATES.items():
                while name != HOOK and len(self.said[name]) < passed * rate:
                    platform, at = self._twin.platforms[name], self._twin.world.now()
                    native_id = platform.mention(f"@acme {self._words()}", author=self._author())
                    self.said[name].append((native_id, at))
            await asyncio.sleep(_BEAT)
        await posting

    async def _post(self, seconds: float) -> None:
        """Post to the webhook, a few at a time, as a tool of the company's would; until they are kept."""
        began, waiting = time.monotonic(), list[dict[str, Any]]()
        async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {self._token}"}) as session:
            while (passed := min(time.monotonic() - began, seconds)) < seconds or waiting:
                while len(self.said[HOOK]) < passed * RATES[HOOK]:
                    native_id, at = f"h{len(self.said[HOOK])}", self._twin.world.now()
                    self.said[HOOK].append((native_id, at))
                    more = {"id": native_id, "author": self._author(), "created_at": _date(at)}
                    waiting.append({**more, "text": f"Acme, {self._words()}"})
                if waiting:
                    async with session.post(self._hook, json=waiting) as answer:
                        if answer.status == 202:
                            waiting.clear()
                        else:
                            self.refused += 1
                await asyncio.sleep(_POSTED_EVERY)

    def _words(self) -> str:
        """Return words that nobody has said so before: people who say the same are another measurement."""
        self._number += 1
        return distinct(self._chance, self._number)

    def _author(self) -> str:
        return f"p{self._number % 977}"


def distinct(chance: Random, number: int) -> str:
    """Return words that nobody says a second time."""
    return f"{' '.join(chance.sample(_WORDS, 12))} {number}"


def asked(world: World, name: str) -> dict[str, int]:
    """Return how many requests came, and the most of those with a limit within its window."""
    _, minutes, end = WINDOWS.get(name.rstrip("23"), (0, 1, "")) if name not in WINDOWS else WINDOWS[name]
    requests = world.seen(name)
    times = [seen.at for seen in requests if seen.path.endswith(end)]
    within = [count + 1 - bisect_left(times, at - minutes * 60_000) for count, at in enumerate(times)]
    return {"requests": len(requests), "most": max(within, default=0)}


def _date(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds")


async def main(seconds: float, hook: str, token: str) -> None:
    """Say where we listen; talk when told to, and say what was said; when told again, say what was asked."""
    loop = asyncio.get_running_loop()
    async with twin("x", "reddit", "mastodon", "bluesky", also=ALSO) as running:
        places = {
            name: {"server": running.address[name], "handle": it.handle, "credentials": it.credentials}
            for name, it in running.platforms.items()
        }
        print(json.dumps(places), flush=True)
        await loop.run_in_executor(None, sys.stdin.readline)
        crowd = Crowd(running, hook, token)
        await crowd.talk(seconds)
        print(json.dumps(crowd.said), flush=True)
        await loop.run_in_executor(None, sys.stdin.readline)
        counts = {name: asked(running.world, name) for name in running.platforms}
        print(json.dumps({"asked": counts, "refused": crowd.refused}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), sys.argv[2], sys.argv[3]))
