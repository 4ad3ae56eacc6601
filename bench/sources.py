"""Ten sources at once, 200 mentions a second in all: lag to the commit, memory, processor, requests."""

from __future__ import annotations

import json
import os
import random
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import httpx

from bench import program
from bench.crowd import HOOK, RATES, WINDOWS, distinct
from cmconsole.config import secrets

MINUTES = 10.0
FULL = 220_000
"""Mentions taken in before anything is measured."""

_PATIENCE = 180.0
_REST = 30.0
_BEFORE = "before-"
_ROOT = Path(__file__).resolve().parent.parent
_TOKEN = "bench-hook-token-0123456789"
_TOLD_AS = {"app_password": "password"}

SOURCES: Mapping[str, Mapping[str, Any]] = {
    "x": {"type": "x", "interval_seconds": 15},
    "x2": {"type": "x", "streaming": True, "interval_seconds": 60},
    "reddit": {"type": "reddit", "interval_seconds": 30},
    **{f"mastodon{which}": {"type": "mastodon", "interval_seconds": 60} for which in ("", "2", "3")},
    **{f"bluesky{which}": {"type": "bluesky", "interval_seconds": 10} for which in ("", "2")},
    "feed": {"type": "feed", "interval_seconds": 60},
    HOOK: {"type": "webhook"},
}
_HOW: Mapping[str, str] = {
    "x": "asked every 15 s",
    "x2": "stream",
    "reddit": "asked every 30 s",
    "bluesky": "asked every 10 s",
    "bluesky2": "asked every 10 s",
    "feed": "asked every 60 s",
    HOOK: "posted to us 4 times a second",
}


Said: TypeAlias = Mapping[str, Sequence[tuple[str, int]]]
"""By source: the id of each mention, and when it was said."""


@dataclass
class Engine:
    """The engine under measurement."""

    process: subprocess.Popen[bytes]

    def memory(self) -> int:
        """Return its resident memory in kB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])

    def busy(self) -> float:
        """Return the seconds of processor time it has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def settings(places: Mapping[str, Any], port: int) -> str:
    """Return the settings of the ten sources."""
    tables: dict[str, Mapping[str, Any]] = {"brand": {"name": "Velora"}}
    for name, source in SOURCES.items():
        said = dict(source)
        if name == HOOK:
            said["listen"] = f"127.0.0.1:{port}"
        elif name == "feed":
            said["url"] = f"{places[name]['server']}/feed"
        else:
            account = {"platform": source["type"], "handle": places[name]["handle"]}
            tables[f"accounts.{name}"] = {**account, "server": places[name]["server"]}
            said["account"] = name
        tables[f"sources.{name}"] = said
    # The strings, numbers and lists of JSON are TOML as well.
    return "\n".join(
        f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
        for name, table in tables.items()
    )


def environment(home: Path, places: Mapping[str, Any]) -> dict[str, str]:
    """Return the engine's environment: folders of its own, and the twin's secrets."""
    found = {**program.environment(home), secrets.variable(HOOK, "token"): _TOKEN}
    for name, source in SOURCES.items():
        for key in secrets.KEYS.get(source["type"], ()) if name in places else ():
            told = _TOLD_AS.get(key.name, key.name)
            if told in places[name]["credentials"]:
                found[secrets.variable(name, key.name)] = places[name]["credentials"][told]
    return found


