"""Everything a list holds after a place, oldest first, although Bluesky lists the newest first."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Sequence
from typing import Final

from cmconsole.core.errors import N_, SourceError
from cmconsole.platforms.bluesky.listing import Item, Listing
from cmconsole.platforms.bluesky.place import ListPlace

HELD: Final = 20
"""Pages held in memory: 2,000 posts, some 8 MB. Of the newer ones only the mark is remembered, and they are
read again when the older ones are delivered, so a backlog of any length costs two readings of each page."""

MOST_PAGES: Final = 5_000
"""Half a million posts: a list that goes on is one without an end."""


class Backlog:
    """Reads one list from its newest page down to a place. `place` is moved by whoever takes the pages."""

    def __init__(self, listing: Listing, place: ListPlace) -> None:
        self._listing = listing
        self._above: list[str] = []
        self.place = place

    async def pages(self) -> AsyncGenerator[list[Item]]:
        """Yield what is new, page by page, the oldest page and in it the oldest post first.

        `place` must have been moved after a page before the next is asked for. Raises SourceError.
        """
        start = ""
        while True:
            for page in reversed(await self._descended(start)):
                if new := fresh(page, self.place):
                    yield new[::-1]
            if not self._above:
                return
            # The marks are the newest first: the pages right above those delivered are the last ones.
            start = self._above[-HELD:][0]
            del self._above[-HELD:]

    async def _descended(self, mark: str) -> deque[list[Item]]:
        """Return the oldest HELD pages that hold something new, from a mark down to the place."""
        held: deque[tuple[str, list[Item]]] = deque()
        for _ in range(MOST_PAGES):
            page = await self._listing.page(mark, self.place.since)
            if new := fresh(page.items, self.place):
                held.append((mark, new))
            if len(held) > HELD:
                self._above.append(held.popleft()[0])
            reached = any(item.at < self.place.since for item in page.items)
            if reached or page.following in {"", mark}:
                return deque(items for _, items in held)
            mark = page.following
        raise SourceError(N_("Bluesky's list of {name} has no end."), name=self._listing.name)


async def newest(listing: Listing) -> tuple[list[Item], ListPlace]:
    """Return a list's newest page, oldest post first, and a place that what is older lies before."""
    page = await listing.page("", 0)
    since = page.items[-1].at if page.items and page.following else 0
    return fresh(page.items, ListPlace())[::-1], ListPlace(since)


def fresh(items: Sequence[Item], place: ListPlace) -> list[Item]:
    """Return what is not older than a place and not known, or known with other content; each once."""
    versions = {one.name: one.version for one in place.known}
    found: list[Item] = []
    for item in items:
        if item.at >= place.since and versions.get(item.known.name) != item.known.version:
            found.append(item)
            versions[item.known.name] = item.known.version
    return found
