"""A console that only claims: `python claimer.py STORE PERSON ACKNOWLEDGED SEED`, until it is killed.

Every claim that the store confirmed is written to the file ACKNOWLEDGED, one `id at until` a line.
"""

from __future__ import annotations

import asyncio
import os
import sys
from functools import partial
from pathlib import Path
from random import Random

from cmconsole.config.clock import SystemClock
from cmconsole.core import moves
from cmconsole.core.errors import ClaimHeldError, IllegalMoveError, NotFoundError, StoreBusyError
from cmconsole.core.verdict import Lane
from cmconsole.store.contract import Presence
from cmconsole.store.sqlite.store import SqliteStore

HOLD = 400
"""Milliseconds a claim holds: short, for claims to change hands while all want the same few rows."""


async def claim_for_ever(path: Path, person: str, acknowledged: Path, chance: Random) -> None:
    """Claim one of the first rows of a lane, sometimes let go of it again, and so on."""
    clock = SystemClock()
    store = SqliteStore(path)
    await store.open()
    told = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    while True:
        await store.beat(Presence(person, person, clock.now(), None))
        for conversation in await store.lane(chance.choice([*Lane]), 5):
            now = clock.now()
            claim = partial(moves.claim, person=person, now=now, hold=HOLD)
            try:
                change = await store.change(conversation.id, claim, person=person, now=now)
            except (ClaimHeldError, IllegalMoveError, NotFoundError, StoreBusyError):
                continue
            assert change.conversation.claim is not None
            os.write(told, f"{conversation.id} {now} {change.conversation.claim.until}\n".encode())
            if chance.random() < 0.3:
                now = clock.now()
                release = partial(moves.release, person=person, now=now)
                try:
                    await store.change(conversation.id, release, person=person, now=now)
                except (ClaimHeldError, StoreBusyError):
                    continue
        await asyncio.sleep(0.005)


if __name__ == "__main__":
    _program, store_path, who, file, seed = sys.argv
    asyncio.run(claim_for_ever(Path(store_path), who, Path(file), Random(int(seed))))
