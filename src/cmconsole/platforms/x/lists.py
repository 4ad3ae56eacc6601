"""Reads X's lists, which begin with the newest, so that a stop at any moment loses nothing."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeAlias

import msgspec

from cmconsole.core.account import Identity
from cmconsole.core.clock import DAY, MINUTE, SECOND, Instant, Millis
from cmconsole.core.errors import SourceError
from cmconsole.core.mention import Mention, Removed, SetAside
from cmconsole.core.source import Batch
from cmconsole.core.text import one_line
from cmconsole.platforms.x import place as places
from cmconsole.platforms.x import snowflakes
from cmconsole.platforms.x.answers import Answer, word
from cmconsole.platforms.x.client import PAGE, XClient
from cmconsole.platforms.x.mapping import gone, is_ours, is_repost, post_mention
from cmconsole.platforms.x.place import Place, Span
from cmconsole.platforms.x.queries import mention_query
from cmconsole.platforms.x.troubles import Trouble, TroubleError, source_error

MENTIONS: Final = "@"
"""The name of the list of mentions among the spans; the others' names are their queries."""

MOST_MENTIONS: Final = 800 - PAGE
"""After so many of the list of mentions, which ends at 800, the rest is searched for."""

MOST_HELD: Final = 2_000
"""Most posts held back to be given oldest first; in a longer gap the newest are given while it is read."""

SEARCHED: Final[Millis] = 7 * DAY - 2 * MINUTE
"""How far back recent search reaches, less what our clock may be off."""

MARGIN: Final[Millis] = MINUTE
"""How far out of order a stream may deliver."""

MOST_RECENT: Final = 2_000
_SHOWN: Final = 200
_log = logging.getLogger(__name__)

Outcome: TypeAlias = Mention | Removed | SetAside


@dataclass(frozen=True, slots=True)
class Item:
    """What became of one post. number: its id as a number, of its neighbour where it has none."""

    number: int
    outcome: Outcome


