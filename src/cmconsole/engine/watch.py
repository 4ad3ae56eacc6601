"""Watches for consoles: an engine that nobody has looked through for a while ends itself."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from cmconsole.config.language import _
from cmconsole.core.clock import SECOND, Clock, Instant, Millis
from cmconsole.core.errors import StoreError
from cmconsole.core.reply import FLYING, ReplyStatus
from cmconsole.engine.ending import Cause, Ending
from cmconsole.engine.options import Sleep
from cmconsole.engine.redaction import in_words
from cmconsole.store.contract import DeskStore

_log = logging.getLogger(__name__)

LOOK: Millis = 2 * SECOND
"""Time between two looks at who is there."""


@dataclass(slots=True)
class PresenceWatch:
    """Adds up the time without a console, and asks for the end when it comes to `idle`.

    One through which replies are about to leave, or are looked up, stays until that is over.

    A console lives while its sign of life is renewed. Time counts only as it is watched, at most two looks'
    worth at a time: a laptop that slept for an hour, or a clock that was set, does not end the engine under a
    console which has had no chance to give a sign.
    """

    store: DeskStore
    clock: Clock
    ending: Ending
    idle: Millis
    sleep: Sleep = asyncio.sleep
    alone: Millis = 0
    _signs: frozenset[tuple[str, Instant]] = frozenset()
    _looked_at: Instant | None = None

    async def watch(self) -> None:
        """Look until the engine has been alone for too long."""
        while True:
            await self.look()
            if self.alone >= self.idle and not await self._is_needed():
                self.ending.ask(
                    Cause.IDLE, _("No console has been open for a while, so the engine ended itself.")
                )
                return
            await self.sleep(LOOK / SECOND)

    async def look(self) -> None:
        """Count the time since the last look, or start again from nothing if any console gave a new sign."""
        now = self.clock.now()
        passed = 0 if self._looked_at is None else min(max(0, now - self._looked_at), 2 * LOOK)
        self._looked_at = now
        try:
            presences = await self.store.presences(now - self.idle)
        except StoreError as error:
            # Not knowing is no reason to leave.
            _log.warning("presence not read error=%s", in_words(error))
            return
        signs = frozenset((presence.console, presence.seen_at) for presence in presences)
        self.alone = 0 if signs - self._signs else self.alone + passed
        self._signs = signs

    async def _is_needed(self) -> bool:
        """Say whether a reply is about to leave, being sent, or to be looked up."""
        try:
            flying = await self.store.replies_in(FLYING)
        except StoreError as error:
            _log.warning("outbox not read error=%s", in_words(error))
            return True
        return any(
            it.status is ReplyStatus.SENDING or it.hold_until is not None or it.next_at is not None
            for it in flying
        )
