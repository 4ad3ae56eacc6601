"""Deletes what is older than the desk keeps, a little at a time, and tidies the store when it is quiet."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from cmconsole.core.clock import Clock, Millis
from cmconsole.engine.options import Sleep
from cmconsole.store.contract import Store

_log = logging.getLogger(__name__)

STEP = 500
"""Rows deleted in one transaction: one large delete stalls claims for a second (measured, docs/decisions)."""

_PAUSE = 0.1
"""Seconds between two steps, for others to write."""

_SETTLING = 60.0
"""Seconds from the engine's start to the first round: an opening console comes first."""

_ROUND = 3600.0
"""Seconds between two rounds."""

_QUIET = 10.0
"""Seconds without any event that make the desk quiet."""

_LOOKS = 60
"""Looks for quiet in a round; a desk that is never quiet is tidied at the next round, or the one after."""


@dataclass(slots=True)
class Housekeeping:
    """Keeps the store as small as the desk's retention allows. retention: None keeps everything."""

    store: Store
    clock: Clock
    retention: Millis | None
    sleep: Sleep = asyncio.sleep

    async def keep_house(self) -> None:
        """Do a round every hour, for ever."""
        await self.sleep(_SETTLING)
        while True:
            await self.trim()
            await self.compact()
            await self.sleep(_ROUND)

    async def trim(self) -> int:
        """Delete what is older than the retention; return how many rows."""
        if self.retention is None:
            return 0
        before = self.clock.now() - self.retention
        rows = 0
        while deleted := await self.store.trim(before, STEP):
            rows += deleted
            await self.sleep(_PAUSE)
        if rows:
            _log.info("trimmed rows=%d", rows)
        return rows

    async def compact(self) -> bool:
        """Tidy the store once nothing has happened for a moment; say whether that moment came."""
        seen = await self.store.last_seq()
        for _ in range(_LOOKS):
            await self.sleep(_QUIET)
            newest = await self.store.last_seq()
            if newest == seen:
                await self.store.compact()
                return True
            seen = newest
        return False
