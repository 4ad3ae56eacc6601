"""Cuts a stream of bytes into numbered lines, in bounded memory whatever the stream holds."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

from cmconsole.platforms.form import LINE_LIMIT

_KEPT_OF_OVERLONG: Final = 1_024


@dataclass(frozen=True, slots=True)
class Overlong:
    """A line longer than LINE_LIMIT: its first bytes and its whole length."""

    head: bytes
    size: int

    def __len__(self) -> int:
        return self.size


Line: TypeAlias = bytes | Overlong


@dataclass(frozen=True, slots=True)
class Taken:
    """Lines in their order, without line ends. `number`: that of the first. `end`: offset after the last.

    `last_start`: offset of the last line. `unterminated`: the last line had no line end.
    """

    lines: list[Line]
    number: int
    end: int
    last_start: int
    unterminated: bool


class Lines:
    """Complete lines wait in it to be taken; the unfinished end of what was added waits for more."""

    def __init__(self, offset: int = 0, number: int = 0) -> None:
        """Begin at a byte offset, after `number` lines."""
        self.offset = offset
        self.number = number
        self._complete: list[Line] = []
        self._rest: list[bytes] = []
        self._rest_size = 0
        self._finished = False

    def __len__(self) -> int:
        return len(self._complete)

    def add(self, data: bytes) -> None:
        """Add the next bytes of the stream."""
        first, *more = data.split(b"\n")
        if not more:
            self._keep(first)
            return
        self._keep(first)
        self._complete.append(self._joined())
        self._complete += islice(more, len(more) - 1)
        self._keep(more[-1])

    def finish(self) -> None:
        """Say that no more bytes come: what is left without a line end is a line."""
        if self._rest_size:
            self._complete.append(self._joined())
            self._finished = True

    def take(self, limit: int) -> Taken:
        """Take up to `limit` complete lines out."""
        lines = self._complete[:limit]
        self._complete = self._complete[limit:]
        number = self.number + 1
        unterminated = self._finished and bool(lines) and not self._complete
        self.number += len(lines)
        self.offset += sum(map(len, lines)) + len(lines) - unterminated
        last_start = self.offset - len(lines[-1]) - (not unterminated) if lines else self.offset
        return Taken(lines, number, self.offset, last_start, unterminated)

    def _keep(self, piece: bytes) -> None:
        """Remember the end of the stream so far, of an overlong line only the beginning."""
        if not piece:
            return
        if self._rest_size <= LINE_LIMIT:
            self._rest.append(piece)
        self._rest_size += len(piece)

    def _joined(self) -> Line:
        size, pieces = self._rest_size, self._rest
        self._rest, self._rest_size = [], 0
        if size > LINE_LIMIT:
            return Overlong(b"".join(pieces)[:_KEPT_OF_OVERLONG], size)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
