"""The reading process: what it tells, how it ends, and that nobody is left behind."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from cmconsole.core.errors import SourceError
from cmconsole.engine import apart, wire
from cmconsole.engine.hopper import Judged
from cmconsole.engine.judging import stream
from tests.unit.engine.parts import PlainJudge, ScriptedSource, Step, batch

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, and looks into /proc")
LINE = b'{"id": "m%d", "platform": "x", "author": "eve", "text": "hello"}\n'


class Told:
    """The writing side of a pipe whose reading process is a thread of this one."""

    def __init__(self, source: ScriptedSource) -> None:
        self._mine, self._theirs = socket.socketpair()
        work = apart.tell(source, PlainJudge(), self._theirs)
        self._thread = threading.Thread(target=asyncio.run, args=[work])

    async def pieces(self) -> list[Judged]:
        self._thread.start()
        kept = self._mine.dup()  # so that its end is not what `tell` meets first
        try:
            return [piece async for piece in apart.Reading(0, self._mine).pieces({("test", "author1")}, "")]
        finally:
            await asyncio.to_thread(self._thread.join)
            kept.close()
            self._theirs.close()


def script(*sizes: int) -> Sequence[Step]:
    return [batch(range(number * 1_000, number * 1_000 + size)) for number, size in enumerate(sizes)]


async def test_everything_arrives_as_if_it_had_been_read_here() -> None:
    steps = [batch(range(500), aside=2), batch(()), batch(range(500, 620))]

    arrived = await Told(ScriptedSource(steps)).pieces()

    vips = {("test", "author1")}
    here = [piece async for piece in stream(ScriptedSource(steps), PlainJudge(), vips)]
    assert [(list(it.items), list(it.set_aside)) for it in arrived] == [
        (list(it.items), list(it.set_aside)) for it in here
    ]


async def test_an_error_comes_after_what_was_read_before_it() -> None:
    source = ScriptedSource([batch(range(3))], [(1, SourceError("the pipe broke", advice="Mend it."))])

    with pytest.raises(SourceError, match="the pipe broke") as failure:
        await Told(source).pieces()

    assert failure.value.advice == "Mend it."


async def test_an_end_without_a_word_is_told_in_words() -> None:
    mine, theirs = socket.socketpair()
    theirs.sendall(wire.HEAD.pack(wire.Word.JUDGED, 1_000) + b"half of")
    theirs.close()

    with pytest.raises(SourceError, match=r"ended unexpectedly; what was taken in is kept\. Run it again"):
        [piece async for piece in apart.Reading(0, mine).pieces(frozenset(), "")]


def test_with_other_threads_alive_nothing_is_forked_and_collection_is_as_before() -> None:
    before, released = gc.get_threshold(), threading.Event()
    other = threading.Thread(target=released.wait)
    other.start()
    try:
        with apart.begun(ScriptedSource([]), PlainJudge()) as reading:
            assert reading is None
            assert gc.get_threshold() != before
    finally:
        released.set()
        other.join()
    assert gc.get_threshold() == before


# ------------------------------------------------------------------------- the real command, real processes


class Ingest:
    """`cmconsole ingest -`, fed by hand."""

    def __init__(self, folder: Path) -> None:
        home = {key: value for key, value in os.environ.items() if not key.startswith(("CMCONSOLE_", "XDG_"))}
        self.folder = folder
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-W",
                "error",
                "-m",
                "cmconsole",
                "--db",
                str(folder / "desk.db"),
                "ingest",
                "-",
            ],
            env={**home, "HOME": str(folder), "LC_ALL": "C.UTF-8", "LANGUAGE": "en"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def feed(self, first: int, end: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"".join(LINE % number for number in range(first, end)))
        self.process.stdin.flush()

    def child(self) -> int:
        """Return the reading process once it is there and mentions have been committed."""
        log = self.folder / "desk.db-wal"
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            if children and log.exists() and log.stat().st_size > 300_000:
                return int(children[0])
            time.sleep(0.02)
        pytest.fail("no reading process, or nothing was committed")


def ends(pid: int) -> bool:
    """Say whether a process ends within a while."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


def test_a_reading_process_that_is_killed_loses_nothing_committed(tmp_path: Path) -> None:
    ingest = Ingest(tmp_path)
    ingest.feed(0, 400)
    os.kill(ingest.child(), signal.SIGKILL)
    _out, errors = ingest.process.communicate(timeout=20)

    assert ingest.process.returncode not in {0, -signal.SIGKILL}
    assert b"The reading process ended unexpectedly; what was taken in is kept." in errors
    assert b"Traceback" not in errors

    again = Ingest(tmp_path)
    again.feed(0, 500)
    out, errors = again.process.communicate(timeout=20)
    assert b'"new":100,"duplicate":400' in out
    assert errors == b""


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_reading_process_does_not_outlive_its_parent(tmp_path: Path, blow: signal.Signals) -> None:
    ingest = Ingest(tmp_path)
    ingest.feed(0, 400)
    child = ingest.child()
    ingest.process.send_signal(blow)
    assert ingest.process.stdin is not None
    ingest.process.wait(timeout=20)

    # Standard input is still open: it is not its end that ends the reader.
    assert ends(child)
    _out, errors = ingest.process.communicate()
    assert b"Traceback" not in errors


def test_an_interrupt_of_the_terminal_reaches_both_and_only_the_parent_speaks(tmp_path: Path) -> None:
    ingest = Ingest(tmp_path)
    ingest.feed(0, 400)
    child = ingest.child()
    os.kill(child, signal.SIGINT)
    ingest.process.send_signal(signal.SIGINT)
    _out, errors = ingest.process.communicate(timeout=20)

    assert ends(child)
    assert errors.decode().strip() == "Interrupted. What was taken in is kept; do it again to go on."
