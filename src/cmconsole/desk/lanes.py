"""The lane as a person sees it: new rows wait, and the row under the cursor never changes by itself."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from cmconsole.desk.rows import Absent, Row, Rows, queue_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cmconsole.core.conversation import Conversation
    from cmconsole.core.verdict import Lane

WINDOW = 100
"""Rows read from the top of a lane at least: several screens; each costs the screen's process a little."""

_NOTHING_ABSENT: Mapping[int, Absent] = MappingProxyType({})
_NOTHING_COUNTED: Mapping[int, int] = MappingProxyType({})


class LaneView:
    """One lane's projection: pure, without any screen.

    `offer` is called with the newest window of the store as often as one likes. It updates the contents of
    the displayed rows, never their order: rows that are new or stand elsewhere wait, counted, until `merge`.
    Three exceptions: an empty lane fills at once; rows after the last one fill free space; a lane that
    follows (no focus, cursor never moved) shows the top as it comes.

    cursor: the conversation under the cursor, by id; None in an empty lane.
    top: index of the first row on screen; capacity: how many rows fit on it.
    held: the person holds the stream: nothing is shown but by `merge` and `home`.
    follow: the lane has no focus. selected: ids chosen for a bulk command.
    """

    def __init__(self, lane: Lane, *, capacity: int = 20, follow: bool = False) -> None:
        self.lane = lane
        self.capacity = capacity
        self.follow = follow
        self.held = False
        self.cursor: int | None = None
        self.top = 0
        self.selected: set[int] = set()
        self._rows = Rows()
        self._latest: dict[int, Conversation] = {}
        self._acted: dict[int, int] = {}
        self._touched = False
        self._waiting: tuple[int, int] | None = None

    # ------------------------------------------------------------------------------------------ what it shows

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, index: int) -> Row:
        """Return the row at an index; IndexError outside."""
        return self._rows[index]

    @property
    def rows(self) -> list[Row]:
        """The displayed rows in order."""
        return list(self._rows)

    @property
    def ids(self) -> list[int]:
        """The displayed conversations' ids in order."""
        return self._rows.ids

    @property
    def cursor_index(self) -> int | None:
        """Where the cursor stands among the displayed rows."""
        return None if self.cursor is None else self._rows.index(self.cursor)

    @property
    def current(self) -> Conversation | None:
        """The conversation under the cursor, as last offered."""
        return None if self.cursor is None else self._rows.get(self.cursor).conversation

    @property
    def waiting_above(self) -> int:
        """How many conversations a merge would bring above the cursor that do not stand there now."""
        return self._count()[0]

    @property
    def waiting_below(self) -> int:
        """How many conversations a merge would bring below the cursor that do not stand there now."""
        return self._count()[1]

    @property
    def wanted(self) -> int:
        """How many rows the next read of the store should bring: enough to walk on below the cursor."""
        index = self.cursor_index or 0
        return WINDOW * (1 + (index + 2 * self.capacity) // WINDOW)

    @property
    def in_sight(self) -> list[int]:
        """The conversations whose rows are on the screen."""
        return self._rows.ids[self.top : self.top + self.capacity]

    @property
    def unseen(self) -> list[int]:
        """Displayed conversations that the last offer did not hold: what became of them is to be read."""
        return [row.id for row in self._rows if row.id not in self._latest and row.gone is None]

    @property
    def targets(self) -> list[int]:
        """What a command is about: the selection in displayed order, else the row under the cursor."""
        if self.selected:
            return [conversation_id for conversation_id in self._rows.ids if conversation_id in self.selected]
        return [] if self.cursor is None else [self.cursor]

    def changed_rows(self) -> tuple[int, ...] | None:
        """Return the indexes to paint again since this was last asked; None for every row."""
        return self._rows.take_stale()

    # ------------------------------------------------------------------------------------ what the store says

    def offer(
        self,
        rows: Sequence[Conversation],
        absent: Mapping[int, Absent] = _NOTHING_ABSENT,
        *,
        limit: int = WINDOW,
        alike: Mapping[int, int] = _NOTHING_COUNTED,
    ) -> None:
        """Take the newest window of the lane, in queue order, and what became of displayed rows that left it.

        limit: how many rows were asked for; fewer mean that this is the whole lane. A displayed row that is
        in neither is marked gone when it should have stood inside the window. alike: how many say nearly the
        same as one, as far as they were counted this time.
        """
        self._latest = self._without_stale(rows)
        self._rows.count(alike, self._latest)
        self._waiting = None
        if not self.held and (not len(self._rows) or (self.follow and not self._touched)):
            self._show_latest()
            self._to_first()
            return
        self._refresh(absent, whole=len(rows) < limit)
        if not self.held:
            self._fill()

    def apply(self, changed: Iterable[Conversation]) -> None:
        """Show this person's own deeds at once: contents change, rows that left the lane leave the screen.

        When the row under the cursor leaves, the cursor goes to the next one, at the same place on screen.
        """
        leaving = set()
        for conversation in changed:
            self._acted[conversation.id] = conversation.version
            if conversation.id in self._latest:
                self._latest[conversation.id] = conversation
            if Absent(conversation).left(self.lane) or self._is_behind(conversation):
                leaving.add(conversation.id)
                self._latest.pop(conversation.id, None)
            elif conversation.id in self._rows:
                self._rows.put(conversation)
        self._waiting = None
        self._drop(leaving & set(self._rows.ids))

    def bring(self, conversation: Conversation) -> None:
        """Show an open conversation at its place in the queue, and put the cursor on it.

        One that stands behind the leading one of its cluster stays there.
        """
        if Absent(conversation).left(self.lane) or not conversation.lead:
            return
        self._latest[conversation.id] = conversation
        self._latest = {found.id: found for found in sorted(self._latest.values(), key=queue_key)}
        if conversation.id not in self._rows:
            key = queue_key(conversation)
            place = next(
                (at for at, row in enumerate(self._rows) if queue_key(row.conversation) > key),
                len(self._rows),
            )
            self._rows.insert(place, conversation)
        else:
            self._rows.put(conversation)
        self._acted[conversation.id] = conversation.version
        self._waiting = None
        self.select(conversation.id)

    def merge(self) -> None:
        """Show exactly the newest rows that were offered, in their order; the cursor keeps its conversation.

        Where that is gone the cursor goes to the next one that stayed. The cursor keeps its place on screen,
        except that a lane standing at its top goes on showing the top while the cursor fits on the screen.
        """
        cursor, index = self._survivor(), self.cursor_index or 0
        at_top, offset = self.top == 0, index - self.top
        self._show_latest()
        self.cursor = cursor
        self._waiting = None
        place = self.cursor_index or 0
        self.top = 0 if at_top and place < self.capacity else place - offset
        self._scroll()

    # ----------------------------------------------------------------------------------- what the person does

    def move(self, delta: int) -> None:
        """Go `delta` rows down (negative: up), after what waited was merged, unless the stream is held."""
        if delta and not self.held:
            delta -= self._fall(delta)
            self.merge()
        self._go((self.cursor_index or 0) + delta)

    def page(self, pages: int) -> None:
        """Go whole screens down (negative: up), one row of the former screen staying in sight."""
        self.move(pages * max(1, self.capacity - 1))

    def home(self) -> None:
        """Show what waited and go to the top: from there the lane follows again when it has no focus."""
        self.merge()
        self._to_first()

    def end(self) -> None:
        """Show what waited, unless the stream is held, and go to the last row."""
        if not self.held:
            self.merge()
        self._go(len(self._rows) - 1)

    def select(self, conversation_id: int) -> None:
        """Put the cursor on a displayed conversation (a click, a search result); others do nothing."""
        if conversation_id in self._rows:
            self._go(self._rows.index(conversation_id))

    def toggle_selected(self) -> None:
        """Add the row under the cursor to the selection, or take it out."""
        if self.cursor is not None:
            self.selected ^= {self.cursor}
            self._touched = True
            self._rows.repaint({self.cursor})

    def clear_selected(self) -> None:
        """Select nothing."""
        self._rows.repaint(self.selected)
        self.selected = set()

    def hold(self, held: bool) -> None:  # noqa: FBT001 - the value being set
        """Hold the stream, or let it go on: what waited goes on waiting until it is asked for."""
        self.held = held
        if not held:
            self._fill()

    def resize(self, capacity: int) -> None:
        """Say how many rows fit on the screen; the cursor stays in sight and free space is filled."""
        self.capacity = max(1, capacity)
        if not self.held:
            self._fill()
        self._scroll()

    # ------------------------------------------------------------------------------------------- how it works

    def _without_stale(self, rows: Sequence[Conversation]) -> dict[int, Conversation]:
        """Return the rows by id, without those read before this person's own deed on them was committed."""
        latest = {}
        for conversation in rows:
            acted = self._acted.get(conversation.id)
            if acted is None or conversation.version >= acted:
                latest[conversation.id] = conversation
            elif conversation.id in self._rows:
                latest[conversation.id] = self._rows.get(conversation.id).conversation
        offered = {conversation.id: conversation.version for conversation in rows}
        self._acted = {key: acted for key, acted in self._acted.items() if offered.get(key, acted) < acted}
        return latest

    def _refresh(self, absent: Mapping[int, Absent], *, whole: bool) -> None:
        """Bring the contents of the displayed rows up to date, and mark those that are gone."""
        last = next(reversed(self._latest.values()), None)
        for row in self._rows:
            newest = self._latest.get(row.id)
            if newest is not None:
                self._rows.put(newest)
            elif (found := absent.get(row.id)) is not None:
                self._rows.put(*_fate(row, found, self.lane))
            elif whole or last is None or queue_key(row.conversation) < queue_key(last):
                self._rows.put(row.conversation, row.gone or Absent(row.conversation))

    def _fill(self) -> None:
        """Append rows that come after the last displayed one while there is free space on the screen."""
        if not len(self._rows):
            self._show_latest()
            self._to_first()
            return
        last = max(queue_key(row.conversation) for row in self._rows)
        for conversation in self._latest.values():
            if len(self._rows) >= self.capacity:
                break
            if conversation.id not in self._rows and queue_key(conversation) > last:
                self._rows.append(conversation)
                self._waiting = None

    def _show_latest(self) -> None:
        if self._rows.ids == list(self._latest):
            for conversation in self._latest.values():
                self._rows.put(conversation)
        else:
            self._rows.replace(self._latest.values())
            self.selected &= set(self._latest)

    def _is_behind(self, conversation: Conversation) -> bool:
        """Say whether a displayed one led its cluster and does so no more: another one stands for it now."""
        if conversation.id not in self._rows:
            return False
        return self._rows.get(conversation.id).conversation.lead and not conversation.lead

    def _drop(self, ids: set[int]) -> None:
        if not ids:
            return
        index = self.cursor_index or 0
        before = sum(self._rows.index(conversation_id) < index for conversation_id in ids)
        self._rows.remove(ids)
        self.selected -= ids
        self.cursor = None
        if not self.held:
            self._fill()
        if len(self._rows):
            self.cursor = self._rows[min(index - before, len(self._rows) - 1)].id
        self.top = max(0, self.top - before)
        self._scroll()

    def _survivor(self) -> int | None:
        """Return where a merge leaves the cursor: its conversation, else the next or last that stays."""
        if self.cursor is None or self.cursor in self._latest:
            return self.cursor if self.cursor is not None else next(iter(self._latest), None)
        index, ids = self._rows.index(self.cursor), self._rows.ids
        nearest = (*ids[index + 1 :], *reversed(ids[:index]))
        return next(
            (candidate for candidate in nearest if candidate in self._latest), next(iter(self._latest), None)
        )

    def _fall(self, delta: int) -> int:
        """Return the step (-1, 0, 1) of `delta` that a merge takes, the row under the cursor being gone."""
        survivor = self._survivor()
        if survivor == self.cursor or survivor is None:
            return 0
        above = self.cursor is not None and survivor in self._rows
        above = above and self._rows.index(survivor) < (self.cursor_index or 0)
        step = -1 if above else 1
        return step if step * delta > 0 else 0

    def _to_first(self) -> None:
        self.cursor = self._rows[0].id if len(self._rows) else None
        self.top = 0
        self._touched = False

    def _go(self, index: int) -> None:
        if not len(self._rows):
            return
        target = self._rows[min(max(index, 0), len(self._rows) - 1)].id
        if target != self.cursor:
            self._rows.repaint({target} if self.cursor is None else {target, self.cursor})
            self.cursor = target
            self._waiting = None
        self._touched = True
        self._scroll()

    def _scroll(self) -> None:
        """Keep the cursor on the screen, and the screen on the rows, moving no more than needed."""
        index = self.cursor_index or 0
        lowest = max(0, len(self._rows) - self.capacity)
        self.top = min(max(self.top, index - self.capacity + 1, 0), index, lowest)

    def _count(self) -> tuple[int, int]:
        if self._waiting is None:
            self._waiting = self._counted()
        return self._waiting

    def _counted(self) -> tuple[int, int]:
        anchor = self._survivor()
        ids = self._rows.ids
        split = len(ids) if self.cursor is None else self._rows.index(self.cursor)
        here_above = set(ids[:split])
        here_below = set(ids[split:])
        newest = list(self._latest)
        place = newest.index(anchor) if anchor is not None and anchor in self._latest else len(newest)
        above = sum(conversation_id not in here_above for conversation_id in newest[:place])
        below = sum(conversation_id not in here_below for conversation_id in newest[place:])
        if anchor in here_above:
            below -= 1
        return above, below


def _fate(row: Row, found: Absent, lane: Lane) -> tuple[Conversation, Absent | None]:
    """Return what a displayed row is to show now that the window no longer holds its conversation.

    One that went behind another of its cluster is gone too; one that was displayed behind is not.
    """
    conversation = found.conversation or row.conversation
    led = row.conversation.lead or row.gone is not None
    is_gone = found.left(lane) or (led and not conversation.lead)
    return conversation, found if is_gone else None
