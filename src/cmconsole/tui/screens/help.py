"""Every key, by what it is about: generated from the action registry and the keymap in use."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual.containers import VerticalScroll
from textual.widgets import Static

from cmconsole.config.language import _
from cmconsole.tui.actions import grouped, key_names
from cmconsole.tui.present.line import cells, left, wrapped
from cmconsole.tui.screens.dialog import Dialog, content, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content

    from cmconsole.tui.actions import Action
    from cmconsole.tui.keymap import Keymap
    from cmconsole.tui.present.line import Line

WIDE: Final = 130
"""From this many columns on, help stands in two columns."""

_KEYS_LIMIT: Final = 18
_GAP: Final = 2


class Help(Static):
    """All groups of keys, laid out for the width there is."""

    def __init__(self, keymap: Keymap) -> None:
        super().__init__(markup=False)
        self._keymap = keymap

    def render(self) -> Content:
        width = self.size.width
        if width <= 0:
            return plain("")
        return content(lines(self._keymap, width))


def lines(keymap: Keymap, width: int) -> list[Line]:
    """Return help as lines of at most `width` cells: in two columns where there is room for them."""
    groups = [
        (title, [(_keys(keymap, action), _(action.sentence)) for action in actions])
        for title, actions in grouped()
    ]
    if width < WIDE:
        return [line for title, rows in groups for line in _group(title, rows, width)]
    column = (width - 2 * _GAP) // 2
    first, second = _halves([list(_group(title, rows, column)) for title, rows in groups])
    height = max(len(first), len(second))
    return [
        (*_filled(first, row, column), (" " * 2 * _GAP, "text"), *_filled(second, row, column))
        for row in range(height)
    ]


def _halves(blocks: Sequence[list[Line]]) -> tuple[list[Line], list[Line]]:
    """Return the blocks in two columns that are as even as can be, each in the blocks' order."""

    def column(chosen: int) -> list[Line]:
        # No blank line is needed after the last block.
        return [line for place, block in enumerate(blocks) if chosen >> place & 1 for line in block][:-1]

    every = (1 << len(blocks)) - 1
    # A few groups: all ways are looked at, the first group always on the left.
    ways = ((column(chosen), column(every ^ chosen)) for chosen in range(1, every + 1, 2))
    return min(ways, key=lambda way: max(map(len, way)))


def _keys(keymap: Keymap, action: Action) -> str:
    return key_names(keymap.keys.get(action.id, ()))


def _group(title: str, rows: Sequence[tuple[str, str]], width: int) -> Iterator[Line]:
    """Yield a group's title, its keys with what they do, and a blank line."""
    yield ((left(title, width), "key"),)
    wide = min(_KEYS_LIMIT, max(cells(keys) for keys, _sentence in rows))
    for keys, sentence in rows:
        shown = keys
        for said in wrapped(sentence, width - wide - 2 * _GAP):
            yield ((" " * _GAP + left(shown, wide) + " " * _GAP, "strong"), (said, "text"))
            shown = ""
    yield (("", "text"),)


def _filled(column: Sequence[Line], row: int, width: int) -> Line:
    line = column[row] if row < len(column) else ()
    used = sum(cells(text) for text, _meaning in line)
    return (*line, (" " * max(0, width - used), "text"))


class HelpScreen(Dialog[None]):
    """Help over the screen, scrolled with the usual keys; Escape, `?` or `q` goes back."""

    DEFAULT_CSS: ClassVar[str] = """
    HelpScreen > #box { width: 100%; height: 100%; max-width: 190; }
    HelpScreen VerticalScroll, HelpScreen VerticalScroll:focus {
        height: 1fr; background: $panel; scrollbar-size-vertical: 1; scrollbar-background: $panel;
    }
    HelpScreen Help { height: auto; background: $panel; color: $text; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("question_mark,q,enter", "leave"),
        ("j", "scroll('scroll_down')"),
        ("k", "scroll('scroll_up')"),
        ("g", "scroll('scroll_home')"),
        ("G", "scroll('scroll_end')"),
        ("space,ctrl+f", "scroll('scroll_page_down')"),
        ("ctrl+b", "scroll('scroll_page_up')"),
    ]

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self._keymap = keymap
        self.title_words = _("Keys")
        self.keys_words = _("j k or the wheel scroll · Esc back")

    def parts(self) -> ComposeResult:
        with VerticalScroll():
            yield Help(self._keymap)

    def action_scroll(self, move: str) -> None:
        """Scroll the help."""
        getattr(self.query_one(VerticalScroll), move)(animate=False)