class Lists:
    """One source's lists: the account's mentions and its keyword queries. `place` is where they stand."""

    def __init__(
        self,
        client: XClient,
        place: Place,
        us: Identity,
        *,
        source: str,
        mentions: bool,
        queries: Sequence[str],
        now: Callable[[], Instant],
    ) -> None:
        self._client = client
        self._us = us
        self._source = source
        self._names = [*([MENTIONS] if mentions else []), *queries]
        self._now = now
        self.place = msgspec.structs.replace(place, spans=_inherited(place.spans, queries))

    def connecting(self) -> Batch:
        """Note that the stream is opened now; return what makes it known."""
        now = self._now()
        recent = tuple(
            moment for moment in self.place.connects if now - places.CONNECTS_WITHIN < moment <= now
        )
        self.place = msgspec.structs.replace(self.place, connects=(*recent, now))
        return Batch(cursor=places.written(self.place))

    async def missed(self) -> AsyncGenerator[Batch]:
        """Yield all that came since the place, oldest first unless it is very much; at last an empty batch.

        Raises SourceError; what was read until then has been yielded.
        """
        before, now = self.place.polled_at, self._now()
        self.place = msgspec.structs.replace(self.place, polled_at=now)
        for name in self._names:
            async with aclosing(self._list(name, before)) as batches:
                async for batch in batches:
                    yield batch
        lowest = min((snowflakes.number(span.since) for span in self.place.spans.values()), default=0)
        recent = tuple(post for post in self.place.recent if snowflakes.number(post) > lowest)
        self.place = msgspec.structs.replace(self.place, recent=recent)
        yield Batch(cursor=places.written(self.place))

    def live(self, answers: Sequence[Answer]) -> Batch | None:
        """Return the batch of what came down the stream, None where nothing new did; moves all lists on.

        Only to be called once the lists have been read since the stream was opened.
        """
        items: list[Item] = []
        recent = list(self.place.recent)
        known = {*map(snowflakes.number, recent)}
        for answer in answers:
            items += self._items(answer, known)
            recent += [str(number) for number in _numbers(answer)]
        if not items and len(recent) == len(self.place.recent):
            return None
        newest = max(recent, key=snowflakes.number, default="")
        spans = {
            name: self._moved(span, snowflakes.earlier(newest, MARGIN))
            for name, span in self.place.spans.items()
        }
        self.place = msgspec.structs.replace(self.place, spans=spans, recent=tuple(recent[-MOST_RECENT:]))
        return self._batch(items)

    async def _list(self, name: str, before: Instant) -> AsyncGenerator[Batch]:
        """Yield what a list holds since its span; at the first start its newest page."""
        span = self.place.spans.get(name)
        if span is None:
            answer = await self._page(name, Span(), "")
            items = self._items(answer, set())
            newest = max(_numbers(answer), default=0)
            self._set(name, Span(since=str(newest) if newest else ""))
            if items:
                yield self._batch(items)
            return
        if span.until:
            async with aclosing(self._descent(name, before)) as batches:
                async for batch in batches:
                    yield batch
        async with aclosing(self._descent(name, before)) as batches:
            async for batch in batches:
                yield batch

    async def _descent(self, name: str, before: Instant) -> AsyncGenerator[Batch]:
        """Read a list down to its `since`, hold what fits, and yield it oldest first.

        What does not fit, and whatever is held when a question fails, is yielded newest first: the span says
        then what is still missing between `since` and `until`.
        """
        held: list[Item] = []
        known = {*map(snowflakes.number, self.place.recent)}
        newest = 0
        if (note := self._out_of_reach(name, before)) is not None:
            held.append(note)
        try:
            async with aclosing(self._pages(name)) as pages:
                async for answer in pages:
                    newest = max([newest, *_numbers(answer)])
                    held += self._items(answer, known)
                    while len(held) > MOST_HELD:
                        yield self._from_top(name, held, newest)
        except SourceError:
            while held:
                yield self._from_top(name, held, newest)
            raise
        held.sort(key=_number)
        for start in range(0, len(held), PAGE):
            batch = held[start : start + PAGE]
            self._set(name, self._moved(self.place.spans[name], batch[-1].number))
            yield self._batch(batch)
        span = self.place.spans[name]
        done = max(snowflakes.number(span.since), snowflakes.number(span.top), newest)
        self._set(name, Span(since=str(done) if done else ""))

    async def _pages(self, name: str) -> AsyncGenerator[Answer]:
        """Yield the pages of a list, the newest first, down to its span's `since`.

        What the list of mentions is too short for is searched for, and so is the rest of it when it was left
        half-read: the posts that came since have moved its end.
        """
        span = self.place.spans[name]
        walked, until, token = span.walked, snowflakes.number(span.until), ""
        asked = mention_query(self._us.handle) if name == MENTIONS and until else name
        while True:
            answer = await self._page(asked, span, token, until)
            yield answer
            walked += len(answer.posts)
            if not answer.next_token:
                return
            if answer.next_token == token:
                raise source_error(TroubleError(Trouble.UNREADABLE))
            token = answer.next_token
            numbers = _numbers(answer)
            if asked == MENTIONS and walked >= MOST_MENTIONS and numbers:
                asked, token, until = mention_query(self._us.handle), "", min(numbers)

    async def _page(self, asked: str, span: Span, token: str, until: int = 0) -> Answer:
        if asked == MENTIONS:
            return await self._client.mentions(self._us.native_id, since=span.since, token=token)
        since = snowflakes.number(span.since)
        reach = snowflakes.first_at(self._x_now() - SEARCHED)
        if until and until <= reach:
            return Answer()
        # X refuses to search from before what it reaches.
        since = max(since, reach) if since else 0
        return await self._client.search(asked, since=str(since or ""), until=str(until or ""), token=token)

    def _out_of_reach(self, name: str, before: Instant) -> Item | None:
        """Return a note where posts since the last look are too old to be searched for: they stay unread.

        The list of mentions goes back further, but not beyond its last 800.
        """
        since = snowflakes.instant_of(self.place.spans[name].since)
        reach = self._x_now() - SEARCHED
        if since is None or since >= reach or not 0 < before < self._now() - SEARCHED:
            return None
        begin, end = (
            datetime.fromtimestamp(moment / SECOND, UTC).isoformat(" ", "minutes")
            for moment in (since, reach)
        )
        what = "mentions beyond the newest 700" if name == MENTIONS else "posts"
        note = f"X searches the last 7 days only: {what} from {begin} to {end} (UTC) were not read"
        _log.warning("%s source=%s", note, self._source)
        return Item(
            snowflakes.number(self.place.spans[name].since) + 1, SetAside(note, one_line(name, _SHOWN))
        )

    def _items(self, answer: Answer, known: set[int]) -> list[Item]:
        """Return what became of an answer's posts that are not known yet; they are then.

        Our own posts and plain reposts are nothing.
        """
        items: list[Item] = []
        neighbour = max(_numbers(answer), default=0)
        for post in answer.posts:
            number = snowflakes.number(word(post, "id")) if isinstance(post, dict) else 0
            if number in known or is_ours(post, answer, self._us) or is_repost(post):
                continue
            if number:
                known.add(number)
            neighbour = number or neighbour
            read = post_mention(post, answer, us=self._us, source=self._source, now=self._now())
            outcome = SetAside(read, one_line(repr(post), _SHOWN)) if isinstance(read, str) else read
            items.append(Item(neighbour, outcome))
        return items + [Item(neighbour, removed) for removed in gone(answer)]

    def _from_top(self, name: str, held: list[Item], newest: int) -> Batch:
        """Take the newest of what is held; what is below stays missing until it is taken too."""
        held.sort(key=_number)
        taken, held[-PAGE:] = held[-PAGE:], []
        span = self.place.spans[name]
        self._set(
            name,
            Span(
                since=span.since,
                top=str(max(newest, snowflakes.number(span.top))),
                until=str(taken[0].number),
                walked=span.walked + len(taken),
            ),
        )
        return self._batch(taken)

    def _moved(self, span: Span, number: int) -> Span:
        """Return a span that begins later: all up to a post were taken."""
        since = max(snowflakes.number(span.since), number)
        return msgspec.structs.replace(span, since=str(since) if since else "")

    def _set(self, name: str, span: Span) -> None:
        self.place = msgspec.structs.replace(self.place, spans={**self.place.spans, name: span})

    def _batch(self, items: Sequence[Item]) -> Batch:
        """Return items as a batch, with the cursor after them."""
        outcomes = [item.outcome for item in sorted(items, key=_number)]
        return Batch(
            mentions=tuple(item for item in outcomes if isinstance(item, Mention)),
            set_aside=tuple(item for item in outcomes if isinstance(item, SetAside)),
            removed=tuple(item for item in outcomes if isinstance(item, Removed)),
            cursor=places.written(self.place),
        )

    def _x_now(self) -> Instant:
        """Return what time it is at X."""
        return self._now() - self._client.clock_off


def _number(item: Item) -> int:
    return item.number


def _numbers(answer: Answer) -> list[int]:
    """Return the ids of an answer's posts."""
    ids = (snowflakes.number(word(post, "id")) for post in answer.posts if isinstance(post, dict))
    return [number for number in ids if number]


def _inherited(spans: dict[str, Span], queries: Sequence[str]) -> dict[str, Span]:
    """Return the spans of the lists that are read; a new query begins where the furthest behind stood.

    With other keywords in the settings the queries are others: what the old ones had not read is not lost.
    """
    searched = [span for name, span in spans.items() if name != MENTIONS]
    kept = {name: span for name, span in spans.items() if name == MENTIONS or name in queries}
    if searched:
        behind = Span(since=min((span.since for span in searched), key=snowflakes.number))
        kept |= {query: behind for query in queries if query not in kept}
    return kept
