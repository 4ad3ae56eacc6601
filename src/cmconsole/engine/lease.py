"""The engine's lease: one engine at work, the others standing by; heartbeats keep it, silence loses it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from cmconsole.config.language import _
from cmconsole.core.clock import MINUTE, SECOND, Clock, Instant, Millis
from cmconsole.core.errors import LeaseLostError, StoreBusyError, StoreError, StoreVersionError
from cmconsole.engine.ending import Cause, Ending
from cmconsole.engine.options import HEARTBEAT, TTL, Sleep
from cmconsole.engine.redaction import in_words
from cmconsole.store.contract import ENGINE_LEASE, IntakeStore, Lease

_log = logging.getLogger(__name__)

LOOK: Millis = 1 * SECOND
"""Time between two looks of a standby."""

FATAL: Millis = MINUTE
"""A store that fails (not: is busy) for so long is given up: the disk is full, or the file is gone."""


@dataclass(slots=True)
class LeaseKeeper:
    """Takes the lease, keeps it, gives it back."""

    store: IntakeStore
    clock: Clock
    holder: str
    ending: Ending
    sleep: Sleep = asyncio.sleep
    _failing_since: Instant | None = None

    async def taken(self) -> Lease | None:
        """Return the lease if it can be had now."""
        try:
            lease = await self.store.acquire_lease(ENGINE_LEASE, self.holder, self.clock.now(), TTL)
        except StoreError as error:
            self._failed(error)
            return None
        self._failing_since = None
        return lease

    async def standby(self) -> Lease:
        """Look every second until the lease can be had; a caller that no longer wants it cancels."""
        while (lease := await self.taken()) is None:
            await self.sleep(LOOK / SECOND)
        return lease

    async def rival_lives(self) -> bool:
        """Say whether another engine gives a sign of life: one that was killed leaves its lease behind.

        It takes as long as a heartbeat where one lives, and until the lease runs out where none does.
        """
        seen = await self.store.lease(ENGINE_LEASE)
        while seen is not None and seen.holder != self.holder and self.ending.cause is None:
            if seen.expires_at <= self.clock.now():
                return False
            await self.sleep(LOOK / SECOND)
            now = await self.store.lease(ENGINE_LEASE)
            if now is not None and now.holder != self.holder and now.expires_at > seen.expires_at:
                return True
            seen = now
        return False

    async def heartbeat(self, lease: Lease) -> None:
        """Prolong the lease until the ending; LeaseLostError tells that another engine was faster.

        A heartbeat that fails is repeated after a second. The lease may run out meanwhile; should another
        engine take over then, every commit of this one is refused by its token.
        """
        while True:
            await self.sleep(HEARTBEAT / SECOND)
            while not await self._beat(lease):
                await self.sleep(LOOK / SECOND)

    async def _beat(self, lease: Lease) -> bool:
        try:
            await self.store.renew_lease(lease, self.clock.now(), TTL)
        except LeaseLostError:
            raise
        except StoreError as error:
            self._failed(error)
            return False
        self._failing_since = None
        return True

    async def release(self, lease: Lease) -> None:
        """Give the lease back, so that a standby need not wait for it to run out."""
        try:
            await self.store.release_lease(lease)
        except StoreError as error:
            _log.warning("lease not released, it runs out by itself error=%s", in_words(error))

    def _failed(self, error: StoreError) -> None:
        """Take note of a failing store; after FATAL there is no point in going on."""
        now = self.clock.now()
        _log.warning("lease not reached error=%s", in_words(error))
        if isinstance(error, StoreBusyError):
            return
        if self._failing_since is None:
            self._failing_since = now
        if isinstance(error, StoreVersionError) or now - self._failing_since >= FATAL:
            self.ending.ask(
                Cause.BROKEN, _("The store cannot be worked with: {error}").format(error=in_words(error))
            )
