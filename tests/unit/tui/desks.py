"""Real desks on a real store in a file, with a clock that tests move."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from cmconsole.core.clock import HOUR, MINUTE, Instant, Millis
from cmconsole.core.mention import Author, Mention
from cmconsole.core.sla import SlaPolicy
from cmconsole.desk.context import Desk
from cmconsole.store.contract import Intake
from cmconsole.store.sqlite import SqliteStore
from cmconsole.triage.triage import Triage

NOON: Instant = 1_772_452_800_000
"""2026-03-02 12:00 UTC."""


@dataclass
class MovedClock:
    """A clock that stands until it is moved."""

    at: Instant = NOON

    def now(self) -> Instant:
        return self.at

    def move(self, by: Millis) -> None:
        self.at += by


@dataclass
class Place:
    """A store, its clock, and the desks at it."""

    store: SqliteStore
    clock: MovedClock

    def desk(self, person: str) -> Desk:
        """Sit a person down at a console of their own."""
        return Desk(
            store=self.store,
            clock=self.clock,
            judge=Triage(),
            policy=SlaPolicy(),
            person=person,
            console=f"console-of-{person}",
            zone=UTC,
        )

    async def take(self, *texts: str, handles: Sequence[str] = ("marc",), reach: int = 48_000) -> None:
        """Take mentions in, one conversation each."""
        judge = Triage()
        items = []
        for number, text in enumerate(texts):
            author = Author("x", f"{handles[number % len(handles)]}{number}", reach=reach)
            mention = Mention("x", f"{self.clock.now()}-{number}", author, text, self.clock.now())
            items.append((mention, judge.judge(mention)))
        await self.store.ingest(Intake("test", "x", items), SlaPolicy(), self.clock.now())


@asynccontextmanager
async def place(folder: Path) -> AsyncIterator[Place]:
    """Open a store in a folder for the length of an `async with`."""
    store = SqliteStore(folder / "desk.db")
    await store.open()
    try:
        yield Place(store, MovedClock())
    finally:
        await store.close()


SHIFT: Millis = 8 * HOUR
QUARTER: Millis = 15 * MINUTE
