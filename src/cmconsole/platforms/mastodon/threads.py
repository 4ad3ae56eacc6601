"""Finds the post a thread began with, so that an answer to our answer joins its conversation."""

from __future__ import annotations

from typing import Final

from cmconsole.core.errors import SourceError
from cmconsole.platforms.mastodon.client import MastodonClient
from cmconsole.platforms.mastodon.mapping import Json, word

MOST_STEPS: Final = 6
"""Most posts walked up: an answer to our answer needs two; beyond six a thread is a crowd's."""

MOST_LOOKUPS: Final = 30
"""Most posts asked for in one batch: a tenth of what an instance grants in five minutes."""

MOST_KNOWN: Final = 5_000


class Threads:
    """Remembers which thread a post is in, and asks the instance for those it does not know.

    Mastodon gives a status the id of its parent, not of the root. Without asking, "my order?" → our answer →
    "and now?" would open a second conversation, for the third's parent is ours and was never a mention.
    """

    def __init__(self, client: MastodonClient) -> None:
        self._client = client
        self._known: dict[str, str] = {}
        self._lookups = MOST_LOOKUPS

    def begin_batch(self) -> None:
        """Allow MOST_LOOKUPS again."""
        self._lookups = MOST_LOOKUPS

    async def root(self, status: Json) -> str:
        """Return the id of the first post of a status's thread, as far up as is seen; empty for itself."""
        native_id, current = word(status, "id"), word(status, "in_reply_to_id")
        if not current:
            self._remember([native_id], native_id)
            return ""
        below = [native_id]
        for _ in range(MOST_STEPS):
            if current in self._known:
                current = self._known[current]
                break
            below.append(current)
            parent = await self._looked_up(current)
            if parent is None:
                return current
            above = word(parent, "in_reply_to_id")
            if not above:
                break
            current = above
        self._remember(below, current)
        return current

    async def _looked_up(self, native_id: str) -> Json | None:
        if self._lookups <= 0 or self._client.is_scarce:
            return None
        self._lookups -= 1
        try:
            return await self._client.status(native_id)
        except SourceError:
            # The mention matters more than its place: it is not held up, and nothing more is asked now.
            self._lookups = 0
            return None

    def _remember(self, posts: list[str], root: str) -> None:
        self._known.update(dict.fromkeys(posts, root))
        while len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
