"""The Bluesky source: who mentions, answers or quotes an account, and what searches find, by asking."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Final

from cmconsole.core.clock import SECOND, Instant
from cmconsole.core.source import Batch
from cmconsole.platforms.bluesky import place as places
from cmconsole.platforms.bluesky.client import BlueskyClient
from cmconsole.platforms.bluesky.intake import Intake
from cmconsole.platforms.bluesky.listing import Listing, Notifications, Search
from cmconsole.platforms.bluesky.mapping import PLATFORM

INTERVAL: Final = 30.0
"""Seconds between two looks: with two searches and their details 60 of the 3,000 requests of five minutes."""


class BlueskySource:
    """Takes what mentions, answers or quotes the client's account, and posts that searches find.

    searches: in Bluesky's search language (`acme -from:acme.example`, `#acme`). At the first start the newest
    page of each list is taken, not years of it. Bluesky says nothing of deletions here: `BlueskyLookup` asks.
    """

    def __init__(
        self,
        name: str,
        client: BlueskyClient,
        *,
        now: Callable[[], Instant],
        mentions: bool = True,
        searches: Sequence[str] = (),
        interval: float = INTERVAL,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._name = name
        self._client = client
        self._now = now
        self._listings: list[Listing] = [Notifications(client)] if mentions else []
        self._listings += [
            Search(client, query.strip()) for query in dict.fromkeys(searches) if query.strip()
        ]
        self._interval = interval
        self._sleep = sleep

    @property
    def name(self) -> str:
        return self._name

    @property
    def platform(self) -> str:
        return PLATFORM

    async def batches(self, cursor: str | None) -> AsyncGenerator[Batch]:
        """Yield mentions as they come, for ever; an empty batch says that there was nothing new.

        The lists are asked for no more often than `interval`, also by a program that starts anew each second.
        """
        session = await self._client.session()
        place = places.parse(cursor, session.did)
        intake = Intake(self._client, source=self._name, listings=self._listings, place=place, now=self._now)
        await self._wait(place.polled_at)
        while True:
            async with aclosing(intake.missed()) as missed:
                async for batch in missed:
                    yield batch
            await self._wait(intake.place.polled_at)

    async def _wait(self, polled_at: Instant) -> None:
        """Wait until `interval` has gone by since a moment; never longer, whatever the clock did."""
        passed = (self._now() - polled_at) / SECOND
        if 0 <= passed < self._interval:
            await self._sleep(self._interval - passed)
        elif passed < 0:
            await self._sleep(self._interval)
