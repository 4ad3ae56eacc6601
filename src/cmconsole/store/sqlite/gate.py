"""The gate: one writer or checkpointer of the store at a time, over all processes.

Two advisory locks (flock) on two files beside the database. Whoever wants to write first takes its *turn*,
then the *gate*, and gives the turn up as soon as it is inside. A writer that comes back at once, as intake
does, finds the turn taken by whoever is waiting and stands behind it: nobody starves.

flock belongs to the open file description: every Gate opens its own, so two stores in one process exclude
each other as two processes do, and the kernel frees the locks of a process that dies, however it dies. Why
there is a gate at all: docs/decisions/0004-sqlite-wal-reset.md.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from cmconsole.core.errors import N_, StoreError
from cmconsole.store.sqlite.failures import busy
from cmconsole.store.sqlite.files import FILE_MODE, side

_PAUSE = 0.0005
"""Seconds between two tries of somebody a person waits for."""

_PATIENT_PAUSE = 0.002
"""Seconds between two tries of intake, which lets persons go first."""


class Gate:
    """Holds the two lock files open; `passing` is the way through."""

    def __init__(self, path: Path, timeout: float) -> None:
        self._timeout = timeout
        self._descriptors: list[int] = []
        try:
            for suffix in (".turn", ".gate"):
                self._descriptors.append(
                    os.open(side(path, suffix), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, FILE_MODE)
                )
                os.fchmod(self._descriptors[-1], FILE_MODE)
        except OSError as error:
            self.close()
            raise StoreError(
                N_("The store's lock files cannot be made: {reason}."),
                advice=N_("Check the folder's permissions."),
                reason=error.strerror or "?",
            ) from error

    def close(self) -> None:
        """Close the lock files; safe to call twice."""
        while self._descriptors:
            os.close(self._descriptors.pop())

    @asynccontextmanager
    async def passing(self, *, patient: bool = False) -> AsyncIterator[None]:
        """Be the only one inside; raises StoreBusyError when the time-out passes first."""
        await self.enter(patient=patient)
        try:
            yield
        finally:
            self.leave()

    async def enter(self, *, patient: bool = False) -> None:
        """Go in; raises StoreBusyError when the time-out passes first. patient: lets others go first."""
        deadline = asyncio.get_running_loop().time() + self._timeout
        turn, gate = self._descriptors
        await _take(turn, deadline, _PATIENT_PAUSE if patient else _PAUSE)
        try:
            await _take(gate, deadline, _PAUSE)
        finally:
            fcntl.flock(turn, fcntl.LOCK_UN)

    def leave(self) -> None:
        """Go out; any thread may say so."""
        fcntl.flock(self._descriptors[1], fcntl.LOCK_UN)


async def _take(descriptor: int, deadline: float, pause: float) -> None:
    loop = asyncio.get_running_loop()
    while not _taken(descriptor):
        if loop.time() >= deadline:
            raise busy()
        await asyncio.sleep(pause)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in {errno.EWOULDBLOCK, errno.EACCES, errno.EINTR}:
            return False
        raise StoreError(
            N_("The store cannot be locked here: {reason}."),
            advice=N_("Keep the store on a local disk."),
            reason=error.strerror or "?",
        ) from error
    return True
