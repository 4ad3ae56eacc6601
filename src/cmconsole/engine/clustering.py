"""Joins conversations that say nearly the same, a moment after they were taken in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from cmconsole.core.clock import Clock
from cmconsole.engine.options import Sleep
from cmconsole.store.contract import IntakeStore, Lease
from cmconsole.triage.near import HORIZON, NearIndex

_log = logging.getLogger(__name__)

_LOOK = 1.0
"""Seconds between two looks for new mentions."""

_STEP = 250
"""Mentions compared between two breaths: some fifteen milliseconds in which nobody else works."""

WARM = 20_000
"""Newest mentions read again when an engine starts: what it remembers is in its memory only. About 1.5 s of
work, in steps, within the horizon."""


@dataclass(slots=True)
class Clustering:
    """Follows what intake commits and never delays it: a storm is joined within seconds."""

    store: IntakeStore
    clock: Clock
    lease: Callable[[], Lease | None]
    sleep: Sleep = asyncio.sleep
    index: NearIndex = field(default_factory=NearIndex)
    _last: int | None = None

    async def follow(self) -> None:
        """Remember the newest mentions, then join what comes; runs for ever."""
        while True:
            if not await self.look():
                await self.sleep(_LOOK)

    async def look(self) -> int:
        """Compare one step of mentions and join those that repeat; return how many were looked at."""
        if self._last is None:
            self._last = max(0, await self.store.newest_mention_id() - WARM)
        newest = await self.store.newest_mention_id()
        found = await self.store.texts_after(self._last, _STEP, self.clock.now() - HORIZON)
        pairs: dict[int, int] = {}
        for _mention, conversation, text, at in found:
            first = self.index.add(conversation, text, at)
            if first is not None and first != conversation:
                pairs[conversation] = first
        if pairs:
            joined = await self.store.cluster(list(pairs.items()), self.clock.now(), self.lease())
            _log.debug("clustered conversations=%d", joined)
        self._last = found[-1][0] if len(found) == _STEP else newest
        # Comparing a step takes some milliseconds: heartbeats and intake come in between.
        await asyncio.sleep(0)
        return len(found)
