"""What the header says of each source: told to the store when it changes, and now and then when well."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from cmconsole.core.clock import SECOND, Clock, Instant, Millis
from cmconsole.core.errors import LeaseLostError, StoreError, StoreVersionError
from cmconsole.core.source import Health, Source
from cmconsole.engine.redaction import in_words
from cmconsole.store.contract import IntakeStore

_log = logging.getLogger(__name__)

REFRESH: Millis = 30 * SECOND
"""How often a source that stays well is said to be well again, so that "last ok" means something."""


@dataclass(slots=True)
class HealthRecord:
    """The health of one source. A store too busy to take it is told later: it is never fatal."""

    store: IntakeStore
    clock: Clock
    source: Source
    health: Health | None = None
    written_at: Instant = 0

    async def well(self) -> None:
        """Say that the source answers; cheap, to be called with every batch."""
        if self.health is Health.OK and 0 <= self.clock.now() - self.written_at < REFRESH:
            return
        await self.write(Health.OK)

    async def write(
        self, health: Health, *, retry_at: Instant | None = None, error: BaseException | None = None
    ) -> None:
        """Say how the source is."""
        now = self.clock.now()
        words = "" if error is None else in_words(error)
        if health is not self.health or words:
            _log.info("source name=%s health=%s %s", self.source.name, health.value, words)
        try:
            await self.store.set_source_health(
                self.source.name, self.source.platform, health, now=now, retry_at=retry_at, error=words
            )
        except (LeaseLostError, StoreVersionError):
            raise
        except StoreError as failure:
            _log.warning("health not recorded source=%s error=%s", self.source.name, in_words(failure))
            self.health = None
        else:
            self.health, self.written_at = health, now
