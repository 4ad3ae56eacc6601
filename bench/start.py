"""Start to the first lane row with a million stored, and the console's memory, against their peers."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import cast

from bench import program

RUNS = 7


def _start(command: list[str], home: Path, ready: str) -> tuple[float, float]:
    """Return milliseconds until `ready` is on the screen, and private memory in MB a second later."""
    report = program.latency(
        ["--ready", ready, "--count", "0", "--warmup", "0", "--hold", "1"], command, home=home
    )
    moments = cast("dict[str, float]", report["startup"])
    return moments["ready_ms"], cast("float", report["uss_mb"])


def _console(store: Path, home: Path) -> list[str]:
    settings = program.settings(home)
    return [
        *program.PROGRAM,
        "--db",
        str(store),
        "--config",
        str(settings),
        "--as",
        "Bench",
        "--until",
        "23:59",
    ]


def run() -> dict[str, float]:
    """Measure in turn, several times, and keep medians. The engine runs already, as it does at a desk."""
    place = program.workplace()
    small, large = program.filled(place, 1_000), program.filled(place, 1_000_000)
    with tempfile.TemporaryDirectory(dir=place) as name:
        home = Path(name)
        minimal = [sys.executable, "-m", "bench.minimal"]
        engines = []
        for store in (small, large):
            command = [*_console(store, home), "engine", "--stay"]
            engines.append(
                subprocess.Popen(
                    command,
                    env=program.environment(home),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
        time.sleep(5)
        try:
            peer, at_large, at_small = [], [], []
            for _ in range(RUNS):
                peer.append(_start(minimal, home, "row 1"))
                at_large.append(_start(_console(large, home), home, "▌"))
                at_small.append(_start(_console(small, home), home, "▌"))
        finally:
            for engine in engines:
                engine.terminate()
                engine.wait(20)
    peer_ms, large_ms, small_ms = (
        statistics.median(t for t, _ in runs) for runs in (peer, at_large, at_small)
    )
    large_mb, small_mb = (statistics.median(m for _, m in runs) for runs in (at_large, at_small))
    return {
        "minimal app's first paint ms": round(peer_ms, 1),
        "first lane row at 1,000 ms": round(small_ms, 1),
        "first lane row at 1,000,000 ms": round(large_ms, 1),
        "ratio to minimal (<= 1.6)": round(large_ms / peer_ms, 2),
        "memory at 1,000 MB": round(small_mb, 1),
        "memory at 1,000,000 MB": round(large_mb, 1),
        "memory ratio (<= 1.15)": round(large_mb / small_mb, 2),
    }
