"""Ingest, end to end, against raw sqlite3.executemany of the same rows; at empty and at a million stored."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from pathlib import Path

from bench import corpus, program

COUNT = 100_000
STORED = 1_000_000


def raw_rate(store: Path, folder: Path) -> float:
    """Return rows a second of executemany into the same table and indexes: one transaction, nothing else."""
    source = sqlite3.connect(store)
    rows = source.execute("SELECT * FROM mention ORDER BY id").fetchall()
    schema = [
        sql
        for (sql,) in source.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'mention' AND type IN ('table', 'index')"
            " AND sql IS NOT NULL ORDER BY type DESC"
        )
    ]
    source.close()
    target = sqlite3.connect(folder / "raw.sqlite", isolation_level=None)
    target.executescript(
        "PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
    )
    for statement in schema:
        target.execute(statement)
    marks = ",".join("?" * len(rows[0]))
    started = time.perf_counter()
    target.execute("BEGIN IMMEDIATE")
    target.executemany(f"INSERT INTO mention VALUES ({marks})", rows)
    target.execute("COMMIT")
    took = time.perf_counter() - started
    target.close()
    return len(rows) / took


def run() -> dict[str, float]:
    """Measure and return the figures; ratios are what counts."""
    place = program.workplace()
    with tempfile.TemporaryDirectory(dir=place) as name:
        folder = Path(name)
        source = folder / "corpus.ndjson"
        corpus.write(source, COUNT)
        program.ingest(folder / "warm-up.sqlite", source)
        empty = program.ingest(folder / "empty.sqlite", source)
        raw = raw_rate(folder / "empty.sqlite", folder)
        full_store = program.filled(place, STORED)
        grown = folder / "grown" / "desk.sqlite"
        grown.parent.mkdir()
        for part in full_store.parent.glob("desk.sqlite*"):
            shutil.copy2(part, grown.parent / part.name)
        corpus.write(source, COUNT, first=STORED)
        full = program.ingest(grown, source)
    if (empty.new, full.new) != (COUNT, COUNT):
        msg = f"not everything was taken: {empty}, {full}"
        raise AssertionError(msg)
    return {
        "raw executemany rows/s": round(raw),
        "ingest at empty mentions/s": round(empty.rate),
        f"ingest at {STORED:,} mentions/s": round(full.rate),
        "ratio to raw (>= 0.15)": round(empty.rate / raw, 3),
        "ratio full to empty (>= 0.45)": round(full.rate / empty.rate, 3),
    }
