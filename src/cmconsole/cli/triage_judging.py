"""Judges lines in the order they come: one after another, and a long file in two processes or more."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final, NamedTuple

from cmconsole.cli.triage_record import Recorder, encoded, unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cmconsole.cli.triage_lines import LineReader
    from cmconsole.cli.triage_record import Record, Unread
    from cmconsole.core.sla import SlaPolicy
    from cmconsole.platforms.ndjson.lines import Line
    from cmconsole.triage.judge import Judge

WORTH_IT: Final = 4 * 1024 * 1024
"""Bytes of a file from which more processes pay: each has to meet the words of the language by itself."""

_MOST_PROCESSES: Final = 4
_AHEAD: Final = 2
"""Batches given to a process before their verdicts are asked for."""

_COLLECT: Final = 20_000
"""Objects made before garbage is looked for: a batch of lines makes thousands, none of them in a cycle."""


class Judged(NamedTuple):
    """Verdicts as lines of JSON, and how many lines held no text."""

    lines: bytes
    unread: int


class LineJudge:
    """Judges lines as triage judges mentions at intake."""

    def __init__(self, judge: Judge, policy: SlaPolicy, reader: LineReader) -> None:
        self._judge = judge.judge
        self._record = Recorder(policy).record
        self._read = reader.read

    def judged(self, lines: Sequence[Line], number: int) -> Judged:
        """Return the verdicts on lines; number: that of the first."""
        records: list[Record | Unread] = []
        failed = 0
        for place, line in enumerate(lines, start=number):
            mention = self._read(line)
            if isinstance(mention, str):
                failed += 1
                records.append(unread(mention, place))
            else:
                records.append(self._record(self._judge(mention)))
        return Judged(encoded(records), failed)


def judged(batches: Iterable[Sequence[Line]], judge: LineJudge, size: int) -> Iterator[Judged]:
    """Yield the verdicts on each batch of lines, in their order.

    size: of the file they come from, in bytes; 0 for a pipe, whose lines are judged when they are there.
    """
    gc.freeze()
    gc.set_threshold(_COLLECT)
    processes = min(os.cpu_count() or 1, _MOST_PROCESSES)
    pool = _begun(judge, processes) if size >= WORTH_IT and processes > 1 and _may_fork() else None
    if pool is None:
        for number, lines in _numbered(batches):
            yield judge.judged(lines, number)
        return
    waiting: deque[Future[Judged]] = deque()
    try:
        for number, lines in _numbered(batches):
            waiting.append(pool.submit(_judged_there, lines, number))
            if len(waiting) > _AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _numbered(batches: Iterable[Sequence[Line]]) -> Iterator[tuple[int, Sequence[Line]]]:
    number = 1
    for lines in batches:
        yield number, lines
        number += len(lines)


def _may_fork() -> bool:
    """Say whether forking is safe here. On macOS the system's own libraries do not bear it."""
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1


def _begun(judge: LineJudge, processes: int) -> ProcessPoolExecutor | None:
    """Return processes that know the judge from the fork; None where the system has no semaphores."""
    try:
        return ProcessPoolExecutor(processes, get_context("fork"), initializer=_begin, initargs=(judge,))
    except (OSError, NotImplementedError):
        return None


class _There:
    """What a process of the pool judges with."""

    judge: LineJudge


def _begin(judge: LineJudge) -> None:
    # An interrupt is for the process that writes: it ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _There.judge = judge


def _judged_there(lines: Sequence[Line], number: int) -> Judged:
    return _There.judge.judged(lines, number)
