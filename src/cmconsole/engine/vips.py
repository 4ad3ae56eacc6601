"""Keeps the authors marked VIP at the desk at hand for triage, in step with the change feed."""

from __future__ import annotations

import asyncio
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from cmconsole.core.event import EventKind
from cmconsole.engine.options import Sleep
from cmconsole.store.contract import Store

_LOOK = 1.0
"""Seconds between two looks at the feed: a mark counts for what comes a second later."""

_KINDS = (EventKind.VIP_MARKED, EventKind.VIP_UNMARKED, EventKind.AUTHOR_ERASED)


@dataclass(slots=True)
class MarkedAuthors:
    """The VIPs as of the last look; empty before the first."""

    store: Store
    sleep: Sleep = asyncio.sleep
    authors: AbstractSet[tuple[str, str]] = frozenset()
    _seen: int = 0

    async def refresh(self) -> None:
        """Read them all."""
        # The feed's place first: a mark between the two reads is then read twice rather than never.
        self._seen = await self.store.last_seq()
        self.authors = frozenset(await self.store.vip_authors())

    async def follow(self) -> None:
        """Refresh whenever the feed tells of a mark; runs for ever."""
        await self.refresh()
        while True:
            await self.sleep(_LOOK)
            await self.look()

    async def look(self) -> None:
        """Refresh if the feed tells of a mark since the last look."""
        newest = await self.store.last_seq()
        if newest == self._seen:
            return
        if await self.store.events(self._seen, 1, kinds=_KINDS):
            await self.refresh()
        else:
            self._seen = newest
