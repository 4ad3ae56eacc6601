"""Reads and judges in a process of its own, so that a one-shot ingest has two processors at work."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from typing import Final, NoReturn

from cmconsole.core.errors import N_, SourceError
from cmconsole.core.source import Source
from cmconsole.engine import wire
from cmconsole.engine.hopper import Judged
from cmconsole.engine.judging import stream
from cmconsole.engine.wire import HEAD, Word
from cmconsole.triage.judge import Judge

_AHEAD: Final = 1 << 18
"""Bytes taken from the pipe before they are asked for; beyond that the reading process waits."""

_COLLECT: Final = 200_000
"""Objects alive before garbage is looked for: a batch of mentions is tens of thousands, none in a cycle."""

_HELD: Final = {signal.SIGINT}


class Reading:
    """The reading process as the writing one sees it."""

    def __init__(self, pid: int, pipe: socket.socket) -> None:
        self._pid = pid
        self._pipe = pipe

    @property
    def pid(self) -> int:
        """Return the id of the reading process."""
        return self._pid

    async def pieces(self, vips: AbstractSet[tuple[str, str]], learned: str) -> AsyncIterator[Judged]:
        """Yield what was read and judged; raises what the source raised, SourceError when the process died.

        vips: (platform, folded handle) of the authors marked at the desk. learned: what it taught the judge.
        """
        reader, writer = await asyncio.open_unix_connection(sock=self._pipe, limit=_AHEAD)
        try:
            writer.write(wire.framed(Word.DESK, wire.desk(vips, learned)))
            while True:
                word, size = HEAD.unpack(await reader.readexactly(HEAD.size))
                payload = await reader.readexactly(size)
                if word == Word.ENDED:
                    return
                if word == Word.FAILED:
                    raise wire.read_failed(payload)
                yield wire.read_judged(payload)
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise SourceError(
                N_("The reading process ended unexpectedly; what was taken in is kept."),
                advice=N_("Run it again."),
            ) from error
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def end(self) -> None:
        """End the process, whatever it is doing: it holds nothing that could be lost."""
        self._pipe.close()
        with suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


@contextmanager
def begun(source: Source, judge: Judge) -> Iterator[Reading | None]:
    """Begin reading `source` in a process of its own, which ends with the `with`; None where there is none.

    Call it while this process has but one thread: only then is forking safe (and quick: nothing is loaded
    twice). So it comes before the store is opened; the reading process waits for `pieces` to be asked for.
    """
    with _seldom_collected():
        reading = _forked(source, judge) if _is_possible() else None
        try:
            yield reading
        finally:
            if reading is not None:
                reading.end()


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Spare both processes most garbage collections: they would find nothing, for a twentieth of the time.

    What there is already is frozen, as `gc` advises before a fork: its pages stay shared.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_COLLECT, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _is_possible() -> bool:
    """Say whether forking is safe here. On macOS the system's own libraries do not bear it."""
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1


def _forked(source: Source, judge: Judge) -> Reading | None:
    mine, theirs = socket.socketpair()
    # An interrupt between the fork and the child's first line would be taken by the parent's handler twice.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _HELD)
    try:
        pid = os.fork()
        if pid == 0:
            mine.close()
            _work(source, judge, theirs, before)
    except OSError:
        # No room for another process: this one reads by itself.
        mine.close()
        return None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()
    return Reading(pid, mine)


def _work(source: Source, judge: Judge, parent: socket.socket, mask: set[signal.Signals | int]) -> NoReturn:
    """Be the reading process. It shares its parent's terminal, where Ctrl-C is the parent's to hear."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        asyncio.run(tell(source, judge, parent))
    finally:
        # What happened was told, or nobody listens. Not exit(): the parent's work is not ours to end.
        os._exit(0)


async def tell(source: Source, judge: Judge, parent: socket.socket) -> None:
    """Send everything the source has, judged, to whoever is at the other end; raises OSError if nobody is."""
    word, size = HEAD.unpack(_received(parent, HEAD.size))
    if word != Word.DESK:
        raise ConnectionResetError
    vips, learned = wire.read_desk(_received(parent, size))
    judge.remember(learned)
    # Nothing more will come: what can be read next is the end of a parent that died.
    loop = asyncio.get_running_loop()
    loop.add_reader(parent, os._exit, 1)
    settled = False
    try:
        async for piece in stream(source, judge, vips):
            parent.sendall(wire.framed(Word.JUDGED, wire.judged(piece)))
            if not settled:
                # The judge's tables are there now: a hundred thousand objects no collection need look at.
                gc.freeze()
                settled = True
    except ConnectionError:
        raise
    except Exception as error:  # noqa: BLE001 - raised again in the parent
        parent.sendall(wire.framed(Word.FAILED, wire.failed(error)))
    else:
        parent.sendall(wire.framed(Word.ENDED))
    finally:
        loop.remove_reader(parent)


def _received(parent: socket.socket, size: int) -> bytes:
    """Read so many bytes; raises ConnectionError at the end of the parent."""
    found = b""
    while len(found) < size:
        more = parent.recv(size - len(found))
        if not more:
            raise ConnectionResetError
        found += more
    return found
