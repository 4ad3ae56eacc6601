"""What a composer asks in a box of its own: who speaks, what a placeholder stands for; and its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.widgets import Input, OptionList

from cmconsole.config.language import _
from cmconsole.tui.actions import ACTIONS, Group, key_names
from cmconsole.tui.present.line import left, steady, wrapped
from cmconsole.tui.screens.dialog import Choices, Dialog, Words, content, line_input, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from cmconsole.tui.keymap import Keymap
    from cmconsole.tui.present.line import Line

_WIDE = 72
"""Cells of a line in the box of keys."""

ANSWER_LIMIT = 500
"""Most characters that are typed for one placeholder: a name, a number, a link."""


class AccountPrompt(Dialog[int]):
    """Asks who is to speak, and answers with the place of the account. now: the place of who does so far."""

    def __init__(self, lines: Sequence[Line], now: int | None) -> None:
        super().__init__()
        self._lines = lines
        self._now = now
        self.title_words = _("Speak as")
        self.keys_words = _("1–9 choose · arrows and Enter · Esc back")

    def parts(self) -> ComposeResult:
        yield Words(_("Who answers?"), classes="lead")
        yield Choices(
            [
                content([line]) + plain(" · " + _("now") if place == self._now else "", "$quiet")
                for place, line in enumerate(self._lines)
            ]
        )

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.answer(event.option_index)


class PlaceholderPrompt(Dialog[str]):
    """Asks what a placeholder stands for; an empty answer leaves it as it is, Escape all that are left.

    text: the reply it stands in. place: which one of how many it is.
    """

    DEFAULT_CSS: ClassVar[str] = """
    PlaceholderPrompt > #box { width: 76; }
    PlaceholderPrompt #text { max-height: 8; }
    """

    def __init__(self, name: str, question: str, text: str, place: tuple[int, int]) -> None:
        super().__init__()
        self._placeholder = name
        self._question = question or _("What stands in the place of {name}?").format(name=name)
        self._text = text
        self.title_words = _("To fill in: {name} ({number} of {count})").format(
            name=name, number=place[0], count=place[1]
        )
        self.keys_words = _("Enter take · empty: leave it · Esc leave them all")

    def parts(self) -> ComposeResult:
        yield Words(steady(self._question), classes="lead")
        yield line_input(self._placeholder, max_length=ANSWER_LIMIT)
        yield Words(steady(self._text), name="text", classes="quiet after")
        yield Words(_("What is not filled in stops the reply from leaving."), classes="quiet after")

    @on(Input.Submitted)
    def _written(self) -> None:
        self.answer(self.typed())


class WritingKeys(Dialog[None]):
    """Shows the composer's keys; any of Escape and Enter leaves."""

    DEFAULT_CSS: ClassVar[str] = """
    WritingKeys > #box { width: 78; }
    """

    BINDINGS: ClassVar = [("enter,f1", "leave")]

    def __init__(self, keymap: Keymap) -> None:
        super().__init__()
        self._keymap = keymap
        self.title_words = _("While writing a reply")
        self.keys_words = _("Esc back")

    def parts(self) -> ComposeResult:
        keys = self._keymap.keys
        rows = [(key_names(keys.get(it.id, ())), _(it.sentence)) for it in ACTIONS if it.group is Group.WRITE]
        rows += [
            ("1–9", _("While nothing is written: take a canned response.")),
            ("/", _("At the beginning, or after a blank: find a canned response.")),
            (
                key_names([*keys.get("page-up", ())[:1], *keys.get("page-down", ())[:1]]),
                _("Read back and on in the conversation."),
            ),
            (key_names(keys.get("back", ())), _("Leave; your draft is kept.")),
        ]
        wide = max(len(shown) for shown, _sentence in rows)
        lines: list[Line] = [
            ((left("" if number else shown, wide) + "  ", "key"), (part, "text"))
            for shown, sentence in rows
            for number, part in enumerate(wrapped(sentence, _WIDE - wide))
        ]
        words = Words("")
        words.update(content(lines))
        yield words
