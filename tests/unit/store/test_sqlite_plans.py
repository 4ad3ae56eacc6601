"""How SQLite goes about what is asked most: by which index, and in how many steps however much there is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from cmconsole.core.conversation import Status
from cmconsole.core.verdict import Lane
from cmconsole.store.sqlite import SqliteStore, clusters, conversations, learning, tally
from cmconsole.store.sqlite.thread import Writer
from tests.contract.samples import NOW, done, mention, take

_SORTED = "USE TEMP B-TREE"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    made = SqliteStore(tmp_path / "desk.db")
    await made.open()
    try:
        yield made
    finally:
        await made.close()


async def _plan(store: SqliteStore, sql: str) -> list[str]:
    numbers = {f"?{n}" for n in range(1, 9) if f"?{n}" in sql}
    values = [None] * (len(numbers) or sql.count("?"))
    return [row[-1] for row in await store._database.rows(f"EXPLAIN QUERY PLAN {sql}", values)]


async def _steps(store: SqliteStore, job: Callable[[Writer], Any]) -> int:
    """Return how many instructions SQLite's machine ran for a job in a transaction."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    def counted(writer: Writer) -> None:
        writer.connection.set_progress_handler(count, 1)
        try:
            job(writer)
        finally:
            writer.connection.set_progress_handler(None, 1)

    await store._database.write(counted)
    return steps


@pytest.mark.parametrize("sql", [conversations._LANE, conversations._LANE_AFTER])
async def test_a_lane_is_read_in_the_order_of_its_index(store: SqliteStore, sql: str) -> None:
    plan = await _plan(store, sql)
    assert "USING INDEX conversation_lane " in plan[0]
    assert not any(_SORTED in step for step in plan)


async def test_overdue_are_counted_within_the_two_indexes_of_a_lane(store: SqliteStore) -> None:
    steps = [step for step in await _plan(store, tally._OVERDUE) if "conversation" in step]
    used = [step.split("INDEX ")[1].split(" ")[0] for step in steps]
    assert used == ["conversation_lane"] * 4 + ["conversation_behind"] * 4
    assert all("(lane=? AND priority=? AND answer_by<?)" in step for step in steps)


async def test_open_ones_of_a_lane_are_merged_from_its_two_indexes(store: SqliteStore) -> None:
    plan = await _plan(store, conversations._WITH_THOSE_BEHIND)
    assert [step for step in plan if "MERGE" in step]
    for index in ("conversation_lane", "conversation_behind"):
        assert [step for step in plan if f"USING INDEX {index} (lane=?)" in step]


async def test_who_leads_is_found_at_the_head_of_a_range(store: SqliteStore) -> None:
    steps = [step for step in await _plan(store, clusters._RIVALS) if "conversation_cluster" in step]
    assert len(steps) == 2
    ranged = "USING COVERING INDEX conversation_cluster (cluster=? AND status=? AND lane=? AND lead=?)"
    assert all(ranged in step for step in steps)
    assert not any(_SORTED in step for step in await _plan(store, clusters._RIVALS))


async def test_sizes_are_counted_in_the_index_alone(store: SqliteStore) -> None:
    ranged = "USING COVERING INDEX conversation_cluster (cluster=? AND status=? AND lane=?)"
    assert [step for step in await _plan(store, clusters._SIZES) if ranged in step]


async def test_an_author_s_conversations_are_found_by_author(store: SqliteStore) -> None:
    assert [
        step for step in await _plan(store, clusters._HEARD) if "conversation_author (author_id=?)" in step
    ]


async def test_newest_mentions_are_the_end_of_a_range(store: SqliteStore) -> None:
    plan = await _plan(store, learning._THEIR_NEWEST)
    ranged = "USING COVERING INDEX mention_conversation (conversation_id=?)"
    assert [step for step in plan if ranged in step]
    assert not any(step.startswith(("SCAN n", "SCAN m")) for step in plan)


async def test_settling_a_storm_costs_as_much_as_settling_a_few(store: SqliteStore) -> None:
    async def cost() -> int:
        found = (await store.lane(Lane.COMPLAINTS, 1))[0]
        return await _steps(
            store, lambda writer: conversations.change(writer, found.id, done("Zoé"), person="Zoé", now=NOW)
        )

    await take(store, *(mention(n, f"p{n}") for n in range(1, 21)))
    await store.cluster([(n, 1) for n in range(2, 21)], NOW, None)
    few = await cost()
    await take(store, *(mention(n, f"p{n}") for n in range(21, 2_001)))
    await store.cluster([(n, 2) for n in range(21, 2_001)], NOW, None)
    many = await cost()

    assert (await store.status_counts())[Status.RESOLVED] == 2
    assert many <= few * 1.1


async def test_moves_outside_clusters_settle_nothing(store: SqliteStore) -> None:
    await take(store, mention(1), mention(2))
    asked: list[str] = []

    def traced(writer: Writer) -> None:
        writer.connection.set_trace_callback(asked.append)
        conversations.change(writer, 1, done("Zoé"), person="Zoé", now=NOW)
        writer.connection.set_trace_callback(None)

    await store._database.write(traced)
    assert asked
    assert not any("cluster = " in sql for sql in asked)
