"""The bounded place between readers and the one committer: sources take turns, none fills the memory."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from cmconsole.core.mention import Mention, SetAside
from cmconsole.core.source import BATCH_LIMIT, Source
from cmconsole.core.verdict import Verdict

ROOM = 2
"""Takings of one source that may wait: one is being committed while the next is read and judged."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a batch: judged mentions, items set aside, and the cursor to resume after it."""

    items: Sequence[tuple[Mention, Verdict]] = ()
    set_aside: Sequence[SetAside] = ()
    cursor: str | None = None

    @property
    def weight(self) -> int:
        """Return how much room it takes; an empty batch is not free."""
        return max(1, len(self.items) + len(self.set_aside))


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
        """Let go of what was taken, and remember its cursor."""
        async with self._moved:
            inlet = taken.inlet
            for _ in range(taken.batches):
                inlet.weight -= inlet.waiting.popleft().weight
            if taken.judged.cursor is not None:
                inlet.cursor = taken.judged.cursor
            self._moved.notify_all()

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
    items, aside, cursor = list(oldest.items), list(oldest.set_aside), oldest.cursor
    batches = 1
    for judged in list(inlet.waiting)[1:]:
        if len(items) + len(aside) + judged.weight > limit:
            break
        items.extend(judged.items)
        aside.extend(judged.set_aside)
        cursor = cursor if judged.cursor is None else judged.cursor
        batches += 1
    return Taken(inlet, Judged(items, aside, cursor) if batches > 1 else oldest, batches)
