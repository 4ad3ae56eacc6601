"""Times: never more time than there is, never wider than their column."""

from datetime import UTC
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.config.language import speaking
from cmconsole.core.clock import DAY, HOUR, MINUTE, SECOND
from cmconsole.tui.present.times import clock, short_span, span, to_answer
from tests.unit.tui.desks import NOON


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        (8 * MINUTE + 59 * SECOND, "8m"),
        (119 * MINUTE, "119m"),
        (2 * HOUR, "2h"),
        (47 * HOUR, "47h"),
        (2 * DAY, "2d"),
        (-4 * MINUTE, "−4m"),
        (-10 * SECOND, "−1m"),
        (0, "0m"),
        (30 * SECOND, "0m"),
        (-3 * HOUR, "−3h"),
        (-400 * DAY, "−99d"),
    ],
)
def test_time_to_answer(left: int, shown: str) -> None:
    assert to_answer(left) == shown


@given(st.integers(-1000 * DAY, 1000 * DAY))
def test_time_to_answer_fits_its_column(left: int) -> None:
    assert len(to_answer(left)) <= 5
    assert to_answer(left).startswith("−") == (left < 0)


@pytest.mark.parametrize(
    ("length", "words", "few"),
    [
        (12 * SECOND, "12 s", "0min"),
        (14 * MINUTE, "14 min", "14min"),
        (2 * HOUR + 14 * MINUTE, "2 h 14", "2h14"),
        (-65 * MINUTE, "1 h 05", "1h05"),
        (3 * DAY, "3 d", "72h00"),
    ],
)
def test_spans(length: int, words: str, few: str) -> None:
    assert (span(length), short_span(length)) == (words, few)


def test_clock_is_local_and_dated_only_on_other_days() -> None:
    paris = ZoneInfo("Europe/Paris")

    assert clock(NOON, NOON, UTC) == "12:00"
    assert clock(NOON, NOON, paris) == "13:00"
    assert clock(NOON - DAY, NOON, UTC) == "1 Mar 12:00"


def test_twelve_months_in_every_language() -> None:
    for language in ("en", "fr"):
        with speaking(language):
            shown = [
                clock(NOON - 17 * DAY + month * DAY * 305 // 10, NOON, UTC).split()[1] for month in range(12)
            ]
        assert len(set(shown)) == 12
