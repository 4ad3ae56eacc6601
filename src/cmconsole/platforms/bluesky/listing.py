"""Bluesky's lists, page by page from the newest: notifications, and what a search finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from cmconsole.core.clock import Instant
from cmconsole.platforms.bluesky.client import BlueskyClient
from cmconsole.platforms.bluesky.mapping import date, instant, written_at
from cmconsole.platforms.bluesky.place import Known, known
from cmconsole.platforms.bluesky.xrpc import Json, host_of, nonsense, part, word

PAGE: Final = 100
"""Items asked for at once, the most that is granted."""

REASONS: Final = ("mention", "reply", "quote")


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a list: a notification or a post's view, or anything else the server put there.

    at: its place in the list's order.
    """

    raw: object
    at: Instant
    known: Known

    @property
    def content(self) -> Json | None:
        """The entry, None where it is no object."""
        return self.raw if isinstance(self.raw, dict) else None


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, newest first. following: the mark of the page after it, empty where it is the last."""

    items: tuple[Item, ...]
    following: str = ""


class Listing(Protocol):
    """One list. `name` is what its place is kept under."""

    @property
    def name(self) -> str:
        """Return what tells this list from the account's others."""
        ...

    async def page(self, mark: str, since: Instant) -> Page:
        """Return the page at a mark, the newest at the empty one. Raises SourceError.

        A mark is not moved by what comes or goes. since: what is older is of no use.
        """
        ...


class Notifications:
    """Who mentions us, answers us or quotes us.

    https://docs.bsky.app/docs/api/app-bsky-notification-list-notifications
    """

    name = "notifications"

    def __init__(self, client: BlueskyClient) -> None:
        self._client = client

    async def page(self, mark: str, since: Instant) -> Page:
        """Return a page; servers that know no `reasons` give all.

        Its mark is a time. Bluesky's own cursor is the oldest entry's and passes over all that share its
        millisecond; so the mark is the millisecond after it, while that leads on.
        """
        reasons = [("reasons", reason) for reason in REASONS]
        after = [("cursor", mark)] if mark else []
        answer = await self._client.ask(
            "app.bsky.notification.listNotifications", ("limit", str(PAGE)), *reasons, *after
        )
        entries = await _entries(self._client, answer, "notifications")
        kept = [entry for entry in entries if not isinstance(entry, dict) or word(entry, "reason") in REASONS]
        # A notification's own time is what the list is in the order of.
        items = _items(kept, since, lambda entry: instant(word(entry, "indexedAt")))
        cursor = word(answer, "cursor")
        if not items or instant(cursor) is None:
            return Page(items, cursor)
        oldest = min(item.at for item in items) + 1
        leads_on = not mark or oldest < (instant(mark) or 0)
        return Page(items, date(oldest) if leads_on else cursor)


class Search:
    """What a search finds, the newest first.

    https://docs.bsky.app/docs/api/app-bsky-feed-search-posts
    """

    def __init__(self, client: BlueskyClient, query: str) -> None:
        self._client = client
        self._query = query
        self.name = f"search {query}"

    async def page(self, mark: str, since: Instant) -> Page:
        """Return a page. Its mark is a time, and where many posts share one the server's cursor behind it.

        The server's own cursor counts posts: one that goes while we read would hide another.
        """
        until, _, cursor = mark.partition(" ")
        params = [("q", self._query), ("sort", "latest"), ("limit", str(PAGE))]
        params += [(name, value) for name, value in (("until", until), ("cursor", cursor)) if value]
        if since:
            params.append(("since", date(since)))
        answer = await self._client.ask("app.bsky.feed.searchPosts", *params)
        items = _items(await _entries(self._client, answer, "posts"), since, written_at)
        further = word(answer, "cursor")
        if not further or not items:
            return Page(items)
        # Before the next millisecond after the oldest: those that share its own are found once more.
        oldest = date(min(item.at for item in items) + 1)
        is_heeded = all(date(item.at) < until for item in items)
        if not until or (oldest < until and is_heeded):
            return Page(items, oldest)
        return Page(items, f"{until} {further}")


async def _entries(client: BlueskyClient, answer: Json, key: str) -> list[object]:
    entries = answer.get(key)
    if not isinstance(entries, list):
        raise nonsense(host_of((await client.session()).pds))
    return entries


def _items(
    entries: list[object], since: Instant, time_of: Callable[[Json], Instant | None]
) -> tuple[Item, ...]:
    """Return entries with their places; one without a time stands where its neighbour does."""
    told = [time_of(entry) if isinstance(entry, dict) else None for entry in entries]
    at = next((moment for moment in told if moment is not None), since)
    items: list[Item] = []
    for entry, moment in zip(entries, told, strict=True):
        at = at if moment is None else moment
        content = entry if isinstance(entry, dict) else {}
        name = word(content, "uri") or repr(entry)
        items.append(Item(entry, at, known(name, word(content, "cid"), at)))
    return tuple(items)


def author_of(item: Json) -> str:
    """Return the DID of an entry's author, empty where there is none."""
    return word(part(item, "author"), "did")
