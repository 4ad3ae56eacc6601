"""Presence: tell colleagues that one is at the desk, and see who is."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from cmconsole.core.claim import AWAY
from cmconsole.core.clock import SECOND, Millis
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.reply import ReplyStatus
from cmconsole.store.contract import Presence

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cmconsole.desk.context import Desk

BEAT: Millis = 5 * SECOND
"""How often a console says that it lives."""

SOON: Millis = SECOND // 2
"""How soon after an undo window's end it says so: the engine waits for that sign before it sends."""


async def beat(desk: Desk) -> None:
    """Say that this console lives; to be called every BEAT."""
    await desk.store.beat(Presence(desk.console, desk.person, desk.now(), desk.shift_id))


async def live(desk: Desk, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
    """Say so again and again, for ever: every BEAT, and every SOON while a window of this console's runs.

    A store that is busy costs one sign of life, no more.
    """
    while True:
        with suppress(CmconsoleError):
            await beat(desk)
        waited = 0
        while waited < BEAT:
            await sleep(SOON / SECOND)
            waited += SOON
            if await _watches(desk):
                break


async def _watches(desk: Desk) -> bool:
    """Say whether this console watches over an undo window."""
    with suppress(CmconsoleError):
        if (await desk.store.reply_counts()).get(ReplyStatus.HOLDING):
            held = await desk.store.replies_in({ReplyStatus.HOLDING})
            return any(it.console == desk.console and it.hold_until is not None for it in held)
    return False


async def leave(desk: Desk) -> None:
    """Say that this console ends."""
    await desk.store.leave(desk.console)


async def colleagues(desk: Desk) -> tuple[str, ...]:
    """Return the names of the others at the desk now, each once, in order."""
    present = await desk.store.presences(desk.now() - AWAY)
    return tuple(sorted({presence.person for presence in present} - {desk.person}))
