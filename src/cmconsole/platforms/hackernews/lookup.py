"""Asks about single items of Hacker News: are they still there, and what is behind an address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import parse_qs, urlsplit

from cmconsole.core.clock import Instant
from cmconsole.core.errors import N_, SourceError, SourceRefusedError
from cmconsole.core.lookup import Found
from cmconsole.core.mention import Mention, Removed
from cmconsole.platforms import http
from cmconsole.platforms.hackernews.client import SERVER, TIMEOUT, HackerNewsClient
from cmconsole.platforms.hackernews.mapping import PLATFORM, item_mention

MOST: Final = 10
"""Most items asked for at once: each is a question, and a story comes with all its comments."""


class HackerNewsLookup:
    """Asks Algolia's copy of Hacker News; it needs no account. timeout: seconds a step may take."""

    def __init__(self, now: Callable[[], Instant], *, server: str = SERVER, timeout: float = TIMEOUT) -> None:
        self._http = http.new_client(timeout)
        self._client = HackerNewsClient(self._http, server, now)
        self._now = now

    @property
    def platform(self) -> str:
        return PLATFORM

    @property
    def most(self) -> int:
        return MOST

    async def posts(self, native_ids: Sequence[str]) -> Found:
        """Return what is known of at most `most` items, asked for one by one. Raises SourceError."""
        mentions: list[Mention] = []
        removed: list[Removed] = []
        for native_id in native_ids[:MOST]:
            try:
                outcome = await self._asked(native_id)
            except SourceError:
                if not mentions and not removed:
                    raise
                break
            if isinstance(outcome, Mention):
                mentions.append(outcome)
            elif isinstance(outcome, Removed):
                removed.append(outcome)
        return Found(tuple(mentions), tuple(removed))

    async def by_address(self, url: str) -> Mention | None:
        """Return the item of `https://news.ycombinator.com/item?id=…`, or of the comment its end names (#…).

        None for any other address. Raises SourceError, SourceRefusedError for an item that is gone.
        """
        native_id = _item_id(url.strip())
        if not native_id:
            return None
        outcome = await self._asked(native_id)
        if isinstance(outcome, Removed):
            raise SourceRefusedError(N_("This item is gone from Hacker News."))
        return outcome if isinstance(outcome, Mention) else None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _asked(self, native_id: str) -> Mention | Removed | str:
        item = await self._client.item(native_id)
        return Removed(PLATFORM, native_id) if item is None else item_mention(item, "", self._now())


def _item_id(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or host != "news.ycombinator.com" or parts.path != "/item":
        return ""
    (asked,) = parse_qs(parts.query).get("id", [""])[:1]
    named = parts.fragment or asked
    return next((it for it in (named, asked) if it.isascii() and it.isdigit()), "")
