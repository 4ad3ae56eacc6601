"""Reads Reddit's lists from the newest thing down to what is known, whatever was deleted in between."""

from __future__ import annotations

import zlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cmconsole.core.clock import SECOND, Instant
from cmconsole.core.errors import N_, SourceError
from cmconsole.core.mention import Mention, Removed, SetAside
from cmconsole.core.text import one_line
from cmconsole.platforms.reddit.client import RedditClient
from cmconsole.platforms.reddit.keywords import Keywords
from cmconsole.platforms.reddit.mapping import author_of, created_at, edited_at, fullname, thing_mention
from cmconsole.platforms.reddit.place import ListPlace, Position

PAGE: Final = 100
"""Things asked for at once, the most Reddit gives."""

KNOWN: Final = 150
"""Fullnames remembered of a list: the page that is asked for each time, and half a page of deletions."""

QUEUED: Final = 2_000
"""Most fullnames remembered of a queue, which is compared as a whole."""

MOST_PAGES: Final = 200

REACH: Final = 900
"""From so many things on, a list that ends has not been read to its end but to Reddit's, at about 1,000."""

_SETTLED: Final = 3
"""So many things at the end of a page must be known or old: a single one may stand out of order."""

_ANCHORS: Final = 3
_SHOWN: Final = 200
_LONGEST: Final = 13
_IDENTIFYING: Final = ("id", "name", "author", "created_utc", "body", "title", "permalink")


