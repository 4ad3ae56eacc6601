"""The scene of a desk that replies: one store a test, two persons, one author who complained."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cmconsole.desk.context import Desk
from cmconsole.store.sqlite.store import SqliteStore
from tests.unit.desk.reply.scene import Scene


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    store = SqliteStore(tmp_path / "store.db")
    await store.open()
    made = Scene(store)
    await made.verify("main", "care")
    yield made
    await store.close()


@pytest.fixture
def alice(scene: Scene) -> Desk:
    return scene.sit("Alice")


@pytest.fixture
def bruno(scene: Scene) -> Desk:
    return scene.sit("Bruno")


@pytest.fixture
async def talk(scene: Scene) -> int:
    """Return the id of a conversation that waits for an answer."""
    return await scene.say()
