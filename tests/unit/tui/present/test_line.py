"""Lines are measured and cut in cells, whatever is in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.text import visible
from cmconsole.tui.present.line import CUT, cells, clip, fitted, left, right, steady, wrapped

TEXTS = st.text(max_size=40).map(visible)


@given(TEXTS, st.integers(0, 50))
def test_clip_never_exceeds_its_width(text: str, width: int) -> None:
    cut = clip(text, width)

    assert cells(cut) <= width
    assert cut == text or cut.endswith(CUT) or not width


@given(TEXTS, st.integers(1, 50))
def test_left_and_right_fill_their_width_exactly(text: str, width: int) -> None:
    assert cells(left(text, width)) == width
    assert cells(right(text, width)) == width


@given(st.lists(st.tuples(TEXTS, st.just("text")), max_size=5), st.integers(0, 60))
def test_a_fitted_line_is_exactly_as_wide_as_asked(line: list[tuple[str, str]], width: int) -> None:
    assert sum(cells(text) for text, _meaning in fitted(line, width)) == width


@given(TEXTS, st.integers(2, 30))
def test_wrapping_loses_nothing_but_blanks(text: str, width: int) -> None:
    lines = list(wrapped(text, width))

    assert all(cells(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_wide_characters_are_never_cut_in_half() -> None:
    assert clip("荷物が届かない", 6) == "荷物…"
    assert left("荷物", 5) == "荷物 "


def test_words_are_kept_whole_where_they_fit() -> None:
    assert list(wrapped("one two three", 8)) == ["one two", "three"]
    assert list(wrapped("abcdefghij", 4)) == ["abcd", "efgh", "ij"]
    assert list(wrapped("a\n\nb", 8)) == ["a", "", "b"]


@pytest.mark.parametrize(
    ("text", "same"),
    [("👍🏽", "👍"), ("👨\u200d👩\u200d👧", "👨👩👧"), ("🇫🇷!", "FR!"), ("❤\ufe0f", "❤"), ("plain", "plain")],
)
def test_what_terminals_disagree_about_is_made_steady(text: str, same: str) -> None:
    assert steady(text) == same
