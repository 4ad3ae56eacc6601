"""The frame that approvals and outbox share: replies in a list, and all about the one under the cursor."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from cmconsole.config.language import ngettext
from cmconsole.tui.actions import key_name
from cmconsole.tui.present.footer import footer, message
from cmconsole.tui.present.replies import handles
from cmconsole.tui.present.rows import CURSOR
from cmconsole.tui.screens.desk import head
from cmconsole.tui.screens.keyed import KeyedScreen
from cmconsole.tui.widgets.painted import Lines
from cmconsole.tui.widgets.reply_bar import ReplyBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.app import ComposeResult
    from textual.strip import Strip

    from cmconsole.core.reply import Reply
    from cmconsole.tui.palette import Palette
    from cmconsole.tui.present.footer import Place
    from cmconsole.tui.present.line import Line
    from cmconsole.tui.session import Session

_LISTED_MOST: Final = 0.4
"""The share of the screen that the list takes at most: what is looked at needs more."""

_SCROLLED: Final = 3


class _Listing(Lines):
    """The rows; the one under the cursor stands on its own ground, as in the lanes."""

    def paint(self, key: Hashable) -> Strip:
        line = cast("Line", key)
        here = line[:1] == ((CURSOR, "mark"),)
        return self.palette.strip(line, self.size.width, "cursor" if here else self.ground)


class ReplyListScreen(KeyedScreen):
    """A list of replies over the details of one; the cursor remembers the reply, never its place.

    place: where this is, to the footer.
    """

    DEFAULT_CSS: ClassVar[str] = """
    ReplyListScreen { layout: vertical; overflow: hidden; background: $surface; }
    ReplyListScreen > Lines { height: 1; }
    ReplyListScreen > ReplyBar { height: 0; }
    ReplyListScreen > #list { height: 4; }
    ReplyListScreen > #detail { height: 1fr; }
    """

    place: ClassVar[Place]

    def __init__(self, session: Session, palette: Palette) -> None:
        super().__init__()
        self.session = session
        self.handles = handles(session.desk)
        self._message: tuple[str, str] | None = None
        self._chosen: int | None = None
        self._at = 0
        self._top = 0
        self._scroll = 0
        self._header = Lines(palette, self._header_line, ground="panel", id="header")
        self._title = Lines(palette, lambda width: [self.title_line(width)], id="title")
        self._list = _Listing(palette, self._listed, id="list")
        self._heading = Lines(palette, self._heading_line, id="heading")
        self._detail = Lines(palette, self._detailed, id="detail")
        self._replies = ReplyBar(session, palette, lambda: (self.place.value,))
        self._footer = Lines(palette, self._footer_line, ground="panel", id="footer")

    def compose(self) -> ComposeResult:
        yield self._header
        yield self._title
        yield self._list
        yield self._heading
        yield self._detail
        yield self._replies
        yield self._footer

    def on_mount(self) -> None:
        self.call_after_refresh(self.sync)

    def on_resize(self) -> None:
        self.call_after_refresh(self.sync)

    # --------------------------------------------------------------------------------- what each screen says

    def replies(self) -> Sequence[Reply]:
        """Return the replies in the order of their rows."""
        raise NotImplementedError

    def title_line(self, width: int) -> Line:
        """Return the screen's rule."""
        raise NotImplementedError

    def row_line(self, place: int, width: int, *, cursor: bool) -> Line:
        """Return a row."""
        raise NotImplementedError

    def heading_line(self, place: int, width: int) -> Line:
        """Return the rule above the details of a reply."""
        raise NotImplementedError

    def detail_lines(self, place: int, width: int) -> list[Line]:
        """Return the details of a reply."""
        raise NotImplementedError

    def empty_words(self) -> list[str]:
        """Return what is said where there is no reply."""
        raise NotImplementedError

    def without(self) -> frozenset[str]:
        """Return the actions that mean nothing to what is under the cursor."""
        return frozenset()

    def verbs(self) -> Mapping[str, Callable[[], Any]]:
        """Return what this screen does with the reply under the cursor, by action id."""
        raise NotImplementedError

    # ----------------------------------------------------------------------------------------------- painting

    def sync(self) -> None:
        if not self.is_mounted:
            return
        self._at = self._place()
        rows = max(1, min(len(self.replies()), round(self.size.height * _LISTED_MOST)))
        given = self._list.styles.height
        if given is None or given.value != rows:
            self._list.styles.height = rows
        for part in (self._header, self._title, self._list, self._heading, self._detail, self._replies):
            part.sync()
        self._footer.sync()

    def _place(self) -> int:
        """Return where the cursor is; when its reply is gone, what stands in its place now."""
        ids = [it.id for it in self.replies()]
        if self._chosen in ids:
            self._at = ids.index(self._chosen)
        else:
            self._scroll = 0
        self._at = max(0, min(self._at, len(ids) - 1))
        self._chosen = ids[self._at] if ids else None
        return self._at

    @property
    def at(self) -> int:
        """The place of the cursor."""
        return self._place()

    @property
    def reply(self) -> Reply | None:
        """The reply under the cursor."""
        found, at = self.replies(), self._place()
        return found[at] if found else None

    def _header_line(self, width: int) -> list[Line]:
        return [head(self.session, self.key("handover"), width)]

    def _listed(self, width: int) -> list[Line]:
        found, height, at = self.replies(), max(1, self._list.size.height), self._place()
        if not found:
            return [((" ", "quiet"), (words, "quiet")) for words in self.empty_words()[:1]]
        self._top = max(min(self._top, at, len(found) - height), at - height + 1, 0)
        shown = range(self._top, min(len(found), self._top + height))
        return [self.row_line(place, width, cursor=place == at) for place in shown]

    def _heading_line(self, width: int) -> list[Line]:
        return [self.heading_line(self._place(), width)] if self.replies() else []

    def _detailed(self, width: int) -> list[Line]:
        height = self._detail.size.height
        if not self.replies():
            return [((" ", "quiet"), (words, "quiet")) for words in self.empty_words()[1:]]
        lines = self.detail_lines(self._place(), width)
        self._scroll = max(0, min(self._scroll, len(lines) - height))
        shown = lines[self._scroll : self._scroll + height]
        if (hidden := len(lines) - self._scroll - height) > 0:
            shown[-1] = self.more_line(hidden + 1)
        return shown

    def more_line(self, hidden: int) -> Line:
        """Return what says how many lines there are below."""
        words = ngettext("↓ {n} more line · {key}", "↓ {n} more lines · {key}", hidden)
        return ((" " + words.format(n=hidden, key=self.key("read-down")), "accent"),)

    def _footer_line(self, width: int) -> list[Line]:
        if self._message is not None:
            return [message(*self._message, width)]
        session = self.session
        return [
            footer(
                session.settings.keymap,
                width,
                read_only=session.read_only,
                place=self.place,
                without=self.without(),
            )
        ]

    def key(self, action_id: str) -> str:
        """Return the key of an action as people read it."""
        return key_name(self.session.settings.keymap.first(action_id))

    def say(self, text: str, meaning: str) -> None:
        self._message = (text, meaning) if text else None
        if self.is_mounted:
            self._footer.sync()

    # ------------------------------------------------------------------------------------------------ actions

    def targets(self) -> list[int]:
        reply = self.reply
        return [] if reply is None else [reply.conversation_id]

    def handlers(self) -> Mapping[str, Callable[[], Any]]:
        page = max(1, self._list.size.height - 1)
        half = max(1, self._detail.size.height // 2)
        return {
            "next": lambda: self.go(self._place() + 1),
            "previous": lambda: self.go(self._place() - 1),
            "page-down": lambda: self.go(self._place() + page),
            "page-up": lambda: self.go(self._place() - page),
            "top": lambda: self.go(0),
            "bottom": lambda: self.go(len(self.replies()) - 1),
            "read-down": lambda: self._read(half),
            "read-up": lambda: self._read(-half),
            "open": self._open,
            "back": self.leave,
            "left": self.leave,
            **dict.fromkeys(("right", "select", "select-all", "others", "hold", "alike"), _nothing),
            **self.verbs(),
        }

    def go(self, place: int) -> None:
        """Put the cursor on a row."""
        found = self.replies()
        if found:
            self._chosen = found[max(0, min(place, len(found) - 1))].id
            self._scroll = 0
        self.sync()

    def _read(self, lines: int) -> None:
        self._scroll = max(0, self._scroll + lines)
        self._detail.sync()

    def _open(self) -> None:
        if self.reply is not None:
            self.console.open_conversation(self.reply.conversation_id)

    def leave(self) -> None:
        """Go back to where the person came from."""
        self.dismiss(None)  # type: ignore[unused-awaitable] # a key waits for nothing

    # -------------------------------------------------------------------------------------------------- mouse

    def on_click(self, event: events.Click) -> None:
        """Go to the reply that was clicked."""
        line = event.screen_y - self._list.region.y
        if 0 <= line < self._list.size.height and self._top + line < len(self.replies()):
            self.go(self._top + line)

    def on_mouse_scroll_down(self) -> None:
        """Read on with the wheel."""
        self._read(_SCROLLED)

    def on_mouse_scroll_up(self) -> None:
        """Read back with the wheel."""
        self._read(-_SCROLLED)


def _nothing() -> None:
    """Do nothing: what the key does elsewhere has no meaning here."""
