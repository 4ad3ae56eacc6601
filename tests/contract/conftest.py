"""The stores that the contract suite runs over: one entry in FACTORIES a kind of store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from cmconsole.store.contract import Store
from cmconsole.store.sqlite import SqliteStore

Another: TypeAlias = Callable[[], Store]
"""Makes one more store object on the same data, unopened: another process, as far as the store can tell."""


def sqlite(folder: Path) -> Store:
    return SqliteStore(folder / "desk.db")


FACTORIES: dict[str, Callable[[Path], Store]] = {"sqlite": sqlite}


@pytest.fixture(params=sorted(FACTORIES))
def another(request: pytest.FixtureRequest, tmp_path: Path) -> Another:
    """Return the maker of store objects on this test's data."""
    factory = FACTORIES[request.param]
    return lambda: factory(tmp_path)


@pytest.fixture
async def store(another: Another) -> AsyncIterator[Store]:
    """Yield an open, empty store."""
    made = another()
    await made.open()
    try:
        yield made
    finally:
        await made.close()


@pytest.fixture
async def second(store: Store, another: Another) -> AsyncIterator[Store]:
    """Yield a second store object on the same data."""
    made = another()
    await made.open()
    try:
        yield made
    finally:
        await made.close()
