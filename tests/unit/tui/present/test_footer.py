"""The footer: the most important keys stay the longest."""

import pytest

from cmconsole.tui.keymap import keymap
from cmconsole.tui.present.footer import Place, footer, message
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
    said = words(footer(keymap({"claim": "Z", "done": []}), 160))

    assert "Z claim" in said
    assert "done" not in said


def test_read_only_leaves_out_what_would_be_refused() -> None:
    said = words(footer(keymap(), 160, read_only=True))

    assert "read only" in said
    assert "claim" not in said
    assert "? help" in said


def test_a_selection_is_counted() -> None:
    assert "3 selected" in words(footer(keymap(), 80, selected=3))


def test_inside_a_conversation_escape_leads_back() -> None:
    said = words(footer(keymap(), 80, place=Place.CONVERSATION))

    assert "Esc back" in said
    assert "view" not in said


def test_a_message_is_one_line() -> None:
    assert width_of(message("a\nb " * 100, "text", 40)) <= 40


def test_the_key_of_a_cluster_is_there_where_there_is_one() -> None:
    assert "= alike" not in words(footer(keymap(), 400))
    assert "= alike" in words(footer(keymap(), 80, alike=True))
    assert "= alike" in words(footer(keymap(), 80, alike=True, place=Place.CONVERSATION))


def test_in_a_cluster_all_can_be_selected_and_escape_leads_back() -> None:
    said = words(footer(keymap(), 64, selected=47, place=Place.ALIKE))

    for key in ("* all", "x no answer", "d done", "Esc back"):
        assert key in said
    assert "others" not in words(footer(keymap(), 400, place=Place.ALIKE))
    assert "* all" not in words(footer(keymap(), 400))
