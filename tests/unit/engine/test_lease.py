"""The lease: one engine at work, heartbeats through trouble, a standby that takes over, a store given up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cmconsole.config.tasks import spawn
from cmconsole.core.clock import SECOND
from cmconsole.core.errors import LeaseLostError, StoreBusyError, StoreError, StoreVersionError
from cmconsole.engine import process
from cmconsole.engine.ending import Cause, Ending
from cmconsole.engine.lease import FATAL, LeaseKeeper
from cmconsole.engine.options import HEARTBEAT, TTL, EngineOptions
from tests.unit.engine.parts import NOON, Time
from tests.unit.engine.stored import FaultyStore


@pytest.fixture
async def faulty(tmp_path: Path) -> AsyncIterator[FaultyStore]:
    store = FaultyStore(tmp_path / "desk.db")
    await store.open()
    yield store
    await store.close()


def keeper(store: FaultyStore, time: Time, holder: str = "one") -> LeaseKeeper:
    return LeaseKeeper(store, time, holder, Ending(), time.sleep)


def test_two_engines_never_have_the_same_name() -> None:
    assert EngineOptions().holder != EngineOptions().holder


async def test_the_lease_is_one_engines_until_it_runs_out_or_is_given_back(faulty: FaultyStore) -> None:
    time = Time()
    one, two = keeper(faulty, time), keeper(faulty, time, "two")
    lease = await one.taken()
    assert lease is not None
    assert await two.taken() is None
    assert await process.is_running(faulty, time)

    await one.release(lease)
    assert not await process.is_running(faulty, time)
    second = await two.taken()
    assert second is not None
    assert second.token > lease.token

    time.at += TTL
    third = await one.taken()
    assert third is not None
    assert third.token > second.token


async def test_a_standby_takes_over_within_ten_seconds_of_the_last_heartbeat(faulty: FaultyStore) -> None:
    time = Time()
    assert await keeper(faulty, time).taken() is not None

    await keeper(faulty, time, "two").standby()

    assert TTL <= time.now() - NOON <= 10 * SECOND


async def test_heartbeats_keep_the_lease_and_the_loss_of_it_is_told(faulty: FaultyStore) -> None:
    time = Time()
    one = keeper(faulty, time)
    lease = await one.taken()
    assert lease is not None
    beating = spawn(one.heartbeat(lease), name="heartbeat", on_error=lambda _error: None)
    async with asyncio.timeout(60):
        while time.now() < NOON + 10 * TTL:
            await asyncio.sleep(0)
            asked = time.now()
            held = await faulty.lease("engine")
            assert held is not None
            assert held.expires_at > asked - HEARTBEAT
    # Away for longer than the lease lasts: sooner or later another engine is faster than the next heartbeat.
    async with asyncio.timeout(60):
        time.at += 10 * TTL
        while await keeper(faulty, time, "two").taken() is None:
            time.at += 10 * TTL
    with pytest.raises(LeaseLostError):
        await beating


async def test_a_heartbeat_that_fails_is_repeated(faulty: FaultyStore) -> None:
    time = Time()
    one = keeper(faulty, time)
    lease = await one.taken()
    assert lease is not None
    faulty.faults.lease = [StoreBusyError("busy"), StoreError("disk error"), LeaseLostError("lost")]

    with pytest.raises(LeaseLostError):
        await one.heartbeat(lease)

    assert time.slept == [2, 1, 1]
    assert one.ending.cause is None


async def test_a_store_that_fails_for_a_minute_is_given_up_but_a_busy_one_is_not(faulty: FaultyStore) -> None:
    time = Time()
    one = keeper(faulty, time)
    lease = await one.taken()
    assert lease is not None
    faulty.faults.lease = [StoreBusyError("busy")] * 300
    faulty.faults.lease += [StoreError("The disk is full.")] * 200
    beating = spawn(one.heartbeat(lease), name="heartbeat")
    async with asyncio.timeout(60):
        await one.ending.wait()
    beating.cancel()
    await asyncio.wait({beating})

    assert one.ending.cause is Cause.BROKEN
    assert "The disk is full." in one.ending.words
    assert time.now() >= NOON + 300 * SECOND + FATAL


async def test_a_store_of_a_newer_program_is_given_up_at_once(faulty: FaultyStore) -> None:
    time = Time()
    one = keeper(faulty, time)
    lease = await one.taken()
    assert lease is not None
    faulty.faults.lease = [StoreVersionError("newer")]
    beating = spawn(one.heartbeat(lease), name="heartbeat")
    async with asyncio.timeout(60):
        await one.ending.wait()
    beating.cancel()
    await asyncio.wait({beating})

    assert one.ending.cause is Cause.BROKEN
