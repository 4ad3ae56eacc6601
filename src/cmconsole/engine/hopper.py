"""The bounded place between readers and the one committer: sources take turns, none fills the memory."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from cmconsole.core.mention import Mention, Removed, SetAside
from cmconsole.core.source import BATCH_LIMIT, Receipt, Source
from cmconsole.core.tip import Tip
from cmconsole.core.verdict import Verdict

ROOM = 2
"""Takings of one source that may wait: one is being committed while the next is read and judged."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a batch: judged mentions, items set aside, and the cursor to resume after it.

    removed, tips: as in the batch. receipts: to be told when all of it is committed.
    """

    items: Sequence[tuple[Mention, Verdict]] = ()
    set_aside: Sequence[SetAside] = ()
    cursor: str | None = None
    removed: Sequence[Removed] = ()
    tips: Sequence[Tip] = ()
    receipts: Sequence[Receipt] = ()

    @property
    def weight(self) -> int:
        """Return how much room it takes; an empty batch is not free."""
        return max(1, len(self.items) + len(self.set_aside) + len(self.removed) + len(self.tips))


@dataclass(eq=False, slots=True)
class Inlet:
    """One source's way into the store. `cursor` is the last one committed."""

    source: Source
    cursor: str | None = None
    waiting: deque[Judged] = field(default_factory=deque)
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What the committer has in hand: the oldest of one inlet, put together up to the hopper's limit."""

    inlet: Inlet
    judged: Judged
    batches: int


class Hopper:
    """Holds judged batches by inlet. What is taken leaves it only once committed, so nothing can get lost.

    limit: most items taken at once, unless a single batch has more.
    """

    def __init__(self, inlets: Sequence[Inlet], limit: int = BATCH_LIMIT) -> None:
        self._turns = deque(inlets)
        self._limit = limit
        self._moved = asyncio.Condition()
        self._closed = False
        self._error: BaseException | None = None

    async def put(self, inlet: Inlet, judged: Judged) -> None:
        """Add a batch; waits while the inlet has its room full."""
        async with self._moved:
            await self._moved.wait_for(lambda: inlet.weight < ROOM * self._limit)
            inlet.waiting.append(judged)
            inlet.weight += judged.weight
            self._moved.notify_all()

    async def take(self) -> Taken | None:
        """Return the next inlet's oldest batches; None when the hopper is closed and empty.

        Raises the error the hopper was closed with, after everything that came before it was taken.
        """
        async with self._moved:
            await self._moved.wait_for(lambda: self._closed or any(inlet.waiting for inlet in self._turns))
            for _ in range(len(self._turns)):
                self._turns.rotate(-1)
                if self._turns[-1].waiting:
                    return _together(self._turns[-1], self._limit)
        if self._error is not None:
            raise self._error
        return None

    async def committed(self, taken: Taken) -> None:
        """Let go of what was taken, remember its cursor, and tell whoever waits for a receipt."""
        async with self._moved:
            inlet = taken.inlet
            for _ in range(taken.batches):
                inlet.weight -= inlet.waiting.popleft().weight
            if taken.judged.cursor is not None:
                inlet.cursor = taken.judged.cursor
            self._moved.notify_all()
        for receipt in taken.judged.receipts:
            receipt()

    async def settled(self, inlet: Inlet) -> None:
        """Return once all the inlet was given is committed: its cursor is then the place to resume from."""
        async with self._moved:
            await self._moved.wait_for(lambda: not inlet.waiting)

    async def close(self, error: BaseException | None = None) -> None:
        """Say that nothing more comes, and why."""
        async with self._moved:
            self._closed, self._error = True, error
            self._moved.notify_all()


def _together(inlet: Inlet, limit: int) -> Taken:
    """Put the oldest batches together, as many as the limit allows (always at least one)."""
    oldest = inlet.waiting[0]
    if len(inlet.waiting) == 1:
        return Taken(inlet, oldest, 1)
    parts, weight = [oldest], oldest.weight
    for judged in list(inlet.waiting)[1:]:
        # What is removed is removed after what is taken: a batch that may hold its return waits its turn.
        if weight + judged.weight > limit or parts[-1].removed:
            break
        parts.append(judged)
        weight += judged.weight
    if len(parts) == 1:
        return Taken(inlet, oldest, 1)
    cursors = [part.cursor for part in parts if part.cursor is not None]
    together = Judged(
        [item for part in parts for item in part.items],
        [item for part in parts for item in part.set_aside],
        cursors[-1] if cursors else None,
        parts[-1].removed,
        [tip for part in parts for tip in part.tips],
        [receipt for part in parts for receipt in part.receipts],
    )
    return Taken(inlet, together, len(parts))
