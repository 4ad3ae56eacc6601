"""Key to paint while 1,000 mentions/s arrive, in the lanes and the composer, against idle and a tiny app."""

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
from typing import Any, Final, cast

from bench import corpus, program

RATE = 1_000
PRESSES = 200
CURSOR_COLUMN = "0,2,1,20"
"""The cells that hold the cursor's sign in the left lane at 160×45."""

PLACES: Final[dict[str, Any]] = {
    "lanes": {"keys": "j k", "response": ["--region", CURSOR_COLUMN]},
    # Each key changes the count of what would be published, as the platform counts it.
    "composer": {"setup": "r", "keys": "a b c d e f g", "response": ["--watch", r"─ (\d+) \w"]},
}
"""Where keys are pressed, which, and what answers them."""


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


def _measure(
    command: list[str], home: Path, *, keys: str, response: list[str], ready: str, setup: str = ""
) -> dict[str, float]:
    """Measure what pressing `keys` costs. response: what counts as one; setup: keys pressed before."""
    report = program.latency(
        ["--ready", ready, "--setup", setup, "--keys", keys, *response, "--count", str(PRESSES),
         "--warmup", "10", "--hold", "3", "--interval", "0.12"],
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
    """Measure the minimal app, then the lanes and the composer idle and under the stream, in one run."""
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
        peer = _measure(minimal, home, keys="down up", response=["--region", "0,0,60,12"], ready="row 1")
        with _engine(store, settings):
            idle = _places(console, home)
            stop, written = threading.Event(), [0]
            feeder = threading.Thread(target=_feed, args=(stream, stop, written))
            feeder.start()
            started = time.perf_counter()
            busy = _places(console, home)
            stop.set()
            feeder.join()
            fed = written[0] / (time.perf_counter() - started)
    figures: dict[str, object] = {"minimal app ms": peer, "fed mentions/s": round(fed)}
    for place in PLACES:
        figures |= {
            f"{place}: idle ms": idle[place],
            f"{place}: at {RATE}/s ms": busy[place],
            f"{place}: p50 busy ÷ idle (<= 1.5)": round(busy[place]["p50"] / idle[place]["p50"], 2),
            f"{place}: p99 busy ÷ idle (<= 2.5)": round(busy[place]["p99"] / idle[place]["p99"], 2),
            f"{place}: p50 idle ÷ minimal": round(idle[place]["p50"] / peer["p50"], 2),
        }
    return figures


def _places(console: list[str], home: Path) -> dict[str, dict[str, float]]:
    return {place: _measure(console, home, ready="▌", **asked) for place, asked in PLACES.items()}
