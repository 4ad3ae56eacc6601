"""Brings snoozed conversations back when their time has come."""

from __future__ import annotations

import asyncio

from cmconsole.core.clock import Clock
from cmconsole.core.source import BATCH_LIMIT
from cmconsole.engine.options import Sleep
from cmconsole.store.contract import IntakeStore

_LOOK = 1.0
"""Seconds between two looks: the wake-up time people choose is in whole minutes."""


async def wake(store: IntakeStore, clock: Clock, sleep: Sleep = asyncio.sleep) -> None:
    """Wake what is due, every second, for ever; at most BATCH_LIMIT conversations a transaction."""
    while True:
        while await store.wake_due(clock.now(), BATCH_LIMIT) >= BATCH_LIMIT:
            await sleep(0)
        await sleep(_LOOK)
