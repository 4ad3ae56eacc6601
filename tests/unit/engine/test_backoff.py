"""Backoff: bounds, jitter, what a platform asks for, and forgetting after a minute of health."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.clock import MINUTE, SECOND
from cmconsole.engine.backoff import FARTHEST, FIRST, HEALED, LONGEST, SHORTEST, Backoff


@given(seed=st.integers(), failures=st.integers(0, 100))
def test_a_pause_stays_under_its_doubling_ceiling(seed: int, failures: int) -> None:
    backoff = Backoff(Random(seed))
    for _ in range(failures):
        backoff.failed(0)

    pause = backoff.failed(0)

    assert SHORTEST <= pause <= min(LONGEST, FIRST * 2**failures)


def test_full_jitter_uses_the_whole_range() -> None:
    pauses = []
    for seed in range(400):
        backoff = Backoff(Random(seed), failures=20)
        pauses.append(backoff.failed(0))

    assert min(pauses) < LONGEST / 20
    assert max(pauses) > LONGEST * 0.95
    assert LONGEST * 0.4 < sum(pauses) / len(pauses) < LONGEST * 0.6


@given(asked=st.floats(0.001, 80_000), seed=st.integers())
def test_what_a_platform_asks_for_is_the_least_pause(asked: float, seed: int) -> None:
    assert Backoff(Random(seed)).failed(0, asked) >= asked * SECOND


@pytest.mark.parametrize("asked", [math.nan, -5.0, 0.0, None])
def test_what_is_no_length_of_time_is_not_honoured(asked: float | None) -> None:
    assert Backoff(Random(1)).failed(0, asked) <= FIRST


@pytest.mark.parametrize("asked", [math.inf, 1e300, 1e9])
def test_no_platform_puts_us_off_for_longer_than_a_day(asked: float) -> None:
    assert Backoff(Random(1)).failed(0, asked) == FARTHEST


@given(health=st.integers(0, 3 * MINUTE))
def test_only_a_minute_of_health_is_forgiven(health: int) -> None:
    backoff = Backoff(Random(0), failures=9)
    backoff.worked(1_000)
    backoff.worked(1_000 + health // 2)

    backoff.failed(1_000 + health)

    assert backoff.failures == (1 if health >= HEALED else 10)


def test_health_is_counted_from_the_first_success_after_a_failure() -> None:
    backoff = Backoff(Random(0))
    backoff.worked(0)
    backoff.failed(2 * MINUTE)
    backoff.worked(3 * MINUTE)

    backoff.failed(3 * MINUTE + 59 * SECOND)

    assert backoff.failures == 2


def test_a_clock_set_back_does_not_count_as_health() -> None:
    backoff = Backoff(Random(0), failures=5)
    backoff.worked(10 * MINUTE)
    backoff.worked(1 * MINUTE)

    backoff.failed(1 * MINUTE + 59 * SECOND)

    assert backoff.failures == 6
