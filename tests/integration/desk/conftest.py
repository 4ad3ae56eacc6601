"""A desk on a real store, and authors who write to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cmconsole.core.clock import MINUTE
from cmconsole.core.mention import Author, Mention
from cmconsole.core.sla import SlaPolicy
from cmconsole.desk.context import Desk
from cmconsole.store.contract import Intake
from cmconsole.store.sqlite.store import SqliteStore
from cmconsole.triage.late import LateJudge
from cmconsole.triage.triage import Triage
from tests.unit.desk.parts import MovableClock

Say = Callable[..., Awaitable[int]]

JUDGE = Triage()
"""The engine's: it takes a while to make, and nobody teaches it."""


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk" / "store.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(path)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
def sit(clock: MovableClock, store: SqliteStore) -> Callable[[str], Desk]:
    """Sit somebody down at the desk."""

    def down(person: str) -> Desk:
        return Desk(
            store=store,
            clock=clock,
            judge=LateJudge(Triage),
            policy=SlaPolicy(),
            person=person,
            console=f"console of {person}",
            zone=ZoneInfo("Europe/Paris"),
        )

    return down


@pytest.fixture
def alice(sit: Callable[[str], Desk]) -> Desk:
    return sit("Alice")


@pytest.fixture
def bruno(sit: Callable[[str], Desk]) -> Desk:
    return sit("Bruno")


@pytest.fixture
def say(clock: MovableClock, store: SqliteStore) -> Say:
    """Let an author write; returns the conversation's id."""
    written = 0

    async def write(
        text: str = "My order is broken, I want a refund",
        handle: str = "ada",
        reach: int = 50,
        thread: str = "",
    ) -> int:
        nonlocal written
        written += 1
        author = Author("x", handle, reach=reach)
        mention = Mention("x", f"n{written}", author, text, clock.now(), source="scripted", thread=thread)
        item = (mention, JUDGE.judge(mention))
        await store.ingest(Intake("scripted", "x", [item]), SlaPolicy(), clock.now() + 1)
        stored = await store.find_mention("x", f"n{written}")
        assert stored is not None
        clock.at += MINUTE
        return stored.conversation_id

    return write
