"""Mark as…: what a conversation is where triage is wrong, its kind, lane or severity with one key."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.containers import Horizontal, Vertical
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from cmconsole.config.language import _, ngettext
from cmconsole.core.verdict import Kind, Lane, Severity
from cmconsole.desk.words import word
from cmconsole.tui.present.words import author_name
from cmconsole.tui.screens.dialog import Dialog, Words, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from cmconsole.core.conversation import Conversation

    Corrected = Kind | Lane | Severity

KEYS: Final = "123456789abcd"
"""What picks an answer: letters go on where digits end; none of them is a key of the lists themselves."""

ANSWERS: Final[tuple[tuple[Corrected, ...], ...]] = (tuple(Kind), tuple(Lane), tuple(Severity))
"""The answers in columns; each has the key of its place."""


class CorrectPrompt(Dialog["Corrected"]):
    """Asks what conversations are; each answer is one key, or is gone to with the arrows and Enter."""

    DEFAULT_CSS: ClassVar[str] = """
    CorrectPrompt > #box { width: 76; }
    CorrectPrompt Horizontal { height: auto; }
    CorrectPrompt Vertical Vertical { width: 1fr; height: auto; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("left,h", "app.focus_previous"),
        ("right,l", "app.focus_next"),
    ]

    def __init__(self, talks: Sequence[Conversation]) -> None:
        super().__init__()
        self._talks = talks
        self.title_words = _("Mark as")
        self.keys_words = _("1–9 a–d choose · arrows and Enter · Esc back")

    def parts(self) -> ComposeResult:
        yield Words(self._question(), classes="lead")
        first = 0
        titles = (_("Kind"), _("Lane"), _("Severity"))
        with Horizontal():
            for title, answers in zip(titles, ANSWERS, strict=True):
                with Vertical():
                    yield Words(f"    {title}", classes="quiet")
                    yield _Column([self._option(first + at, it) for at, it in enumerate(answers)])
                first += len(answers)
        yield Words(
            _("What you say stands, and triage learns from it. It can be taken back."),
            classes="quiet after",
        )

    def _question(self) -> str:
        if len(self._talks) == 1:
            return _("What is this by {author}?").format(author=author_name(self._talks[0].author))
        count = len(self._talks)
        return ngettext("What is this conversation?", "What are these {count} conversations?", count).format(
            count=count
        )

    def _option(self, place: int, answer: Corrected) -> Option:
        said = plain(f" {KEYS[place]}  ", "$accent bold") + plain(word(answer))
        if all(answer in (talk.kind, talk.lane) or answer is talk.severity for talk in self._talks):
            said += plain(" · " + _("now"), "$quiet")
        return Option(said)

    def on_key(self, event: events.Key) -> None:
        """Answer with the key of a place."""
        place = KEYS.find(event.key) if len(event.key) == 1 else -1
        if place >= 0:
            event.stop()
            self.answer([it for answers in ANSWERS for it in answers][place])

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        column = list(self.query(_Column)).index(event.option_list)  # type: ignore[arg-type] # only ours are here
        self.answer(ANSWERS[column][event.option_index])


class _Column(OptionList):
    """One column of answers: Enter picks only what the person went to on purpose."""

    BINDINGS: ClassVar[list[BindingType]] = [("j", "cursor_down"), ("k", "cursor_up")]

    def __init__(self, options: Sequence[Option]) -> None:
        super().__init__(*options, compact=True, markup=False)
        self.highlighted = None
