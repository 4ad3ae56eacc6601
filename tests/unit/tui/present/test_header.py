"""The header: all of it when wide, what matters most when narrow, and words for every state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cmconsole.config.language import speaking
from cmconsole.core.account import AccountState
from cmconsole.core.account import Standing as Found
from cmconsole.core.budget import DOLLAR
from cmconsole.core.clock import HOUR, MINUTE, SECOND
from cmconsole.core.shift import Shift
from cmconsole.core.source import Health, SourceState
from cmconsole.desk.board import Board
from cmconsole.desk.rate import rate
from cmconsole.desk.shift import Standing
from cmconsole.tui.present.header import Identity, header
from cmconsole.tui.present.line import Line, width_of
from tests.unit.tui.desks import NOON, place

ACME = Identity("Acme", "@acme", "X", live=False)
RETRYING = SourceState("Mastodon", "mastodon", Health.RETRYING, retry_at=NOON + 12 * SECOND)


def board(**changed: Any) -> Board:
    parts: dict[str, Any] = {
        "at": NOON,
        "lanes": {},
        "limits": {},
        "counts": {},
        "rate": rate([(NOON - minute * MINUTE, 30 - minute) for minute in range(20)], NOON),
        "sources": (SourceState("X", "x", Health.OK), RETRYING),
        "colleagues": ("Bruno", "Chloé"),
        "engine_runs": True,
        "standing": standing(134),
    }
    return Board(**{**parts, **changed})


def standing(minutes_left: int) -> Standing:
    shift = Shift(1, "Alice", NOON - 6 * HOUR, NOON + minutes_left * MINUTE)
    return Standing(shift, shift.stage(NOON), shift.left(NOON), 0.7)


async def line(
    folder: Path,
    board: Board | None,
    width: int,
    identity: Identity = ACME,
    anew: tuple[int, int] | None = None,
) -> Line:
    async with place(folder) as where:
        return header(identity, board, where.desk("Alice"), "H", width, anew=anew)


def words(drawn: Line) -> str:
    return "".join(text for text, _meaning in drawn)


async def test_wide_it_says_everything(tmp_path: Path) -> None:
    said = words(await line(tmp_path, board(), 160))

    for part in (
        "ACME",
        "speaking as @acme on X",
        "REHEARSAL",
        "/min ↑",
        "Mastodon retry 12 s",
        "X ok",
        "Bruno, Chloé",
        "2 h 14 left",
        "14:14",
    ):
        assert part in said


@pytest.mark.parametrize("width", [*range(60, 200, 7), 80, 120, 160])
async def test_it_is_exactly_as_wide_as_the_screen(tmp_path: Path, width: int) -> None:
    assert width_of(await line(tmp_path, board(), width)) == width


async def test_narrow_it_keeps_who_speaks_what_fails_and_the_clock(tmp_path: Path) -> None:
    said = words(await line(tmp_path, board(), 80))

    for part in ("@acme·X", "REHEARSAL", "Mastodon retry", "2h14", "14:14"):
        assert part in said


async def test_live_and_rehearsal_differ_in_words_and_look(tmp_path: Path) -> None:
    live = await line(tmp_path, board(), 80, Identity("Acme", "@acme", "X", live=True))

    assert (" LIVE ", "live") in live
    assert ("▏REHEARSAL▕", "rehearsal") in await line(tmp_path, board(), 80)


@pytest.mark.parametrize(
    ("left", "part", "meaning"),
    [
        (134, "2 h 14 left", "text"),
        (29, "29 min left", "urgent"),
        (14, "14 min left · H hand over", "urgent"),
        (-5, "over by 5 min · H hand over", "overdue"),
    ],
)
async def test_the_clock_changes_at_every_stage(tmp_path: Path, left: int, part: str, meaning: str) -> None:
    assert (part, meaning) in await line(tmp_path, board(standing=standing(left)), 200)


async def test_after_the_handover_it_says_read_only(tmp_path: Path) -> None:
    shift = Shift(1, "Alice", NOON - HOUR, NOON, handed_over_at=NOON)
    done = Standing(shift, shift.stage(NOON), 0, 1.0)

    assert "read only" in words(await line(tmp_path, board(standing=done), 200))


async def test_a_stopped_engine_is_the_worst_news(tmp_path: Path) -> None:
    drawn = await line(tmp_path, board(engine_runs=False), 80)

    assert any("engine stopped" in text and meaning == "overdue" for text, meaning in drawn)


async def test_an_engine_that_starts_is_not_missed(tmp_path: Path) -> None:
    async with place(tmp_path) as where:
        desk = where.desk("Alice")
        drawn = header(ACME, board(engine_runs=False), desk, "H", 80, engine_starting=True)

    assert ("engine starting", "quiet") in drawn


async def test_many_troubled_sources_are_counted(tmp_path: Path) -> None:
    sources = tuple(SourceState(f"feed-{n}", "feeds", Health.REFUSED) for n in range(9))

    assert "9 down" in words(await line(tmp_path, board(sources=sources), 80))


@pytest.mark.parametrize("width", [80, 120, 160])
async def test_judging_anew_is_told_beside_the_sources(tmp_path: Path, width: int) -> None:
    said = words(await line(tmp_path, board(), width, anew=(455, 1000)))

    assert said.index("12 s") < said.index("triage 45 %") < said.index("14:14")
    assert "triage" not in words(await line(tmp_path, board(), width))


async def test_whom_the_desk_speaks_for_stays_longer_than_how_far_triage_is(tmp_path: Path) -> None:
    long = Identity("Acme", "@acme_support", "X", live=False)
    said = words(await line(tmp_path, board(), 80, long, anew=(455, 1000)))

    assert "@acme_support·X" in said
    assert "triage" not in said


@pytest.mark.parametrize("width", [*range(60, 200, 7), 80, 120, 160])
async def test_judging_anew_leaves_the_header_as_wide_as_the_screen(tmp_path: Path, width: int) -> None:
    bad = tuple(SourceState(f"feed-{n}", "feeds", Health.REFUSED) for n in range(9))
    for sources in ((), bad, bad[:1]):
        assert width_of(await line(tmp_path, board(sources=sources), width, anew=(0, 0))) == width


def account(
    standing: Found = Found.VERIFIED, name: str = "main", platform: str = "x", **more: Any
) -> AccountState:
    return AccountState(name, platform, "@acme", "live", standing, **more)


LOCKED = account(Found.LOCKED, seen="other")


async def test_a_locked_account_is_said_in_red_words(tmp_path: Path) -> None:
    drawn = await line(tmp_path, board(accounts=(LOCKED,)), 200)

    assert ("main: token is @other, not @acme – locked", "overdue") in drawn


async def test_without_room_a_red_sign_counts_the_accounts(tmp_path: Path) -> None:
    drawn = await line(tmp_path, board(accounts=(LOCKED, account(Found.REFUSED, "b"))), 80)

    assert ("✕2", "overdue") in drawn


async def test_an_account_that_was_not_reached_is_no_alarm(tmp_path: Path) -> None:
    drawn = await line(tmp_path, board(accounts=(account(Found.UNREACHED), account())), 200)

    assert "main" not in words(drawn)


@pytest.mark.parametrize(
    ("spent", "said", "meaning"),
    [(12, "X $12/50", "quiet"), (40, "X $40/50", "urgent"), (50, "X $50/50", "overdue")],
)
async def test_money_is_told_and_warns_before_it_is_spent(
    tmp_path: Path, spent: int, said: str, meaning: str
) -> None:
    used = account(spent=spent * DOLLAR, cap=50 * DOLLAR)

    assert (said, meaning) in await line(tmp_path, board(accounts=(used,)), 200)


async def test_money_that_suffices_gives_way_and_money_that_does_not_stays(tmp_path: Path) -> None:
    for spent, shown in ((12, False), (49, True)):
        used = account(spent=spent * DOLLAR, cap=50 * DOLLAR)
        said = words(await line(tmp_path, board(accounts=(used, LOCKED)), 80))
        assert (f"${spent}/50" in said) is shown


async def test_two_accounts_on_one_platform_are_told_apart(tmp_path: Path) -> None:
    used = [account(name=name, spent=DOLLAR, cap=50 * DOLLAR) for name in ("one", "two")]

    assert "one $1/50 · two $1/50" in words(await line(tmp_path, board(accounts=tuple(used)), 200))


async def test_an_account_without_a_cap_costs_no_room(tmp_path: Path) -> None:
    assert "$" not in words(await line(tmp_path, board(accounts=(account(spent=DOLLAR),)), 200))


HELD = SourceState("blog", "feeds", Health.PAUSED, paused_by="Bob")


@pytest.mark.parametrize(("width", "said"), [(160, "blog paused by Bob"), (80, "blog paused by Bob")])
async def test_who_paused_a_source_is_said(tmp_path: Path, width: int, said: str) -> None:
    sources = (SourceState("X", "x", Health.OK), HELD)

    assert said in words(await line(tmp_path, board(sources=sources), width))


async def test_many_paused_sources_are_counted(tmp_path: Path) -> None:
    held = tuple(SourceState(f"blog{n}", "feeds", Health.PAUSED, paused_by="Bob") for n in range(4))

    assert ("4 paused", "text") in await line(tmp_path, board(sources=held), 80)


async def test_a_source_without_money_is_down_until_it_is_tried_again(tmp_path: Path) -> None:
    spent = SourceState("X", "x", Health.PAUSED, retry_at=NOON + HOUR)
    stopped = SourceState("X", "x", Health.PAUSED)

    assert ("X paused", "urgent") in await line(tmp_path, board(sources=(spent,)), 160)
    assert ("X paused", "quiet") in await line(tmp_path, board(sources=(stopped,)), 160)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [80, 96, 120, 160])
async def test_all_troubles_at_once_fit_in_both_languages(tmp_path: Path, width: int, language: str) -> None:
    bad = tuple(SourceState(f"feed-{n}", "feeds", Health.REFUSED) for n in range(9))
    used = account(Found.LOCKED, "other", spent=50 * DOLLAR, cap=50 * DOLLAR, seen="x")
    everything = board(sources=(*bad, HELD), accounts=(LOCKED, used), standing=standing(-64))

    with speaking(language):
        drawn = await line(tmp_path, everything, width, anew=(1, 2))

    assert width_of(drawn) == width
    said = words(drawn)
    assert "✕2" in said or "@other" in said
    assert "50/50" in said


async def test_before_the_first_reading_it_says_who_speaks(tmp_path: Path) -> None:
    assert "speaking as @acme" in words(await line(tmp_path, None, 80))
