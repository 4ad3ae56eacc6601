"""The NDJSON source: a file to its end, a growing file for ever, or standard input."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Final, TypeVar

from cmconsole.core.clock import Instant
from cmconsole.core.errors import N_, SourceError, SourceRefusedError
from cmconsole.core.source import Batch
from cmconsole.platforms.form import LineMapper
from cmconsole.platforms.ndjson import pipe
from cmconsole.platforms.ndjson import place as places
from cmconsole.platforms.ndjson.batching import Batcher
from cmconsole.platforms.ndjson.file import FileReader

STANDARD_INPUT: Final = "-"

POLL: Final = 0.05
"""Seconds between two looks at a file that does not grow: a lone line is seen within a tenth of a second."""

REPORT: Final = 30.0
"""Seconds of silence after which a followed file is reported as looked at, with an empty batch."""

MISSING: Final = 5.0
"""Seconds a followed file may be gone, as it is for a moment in a rotation, before that is reported."""

_T = TypeVar("_T")


class NdjsonSource:
    """Reads mentions from NDJSON (docs/guide/ndjson.md).

    path: a file, a named pipe, or "-" for standard input. follow: wait for more at the end of a file, across
    rotation, truncation and re-creation. Its cursor is a place in the file; pipes cannot be resumed and have
    none.
    """

    def __init__(
        self,
        name: str,
        path: Path | str,
        *,
        now: Callable[[], Instant],
        follow: bool = False,
        default_platform: str = "ndjson",
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._name = name
        self._platform = default_platform
        self._path = str(path)
        self._follow = follow
        self._sleep = sleep
        self._batcher = Batcher(LineMapper(name, default_platform), now)

    @property
    def name(self) -> str:
        return self._name

    @property
    def platform(self) -> str:
        return self._platform

    async def batches(self, cursor: str | None) -> AsyncGenerator[Batch]:
        """Yield batches of at most BATCH_LIMIT lines; an empty one says that there was nothing new."""
        try:
            async with aclosing(await self._stream(cursor)) as stream:
                async for batch in stream:
                    yield batch
        except OSError as error:
            raise _translated(error, self._path) from error

    async def _stream(self, cursor: str | None) -> AsyncGenerator[Batch]:
        """Choose how to read by what the path names; raises OSError."""
        if self._path == STANDARD_INPUT:
            if stat.S_ISREG(os.fstat(0).st_mode):
                return self._to_end(lambda reader: reader.adopt(0))
            return pipe.batches(0, self._batcher)
        state = await _in_thread(lambda: Path(self._path).stat())
        if not stat.S_ISREG(state.st_mode) and not stat.S_ISDIR(state.st_mode):
            return pipe.named(self._path, self._batcher, follow=self._follow)
        place = places.parse(cursor)
        return self._growing(place) if self._follow else self._to_end(lambda reader: reader.open(place))

    async def _to_end(self, begin: Callable[[FileReader], None]) -> AsyncGenerator[Batch]:
        reader = FileReader(Path(self._path), self._batcher, follow=False)
        try:
            await _in_thread(lambda: begin(reader))
            batch: Batch | None = await _in_thread(reader.step) or Batch()
            while batch is not None:
                yield batch
                batch = await _in_thread(reader.step)
        finally:
            reader.close()

    async def _growing(self, place: places.Place | None) -> AsyncGenerator[Batch]:
        reader = FileReader(Path(self._path), self._batcher, follow=True)
        silence = REPORT
        try:
            await _in_thread(lambda: reader.open(place))
            while True:
                batch: Batch | None = await self._patiently(reader)
                if batch is None and silence >= REPORT:
                    batch = Batch()
                if batch is not None:
                    silence = 0.0
                    yield batch
                else:
                    silence += POLL
                    await self._sleep(POLL)
        finally:
            reader.close()

    async def _patiently(self, reader: FileReader) -> Batch | None:
        """Take a step, waiting a while for a file that is gone, as in the moment of a rotation."""
        missing = 0.0
        while True:
            try:
                return await _in_thread(reader.step)
            except FileNotFoundError:
                if missing >= MISSING:
                    raise
            missing += POLL
            await self._sleep(POLL)


async def _in_thread(work: Callable[[], _T]) -> _T:
    """Run blocking work off the event loop; when cancelled, wait for it: its file is about to be closed."""
    future = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        await asyncio.wait([future])
        raise


def _translated(error: OSError, path: str) -> SourceError:
    """Say in words what is wrong with a file."""
    match error:
        case FileNotFoundError():
            return SourceError(
                N_("There is no file {path}."),
                advice=N_("Check the path; a file made later is found then."),
                path=path,
            )
        case IsADirectoryError():
            return SourceRefusedError(N_("{path} is a folder."), advice=N_("Name a file in it."), path=path)
        case PermissionError():
            return SourceRefusedError(
                N_("{path} may not be read."),
                advice=N_("Give the user of the engine the right to read it."),
                path=path,
            )
        case _:
            return SourceError(
                N_("{path} could not be read: {reason}."), path=path, reason=error.strerror or str(error)
            )
