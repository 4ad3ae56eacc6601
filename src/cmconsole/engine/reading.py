"""Reads one source as long as the engine works: batches into the hopper, faults into pauses and words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from random import Random
from typing import Protocol

from cmconsole.config.tasks import spawn
from cmconsole.core.clock import MINUTE, SECOND, Clock, Millis
from cmconsole.core.errors import SourceError, SourceRefusedError
from cmconsole.core.source import Batch, Health
from cmconsole.engine.backoff import Backoff
from cmconsole.engine.health import HealthRecord
from cmconsole.engine.hopper import Hopper, Inlet
from cmconsole.engine.judging import judged
from cmconsole.engine.options import Sleep
from cmconsole.engine.supervision import is_being_cancelled
from cmconsole.store.contract import IntakeStore
from cmconsole.triage.judge import Judge

_log = logging.getLogger(__name__)

REFUSED_PAUSE: Millis = 15 * MINUTE
"""A refusing platform is asked again so seldom: a person has to act, perhaps elsewhere (renew a token)."""

SILENCE: Millis = 30 * SECOND
"""A source that neither answers nor fails for so long is presumed well: a quiet stream has nothing to say."""

_CLOSING = 5.0
"""Seconds a source is given to close its connections."""


class Vips(Protocol):
    """Knows the authors marked VIP at the desk."""

    @property
    def authors(self) -> AbstractSet[tuple[str, str]]:
        """Return their (platform, folded handle)."""
        ...


@dataclass(slots=True)
class Reader:
    """Reads one source into its inlet."""

    inlet: Inlet
    hopper: Hopper
    judge: Judge
    vips: Vips
    store: IntakeStore
    clock: Clock
    sleep: Sleep = asyncio.sleep
    chance: Random = field(default_factory=Random)
    _backoff: Backoff = field(init=False)
    _health: HealthRecord = field(init=False)

    def __post_init__(self) -> None:
        self._backoff = Backoff(self.chance)
        self._health = HealthRecord(self.store, self.clock, self.inlet.source)

    async def read(self) -> None:
        """Read until the source ends; a fault is told and waited out, then reading goes on."""
        await self._health.write(Health.STARTING)
        while True:
            await self.hopper.settled(self.inlet)
            try:
                await self._attempt()
            except asyncio.CancelledError as error:
                if is_being_cancelled():
                    raise
                await self._fault(error)
            except Exception as error:  # noqa: BLE001 - whatever a source raises is told, and tried again
                await self._fault(error)
            else:
                await self.hopper.settled(self.inlet)
                await self._health.write(Health.ENDED)
                return

    async def pause(self) -> None:
        """Say that nobody reads the source now, unless that is its own doing."""
        if self._health.health not in {Health.ENDED, Health.REFUSED}:
            await self._health.write(Health.PAUSED)

    async def _attempt(self) -> None:
        presumed = spawn(self._presume_well(), name=f"presume {self.inlet.source.name} well")
        batches = self.inlet.source.batches(self.inlet.cursor)
        try:
            async for batch in batches:
                presumed.cancel()
                await self._take(batch)
        finally:
            presumed.cancel()
            await _close(batches)

    async def _take(self, batch: Batch) -> None:
        self._backoff.worked(self.clock.now())
        await self._health.well()
        for piece in judged(batch, self.judge, self.vips.authors):
            if piece.items or piece.set_aside or piece.cursor not in {None, self.inlet.cursor}:
                await self.hopper.put(self.inlet, piece)
            # Judging a batch takes some ten milliseconds: heartbeats and other sources come in between.
            await asyncio.sleep(0)

    async def _presume_well(self) -> None:
        await self.sleep(SILENCE / SECOND)
        self._backoff.worked(self.clock.now())
        await self._health.well()

    async def _fault(self, error: BaseException) -> None:
        now = self.clock.now()
        if isinstance(error, SourceRefusedError):
            pause = max(REFUSED_PAUSE, self._backoff.failed(now, error.retry_after))
            await self._health.write(Health.REFUSED, retry_at=now + pause, error=error)
        else:
            pause = self._backoff.failed(now, error.retry_after if isinstance(error, SourceError) else None)
            await self._health.write(Health.RETRYING, retry_at=now + pause, error=error)
            if not isinstance(error, SourceError):
                _log.warning("unforeseen fault source=%s", self.inlet.source.name, exc_info=error)
        await self.sleep(pause / SECOND)


async def _close(batches: AsyncIterator[Batch]) -> None:
    """Close what the source holds open now, not whenever it is collected."""
    aclose = getattr(batches, "aclose", None)
    if aclose is None:
        return
    try:
        async with asyncio.timeout(_CLOSING):
            await aclose()
    except Exception as error:  # noqa: BLE001 - the reason it is being closed matters more
        _log.warning("source did not close well: %r", error)
