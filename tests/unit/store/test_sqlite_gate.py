"""The gate: one inside, the others wait in fair order, and a death lets the next one in."""
# ruff: noqa: ASYNC220 - the process is the test, nothing else runs in its loop

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cmconsole.core.errors import StoreBusyError, StoreError
from cmconsole.store.sqlite.findings import has_wal_reset_bug, sqlite_findings
from cmconsole.store.sqlite.gate import Gate

HOLDER = """
import asyncio, sys
from pathlib import Path
from cmconsole.store.sqlite.gate import Gate
async def main():
    async with Gate(Path(sys.argv[1]), 5).passing():
        print("inside", flush=True)
        await asyncio.sleep(3600)
asyncio.run(main())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk.db"


async def test_two_gates_of_one_process_exclude_each_other(path: Path) -> None:
    one, two = Gate(path, 0.02), Gate(path, 0.02)
    async with one.passing():
        with pytest.raises(StoreBusyError):
            async with two.passing():
                pass
    async with two.passing():
        pass
    one.close()
    two.close()
    two.close()


async def test_who_waits_goes_before_who_comes_back_at_once(path: Path) -> None:
    """Intake that never rests lets a person in after one batch at the most."""
    intake, desk = Gate(path, 5), Gate(path, 5)
    order: list[str] = []
    served = asyncio.Event()

    async def batches() -> None:
        while not served.is_set():
            async with intake.passing(patient=True):
                order.append("batch")
                await asyncio.sleep(0.01)

    async def person() -> None:
        for _ in range(5):
            while "batch" not in order[-1:]:  # noqa: ASYNC110 - the order is what is under test
                await asyncio.sleep(0.001)
            async with desk.passing():
                order.append("person")
        served.set()

    await asyncio.gather(batches(), person())
    between = "".join(it[0] for it in order).split("p")
    assert max(map(len, between)) <= 3
    intake.close()
    desk.close()


async def test_a_killed_process_frees_the_gate(path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"inside\n"
        gate = Gate(path, 0.05)
        with pytest.raises(StoreBusyError):
            async with gate.passing():
                pass
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        async with gate.passing():
            pass
        gate.close()
    finally:
        holder.kill()
        holder.communicate()


async def test_a_gate_that_was_left_by_an_error_is_open(path: Path) -> None:
    gate = Gate(path, 0.05)
    with pytest.raises(ZeroDivisionError):
        async with gate.passing():
            raise ZeroDivisionError
    async with gate.passing():
        pass
    gate.close()


def test_a_folder_without_room_for_the_locks_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="lock files"):
        Gate(tmp_path / "missing" / "desk.db", 1)


@pytest.mark.parametrize(
    ("version", "broken"),
    [
        ((3, 6, 23), False), ((3, 7, 0), True), ((3, 40, 1), True), ((3, 44, 5), True), ((3, 44, 6), False),
        ((3, 45, 0), True), ((3, 50, 6), True), ((3, 50, 7), False), ((3, 51, 2), True), ((3, 51, 3), False),
        ((3, 53, 0), False),
    ],
)  # fmt: skip
def test_the_versions_with_the_bug_are_known(version: tuple[int, int, int], broken: bool) -> None:
    assert has_wal_reset_bug(version) is broken


def test_the_findings_speak_of_the_library_in_use() -> None:
    found = sqlite_findings()

    assert found.version.count(".") == 2
    assert found.protected
    assert found.full_text
