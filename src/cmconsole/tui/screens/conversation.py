"""One conversation on a screen of its own: all of it when narrow, more of it when wide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from cmconsole.core.conversation import Status
from cmconsole.tui.actions import key_name
from cmconsole.tui.present.footer import Place, footer, message
from cmconsole.tui.reader import Reader
from cmconsole.tui.screens.desk import head
from cmconsole.tui.screens.keyed import KeyedScreen
from cmconsole.tui.session import freshness
from cmconsole.tui.widgets.conversation_pane import ConversationPane
from cmconsole.tui.widgets.painted import Lines
from cmconsole.tui.widgets.reply_bar import ReplyBar

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from cmconsole.core.conversation import Conversation
    from cmconsole.tui.palette import Palette
    from cmconsole.tui.present.line import Line
    from cmconsole.tui.session import Session


class ConversationScreen(KeyedScreen):
    """Shows one conversation by its id, whatever lane or status it is in; Escape goes back to the lanes."""

    DEFAULT_CSS: ClassVar[str] = """
    ConversationScreen { layout: vertical; overflow: hidden; background: $surface; }
    ConversationScreen > Lines { height: 1; }
    ConversationScreen > ReplyBar { height: 0; }
    ConversationScreen > #conversation { height: 1fr; }
    """

    def __init__(self, session: Session, palette: Palette, conversation_id: int) -> None:
        super().__init__()
        self.session = session
        self.conversation_id = conversation_id
        self._message: tuple[str, str] | None = None
        self._was_open = False
        desk, keymap = session.desk, session.settings.keymap
        self._header = Lines(palette, self._header_line, ground="panel", id="header")
        self._footer = Lines(palette, self._footer_line, ground="panel", id="footer")
        self._pane = ConversationPane(
            palette,
            now=desk.now,
            zone=desk.zone,
            more=key_name(keymap.first("next")),
            why=key_name(keymap.first("why")),
            full=True,
        )
        self._replies = ReplyBar(session, palette)
        self._reader = Reader(session, self, self.sync)

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._pane
        yield self._replies
        yield self._footer

    def on_mount(self) -> None:
        self.call_after_refresh(self.sync)

    def on_resize(self) -> None:
        self.call_after_refresh(self.sync)

    @property
    def talk(self) -> Conversation | None:
        """The conversation as it was read or displayed last, whichever is newer."""
        dossier = self.session.stale_dossier(self.conversation_id)
        known = [] if dossier is None else [dossier.conversation]
        for view in self.session.shown:
            if self.conversation_id in view.ids:
                row = view.row(view.ids.index(self.conversation_id))
                known.append(row.gone.conversation or row.conversation if row.gone else row.conversation)
        return max(known, key=freshness, default=None)

    def sync(self) -> None:
        if not self.is_mounted:
            return
        session = self.session
        self._header.sync()
        talk = self.talk
        self._pane.why = session.why
        session.watch(self.conversation_id)
        if talk is not None:
            self._was_open = self._was_open or talk.status is Status.OPEN
            self._pane.put(talk, session.dossier(talk) or session.stale_dossier(talk.id))
            self._reader.want(talk)
        self._replies.sync()
        self._footer.sync()

    def _header_line(self, width: int) -> list[Line]:
        session = self.session
        key = key_name(session.settings.keymap.first("handover"))
        return [head(session, key, width)]

    def _footer_line(self, width: int) -> list[Line]:
        if self._message is not None:
            return [message(*self._message, width)]
        session, talk = self.session, self.talk
        return [
            footer(
                session.settings.keymap,
                width,
                read_only=session.read_only,
                alike=talk is not None and talk.cluster is not None,
                place=Place.CONVERSATION,
            )
        ]

    def say(self, text: str, meaning: str) -> None:
        self._message = (text, meaning) if text else None
        if self.is_mounted:
            self._footer.sync()

    def done_with(self) -> bool:
        talk = self.talk
        return self._was_open and (talk is None or talk.status is not Status.OPEN)

    def targets(self) -> list[int]:
        return [self.conversation_id]

    def handlers(self) -> Mapping[str, Callable[[], Any]]:
        page = max(1, self.size.height - 6)
        return {
            "next": lambda: self._pane.scroll_by(1),
            "previous": lambda: self._pane.scroll_by(-1),
            "read-down": lambda: self._pane.scroll_by(page // 2),
            "read-up": lambda: self._pane.scroll_by(-page // 2),
            "page-down": lambda: self._pane.scroll_by(page),
            "page-up": lambda: self._pane.scroll_by(-page),
            "top": lambda: self._pane.scroll_by(-1_000_000),
            "bottom": lambda: self._pane.scroll_by(1_000_000),
            "back": self._leave,
            "left": self._leave,
            "open": _nothing,
            "right": _nothing,
            "others": _nothing,
            "select": _nothing,
            "select-all": _nothing,
            "alike": lambda: self.console.open_alike(self.conversation_id),
            "why": self._why,
            "hold": _nothing,
        }

    def _leave(self) -> None:
        self.session.why = False
        self.dismiss(None)  # type: ignore[unused-awaitable] # a key waits for nothing

    def _why(self) -> None:
        self.session.why = not self.session.why
        self._pane.begin_anew()
        self.sync()


def _nothing() -> None:
    """Do nothing: what the key does elsewhere has no meaning here."""
