"""Short questions: why no answer, until when, which tag, what note, and are you sure."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widgets import Button, Input, OptionList
from textual.widgets.option_list import Option

from cmconsole.config.language import _, ngettext, said
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.text import NAME_LIMIT, body, one_line
from cmconsole.tui.screens.dialog import Choices, Dialog, Words, line_input, plain, steady_area

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widgets import TextArea

    from cmconsole.core.clock import Instant

REASON_LIMIT = 200
"""Most characters of a silence's reason: it is one line in the handover."""


class ReasonPrompt(Dialog[str]):
    """Asks why conversations are left without an answer; a silence owes its reason."""

    BINDINGS: ClassVar[list[BindingType]] = [("0", "write")]

    def __init__(self, reasons: Sequence[str], count: int = 1) -> None:
        super().__init__()
        self._reasons = list(reasons)
        self._count = count
        self.title_words = _("No answer")
        self.keys_words = _("1–9 choose · 0 own words · Esc back")

    def parts(self) -> ComposeResult:
        yield Words(
            ngettext(
                "Leave this conversation without an answer: why?",
                "Leave {count} conversations without an answer: why?",
                self._count,
            ).format(count=self._count),
            classes="lead",
        )
        yield Choices(self._reasons)
        yield Words(_("0  In your own words, then Enter:"), classes="quiet after")
        yield line_input(_("why nothing is answered"), max_length=REASON_LIMIT)
        yield Words(_("Recorded with your name. It can be taken back."), classes="quiet after")

    def action_write(self) -> None:
        """Go to the line for one's own words."""
        self.query_one(Input).focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.answer(self._reasons[event.option_index])

    @on(Input.Submitted)
    def _written(self) -> None:
        if reason := one_line(self.typed(), REASON_LIMIT):
            self.answer(reason)


class SnoozePrompt(Dialog[int]):
    """Asks until when conversations sleep."""

    BINDINGS: ClassVar[list[BindingType]] = [("0", "write")]

    def __init__(self, choices: Sequence[tuple[str, Instant]], parse: Callable[[str], Instant]) -> None:
        super().__init__()
        self._choices = list(choices)
        self._parse = parse
        self.title_words = _("Snooze")
        self.keys_words = _("1–9 choose · 0 another time · Esc back")

    def parts(self) -> ComposeResult:
        yield Words(_("Wake it up when?"), classes="lead")
        yield Choices([label for label, _until in self._choices])
        yield Words(_("0  Another time, then Enter:"), classes="quiet after")
        yield line_input(_("45m, 2h, 16:30, tomorrow 9:00"), max_length=NAME_LIMIT)
        yield Words("", name="wrong", classes="wrong")
        yield Words(
            _("The author goes on waiting: the time to answer by does not move. It can be taken back."),
            classes="quiet after",
        )

    def action_write(self) -> None:
        """Go to the line for another time."""
        self.query_one(Input).focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.answer(self._choices[event.option_index][1])

    @on(Input.Changed)
    def _changed(self) -> None:
        self.complain("")

    @on(Input.Submitted)
    def _written(self) -> None:
        if not self.typed():
            return
        try:
            self.answer(self._parse(self.typed()))
        except CmconsoleError as error:
            self.complain(said(error))


