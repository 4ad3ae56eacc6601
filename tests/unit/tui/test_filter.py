"""The last filter: nothing that steers a terminal passes, in any widget, and no cell moves."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.app import App, ComposeResult
from textual.color import Color
from textual.content import Content
from textual.filter import LineFilter
from textual.widgets import Input, OptionList, Static

from cmconsole.tui.ascii import SIGNS, to_ascii
from cmconsole.tui.filter import LastFilter, harmless

BLACK = Color(0, 0, 0)
STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e0fff]"
)
NASTY = (
    "a\x1b[31mb\x1b]52;c;eA==\x07c\x9b2Jd\x7fe\u202ef\U000e0041g\ud800h"
    "\x1b[ci\u2066j\x00k\r\nl\x1bPq\x1b\\m\u061cn\ufeffo"
)


@given(st.text(alphabet=st.characters(), max_size=60))
def test_no_text_steers_a_terminal_and_no_cell_moves(text: str) -> None:
    clean = harmless(text)

    assert not STEERING.search(clean)
    assert cell_len(clean) == cell_len(text)
    assert clean.encode("utf-8").decode("utf-8") == clean


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "file:///etc/passwd", "https://e.org/\x1b]52;c;eA==\x07", "data:x"]
)
def test_only_plain_addresses_stay_links(link: str) -> None:
    [segment] = LastFilter().apply([Segment("x", Style(link=link, bold=True))], BLACK)

    assert segment.style is not None
    assert segment.style.link is None
    assert segment.style.bold


@pytest.mark.parametrize(
    "link", ["https://example.org/a?b=c", "http://example.org", "mailto:ada@example.org"]
)
def test_plain_addresses_do(link: str) -> None:
    [segment] = LastFilter().apply([Segment("x", Style(link=link))], BLACK)

    assert segment.style is not None
    assert segment.style.link == link


def test_without_colour_only_weight_is_left() -> None:
    [segment] = LastFilter(colour=False).apply(
        [Segment("x", Style(color="red", bgcolor="blue", bold=True))], BLACK
    )

    assert segment.style is not None
    assert Style.parse(str(segment.style)).color is not None
    assert segment.style.color is not None
    assert segment.style.color.is_default
    assert segment.style.bold


@given(st.text(max_size=40))
def test_ascii_is_all_that_is_left_when_asked_for(text: str) -> None:
    [segment] = LastFilter(ascii_only=True).apply([Segment(text)], BLACK)

    assert segment.text.isascii()
    assert cell_len(segment.text) == cell_len(text)


@pytest.mark.parametrize(("sign", "instead"), SIGNS.items())
def test_our_signs_take_one_cell_and_so_does_what_stands_for_them(sign: str, instead: str) -> None:
    assert cell_len(sign) == 1
    assert len(instead) == 1
    assert instead.isascii()


def test_accents_go_and_wide_characters_keep_their_width() -> None:
    assert to_ascii("déjà vu 荷物") == "deja vu ????"


def test_a_clean_line_is_given_back_as_it_came() -> None:
    line = [Segment("Votre appli perd les commandes, on attend…", Style(bold=True))] * 12
    last = LastFilter()

    assert last.apply(line, BLACK) is line


class Nasty(App[None]):
    """Shows the same text in several widgets, as our app would filter it."""

    def __init__(self) -> None:
        super().__init__()
        self.out = io.StringIO()

    def get_line_filters(self) -> list[LineFilter]:
        return [LastFilter()]

    def compose(self) -> ComposeResult:
        static = Static(Content(NASTY), markup=False)
        static.border_title = Content(NASTY)
        static.styles.border = ("round", "white")
        yield static
        yield OptionList(NASTY, markup=False)
        yield Input(value=NASTY)

    def on_mount(self) -> None:
        self.notify(NASTY, markup=False, timeout=60)


async def test_every_widget_passes_through_the_filter() -> None:
    app = Nasty()
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        texts = ["".join(segment.text for segment in strip) for strip in strips]

    assert [text for text in texts if STEERING.search(text)] == []
    assert sum("abcde" in re.sub(r"[^a-z]", "", text) or "[31mb" in text for text in texts) >= 4
