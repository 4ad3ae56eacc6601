"""The clockwork: bells that are worth it, and a shift clock that calls once at every stage."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from cmconsole.core.clock import HOUR, MINUTE, SECOND
from cmconsole.core.errors import StoreBusyError
from cmconsole.desk import shift
from cmconsole.tui.feed import (
    BELL_PAUSE,
    ENGINE_PAUSE,
    NOTICE,
    QUIET_KEYS,
    Bell,
    ShiftWatch,
    follow,
    keep_engine,
)
from cmconsole.tui.session import ENGINE_START, Session
from cmconsole.tui.settings import ConsoleSettings
from tests.unit.tui.desks import Place, place

URGENT = "Your charger caught fire, my lawyer will call"


@asynccontextmanager
async def session(
    folder: Path, *, mute: bool = False, left: int | None = HOUR
) -> AsyncIterator[tuple[Session, Place]]:
    async with place(folder) as where:
        desk = where.desk("Alice")
        if left is not None:
            await shift.start(desk, where.clock.now() + left)
        held = Session(desk, ConsoleSettings("Acme", mute=mute))
        await held.read()
        yield held, where


async def rung(held: Session, bell: Bell) -> bool:
    await held.read()
    return bell.due(held, stage_changed=False)


async def test_the_bell_rings_for_new_urgent_ones_only(tmp_path: Path) -> None:
    async with session(tmp_path) as (held, where):
        bell = Bell()
        await where.take(URGENT)
        assert not await rung(held, bell), "what was there at the start is no news"
        assert not await rung(held, bell)
        where.clock.move(SECOND)
        await where.take("merci, service au top")
        assert not await rung(held, bell)
        where.clock.move(SECOND)
        await where.take(URGENT)
        assert await rung(held, bell)
        where.clock.move(SECOND)
        await where.take(URGENT)
        assert not await rung(held, bell), "one bell is enough for a storm"
        where.clock.move(BELL_PAUSE)
        await where.take(URGENT)
        assert await rung(held, bell)


@pytest.mark.parametrize(("mute", "left"), [(True, HOUR), (False, None)])
async def test_muted_or_off_shift_it_never_rings(tmp_path: Path, mute: bool, left: int | None) -> None:
    async with session(tmp_path, mute=mute, left=left) as (held, where):
        bell = Bell()
        await rung(held, bell)
        where.clock.move(SECOND)
        await where.take(URGENT)
        assert not await rung(held, bell)
        assert not bell.due(held, stage_changed=True)


async def test_every_stage_is_told_once(tmp_path: Path) -> None:
    async with session(tmp_path) as (held, where):
        watch = ShiftWatch()
        told = []
        for _minute in range(70):
            where.clock.move(MINUTE)
            news = watch.look(held)
            if news is not None:
                told.append(news[0])

    assert [words.split(":")[0] for words in told] == [
        "Half an hour of your shift is left.",
        "A quarter of an hour is left",
        "Your shift is over",
    ]


async def test_the_handover_waits_for_the_notice_and_for_quiet_keys(tmp_path: Path) -> None:
    async with session(tmp_path, left=14 * MINUTE) as (held, where):
        watch, now = ShiftWatch(), where.clock.now()
        watch.look(held)
        assert not watch.handover_due(now + NOTICE - 1, 0)
        assert not watch.handover_due(now + NOTICE, now + NOTICE - QUIET_KEYS + 1)
        assert watch.handover_due(now + NOTICE, now + NOTICE - QUIET_KEYS)
        assert not watch.handover_due(now + HOUR, 0), "it opens by itself only once"


class Listener:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.boards = 0

    def board_came(self) -> None:
        self.boards += 1
        if self.boards == 2:
            raise EOFError

    def say(self, text: str, meaning: str = "text") -> None:
        self.said.append(text)
        assert meaning


async def test_a_store_that_cannot_be_read_is_said_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with session(tmp_path) as (held, where):
        listener, works = Listener(), where.store.lane_counts
        failures = [StoreBusyError("The store is busy.")]

        async def sometimes(now: int) -> object:
            where.clock.move(10 * SECOND)
            if failures:
                raise failures.pop()
            return await works(now)

        monkeypatch.setattr(where.store, "lane_counts", sometimes)
        where.clock.move(10 * SECOND)
        with pytest.raises(EOFError):
            await follow(held, listener)

    assert listener.said[0].startswith("What you see may be old. The store is busy.")
    assert listener.said[1] == "The store can be read again."


class EnoughError(Exception):
    """Ends an endless task of a test."""


async def engine_starts(
    held: Session, where: Place, runs: list[bool], *, at_first: bool = False
) -> list[int]:
    """Keep the engine while `runs` says, second by second, whether it works; return when it was started."""
    began, starts, steps = where.clock.now(), list[int](), iter(runs)

    async def second(_seconds: float) -> None:
        where.clock.at += SECOND
        try:
            running = next(steps)
        except StopIteration:
            raise EnoughError from None
        held.board = replace(board, engine_runs=running)

    board = await held.read()
    held.board = replace(board, engine_runs=at_first)
    with pytest.raises(EnoughError):
        await keep_engine(held, lambda: starts.append(where.clock.now() - began), sleep=second)
    return starts


async def test_an_engine_is_started_once_while_it_works(tmp_path: Path) -> None:
    async with session(tmp_path) as (held, where):
        assert await engine_starts(held, where, [False] * 3 + [True] * 600) == [0]


async def test_no_engine_is_started_beside_one_that_works(tmp_path: Path) -> None:
    async with session(tmp_path) as (held, where):
        assert await engine_starts(held, where, [True] * 60, at_first=True) == []


async def test_an_engine_that_was_killed_is_started_again(tmp_path: Path) -> None:
    async with session(tmp_path) as (held, where):
        starts = await engine_starts(held, where, [True] * 60 + [False] * 3 + [True] * 60)
        assert len(starts) == 2
        assert 60 * SECOND <= starts[1] <= 63 * SECOND


async def test_an_engine_that_cannot_live_is_tried_ever_more_seldom(tmp_path: Path) -> None:
    async with session(tmp_path) as (held, where):
        starts = await engine_starts(held, where, [False] * 3_600)
        pauses = [later - earlier for earlier, later in pairwise(starts)]
        assert pauses[0] == ENGINE_START
        assert pauses == sorted(pauses)
        assert pauses[-1] == ENGINE_PAUSE
