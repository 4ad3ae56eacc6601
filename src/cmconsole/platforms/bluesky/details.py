"""What a notification does not tell: how a post looks to us, and how many follow its author."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from cmconsole.core.clock import HOUR, Instant, Millis
from cmconsole.core.errors import SourceError
from cmconsole.platforms.bluesky.client import BlueskyClient
from cmconsole.platforms.bluesky.mapping import count
from cmconsole.platforms.bluesky.xrpc import Json, objects, word

MOST: Final = 25
"""Posts or profiles one question may name (app.bsky.feed.getPosts, app.bsky.actor.getProfiles)."""

KNOWN_FOR: Final[Millis] = 6 * HOUR
MOST_KNOWN: Final = 5_000


class Details:
    """Asks for posts and authors by the twenty-five, and remembers how many follow an author."""

    def __init__(self, client: BlueskyClient, now: Callable[[], Instant]) -> None:
        self._client = client
        self._now = now
        self._followers: dict[str, tuple[int | None, Instant]] = {}

    async def views(self, uris: Iterable[str]) -> dict[str, Json]:
        """Return the posts there are, by their address. Raises SourceError, SourceRefusedError."""
        found = await self._all("app.bsky.feed.getPosts", "uris", "posts", list(dict.fromkeys(uris)))
        return {word(view, "uri"): view for view in found}

    async def reach(self, dids: Iterable[str]) -> dict[str, int | None]:
        """Return how many follow each author, as far as is known or can be told now."""
        now = self._now()
        wanted = list(dict.fromkeys(did for did in dids if did))
        unknown = [did for did in wanted if not self._is_known(did, now)]
        try:
            profiles = await self._all("app.bsky.actor.getProfiles", "actors", "profiles", unknown)
        except SourceError:
            # The mention matters more than its author's followers.
            profiles = []
        else:
            self._followers.update(dict.fromkeys(unknown, (None, now)))
        for profile in profiles:
            self._followers[word(profile, "did")] = (count(profile.get("followersCount")), now)
        found = {did: self._followers.get(did, (None, now))[0] for did in wanted}
        while len(self._followers) > MOST_KNOWN:
            del self._followers[next(iter(self._followers))]
        return found

    def _is_known(self, did: str, now: Instant) -> bool:
        return did in self._followers and abs(now - self._followers[did][1]) < KNOWN_FOR

    async def _all(self, name: str, parameter: str, key: str, wanted: Sequence[str]) -> list[Json]:
        """Ask in questions of MOST, one after the other: a backfill leaves room for others."""
        found: list[Json] = []
        for start in range(0, len(wanted), MOST):
            params = [(parameter, one) for one in wanted[start : start + MOST]]
            found += objects(await self._client.ask(name, *params), key)
        return found
