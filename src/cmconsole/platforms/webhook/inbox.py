"""Between the requests and the engine: what was posted waits here until the engine has committed it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from cmconsole.core.source import Batch


@dataclass(eq=False, slots=True)
class _Delivery:
    """One request's batch. kept: done once the engine says that all of it is committed."""

    batch: Batch
    kept: asyncio.Future[None]

    def receive(self) -> None:
        if not self.kept.done():
            self.kept.set_result(None)


@dataclass(slots=True)
class Inbox:
    """Takes batches from requests and hands them to whoever iterates the source.

    As many wait in it as requests do: whoever gives up waiting takes its batch along.
    """

    _waiting: deque[_Delivery] = field(default_factory=deque)
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _limits: set[asyncio.Timeout] = field(default_factory=set)
    closed: bool = False

    async def deliver(self, batch: Batch) -> None:
        """Hand a batch over and return once it is committed; cancelled: it may be, if it was handed on."""
        delivery = _Delivery(batch, asyncio.get_running_loop().create_future())
        self._waiting.append(delivery)
        self._came.set()
        try:
            await delivery.kept
        finally:
            if delivery in self._waiting:
                self._waiting.remove(delivery)

    async def taken(self) -> Batch:
        """Return the next batch, with the receipt its request waits for."""
        while not self._waiting:
            self._came.clear()
            await self._came.wait()
        delivery = self._waiting.popleft()
        return replace(delivery.batch, receipt=delivery.receive)

    @asynccontextmanager
    async def at_most(self, seconds: float) -> AsyncIterator[None]:
        """Raise TimeoutError in the block after so many seconds, and at once when the inbox is closed."""
        async with asyncio.timeout(0 if self.closed else seconds) as limit:
            self._limits.add(limit)
            try:
                yield
            finally:
                self._limits.discard(limit)

    def close(self) -> None:
        """End all waiting: nothing is handed on any more."""
        self.closed = True
        now = asyncio.get_running_loop().time()
        for limit in self._limits:
            limit.reschedule(now)
