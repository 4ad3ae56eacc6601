"""Pastes told apart from typing: whatever they hold, and however the terminal cuts them up."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cmconsole.tui.pastes import BURST, END, LOST, PASTE_LIMIT, QUIET, START, Pasted, PasteSplitter, Typed


def fed(*reads: str) -> list[Typed | Pasted]:
    """Return everything a splitter makes of these reads and the silence after them."""
    splitter = PasteSplitter()
    parts = [part for data in reads for part in splitter.feed(data)]
    return [*parts, *splitter.silence()]


def test_typing_goes_through_at_once() -> None:
    splitter = PasteSplitter()

    assert splitter.feed("j") == [Typed("j")]
    assert splitter.feed("\x1b[A") == [Typed("\x1b[A")]
    assert splitter.patience is None


def test_a_lone_escape_waits_for_what_may_follow() -> None:
    splitter = PasteSplitter()

    assert splitter.feed("\x1b") == []
    assert splitter.patience == QUIET
    assert splitter.silence() == [Typed("\x1b")]
    assert splitter.patience is None


def test_a_paste_is_one_text() -> None:
    assert fed(f"{START}hello{END}") == [Pasted("hello")]
    assert fed(f"j{START}hello{END}") == [Typed("j"), Pasted("hello")]


def test_a_paste_holds_no_keys() -> None:
    assert fed(f"{START}a\x1b\rb{END}") == [Pasted("a␛\nb")]
    assert fed(f"{START}a\r{END}") == [Pasted("a\n")]


def test_a_smuggled_end_does_not_end_it() -> None:
    assert fed(f"{START}a{END}\rrm{END}") == [Pasted("a\nrm")]
    assert fed(f"{START}a{END}\x1b[13u{END}") == [Pasted("a␛[13u")]
    assert fed(f"{START}a{END}", "\r") == [Pasted("a\n")]


def test_the_mouse_may_move_right_behind_a_paste() -> None:
    assert fed(f"{START}a{END}\x1b[<0;10;5m\x1b[I") == [Pasted("a"), Typed("\x1b[<0;10;5m\x1b[I")]


def test_a_paste_whose_end_is_lost_does_not_deafen() -> None:
    splitter = PasteSplitter()
    splitter.feed(f"{START}a")

    assert splitter.patience == LOST
    assert splitter.silence() == [Pasted("a")]
    assert splitter.feed("j") == [Typed("j")]


def test_a_burst_with_a_line_break_is_a_paste() -> None:
    long = "x" * BURST

    assert fed(f"{long}\r") == [Pasted(f"{long}\n")]
    assert fed("short\r") == [Typed("short\r")]
    assert fed(long) == [Typed(long)]


def test_an_endless_paste_is_cut_and_still_ends() -> None:
    splitter = PasteSplitter()
    splitter.feed(START)
    for _ in range(40):
        splitter.feed("x" * 10_000)
    splitter.feed(f"tail{END}")

    assert splitter.patience == QUIET
    [part] = splitter.silence()
    assert isinstance(part, Pasted)
    assert len(part.text) <= PASTE_LIMIT


@given(st.text(), st.lists(st.integers(0, 60), max_size=6))
def test_however_it_is_cut_nothing_in_a_paste_is_typed(text: str, cuts: list[int]) -> None:
    whole = f"{START}{text.replace(END, '')}{END}"
    places = sorted({0, len(whole), *(min(cut, len(whole)) for cut in cuts)})
    parts = fed(*(whole[a:b] for a, b in pairwise(places)))

    assert all(isinstance(part, Pasted) or part.data.startswith("\x1b[") for part in parts)
    assert sum(isinstance(part, Pasted) for part in parts) == 1
