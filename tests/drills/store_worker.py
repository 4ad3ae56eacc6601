"""A process that a drill may kill: takes mentions in or claims conversations, and says what was done.

Usage: python store_worker.py ingest|claim PATH NAME. One line on standard output for each acknowledged step.
"""

from __future__ import annotations

import asyncio
import sys
import time
from functools import partial
from pathlib import Path

from cmconsole.core import moves
from cmconsole.core.errors import ClaimHeldError
from cmconsole.core.mention import Author, Mention
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.verdict import Kind, Lane, Priority, Verdict
from cmconsole.store.contract import Intake
from cmconsole.store.sqlite import SqliteStore

NOW = 1_800_000_000_000
VERDICT = Verdict(Lane.COMPLAINTS, Priority.HIGH, Kind.COMPLAINT)
BATCH = 100
WORDS = ["colis", "cassé", "jamais", "arrivé", "déjà", "payé", "attente", "service", "bonjour", "merci"]


def mention(number: int) -> Mention:
    """Return the numbered mention of the endless stream that every ingesting worker reads."""
    author = Author("x", f"user{number * 7919 % 5003}", name=f"User {number % 5003}")
    text = " ".join(WORDS[(number + step) * 31 % len(WORDS)] for step in range(12))
    return Mention("x", f"m{number}", author, f"{text} {number}", NOW + number, source="stream")


async def ingest(store: SqliteStore, name: str) -> None:
    """Go on from the committed cursor for ever; the batch before it is read again, as sources may."""
    cursors = [int(state.cursor or 0) for state in await store.source_states()]
    start = max(0, sum(cursors) - BATCH // 2)
    while True:
        numbers = range(start, start + BATCH)
        items = [(mention(number), VERDICT) for number in numbers]
        await store.ingest(Intake("stream", "x", items, cursor=str(numbers.stop)), SlaPolicy(), NOW)
        print(numbers.stop, flush=True)
        start = numbers.stop


async def claim(store: SqliteStore, name: str) -> None:
    """Claim whatever is next and still free, for ever; print conversation and milliseconds it took."""
    after = 0
    while True:
        free = [it for it in await store.conversations(range(after + 1, after + 21)) if not it.holder(NOW)]
        if not free:
            after = after + 20 if after + 20 <= await store.last_seq() else 0
            await asyncio.sleep(0.005)
            continue
        for it in free:
            begun = time.perf_counter()
            try:
                await store.change(it.id, partial(moves.claim, person=name, now=NOW), person=name, now=NOW)
            except ClaimHeldError:
                continue
            print(it.id, round((time.perf_counter() - begun) * 1_000, 2), flush=True)
            await asyncio.sleep(0.002)


async def main(what: str, path: str, name: str) -> None:
    """Run until killed."""
    store = SqliteStore(Path(path), role="engine" if what == "ingest" else "console")
    await store.open()
    try:
        await {"ingest": ingest, "claim": claim}[what](store, name)
    finally:
        await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
