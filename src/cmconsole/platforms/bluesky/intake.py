"""Turns what Bluesky's lists say into batches, and keeps the place after each."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncGenerator, Callable, Sequence
from typing import Final

import msgspec

from cmconsole.core.clock import Instant
from cmconsole.core.errors import SourceError
from cmconsole.core.mention import Mention, SetAside
from cmconsole.core.source import Batch
from cmconsole.core.text import one_line
from cmconsole.platforms.bluesky import place as places
from cmconsole.platforms.bluesky.backlog import Backlog, newest
from cmconsole.platforms.bluesky.client import BlueskyClient
from cmconsole.platforms.bluesky.details import Details
from cmconsole.platforms.bluesky.listing import Item, Listing, Notifications, author_of
from cmconsole.platforms.bluesky.mapping import post_mention
from cmconsole.platforms.bluesky.place import ListPlace, Place
from cmconsole.platforms.bluesky.xrpc import Json, word

_SHOWN: Final = 200


class Intake:
    """One account's intake: `place` is where it stands."""

    def __init__(
        self,
        client: BlueskyClient,
        *,
        source: str,
        listings: Sequence[Listing],
        place: Place,
        now: Callable[[], Instant],
    ) -> None:
        self._details = Details(client, now)
        self._listings = listings
        self._source = source
        self._now = now
        self.place = place

    async def missed(self) -> AsyncGenerator[Batch]:
        """Yield all that came since the place, then an empty batch where that moves the cursor once more."""
        self.place = msgspec.structs.replace(self.place, polled_at=self._now())
        told: str | None = None
        for listing in self._listings:
            async for batch in self._from(listing):
                told = batch.cursor
                yield batch
        if (cursor := places.written(self.place)) != told:
            yield Batch(cursor=cursor)

    async def _from(self, listing: Listing) -> AsyncGenerator[Batch]:
        place = self.place.lists.get(listing.name)
        if place is None:
            items, place = await newest(listing)
            batch = await self._batch(listing, items, place)
            if batch is not None:
                yield batch
            return
        backlog = Backlog(listing, place)
        async for items in backlog.pages():
            batch = await self._batch(listing, items, backlog.place)
            backlog.place = self.place.lists[listing.name]
            if batch is not None:
                yield batch

    async def _batch(self, listing: Listing, items: Sequence[Item], place: ListPlace) -> Batch | None:
        """Map a page and move the place after it; None where it holds nobody's post but ours."""
        known = {one.name: one.version for one in place.known}
        others = [item for item in items if author_of(item.content or {}) != self.place.account]
        views = await self._views(listing, others)
        reach = await self._details.reach(author_of(item.content or {}) for item in others)
        mentions: list[Mention] = []
        set_aside: list[SetAside] = []
        for item in others:
            outcome = self._mapped(item, views, reach)
            if isinstance(outcome, str):
                set_aside.append(SetAside(outcome, one_line(repr(item.raw), _SHOWN)))
            elif item.known.name in known:
                mentions.append(dataclasses.replace(outcome, edited_at=self._now()))
            else:
                mentions.append(outcome)
        self.place = self.place.with_list(listing.name, place.taken(item.known for item in items))
        if not mentions and not set_aside:
            return None
        return Batch(tuple(mentions), tuple(set_aside), places.written(self.place))

    async def _views(self, listing: Listing, items: Sequence[Item]) -> dict[str, Json] | None:
        """Return how the posts of notifications look to us; None where that cannot be told now.

        A search gives views itself. A mention matters more than whether it can be answered, and waits not.
        """
        if not isinstance(listing, Notifications):
            return None
        try:
            return await self._details.views(word(item.content, "uri") for item in items if item.content)
        except SourceError:
            return None

    def _mapped(
        self, item: Item, views: dict[str, Json] | None, reach: dict[str, int | None]
    ) -> Mention | str:
        if item.content is None:
            return "an entry of a list is no object"
        view = views.get(word(item.content, "uri")) if views is not None else None
        outcome = post_mention(
            item.content,
            source=self._source,
            now=self._now(),
            view=view,
            reach=reach.get(author_of(item.content)),
        )
        if isinstance(outcome, Mention) and views is not None and view is None:
            # Gone again, or its author blocks us: its words came, an answer would lead nowhere.
            return dataclasses.replace(outcome, can_reply=False)
        return outcome
