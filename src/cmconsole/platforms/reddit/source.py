"""The Reddit source: mentions and answers to us, communities with brand keywords, and moderators' queues."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from typing import Final

from cmconsole.core.clock import SECOND, Instant
from cmconsole.core.errors import N_, SourceError, SourceRefusedError
from cmconsole.core.mention import Mention, Removed, SetAside
from cmconsole.core.source import Batch
from cmconsole.platforms.reddit import place as places
from cmconsole.platforms.reddit.client import RedditClient
from cmconsole.platforms.reddit.keywords import Keywords
from cmconsole.platforms.reddit.listing import Entry, Listing, ListReader
from cmconsole.platforms.reddit.mapping import PLATFORM
from cmconsole.platforms.reddit.place import Place

INTERVAL: Final = 60.0
"""Seconds between two rounds: with ten communities some 23 requests a minute, of the 100 Reddit grants."""

_COMMUNITY = re.compile(r"(?:u_)?[A-Za-z0-9_-]{2,32}\Z")
_INBOX: Final = {
    "mentions": "message/mentions",
    "replies": "message/comments",
    "answers": "message/selfreply",
}
"""Who names us, who answers a comment of ours, who answers a post of ours: "and now?" names nobody."""


class RedditSource:
    """Takes what reaches an account on Reddit, by asking every `interval` seconds.

    subreddits: communities whose new comments and posts count, with keywords only those that hold one.
    moderated: communities whose queue of reports the account moderates. All without or with "r/".
    At the first start the newest page of each list is taken, not years of them.
    """

    def __init__(
        self,
        name: str,
        client: RedditClient,
        *,
        now: Callable[[], Instant],
        mentions: bool = True,
        subreddits: Sequence[str] = (),
        keywords: Sequence[str] = (),
        moderated: Sequence[str] = (),
        interval: float = INTERVAL,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._name = name
        self._client = client
        self._now = now
        self._mentions = mentions
        self._subreddits = subreddits
        self._moderated = moderated
        self._keywords = Keywords(keywords)
        self._interval = interval
        self._sleep = sleep
        self._own = ""

    @property
    def name(self) -> str:
        return self._name

    @property
    def platform(self) -> str:
        return PLATFORM

    async def batches(self, cursor: str | None) -> AsyncGenerator[Batch]:
        """Yield what is new, round by round, for ever; each round ends with an empty batch and its cursor.

        A list that fails does not hold up the others: its trouble is raised once they are read.
        """
        listings = self._listings()
        place = places.parse(cursor, self._client.server)
        await self._sleep(self._due(place))
        self._own = self._own or (await self._client.identity()).handle
        reader = ListReader(
            self._client,
            source=self._name,
            own=self._own,
            keywords=self._keywords,
            now=self._now,
            sleep=self._sleep,
        )
        while True:
            place = Place(place.server, self._now(), place.lists)
            troubles: list[SourceError] = []
            told: set[tuple[str, Instant | None]] = set()
            for listing in listings:
                try:
                    reading = await reader.read(listing, place.lists.get(listing.key))
                except SourceError as error:
                    troubles.append(error)
                    if self._is_general(troubles, listings):
                        raise
                    continue
                for entries, after in reading.pieces():
                    place = place.moved(listing.key, after)
                    batch = _batch(entries, place, told)
                    if batch.mentions or batch.set_aside or batch.removed:
                        yield batch
            yield Batch(cursor=places.written(place))
            if troubles:
                raise self._told(troubles[0]) from troubles[0]
            await self._sleep(self._interval)

    def _due(self, place: Place) -> float:
        """Return the seconds until the lists may be asked again, whatever our clock did meanwhile."""
        if not place.polled_at:
            return 0.0
        return min(max(self._interval - (self._now() - place.polled_at) / SECOND, 0.0), self._interval)

    def _is_general(self, troubles: Sequence[SourceError], listings: Sequence[Listing]) -> bool:
        """Say whether the latest trouble of a round is no single list's, so that asking on is no use."""
        unwell = [trouble for trouble in troubles if not isinstance(trouble, SourceRefusedError)]
        return (
            not self._client.accepted
            or troubles[-1].retry_after is not None
            or len(unwell) > 1
            or len(troubles) == len(listings)
        )

    def _told(self, trouble: SourceError) -> SourceError:
        """Return one list's trouble as the source's: no refusal, which would hold up the others for long."""
        pause = self._interval if isinstance(trouble, SourceRefusedError) else None
        return SourceError(trouble.template, advice=trouble.advice, retry_after=pause, **trouble.facts)

    def _listings(self) -> list[Listing]:
        found: list[Listing] = []
        if self._mentions:
            found += [Listing(f"inbox/{key}", (path,), "the inbox") for key, path in _INBOX.items()]
        for community in map(_community, self._subreddits):
            subject = f"r/{community}"
            found += [
                Listing(f"{subject}/{kind}", (f"{subject}/{kind}",), subject, filtered=True)
                for kind in ("comments", "new")
            ]
        for community in map(_community, self._moderated):
            subject = f"r/{community}"
            paths = (f"{subject}/about/modqueue", f"{subject}/about/reports")
            found.append(Listing(f"{subject}/queue", paths, subject, queue=True))
        return found


def _community(name: str) -> str:
    """Return a community's name without what people write around it. Raises SourceRefusedError."""
    bare = name.strip().strip("/").removeprefix("r/").strip("/")
    if not _COMMUNITY.match(bare):
        raise SourceRefusedError(
            N_("“{name}” is not the name of a community."),
            advice=N_("A community is written as in its address: acme or r/acme."),
            name=name,
        )
    return bare


def _batch(entries: Sequence[Entry], place: Place, told: set[tuple[str, Instant | None]]) -> Batch:
    """Return what entries come to, less what another list of this round has told (`told` grows by it)."""
    mentions: list[Mention] = []
    for entry in entries:
        if isinstance(entry.outcome, Mention):
            version = (entry.name, entry.outcome.edited_at)
            if version not in told:
                mentions.append(entry.outcome)
            told.add(version)
    outcomes = [entry.outcome for entry in entries]
    return Batch(
        tuple(mentions),
        tuple(outcome for outcome in outcomes if isinstance(outcome, SetAside)),
        places.written(place),
        tuple(outcome for outcome in outcomes if isinstance(outcome, Removed)),
    )
