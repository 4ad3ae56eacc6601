"""Reads a file of lines to its end, or follows it as it grows and is rotated: blocking, for a thread."""

from __future__ import annotations

import os
from dataclasses import replace
from enum import Enum, auto
from pathlib import Path
from typing import Final

from cmconsole.core.source import BATCH_LIMIT, Batch
from cmconsole.platforms.ndjson import place as places
from cmconsole.platforms.ndjson.batching import Batcher
from cmconsole.platforms.ndjson.lines import Lines, Taken
from cmconsole.platforms.ndjson.place import Place

_CHUNK: Final = 256 * 1024


class _State(Enum):
    """What became of the file that is open."""

    CURRENT = auto()
    RENAMED = auto()
    """Another file has its name now: what is left in it is still read."""
    REWRITTEN = auto()
    """It was truncated or written anew: nothing more of it can be read."""


class FileReader:
    """Gives batch after batch of one file.

    When following, the path is opened anew after a rotation (`mentions.ndjson` was renamed and made again),
    after a truncation and after the file was replaced; a line is read once its line end is there. When not,
    the last line needs none.
    """

    def __init__(self, path: Path, batcher: Batcher, *, follow: bool) -> None:
        self._path = path
        self._batcher = batcher
        self._follow = follow
        self._descriptor = -1
        self._inode = 0
        self._content = ""
        self._resumable = True
        self._lines = Lines()
        self._state = _State.CURRENT
        self._at_end = False

    def open(self, place: Place | None) -> None:
        """Open the file at a place, at its beginning where it is not that place's file; raises OSError."""
        self._begin(self._path)
        if place is None:
            return
        if not places.holds(self._descriptor, place):
            old = places.renamed(self._path, place)
            if old is None:
                return
            self.close()
            self._begin(old)
            if not places.holds(self._descriptor, place):
                self.close()
                self._begin(self._path)
                return
            self._state = _State.RENAMED
        self._lines = Lines(place.offset, place.line)
        self._content = place.content
        os.lseek(self._descriptor, place.offset, os.SEEK_SET)

    def adopt(self, descriptor: int) -> None:
        """Read an open regular file from where it stands (standard input from a file)."""
        self._descriptor = os.dup(descriptor)
        self._resumable = False

    def close(self) -> None:
        """Close the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def step(self) -> Batch | None:
        """Return the next batch with its cursor, or None where there is nothing to read at present.

        Raises OSError, FileNotFoundError too while the path names no file.
        """
        if self._follow and self._at_end and self._state is _State.CURRENT:
            self._state = self._became()
        self._fill()
        if self._at_end and (self._state is not _State.CURRENT or not self._follow):
            self._lines.finish()
        if taken := self._take():
            return replace(self._batcher.batch(taken), cursor=self._cursor(taken))
        if self._state is _State.CURRENT:
            return None
        self.close()
        self._begin(self._path)
        return self.step()

    def _begin(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._inode = os.fstat(self._descriptor).st_ino
        self._content = places.fingerprint(self._descriptor, 0)
        self._lines = Lines()
        self._state = _State.CURRENT
        self._at_end = False

    def _became(self) -> _State:
        """Look what happened to the file since its end was reached."""
        opened, named = os.fstat(self._descriptor), self._path.stat()
        if (opened.st_dev, opened.st_ino) != (named.st_dev, named.st_ino):
            return _State.RENAMED
        truncated = opened.st_size < os.lseek(self._descriptor, 0, os.SEEK_CUR)
        if truncated or places.fingerprint(self._descriptor, self._lines.offset) != self._content:
            return _State.REWRITTEN
        return _State.CURRENT

    def _fill(self) -> None:
        self._at_end = self._state is _State.REWRITTEN
        while len(self._lines) < BATCH_LIMIT and not self._at_end:
            chunk = os.read(self._descriptor, _CHUNK)
            if chunk:
                self._lines.add(chunk)
            else:
                self._at_end = True

    def _take(self) -> Taken | None:
        return self._lines.take(BATCH_LIMIT) if len(self._lines) else None

    def _cursor(self, taken: Taken) -> str | None:
        """Return the cursor after these lines; a broken last line without a line end may yet be completed."""
        if not self._resumable or self._state is _State.REWRITTEN:
            return None
        self._content = places.fingerprint(self._descriptor, taken.end)
        whole = not taken.unterminated or self._batcher.is_good(taken.lines[-1])
        if whole:
            return places.written(Place(taken.end, self._lines.number, self._inode, self._content))
        content = places.fingerprint(self._descriptor, taken.last_start)
        return places.written(Place(taken.last_start, self._lines.number - 1, self._inode, content))
