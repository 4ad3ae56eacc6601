"""Sources and accounts on a screen of their own: how each is, what to do about it, pause and resumption."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from cmconsole.config.language import _
from cmconsole.desk import sources
from cmconsole.tui.actions import key_name
from cmconsole.tui.present import sources as present
from cmconsole.tui.present.footer import Place, footer, message
from cmconsole.tui.present.rows import CURSOR
from cmconsole.tui.screens.desk import head
from cmconsole.tui.screens.keyed import KeyedScreen
from cmconsole.tui.widgets.painted import Lines

if TYPE_CHECKING:
    from textual import events
    from textual.app import ComposeResult
    from textual.strip import Strip

    from cmconsole.core.source import SourceState
    from cmconsole.tui.palette import Palette
    from cmconsole.tui.present.line import Line
    from cmconsole.tui.present.sources import Item
    from cmconsole.tui.session import Session

_WHEEL: Final = 1


class _Listing(Lines):
    """The entries; the row under the cursor stands on its own ground, as in the lanes."""

    def paint(self, key: Hashable) -> Strip:
        line = cast("Line", key)
        here = line[:1] == ((CURSOR, "mark"),)
        return self.palette.strip(line, self.size.width, "cursor" if here else self.ground)


class SourcesScreen(KeyedScreen):
    """Shows the board's sources and accounts; the cursor remembers the entry, never its place."""

    DEFAULT_CSS: ClassVar[str] = """
    SourcesScreen { layout: vertical; overflow: hidden; background: $surface; }
    SourcesScreen > Lines { height: 1; }
    SourcesScreen > #sources { height: 1fr; }
    """

    def __init__(self, session: Session, palette: Palette) -> None:
        super().__init__()
        self.session = session
        self._message: tuple[str, str] | None = None
        self._chosen: tuple[str, bool] | None = None
        self._place = 0
        self._top = 0
        self._turn = asyncio.Lock()
        self._header = Lines(palette, self._header_line, ground="panel", id="header")
        self._title = Lines(palette, lambda width: [present.title(session.board, width)], id="title")
        self._headings = Lines(palette, lambda width: [present.headings(width)], id="headings")
        self._list = _Listing(palette, self._listed, id="sources")
        self._footer = Lines(palette, self._footer_line, ground="panel", id="footer")

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._title
        yield self._headings
        yield self._list
        yield self._footer

    def on_mount(self) -> None:
        self.call_after_refresh(self.sync)

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
        for part in (self._header, self._title, self._headings, self._list, self._footer):
            part.sync()

    def _header_line(self, width: int) -> list[Line]:
        return [head(self.session, key_name(self.session.settings.keymap.first("handover")), width)]

    def _listed(self, width: int) -> list[Line]:
        at, found = self._at(), self._items(width)
        if not found:
            return [(), *((("  ", "quiet"), (words, "quiet")) for words in present.empty())]
        lines, self._top = present.window(found, width, self._list.size.height, at, self._top)
        return lines

    def _items(self, width: int) -> list[Item]:
        session = self.session
        if session.board is None:
            return []
        desk = session.desk
        return present.items(
            session.board, session.settings.accounts, desk.zone, desk.now(), width=width, at=self._at()
        )

    def _entries(self) -> list[tuple[str, bool]]:
        """Return what the cursor goes over: (name, whether it is an account)."""
        board = self.session.board
        if board is None:
            return []
        return [*((it.name, False) for it in board.sources), *((it.name, True) for it in board.accounts)]

    def _at(self) -> int:
        """Return where the cursor is; when its entry is gone, what stands in its place now."""
        entries = self._entries()
        if self._chosen in entries:
            self._place = entries.index(self._chosen)
        self._place = max(0, min(self._place, len(entries) - 1))
        self._chosen = entries[self._place] if entries else None
        return self._place

    def _footer_line(self, width: int) -> list[Line]:
        if self._message is not None:
            return [message(*self._message, width)]
        session = self.session
        return [footer(session.settings.keymap, width, read_only=session.read_only, place=Place.SOURCES)]

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
        return []

    def handlers(self) -> Mapping[str, Callable[[], Any]]:
        page = max(1, self._list.size.height - 1)
        steps = {"next": 1, "previous": -1, "page-down": page, "page-up": -page}
        return {
            **{action_id: _step(self._move, by) for action_id, by in steps.items()},
            "top": lambda: self._go(0),
            "bottom": lambda: self._go(len(self._entries()) - 1),
            "open": self._open,
            "pause": self._pause,
            "back": self._leave,
            "left": self._leave,
            "sources": self._leave,
            **dict.fromkeys(("link", "select", "select-all"), _nothing),
        }

    def _move(self, by: int) -> None:
        self._go(self._at() + by)

    def _go(self, place: int) -> None:
        entries = self._entries()
        if entries:
            self._chosen = entries[max(0, min(place, len(entries) - 1))]
        self._list.sync()

    def _source(self) -> SourceState | None:
        """Return the source under the cursor; None for an account, which is told to look after elsewhere."""
        entries, board = self._entries(), self.session.board
        if not entries or board is None:
            return None
        name, is_account = entries[self._at()]
        if is_account:
            self.console.say(_("Accounts are looked after with: cmconsole accounts"), "quiet")
            return None
        return next(it for it in board.sources if it.name == name)

    def _pause(self) -> None:
        state = self._source()
        if state is not None:
            self.console.begin(self._toggled(state.name), "pause")

    async def _toggled(self, name: str) -> None:
        """Pause a source, or let it go on, by how it is when the turn has come; then show it."""
        session, desk = self.session, self.session.desk
        async with self._turn:
            held = any(it.paused_by for it in await desk.store.source_states() if it.name == name)
            await (sources.resume if held else sources.pause)(desk, name)
            await session.read()
        if held:
            words = _("{name} is read again, from where it stopped.").format(name=name)
        else:
            key = key_name(session.settings.keymap.first("pause"))
            words = _("{name} is paused: nothing of it comes in until {key} is pressed again.")
            words = words.format(name=name, key=key)
        self.console.say(words, "success" if held else "urgent")
        self.console.show()

    def _open(self) -> None:
        state = self._source()
        if state is not None:
            self.console.begin(self._aside(state), "set-aside")

    async def _aside(self, state: SourceState) -> None:
        from cmconsole.tui.screens.set_aside import SetAside  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

        await self.console.ask(SetAside(self.session.desk, state))

    def _leave(self) -> None:
        self.dismiss(None)  # type: ignore[unused-awaitable] # a key waits for nothing

    #
    #
    #
    #
    #
    #
    # -------------------------------------------------------------------------------------------------- mouse

    def on_click(self, event: events.Click) -> None:
        """Go to the entry that was clicked."""
        line = event.screen_y - self._list.region.y
        if 0 <= line < self._list.size.height:
            place = present.entry_at(self._items(self._list.size.width), self._top, line)
            if place is not None:
                self._go(place)

    def on_mouse_scroll_down(self) -> None:
        """Go down with the wheel."""
        self._move(_WHEEL)

    def on_mouse_scroll_up(self) -> None:
        """Go up with the wheel."""
        self._move(-_WHEEL)


def _step(move: Callable[[int], None], by: int) -> Callable[[], None]:
    return lambda: move(by)


def _nothing() -> None:
    """Do nothing: what the key does elsewhere has no meaning here."""
