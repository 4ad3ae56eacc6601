"""What the engine's tests share: a real store on a real file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cmconsole.store.sqlite.store import SqliteStore


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """Return an open, empty store."""
    store = SqliteStore(tmp_path / "desk.db", role="engine")
    await store.open()
    yield store
    await store.close()
