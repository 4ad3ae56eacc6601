"""Heeds who paused a source at the desk: it is read no more until somebody lets it go on."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Final

from cmconsole.core.clock import SECOND, Millis
from cmconsole.core.errors import StoreError
from cmconsole.engine.options import Sleep
from cmconsole.engine.redaction import in_words
from cmconsole.store.contract import HealthStore

_log = logging.getLogger(__name__)

LOOK: Final[Millis] = 2 * SECOND
"""Time between two looks: who pauses a source sees it stop before they would press again."""


@dataclass(slots=True)
class Pauses:
    """Knows the sources that are paused, and lets readers wait for a change."""

    store: HealthStore
    sleep: Sleep = asyncio.sleep
    _held: frozenset[str] = frozenset()
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def follow(self) -> None:
        """Look again and again."""
        while True:
            await self.refresh()
            await self.sleep(LOOK / SECOND)

    async def refresh(self) -> None:
        """Look once; a store that does not answer leaves things as they are."""
        try:
            states = await self.store.source_states()
        except StoreError as error:
            _log.warning("pauses not read error=%s", in_words(error))
            return
        async with self._changed:
            self._held = frozenset(state.name for state in states if state.paused_by)
            self._changed.notify_all()

    def holds(self, name: str) -> bool:
        """Say whether the source is paused."""
        return name in self._held

    async def held(self, name: str) -> None:
        """Return once the source is paused."""
        async with self._changed:
            await self._changed.wait_for(lambda: name in self._held)

    async def lifted(self, name: str) -> None:
        """Return once the source is not paused."""
        async with self._changed:
            await self._changed.wait_for(lambda: name not in self._held)
