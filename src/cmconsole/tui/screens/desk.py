"""The main screen: header, lanes, others, conversation, footer; side by side when wide, tabs when narrow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Horizontal

from cmconsole.config.language import _
from cmconsole.core.verdict import Lane
from cmconsole.tui.actions import key_name
from cmconsole.tui.present import lanes as around
from cmconsole.tui.present.footer import footer, message
from cmconsole.tui.present.header import Identity, header
from cmconsole.tui.present.line import width_of
from cmconsole.tui.present.replies import brief
from cmconsole.tui.reader import Reader
from cmconsole.tui.screens.keyed import NARROW, KeyedScreen
from cmconsole.tui.settings import Mode
from cmconsole.tui.widgets.conversation_pane import ConversationPane
from cmconsole.tui.widgets.lane_list import LaneList
from cmconsole.tui.widgets.painted import Lines
from cmconsole.tui.widgets.reply_bar import ReplyBar

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult

    from cmconsole.tui.palette import Palette
    from cmconsole.tui.present.line import Line, Span
    from cmconsole.tui.session import Session

_ORDER = tuple(Lane)
_SCROLLED = 3


def identity(session: Session) -> Identity:
    """Return whom the desk speaks for, for the header."""
    settings = session.settings
    return Identity(settings.brand, settings.account, settings.network, settings.mode is Mode.LIVE)


def head(session: Session, handover_key: str, width: int, speaker: Identity | None = None) -> Line:
    """Return the header of the session's screens. speaker: who speaks, where it is not the desk's own."""
    return header(
        speaker or identity(session),
        session.board,
        session.desk,
        handover_key,
        width,
        engine_starting=session.engine_starting,
        anew=session.anew,
    )


class DeskScreen(KeyedScreen):
    """Shows the session; `sync` paints what changed of it."""

    DEFAULT_CSS: ClassVar[str] = """
    DeskScreen { layout: vertical; overflow: hidden; background: $surface; }
    DeskScreen > Lines { height: 1; }
    DeskScreen > ReplyBar { height: 0; }
    DeskScreen > #lanes { height: 1fr; }
    DeskScreen LaneList { width: 1fr; height: 1fr; }
    DeskScreen > #others { height: 1fr; display: none; }
    DeskScreen.-others > #others { display: block; }
    DeskScreen > #lanes > #influencers { margin-right: 1; }
    DeskScreen > #conversation { height: 32%; min-height: 7; }
    DeskScreen > #tabs { display: none; }
    DeskScreen.-narrow > #tabs { display: block; }
    DeskScreen.-narrow > #others-bar, DeskScreen.-narrow > #conversation { display: none; }
    DeskScreen.-narrow LaneList { display: none; margin: 0; }
    DeskScreen.-narrow > #lanes > #influencers { margin: 0; }
    DeskScreen.-narrow LaneList.-active { display: block; height: 1fr; }
    DeskScreen.-narrow.-others > #lanes { display: none; }
    """

    def __init__(self, session: Session, palette: Palette) -> None:
        super().__init__()
        self.session = session
        self.palette = palette
        self._message: tuple[str, str] | None = None
        keymap, desk = session.settings.keymap, session.desk
        self._header = Lines(palette, self._header_line, ground="panel", id="header")
        self._tabs = Lines(palette, self._tabs_line, id="tabs")
        self._bar = Lines(palette, self._others_line, id="others-bar")
        self._replies = ReplyBar(session, palette, lambda: ("approvals",) * self.narrow)
        self._footer = Lines(palette, self._footer_line, ground="panel", id="footer")
        self._pane = ConversationPane(
            palette,
            now=desk.now,
            zone=desk.zone,
            more=key_name(keymap.first("read-down")),
            why=key_name(keymap.first("why")),
        )
        see = key_name(keymap.first("top"))
        self._lists = {
            lane: LaneList(
                palette,
                view,
                person=desk.person,
                now=desk.now,
                count=session.count,
                empty=self._empty,
                see=see,
                answered=self._answered,
            )
            for lane, view in session.views.items()
        }
        self._reader = Reader(session, self, self._sync_pane)

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._tabs
        with Horizontal(id="lanes"):
            yield self._lists[Lane.INFLUENCERS]
            yield self._lists[Lane.COMPLAINTS]
        yield self._bar
        yield self._lists[Lane.OTHERS]
        yield self._pane
        yield self._replies
        yield self._footer

    @property
    def narrow(self) -> bool:
        """Whether lanes are tabs."""
        return self.size.width < NARROW

    #
    #
    #
    #
    #
    #
    # ----------------------------------------------------------------------------------------------- painting

    def on_mount(self) -> None:
        self._arrange()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < NARROW, "-narrow")
        self._arrange()
        self.call_after_refresh(self.sync)

    def _arrange(self) -> None:
        """Say to the layout which lanes are there; it is left alone when nothing changed."""
        session = self.session
        if self.narrow:
            self.set_class(session.lane is Lane.OTHERS, "-others")
        else:
            self.set_class(session.others_open, "-others")
        for lane, shown in self._lists.items():
            active = lane is session.lane
            shown.set_class(active, "-active")
            shown.active = active
            # The bar of the others is their rule, folded or not; tabs are everybody's.
            shown.titled = not self.narrow and lane is not Lane.OTHERS

    def sync(self) -> None:
        if not self.is_mounted:
            return
        self._header.sync()
        for shown in self._lists.values():
            shown.sync()
        if self.narrow:
            self._tabs.sync()
        else:
            self._bar.sync()
            self._sync_pane()
        self._replies.sync()
        self._footer.sync()

    def _answered(self, conversation_id: int) -> Span:
        reply = self.session.reply_to(conversation_id)
        return ("", "quiet") if reply is None else brief(reply)

    def _header_line(self, width: int) -> list[Line]:
        session = self.session
        return [head(session, self._key("handover"), width)]

    def _tabs_line(self, width: int) -> list[Line]:
        board = self.session.board
        if board is None:
            return [around.tabs({}, self.session.lane, width)]
        return [around.tabs(board.counts, self.session.lane, width, waiting=len(board.waiting))]

    def _others_line(self, width: int) -> list[Line]:
        session = self.session
        active = session.lane is Lane.OTHERS
        line, hint = around.others(
            session.count(Lane.OTHERS), self._key("others"), opened=session.others_open, active=active
        )
        gap = max(1, width - width_of(line) - width_of([hint]) - 1)
        return [(*line, (" " * gap, "quiet"), hint)]

    def _footer_line(self, width: int) -> list[Line]:
        session = self.session
        if self._message is not None:
            return [message(*self._message, width)]
        view = session.view
        at = view.cursor_index
        return [
            footer(
                session.settings.keymap,
                width,
                selected=len(view.selected),
                read_only=session.read_only,
                alike=at is not None and view.row(at).alike > 1,
            )
        ]

    def _empty(self, lane: Lane) -> list[str]:
        session = self.session
        return (
            around.empty(lane, session.silence(), self._key("handover")) if session.board is not None else []
        )

    def _key(self, action_id: str) -> str:
        return key_name(self.session.settings.keymap.first(action_id))

    def _sync_pane(self) -> None:
        if self.narrow or not self.is_mounted:
            return
        talk = self.session.current
        self.session.watch(None if talk is None else talk.id)
        dossier = None if talk is None else self.session.dossier(talk) or self.session.stale_dossier(talk.id)
        self._pane.why = self.session.why
        self._pane.put(talk, dossier)
        self._reader.want(talk)

    def _moved(self) -> None:
        """Paint after the cursor moved: only what depends on it, and without asking the store."""
        self._lists[self.session.lane].sync()
        self._sync_pane()
        self._footer.sync()

    def say(self, text: str, meaning: str) -> None:
        self._message = (text, meaning) if text else None
        if self.is_mounted:
            self._footer.sync()

    #
    #
    #
    #
    #
    #
    # ------------------------------------------------------------------------------------------------ actions

    def targets(self) -> list[int]:
        return self.session.view.targets

    def handlers(self) -> Mapping[str, Callable[[], Any]]:
        return self._handlers

    @property
    def _handlers(self) -> dict[str, Callable[[], Any]]:
        view = self.session.view
        return {
            "next": lambda: self._move(view.move, 1),
            "previous": lambda: self._move(view.move, -1),
            "page-down": lambda: self._move(view.page, 1),
            "page-up": lambda: self._move(view.page, -1),
            "top": lambda: self._move(view.home),
            "bottom": lambda: self._move(view.end),
            "left": lambda: self._step(-1),
            "right": lambda: self._step(1),
            "others": self._others,
            "open": self._open,
            "back": self._back,
            "select": lambda: self._move(view.toggle_selected),
            "why": self._why,
            "alike": self._alike,
            "hold": self._hold,
            "read-down": lambda: self._pane.scroll_by(_SCROLLED),
            "read-up": lambda: self._pane.scroll_by(-_SCROLLED),
        }

    def _move(self, step: Callable[..., None], *how: int) -> None:
        step(*how)
        self._moved()

    def _step(self, by: int) -> None:
        place = _ORDER.index(self.session.lane) + by
        if 0 <= place < len(_ORDER):
            self.go_to(_ORDER[place])

    def go_to(self, lane: Lane) -> None:
        """Let the keys go to a lane."""
        unfolding = lane is Lane.OTHERS and not self.session.others_open
        self.session.go_to(lane)
        if unfolding:
            self.console.unfold()
        self._arrange()
        self.sync()

    def _others(self) -> None:
        session = self.session
        if session.others_open and not self.narrow:
            session.others_open = False
            if session.lane is Lane.OTHERS:
                session.go_to(Lane.COMPLAINTS)
            self._arrange()
            self.sync()
        else:
            self.go_to(Lane.OTHERS)

    def _open(self) -> None:
        talk = self.session.current
        if talk is not None:
            self.console.open_conversation(talk.id)

    def _alike(self) -> None:
        talk = self.session.current
        if talk is not None:
            self.console.open_alike(talk.id)

    def _back(self) -> None:
        session = self.session
        if session.view.selected:
            session.view.clear_selected()
            self._moved()
        elif session.why:
            self._why()
        elif session.others_open:
            self._others()

    def _why(self) -> None:
        if self.narrow:
            self.session.why = True
            self._open()
            return
        self.session.why = not self.session.why
        self._sync_pane()

    def _hold(self) -> None:
        held = not self.session.view.held
        for view in self.session.views.values():
            view.hold(held)
        key = key_name(self.session.settings.keymap.first("hold"))
        words = _("The stream is held: nothing moves until {key}.") if held else _("The stream runs again.")
        self.console.say(words.format(key=key), "urgent" if held else "success")
        self.sync()

    def on_lane_list_picked(self, picked: LaneList.Picked) -> None:
        """Follow the mouse."""
        if picked.view is not self.session.view:
            self.go_to(picked.view.lane)
        if picked.steps:
            picked.view.move(picked.steps)
        elif picked.conversation_id is not None:
            picked.view.select(picked.conversation_id)
        self._moved()
