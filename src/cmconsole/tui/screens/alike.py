"""A cluster on a screen of its own: the conversations that say nearly the same, the leading one first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from cmconsole.config.tasks import spawn
from cmconsole.core.errors import CmconsoleError
from cmconsole.tui.actions import key_name
from cmconsole.tui.present import lanes as around
from cmconsole.tui.present.footer import Place, footer, message
from cmconsole.tui.present.replies import brief
from cmconsole.tui.screens.desk import head
from cmconsole.tui.screens.keyed import KeyedScreen
from cmconsole.tui.widgets.lane_list import LaneList
from cmconsole.tui.widgets.painted import Lines

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from cmconsole.core.verdict import Lane
    from cmconsole.desk.board import Board
    from cmconsole.tui.alike import Alike
    from cmconsole.tui.palette import Palette
    from cmconsole.tui.present.line import Line
    from cmconsole.tui.session import Session


class AlikeScreen(KeyedScreen):
    """Shows a cluster that was read; what is decided here is for the selection, else for the row.

    Escape goes back to the row it was opened from.
    """

    DEFAULT_CSS: ClassVar[str] = """
    AlikeScreen { layout: vertical; overflow: hidden; background: $surface; }
    AlikeScreen > Lines { height: 1; }
    AlikeScreen > LaneList { height: 1fr; }
    """

    def __init__(self, session: Session, palette: Palette, alike: Alike) -> None:
        super().__init__()
        self.session = session
        self.alike = alike
        self._message: tuple[str, str] | None = None
        self._read: Board | None = session.board
        self._reading = False
        desk = session.desk
        self._header = Lines(palette, self._header_line, ground="panel", id="header")
        self._title = Lines(palette, self._title_line, id="title")
        self._footer = Lines(palette, self._footer_line, ground="panel", id="footer")
        self._list = LaneList(
            palette,
            alike.view,
            person=desk.person,
            now=desk.now,
            count=session.count,
            empty=self._empty,
            see=key_name(session.settings.keymap.first("top")),
            answered=lambda key: ("", "") if (reply := session.reply_to(key)) is None else brief(reply),
        )
        self._list.active = True
        self._list.titled = False

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._title
        yield self._list
        yield self._footer

    def on_mount(self) -> None:
        self.session.alike = self.alike
        self.call_after_refresh(self.sync)

    def on_screen_resume(self) -> None:
        self.session.alike = self.alike
        self.sync()

    def on_unmount(self) -> None:
        if self.session.alike is self.alike:
            self.session.alike = None

    def on_resize(self) -> None:
        self.call_after_refresh(self.sync)

    #
    #
    #
    #
    #
    #
    # ----------------------------------------------------------------------------------------------- painting

    def sync(self) -> None:
        if not self.is_mounted:
            return
        self._read_again()
        for part in (self._header, self._title, self._list, self._footer):
            part.sync()

    def _read_again(self) -> None:
        """Read the cluster when the board was read again: the store has moved."""
        if self._reading or self._read is self.session.board:
            return
        self._reading, self._read = True, self.session.board
        spawn(self._look(), name="read-cluster")  # type: ignore[unused-awaitable] # it tells by itself

    async def _look(self) -> None:
        try:
            await self.alike.read(self.session.desk)
        except CmconsoleError:
            # What is shown stays, the lanes tell what happened, and the next board asks again.
            return
        finally:
            self._reading = False
        self.sync()

    def _header_line(self, width: int) -> list[Line]:
        return [head(self.session, key_name(self.session.settings.keymap.first("handover")), width)]

    def _title_line(self, width: int) -> list[Line]:
        return [around.cluster(self.alike.view.lane, self.alike.size, len(self.alike.view), width)]

    def _footer_line(self, width: int) -> list[Line]:
        if self._message is not None:
            return [message(*self._message, width)]
        session, chosen = self.session, len(self.alike.view.selected)
        return [
            footer(
                session.settings.keymap,
                width,
                selected=chosen,
                read_only=session.read_only,
                place=Place.ALIKE,
            )
        ]

    def _empty(self, _lane: Lane) -> list[str]:
        return around.none_left(key_name(self.session.settings.keymap.first("back")))

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

    def done_with(self) -> bool:
        return self.alike.is_over

    def targets(self) -> list[int]:
        return self.alike.view.targets

    def handlers(self) -> Mapping[str, Callable[[], Any]]:
        view = self.alike.view
        return {
            "next": lambda: self._do(view.move, 1),
            "previous": lambda: self._do(view.move, -1),
            "page-down": lambda: self._do(view.page, 1),
            "page-up": lambda: self._do(view.page, -1),
            "top": lambda: self._do(view.home),
            "bottom": lambda: self._do(view.end),
            "open": self._open,
            "back": self._back,
            "left": self._leave,
            "alike": self._leave,
            "select": lambda: self._do(view.toggle_selected),
            "select-all": lambda: self._do(self._select_all),
            "why": self._why,
        }

    def _do(self, step: Callable[..., None], *how: int) -> None:
        step(*how)
        self.sync()

    def _select_all(self) -> None:
        view = self.alike.view
        every = {row.id for row in view.rows if row.gone is None}
        view.selected = set() if view.selected == every else every

    def _open(self) -> None:
        if self.alike.view.current is not None:
            self.console.open_conversation(self.alike.view.current.id)

    def _why(self) -> None:
        self.session.why = True
        self._open()

    def _back(self) -> None:
        if self.alike.view.selected:
            self._do(self.alike.view.clear_selected)
        else:
            self._leave()

    def _leave(self) -> None:
        self.dismiss(None)  # type: ignore[unused-awaitable] # a key waits for nothing

    def on_lane_list_picked(self, picked: LaneList.Picked) -> None:
        """Follow the mouse."""
        if picked.steps:
            self._do(picked.view.move, picked.steps)
        elif picked.conversation_id is not None:
            self._do(picked.view.select, picked.conversation_id)
