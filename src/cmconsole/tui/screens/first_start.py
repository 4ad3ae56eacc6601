"""The first start: who sits down here, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import App
from textual.widgets import Input

from cmconsole.config.language import _, said
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.text import NAME_LIMIT, one_line
from cmconsole.desk import when
from cmconsole.tui.filter import LastFilter
from cmconsole.tui.screens.dialog import Dialog, Words, line_input

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.filter import LineFilter
    from textual.theme import Theme as TextualTheme

    from cmconsole.core.clock import Instant


@dataclass(frozen=True, slots=True)
class Answers:
    """person: their name. ends_at: the end of their shift. until: the same as a local clock time, `18:00`."""

    person: str
    ends_at: Instant
    until: str


class FirstStart(Dialog[Answers]):
    """Asks for a name and the end of the shift; a time that is past today means tomorrow.

    person, until: what is remembered from the last time, offered again.
    """

    DEFAULT_CSS: ClassVar[str] = """
    FirstStart Input { margin: 0 0 1 0; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [("down", "app.focus_next"), ("up", "app.focus_previous")]

    def __init__(
        self, now: Callable[[], Instant], zone: tzinfo, *, person: str = "", until: str = ""
    ) -> None:
        super().__init__()
        self._now = now
        self._zone = zone
        self._person = person
        self._until = until
        self.title_words = _("Welcome to the desk")
        self.keys_words = _("Enter next, then begin · Esc quit")

    def parts(self) -> ComposeResult:
        yield Words(_("Your name, as colleagues see it beside your claims and notes:"))
        yield line_input(_("Alice"), name="person", text=self._person, max_length=NAME_LIMIT)
        yield Words(_("Your shift ends at:"))
        yield line_input("18:00", name="until", text=self._until, max_length=NAME_LIMIT)
        yield Words("", name="wrong", classes="wrong")
        yield Words(_("Both are remembered. Next time: cmconsole --as NAME --until 18:00"), classes="quiet")

    def on_mount(self) -> None:
        if self._person:
            self.query_one("#until").focus()

    @on(Input.Changed)
    def _changed(self) -> None:
        self.complain("")

    @on(Input.Submitted, "#person")
    def _named(self) -> None:
        if one_line(self.typed("person")):
            self.query_one("#until").focus()
        else:
            self.complain(_("Type your name first."))

    @on(Input.Submitted, "#until")
    def _begin(self) -> None:
        person = one_line(self.typed("person"))
        if not person:
            self.complain(_("Type your name first."))
            self.query_one("#person").focus()
            return
        try:
            self.answer(answers(person, self.typed("until"), self._now(), self._zone))
        except CmconsoleError as error:
            self.complain(said(error))


def answers(person: str, until: str, now: Instant, zone: tzinfo) -> Answers:
    """Return the answers for what was typed; raises InputError for a time that is not understood."""
    ends_at = when.parse(until, now, zone)
    return Answers(person, ends_at, f"{when.local(ends_at, zone):%H:%M}")


class FirstStartApp(App[Answers]):
    """The question before there is a desk to lay it over; it returns None where the person left.

    theme, last_filter: those of the console that follows.
    """

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, question: FirstStart, theme: TextualTheme, last_filter: LastFilter) -> None:
        super().__init__()
        self._question = question
        self._last_filter = last_filter
        self.register_theme(theme)
        self.theme = theme.name

    def get_line_filters(self) -> list[LineFilter]:
        return [*super().get_line_filters(), self._last_filter]

    async def on_mount(self) -> None:
        await self.push_screen(self._question, self.exit)
