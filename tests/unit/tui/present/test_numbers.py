"""Sparklines and bars."""

from hypothesis import given
from hypothesis import strategies as st

from cmconsole.tui.present.numbers import EMPTY, FULL, SPARKS, bar, sparkline


@given(st.lists(st.integers(0, 10_000), max_size=40), st.integers(0, 30))
def test_a_sparkline_has_its_width_and_shows_the_highest_full(counts: list[int], width: int) -> None:
    line = sparkline(counts, width)

    assert len(line) == width
    assert (SPARKS[-1] in line) == any(
        counts[len(counts) - width if len(counts) > width else 0 :] if width else []
    )


def test_nothing_is_the_lowest_bar_and_little_is_more_than_nothing() -> None:
    assert sparkline([0, 1, 1000], 3) == "▁▂█"
    assert sparkline([5], 3) == "▁▁█"


@given(st.floats(-2, 3), st.integers(1, 20))
def test_a_bar_has_its_width(share: float, width: int) -> None:
    assert len(bar(share, width)) == width


def test_a_bar_fills_from_the_left() -> None:
    assert bar(0.75, 8) == FULL * 6 + EMPTY * 2
