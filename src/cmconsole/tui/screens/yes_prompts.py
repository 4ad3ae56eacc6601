"""What is asked before a reply leaves, is changed, or stays behind: each names the act and its object."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.widgets import Input, OptionList, Static, TextArea

from cmconsole.config.language import _, ngettext, said
from cmconsole.config.tasks import spawn
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.text import body
from cmconsole.tui.present.replies import seconds
from cmconsole.tui.screens.dialog import Choices, Dialog, Words, content, steady_area
from cmconsole.tui.widgets.writing import Typed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from cmconsole.core.clock import Instant
    from cmconsole.core.reply import Reply
    from cmconsole.tui.present.line import Line

_LOOK: Final = 0.5
"""Seconds between two looks at what is still on hold, while one waits for it to leave."""


class WordPrompt(Dialog[str]):
    """Asks for a word that has to be typed by hand; its answer is the word, and Enter gives none.

    reasons: why a word is asked for, as lines.
    """

    DEFAULT_CSS: ClassVar[str] = """
    WordPrompt > #box { border: round $overdue; border-title-color: $overdue; width: 76; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [("ctrl+s,f2", "send")]

    def __init__(self, question: str, reasons: Sequence[Line], word: str) -> None:
        super().__init__()
        self._question = question
        self._reasons = reasons
        self._word = word
        self.title_words = _("Are you sure?")
        self.keys_words = _("Ctrl+S yes · Esc no")

    def parts(self) -> ComposeResult:
        yield Words(self._question, classes="lead")
        yield Static(content(self._reasons), markup=False)
        yield Words(_("Type “{word}”, then Ctrl+S.").format(word=self._word), classes="after")
        yield Typed(id="typed")
        yield Words("", name="wrong", classes="wrong")

    def action_send(self) -> None:
        """Say yes, if the word stands there."""
        if self.typed().casefold() == self._word.casefold():
            self.answer(self._word)
        else:
            self.complain(_("The word is “{word}”; nothing has left.").format(word=self._word))

    @on(Input.Changed)
    def _changed(self) -> None:
        self.complain("")

    @on(Input.Submitted)
    def _enter(self) -> None:
        self.complain(_("Enter sends nothing: press Ctrl+S."))


class AmendPrompt(Dialog[str]):
    """Lets somebody change a text that awaits approval; its answer is the text. Enter begins a new line."""

    DEFAULT_CSS: ClassVar[str] = """
    AmendPrompt > #box { width: 90; }
    AmendPrompt TextArea, AmendPrompt TextArea:focus {
        height: 10; border: none; background: $surface; color: $text; padding: 0 1;
        scrollbar-size-vertical: 1;
    }
    AmendPrompt TextArea > .text-area--cursor { background: $accent !important; color: $surface !important; }
    AmendPrompt TextArea > .text-area--cursor-line { background: $surface; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [("ctrl+s,f2", "keep")]

    def __init__(self, about: str, text: str) -> None:
        super().__init__()
        self._about = about
        self._text = text
        self._warned = False
        self.title_words = _("Change the text")
        self.keys_words = _("Ctrl+S keep · Enter new line · Esc drop")

    def parts(self) -> ComposeResult:
        yield Words(self._about, classes="lead")
        yield steady_area(TextArea(self._text, id="text", soft_wrap=True, tab_behavior="focus"))
        yield Words(
            _("Whoever changes the text cannot approve it: a colleague has to say yes."),
            classes="quiet after",
        )
        yield Words("", name="wrong", classes="wrong")

    def on_mount(self) -> None:
        area = self.query_one("#text", TextArea)
        area.move_cursor(area.document.end)

    @property
    def _written(self) -> str:
        return self.query_one("#text", TextArea).text

    def action_keep(self) -> None:
        """Hand the text back; an empty one is no reply."""
        text = body(self._written)
        if text:
            self.answer(text)
        else:
            self.complain(_("The text is empty: write it, or press Escape."))

    def action_leave(self) -> None:
        """Leave at once when nothing was changed, else ask for a second Escape."""
        if self._warned or self._written == self._text:
            self.answer(None)
            return
        self._warned = True
        self.complain(_("Escape again drops what you changed; Ctrl+S keeps it."))

    def on_text_area_changed(self) -> None:
        self._warned = False
        self.complain("")


class LeavePrompt(Dialog[str]):
    """Asks on quitting what becomes of replies whose undo window is this console's.

    Answers `gone` once none is on hold any more (it waited), `back` to take them back, `go` to let them
    leave without it; None: the person stays. held: reads those still on hold.
    """

    DEFAULT_CSS: ClassVar[str] = """
    LeavePrompt > #box { border: round $urgent; border-title-color: $urgent; width: 76; }
    """

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(
        self,
        replies: Sequence[Reply],
        held: Callable[[], Awaitable[Sequence[Reply]]],
        now: Callable[[], Instant],
        told: Callable[[Reply], str],
    ) -> None:
        super().__init__()
        self._replies = list(replies)
        self._held = held
        self._now = now
        self._told = told
        self.title_words = _("Not everything has left")
        self.keys_words = _("1–3 choose · Esc stay")

    def parts(self) -> ComposeResult:
        yield Words(self._leaving(), name="leaving", classes="lead")
        for reply in self._replies[:5]:
            yield Words(self._told(reply), classes="quiet")
        yield Words("", classes="quiet")
        yield Choices(
            [
                _("Wait: the console closes once it has left"),
                _("Take it back: it stays as a draft"),
                _("Let it leave without me"),
            ]
        )
        yield Words("", name="wrong", classes="wrong")

    def on_mount(self) -> None:
        self.set_interval(_LOOK, self._tick)

    def _leaving(self) -> str:
        count = len(self._replies)
        until = max((it.hold_until or 0 for it in self._replies), default=0)
        words = ngettext("{n} reply leaves in {left}.", "{n} replies leave within {left}.", count)
        return words.format(n=count, left=seconds(until, self._now()))

    def _tick(self) -> None:
        self.query_one("#leaving", Words).say(self._leaving())
        spawn(self._look(), name="look-at-held")  # type: ignore[unused-awaitable] # it tells by itself

    async def _look(self) -> None:
        try:
            self._replies = list(await self._held())
        except CmconsoleError as error:
            if self.is_mounted:
                self.complain(said(error))
            return
        if not self._replies and self.is_current:
            # Nothing is on hold any more: who wanted to wait may go, who was still thinking too.
            self.answer("gone")

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        if event.option_index:
            self.answer(("back", "go")[event.option_index - 1])
            return
        self.complain(_("Waiting; Esc stays at the desk."))
