"""Where a command sits that sends replies: its person, its sign of life, and the engine beside it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from cmconsole import wiring
from cmconsole.cli.running import at_desk
from cmconsole.config.language import _
from cmconsole.config.paths import state_dir
from cmconsole.config.tasks import spawn
from cmconsole.core.clock import SECOND
from cmconsole.core.errors import CmconsoleError, InputError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from cmconsole.cli.scope import Scope
    from cmconsole.core.clock import Instant
    from cmconsole.desk.context import Desk

PATIENCE: Final = 30 * SECOND
"""How long a starting engine is waited for: it loads triage first, and steps back for everything else."""

_LOOK: Final = 0.1
"""Seconds between two looks whether an engine is at work: each reads one row."""


@asynccontextmanager
async def seated(scope: Scope) -> AsyncIterator[Desk]:
    """Sit down at the desk to act, in the person's running shift where there is one. Raises InputError."""
    from cmconsole.desk import shift  # noqa: PLC0415 - help does without

    async with at_desk(scope) as desk:
        if not desk.person:
            raise InputError(
                _("It is recorded who replies and who approves, and you are not named."),
                advice=_("Say who you are: --as NAME."),
            )
        await shift.resume(desk)
        yield desk


@asynccontextmanager
async def alive(desk: Desk) -> AsyncIterator[None]:
    """Give this command's sign of life as a console does: when it is killed, its windows do not run out."""
    from cmconsole.desk import presence  # noqa: PLC0415 - help does without

    await presence.beat(desk)
    beating = spawn(presence.live(desk), name="presence")
    try:
        yield
    finally:
        beating.cancel()
        await asyncio.wait({beating})
        await presence.leave(desk)


class EngineBeside:
    """The engine that is to send what this command lets go; one is started where none is at work."""

    def __init__(
        self,
        scope: Scope,
        desk: Desk,
        *,
        start: Callable[..., None] = wiring.start_engine,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._scope = scope
        self._desk = desk
        self._start = start
        self._sleep = sleep
        self._since: Instant | None = None

    async def look(self) -> bool:
        """Say whether one is at work; where none is, start one, and raise once that has taken too long.

        Raises CmconsoleError.
        """
        from cmconsole.store.contract import ENGINE_LEASE  # noqa: PLC0415 - help does without

        lease, now = await self._desk.store.lease(ENGINE_LEASE), self._desk.now()
        if lease is not None and lease.expires_at > now:
            self._since = None
            return True
        if self._since is None:
            self._since = now
            self._start(self._scope.settings(), config=self._scope.config, folder=state_dir())
        elif now - self._since > PATIENCE:
            raise CmconsoleError(
                _("No engine is at work, and none could be started."),
                advice=_("Your text is kept as a draft. Start one: cmconsole engine --stay"),
            )
        return False

    async def at_work(self) -> None:
        """Return once an engine is at work. Raises CmconsoleError."""
        while not await self.look():
            await self._sleep(_LOOK)
