"""Kill -9, again and again: engines while they take a file in, consoles while they claim; then the count."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from cmconsole.core.event import EventKind
from cmconsole.store.contract import ENGINE_LEASE, Lease
from cmconsole.store.sqlite.store import SqliteStore

ROOT = Path(__file__).resolve().parents[3]
_TEXTS = (
    "Votre livraison a encore du retard, c'est honteux",
    "Thank you, the new shop is lovely",
    "Is it open on Sunday?",
    "Le produit est arrivé cassé, je veux un remboursement",
)
_WRITTEN_PER_SECOND = 400
_CLAIMERS = 3


@dataclass
class Figures:
    """What the drill came to."""

    engine_kills: int = 0
    console_kills: int = 0
    written: int = 0
    stored: int = 0
    lost: int = 0
    doubled: int = 0
    seen_and_gone: int = 0
    claims: int = 0
    claims_lost: int = 0
    double_claims: int = 0
    takeovers: list[float] = field(default_factory=list)

    def table(self) -> str:
        """Return the figures as lines to print."""
        took = sorted(self.takeovers)
        rows = [
            ("engine killed (kill -9) during ingest", self.engine_kills),
            ("consoles killed (kill -9) during claims", self.console_kills),
            ("mentions written / stored", f"{self.written:,} / {self.stored:,}"),
            ("mentions lost", self.lost),
            ("mentions or events doubled", self.doubled),
            ("acknowledged rows gone later", self.seen_and_gone),
            ("claims acknowledged", f"{self.claims:,}"),
            ("acknowledged claims lost", self.claims_lost),
            ("double claims", self.double_claims),
            ("takeover, seconds (median / longest)", f"{took[len(took) // 2]:.1f} / {took[-1]:.1f}"),
        ]
        return "\n".join(f"  {name:<42} {value:>20}" for name, value in rows)


class Stream(threading.Thread):
    """Appends lines to a file, as a listener would; some of them twice, some of them in two halves."""

    def __init__(self, path: Path, chance: Random) -> None:
        super().__init__(name="stream", daemon=True)
        self.path, self.written = path, 0
        self._chance, self._done = chance, threading.Event()
        path.touch()

    def run(self) -> None:
        with self.path.open("ab", buffering=0) as file:
            while not self._done.wait(0.02):
                lines = b"".join(self._line() for _ in range(_WRITTEN_PER_SECOND // 50))
                half = self._chance.randrange(len(lines))
                file.write(lines[:half])
                file.write(lines[half:])

    def _line(self) -> bytes:
        number = self.written
        self.written += 1
        author = {"handle": f"a{number % 997}", "followers": number % 150_000}
        line = {"id": f"n{number}", "text": f"{_TEXTS[number % 4]} {number}", "author": author}
        return (json.dumps(line) + "\n").encode() * (2 if number % 50 == 0 else 1)

    def finish(self) -> None:
        """Stop writing."""
        self._done.set()
        self.join()


class Scene:
    """Two engines and some consoles on one store."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.path = folder / "desk.db"
        self.chance = Random(seed)
        self.figures = Figures()
        self.stream = Stream(folder / "stream.ndjson", self.chance)
        self._folder = folder
        self._settings = folder / "settings.toml"
        self._settings.write_text(
            f'[sources.stream]\ntype = "ndjson"\nfollow = true\npath = "{self.stream.path}"\n',
            encoding="utf-8",
        )
        self._engines: dict[int, subprocess.Popen[bytes]] = {}
        self._claimers: dict[int, subprocess.Popen[bytes]] = {}
        self._started = 0

    def _python(self, *arguments: str) -> subprocess.Popen[bytes]:
        self._started += 1
        with (self._folder / f"process{self._started}.err").open("wb") as errors:
            return subprocess.Popen(
                [sys.executable, *arguments],
                env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
                stdout=subprocess.DEVNULL,
                stderr=errors,
            )

    def start_engine(self) -> None:
        """Start the real command."""
        engine = self._python(
            "-m", "cmconsole", "engine", "--stay", "--db", str(self.path), "--config", str(self._settings)
        )
        self._engines[engine.pid] = engine

    def start_claimer(self, number: int) -> None:
        """Start a console that claims."""
        script = Path(__file__).with_name("claimer.py")
        person = f"person{number}"
        acknowledged = self._folder / f"{person}.claims"
        seed = str(self.chance.randrange(1 << 30))
        self._claimers[number] = self._python(str(script), str(self.path), person, str(acknowledged), seed)

    def kill_engine(self, lease: Lease) -> None:
        """Kill -9 the engine that holds the lease."""
        pid = int(lease.holder.split(":")[1])
        engine = self._engines.pop(pid)
        assert engine.poll() is None, "the engine ended by itself"
        engine.kill()
        engine.wait()
        self.figures.engine_kills += 1

    def kill_claimer(self) -> None:
        """Kill -9 a console and start another for the same person."""
        number = self.chance.randrange(_CLAIMERS)
        claimer = self._claimers.pop(number)
        assert claimer.poll() is None, "the console ended by itself"
        claimer.kill()
        claimer.wait()
        self.figures.console_kills += 1
        self.start_claimer(number)

    def open_fire(self) -> None:
        """Start everybody."""
        self.stream.start()
        for _ in range(2):
            self.start_engine()
        for number in range(_CLAIMERS):
            self.start_claimer(number)

    def clear(self) -> None:
        """End everybody."""
        for process in (*self._engines.values(), *self._claimers.values()):
            process.kill()
            process.wait()


