"""Take back: undo this console's last deeds, one after another, each in one go."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core.errors import IllegalMoveError, StoreError
from cmconsole.desk.deed import Deed, Verb, act
from cmconsole.desk.restoring import restored

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cmconsole.core.conversation import Conversation
    from cmconsole.core.moves import Change
    from cmconsole.desk.context import Desk
    from cmconsole.store.contract import Move

DEPTH = 20
"""Deeds remembered: more than a person recalls in their order."""

_FORGOTTEN = frozenset({Verb.NOTE, Verb.VIP, Verb.TAKE_BACK})
"""A note is there to be read, and a VIP mark is taken back by pressing its key again."""


@dataclass(frozen=True, slots=True)
class _Memory:
    """A deed to be taken back: each conversation as it was before, and its version after."""

    verb: Verb
    before: dict[int, Conversation]
    versions: dict[int, int]


class TakeBack:
    """What this console did, newest first. A conversation that somebody else changed since is left alone."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._memories: deque[_Memory] = deque(maxlen=DEPTH)

    @property
    def last(self) -> Verb | None:
        """What would be taken back now; None when there is nothing."""
        return self._memories[-1].verb if self._memories else None

    def remember(self, deed: Deed) -> None:
        """Take note of every deed of this console: those that can be taken back are kept."""
        if deed.verb in _FORGOTTEN:
            self._renumber(deed.before, deed.changed)
        elif deed.changed:
            self._memories.append(
                _Memory(
                    deed.verb,
                    {conversation.id: conversation for conversation in deed.before},
                    {conversation.id: conversation.version for conversation in deed.changed},
                )
            )

    async def undo(self) -> Deed | None:
        """Take the last deed back and forget it; None when there is nothing to take back.

        Refused, each with its reason: conversations that changed since (a new mention, a colleague). What the
        store could not do just now stays remembered. Raises ReadOnlyError.
        """
        if not self._memories:
            return None
        memory = self._memories[-1]
        undone = await act(self._desk, Verb.TAKE_BACK, list(memory.before), self._move(memory))
        self._memories.remove(memory)
        again = {key for key, error in undone.refused if isinstance(error, StoreError)}
        if again:
            self._memories.append(
                _Memory(memory.verb, {key: memory.before[key] for key in again}, memory.versions)
            )
        self._renumber([memory.before[conversation.id] for conversation in undone.changed], undone.changed)
        return undone

    def _move(self, memory: _Memory) -> Move:
        now = self._desk.now()

        def move(conversation: Conversation) -> Change:
            if conversation.version != memory.versions[conversation.id]:
                raise IllegalMoveError(
                    _("This conversation has changed since: it is left as it is."),
                    advice=_("Open it to see what is new."),
                )
            return restored(conversation, memory.before[conversation.id], self._desk, now)

        return move

    def _renumber(self, before: Iterable[Conversation], after: Iterable[Conversation]) -> None:
        """Let earlier memories know conversations by the version that this console's own deed gave them."""
        for was, now_is in zip(before, after, strict=True):
            for memory in self._memories:
                if memory.versions.get(was.id) == was.version:
                    memory.versions[was.id] = now_is.version
