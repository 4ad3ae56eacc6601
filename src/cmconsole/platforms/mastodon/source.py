"""The Mastodon source: mentions live where the server streams, by asking where it does not, without a gap."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Final

from cmconsole.core.clock import SECOND, Instant
from cmconsole.core.source import Batch
from cmconsole.platforms.mastodon import place as places
from cmconsole.platforms.mastodon.client import TIMEOUT, MastodonClient, Sleep, opened
from cmconsole.platforms.mastodon.intake import Intake, Wanted
from cmconsole.platforms.mastodon.mapping import PLATFORM, word
from cmconsole.platforms.mastodon.place import Place
from cmconsole.platforms.mastodon.streams import Streams

INTERVAL: Final = 30.0
"""Seconds between two questions to the lists: 10 of the 300 requests of five minutes."""

SILENCE: Final = 90.0
"""Seconds without a byte after which a stream is dead; Mastodon sends a heartbeat every 15 s."""


class MastodonSource:
    """Takes what mentions an account on one instance, and posts with the hashtags or words it watches.

    instance_url: such as `https://piaille.fr`. token: an access token; it is sent in headers only and is
    never part of an error or a log. hashtags: with or without "#". searches: words, found where the server
    has a full-text search. At the first start the newest page of each is taken, not years of them.

    interval: seconds between two questions to the lists, also over restarts; what a stream does not tell
    (hashtags, words, what came while it was closed) waits so long at most. silence: seconds.
    """

    def __init__(
        self,
        name: str,
        instance_url: str,
        token: str,
        *,
        now: Callable[[], Instant],
        hashtags: Sequence[str] = (),
        searches: Sequence[str] = (),
        streaming: bool = True,
        interval: float = INTERVAL,
        silence: float = SILENCE,
        timeout: float = TIMEOUT,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._name = name
        self._address = instance_url.rstrip("/")
        self._token = token.strip()
        self._now = now
        self._hashtags = tuple(tag.strip().removeprefix("#") for tag in hashtags)
        self._searches = tuple(words.strip() for words in searches)
        self._streaming = streaming
        self._interval = interval
        self._silence = silence
        self._timeout = timeout
        self._sleep = sleep

    @property
    def name(self) -> str:
        return self._name

    @property
    def platform(self) -> str:
        return PLATFORM

    async def batches(self, cursor: str | None) -> AsyncGenerator[Batch]:
        """Yield mentions as they come, for ever; an empty batch says that there was nothing new."""
        place = places.parse(cursor, self._address)
        async with opened(self._token, self._timeout) as client:
            may_ask, may_listen = await self._rest(place)
            mastodon = MastodonClient(client, self._address, self._now, self._sleep)
            intake = Intake(mastodon, await self._wanted(mastodon), place, self._now)
            streams = Streams(
                client,
                (await mastodon.instance()).streaming,
                self._token,
                silence=self._silence,
                timeout=self._timeout,
                now=self._now,
            )
            while True:
                if may_listen:
                    async with aclosing(self._live(streams, intake)) as live:
                        async for batch in live:
                            yield batch
                if may_ask or intake.is_due():
                    async with aclosing(intake.missed()) as missed:
                        async for batch in missed:
                            yield batch
                may_ask, may_listen = await self._rest(intake.place)

    async def _live(self, streams: Streams, intake: Intake) -> AsyncGenerator[Batch]:
        """Yield what comes live until the stream ends, and what came before it was open.

        Whether it opens or not, its cursor tells that it was tried.
        """
        intake.connecting()
        told = False
        async with aclosing(streams.live()) as stream:
            async for events in stream:
                if intake.is_due():
                    async with aclosing(intake.missed()) as missed:
                        async for batch in missed:
                            yield batch
                elif not told:
                    yield intake.looked()
                told = True
                if events and (came := await intake.taken(events)) is not None:
                    yield came
        intake.ended()
        if not told and not intake.is_due():
            yield intake.looked()

    async def _rest(self, place: Place) -> tuple[bool, bool]:
        """Wait until the lists may be asked or a stream be opened; return which, the stream first."""
        now = self._now()
        ask = places.until_poll(place, round(self._interval * SECOND), now)
        listen = places.until_connect(place, now)
        listens = self._streaming and listen <= ask
        await self._sleep((listen if listens else ask) / SECOND)
        return not listens, listens

    async def _wanted(self, client: MastodonClient) -> Wanted:
        """Ask who we are: our own posts are no mentions."""
        lists = bool(self._hashtags or self._searches)
        own = await client.own_account(is_needed=lists)
        return Wanted(
            source=self._name,
            own=word(own, "id"),
            domain=(await client.instance()).domain,
            interval=self._interval,
            hashtags=self._hashtags,
            searches=self._searches,
        )
