"""What the platforms of the twin share: clock, ids that grow, log of requests, faults, what was published."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web

from tests.twin.faults import Faults

EPOCH = 1_288_834_974_657
"""The first millisecond of a snowflake id: X's own (github.com/twitter-archive/snowflake, IdWorker.scala)."""

_SEQUENCE_BITS = 22
"""What a snowflake keeps below its milliseconds."""


@dataclass
class Seen:
    """One request: when it came and what it was answered.

    `status` is 0 until the answer begins, and stays 0 where the connection was cut before. `body` is kept for
    requests that publish or change something, never for signing in.
    """

    platform: str
    method: str
    path: str
    at: int
    status: int = 0
    query: str = ""
    body: str | None = None
    fault: str = ""
    """The kind of the generic fault that was played, if one was."""


class PlatformTwin(Protocol):
    """What each platform of the twin offers, to tests and to the control API."""

    name: str
    handle: str
    credentials: dict[str, str]

    def routes(self) -> Iterable[web.AbstractRouteDef]: ...

    def mention(self, text: str, *, author: str = "ada", at: int | None = None, **more: Any) -> str: ...

    def delete(self, native_id: str) -> None: ...

    def edit(self, native_id: str, text: str) -> None: ...

    def limit_headers(self, reset: int) -> dict[str, str]: ...

    # Optional: `limit_body: str | dict[str, Any]`, what the platform says in the body of a 429.


class World:
    """One run of the twin. Instants are ms since 1970, like everywhere in cmconsole."""

    def __init__(self) -> None:
        self.shift = 0
        """Milliseconds that the twin's clock is ahead of the system's (negative: behind)."""
        self.requests: list[Seen] = []
        self.faults = Faults()
        self.failures: list[Exception] = []
        """What went wrong in the twin itself; `twin()` raises it at its end, so that no test trusts it."""
        self._published: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self._newest = 0
        self._given: set[int] = set()
        self._at: Counter[int] = Counter()

    def now(self) -> int:
        """Return the twin's time: the system's, moved by `shift`."""
        return time.time_ns() // 1_000_000 + self.shift

    def next_id(self, at: int | None = None) -> int:
        """Return a snowflake-like id, unique in this world and greater than all before.

        With `at` it is the id of something written at that moment: it sorts there, between its neighbours.
        """
        start = ((self.now() if at is None else at) - EPOCH) << _SEQUENCE_BITS
        wanted = start + self._at[start]
        if at is None:
            wanted = self._newest = max(wanted, self._newest + 1)
        while wanted in self._given:
            wanted += 1
        if at is None:
            self._newest = wanted
        self._at[start] += 1
        self._given.add(wanted)
        return wanted

    def record(self, platform: str, post: dict[str, Any]) -> None:
        """Keep a post that a client made through the API; the platform calls this, once for each post."""
        self._published[platform].append(post)

    def published(self, platform: str) -> list[dict[str, Any]]:
        """Return the posts that clients made through this platform's API, in their order."""
        return self._published[platform]

    def seen(self, platform: str, method: str = "*", path: str = "") -> list[Seen]:
        """Return the requests of a platform, of one method and of paths that begin so where given."""
        return [
            seen
            for seen in self.requests
            if seen.platform == platform and method in {"*", seen.method} and seen.path.startswith(path)
        ]