def run(minutes: float = MINUTES) -> dict[str, object]:
    """Let the crowd talk for so long, and measure."""
    with tempfile.TemporaryDirectory(dir=program.workplace()) as name, ExitStack() as stack:
        home = Path(name)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        hook = f"http://127.0.0.1:{port}/v1/mentions"
        command = [sys.executable, "-m", "bench.crowd", str(minutes * 60), hook, _TOKEN]
        crowd = stack.enter_context(
            subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
        stack.callback(crowd.kill)
        places = json.loads(_line(crowd))
        engine = Engine(
            stack.enter_context(_started(home, settings(places, port), environment(home, places)))
        )
        stack.callback(engine.process.terminate)
        store = home / "desk.db"
        _wait(lambda: _ready(store), "the sources are not read")
        fresh = engine.memory()
        _fill(hook, store, FULL)
        figures, said = _measured(engine, crowd, store, minutes)
        late = _wait(lambda: _count(store) >= FULL + sum(map(len, said.values())), "", _PATIENCE)
        figures["engine memory when it had read nothing, MB"] = round(fresh / 1024, 1)
        figures["all there after the last was said, s"] = round(late, 1)
        print("end", file=crowd.stdin, flush=True)
        told = json.loads(_line(crowd))
        return {**_lags(store, said), **figures, **_requests(told), **_counts(store, said)}


def _started(home: Path, text: str, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
    file = home / "settings.toml"
    file.write_text(text, encoding="utf-8")
    command = [*program.PROGRAM, "engine", "--stay", "--db", str(home / "desk.db"), "--config", str(file)]
    with (home / "engine.log").open("wb") as log:
        return subprocess.Popen(
            command, cwd=_ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )


def _fill(hook: str, store: Path, count: int) -> None:
    """Post so many mentions as fast as they are kept, and let the engine come to rest.

    They fill what the engine keeps in memory and bounds: 64 MB of SQLite's pages, and the last 200,000 texts
    that others may repeat. Flat means flat after that.
    """
    crowd = random.Random(5)
    with httpx.Client(headers={"Authorization": f"Bearer {_TOKEN}"}, timeout=60) as client:
        for first in range(0, count, 500):
            moment = datetime.now(UTC).isoformat()
            items = [
                {"id": f"{_BEFORE}{number}", "author": f"p{number % 977}", "created_at": moment, "text": text}
                for number, text in ((it, distinct(crowd, it)) for it in range(first, first + 500))
            ]
            while client.post(hook, json=items).status_code != httpx.codes.ACCEPTED:
                time.sleep(1)
    _wait(lambda: _count(store) >= count, "the filling is not kept", _PATIENCE)
    time.sleep(_REST)


def _measured(
    engine: Engine, crowd: subprocess.Popen[str], store: Path, minutes: float
) -> tuple[dict[str, object], Said]:
    """Let them talk; return memory and processor of the engine meanwhile, and what was said."""
    print("go", file=crowd.stdin, flush=True)
    began, used = time.monotonic(), engine.busy()
    step, memory = min(60.0, minutes * 30), list[float]()
    while (left := minutes * 60 - (time.monotonic() - began)) > 0:
        time.sleep(min(step, left))
        memory.append(round(engine.memory() / 1024, 1))
    said = json.loads(_line(crowd))
    share = (engine.busy() - used) / (time.monotonic() - began)
    figures: dict[str, object] = {
        f"engine memory every {step:.0f} s, MB": " ".join(map(str, memory)),
        "memory, last to first (<= 1.1)": round(memory[-1] / memory[0], 3),
        "engine, share of one processor": f"{share:.0%}",
        "stored when the last was said": _count(store),
    }
    return figures, said


def _lags(store: Path, said: Said) -> dict[str, object]:
    """Return the time from somebody's saying it to its commit, by source and in all.

    By the crowd's own clock, which is this machine's: X, Reddit and the feed tell whole seconds only.
    """
    moments = {(name, native_id): at for name, items in said.items() for native_id, at in items}
    found: dict[str, list[int]] = {name: [] for name in SOURCES}
    for source, native_id, received_at in _rows(store, "SELECT source, native_id, received_at FROM mention"):
        if not native_id.startswith(_BEFORE):
            found[source].append(received_at - moments[source, native_id])
    rows: dict[str, object] = {}
    for name, lags in found.items():
        how = _HOW.get(name, "stream")
        rows[f"{name} ({how}, {RATES[name]:.0f}/s, {len(said[name]):,} said)"] = _lag(lags)
    asked = [lag for name, lags in found.items() for lag in lags if "asked" in _HOW.get(name, "")]
    live = [lag for name, lags in found.items() for lag in lags if "asked" not in _HOW.get(name, "")]
    rows["all that is asked for"], rows["all that comes by itself"] = _lag(asked), _lag(live)
    rows["all"] = _lag(asked + live)
    return rows


def _lag(lags: list[int]) -> str:
    if not lags:
        return "nothing came"
    ordered = sorted(lags)
    half, most = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return f"lag p50 {half / 1000:6.2f} s   p99 {most / 1000:6.2f} s"


def _requests(told: Mapping[str, Any]) -> dict[str, object]:
    rows: dict[str, object] = {}
    for name, asked in told["asked"].items():
        limit = WINDOWS.get(name) or WINDOWS.get(name.rstrip("23"))
        granted = (
            f"most {asked['most']} of {limit[0]:,} in {limit[1]} min {limit[2]}".rstrip() if limit else "-"
        )
        rows[f"requests to {name}"] = f"{asked['requests']}, {granted}"
    rows["posts the webhook turned away"] = told["refused"]
    return rows


def _counts(store: Path, said: Said) -> dict[str, object]:
    rows = _rows(store, "SELECT source, native_id FROM mention")
    kept = {(source, native_id) for source, native_id in rows if not native_id.startswith(_BEFORE)}
    all_said = {(name, native_id) for name, items in said.items() for native_id, _ in items}
    ((messages,),) = _rows(store, "SELECT sum(messages) FROM conversation")
    ((aside,),) = _rows(store, "SELECT count(*) FROM set_aside")
    lost, strange = len(all_said - kept), len(kept - all_said)
    return {
        "said": f"{len(all_said):,}",
        "lost (0)": lost,
        "doubled (0)": strange + abs(messages - len(rows)),
        "set aside (0)": aside,
    }


def _ready(store: Path) -> bool:
    found = _rows(store, "SELECT name, cursor IS NOT NULL, health FROM source")
    placed = [name for name, has_place, health in found if has_place or (name == HOOK and health == "ok")]
    return len(placed) == len(SOURCES)


def _count(store: Path) -> int:
    return int(_rows(store, "SELECT count(*) FROM mention")[0][0])


def _rows(store: Path, sql: str) -> list[Any]:
    """Return what the store answers; nothing before it is made."""
    try:
        with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=30)) as plain:
            return plain.execute(sql).fetchall()
    except sqlite3.OperationalError:
        return []


def _line(crowd: subprocess.Popen[str]) -> str:
    assert crowd.stdout is not None
    line = crowd.stdout.readline()
    if not line:
        msg = "the crowd ended by itself"
        raise AssertionError(msg)
    return line


def _wait(done: Any, complaint: str, patience: float = 60.0) -> float:
    """Wait until something is so, and return the seconds; with a complaint it must be so in time."""
    began = time.monotonic()
    while not done() and time.monotonic() - began < patience:
        time.sleep(0.1)
    waited = time.monotonic() - began
    if waited >= patience and complaint:
        raise AssertionError(complaint)
    return waited
