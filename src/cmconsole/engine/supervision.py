"""Keeps workers alive: one that fails is started again after a pause, and takes no other down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

from cmconsole.core.clock import SECOND, Clock
from cmconsole.core.errors import LeaseLostError, StoreVersionError
from cmconsole.engine.backoff import Backoff
from cmconsole.engine.ending import Cause, Ending
from cmconsole.engine.options import Sleep
from cmconsole.engine.redaction import in_words

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Supervisor:
    """Runs workers. Two errors cannot be mended by trying again: they ask for the ending."""

    clock: Clock
    ending: Ending
    sleep: Sleep = asyncio.sleep
    chance: Random = field(default_factory=Random)

    async def keep(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` until it returns; after a failure run it again, later and later as it keeps failing."""
        backoff = Backoff(self.chance)
        while True:
            # A worker that ran on for a minute was well, whatever ended it.
            backoff.worked(self.clock.now())
            try:
                await work()
            except asyncio.CancelledError:
                if is_being_cancelled():
                    raise
                pause = backoff.failed(self.clock.now())
                _log.error("worker cancelled from inside worker=%s pause_ms=%d", name, pause)
            except Exception as error:  # noqa: BLE001 - no worker's failure may take another one down
                if self._ends(error):
                    return
                pause = backoff.failed(self.clock.now())
                _log.exception("worker failed worker=%s pause_ms=%d", name, pause)
            else:
                return
            await self.sleep(pause / SECOND)

    def _ends(self, error: Exception) -> bool:
        if isinstance(error, LeaseLostError):
            self.ending.ask(Cause.LEASE_LOST, in_words(error))
        elif isinstance(error, StoreVersionError):
            self.ending.ask(Cause.BROKEN, in_words(error))
        else:
            return False
        return True


def is_being_cancelled() -> bool:
    """Say whether the current task was asked to end.

    A library can raise CancelledError by its own doing (a cancel scope that leaks): a failure like any other.
    """
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
