"""The rate of mentions: the sparkline, the last minute, the trend."""

from __future__ import annotations

from cmconsole.core.clock import MINUTE
from cmconsole.desk.rate import SPAN, Trend, rate, since
from tests.unit.desk.parts import NOON


def counts(*mentions: int) -> list[tuple[int, int]]:
    """Return counts of the last minutes, the last of them the running one."""
    return [(NOON - (len(mentions) - 1 - at) * MINUTE, many) for at, many in enumerate(mentions)]


def test_minutes_without_mentions_are_filled_in_and_older_ones_left_out() -> None:
    told = rate([(NOON - 25 * MINUTE, 9), (NOON - 19 * MINUTE, 5), (NOON, 2)], NOON)

    assert told.per_minute == (5, *[0] * 18, 2)
    assert len(told.per_minute) == SPAN


def test_the_span_begins_with_a_whole_minute() -> None:
    assert since(NOON + 42_000) == NOON - 19 * MINUTE


def test_the_rate_now_is_that_of_the_last_sixty_seconds() -> None:
    assert rate(counts(40, 0), NOON).now == 40
    assert rate([(NOON - MINUTE, 40), (NOON, 15)], NOON + 30_000).now == 35


def test_a_storm_rises_and_its_end_falls() -> None:
    assert rate(counts(*[10] * 14, *[30] * 5, 0), NOON).trend is Trend.RISING
    assert rate(counts(*[30] * 14, *[10] * 5, 0), NOON).trend is Trend.FALLING
    assert rate(counts(*[30] * 14, *[32] * 5, 0), NOON).trend is Trend.STEADY
    assert rate(counts(*[0] * 14, *[0, 1, 0, 1, 1], 0), NOON).trend is Trend.STEADY
    assert rate([], NOON).trend is Trend.STEADY
