"""Moments as people write them: every form, both languages, and the two nights when clocks change."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.clock import DAY, HOUR, MINUTE
from cmconsole.core.errors import InputError
from cmconsole.desk import when
from cmconsole.desk.snooze import choices

PARIS = ZoneInfo("Europe/Paris")


def at(text: str) -> int:
    return when.instant(datetime.fromisoformat(text).replace(tzinfo=PARIS))


NOW = at("2026-03-02 14:00")
"""A Monday in winter time."""


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("45m", "2026-03-02 14:45"),
        ("45 min", "2026-03-02 14:45"),
        ("in 45 minutes", "2026-03-02 14:45"),
        ("2h", "2026-03-02 16:00"),
        ("dans 2 heures", "2026-03-02 16:00"),
        ("1h30", "2026-03-02 15:30"),
        ("1 h 30 min", "2026-03-02 15:30"),
        ("12h", "2026-03-03 02:00"),
        ("3d", "2026-03-05 14:00"),
        ("3 jours", "2026-03-05 14:00"),
        ("18:30", "2026-03-02 18:30"),
        ("18h30", "2026-03-02 18:30"),
        ("à 18h30", "2026-03-02 18:30"),
        ("à 9h", "2026-03-03 09:00"),
        ("9:00", "2026-03-03 09:00"),
        ("6:30pm", "2026-03-02 18:30"),
        ("12am", "2026-03-03 00:00"),
        ("tomorrow", "2026-03-03 09:00"),
        ("tomorrow 10:00", "2026-03-03 10:00"),
        ("Demain 10:00", "2026-03-03 10:00"),
        ("demain à 10h", "2026-03-03 10:00"),
        ("demain 10", "2026-03-03 10:00"),
        ("après-demain", "2026-03-04 09:00"),
        ("aujourd’hui 18h", "2026-03-02 18:00"),
        ("friday", "2026-03-06 09:00"),
        ("lundi 8:15", "2026-03-09 08:15"),
        ("2026-03-04", "2026-03-04 09:00"),
        ("2026-03-04 18:05", "2026-03-04 18:05"),
        ("2026-03-04T18:05", "2026-03-04 18:05"),
        ("2026-03-04T18:05+01:00", "2026-03-04 18:05"),
        ("2026-03-04T17:05Z", "2026-03-04 18:05"),
    ],
)
def test_a_moment_is_read_as_people_write_it(text: str, meant: str) -> None:
    assert when.parse(text, NOW, PARIS) == at(meant)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "soon",
        "18",
        "25:00",
        "18:75",
        "13pm",
        "demain 25:00",
        "2026-13-01",
        "m",
        "h",
        "0",
        "9" * 400 + "h",
    ],
)
def test_what_is_no_moment_is_refused_with_the_forms_that_are(text: str) -> None:
    with pytest.raises(InputError, match="not a time") as refused:
        when.parse(text, NOW, PARIS)
    assert "tomorrow 10:00" in refused.value.advice


@pytest.mark.parametrize("text", ["0m", "2026-03-01", "2020-01-01 10:00", "today 9:00"])
def test_the_past_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="past"):
        when.parse(text, NOW, PARIS)


def test_more_than_a_year_is_taken_for_a_slip() -> None:
    with pytest.raises(InputError, match="year"):
        when.parse("2926-03-04", NOW, PARIS)


@given(st.text(max_size=30))
def test_any_text_is_a_later_moment_or_refused(text: str) -> None:
    try:
        meant = when.parse(text, NOW, PARIS)
    except InputError:
        return
    assert NOW < meant <= NOW + when.FARTHEST


def test_tomorrow_nine_is_nine_on_the_wall_whatever_the_night_did() -> None:
    for evening, morning, hours in (
        ("2026-03-28 21:00", "2026-03-29 09:00", 11),
        ("2026-10-24 21:00", "2026-10-25 09:00", 13),
    ):
        now = at(evening)
        assert when.tomorrow(now, PARIS) == at(morning) == now + hours * HOUR
        assert when.parse("tomorrow 9:00", now, PARIS) == at(morning)


def test_an_hour_that_the_night_leaves_out_is_an_hour_later() -> None:
    meant = when.parse("2:30", at("2026-03-29 01:00"), PARIS)

    assert when.local(meant, PARIS).strftime("%H:%M") == "03:30"


def test_an_hour_that_comes_twice_is_the_next_of_the_two() -> None:
    before = at("2026-10-25 01:00")
    first = when.parse("2:30", before, PARIS)
    second = when.parse("2:30", first, PARIS)

    assert first == before + 90 * MINUTE
    assert second == first + HOUR


def test_a_day_ahead_keeps_the_time_of_day_and_two_hours_are_two_hours() -> None:
    now = at("2026-03-28 14:00")

    assert when.parse("1d", now, PARIS) == now + DAY - HOUR
    assert when.parse("24h", now, PARIS) == now + DAY


def test_the_choices_are_the_usual_ones_and_the_shift_s_end_only_while_it_lies_ahead() -> None:
    end = NOW + 3 * HOUR

    assert [(one.id, one.until) for one in choices(NOW, end, PARIS)] == [
        ("15m", NOW + 15 * MINUTE),
        ("1h", NOW + HOUR),
        ("shift-end", end),
        ("tomorrow", at("2026-03-03 09:00")),
    ]
    assert [one.id for one in choices(end, end, PARIS)] == ["15m", "1h", "tomorrow"]
    assert [one.id for one in choices(NOW, None, PARIS)] == ["15m", "1h", "tomorrow"]


def test_moments_are_shown_short_today_and_whole_on_other_days() -> None:
    assert when.shown(NOW, NOW, PARIS) == "14:00"
    assert when.shown(NOW + DAY, NOW, PARIS) == "2026-03-03 14:00"
    assert when.iso(NOW) == "2026-03-02T13:00:00Z"
    assert when.local(NOW, PARIS) == datetime(2026, 3, 2, 13, tzinfo=UTC)
