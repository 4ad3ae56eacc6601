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
from cmconsole.core.clock import DAY, MINUTE, SECOND, Clock, Instant, Millis
from cmconsole.core.errors import BudgetSpentError, SourceError, SourceRefusedError
from cmconsole.core.source import Batch, Health
from cmconsole.engine.backoff import Backoff
from cmconsole.engine.health import HealthRecord
from cmconsole.engine.hopper import Hopper, Inlet, Judged
from cmconsole.engine.judging import judged
from cmconsole.engine.options import Sleep
from cmconsole.engine.pausing import Pauses
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
    """Reads one source into its inlet.

    not_before: until when the platform asked an engine before this one to leave it alone.
    """

    inlet: Inlet
    hopper: Hopper
    judge: Judge
    vips: Vips
    store: IntakeStore
    clock: Clock
    pauses: Pauses
    sleep: Sleep = asyncio.sleep
    not_before: Instant = 0
    chance: Random = field(default_factory=Random)
    _backoff: Backoff = field(init=False)
    _health: HealthRecord = field(init=False)
    _asked_until: Instant = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._backoff = Backoff(self.chance)
        self._health = HealthRecord(self.store, self.clock, self.inlet.source)

    async def read(self) -> None:
        """Read until the source ends; a fault is told and waited out, then reading goes on."""
        if (early := self.not_before - self.clock.now()) > 0:
            await self._health.write(Health.RETRYING, retry_at=self.not_before)
            await self.sleep(min(early, DAY) / SECOND)
        else:
            await self._health.write(Health.STARTING)
        while True:
            await self.hopper.settled(self.inlet)
            await self._let_go_on()
            outcome = await self._until_paused()
            if isinstance(outcome, BaseException):
                await self._fault(outcome)
            elif outcome:
                await self.hopper.settled(self.inlet)
                await self._health.write(Health.ENDED)
                return

    async def pause(self) -> None:
        """Say that nobody reads the source now, unless that is its own doing.

        A pause that the platform asked for stays told: the next engine keeps to it.
        """
        if self._health.health in {Health.ENDED, Health.REFUSED} or self._asked_until > self.clock.now():
            return
        await self._health.write(Health.PAUSED)

    async def _let_go_on(self) -> None:
        """Wait while somebody at the desk has the source paused."""
        name = self.inlet.source.name
        if self.pauses.holds(name):
            await self._health.write(Health.PAUSED)
            await self.pauses.lifted(name)
            await self._health.write(Health.STARTING)

    async def _until_paused(self) -> bool | BaseException:
        """Read until the source ends (True), fails (its error) or is paused at the desk (False)."""
        name = self.inlet.source.name
        attempt = spawn(self._outcome(), name=f"attempt {name}")
        held = spawn(self.pauses.held(name), name=f"held {name}")
        try:
            await asyncio.wait({attempt, held}, return_when=asyncio.FIRST_COMPLETED)
            return attempt.result() if attempt.done() else False
        finally:
            held.cancel()
            attempt.cancel()
            await asyncio.wait({attempt, held})

    async def _outcome(self) -> bool | BaseException:
        """Read once; whatever a source raises is returned: it is told, and tried again."""
        try:
            await self._attempt()
        except asyncio.CancelledError as error:
            if is_being_cancelled():
                raise
            return error
        except Exception as error:  # noqa: BLE001 - see above
            return error
        return True

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
            if _matters(piece) or piece.cursor not in {None, self.inlet.cursor}:
                await self.hopper.put(self.inlet, piece)
            # Judging a batch takes some ten milliseconds: heartbeats and other sources come in between.
            await asyncio.sleep(0)

    async def _presume_well(self) -> None:
        await self.sleep(SILENCE / SECOND)
        self._backoff.worked(self.clock.now())
        await self._health.well()

    async def _fault(self, error: BaseException) -> None:
        now = self.clock.now()
        self._asked_until = 0
        if isinstance(error, BudgetSpentError):
            pause = max(REFUSED_PAUSE, self._backoff.failed(now, error.retry_after))
            await self._health.write(Health.PAUSED, retry_at=now + pause, error=error)
        elif isinstance(error, SourceRefusedError):
            pause = max(REFUSED_PAUSE, self._backoff.failed(now, error.retry_after))
            await self._health.write(Health.REFUSED, retry_at=now + pause, error=error)
        else:
            pause = self._backoff.failed(now, error.retry_after if isinstance(error, SourceError) else None)
            if isinstance(error, SourceError) and error.retry_after is not None:
                self._asked_until = now + pause
            await self._health.write(Health.RETRYING, retry_at=now + pause, error=error)
            if not isinstance(error, SourceError):
                _log.warning("unforeseen fault source=%s", self.inlet.source.name, exc_info=error)
        await self.sleep(pause / SECOND)


def _matters(piece: Judged) -> bool:
    return bool(piece.items or piece.set_aside or piece.removed or piece.tips or piece.receipts)


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
