"""Processes killed while they write: nothing acknowledged is lost, nothing is twice, no claim is shared."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

WORKER = Path(__file__).with_name("store_worker.py")


class Worker:
    """A running worker and the lines it has acknowledged."""

    def __init__(self, what: str, path: Path, name: str) -> None:
        self.name = name
        self.lines: list[list[str]] = []
        self.process = subprocess.Popen(
            [sys.executable, str(WORKER), what, str(path), name],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.endswith("\n"):
                self.lines.append(line.split())

    def wait_for(self, lines: int) -> None:
        """Wait until so many steps were acknowledged; fails if the worker ends before."""
        deadline = time.monotonic() + 60
        while len(self.lines) < lines:
            assert self.process.poll() is None, self.kill()
            assert time.monotonic() < deadline, "the worker acknowledges nothing"
            time.sleep(0.002)

    def kill(self) -> str:
        """Kill it as a power cut would, and return what it had complained of."""
        os.kill(self.process.pid, signal.SIGKILL)
        self._reader.join()
        _, complaints = self.process.communicate()
        return complaints


def _check(path: Path, acknowledged: int, claims: dict[int, str]) -> int:
    """Check the whole file against what was acknowledged; return how many mentions it holds."""
    plain = sqlite3.connect(path)
    try:
        assert plain.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert plain.execute("PRAGMA foreign_key_check").fetchall() == []
        plain.execute("INSERT INTO mention_text (mention_text, rank) VALUES ('integrity-check', 1)")
        plain.rollback()
        numbers = [
            int(native_id[1:]) for (native_id,) in plain.execute("SELECT native_id FROM mention ORDER BY id")
        ]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) >= acknowledged
        taken = plain.execute(
            "SELECT conversation_id FROM event WHERE kind = 'mention.taken' ORDER BY seq"
        ).fetchall()
        assert taken == plain.execute("SELECT conversation_id FROM mention ORDER BY id").fetchall()
        ((counted,),) = plain.execute("SELECT sum(n) FROM tally")
        ((conversations, messages),) = plain.execute("SELECT count(*), sum(messages) FROM conversation")
        assert (counted, messages) == (conversations, len(numbers))
        ((cursor, known),) = plain.execute("SELECT cursor, taken FROM source")
        assert (int(cursor), known) == (len(numbers), len(numbers))
        held = dict(plain.execute("SELECT id, claim_person FROM conversation WHERE claim_person IS NOT NULL"))
        assert {number: held.get(number) for number in claims} == claims
        told = plain.execute(
            "SELECT conversation_id FROM event WHERE kind = 'conversation.claimed'"
        ).fetchall()
        assert max(Counter(told).values(), default=0) <= 1
        return len(numbers)
    finally:
        plain.close()


def _drill(path: Path, kills: int) -> None:
    random.seed(kills)
    acknowledged, claims = 0, {}
    for round_ in range(kills):
        engine, console = Worker("ingest", path, "engine"), Worker("claim", path, f"person{round_}")
        other = Worker("claim", path, f"colleague{round_}")
        engine.wait_for(random.randint(1, 6))
        console.wait_for(random.randint(1, 12))
        time.sleep(random.random() * 0.02)
        victims = [engine, console]
        random.shuffle(victims)
        complaints = [victim.kill() for victim in (*victims, other)]
        assert complaints == ["", "", ""]
        acknowledged = max([acknowledged, *(int(line[0]) for line in engine.lines)])
        for worker in (console, other):
            for number, *_ in worker.lines:
                assert int(number) not in claims, "two people were told that they hold it"
                claims[int(number)] = worker.name
        total = _check(path, acknowledged, claims)
        print(f"kill {round_ + 1}: {acknowledged} acknowledged, {total} stored, {len(claims)} claims")


def test_a_few_kills_lose_nothing(tmp_path: Path) -> None:
    _drill(tmp_path / "desk.db", 3)


@pytest.mark.drill
def test_fifty_kills_lose_nothing(tmp_path: Path) -> None:
    _drill(tmp_path / "desk.db", 50)


def test_four_claim_beside_an_engine_without_error_or_double_claim(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    engine = Worker("ingest", path, "engine")
    engine.wait_for(3)
    people = [Worker("claim", path, f"person{number}") for number in range(4)]
    for person in people:
        person.wait_for(60)
    batches = len(engine.lines)
    assert [worker.kill() for worker in (*people, engine)] == [""] * 5

    claimed = Counter(int(line[0]) for person in people for line in person.lines)
    assert max(claimed.values()) == 1
    times = sorted(float(line[1]) for person in people for line in person.lines)
    median, slow = times[len(times) // 2], times[len(times) * 99 // 100]
    print(f"{len(times)} claims beside {batches} batches: p50 {median} p99 {slow} ms")
    assert slow < 1_000
    _check(path, max(int(line[0]) for line in engine.lines), {})


def test_intake_goes_on_while_people_claim_without_rest(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    engine = Worker("ingest", path, "engine")
    engine.wait_for(3)
    people = [Worker("claim", path, f"person{number}") for number in range(3)]
    people[0].wait_for(5)
    before = len(engine.lines)
    engine.wait_for(before + 10)

    assert [worker.kill() for worker in (*people, engine)] == [""] * 4
