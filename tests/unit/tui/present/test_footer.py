"""The footer: the most important keys stay the longest."""

import pytest

from cmconsole.tui.keymap import keymap
from cmconsole.tui.present.footer import footer, message
from cmconsole.tui.present.line import Line, width_of


def words(line: Line) -> str:
    return "".join(text for text, _meaning in line)


@pytest.mark.parametrize("width", range(20, 200, 5))
def test_it_fits(width: int) -> None:
    assert width_of(footer(keymap(), width)) <= width
    assert width_of(footer(keymap(), width, selected=3)) <= max(width, 14)


def test_at_eighty_columns_help_claim_done_and_search_are_there() -> None:
    said = words(footer(keymap(), 80))

    assert [
        part for part in ("? help", "c claim", "d done", "x no answer", "/ search") if part not in said
    ] == []


def test_it_shows_the_keys_in_use() -> None:
    said = words(footer(keymap({"claim": "y", "done": []}), 160))

    assert "y claim" in said
    assert "done" not in said


def test_read_only_leaves_out_what_would_be_refused() -> None:
    said = words(footer(keymap(), 160, read_only=True))

    assert "read only" in said
    assert "claim" not in said
    assert "? help" in said


def test_a_selection_is_counted() -> None:
    assert "3 selected" in words(footer(keymap(), 80, selected=3))


def test_inside_a_conversation_escape_leads_back() -> None:
    said = words(footer(keymap(), 80, inside=True))

    assert "Esc back" in said
    assert "view" not in said


def test_a_message_is_one_line() -> None:
    assert width_of(message("a\nb " * 100, "text", 40)) <= 40
