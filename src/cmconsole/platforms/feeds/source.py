"""The feed source: looks at a feed again and again, and gives what it has not given before."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final

import feedparser
import msgspec

from cmconsole.core.clock import DAY, SECOND, Instant, Millis
from cmconsole.core.errors import N_, SourceError
from cmconsole.core.mention import Mention, SetAside
from cmconsole.core.source import BATCH_LIMIT, Batch
from cmconsole.core.text import one_line
from cmconsole.platforms import http
from cmconsole.platforms.feeds import place as places
from cmconsole.platforms.feeds.client import FeedClient, Fetched, Validators, host_of
from cmconsole.platforms.feeds.guard import SAFE_TYPE, UnsafeFeedError, guarded
from cmconsole.platforms.feeds.mapping import PLATFORM, entry_mention, identity, origin_of
from cmconsole.platforms.feeds.place import SEEN_LIMIT, Place

INTERVAL: Final = 300.0
"""Seconds between two looks where the settings name none."""

TIMEOUT: Final = 20.0

FIRST_AGE: Final[Millis] = 7 * DAY
"""How old an entry may be at the first look: a blog shows years of them, and all would be overdue."""

_SHOWN: Final = 200


class FeedSource:
    """Takes the entries of an RSS or Atom feed as mentions.

    interval: seconds between two looks. reach: how many people read it, as the settings say; feeds tell
    nothing. timeout: seconds a server may take for each step of an answer.

    At the first look at an address, entries that say they are older than FIRST_AGE are only remembered.
    """

    def __init__(
        self,
        name: str,
        url: str,
        *,
        now: Callable[[], Instant],
        interval: float = INTERVAL,
        reach: int | None = None,
        timeout: float = TIMEOUT,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._name = name
        self._url = url
        self._now = now
        self._interval = interval
        self._reach = reach
        self._timeout = timeout
        self._sleep = sleep

    @property
    def name(self) -> str:
        return self._name

    @property
    def platform(self) -> str:
        return PLATFORM

    async def batches(self, cursor: str | None) -> AsyncGenerator[Batch]:
        """Yield what is new at each look, for ever; an empty batch where nothing is."""
        place = places.parse(cursor, self._url)
        async with http.new_client(self._timeout) as client:
            feed = FeedClient(client, self._now)
            while True:
                pause = places.until_poll(place, round(self._interval * SECOND), self._now())
                await self._sleep(pause / SECOND)
                fetched = await feed.fetch(place.address, Validators(place.etag, place.modified))
                found, place = await asyncio.to_thread(self._taken, fetched, place)
                for batch in found:
                    yield batch

    def _taken(self, fetched: Fetched, place: Place) -> tuple[list[Batch], Place]:
        """Return the batches of an answer and the place after them. Blocking: parsing takes its time."""
        moved = msgspec.structs.replace(place, address=fetched.moved_to or place.address, begun=True)
        if fetched.document is None:
            return self._looked(Batch(), moved)
        parsed = _parsed(fetched.document, fetched)
        seen = places.marks(place)
        fresh, shown = self._unseen(parsed, seen, is_first=not place.begun)
        batches = []
        taken = seen | {mark: None for mark in shown if mark not in fresh}
        items = list(fresh.items())
        for start in range(0, len(items), BATCH_LIMIT):
            part = items[start : start + BATCH_LIMIT]
            taken |= dict.fromkeys(mark for mark, _ in part)
            cursor = places.written(msgspec.structs.replace(moved, seen=places.packed(taken)))
            batches.append(self._batch([item for _, item in part], cursor))
        # Only the last batch brings the validators: a crash before it must not make the server say "nothing
        # new".
        kept = [mark for mark in taken if mark not in shown] + list(shown)
        validators = fetched.validators
        after = msgspec.structs.replace(
            moved, etag=validators.etag, modified=validators.modified, seen=places.packed(kept)
        )
        last, after = self._looked(batches.pop() if batches else Batch(), after)
        return [*batches, *last], after

    def _looked(self, last: Batch, place: Place) -> tuple[list[Batch], Place]:
        """Return the last batch of a look and the place after it, which notes the time."""
        after = msgspec.structs.replace(place, polled_at=self._now())
        return [Batch(last.mentions, last.set_aside, places.written(after))], after

    def _unseen(
        self, parsed: feedparser.FeedParserDict, seen: dict[bytes, None], *, is_first: bool
    ) -> tuple[dict[bytes, Mention | SetAside], dict[bytes, None]]:
        """Return the entries to take, oldest first, by their marks; and the marks of all that are shown."""
        now = self._now()
        origin = origin_of(parsed.feed, self._name, host_of(self._url), self._reach)
        oldest = now - FIRST_AGE if is_first else 0
        fresh: dict[bytes, Mention | SetAside] = {}
        shown: dict[bytes, None] = {}
        for entry in reversed(parsed.entries[:SEEN_LIMIT]):
            mark = places.mark(identity(entry, origin.host))
            shown[mark] = None
            if mark in seen:
                continue
            mention = entry_mention(entry, origin, now)
            if mention is None:
                raw = one_line(repr(dict(entry)), _SHOWN)
                fresh[mark] = SetAside("an entry has neither words nor a link", raw)
            elif mention.created_at >= oldest:
                fresh[mark] = mention
        return fresh, shown

    def _batch(self, items: list[Mention | SetAside], cursor: str) -> Batch:
        mentions = tuple(item for item in items if isinstance(item, Mention))
        return Batch(mentions, tuple(item for item in items if isinstance(item, SetAside)), cursor)


def _parsed(document: bytes, fetched: Fetched) -> feedparser.FeedParserDict:
    """Parse a document behind the guard; raises SourceError where it is unsafe or no feed."""
    host = host_of(fetched.address)
    try:
        safe = guarded(document, fetched.headers)
    except UnsafeFeedError as error:
        raise SourceError(error.template, advice=N_("Ask its makers for a plain feed."), host=host) from error
    headers = {**fetched.headers, "content-type": SAFE_TYPE, "content-location": fetched.address}
    try:
        # From a stream, for the parser opens files and addresses when it is given their names.
        parsed = feedparser.parse(
            io.BytesIO(safe), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:
        raise SourceError(N_("The feed of {host} could not be understood."), host=host) from error
    if not parsed.version and not parsed.entries:
        raise SourceError(
            N_("What {host} sent is not a feed."),
            advice=N_("Check the address: is it the page's feed?"),
            host=host,
        )
    return parsed