class LinePrompt(Dialog[str]):
    """Asks for one line, with known answers below that narrow down while one types."""

    BINDINGS: ClassVar[list[BindingType]] = [("down", "list")]

    def __init__(self, title: str, placeholder: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__()
        self._placeholder = placeholder
        self._suggestions = list(suggestions)
        self._shown = self._suggestions[:9]
        self.title_words = title
        self.keys_words = _("Enter take · → complete · ↓ list · Esc back")

    def parts(self) -> ComposeResult:
        yield line_input(
            self._placeholder,
            max_length=NAME_LIMIT,
            suggester=SuggestFromList(self._suggestions, case_sensitive=False),
        )
        if self._suggestions:
            yield Words(_("In use:"), classes="quiet after")
            yield OptionList(*map(_bare, self._shown), compact=True, markup=False)

    @on(Input.Changed)
    def _narrow(self) -> None:
        if not self._suggestions:
            return
        wanted = self.typed().lower()
        self._shown = [known for known in self._suggestions if wanted in known.lower()][:9]
        choices = self.query_one(OptionList)
        choices.clear_options()
        choices.add_options(map(_bare, self._shown))

    def action_list(self) -> None:
        """Go to the list."""
        if self._shown:
            choices = self.query_one(OptionList)
            choices.focus()
            choices.action_first()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.answer(self._shown[event.option_index])

    @on(Input.Submitted)
    def _written(self) -> None:
        if line := one_line(self.typed()):
            self.answer(line)


class NotePrompt(Dialog[str]):
    """Asks for a private note, in a box that looks like nothing that is published.

    Enter begins a new line; only Ctrl+S keeps the note, and Escape warns before it drops one.
    """

    DEFAULT_CSS: ClassVar[str] = """
    NotePrompt > #box {
        border: dashed $urgent; border-title-color: $surface; border-title-background: $urgent;
        border-subtitle-color: $quiet; padding: 0;
    }
    NotePrompt .band { background: $urgent; color: $surface; text-style: bold; padding: 0 1; }
    NotePrompt TextArea, NotePrompt TextArea:focus {
        height: 8; border: none; background: $panel; color: $text; padding: 0 1;
        scrollbar-size-vertical: 1;
    }
    NotePrompt TextArea > .text-area--cursor { background: $accent !important; color: $surface !important; }
    NotePrompt TextArea > .text-area--cursor-line { background: $panel; }
    NotePrompt TextArea > .text-area--placeholder { color: $quiet; }
    NotePrompt #wrong { padding: 0 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [("ctrl+s", "keep")]

    def __init__(self, about: str = "") -> None:
        super().__init__()
        self._about = about
        self._warned = False
        self.title_words = _("PRIVATE NOTE")
        self.keys_words = _("Ctrl+S keep · Enter new line · Esc drop")

    def parts(self) -> ComposeResult:
        yield Words(_("For colleagues only: never published."), classes="band")
        if self._about:
            yield Words(f" {self._about}", classes="quiet")
        from textual.widgets import TextArea  # noqa: PLC0415 - most starts of the console never need it

        yield steady_area(
            TextArea(
                id="note",
                soft_wrap=True,
                tab_behavior="focus",
                placeholder=_("What the next person should know"),
            )
        )
        yield Words("", name="wrong", classes="wrong")

    @property
    def _text(self) -> str:
        return cast("TextArea", self.query_one("#note")).text

    def action_keep(self) -> None:
        """Hand the note back; an empty one is not a note."""
        text = body(self._text)
        if text:
            self.answer(text)
        else:
            self.complain(_("The note is empty: write a few words, or press Escape."))

    def action_leave(self) -> None:
        """Leave at once when nothing is written, else ask for a second Escape."""
        if self._warned or not self._text.strip():
            self.answer(None)
            return
        self._warned = True
        self.complain(_("Escape again drops what you wrote; Ctrl+S keeps it."))

    def on_text_area_changed(self) -> None:
        self._warned = False
        self.complain("")


class ConfirmPrompt(Dialog[bool]):
    """Asks before an act that is hard to take back.

    Enter and Escape mean no; only `y` means yes, or the second button, gone to on purpose.
    """

    DEFAULT_CSS: ClassVar[str] = """
    ConfirmPrompt > #box { border: round $overdue; border-title-color: $overdue; }
    ConfirmPrompt Horizontal { height: auto; margin: 1 0 0 0; }
    ConfirmPrompt Button {
        width: auto; min-width: 12; height: 1; border: none; margin: 0 2 0 0; padding: 0 1;
        background: $surface; color: $text; text-style: none;
    }
    ConfirmPrompt Button:focus { background: $accent; color: $surface; text-style: bold; }
    ConfirmPrompt #yes:focus { background: $overdue; color: $surface; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("left,h", "app.focus_previous"),
        ("right,l", "app.focus_next"),
    ]

    def __init__(self, question: str, detail: str, yes_label: str) -> None:
        super().__init__()
        self._question = question
        self._detail = detail
        self._yes = yes_label
        self.title_words = _("Are you sure?")
        self.keys_words = _("{key} yes · Esc no").format(key=self._yes_key)

    @property
    def _yes_key(self) -> str:
        """The letter that says yes: `y`, in French `o`."""
        return _("y")

    def parts(self) -> ComposeResult:
        yield Words(self._question, classes="lead")
        if self._detail:
            yield Words(self._detail, classes="quiet")
        with Horizontal():
            yield Button(_button(_("Esc"), _("No")), id="no", compact=True)
            yield Button(_button(self._yes_key, self._yes), id="yes", compact=True)

    def on_key(self, event: object) -> None:
        if getattr(event, "key", "") == self._yes_key:
            self.answer(given=True)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        self.answer(event.button.id == "yes")

    def action_leave(self) -> None:
        self.answer(given=False)


def _bare(label: str) -> Option:
    return Option(plain(f"    {label}"))


def _button(key: str, label: str) -> Content:
    return plain(f"{key} ", "bold") + plain(label)
