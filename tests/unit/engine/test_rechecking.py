"""Posts looked at again: deletions and edits are honoured, platforms are asked with measure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from cmconsole.core.clock import DAY, HOUR
from cmconsole.core.errors import BudgetSpentError, SourceError
from cmconsole.core.lookup import Found
from cmconsole.core.mention import Absence, Mention, Removed
from cmconsole.core.moves import done
from cmconsole.core.sla import SlaPolicy
from cmconsole.engine.rechecking import WINDOW, Rechecking
from cmconsole.engine.vips import MarkedAuthors
from cmconsole.store.contract import Intake
from cmconsole.store.sqlite.store import SqliteStore
from tests.unit.engine.parts import PlainJudge, Time, mention

POLICY = SlaPolicy()


@dataclass
class Posts:
    """A platform that knows what became of its posts."""

    platform: str = "test"
    most: int = 3
    edited: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    asked: list[list[str]] = field(default_factory=list)
    raises: list[Exception] = field(default_factory=list)

    async def posts(self, native_ids: Sequence[str]) -> Found:
        self.asked.append(list(native_ids))
        if self.raises:
            raise self.raises.pop(0)
        there = [
            replace(mention(int(it[1:])), text=self.edited.get(it, f"bonjour {it[1:]}"))
            for it in native_ids
            if it not in self.gone
        ]
        known = [
            replace(it, edited_at=it.created_at + 1) if it.native_id in self.edited else it for it in there
        ]
        return Found(tuple(known), tuple(Removed(self.platform, it) for it in native_ids if it in self.gone))

    async def by_address(self, url: str) -> Mention | None:
        return None


@dataclass
class Desk:
    store: SqliteStore
    time: Time = field(default_factory=Time)

    async def take(self, *numbers: int, platform: str = "test") -> None:
        judge = PlainJudge()
        items = [replace(mention(it), platform=platform) for it in numbers]
        intake = Intake("script", platform, [(it, judge.judge(it)) for it in items])
        await self.store.ingest(intake, POLICY, self.time.now())

    def rechecking(self, *platforms: Posts) -> Rechecking:
        lookups = {it.platform: it for it in platforms}
        vips = MarkedAuthors(self.store)
        return Rechecking(
            self.store, lookups, PlainJudge(), vips, POLICY, self.time, lambda: None, self.time.sleep
        )


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = SqliteStore(tmp_path / "desk.db", role="engine")
    await store.open()
    yield Desk(store)
    await store.close()


async def test_what_was_deleted_or_edited_there_is_so_here(desk: Desk) -> None:
    posts = Posts(gone={"m2"}, edited={"m3": "autrement"})
    await desk.take(1, 2, 3, 4)
    desk.time.at += HOUR
    assert await desk.rechecking(posts).look() == 4

    found = {it.thread: it for it in await desk.store.conversations([1, 2, 3, 4])}
    assert [found[it].gone for it in ("m1", "m2", "m3", "m4")] == [None, Absence.DELETED, None, None]
    assert (found["m3"].text, found["m4"].text) == ("autrement", "bonjour 4")
    assert posts.asked == [["m1", "m2", "m3"], ["m4"]]
    assert [it.name for it in await desk.store.source_states()] == ["script"]


async def test_a_post_is_asked_for_once_an_hour_for_a_week(desk: Desk) -> None:
    posts = Posts()
    rechecking = desk.rechecking(posts)
    await desk.take(1)
    assert await rechecking.look() == 0
    desk.time.at += HOUR
    assert [await rechecking.look(), await rechecking.look()] == [1, 0]
    desk.time.at += WINDOW - HOUR
    assert await rechecking.look() == 1
    desk.time.at += HOUR

    assert await rechecking.look() == 0


async def test_where_posts_cost_money_only_those_that_wait_are_asked_for_and_once_a_day(desk: Desk) -> None:
    posts = Posts(platform="x")
    await desk.take(1, 2, platform="x")
    move = lambda it: done(it, person="Ada", now=0)  # noqa: E731 - a move is a function of its conversation
    await desk.store.change(1, move, person="Ada", now=desk.time.now())
    rechecking = desk.rechecking(posts)
    desk.time.at += DAY - 1
    assert await rechecking.look() == 0
    desk.time.at += 1
    await rechecking.look()

    assert posts.asked == [["m2"]]


@pytest.mark.parametrize(
    ("error", "pause"),
    [
        (SourceError("away"), 15 * 60_000),
        (SourceError("slow down", retry_after=1_800), 1_800_000),
        (BudgetSpentError("spent"), DAY),
    ],
)
async def test_a_platform_that_fails_is_left_alone_for_a_while(
    desk: Desk, error: Exception, pause: int
) -> None:
    posts = Posts(raises=[error])
    rechecking = desk.rechecking(posts)
    await desk.take(1, 2, 3, 4)
    desk.time.at += HOUR
    await rechecking.look()
    assert len(posts.asked) == 1
    desk.time.at += pause - 1
    await rechecking.look()
    assert len(posts.asked) == 1
    desk.time.at += 1

    assert await rechecking.look() == 4


async def test_mentions_of_platforms_nobody_can_ask_are_left_alone(desk: Desk) -> None:
    posts = Posts()
    await desk.take(1, platform="blog")
    desk.time.at += HOUR

    assert await desk.rechecking(posts).look() == 0
    assert posts.asked == []
