"""The way in: reads the desk while the toolkit loads, so that the first picture already has rows."""

from __future__ import annotations

import asyncio
import gc
import importlib
from contextlib import suppress
from typing import TYPE_CHECKING

from cmconsole.config.tasks import spawn
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.verdict import Lane
from cmconsole.desk import board as boards
from cmconsole.desk import presence

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cmconsole.desk.board import Board
    from cmconsole.desk.context import Desk
    from cmconsole.tui.settings import ConsoleSettings
    from cmconsole.tui.terminal import Guard

_RARELY = (20_000, 20, 50)
"""Collector thresholds: a full collection walks all that lives here, and is felt as a key that hangs."""


_ROWS = 60
_FIRST = {
    Lane.INFLUENCERS: boards.Wish(_ROWS),
    Lane.COMPLAINTS: boards.Wish(_ROWS),
    Lane.OTHERS: boards.Wish(1),
}
"""What the first picture needs: as many rows as a screen shows, and of the folded lane none.

The second reading, a moment later, completes them (`Session.take`)."""


async def run_console(
    opening: Awaitable[Desk],
    settings: ConsoleSettings,
    guard: Guard | None = None,
    start_engine: Callable[[], None] | None = None,
) -> None:
    """Run the console until the person leaves. Raises StoreError when the desk cannot be read at all.

    opening: opens the store and gives the desk; it is awaited while Textual is imported in a thread.
    guard: `tui.terminal`'s.
    start_engine: called in a thread once the first picture is drawn, for an engine's start would slow ours,
    and again whenever none is at work. It must not use the standard streams: they are the screen's by then.
    """
    # Nothing that is made while starting is ever thrown away: collecting would only walk it again and again.
    gc.disable()
    reading = spawn(_read(opening), name="read-desk")
    toolkit = await asyncio.to_thread(importlib.import_module, "cmconsole.tui.app")
    desk, board = await reading
    app = toolkit.ConsoleApp(desk, settings, board, start_engine)
    if guard is not None:
        guard.attach(app)
    gc.freeze()
    gc.set_threshold(*_RARELY)
    gc.enable()
    try:
        await app.run_async()
    finally:
        with suppress(CmconsoleError):
            await presence.leave(desk)


async def _read(opening: Awaitable[Desk]) -> tuple[Desk, Board]:
    desk = await opening
    return desk, await boards.read(desk, _FIRST)
