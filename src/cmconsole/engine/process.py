"""The engine as a process of its own: started beside a console, so that triage never blocks the screen."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from cmconsole.core.clock import Clock
from cmconsole.store.contract import ENGINE_LEASE, IntakeStore

NICENESS: Final = 15
"""How far the engine steps back: keys and paint of the console come first on a machine with few cores."""

_PRIVATE = 0o600
_STANDARD = 3
_started: list[int] = []


async def is_running(store: IntakeStore, clock: Clock) -> bool:
    """Say whether an engine is at work on the store: its lease has not run out."""
    lease = await store.lease(ENGINE_LEASE)
    return lease is not None and lease.expires_at > clock.now()


def start(
    argv_extra: Sequence[str] = (), *, env: Mapping[str, str] | None = None, errors: Path | None = None
) -> int | None:
    """Start `cmconsole engine …` as a process of its own and return its id; None where that is impossible.

    It belongs to no terminal (a session of its own: Ctrl-C and a closed window do not reach it), inherits no
    file and speaks to nobody; its standard error is added to `errors`, a private file, if given.
    It takes a few milliseconds. A second engine is harmless.
    """
    _collect()
    if not sys.executable:
        return None
    command = [sys.executable, "-P", "-m", "cmconsole", "engine", *argv_extra]
    try:
        pid = os.posix_spawn(
            sys.executable,
            command,
            dict(os.environ if env is None else env),
            file_actions=_files(errors),
            setsid=True,
        )
    except (OSError, NotImplementedError):
        return None
    _started.append(pid)
    return pid


def step_back() -> None:
    """Let everything else on this machine go first; called by the engine's command in its own process."""
    try:
        os.nice(NICENESS)
    except OSError:
        # Some containers forbid it: then the engine runs like everybody else.
        return


def _files(errors: Path | None) -> list[tuple[int, int] | tuple[int, int, str, int, int]]:
    """Return what becomes of descriptors in the child: standard ones lead nowhere, others are closed."""
    last = (str(errors), os.O_WRONLY | os.O_CREAT | os.O_APPEND) if errors else (os.devnull, os.O_WRONLY)
    opened: list[tuple[int, int] | tuple[int, int, str, int, int]] = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, *last, _PRIVATE),
    ]
    return opened + [(os.POSIX_SPAWN_CLOSE, descriptor) for descriptor in _inherited()]


def _inherited() -> list[int]:
    """Return the descriptors beyond the standard ones that a child would inherit (Python's own are not)."""
    found = []
    for name in os.listdir("/dev/fd"):  # noqa: PTH208 - numbers, not paths
        descriptor = int(name)
        try:
            if descriptor >= _STANDARD and os.get_inheritable(descriptor):
                found.append(descriptor)
        except OSError:
            # The descriptor the listing itself used.
            continue
    return found


def _collect() -> None:
    """Take leave of engines started earlier that have ended, so that no dead process stays in the table."""
    for pid in _started[:]:
        try:
            ended, _status = os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            ended = pid
        if ended:
            _started.remove(pid)