@dataclass(frozen=True, slots=True)
class Listing:
    """One list to read. key: its name in the cursor. subject: what it is, in words for people (`r/acme`).

    filtered: only what holds a keyword counts. queue: moderators' lists, where old things turn up at any
    place and which are therefore compared as a whole; its paths are read together.
    """

    key: str
    paths: tuple[str, ...]
    subject: str = ""
    filtered: bool = False
    queue: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a list, and what became of it; outcome None: not for us."""

    name: str
    created: Instant
    edited: Instant
    outcome: Mention | Removed | SetAside | None

    @property
    def position(self) -> Position:
        """Return where it stands among the others: ids are numbers in base 36 that grow."""
        return self.created, self.name.partition("_")[2].rjust(_LONGEST, "0")


@dataclass(frozen=True, slots=True)
class Reading:
    """What is new in a list since a place, oldest first, and the place after all of it."""

    since: ListPlace
    entries: Sequence[Entry]
    place: ListPlace

    def pieces(self) -> Iterator[tuple[Sequence[Entry], ListPlace]]:
        """Yield what is new a page at a time, each with the place after it; at least once."""
        for end in range(PAGE, len(self.entries), PAGE):
            names = [_marked(entry) for entry in reversed(self.entries[:end]) if entry.name]
            known = " ".join([*names, *self.since.known.split()][:QUEUED])
            yield self.entries[end - PAGE : end], ListPlace(known, self.since.floor, self.since.edited)
        told = (len(self.entries) - 1) // PAGE * PAGE if self.entries else 0
        yield self.entries[told:], self.place


class ListReader:
    """Reads lists for one source. own: our handle, whose posts are no mentions."""

    def __init__(
        self,
        client: RedditClient,
        *,
        source: str,
        own: str,
        keywords: Keywords,
        now: Callable[[], Instant],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._client = client
        self._source = source
        self._own = own.casefold()
        self._keywords = keywords
        self._now = now
        self._sleep = sleep

    async def read(self, listing: Listing, place: ListPlace | None) -> Reading:
        """Return what came since a place (None: never read, so the newest page only). Raises SourceError."""
        if listing.queue:
            return await self._queue(listing, place)
        return await self._stream(listing, place)

    async def _stream(self, listing: Listing, place: ListPlace | None) -> Reading:
        """Read from the newest down until the end of a page is settled.

        Reddit's `before=` would be one short question, but it answers nothing, for ever, once the remembered
        thing is deleted. So the newest page is asked for, which also shows edits and late arrivals.
        """
        since = place or ListPlace()
        known = _names(since.known)
        seen: list[Entry] = []
        ended = True
        async with aclosing(self._pages(listing.paths[0], listing.subject)) as pages:
            async for things, more in pages:
                page = [self._entry(thing, listing) for thing in things]
                seen += page
                ended = not more
                if place is None or all(_is_settled(entry, known, since.floor) for entry in page[-_SETTLED:]):
                    break
            else:
                ended = True
        fresh = [entry for entry in reversed(seen) if _is_news(entry, known, since)]
        if place is not None and ended and len(seen) >= REACH and _is_gap(seen, known, since.floor):
            fresh.insert(0, _gap(listing, seen, since.floor))
        return Reading(since, fresh, _after(seen, since, ended=ended))

    async def _queue(self, listing: Listing, place: ListPlace | None) -> Reading:
        known = _names(place.known if place else "")
        seen: dict[str, Entry] = {}
        waiting: list[Entry] = []
        for path in listing.paths:
            first = True
            async with aclosing(self._pages(path, listing.subject)) as pages:
                async for things, _ in pages:
                    for thing in things:
                        entry = self._entry(thing, listing)
                        if (
                            entry.name not in seen
                            and entry.name not in known
                            and (first or place is not None)
                        ):
                            waiting.append(entry)
                        seen.setdefault(entry.name, entry)
                    first = False
        if place is None:
            waiting = waiting[:PAGE]
        return Reading(place or ListPlace(), waiting[::-1], ListPlace(" ".join(list(seen)[:QUEUED])))

    async def _pages(self, path: str, subject: str) -> AsyncGenerator[tuple[list[Any], bool]]:
        """Yield pages, newest first, with whether there are more; nothing twice.

        A page is asked for by the last thing before it. Where that was deleted meanwhile the answer is empty,
        or the first page again: then the one before it is tried.
        """
        seen: set[str] = set()
        anchors: list[str] = [""]
        for _ in range(MOST_PAGES):
            if not anchors:
                return
            things, after = await self._page(path, anchors.pop(0), subject)
            named = [(_name(thing), thing) for thing in things]
            fresh = {name: thing for name, thing in named if name not in seen}
            if not fresh:
                continue
            seen |= fresh.keys()
            yield list(fresh.values()), bool(after)
            last = [name for name in list(fresh)[-1 : -_ANCHORS - 1 : -1] if name != after]
            anchors = [after, *last] if after else []

    async def _page(self, path: str, after: str, subject: str) -> tuple[list[Any], str]:
        if (pause := self._client.pace()) > 0:
            await self._sleep(pause)
        asked: dict[str, str | int] = {"limit": PAGE, **({"after": after} if after else {})}
        answer = await self._client.get(path, asked, subject)
        data = answer.get("data") if isinstance(answer, dict) else None
        things = data.get("children") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(things, list):
            raise SourceError(N_("Reddit answers with something that is not its data."))
        told = data.get("after")
        return things, told if isinstance(told, str) else ""

    def _entry(self, thing: Any, listing: Listing) -> Entry:
        outcome: Mention | Removed | SetAside | None = None
        if not self._own or author_of(thing).casefold() != self._own:
            reported_at = self._now() if listing.queue else None
            mapped = thing_mention(thing, source=self._source, reported_at=reported_at)
            if isinstance(mapped, str):
                outcome = SetAside(mapped, one_line(repr(thing)[: 4 * _SHOWN], _SHOWN))
            elif isinstance(mapped, Removed) or not listing.filtered or self._keywords.found_in(mapped.text):
                outcome = mapped
        return Entry(_name(thing), created_at(thing), edited_at(thing), outcome)


def _after(seen: Sequence[Entry], since: ListPlace, *, ended: bool) -> ListPlace:
    """Return the place after a list was read from its newest thing down to the last of `seen`."""
    if not seen:
        return since
    below = [entry.position for entry in seen[KNOWN:]]
    dated = [entry.position for entry in seen[:KNOWN] if entry.created]
    floor = max(below) if below else (0, "") if ended or not dated else min(dated)
    edited = max(since.edited, *(entry.edited for entry in seen))
    names = " ".join(_marked(entry) for entry in seen[:KNOWN])
    return ListPlace(names, floor, edited)


def _is_settled(entry: Entry, known: dict[str, bool], floor: Position) -> bool:
    return entry.name in known or (entry.created > 0 and entry.position <= floor)


def _is_news(entry: Entry, known: dict[str, bool], since: ListPlace) -> bool:
    """Say whether a thing is to be told: unknown and not old, edited since, or gone since."""
    if entry.name not in known:
        return not entry.created or entry.position > since.floor
    if isinstance(entry.outcome, Removed):
        return not known[entry.name]
    return entry.edited > since.edited and isinstance(entry.outcome, Mention)


def _is_gap(seen: Sequence[Entry], known: dict[str, bool], floor: Position) -> bool:
    return not any(_is_settled(entry, known, floor) for entry in seen)


def _gap(listing: Listing, seen: Sequence[Entry], floor: Position) -> Entry:
    """Return what says that a list ended before it reached what is known."""
    oldest = min(entry.created for entry in seen if entry.created)
    reason = (
        f"{listing.subject}: Reddit lists only the newest {len(seen)}; what was written before"
        f" {_moment(oldest)} and had not been read is out of reach"
    )
    return Entry("", oldest, 0, SetAside(reason, f"{listing.paths[0]} read until {_moment(floor[0])}"))


def _moment(instant: Instant) -> str:
    return datetime.fromtimestamp(instant / SECOND, UTC).isoformat(timespec="seconds")


def _name(thing: Any) -> str:
    """Return what a thing is known by: its fullname, or a sum of what it says where it has none."""
    data = thing.get("data") if isinstance(thing, dict) else None
    said = [data.get(key) for key in _IDENTIFYING] if isinstance(data, dict) else thing
    return fullname(thing) or f"?{zlib.crc32(repr(said).encode('utf-8', 'replace')):08x}"


def _marked(entry: Entry) -> str:
    return f"{entry.name}!" if isinstance(entry.outcome, Removed) else entry.name


def _names(known: str) -> dict[str, bool]:
    """Return the fullnames remembered, each with whether it was told as gone."""
    return {name.removesuffix("!"): name.endswith("!") for name in known.split()}
