"""Presence: tell colleagues that one is at the desk, and see who is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.core.clock import SECOND, Millis
from cmconsole.store.contract import Presence

if TYPE_CHECKING:
    from cmconsole.desk.context import Desk

BEAT: Millis = 5 * SECOND
"""How often a console says that it lives."""

AWAY: Millis = 15 * SECOND
"""A console that was silent for this long has left: three beats, so that one lost beat empties no chair."""


async def beat(desk: Desk) -> None:
    """Say that this console lives; to be called every BEAT."""
    await desk.store.beat(Presence(desk.console, desk.person, desk.now(), desk.shift_id))


async def leave(desk: Desk) -> None:
    """Say that this console ends."""
    await desk.store.leave(desk.console)


async def colleagues(desk: Desk) -> tuple[str, ...]:
    """Return the names of the others at the desk now, each once, in order."""
    present = await desk.store.presences(desk.now() - AWAY)
    return tuple(sorted({presence.person for presence in present} - {desk.person}))
