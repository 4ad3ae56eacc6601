"""The end of a shift: the brief to edit and keep, and its acceptance by the next person."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.screen import Screen
from textual.widgets import TextArea

from cmconsole.config.language import _, said
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.shift import Stage
from cmconsole.desk import handover, when
from cmconsole.desk.brief import markdown
from cmconsole.desk.shift import standing
from cmconsole.tui.present.times import span
from cmconsole.tui.screens.accept_bar import ACCEPT_KEY, AcceptBar
from cmconsole.tui.screens.dialog import Words, steady_area
from cmconsole.tui.screens.earlier import EarlierHandovers, HandoverReader
from cmconsole.tui.screens.prompts import ConfirmPrompt

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.timer import Timer

    from cmconsole.core.shift import Handover
    from cmconsole.desk.context import Desk
    from cmconsole.desk.shift import Standing

AUTOSAVE: Final = 2.0
"""Seconds without a key after which an edited brief is kept by itself: a closed terminal costs a sentence."""


class HandoverScreen(Screen["Handover | None"]):
    """The brief of this console's shift. Its answer is the handover once it was accepted, else None.

    Until it is accepted the brief may be edited and kept again; nothing typed is dropped on the way out.
    """

    DEFAULT_CSS: ClassVar[str] = """
    HandoverScreen { background: $surface; color: $text; }
    HandoverScreen #head { background: $panel; color: $accent; text-style: bold; padding: 0 1; }
    HandoverScreen #state { color: $quiet; padding: 0 1; }
    HandoverScreen #state.wrong { color: $overdue; text-style: bold; }
    HandoverScreen #banner {
        background: $urgent; color: $surface; text-style: bold; padding: 0 1; display: none;
    }
    HandoverScreen #empty { color: $text; padding: 1 2; height: 1fr; display: none; }
    HandoverScreen TextArea, HandoverScreen TextArea:focus {
        height: 1fr; border: none; padding: 0 1; background: $surface; color: $text;
        scrollbar-size-vertical: 1;
    }
    HandoverScreen TextArea > .text-area--cursor {
        background: $accent !important; color: $surface !important;
    }
    HandoverScreen TextArea > .text-area--cursor-line { background: $cursor; }
    HandoverScreen TextArea > .text-area--selection { background: $selected; }
    HandoverScreen #foot { background: $panel; color: $quiet; padding: 0 1; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "leave"),
        ("ctrl+s", "keep"),
        ("ctrl+r", "write_anew"),
        ("ctrl+o", "earlier"),
        (ACCEPT_KEY, "accept"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._shown = ""
        self._autosave: Timer | None = None
        self._accepted: Handover | None = None

    def compose(self) -> ComposeResult:
        yield Words(_("HANDOVER"), name="head")
        yield Words("", name="banner")
        yield Words(_("Reading the desk…"), name="state")
        yield Words("", name="empty")
        yield steady_area(TextArea(id="brief", soft_wrap=True, tab_behavior="focus"))
        yield AcceptBar(self._desk.person)
        yield Words(
            _("Ctrl+S keep · Ctrl+R write anew · Ctrl+O earlier ones · Tab name · Esc back"), name="foot"
        )

    async def on_mount(self) -> None:
        self._text.focus()
        try:
            where = await standing(self._desk)
            if where is None:
                self._show_empty()
                return
            self._show_standing(where)
            kept = await handover.saved(self._desk)
            self._show_text(kept.brief if kept is not None else await self._composed())
        except CmconsoleError as error:
            self._tell(said(error), wrong=True)
            return
        if kept is None:
            self._tell(_("A draft from what stands at the desk: edit it, then Ctrl+S keeps it."))
            return
        self._tell(_("Kept at {time}.").format(time=self._clock(kept.saved_at)))
        if kept.accepted_by:
            self._show_accepted(kept)

    @property
    def _text(self) -> TextArea:
        return self.query_one("#brief", TextArea)

    @property
    def _edited(self) -> bool:
        return self._accepted is None and not self._text.read_only and self._text.text != self._shown

    def _clock(self, at: int) -> str:
        return when.shown(at, self._desk.now(), self._desk.zone)

    # ------------------------------------------------------------------------------------------ what is shown

    def _show_standing(self, where: Standing) -> None:
        begun, ends = self._clock(where.shift.started_at), self._clock(where.shift.ends_at)
        left = {
            Stage.OVER: _("over for {span}").format(span=span(where.left)),
            Stage.HANDED_OVER: _("handed over"),
        }.get(where.stage, _("{span} left").format(span=span(where.left)))
        self.query_one("#head", Words).say(
            _("HANDOVER · {person} · {begun} to {ends} · {left}").format(
                person=where.shift.person, begun=begun, ends=ends, left=left
            )
        )

    def _show_text(self, text: str) -> None:
        self._text.load_text(text)
        self._shown = self._text.text

    def _show_empty(self) -> None:
        """Say what to do where no shift was begun; earlier handovers can be read all the same."""
        self._text.display = False
        self.query_one(AcceptBar).display = False
        self.query_one("#state").display = False
        self.query_one("#empty", Words).say(
            _(
                "No shift was begun at this console, so there is nothing to hand over.\n\n"
                "Start it with cmconsole --as NAME --until 18:00.\n"
                "Ctrl+O reads earlier handovers, and accepts one that waits."
            )
        )
        self.query_one("#foot", Words).say(_("Ctrl+O earlier ones · Esc back"))
        self.set_focus(None)

    def _show_accepted(self, accepted: Handover) -> None:
        self._accepted = accepted
        self._text.read_only = True
        self.query_one(AcceptBar).display = False
        self.query_one("#banner", Words).say(
            _(
                "Handed over to {person} at {time}. This console may look, not act: quit it when you go."
            ).format(person=accepted.accepted_by, time=self._clock(accepted.accepted_at or self._desk.now()))
        )
        self._tell(
            _("{person} works at a console of their own: cmconsole --as NAME --until 18:00").format(
                person=accepted.accepted_by
            )
        )
        self.query_one("#foot", Words).say(_("Ctrl+O earlier ones · Esc back to the desk"))
        self._text.focus()

    def _tell(self, text: str, *, wrong: bool = False) -> None:
        state = self.query_one("#state", Words)
        state.set_class(wrong, "wrong")
        state.say(text)

    # ------------------------------------------------------------------------------------ writing and keeping

    async def _composed(self) -> str:
        return markdown(await handover.compose(self._desk))

    @on(TextArea.Changed)
    def _changed(self) -> None:
        if not self._edited:
            return
        if self._autosave is not None:
            self._autosave.stop()
        self._tell(_("Edited; kept by itself in a moment, or now with Ctrl+S."))
        self._autosave = self.set_timer(AUTOSAVE, self._keep)

    async def _keep(self) -> bool:
        """Keep the brief as it stands; say so, or say why not, and return whether it was kept."""
        text = self._text.text
        try:
            kept = await handover.save(self._desk, text)
        except CmconsoleError as error:
            self._tell(said(error), wrong=True)
            return False
        self._shown = text
        self._tell(_("Kept at {time}.").format(time=self._clock(kept.saved_at)))
        return True

    async def action_keep(self) -> None:
        """Keep the brief now."""
        if self._accepted is None and self._text.display:
            await self._keep()

    async def action_write_anew(self) -> None:
        """Write the brief again from what stands at the desk; edits are only dropped after a question."""
        if self._accepted is not None or not self._text.display:
            return
        await self.app.push_screen(
            ConfirmPrompt(
                _("Write the brief anew?"),
                _(
                    "What stands at the desk now replaces this text. "
                    "Ctrl+Z takes it back while you stay here."
                ),
                _("Write anew"),
            ),
            self._rewrite,
        )

    async def _rewrite(self, wanted: bool | None) -> None:  # noqa: FBT001 - the answer to a question
        if not wanted:
            return
        try:
            text = await self._composed()
        except CmconsoleError as error:
            self._tell(said(error), wrong=True)
            return
        area = self._text
        area.replace(text, (0, 0), area.document.end)

    def _close(self) -> None:
        # Textual waits for it itself; waiting here, inside the screen that closes, would never end.
        self.dismiss(self._accepted)  # type: ignore[unused-awaitable]

    async def action_leave(self) -> None:
        """Go back; what was edited is kept first, and a failure to keep it holds the person here."""
        if self._autosave is not None:
            self._autosave.stop()
        if not self._edited or await self._keep():
            self._close()

    # --------------------------------------------------------------------------------------------- acceptance

    def action_accept(self) -> None:
        """Accept by the name that was typed."""
        bar = self.query_one(AcceptBar)
        if bar.display:
            bar.accept()

    async def on_accept_bar_accepted(self, event: AcceptBar.Accepted) -> None:
        if self._autosave is not None:
            self._autosave.stop()
        try:
            kept = await handover.save(self._desk, self._text.text)
            accepted = await handover.accept(self._desk, kept.id, event.name)
            where = await standing(self._desk)
        except CmconsoleError as error:
            self.query_one(AcceptBar).complain(said(error))
            return
        self._shown = self._text.text
        if where is not None:
            self._show_standing(where)
        self._show_accepted(accepted)

    async def action_earlier(self) -> None:
        """Choose an earlier handover to read."""
        await self.app.push_screen(EarlierHandovers(self._desk), self._read)

    async def _read(self, chosen: Handover | None) -> None:
        if chosen is not None:
            await self.app.push_screen(HandoverReader(self._desk, chosen))
