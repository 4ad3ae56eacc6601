"""The composer: the conversation in view, who speaks to whom, the text, and exactly what would leave."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Final

from cmconsole.config.language import _, said
from cmconsole.core.account import Mode
from cmconsole.core.clock import SECOND
from cmconsole.core.errors import CmconsoleError
from cmconsole.tui.actions import key_name
from cmconsole.tui.composer_sight import Sight
from cmconsole.tui.composing import Composing
from cmconsole.tui.keeping import Keeper
from cmconsole.tui.offering import Offering
from cmconsole.tui.present.footer import message
from cmconsole.tui.present.times import clock
from cmconsole.tui.reader import Reader
from cmconsole.tui.screens.composer_acts import ComposerActs
from cmconsole.tui.screens.desk import head
from cmconsole.tui.screens.keyed import NARROW, KeyedScreen
from cmconsole.tui.widgets.conversation_pane import ConversationPane
from cmconsole.tui.widgets.painted import Lines
from cmconsole.tui.widgets.writing import WritingPage

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from cmconsole.core.clock import Instant
    from cmconsole.tui.palette import Palette
    from cmconsole.tui.present.line import Line
    from cmconsole.tui.session import Session

LOOK: Final = SECOND
"""Least time between two looks at what is around the draft: a key never waits for one."""

_WHEEL: Final = 3


class ComposerScreen(KeyedScreen):
    """Writes one reply, or a note. Its keys are the registry's, but a key that types a character types it.

    pick: the place of the canned response to begin with, from 0.
    """

    AUTO_FOCUS: ClassVar[str | None] = "#text"
    WRITES: ClassVar[bool] = True
    DEFAULT_CSS: ClassVar[str] = """
    ComposerScreen { layout: vertical; overflow: hidden; background: $surface; }
    ComposerScreen > Lines { height: 1; }
    ComposerScreen > #conversation { height: 1fr; }
    """

    def __init__(
        self, session: Session, palette: Palette, conversation_id: int, pick: int | None = None
    ) -> None:
        super().__init__()
        self.session = session
        self.conversation_id = conversation_id
        self._pick = pick
        self._sight = Sight(session)
        self._acts: ComposerActs | None = None
        self._early: list[events.Key] = []
        self._ready = self._busy = self._is_left = self._insists = False
        self._message: tuple[str, str] | None = None
        self._looked: Instant = session.desk.now()
        desk, keymap = session.desk, session.settings.keymap
        self._header = Lines(palette, self._header_line, ground="panel", id="header")
        self._pane = ConversationPane(
            palette,
            now=desk.now,
            zone=desk.zone,
            more=key_name(keymap.first("page-down")),
            why=key_name(keymap.first("why")),
        )
        self._band = Lines(palette, self._band_lines, ground="panel", id="band")
        self._page = WritingPage(palette, self.takes, ruler=self._sight.ruler, under=self._sight.under)
        self._text = self._page.text
        self._footer = Lines(palette, self._footer_line, ground="panel", id="footer")
        self._reader = Reader(session, self, self.sync)
        self._keeper = Keeper(self, self._keep)

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._pane
        yield self._band
        yield self._page
        yield self._footer

    @property
    def composing(self) -> Composing | None:
        """What is written; None until it was read what there is."""
        return self._sight.composing

    # ----------------------------------------------------------------------------------- opening and leaving

    def on_mount(self) -> None:
        self.session.watched = None
        self.console.begin(self._open(), "open-composer")

    async def _open(self) -> None:
        """Read the sheet; what was typed meanwhile is typed then."""
        desk = self.session.desk
        try:
            composing = await Composing.open(desk, self.conversation_id)
        except CmconsoleError as error:
            self.close()
            self.console.say(said(error), "overdue")
            return
        offering = Offering(desk, self.session.shelf)
        self._acts = ComposerActs(self.console, self, composing, offering)
        self._text.load_text(composing.text)
        self._text.move_cursor(self._text.document.end)
        self._sight.composing = composing
        if composing.kept_at is not None:
            when = clock(composing.kept_at, desk.now(), desk.zone)
            self.console.say(_("Your draft of {time} is here.").format(time=when), "accent")
        self.sync()
        offers = await offering.best(composing.sheet)
        self._sight.offers = tuple((it, offering.fill(composing.sheet, it).text) for it in offers)
        self.sync()
        await self._begin(self._acts, composing)

    async def _begin(self, acts: ComposerActs, composing: Composing) -> None:
        """Take the canned response that was asked for, then the keys that came too early."""
        offers = self._sight.offers
        if self._pick is not None and not composing.is_empty:
            self.console.say(_("Your draft is here: clear it to take a canned response."), "urgent")
        elif self._pick is not None and self._pick < len(offers):
            await acts.take(offers[self._pick][0])
        self._ready = True
        early, self._early = self._early, []
        for event in early:
            if not self.takes(event) and (event.is_printable or event.key == "enter"):
                self._text.write((event.is_printable and event.character) or "\n")

    def close(self) -> None:
        self._is_left = True
        if self.is_attached:
            self.dismiss(None)  # type: ignore[unused-awaitable] # a key waits for nothing

    async def _leave(self) -> None:
        """Keep the draft and go back; what cannot be kept, and a note, is left only when insisted on."""
        composing = self.composing
        if composing is not None and not self._insists:
            self._insists = True
            if composing.note and not composing.is_empty:
                words = _("Escape again drops the note; {key} keeps it.")
                self.console.say(words.format(key=self._key("send")), "urgent")
                return
            try:
                await composing.leave()
            except CmconsoleError as error:
                words = _("Not kept: {error} Escape again leaves without it.")
                self.console.say(words.format(error=said(error)), "overdue")
                return
            self.session.forget(self.conversation_id)
        self.close()
        if composing is not None and composing.kept_at is not None and not composing.is_empty:
            self.console.say(_("Your draft is kept."), "quiet")

    async def on_unmount(self) -> None:
        """Keep what is written when the terminal goes away, or the console is left; a note as one cut off."""
        composing = self.composing
        if composing is None or self._is_left:
            return
        with suppress(CmconsoleError):
            if composing.note and not composing.is_empty:
                await composing.keep_note(whole=False)
            else:
                await composing.keep()

    # ------------------------------------------------------------------------------------------ keeping it

    def on_text_area_changed(self) -> None:
        """Measure and show what was typed; it is kept at the next pause."""
        self._written()
        if self.composing is not None and self.composing.unkept:
            self._keeper.typed()

    def _written(self) -> None:
        """Take note of the text in the field, and paint what depends on it."""
        composing = self.composing
        if composing is None:
            return
        composing.write(self._text.text)
        self._insists = False
        if composing.clearance is None:
            self.want_word("")
        self._page.sync()
        self._footer.sync()

    def _keep(self) -> None:
        if self.composing is not None and self.composing.unkept and not self._is_left:
            self.console.begin(self._kept(self.composing), "keep-draft")

    async def _kept(self, composing: Composing) -> None:
        try:
            await composing.keep()
        except CmconsoleError as error:
            self.console.say(_("Not kept: {error}").format(error=said(error)), "overdue")
        self._band.sync()

    def on_resize(self, event: events.Resize) -> None:
        """Arrange by the width, and keep the draft: a window that changes may be one that closes."""
        self._page.set_class(event.size.width >= NARROW, "-wide")
        self._keeper.now()
        self.call_after_refresh(self.sync)

    def on_descendant_blur(self) -> None:
        """Keep the draft when the field loses the keys, or the terminal its focus."""
        self._keeper.now()

    def on_screen_suspend(self) -> None:
        """Keep the draft when a question is laid over it."""
        self._keeper.now()

    # -------------------------------------------------------------------------------------------- painting

    def sync(self) -> None:
        if not self.is_mounted or self._is_left:
            return
        self._header.sync()
        if (composing := self.composing) is not None:
            talk = composing.sheet.conversation
            self._pane.put(talk, self._sight.dossier())
            self._reader.want(talk)
            self._page.set_class(composing.note, "-note")
            self._page.set_class(not composing.note and composing.sheet.reply.mode is Mode.LIVE, "-live")
            self._look(composing)
        # The conversation gives way to the band's lines; the text does not move.
        self._band.styles.height = len(self._band_lines(self.size.width))
        for part in (self._band, self._page, self._footer):
            part.sync()

    def _look(self, composing: Composing) -> None:
        """Look, at most once a second, whether anything around the draft moved."""
        now = self.session.desk.now()
        if now - self._looked >= LOOK and not self._busy:
            self._looked = now
            self.console.begin(self._around(composing), "look-around")

    async def _around(self, composing: Composing) -> None:
        with suppress(CmconsoleError):
            if await composing.look():
                await self.session.read_dossier(self.conversation_id)
                self.sync()

    def _header_line(self, width: int) -> list[Line]:
        return [head(self.session, self._key("handover"), width, self._sight.speaker())]

    def _band_lines(self, width: int) -> list[Line]:
        return self._sight.band(width, self.size.height)

    def _footer_line(self, width: int) -> list[Line]:
        if self._message is not None:
            return [message(*self._message, width)]
        return self._sight.footer(width)

    def _key(self, action_id: str) -> str:
        return key_name(self.session.settings.keymap.first(action_id))

    def say(self, text: str, meaning: str) -> None:
        self._message = (text, meaning) if text else None
        if self.is_mounted:
            self._footer.sync()

    # ------------------------------------------------------------------------------------ keys and the mouse

    def targets(self) -> list[int]:
        return [self.conversation_id]

    def handlers(self) -> Mapping[str, Callable[[], Any]]:
        page = max(1, self._pane.size.height - 3)
        return {
            "back": self._back,
            "send": lambda: self._alone(ComposerActs.finish),
            "private": lambda: self._alone(ComposerActs.turn),
            "fill-in": lambda: self._alone(ComposerActs.fill_in),
            "speak-as": lambda: self._alone(ComposerActs.speak_as),
            "read-anew": lambda: self._alone(ComposerActs.have_read),
            "as-thread": lambda: self._alone(ComposerActs.split),
            "drop-draft": lambda: self._alone(ComposerActs.drop),
            "writing-help": lambda: self._alone(ComposerActs.tell_keys),
            "read-down": lambda: self._pane.scroll_by(max(1, page // 2)),
            "read-up": lambda: self._pane.scroll_by(-max(1, page // 2)),
            "page-down": lambda: self._pane.scroll_by(page),
            "page-up": lambda: self._pane.scroll_by(-page),
        }

    def on_key(self, event: events.Key) -> None:
        """Take a key that the word's field leaves, or that comes before any field has the keys."""
        if self.takes(event):
            event.stop()
            event.prevent_default()
        elif event.is_printable and not self._busy:
            self._text.write(event.character or "")

    def takes(self, event: events.Key) -> bool:
        """Carry a key out where it is not one to write with; say whether it was."""
        self.console.note_key()
        if not self._ready:
            self._early.append(event)
            return True
        if event.is_printable:
            return not self._page.typed.has_focus and self._offered(event.character or "")
        action_id = self.session.settings.keymap.action(event.key)
        handler = self.handlers().get(action_id or "")
        if handler is None:
            return False
        handler()
        return True

    def _offered(self, typed: str) -> bool:
        """Take a canned response by its digit where nothing is written; open the finder after a blank."""
        composing, offers = self.composing, self._sight.offers
        if composing is None or composing.note or self._busy:
            return False
        if typed == "/" and not self._text.before_cursor().strip():
            self._alone(ComposerActs.find)
            return True
        if not self._text.text and typed in "123456789" and int(typed) <= len(offers):
            self._take(int(typed) - 1)
            return True
        return False

    def _take(self, place: int) -> None:
        offer, _text = self._sight.offers[place]
        self._alone(lambda acts: acts.take(offer))

    def _alone(self, do: Callable[[ComposerActs], Coroutine[Any, Any, None]]) -> None:
        """Carry out one command at a time; the text stands still until its outcome is known."""
        if self._acts is not None and not self._busy:
            self._busy = self._text.read_only = True
            self.console.begin(self._done(do(self._acts)), "compose")

    async def _done(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except CmconsoleError as error:
            self.console.say(said(error), "overdue")
        finally:
            self._busy = self._text.read_only = False

    def _back(self) -> None:
        if self._page.typed.has_focus:
            self._text.focus()
        elif not self._busy:
            self.console.begin(self._leave(), "leave-composer")

    @property
    def word(self) -> str:
        return self._page.word

    def want_word(self, word: str) -> None:
        self._page.want_word(word)

    def put(self, text: str, *, whole: bool) -> None:
        if whole:
            self._text.replace(text, (0, 0), self._text.document.end)
            self._text.move_cursor(self._text.document.end)
        else:
            self._text.write(text)
        self._written()

    def on_input_submitted(self) -> None:
        """Say that Enter sends nothing, here neither."""
        self.console.say(_("Enter does not send: press {key}.").format(key=self._key("send")), "quiet")

    def on_click(self, event: events.Click) -> None:
        """Take the canned response that was clicked."""
        place, composing = self._page.under.region, self.composing
        line = event.screen_y - place.y
        offered = composing is not None and composing.is_empty and not composing.note
        if offered and place.contains(event.screen_x, event.screen_y) and line < len(self._sight.offers):
            self._take(line)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Read on in the conversation."""
        if self._pane.region.contains(event.screen_x, event.screen_y):
            self._pane.scroll_by(_WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Read back in the conversation."""
        if self._pane.region.contains(event.screen_x, event.screen_y):
            self._pane.scroll_by(-_WHEEL)
