"""What a source delivered that could not be read as mentions, with the reasons, over the sources screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll
from textual.widgets import Static

from cmconsole.config.language import _, said
from cmconsole.core.errors import CmconsoleError
from cmconsole.desk import sources
from cmconsole.tui.present import sources as present
from cmconsole.tui.present.line import steady
from cmconsole.tui.screens.dialog import Dialog, content, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.content import Content

    from cmconsole.core.source import SourceState
    from cmconsole.desk.context import Desk
    from cmconsole.store.contract import SetAsideItem


class _Items(Static):
    """The items, laid out for the width there is; None while they are being read."""

    def __init__(self, desk: Desk, state: SourceState) -> None:
        super().__init__(markup=False)
        self._desk = desk
        self._state = state
        self.found: Sequence[SetAsideItem] | None = None
        self.failure = ""

    def render(self) -> Content:
        if self.failure or self.found is None:
            return plain(self.failure or _("Reading…"))
        desk, width = self._desk, self.size.width
        return content(present.set_aside(self._state, self.found, desk.zone, desk.now(), max(width, 10)))


class SetAside(Dialog[None]):
    """Shows the newest items of a source that were set aside; Escape, Enter or `q` goes back."""

    DEFAULT_CSS: ClassVar[str] = """
    SetAside > #box { width: 100%; max-width: 110; height: 80%; }
    SetAside VerticalScroll, SetAside VerticalScroll:focus {
        height: 1fr; background: $panel; scrollbar-size-vertical: 1; scrollbar-background: $panel;
    }
    SetAside _Items { height: auto; background: $panel; color: $text; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        ("q,enter", "leave"),
        ("j", "scroll('scroll_down')"),
        ("k", "scroll('scroll_up')"),
        ("g", "scroll('scroll_home')"),
        ("G", "scroll('scroll_end')"),
    ]

    def __init__(self, desk: Desk, state: SourceState) -> None:
        super().__init__()
        self._desk = desk
        self._state = state
        self.title_words = _("Set aside · {name}").format(name=steady(state.name))
        self.keys_words = _("j k scroll · Esc back")

    def parts(self) -> ComposeResult:
        with VerticalScroll():
            yield _Items(self._desk, self._state)

    async def on_mount(self) -> None:
        items = self.query_one(_Items)
        self.query_one(VerticalScroll).focus()
        try:
            items.found = await sources.set_aside(self._desk, self._state.name)
        except CmconsoleError as error:
            items.failure = said(error)
        items.refresh(layout=True)

    def action_scroll(self, move: str) -> None:
        """Scroll the items."""
        getattr(self.query_one(VerticalScroll), move)(animate=False)
