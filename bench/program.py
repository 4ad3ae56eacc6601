"""The program under measurement, as a user runs it: a separate process on a temporary store."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import corpus

PROGRAM = (sys.executable, "-m", "cmconsole")
SETTINGS = """
[brand]
name = "Velora"
[accounts.velora]
platform = "x"
handle = "velora"
"""


@dataclass(frozen=True)
class Ingest:
    """What `cmconsole ingest` told, and the wall-clock seconds it took from start to exit."""

    read: int
    new: int
    wall: float

    @property
    def rate(self) -> float:
        """Mentions a second, start-up of the process included."""
        return self.read / self.wall


def environment(home: Path) -> dict[str, str]:
    """Return an environment in which nothing of the user's own settings is seen."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "CMCONSOLE_"))}
    return kept | {"HOME": str(home), "LC_ALL": "C.UTF-8", "LANGUAGE": "en"}


def settings(home: Path, extra: str = "") -> Path:
    """Write the bench's settings and return their path."""
    path = home / "settings.toml"
    path.write_text(SETTINGS + extra, encoding="utf-8")
    return path


def ingest(store: Path, source: Path) -> Ingest:
    """Run `cmconsole ingest` on `source` and return its figures."""
    home = store.parent
    command = [*PROGRAM, "--db", str(store), "--config", str(settings(home)), "ingest", str(source)]
    started = time.perf_counter()
    done = subprocess.run(command, env=environment(home), capture_output=True, text=True, check=True)
    wall = time.perf_counter() - started
    told = json.loads(done.stdout.strip().splitlines()[-1])
    return Ingest(told["read"], told["new"], wall)


def filled(folder: Path, count: int, *, piece: int = 100_000) -> Path:
    """Return a store of `count` mentions under `folder`, made by the program itself, once."""
    store = folder / f"store-{count}" / "desk.sqlite"
    if store.exists():
        return store
    store.parent.mkdir(parents=True, exist_ok=True)
    source = folder / "piece.ndjson"
    for first in range(0, count, piece):
        corpus.write(source, min(piece, count - first), first=first)
        ingest(store, source)
    source.unlink()
    return store


def workplace() -> Path:
    """Return the folder that keeps filled stores between runs (CMCONSOLE_BENCH_DIR, or a temporary one)."""
    chosen = os.environ.get("CMCONSOLE_BENCH_DIR")
    path = Path(chosen) if chosen else Path(tempfile.gettempdir()) / "cmconsole-bench"
    path.mkdir(parents=True, exist_ok=True)
    return path


def latency(arguments: Sequence[str], command: Sequence[str], *, home: Path) -> dict[str, object]:
    """Run shared/tools/tui_latency.py on `command`; return its report. FileNotFoundError: it is absent."""
    tool = (
        Path(os.environ.get("CMCONSOLE_TUI_LATENCY", ""))
        if os.environ.get("CMCONSOLE_TUI_LATENCY")
        else _beside()
    )
    report = home / "latency.json"
    subprocess.run(
        [sys.executable, str(tool), "--json", str(report), *arguments, "--", *command],
        env=environment(home),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    loaded: dict[str, object] = json.loads(report.read_text())
    return loaded


def _beside() -> Path:
    tool = Path(__file__).resolve().parents[2] / "shared" / "tools" / "tui_latency.py"
    if not tool.exists():
        msg = "tui_latency.py is not beside this checkout: set CMCONSOLE_TUI_LATENCY to its path."
        raise FileNotFoundError(msg)
    return tool
