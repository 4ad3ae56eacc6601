"""Starting the engine as a process: its own session, nothing inherited, a private file for its errors."""

from __future__ import annotations

import json
import os
import signal
import stat
import sys
import time
from pathlib import Path

import pytest

from cmconsole.engine import process

_CHILD = """
import json, os, sys
told = {
    "argv": sys.argv[1:], "sid": os.getsid(0), "pid": os.getpid(),
    "files": sorted(int(name) for name in os.listdir("/dev/fd")), "stdin": os.read(0, 10).decode(),
    "extra": os.environ.get("EXTRA"),
}
print("into nothing")
print("into the file", file=sys.stderr)
with open(os.environ["TOLD"] + ".part", "w") as file:
    json.dump(told, file)
os.replace(os.environ["TOLD"] + ".part", os.environ["TOLD"])
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return an environment in which `python -m cmconsole` is a child that tells what it was given."""
    package = tmp_path / "path" / "cmconsole"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "__main__.py").write_text(_CHILD)
    return {**os.environ, "PYTHONPATH": str(package.parent), "TOLD": str(tmp_path / "told.json")}


def told(environment: dict[str, str]) -> dict[str, object]:
    file = Path(environment["TOLD"])
    deadline = time.monotonic() + 20
    while not file.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    found = json.loads(file.read_text())
    assert isinstance(found, dict)
    return found


def test_the_engine_has_a_session_of_its_own_and_inherits_nothing(
    environment: dict[str, str], tmp_path: Path
) -> None:
    leak, end = os.pipe()
    os.set_inheritable(leak, True)
    os.set_inheritable(end, True)
    errors = tmp_path / "engine.err"
    try:
        pid = process.start(["--db", "x"], env={**environment, "EXTRA": "yes"}, errors=errors)
    finally:
        os.close(leak)
        os.close(end)
    assert pid is not None
    found = told(environment)
    os.waitpid(pid, 0)

    assert found["argv"] == ["engine", "--db", "x"]
    assert found["extra"] == "yes"
    assert found["pid"] == found["sid"] == pid
    assert found["stdin"] == ""
    # The fourth is the listing's own.
    assert found["files"] == [0, 1, 2, 3]
    assert errors.read_text() == "into the file\n"
    assert stat.S_IMODE(errors.stat().st_mode) == 0o600


def test_the_current_folder_cannot_pass_for_the_program(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted = tmp_path / "cmconsole"
    planted.mkdir()
    (planted / "__main__.py").write_text("raise SystemExit('planted')")
    monkeypatch.chdir(tmp_path)

    pid = process.start(env=environment)
    assert pid is not None
    assert told(environment)["argv"] == ["engine"]
    os.waitpid(pid, 0)


@pytest.mark.parametrize("executable", ["", None, "/nonexistent/python"])
def test_where_no_process_can_be_started_nothing_is_said_to_run(
    executable: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", executable)

    assert process.start(env={}) is None


def test_an_engine_that_ended_is_taken_leave_of_at_the_next_start(environment: dict[str, str]) -> None:
    first = process.start(env=environment)
    assert first is not None
    told(environment)
    # Wait for its end without collecting it.
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)

    second = process.start(env=environment)

    assert second is not None
    with pytest.raises(ChildProcessError):
        os.waitpid(first, 0)
    os.waitpid(second, 0)


def test_stepping_back_lowers_the_priority_of_this_process_only() -> None:
    child = os.fork()
    if child == 0:
        process.step_back()
        os._exit(os.nice(0))
    _pid, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == min(19, os.nice(0) + process.NICENESS)


def test_starting_waits_for_nothing_the_engine_does(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "path" / "cmconsole" / "__main__.py").write_text("import signal; signal.pause()")
    pid = process.start(env=environment)
    assert pid is not None
    still_there = os.waitpid(pid, os.WNOHANG)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)

    assert still_there == (0, 0)
