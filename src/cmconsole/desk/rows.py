"""The rows of a lane as displayed: order, contents, and which of them must be painted again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmconsole.core.conversation import Status

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.verdict import Lane

_NEVER = float("inf")


def queue_key(conversation: Conversation) -> tuple[int, float, int]:
    """Return what a lane is ordered by: priority, answer-by, id (the order of `DeskStore.lane`)."""
    due = conversation.answer_by
    return (conversation.priority, _NEVER if due is None else due, conversation.id)


@dataclass(frozen=True, slots=True)
class Absent:
    """What became of a displayed conversation that is no longer in the lane's window.

    conversation: as it is now, None when it was erased. by: who did it last, empty when unknown. at: when.
    """

    conversation: Conversation | None
    by: str = ""
    at: Instant | None = None

    def left(self, lane: Lane) -> bool:
        """Say whether it left the lane, rather than only stand too far down to be read."""
        found = self.conversation
        return found is None or found.status is not Status.OPEN or found.lane is not lane


@dataclass(frozen=True, slots=True)
class Row:
    """One displayed row; `gone` once the conversation left the lane: it stays until the next merge.

    alike: how many conversations of the lane say nearly the same, itself counted: 1 where it stands alone.
    """

    conversation: Conversation
    gone: Absent | None = None
    alike: int = 1

    @property
    def id(self) -> int:
        """The conversation's id: a row's identity."""
        return self.conversation.id


class Rows:
    """An ordered set of rows, by identity. Changed contents are noted row by row for the painter."""

    def __init__(self) -> None:
        self._order: list[int] = []
        self._place: dict[int, int] = {}
        self._rows: dict[int, Row] = {}
        self._alike: dict[int, int] = {}
        self._stale: set[int] = set()
        self._all_stale = True

    def __len__(self) -> int:
        return len(self._order)

    def __contains__(self, conversation_id: object) -> bool:
        return conversation_id in self._place

    def __iter__(self) -> Iterator[Row]:
        return (self._rows[conversation_id] for conversation_id in self._order)

    def __getitem__(self, index: int) -> Row:
        return self._rows[self._order[index]]

    @property
    def ids(self) -> list[int]:
        """The ids in displayed order (a copy)."""
        return list(self._order)

    def get(self, conversation_id: int) -> Row:
        """Return the row of a conversation; KeyError when it is not displayed."""
        return self._rows[conversation_id]

    def index(self, conversation_id: int) -> int:
        """Return where a conversation stands; KeyError when it is not displayed."""
        return self._place[conversation_id]

    def put(self, conversation: Conversation, gone: Absent | None = None) -> None:
        """Set the contents of a displayed row, noting it for the painter if they differ."""
        row = self._row(conversation, gone)
        if row != self._rows[row.id]:
            self._rows[row.id] = row
            self._stale.add(row.id)

    def append(self, conversation: Conversation) -> None:
        """Add a row after the last."""
        self._place[conversation.id] = len(self._order)
        self._order.append(conversation.id)
        self._rows[conversation.id] = self._row(conversation)
        self._stale.add(conversation.id)

    def replace(self, conversations: Iterable[Conversation]) -> None:
        """Show exactly these, in this order; each id once."""
        self._rows = {conversation.id: self._row(conversation) for conversation in conversations}
        self._reorder(list(self._rows))

    def insert(self, index: int, conversation: Conversation) -> None:
        """Add a row before the one at `index`."""
        self._rows[conversation.id] = self._row(conversation)
        self._reorder([*self._order[:index], conversation.id, *self._order[index:]])

    def count(self, alike: Mapping[int, int], offered: Collection[int]) -> None:
        """Take note of how many say nearly the same as some: rows that are set from now on tell it.

        The numbers of others that may be shown, `offered` or displayed, stay.
        """
        numbers = {**self._alike, **alike}
        self._alike = {key: n for key, n in numbers.items() if key in offered or key in self._place}

    def remove(self, ids: set[int]) -> None:
        """Take rows away; those after them move up."""
        for conversation_id in ids:
            self._rows.pop(conversation_id, None)
        self._reorder([conversation_id for conversation_id in self._order if conversation_id not in ids])

    def repaint(self, ids: Iterable[int]) -> None:
        """Note rows for the painter though their contents stand (cursor, selection)."""
        self._stale.update(ids)

    def take_stale(self) -> tuple[int, ...] | None:
        """Return the indexes to paint again since this was last asked, None for all; and forget them."""
        stale, every = self._stale, self._all_stale
        self._stale, self._all_stale = set(), False
        if every:
            return None
        return tuple(
            sorted(
                self._place[conversation_id] for conversation_id in stale if conversation_id in self._place
            )
        )

    def _row(self, conversation: Conversation, gone: Absent | None = None) -> Row:
        alone = conversation.cluster is None
        return Row(conversation, gone, 1 if alone else self._alike.get(conversation.id, 1))

    def _reorder(self, order: list[int]) -> None:
        self._order = order
        self._place = {conversation_id: index for index, conversation_id in enumerate(order)}
        self._all_stale = True
