"""Key to paint while 1,000 mentions/s arrive, engine included, against the console idle and a minimal app."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from bench import corpus, program

RATE = 1_000
PRESSES = 200
CURSOR_COLUMN = "0,2,1,20"
"""The cells that hold the cursor's sign in the left lane at 160×45."""


def _feed(path: Path, stop: threading.Event, counter: list[int]) -> None:
    """Append RATE mentions a second, in twentieths of a second."""
    piece, lines = RATE // 20, corpus.mentions(10_000_000, first=2_000_000)
    due = time.perf_counter()
    with path.open("a", encoding="utf-8") as stream:
        while not stop.is_set():
            stream.write("".join(json.dumps(next(lines), ensure_ascii=False) + "\n" for _ in range(piece)))
            stream.flush()
            counter[0] += piece
            due += 0.05
            stop.wait(max(0.0, due - time.perf_counter()))


@contextmanager
def _engine(store: Path, settings: Path) -> Iterator[None]:
    command = [*program.PROGRAM, "--db", str(store), "--config", str(settings), "engine", "--stay"]
    process = subprocess.Popen(
        command, env=program.environment(store.parent), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(3)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _measure(command: list[str], home: Path, *, keys: str, region: str, ready: str) -> dict[str, float]:
    report = program.latency(
        ["--ready", ready, "--keys", keys, "--region", region, "--count", str(PRESSES), "--warmup", "10",
         "--hold", "3", "--interval", "0.12"],
        command,
        home=home,
    )  # fmt: skip
    change = cast("dict[str, dict[str, float]]", report["latency_ms"])["change"]
    return {
        "p50": change["p50"],
        "p95": change["p95"],
        "p99": change["p99"],
        "lost": cast("float", report["lost"]),
    }


def run() -> dict[str, object]:
    """Measure the minimal app, the console idle, then the console under the stream, in one run."""
    with tempfile.TemporaryDirectory(dir=program.workplace()) as name:
        home = Path(name)
        stream, store = home / "stream.ndjson", home / "desk.sqlite"
        stream.touch()
        source = f'[sources.bench]\ntype = "ndjson"\npath = "{stream}"\nfollow = true\n'
        settings = program.settings(home, source)
        corpus.write(home / "first.ndjson", 20_000)
        program.ingest(store, home / "first.ndjson")
        settings = program.settings(home, source)
        console = [
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
        minimal = [sys.executable, "-m", "bench.minimal"]
        peer = _measure(minimal, home, keys="down up", region="0,0,60,12", ready="row 1")
        with _engine(store, settings):
            idle = _measure(console, home, keys="j k", region=CURSOR_COLUMN, ready="▌")
            stop, written = threading.Event(), [0]
            feeder = threading.Thread(target=_feed, args=(stream, stop, written))
            feeder.start()
            started = time.perf_counter()
            busy = _measure(console, home, keys="j k", region=CURSOR_COLUMN, ready="▌")
            stop.set()
            feeder.join()
            fed = written[0] / (time.perf_counter() - started)
    return {
        "minimal app ms": peer,
        "console idle ms": idle,
        f"console at {RATE}/s ms": busy,
        "fed mentions/s": round(fed),
        "p50 busy ÷ idle (<= 1.5)": round(busy["p50"] / idle["p50"], 2),
        "p99 busy ÷ idle (<= 2.5)": round(busy["p99"] / idle["p99"], 2),
        "p50 idle ÷ minimal": round(idle["p50"] / peer["p50"], 2),
    }
