"""The one way to start a task: the reference is kept and a failure is always reported."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

_T = TypeVar("_T")
_running: set[asyncio.Task[Any]] = set()
_log = logging.getLogger("cmconsole.tasks")


def spawn(
    coro: Coroutine[Any, Any, _T], *, name: str, on_error: Callable[[BaseException], None] | None = None
) -> asyncio.Task[_T]:
    """Run `coro` as a task that cannot be collected half-way.

    A failure is logged under `name` and handed to `on_error`; cancellation is not a failure.
    """
    task = asyncio.get_running_loop().create_task(coro, name=name)
    _running.add(task)

    def ended(finished: asyncio.Task[_T]) -> None:
        _running.discard(finished)
        if finished.cancelled():
            return
        error = finished.exception()
        if error is None:
            return
        _log.error("task %s failed", name, exc_info=error)
        if on_error is not None:
            on_error(error)

    task.add_done_callback(ended)
    return task