async def leader(store: SqliteStore, after: int) -> Lease:
    """Return the lease of the first engine at work with a token above `after`."""
    async with asyncio.timeout(90):
        while True:
            lease = await store.lease(ENGINE_LEASE)
            if lease is not None and lease.token > after and lease.expires_at > time.time() * 1000:
                return lease
            await asyncio.sleep(0.02)


async def taken(store: SqliteStore) -> int:
    """Return how many mentions the store says it has taken from the stream."""
    return sum(state.taken for state in await store.source_states())


async def drill(folder: Path, kills: int, seed: int = 1) -> Figures:
    """Kill the engine at work `kills` times, and consoles as often; then let all be taken in, and count."""
    scene = Scene(folder, seed)
    store = SqliteStore(scene.path)
    await store.open()
    try:
        scene.open_fire()
        await _fire(scene, store, kills)
        scene.stream.finish()
        await _calm(scene, store)
    finally:
        scene.clear()
        await store.close()
    store = SqliteStore(scene.path)
    await store.open()
    try:
        await _count(scene, store)
    finally:
        await store.close()
    return scene.figures


async def _fire(scene: Scene, store: SqliteStore, kills: int) -> None:
    token = most = 0
    killed_at: float | None = None
    for _ in range(kills):
        lease = await leader(store, token)
        token = lease.token
        if killed_at is not None:
            scene.figures.takeovers.append(time.monotonic() - killed_at)
            scene.start_engine()
        # Killed while it works: the file has grown during the takeover, so there is plenty to take in.
        before = await taken(store)
        scene.figures.seen_and_gone += max(0, most - before)
        async with asyncio.timeout(90):
            while await taken(store) == before:  # noqa: ASYNC110 - another process takes them
                await asyncio.sleep(0.001)
        await asyncio.sleep(scene.chance.random() * 0.5)
        most = await taken(store)
        scene.kill_engine(lease)
        killed_at = time.monotonic()
        await asyncio.sleep(scene.chance.random())
        scene.kill_claimer()
    await leader(store, token)
    if killed_at is not None:
        scene.figures.takeovers.append(time.monotonic() - killed_at)


async def _calm(scene: Scene, store: SqliteStore) -> None:
    """Wait until everything that was written is taken in."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(60):
            while await taken(store) < scene.stream.written:  # noqa: ASYNC110 - another process takes them
                await asyncio.sleep(0.05)


async def _count(scene: Scene, store: SqliteStore) -> None:
    figures = scene.figures
    found: Counter[str] = Counter()
    async for item in store.export():
        mentions = item["mentions"]
        assert isinstance(mentions, list)
        found.update(mention["native_id"] for mention in mentions)
        figures.doubled += item["messages"] != len(mentions)
    figures.written, figures.stored = scene.stream.written, found.total()
    figures.lost = len({f"n{number}" for number in range(scene.stream.written)} - found.keys())
    figures.doubled += sum(count - 1 for count in found.values())
    figures.doubled += abs(await taken(store) - figures.stored)
    await _count_claims(store, figures, _acknowledged(scene.path.parent))


def _acknowledged(folder: Path) -> set[tuple[int, str, int]]:
    """Return what the consoles were told: (conversation, person, at) of every claim."""
    return {
        (int(conversation), file.stem, int(at))
        for file in folder.glob("*.claims")
        for conversation, at, _until in map(str.split, file.read_text(encoding="utf-8").splitlines())
    }


async def _count_claims(
    store: SqliteStore, figures: Figures, acknowledged: set[tuple[int, str, int]]
) -> None:
    """Go through the feed in commit order: every acknowledged claim is there, and no two hold at once."""
    committed: set[tuple[int | None, str, int]] = set()
    holds: dict[int | None, tuple[str, int]] = {}
    seq, kinds = 0, (EventKind.CONVERSATION_CLAIMED, EventKind.CLAIM_RELEASED)
    while events := await store.events(seq, kinds=kinds):
        seq = events[-1].seq
        for event in events:
            if event.kind == EventKind.CLAIM_RELEASED:
                holds.pop(event.conversation_id, None)
                continue
            holder, until = holds.get(event.conversation_id, ("", 0))
            figures.double_claims += holder not in {"", event.person} and event.at < until
            holds[event.conversation_id] = (event.person, int(event.data["until"] or 0))
            committed.add((event.conversation_id, event.person, event.at))
    figures.claims = len(acknowledged)
    figures.claims_lost = len(acknowledged - committed)
