"""Turns what a Mastodon server says into batches, and keeps the place after each."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Final

import msgspec

from cmconsole.core.clock import MINUTE, SECOND, Instant, Millis
from cmconsole.core.mention import Mention, Removed, SetAside
from cmconsole.core.source import Batch
from cmconsole.core.text import one_line
from cmconsole.platforms.mastodon import place as places
from cmconsole.platforms.mastodon.client import MastodonClient
from cmconsole.platforms.mastodon.events import Event
from cmconsole.platforms.mastodon.mapping import PLATFORM, Json, parts, status_mention, word
from cmconsole.platforms.mastodon.place import BEGINNING, Place
from cmconsole.platforms.mastodon.searches import Search
from cmconsole.platforms.mastodon.threads import Threads

CHECK: Final[Millis] = 5 * MINUTE
"""How often a live stream is checked against the server's list: it may leave something out unnoticed."""

MOST_RECENT: Final = 2_000
"""Most live mentions remembered before the list is asked."""

_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a source takes, and from whom: own, domain: our account's id there and the instance's domain.

    interval: seconds between two questions to the lists.
    """

    source: str
    own: str
    domain: str
    interval: float
    hashtags: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()


class Intake:
    """One account's intake: `place` is where it stands."""

    def __init__(
        self, client: MastodonClient, wanted: Wanted, place: Place, now: Callable[[], Instant]
    ) -> None:
        self._client = client
        self._threads = Threads(client)
        self._wanted = wanted
        self._now = now
        self._gap = True
        # What the list has just given may still come down the stream, which was opened before.
        self._listed: deque[str] = deque(maxlen=MOST_RECENT)
        self.place = place

    def connecting(self) -> None:
        """Note that a stream is being opened: what comes until it is, only the lists tell."""
        self._gap = True
        self.place = places.connected(self.place, self._now())

    def ended(self) -> None:
        """Note that no stream is open: only the lists tell what comes now."""
        self._gap = True

    def looked(self) -> Batch:
        """Return an empty batch that keeps the place."""
        return Batch(cursor=places.written(self.place))

    def is_due(self) -> bool:
        """Say whether the lists are to be asked: after a gap, for what no stream tells, and to be sure."""
        interval = round(self._wanted.interval * SECOND)
        if places.until_poll(self.place, interval, self._now()):
            return len(self.place.recent) >= MOST_RECENT
        listed_only = bool(self._wanted.hashtags or self._wanted.searches)
        return self._gap or listed_only or not places.until_poll(self.place, CHECK, self._now())

    async def missed(self) -> AsyncGenerator[Batch]:
        """Yield all that came since the place, page by page, then an empty batch that notes the time."""
        for pages in (self._mentions, self._tagged, self._found):
            async with aclosing(pages()) as batches:
                async for batch in batches:
                    yield batch
        self._gap = False
        self.place = msgspec.structs.replace(self.place, recent=(), polled_at=self._now())
        yield self.looked()

    async def taken(self, events: list[Event]) -> Batch | None:
        """Return the batch of what came live, None where nothing did that concerns us."""
        statuses: list[Json | str] = []
        removed: list[Removed] = []
        recent = list(self.place.recent)
        for event in events:
            match event.name:
                case "notification":
                    statuses += self._notified(event.data, recent)
                case "status.update":
                    edited = _decoded(event.data)
                    statuses += [edited] if not isinstance(edited, str) and self._concerns_us(edited) else []
                case "delete":
                    native_id = event.data.decode("utf-8", "replace").strip().strip('"')
                    removed += [Removed(PLATFORM, native_id)] if native_id else []
                case _:
                    pass
        if not statuses and not removed:
            return None
        self.place = msgspec.structs.replace(self.place, recent=tuple(recent))
        return await self._batch(statuses, removed)

    def _notified(self, data: bytes, recent: list[str]) -> list[Json | str]:
        """Return a notification's post where it is a mention that was not taken yet, and remember it."""
        notification = _decoded(data)
        if isinstance(notification, str):
            return [notification]
        native_id = word(notification, "id")
        if word(notification, "type") != "mention" or native_id in recent or native_id in self._listed:
            return []
        recent.append(native_id)
        return [_status_of(notification)]

    def _concerns_us(self, status: Json) -> bool:
        """Say whether an edited post is one of ours to take: the home timeline's edits come here too."""
        tags = {word(tag, "name").casefold() for tag in parts(status, "tags")}
        watched = {tag.casefold() for tag in self._wanted.hashtags}
        mentioned = {word(account, "id") for account in parts(status, "mentions")}
        return not self._is_own(status) and (self._wanted.own in mentioned or bool(tags & watched))

    async def _mentions(self) -> AsyncGenerator[Batch]:
        async for page in self._pages(self._client.mentions, self.place.mentions):
            fresh = [item for item in page if word(item, "id") not in self.place.recent]
            self._listed.extend(word(item, "id") for item in page)
            self.place = msgspec.structs.replace(self.place, mentions=_newest(page))
            yield await self._batch([_status_of(item) for item in fresh])
        if not self.place.mentions:
            self.place = msgspec.structs.replace(self.place, mentions=BEGINNING)

    async def _tagged(self) -> AsyncGenerator[Batch]:
        for tag in self._wanted.hashtags:
            ask = partial(self._client.tagged, tag)
            async for page in self._pages(ask, self.place.tags.get(tag, "")):
                self._tag_read(tag, _newest(page))
                yield await self._batch([status for status in page if not self._is_own(status)])
            if tag not in self.place.tags:
                self._tag_read(tag, BEGINNING)

    def _tag_read(self, tag: str, native_id: str) -> None:
        self.place = msgspec.structs.replace(self.place, tags={**self.place.tags, tag: native_id})

    async def _found(self) -> AsyncGenerator[Batch]:
        for words in self._wanted.searches:
            search = Search(self._client, words, self.place.searches.get(words))
            async for page in search.pages():
                searches = {**self.place.searches, words: search.place}
                self.place = msgspec.structs.replace(self.place, searches=searches)
                batch = await self._batch([status for status in page.statuses if not self._is_own(status)])
                told = (SetAside(page.told, one_line(words, _SHOWN)),) if page.told else ()
                yield dataclasses.replace(batch, set_aside=(*batch.set_aside, *told))

    async def _pages(
        self, ask: Callable[[str], Awaitable[list[Json]]], after: str
    ) -> AsyncGenerator[list[Json]]:
        """Yield pages after an item until there are none, each with its oldest item first.

        Ids are never compared: they are numbers here and ULIDs there. Each page has an item with an id.
        """
        while True:
            page = _oldest_first(await ask(after))
            ids = [word(item, "id") for item in page]
            if after in ids:
                # The server does not know `min_id`: what it gave up to there is known.
                page = page[ids.index(after) + 1 :]
            if not any(word(item, "id") for item in page):
                return
            yield page
            after = _newest(page)

    async def _batch(self, statuses: Sequence[Json | str], removed: Sequence[Removed] = ()) -> Batch:
        """Map statuses, or what was found in their place, and add the cursor after them."""
        mentions: list[Mention] = []
        set_aside: list[SetAside] = []
        self._threads.begin_batch()
        for status in statuses:
            if isinstance(status, str):
                set_aside.append(SetAside("a notification holds no post", one_line(status, _SHOWN)))
                continue
            thread = await self._threads.root(status)
            outcome = status_mention(
                status,
                source=self._wanted.source,
                domain=self._wanted.domain,
                thread=thread,
                now=self._now(),
            )
            if isinstance(outcome, Mention):
                mentions.append(outcome)
            else:
                set_aside.append(SetAside(outcome, one_line(repr(status), _SHOWN)))
        return Batch(tuple(mentions), tuple(set_aside), places.written(self.place), tuple(removed))

    def _is_own(self, status: Json) -> bool:
        account = status.get("account")
        return (
            bool(self._wanted.own) and isinstance(account, dict) and word(account, "id") == self._wanted.own
        )


def _oldest_first(page: list[Json]) -> list[Json]:
    """Return a page from its oldest item to its newest: most servers list the newest first, not all do."""
    turned = page[::-1]
    dates = [word(item, "created_at") for item in turned]
    return [turned[i] for i in sorted(range(len(turned)), key=dates.__getitem__)] if all(dates) else turned


def _newest(page: list[Json]) -> str:
    """Return the id a page goes up to."""
    return next((native_id for item in reversed(page) if (native_id := word(item, "id"))), "")


def _status_of(notification: Json) -> Json | str:
    """Return a notification's status; in its place the notification as text, where the post is gone."""
    status = notification.get("status")
    return status if isinstance(status, dict) else repr(notification)


def _decoded(data: bytes) -> Json | str:
    try:
        notification = msgspec.json.decode(data)
    except (ValueError, RecursionError):
        notification = None
    return notification if isinstance(notification, dict) else data.decode("utf-8", "replace")
