"""The X source: mentions and keywords by asking or live, without a gap, within X's limits and the budget."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Final

import msgspec

from cmconsole.core.account import Identity
from cmconsole.core.clock import SECOND, Instant
from cmconsole.core.errors import N_, SourceRefusedError
from cmconsole.core.source import Batch
from cmconsole.platforms.x import answers, reconnect
from cmconsole.platforms.x import place as places
from cmconsole.platforms.x.answers import Answer, objects, word
from cmconsole.platforms.x.client import XClient
from cmconsole.platforms.x.lists import Lists
from cmconsole.platforms.x.mapping import PLATFORM
from cmconsole.platforms.x.place import Place
from cmconsole.platforms.x.queries import keyword_queries, mention_query
from cmconsole.platforms.x.stream import StreamConnection
from cmconsole.platforms.x.troubles import Trouble, TroubleError, source_error

INTERVAL: Final = 60.0
"""Seconds between two looks: 15 of the 300 questions X grants in 15 minutes."""

SILENCE: Final = 20.0
"""Seconds without a byte after which a stream is dead: X sends a keep-alive at least that often."""

_log = logging.getLogger(__name__)


class XSource:
    """Takes what mentions an account, and posts that hold one of its keywords.

    account_handle: whose mentions; the keys must be that account's. stream: take them live, and by asking
    only what came while the stream was not open. interval: seconds between two looks where it is not. At the
    first start the newest page of each list is taken.
    """

    def __init__(
        self,
        name: str,
        client: XClient,
        *,
        now: Callable[[], Instant],
        account_handle: str,
        mentions: bool = True,
        keywords: Sequence[str] = (),
        stream: bool = False,
        interval: float = INTERVAL,
        silence: float = SILENCE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._name = name
        self._client = client
        self._now = now
        self._handle = account_handle.strip().removeprefix("@")
        self._mentions = mentions
        self._keywords = tuple(keywords)
        self._stream = stream
        self._interval = round(interval * SECOND)
        self._silence = silence
        self._sleep = sleep

    @property
    def name(self) -> str:
        return self._name

    @property
    def platform(self) -> str:
        return PLATFORM

    async def batches(self, cursor: str | None) -> AsyncGenerator[Batch]:
        """Yield mentions as they come, for ever; each look ends with an empty batch."""
        place = places.parse(cursor, self._handle.lower())
        queries = keyword_queries(self._keywords, self._handle, mentioning=not self._mentions)
        await self._rest_until(self._due(place), self._interval)
        us = await self._us(place)
        lists = Lists(
            self._client,
            msgspec.structs.replace(place, native_id=us.native_id),
            us,
            source=self._name,
            mentions=self._mentions,
            queries=queries,
            now=self._now,
        )
        pace = reconnect.Reconnect()
        while True:
            # First, for a stream that is refused must not keep us from asking.
            if self._is_due(lists.place):
                async with aclosing(lists.missed()) as missed:
                    async for batch in missed:
                        yield batch
            if self._stream and self._now() >= pace.allowed_at(lists.place.connects, self._now()):
                async with aclosing(self._live(lists, queries, pace)) as live:
                    async for batch in live:
                        yield batch
            until = self._due(lists.place)
            if self._stream:
                until = min(until, pace.allowed_at(lists.place.connects, self._now()))
            await self._rest_until(until, self._interval)

    async def _live(
        self, lists: Lists, queries: Sequence[str], pace: reconnect.Reconnect
    ) -> AsyncGenerator[Batch]:
        """Yield what was missed, then what comes live until the stream ends; note when to open the next."""
        await self._client.affordable(1)
        own = [mention_query(self._handle)] if self._mentions else []
        await self._client.keep_rules(self._tag, [*own, *queries])
        # Told before it happens: a restart in the middle must count it.
        yield lists.connecting()
        try:
            connection = await self._client.open_stream(self._silence)
        except TroubleError as error:
            pace.failed(error, self._now())
            if error.trouble is Trouble.ANSWERED and error.status in {400, 401, 402, 403}:
                raise source_error(error) from error
            _log.info("no stream source=%s trouble=%s %d", self._name, error.trouble.name, error.status)
            return
        opened_at = self._now()
        try:
            async with aclosing(lists.missed()) as missed:
                async for batch in missed:
                    yield batch
            async with aclosing(self._taken(lists, connection)) as taken:
                async for batch in taken:
                    yield batch
        finally:
            connection.close()
            pace.ended(opened_at, self._now())

    async def _taken(self, lists: Lists, connection: StreamConnection) -> AsyncGenerator[Batch]:
        """Yield what comes down the stream until it ends, breaks, falls silent or costs too much."""
        try:
            async with aclosing(connection.lines()) as pieces:
                async for lines in pieces:
                    came = [answer for line in lines if (answer := self._ours(line)) is not None]
                    await self._client.delivered(sum(len(answer.posts) for answer in came))
                    if came and (batch := lists.live(came)) is not None:
                        yield batch
                    if came:
                        await self._client.affordable(1)
        except TroubleError as error:
            _log.info("stream ended source=%s trouble=%s", self._name, error.trouble.name)

    def _ours(self, line: bytes) -> Answer | None:
        """Return what a line of the stream gives this source; nothing where it is for another's rules."""
        try:
            answer = answers.read(line)
        except answers.NoAnswerError:
            return Answer(posts=[line.decode("utf-8", "replace")])
        if not answer.posts:
            titles = [word(error, "title") for error in answer.errors]
            _log.info("stream says %s source=%s", titles, self._name)
            return None
        tags = {word(rule, "tag") for rule in objects(answer.whole, "matching_rules")}
        return answer if not tags or self._tag in tags else None

    async def _us(self, place: Place) -> Identity:
        """Return whom we read as; asked once for all starts. Raises where the keys are somebody else's."""
        if place.native_id:
            return Identity(self._handle, place.native_id)
        us = await self._client.me()
        if self._handle and us.handle.lower() != self._handle.lower():
            raise SourceRefusedError(
                N_("The keys in the settings are those of @{seen}, not of @{handle}."),
                advice=N_("Give this source the keys of its own account: `cmconsole accounts add`."),
                seen=us.handle,
                handle=self._handle,
            )
        return us

    @property
    def _tag(self) -> str:
        return f"cmconsole:{self._name}"

    def _due(self, place: Place) -> Instant:
        return place.polled_at + self._interval if place.polled_at else 0

    def _is_due(self, place: Place) -> bool:
        """Say whether the lists are to be asked: a last look that is still to come is of a clock put back."""
        return not place.polled_at <= self._now() < self._due(place)

    async def _rest_until(self, moment: Instant, longest: int) -> None:
        """Wait, but never longer than one interval: the clock may have been put back meanwhile."""
        pause = min(moment - self._now(), longest)
        if pause > 0:
            await self._sleep(pause / SECOND)
        else:
            await asyncio.sleep(0)
