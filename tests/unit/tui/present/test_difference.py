"""What changed from one text to another: every sign closed, nothing lost, nothing wider than its room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cmconsole.tui.present.difference import difference, flowed
from cmconsole.tui.present.line import width_of

TEXT = st.text(alphabet="ab é\n,.🙂", max_size=40)


def said(old: str, new: str) -> str:
    return "".join(text for text, _meaning in difference(old, new))


def test_words_that_went_and_came_are_in_signs() -> None:
    assert said("Dear Ada, sorry", "Dear Ada, truly sorry") == "Dear Ada, {+truly+} sorry "
    assert said("we look for it", "we found it") == "we [-look for-] {+found+} it "
    assert said("same", "same") == "same "
    assert said("one\ntwo", "one\ntwo\nthree") == "one\ntwo {+three+} "
    assert {meaning for _text, meaning in difference("a b", "a c")} == {"text", "overdue", "success"}


def test_a_text_of_thousands_of_words_is_shown_whole_not_compared() -> None:
    spans = difference("a " * 3_000, "b " * 3_000)
    assert [meaning for text, meaning in spans if text.strip()] == ["overdue", "success"]


@given(old=TEXT, new=TEXT)
def test_both_texts_can_be_read_from_it(old: str, new: str) -> None:
    spans = difference(old, new)
    come = "".join(
        text[2:-2] if meaning == "success" else text for text, meaning in spans if meaning != "overdue"
    )
    gone = "".join(
        text[2:-2] if meaning == "overdue" else text for text, meaning in spans if meaning != "success"
    )
    assert (gone.split(), come.split()) == (old.split(), new.split())


@given(old=TEXT, new=TEXT, width=st.integers(8, 40))
def test_lines_fit_and_lose_no_word(old: str, new: str, width: int) -> None:
    spans = difference(old, new)
    lines = flowed(spans, width)
    assert all(width_of(line) <= width for line in lines)
    shown = "".join(text for line in lines for text, _meaning in line)
    assert "".join(shown.split()) == "".join("".join(text for text, _meaning in spans).split())
