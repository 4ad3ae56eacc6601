"""Real consoles in a real store, driven by keys: what tests of the app and its pictures share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from textual.pilot import Pilot

from cmconsole.core.clock import HOUR, Millis
from cmconsole.core.conversation import Conversation
from cmconsole.core.source import Health
from cmconsole.core.verdict import Lane
from cmconsole.desk import board, shift
from cmconsole.store.contract import ENGINE_LEASE
from cmconsole.tui.app import ConsoleApp
from cmconsole.tui.settings import ConsoleSettings
from tests.unit.tui.desks import Place, place

WHOLE = 200
WIDE, NARROW = (160, 45), (80, 24)


@dataclass
class Console:
    """A running console, and the place it is at."""

    app: ConsoleApp
    pilot: Pilot[None]
    place: Place

    def lines(self) -> list[str]:
        """Return the words on the screen, line by line."""
        strips = self.app.screen._compositor.render_strips()
        return ["".join(segment.text for segment in strip).rstrip() for strip in strips]

    def shown(self) -> str:
        """Return the words on the screen."""
        return "\n".join(self.lines())

    def cursor(self) -> str:
        """Return the row under the cursor, from its sign on."""
        return next(line[line.index("▌") :] for line in self.lines() if "▌P" in line)

    async def press(self, *keys: str) -> None:
        """Press keys and wait until what they began has ended."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def settle(self) -> None:
        """Wait until no command runs any more, but those that wait for an answer, and all is painted."""
        for _turn in range(200):
            await self.pilot.pause()
            commands = [
                task for task in self.app._tasks if task.get_name() not in {"follow-store", "say-alive"}
            ]
            if not commands or not hasattr(self.app.screen, "handlers"):
                break
        await self.pilot.pause()

    async def read(self) -> None:
        """Let the console read the store again, as it does by itself a few times a second."""
        await self.app.session.read()
        self.app.board_came()
        await self.pilot.pause()

    async def lane(self, lane: Lane) -> list[Conversation]:
        """Return a lane as the store has it."""
        return await self.place.store.lane(lane, 50)


@asynccontextmanager
async def console(
    folder: Path,
    *texts: str,
    settings: ConsoleSettings | None = None,
    size: tuple[int, int] = WIDE,
    left: Millis = 2 * HOUR,
    follow: bool = False,
    rows: int = WHOLE,
    start_engine: Callable[[], None] | None = None,
) -> AsyncIterator[Console]:
    """Run Alice's console on a store with these mentions; without `follow` it reads when told to."""
    async with place(folder) as where:
        now = where.clock.now()
        await where.store.acquire_lease(ENGINE_LEASE, "engine", now, 24 * HOUR)
        await where.store.set_source_health("X", "x", Health.OK, now=now)
        await where.take(*texts)
        desk = where.desk("Alice")
        await shift.start(desk, now + left)
        first = await board.read(desk, {lane: board.Wish(rows) for lane in Lane})
        app = ConsoleApp(desk, settings or ConsoleSettings("Acme", "@acme", "X"), first, start_engine)
        if not follow:
            app._follow = lambda: None  # type: ignore[method-assign] # the test says when
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            if rows == WHOLE and not follow:
                await app.session.read()
            yield Console(app, pilot, where)
