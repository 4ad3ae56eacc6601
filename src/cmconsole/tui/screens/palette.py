"""The palette: any action by a few letters of its name; what cannot be done now is grey and says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from cmconsole.config.language import _
from cmconsole.core.text import fold
from cmconsole.tui.actions import ACTIONS, WRITING, key_names
from cmconsole.tui.present.line import cells, clip
from cmconsole.tui.screens.dialog import Dialog, Words, content, line_input

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content

    from cmconsole.tui.actions import Action
    from cmconsole.tui.keymap import Keymap

_RUN: Final = 5
_BEGINNING: Final = 10
_NAME: Final = 100
_TELLING: Final = 3
"""Fewer letters than this fit nearly any sentence."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An action as the palette shows it. refusal: why it cannot be done now; empty when it can."""

    action: Action
    keys: str
    refusal: str = ""

    @property
    def name(self) -> str:
        """The action's name in the language in use."""
        return _(self.action.label)

    @property
    def sentence(self) -> str:
        """What it does, in the language in use."""
        return _(self.action.sentence)


def score(letters: str, text: str) -> int | None:
    """Return how well the letters, in this order, fit the text; None where they do not.

    Case and accents are folded. Letters that follow each other and letters that begin a word count more; a
    shorter text wins a draw.
    """
    wanted, offered = fold(letters).replace(" ", ""), fold(text)
    total, place, last = 0, 0, -2
    for letter in wanted:
        place = offered.find(letter, place)
        if place < 0:
            return None
        if place == last + 1:
            total += _RUN
        if place == 0 or not offered[place - 1].isalnum():
            total += _BEGINNING
        last, place = place, place + 1
    return total - len(offered) // 8


def ranked(entries: Iterable[Entry], letters: str) -> list[Entry]:
    """Return the entries that fit, the best first; all of them, in the registry's order, for no letters."""
    if not letters.strip():
        return list(entries)
    scored = []
    for entry in entries:
        names = [score(letters, name) for name in (entry.name, entry.action.id)]
        best = max((found + _NAME for found in names if found is not None), default=None)
        if best is None:
            best = score(letters, entry.sentence) if len(letters.strip()) >= _TELLING else None
        if best is not None:
            scored.append((best, entry))
    return [entry for _score, entry in sorted(scored, key=lambda pair: -pair[0])]


class ActionPalette(Dialog[str]):
    """Asks for an action and answers with its id.

    refusal: says of an action why it cannot be done now, or nothing when it can.
    """

    DEFAULT_CSS: ClassVar[str] = """
    ActionPalette { align: center top; }
    ActionPalette > #box { width: 96; max-width: 100%; margin: 1 0 0 0; }
    ActionPalette OptionList, ActionPalette OptionList:focus { max-height: 16; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("down,ctrl+n", "go(1)"),
        ("up,ctrl+p", "go(-1)"),
    ]

    def __init__(self, keymap: Keymap, refusal: Callable[[Action], str] = lambda _action: "") -> None:
        super().__init__()
        self._entries = [
            Entry(action, key_names(keymap.keys.get(action.id, ())), refusal(action))
            for action in ACTIONS
            if action.id not in {"palette", "canned", *WRITING}
        ]
        self._shown: Sequence[Entry] = self._entries
        self.title_words = _("What to do")
        self.keys_words = _("Enter do it · ↑ ↓ choose · Esc back")

    def parts(self) -> ComposeResult:
        yield line_input(_("a few letters of its name"))
        yield OptionList(compact=True, markup=False, classes="after")
        yield Words(_("No action is called so."), name="none", classes="quiet")

    def on_mount(self) -> None:
        self.query_one(OptionList).can_focus = False
        self._list()

    def on_resize(self) -> None:
        # The columns are cut to the width that is only known once this was laid out.
        self.call_after_refresh(self._relay)

    @on(Input.Changed)
    def _narrow(self) -> None:
        self._shown = ranked(self._entries, self.typed())
        self._list()

    def _relay(self) -> None:
        choices = self.query_one(OptionList)
        gone_to = choices.highlighted
        self._list()
        choices.highlighted = gone_to

    def _list(self) -> None:
        choices = self.query_one(OptionList)
        width = choices.size.width or self.app.size.width
        choices.clear_options()
        choices.add_options(
            Option(_line(entry, width), disabled=bool(entry.refusal)) for entry in self._shown
        )
        choices.highlighted = next((i for i, entry in enumerate(self._shown) if not entry.refusal), None)
        self.query_one("#none").display = not self._shown

    def action_go(self, by: int) -> None:
        """Go up or down the list."""
        choices = self.query_one(OptionList)
        (choices.action_cursor_down if by > 0 else choices.action_cursor_up)()

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self._choose(event.option_index)

    @on(Input.Submitted)
    def _entered(self) -> None:
        self._choose(self.query_one(OptionList).highlighted)

    def _choose(self, index: int | None) -> None:
        if index is not None and not self._shown[index].refusal:
            self.answer(self._shown[index].action.id)


_NAME_WIDE: Final = 15
_KEYS_WIDE: Final = 14


def _line(entry: Entry, width: int) -> Content:
    off = bool(entry.refusal)
    name, keys = clip(entry.name, _NAME_WIDE), clip(entry.keys, _KEYS_WIDE)
    said = clip(entry.refusal or entry.sentence, width - _NAME_WIDE - _KEYS_WIDE - 4)
    line = (
        (f" {name}{' ' * (_NAME_WIDE - cells(name))} ", "quiet" if off else "strong"),
        (f"{keys}{' ' * (_KEYS_WIDE - cells(keys))} ", "quiet" if off else "key"),
        (said, "quiet"),
    )
    return content([line])
