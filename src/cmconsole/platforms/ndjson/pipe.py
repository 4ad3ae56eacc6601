"""Reads lines from a pipe, a terminal or a device without ever blocking the event loop."""

from __future__ import annotations

import asyncio
import os
import select
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Final

from cmconsole.core.source import BATCH_LIMIT, Batch
from cmconsole.platforms.ndjson.batching import Batcher
from cmconsole.platforms.ndjson.lines import Lines

_CHUNK: Final = 64 * 1024


async def named(path: str, batcher: Batcher, *, follow: bool) -> AsyncGenerator[Batch]:
    """Yield what a named pipe's writer writes, and its next writers when following; raises OSError."""
    while True:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            async with aclosing(batches(descriptor, batcher)) as stream:
                async for batch in stream:
                    yield batch
        finally:
            os.close(descriptor)
        if not follow:
            return


async def batches(descriptor: int, batcher: Batcher) -> AsyncGenerator[Batch]:
    """Yield what comes until the writer closes: little at once, much in full batches.

    Reading in a thread would do too, were it not that such a thread cannot be stopped: the program would wait
    for one more line before it ends.
    """
    lines = Lines()
    ended = False
    while not ended:
        await _readable(descriptor)
        while not ended and len(lines) < BATCH_LIMIT:
            data = os.read(descriptor, _CHUNK)
            lines.add(data)
            ended = not data
            if not ended and not _is_ready(descriptor):
                break
        if ended:
            lines.finish()
        while len(lines) >= BATCH_LIMIT or (lines and (ended or not _is_ready(descriptor))):
            yield batcher.batch(lines.take(BATCH_LIMIT))


async def _readable(descriptor: int) -> None:
    """Wait until a read will not block. Devices that no poll can watch (`/dev/null`) never do."""
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[None] = loop.create_future()
    try:
        loop.add_reader(descriptor, _settle, ready)
    except PermissionError:
        return
    try:
        await ready
    finally:
        loop.remove_reader(descriptor)


def _settle(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def _is_ready(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN | select.POLLHUP)
    return bool(poll.poll(0))
