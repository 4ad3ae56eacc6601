"""The Hacker News source: asks Algolia again and again for what is new with certain words. Read-only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Final

import msgspec

from cmconsole.core.clock import SECOND, Instant
from cmconsole.core.mention import Mention, Removed, SetAside
from cmconsole.core.source import BATCH_LIMIT, Batch
from cmconsole.core.text import one_line
from cmconsole.platforms import http
from cmconsole.platforms.hackernews import place as places
from cmconsole.platforms.hackernews.client import SERVER, TIMEOUT, HackerNewsClient, Json
from cmconsole.platforms.hackernews.mapping import PLATFORM, hit_mention, word, written_at
from cmconsole.platforms.hackernews.place import MOST_RECENT, OVERLAP, Found, Place

INTERVAL: Final = 120.0
"""Seconds between two looks: 30 questions an hour for each search, of 10,000."""

FIRST: Final = 50
"""Hits taken at the first look: the newest, not years of them."""

_SHOWN: Final = 200
_Hit = tuple[int, str, Json]


class HackerNewsSource:
    """Takes stories and comments with certain words. queries: words, a phrase in double quotes.

    There is no publisher: Hacker News has no way to write but its own pages, so nothing can be replied.
    """

    def __init__(
        self,
        name: str,
        queries: Sequence[str],
        *,
        now: Callable[[], Instant],
        server: str = SERVER,
        interval: float = INTERVAL,
        timeout: float = TIMEOUT,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._name = name
        self._queries = tuple(words.strip() for words in queries)
        self._now = now
        self._server = server
        self._interval = interval
        self._timeout = timeout
        self._sleep = sleep

    @property
    def name(self) -> str:
        return self._name

    @property
    def platform(self) -> str:
        return PLATFORM

    async def batches(self, cursor: str | None) -> AsyncGenerator[Batch]:
        """Yield what is new at each look, for ever, the oldest first; then an empty batch."""
        place = places.parse(cursor)
        async with http.new_client(self._timeout) as client:
            hackernews = HackerNewsClient(client, self._server, self._now)
            while True:
                await self._sleep(
                    places.until_poll(place, round(self._interval * SECOND), self._now()) / SECOND
                )
                for words in self._queries:
                    async for hits in _fresh(hackernews, words, place.found.get(words)):
                        for start in range(0, len(hits), BATCH_LIMIT):
                            part = hits[start : start + BATCH_LIMIT]
                            place = _after(place, words, part)
                            yield self._batch(part, place)
                    place = _after(place, words, [])
                place = msgspec.structs.replace(place, polled_at=self._now())
                yield Batch(cursor=places.written(place))

    def _batch(self, hits: list[_Hit], place: Place) -> Batch:
        found = [(hit, hit_mention(hit, self._name, self._now())) for _, _, hit in hits]
        return Batch(
            mentions=tuple(it for _, it in found if isinstance(it, Mention)),
            set_aside=tuple(
                SetAside(it, one_line(repr(hit), _SHOWN)) for hit, it in found if isinstance(it, str)
            ),
            cursor=places.written(place),
            removed=tuple(it for _, it in found if isinstance(it, Removed)),
        )


async def _fresh(client: HackerNewsClient, words: str, known: Found | None) -> AsyncGenerator[list[_Hit]]:
    """Yield the hits that are not known, the oldest first.

    A question is answered with its newest 1,000 hits and no more. Where that is not all, the time since the
    last look is halved until each part is answered whole. Only dates of hits are used, never our clock.
    """
    if known is None:
        yield _sorted((await client.search(words, size=FIRST)).hits, ())
        return
    answer = await client.search(words, max(known.newest - OVERLAP, known.floor))
    if answer.is_whole:
        yield _sorted(answer.hits, known.recent)
        return
    # So many that the overlap alone may fill an answer: it is left for the time when this is caught up.
    after = max(known.newest - 1, known.floor)
    windows = [(after, max((written_at(hit) or 0 for hit in answer.hits), default=after))]
    while windows:
        low, high = windows.pop()
        answer = await client.search(words, low, high)
        if answer.is_whole or high - low <= 1:
            yield _sorted(answer.hits, known.recent)
        else:
            middle = (low + high) // 2
            windows += [(middle, high), (low, middle)]


def _sorted(hits: list[Json], known: tuple[str, ...]) -> list[_Hit]:
    """Return hits with their date and mark, the oldest first, without those known; undated ones come last."""
    newest = max((at for hit in hits if (at := written_at(hit)) is not None), default=0)
    marked = {
        mark: (written_at(hit) or newest, mark, hit)
        for hit in hits
        if (mark := word(hit, "objectID") or one_line(repr(hit), _SHOWN)) not in set(known)
    }
    return sorted(marked.values(), key=lambda hit: hit[0])


def _after(place: Place, words: str, hits: list[_Hit]) -> Place:
    """Return the place after some hits of a search were taken, the oldest first."""
    former = place.found.get(words)
    floor = former.floor if former else max(min((at for at, _, _ in hits), default=1) - 1, 0)
    former = former or Found()
    newest = max([former.newest, *(at for at, _, _ in hits)])
    kept = former.recent if newest - former.newest < OVERLAP else ()
    fresh = (mark for at, mark, _ in hits if at > newest - OVERLAP)
    recent = (*kept, *fresh)[-MOST_RECENT:]
    return msgspec.structs.replace(place, found={**place.found, words: Found(newest, recent, floor)})
