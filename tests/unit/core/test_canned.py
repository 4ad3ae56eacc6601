"""Placeholders: what is one, and that nothing filled in can become one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.canned import pieces, placeholders, stray_brace, substituted

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)


def test_placeholders_are_named_once_in_order() -> None:
    assert placeholders("{hello}, {first_name}! {hello} {x1}") == ("hello", "first_name", "x1")


@pytest.mark.parametrize("text", ["{First}", "{ name }", "{prénom}", "{}", "{1a}", "{a b}", "name}", "{a"])
def test_what_is_no_placeholder_is_a_stray_brace(text: str) -> None:
    assert placeholders(text) == ()
    assert stray_brace(text)


def test_doubled_braces_are_stray_around_a_placeholder() -> None:
    assert stray_brace("{{name}}")
    assert not stray_brace("{name}, {handle}")


def test_what_has_no_value_stays_as_it_is() -> None:
    assert substituted("{a} {b} {c}", {"a": "x", "b": ""}) == "x {b} {c}"


@given(st.text(), NAMES, NAMES)
def test_a_value_is_never_read_as_a_placeholder(value: str, name: str, other: str) -> None:
    once = substituted(f"<{{{name}}}>", {name: f"{{{other}}}{value}"})

    assert not set(once) & set("{}")
    assert substituted(once, {other: "boom", name: "boom"}) == once


@given(st.lists(st.text(st.characters(exclude_characters="{}")), min_size=1, max_size=5))
def test_pieces_are_what_stands_around_placeholders(parts: list[str]) -> None:
    assert pieces("{n}".join(parts)) == tuple(parts)
