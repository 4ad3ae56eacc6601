"""A lane on the screen: its rule, its rows, and what waits to be shown."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from textual.message import Message

from cmconsole.core.clock import MINUTE, Instant
from cmconsole.tui.present import lanes as around
from cmconsole.tui.present import rows
from cmconsole.tui.present.line import width_of
from cmconsole.tui.widgets.painted import Painted

if TYPE_CHECKING:
    from textual import events
    from textual.strip import Strip

    from cmconsole.core.verdict import Lane
    from cmconsole.desk.lanes import LaneView
    from cmconsole.desk.rows import Row
    from cmconsole.store.contract import LaneCount
    from cmconsole.tui.palette import Palette
    from cmconsole.tui.present.line import Line, Span

_CACHED: Final = 1_000
"""Painted rows kept; a full screen shows fewer than a hundred."""

_WHEEL: Final = 3


class RowKey(NamedTuple):
    """All that a row's looks depend on. Lines beside the rows are their own keys."""

    id: int
    version: int
    gone: bool
    cursor: bool
    selected: bool
    minutes: int | None
    holder: str
    alike: int
    tips: int
    reply: Span
    width: int


class LaneList(Painted):
    """Shows a LaneView. active: the keys go here, and only then the cursor is shown. titled: it has its rule.

    count, empty: tell of a lane what stands in its rule, and what it says when nothing waits in it.
    answered: tells of a conversation where a reply to it stands; no words where none is on its way.
    """

    class Picked(Message):
        """A row was clicked, or the wheel turned over the lane (`steps`, positive downwards)."""

        def __init__(self, view: LaneView, conversation_id: int | None = None, steps: int = 0) -> None:
            super().__init__()
            self.view = view
            self.conversation_id = conversation_id
            self.steps = steps

    def __init__(
        self,
        palette: Palette,
        view: LaneView,
        *,
        person: str,
        now: Callable[[], Instant],
        count: Callable[[Lane], LaneCount | None],
        empty: Callable[[Lane], list[str]],
        see: str,
        answered: Callable[[int], Span] = lambda _id: ("", ""),
    ) -> None:
        super().__init__(palette, id=view.lane.value)
        self.view = view
        self.active = False
        self.titled = True
        self._person = person
        self._now = now
        self._count = count
        self._empty = empty
        self._see = see
        self._answered = answered
        self._strips: dict[RowKey, Strip] = {}
        self._rows: dict[int, Row] = {}

    # ----------------------------------------------------------------------------------------------------
    # lines

    @property
    def capacity(self) -> int:
        """How many rows fit between the rule and the notice."""
        return max(1, self.size.height - (1 if self.titled else 0) - 1)

    def keys(self) -> list[Hashable]:
        width, now = self.size.width, self._now()
        keys: list[Hashable] = []
        if self.titled:
            keys.append(around.title(self.view.lane, self._count(self.view.lane), width, active=self.active))
        keys += self._body(width, now) if len(self.view) else self._nothing()
        keys += [()] * (self.size.height - len(keys) - 1)
        keys.append(self._notice(width))
        return keys

    def _body(self, width: int, now: Instant) -> list[Hashable]:
        view, top = self.view, self.view.top
        cursor, selected = view.cursor, view.selected
        self._rows = {}
        keys: list[Hashable] = []
        for index in range(top, min(len(view), top + self.capacity)):
            row = view.row(index)
            talk = row.conversation
            self._rows[talk.id] = row
            minutes = None if talk.answer_by is None else (talk.answer_by - now) // MINUTE
            chosen = talk.id in selected
            here = talk.id == cursor and self.active
            keys.append(
                RowKey(
                    talk.id,
                    talk.version,
                    row.gone is not None,
                    here,
                    chosen,
                    minutes,
                    talk.holder(now),
                    row.alike,
                    talk.tips,
                    self._answered(talk.id),
                    width,
                )
            )
        return keys

    def _nothing(self) -> list[Hashable]:
        lines: list[Hashable] = [()]
        lines += ((("  ", "quiet"), (words, "quiet")) for words in self._empty(self.view.lane))
        return lines[: max(0, self.size.height - 2)]

    def _notice(self, width: int) -> Line:
        line = around.notice(self.view.waiting_above, self.view.waiting_below, self._see, held=self.view.held)
        return ((" " * max(0, width - width_of(line) - 2), "quiet"), *line) if line else ()

    def paint(self, key: Hashable) -> Strip:
        if not isinstance(key, RowKey):
            return self.palette.strip(cast("Line", key), self.size.width)
        strip = self._strips.get(key)
        if strip is None:
            if len(self._strips) >= _CACHED:
                self._strips.clear()
            strip = self._strips[key] = self._painted(key)
        return strip

    def _painted(self, key: RowKey) -> Strip:
        line = rows.row(
            self._rows[key.id],
            rows.columns(key.width),
            self._now(),
            self._person,
            cursor=key.cursor,
            selected=key.selected,
            reply=key.reply,
        )
        ground = "cursor" if key.cursor else "selected" if key.selected else "surface"
        return self.palette.strip(line, key.width, ground)

    def forget(self) -> None:
        """Forget all painted rows: the theme or the language changed."""
        self._strips.clear()
        self._keys = []

    # ----------------------------------------------------------------------------------------------------
    # mouse

    def on_resize(self) -> None:
        """Say to the view how many rows fit."""
        self.view.resize(self.capacity)
        super().on_resize()

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the clicked row."""
        index = self.view.top + event.y - (1 if self.titled else 0)
        picked = (
            self.view.row(index).id if 0 <= index < len(self.view) and event.y >= int(self.titled) else None
        )
        self.post_message(self.Picked(self.view, picked))

    def on_mouse_scroll_down(self) -> None:
        """Move the cursor down."""
        self.post_message(self.Picked(self.view, steps=_WHEEL))

    def on_mouse_scroll_up(self) -> None:
        """Move the cursor up."""
        self.post_message(self.Picked(self.view, steps=-_WHEEL))
