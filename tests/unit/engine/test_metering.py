"""The meter: what is used is kept by month, and what is left of the cap is known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cmconsole.core.clock import DAY
from cmconsole.engine.metering import StoreMeter, month_of
from cmconsole.store.sqlite.store import SqliteStore
from tests.unit.engine.parts import Time


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "desk.db", role="engine")
    await store.open()
    yield store
    await store.close()


def instant(*date: int) -> int:
    return int(datetime(*date, tzinfo=UTC).timestamp() * 1000)  # type: ignore[arg-type,misc]


def test_months_turn_at_midnight_utc() -> None:
    assert month_of(instant(2026, 12, 1)) == "2026-12"
    assert month_of(instant(2026, 12, 1) - 1) == "2026-11"


async def test_what_is_left_falls_and_comes_back_with_the_month(store: SqliteStore) -> None:
    time = Time(instant(2026, 11, 30))
    meter = StoreMeter(store, time, "main", 100)
    assert await meter.left() == 100
    await meter.spend("read", 2, 70)
    await StoreMeter(store, time, "other", 100).spend("read", 1, 90)
    assert await meter.left() == 30
    await meter.spend("write", 1, 70)
    assert await meter.left() == 0
    time.at += DAY

    assert await meter.left() == 100


async def test_without_a_cap_everything_is_counted_all_the_same(store: SqliteStore) -> None:
    time = Time(instant(2026, 11, 30))
    meter = StoreMeter(store, time, "main", None)
    await meter.spend("read", 2, 70)

    assert await meter.left() is None
    assert [it.cost for it in await store.used("2026-11")] == [70]
