"""Earlier handovers: the list of them, and one to read, and to accept while it waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import OptionList

from cmconsole.config.language import _, said
from cmconsole.core.errors import CmconsoleError
from cmconsole.desk import handover, when
from cmconsole.tui.screens.accept_bar import ACCEPT_KEY, AcceptBar
from cmconsole.tui.screens.dialog import Choices, Dialog, Words, content, numbered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content

    from cmconsole.core.shift import Handover
    from cmconsole.desk.context import Desk
    from cmconsole.tui.present.line import Line


class EarlierHandovers(Dialog["Handover"]):
    """Asks which of the newest handovers to read."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._found: Sequence[Handover] = ()
        self.title_words = _("Handovers")
        self.keys_words = _("1–9 read · ↑ ↓ Enter · Esc back")

    def parts(self) -> ComposeResult:
        yield Words(_("Reading…"), name="told", classes="quiet")
        yield Choices([])

    async def on_mount(self) -> None:
        told = self.query_one("#told", Words)
        try:
            self._found = await self._desk.store.handovers()
        except CmconsoleError as error:
            told.say(said(error))
            return
        told.say(
            ""
            if self._found
            else _("No handover was ever kept here. The first is written towards a shift's end.")
        )
        choices = self.query_one(Choices)
        choices.add_options(numbered([self._label(one) for one in self._found]))
        choices.display = bool(self._found)
        choices.focus()

    def _label(self, one: Handover) -> Content:
        at = when.shown(one.saved_at, self._desk.now(), self._desk.zone)
        line: Line = ((f"{at}  ", "quiet"), (one.outgoing, "strong"))
        if one.accepted_by:
            return content([(*line, (" → ", "quiet"), (one.accepted_by, "text"))])
        return content([(*line, (" · ", "quiet"), (_("waits to be accepted"), "urgent"))])

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        self.answer(self._found[event.option_index])


class HandoverReader(Screen["Handover | None"]):
    """One handover to read. While it waits it can be accepted here, at the console of whoever takes over."""

    DEFAULT_CSS: ClassVar[str] = """
    HandoverReader { background: $surface; color: $text; }
    HandoverReader #head { background: $panel; color: $accent; text-style: bold; padding: 0 1; }
    HandoverReader #state { color: $quiet; padding: 0 1; }
    HandoverReader VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; background: $surface; }
    HandoverReader #brief { padding: 1 2; height: auto; color: $text; }
    HandoverReader #foot { background: $panel; color: $quiet; padding: 0 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape,q", "leave"),
        ("j", "scroll('scroll_down')"),
        ("k", "scroll('scroll_up')"),
        ("g", "scroll('scroll_home')"),
        ("G", "scroll('scroll_end')"),
        (ACCEPT_KEY, "accept"),
    ]

    def __init__(self, desk: Desk, shown: Handover) -> None:
        super().__init__()
        self._desk = desk
        self._shown = shown

    def compose(self) -> ComposeResult:
        yield Words(_("HANDOVER · {person}").format(person=self._shown.outgoing), name="head")
        yield Words(self._told(), name="state")
        with VerticalScroll():
            yield Words("", name="brief")
        if not self._shown.accepted_by:
            yield AcceptBar(self._shown.outgoing)
        yield Words(_("j k scroll · Esc back"), name="foot")

    def on_mount(self) -> None:
        self.query_one("#brief", Words).update(styled(self._shown.brief))
        self.query_one(VerticalScroll).focus()

    def _told(self) -> str:
        now, zone = self._desk.now(), self._desk.zone
        kept = _("Kept at {time}.").format(time=when.shown(self._shown.saved_at, now, zone))
        if not self._shown.accepted_by or self._shown.accepted_at is None:
            return " ".join((kept, _("It waits to be accepted.")))
        accepted = _("Accepted by {person} at {time}.").format(
            person=self._shown.accepted_by, time=when.shown(self._shown.accepted_at, now, zone)
        )
        return f"{kept} {accepted}"

    def action_leave(self) -> None:
        """Go back."""
        # Textual waits for it itself; waiting here, inside the screen that closes, would never end.
        self.dismiss(self._shown if self._shown.accepted_by else None)  # type: ignore[unused-awaitable]

    def action_scroll(self, move: str) -> None:
        """Scroll the brief."""
        getattr(self.query_one(VerticalScroll), move)(animate=False)

    def action_accept(self) -> None:
        """Accept by the name that was typed."""
        for bar in self.query(AcceptBar):
            bar.accept()

    async def on_accept_bar_accepted(self, event: AcceptBar.Accepted) -> None:
        bar = self.query_one(AcceptBar)
        try:
            self._shown = await handover.accept(self._desk, self._shown.id, event.name)
        except CmconsoleError as error:
            bar.complain(said(error))
            return
        await bar.remove()
        self.query_one("#state", Words).say(self._told())
        self.query_one(VerticalScroll).focus()


def styled(markdown: str) -> Content:
    """Return a brief for reading: headings stand out, protecting backslashes go, all else stays as it is."""
    lines: list[Line] = []
    for text in markdown.split("\n"):
        if text.startswith("#"):
            lines.append(((_unescaped(text.lstrip("#").strip()), "key"),))
        else:
            lines.append(((_unescaped(text), "text"),))
    return content(lines)


def _unescaped(text: str) -> str:
    kept: list[str] = []
    escaped = False
    for char in text:
        if char == "\\" and not escaped:
            escaped = True
            continue
        kept.append(char)
        escaped = False
    return "".join(kept).replace("**", "")
