"""The sources screen's lines: rows that fit at any width, signs beside colours, advice beneath troubles."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from cmconsole.config.language import speaking
from cmconsole.core.account import AccountState, Standing
from cmconsole.core.budget import DOLLAR
from cmconsole.core.clock import DAY, HOUR, MINUTE, SECOND
from cmconsole.core.source import Health, SourceState
from cmconsole.desk.board import Board
from cmconsole.desk.rate import rate
from cmconsole.store.contract import SetAsideItem
from cmconsole.tui.ascii import to_ascii
from cmconsole.tui.present import sources as present
from cmconsole.tui.present.line import Line, cells, width_of
from tests.unit.tui.desks import NOON

REFUSED = SourceState(
    "reddit", "reddit", Health.REFUSED, last_error="Reddit refuses the token. Renew it under prefs/apps."
)
WELL = SourceState(
    "x-mentions", "x", Health.OK, last_ok_at=NOON, newest_at=NOON - 2 * MINUTE, taken=1204, duplicate=37
)
LOCKED = AccountState(
    "main", "x", "@acme", "live", Standing.LOCKED, seen="other", spent=45 * DOLLAR, cap=50 * DOLLAR
)


def board(*states: SourceState, accounts: tuple[AccountState, ...] = ()) -> Board:
    return Board(NOON, {}, {}, {}, rate([], NOON), states, (), engine_runs=True, accounts=accounts)


def items(*states: SourceState, width: int = 80, at: int = 9, **more: Any) -> list[present.Item]:
    return present.items(board(*states, **more), {"x-mentions": "main"}, UTC, NOON, width=width, at=at)


def words(line: Line) -> str:
    return "".join(text for text, _meaning in line)


def row(state: SourceState, width: int = 80) -> Line:
    return items(state, width=width)[0].lines[0]


def test_a_row_says_all_of_a_source() -> None:
    [item] = items(WELL, at=0)

    assert words(item.lines[0]).split() == [
        "▌✓",
        "x-mentions",
        "X",
        "ok",
        "2",
        "min",
        "12:00",
        "1204",
        "37",
        "0",
    ]


def test_the_account_it_reads_with_is_told() -> None:
    assert "X @acme" in words(items(WELL, accounts=(LOCKED,))[0].lines[0])


LONG = "word " * 90 + "end. " + "Do this " * 40
ANY = (
    WELL,
    REFUSED,
    SourceState("山田" * 30, "mastodon", Health.RETRYING, retry_at=NOON + 12 * SECOND, last_error=LONG),
    SourceState("p", "feeds", Health.PAUSED, paused_by="B" * 90, newest_at=NOON - 400 * DAY, taken=10**9),
)
EVERY_STANDING = tuple(
    AccountState(standing.value, "mastodon", "@" + "a" * 60, mode, standing, error=LONG, spent=1, cap=cap)
    for standing in Standing
    for mode in ("live", "rehearsal")
    for cap in (None, DOLLAR)
)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("width", [76, 80, 100, 120, 160, 200])
def test_nothing_is_wider_than_the_screen(width: int, language: str) -> None:
    with speaking(language):
        found = items(*ANY, width=width, at=2, accounts=EVERY_STANDING)
        heads = [
            present.headings(width),
            present.title(board(*ANY), width),
            present.accounts_title(width),
        ]
        lines = [*heads, *(line for item in found for line in item.lines)]

    assert [words(line) for line in lines if width_of(line) > width] == []


@pytest.mark.parametrize("width", [80, 160])
def test_headings_stand_above_their_columns(width: int) -> None:
    head, drawn = words(present.headings(width)), words(row(WELL, width))

    for title, figure in (("newest", "2 min"), ("read", "12:00"), ("taken", "1204"), ("known", " 37")):
        assert head.index(title) + len(title) == drawn.index(figure) + len(figure)
    assert head.index("source") == drawn.index("x-mentions")


@pytest.mark.parametrize("health", list(Health))
def test_every_health_has_a_sign_of_its_own_one_cell_wide_in_ascii_too(health: Health) -> None:
    sign = row(SourceState("s", "x", health))[1][0]

    assert cells(sign) == len(to_ascii(sign)) == 1
    assert to_ascii(sign) != "?"


def test_signs_tell_well_failing_and_refused_apart_without_colour() -> None:
    told = (Health.OK, Health.RETRYING, Health.REFUSED, Health.PAUSED)
    signs = {to_ascii(row(SourceState("s", "x", health))[1][0]) for health in told}

    assert len(signs) == 4


def test_beneath_a_source_in_trouble_stands_what_happened_and_what_to_do() -> None:
    [item] = items(REFUSED)

    assert [words(line).strip() for line in item.lines[1:]] == [
        "Reddit refuses the token.",
        "→ Renew it under prefs/apps.",
    ]
    assert item.lines[1][-1][1] == "overdue"
    assert item.lines[2][-1][1] == "text"


def test_an_error_of_the_past_is_not_shown_beneath_a_source_that_is_well() -> None:
    [item] = items(SourceState("s", "x", Health.OK, last_error="503"))

    assert len(item.lines) == 1


def test_a_retry_counts_its_seconds_and_a_pause_its_person() -> None:
    retrying = SourceState("s", "x", Health.RETRYING, retry_at=NOON + 12 * SECOND)

    assert present.health_words(retrying, NOON) == "retry 12 s"
    assert present.health_words(retrying, NOON + MINUTE) == "retrying"
    assert present.health_words(SourceState("s", "x", Health.OK, paused_by="Bob"), NOON) == "paused by Bob"


def test_a_source_read_on_another_day_says_how_long_ago() -> None:
    state = SourceState("s", "x", Health.RETRYING, last_ok_at=NOON - 3 * DAY)

    assert "3 d" in words(row(state))


def test_an_unusual_silence_stands_out() -> None:
    silent = SourceState("s", "x", Health.OK, taken=500, newest_at=NOON - 49 * HOUR)

    assert [meaning for text, meaning in row(silent) if text.strip() == "2 d"] == ["urgent"]
    assert [meaning for text, meaning in row(WELL) if text.strip() == "2 min"] == ["text"]


def test_an_account_says_mode_standing_money_and_what_to_do() -> None:
    [_source, item] = items(WELL, accounts=(LOCKED,))
    said = [words(line) for line in item.lines]

    for part in ("✕", "main", "X @acme", " LIVE ", "locked", "▓▓▓▓▓▓▓░", "$45/50"):
        assert part in said[0]
    assert said[1].strip() == "token is @other, not @acme – locked"
    assert said[2].strip().startswith("→ Correct the handle in [accounts.main]")


@pytest.mark.parametrize(("spent", "meaning"), [(12, "accent"), (40, "urgent"), (50, "overdue")])
def test_the_bar_warns_from_four_fifths_on(spent: int, meaning: str) -> None:
    used = AccountState(
        "main", "x", "@acme", "live", Standing.VERIFIED, spent=spent * DOLLAR, cap=50 * DOLLAR
    )
    [item] = items(accounts=(used,))

    assert [it for text, it in item.lines[0] if "▓" in text] == [meaning]


def test_the_title_counts_those_that_need_somebody() -> None:
    said = words(present.title(board(WELL, REFUSED, SourceState("p", "x", Health.PAUSED, paused_by="B")), 80))

    assert said.startswith(" SOURCES  3 sources · 1 down · 1 paused ──")
    assert words(present.title(None, 80)).startswith(" SOURCES")


def test_the_window_keeps_the_cursor_in_sight_and_is_never_emptier_than_it_must() -> None:
    found = items(*(SourceState(f"s{n:02}", "x", Health.OK) for n in range(20)), accounts=(LOCKED,))

    lines, top = present.window(found, 80, 10, 15, 0)
    assert top == 6
    assert "s15" in words(lines[-1])
    assert present.window(found, 80, 10, 3, 12)[1] == 3
    lines, top = present.window(found, 80, 10, 20, 0)
    assert "renew main" in words(lines[-1])
    assert present.window(found, 80, 99, 20, 15)[1] == 0


def test_a_line_of_the_window_leads_to_its_entry() -> None:
    found = items(WELL, REFUSED, accounts=(LOCKED,))

    assert [present.entry_at(found, 0, line) for line in range(9)] == [0, 1, 1, 1, 2, 2, 2, 2, 2]
    assert present.entry_at(found, 0, 99) is None
    assert [present.entry_at(found, 1, line) for line in range(4)] == [1, 1, 1, 2]


def test_items_set_aside_say_when_why_and_what() -> None:
    item = SetAsideItem(1, "blog", NOON - MINUTE, "the entry has no text", "<item/>")

    said = [words(line) for line in present.set_aside(REFUSED, [item], UTC, NOON, 70)]

    assert said == [
        "What last went wrong:",
        "Reddit refuses the token. Renew it under prefs/apps.",
        "",
        "11:59  the entry has no text",
        "<item/>",
    ]
    assert "could be read" in words(present.set_aside(None, [], UTC, NOON, 70)[0])


def test_hostile_items_stay_within_the_box() -> None:
    item = SetAsideItem(1, "blog", NOON - 9 * DAY, "why " * 300, "\N{KATAKANA LETTER A}" * 4_000)

    lines = present.set_aside(None, [item], UTC, NOON, 70)

    assert len(lines) <= 5
    assert max(map(width_of, lines)) <= 70
