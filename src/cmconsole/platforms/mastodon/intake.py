"""Turns what a Mastodon server says into batches, and keeps the place after each."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from functools import partial
from typing import Final

import msgspec

from cmconsole.core.clock import MINUTE, Instant, Millis
from cmconsole.core.mention import Mention, SetAside
from cmconsole.core.source import Batch
from cmconsole.core.text import one_line
from cmconsole.platforms.mastodon import place as places
from cmconsole.platforms.mastodon.client import MastodonClient
from cmconsole.platforms.mastodon.events import Event
from cmconsole.platforms.mastodon.mapping import Json, status_mention, word
from cmconsole.platforms.mastodon.place import Place
from cmconsole.platforms.mastodon.threads import Threads

CHECK: Final[Millis] = 5 * MINUTE
"""How often a live stream is checked against the server's list: it may leave something out unnoticed."""

MOST_RECENT: Final = 200
"""Most live mentions remembered before the list is asked."""

_SHOWN: Final = 200


class Intake:
    """One account's intake: `place` is where it stands."""

    def __init__(
        self,
        client: MastodonClient,
        *,
        source: str,
        domain: str,
        own_account: str,
        hashtags: Sequence[str],
        place: Place,
        now: Callable[[], Instant],
    ) -> None:
        self._client = client
        self._threads = Threads(client)
        self._source = source
        self._domain = domain
        self._own_account = own_account
        self._hashtags = hashtags
        self._now = now
        self._checked_at: Instant = 0
        # What the list has just given may still come down the stream, which was opened before.
        self._listed: deque[str] = deque(maxlen=MOST_RECENT)
        self.place = place

    def is_due(self) -> bool:
        """Say whether the server's list is to be asked although the stream is alive."""
        return len(self.place.recent) >= MOST_RECENT or self._now() - self._checked_at >= CHECK

    async def missed(self) -> AsyncGenerator[Batch]:
        """Yield all that came since the place, page by page; an empty batch where nothing did."""
        nothing = True
        async for page in self._pages(self._client.mentions, self.place.mentions):
            fresh = [item for item in page if word(item, "id") not in self.place.recent]
            self._listed.extend(word(item, "id") for item in page)
            self.place = msgspec.structs.replace(self.place, mentions=word(page[-1], "id"))
            nothing = False
            yield await self._batch([_status_of(item) for item in fresh])
        for tag in self._hashtags:
            ask = partial(self._client.tagged, tag)
            async for page in self._pages(ask, self.place.tags.get(tag, "")):
                tags = {**self.place.tags, tag: word(page[-1], "id")}
                self.place = msgspec.structs.replace(self.place, tags=tags)
                nothing = False
                yield await self._batch([status for status in page if not self._is_own(status)])
        self._checked_at = self._now()
        if self.place.recent:
            self.place = msgspec.structs.replace(self.place, recent=())
            yield Batch(cursor=places.written(self.place))
        elif nothing:
            yield Batch()

    async def taken(self, events: list[Event]) -> Batch | None:
        """Return the batch of what came live, None where no mention did."""
        statuses: list[Json | str] = []
        recent = list(self.place.recent)
        for event in events:
            if event.name != "notification":
                continue
            notification = _decoded(event.data)
            if isinstance(notification, str):
                statuses.append(notification)
            elif word(notification, "type") == "mention":
                native_id = word(notification, "id")
                if native_id not in recent and native_id not in self._listed:
                    recent.append(native_id)
                    statuses.append(_status_of(notification))
        if not statuses:
            return None
        self.place = msgspec.structs.replace(self.place, recent=tuple(recent))
        return await self._batch(statuses)

    async def _pages(
        self, ask: Callable[[str], Awaitable[list[Json]]], after: str
    ) -> AsyncGenerator[list[Json]]:
        """Yield pages after an item until there are none, each with its oldest item first and never empty.

        Servers list the newest first, and only that order tells: ids are numbers here and ULIDs there.
        """
        while True:
            page = (await ask(after))[::-1]
            ids = [word(item, "id") for item in page]
            if after in ids:
                # The server does not know `min_id`: what it gave up to there is known.
                page = page[ids.index(after) + 1 :]
            if not page:
                return
            yield page
            after = word(page[-1], "id")

    async def _batch(self, statuses: Sequence[Json | str]) -> Batch:
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
                status, source=self._source, domain=self._domain, thread=thread, now=self._now()
            )
            if isinstance(outcome, Mention):
                mentions.append(outcome)
            else:
                set_aside.append(SetAside(outcome, one_line(repr(status), _SHOWN)))
        return Batch(tuple(mentions), tuple(set_aside), places.written(self.place))

    def _is_own(self, status: Json) -> bool:
        account = status.get("account")
        return (
            bool(self._own_account) and isinstance(account, dict) and word(account, "id") == self._own_account
        )


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
