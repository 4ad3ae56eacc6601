"""One turn at work: every worker under supervision, from the lease taken to the lease given back or lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cmconsole.config.tasks import spawn
from cmconsole.core.clock import Clock
from cmconsole.core.errors import StoreError
from cmconsole.core.lookup import Lookup
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import Source
from cmconsole.engine.accounts import AccountPlan, Accounts
from cmconsole.engine.anew import JudgingAnew
from cmconsole.engine.clustering import Clustering
from cmconsole.engine.ending import Cause, Ending, first
from cmconsole.engine.housekeeping import Housekeeping
from cmconsole.engine.intake import Intake
from cmconsole.engine.lease import LeaseKeeper
from cmconsole.engine.lessons import Lessons
from cmconsole.engine.options import EngineOptions, Sleep
from cmconsole.engine.outbox import Outbox
from cmconsole.engine.pausing import Pauses
from cmconsole.engine.rechecking import Rechecking
from cmconsole.engine.redaction import in_words
from cmconsole.engine.sending import Terms
from cmconsole.engine.speaking import Voice
from cmconsole.engine.supervision import Supervisor
from cmconsole.engine.tips import Tips
from cmconsole.engine.vips import MarkedAuthors
from cmconsole.engine.wake import wake
from cmconsole.store.contract import Lease, Store
from cmconsole.triage.judge import Judge

_log = logging.getLogger(__name__)

_GRACE = 8.0
"""Seconds that the batch in flight, and calls to platforms, are given: the store's busy time-out and more."""

Work = tuple[str, Callable[[], Awaitable[None]]]
"""A worker's name and what it does."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What an engine is made of.

    accounts: those to be checked. lookups: who asks about single posts, by platform. voices: whom replies may
    leave as, and on what terms.
    """

    store: Store
    sources: Sequence[Source]
    judge: Judge
    policy: SlaPolicy
    clock: Clock
    options: EngineOptions = field(default_factory=EngineOptions)
    sleep: Sleep = asyncio.sleep
    accounts: Sequence[AccountPlan] = ()
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    voices: Sequence[Voice] = ()
    terms: Terms = field(default_factory=Terms)


async def work(parts: Parts, keeper: LeaseKeeper, lease: Lease, engine: Ending) -> None:
    """Work under the lease until the engine has to end, or the lease is lost: then all work stops at once.

    The batch in flight is finished, or refused by the store when the lease is gone; no other is begun. So is
    every reply that is being sent.
    """
    turn = Ending()
    vips = MarkedAuthors(parts.store, parts.sleep)
    lessons = Lessons(parts.store, parts.judge, parts.clock, lambda: lease, parts.sleep)
    pauses = Pauses(parts.store, parts.sleep)
    intake = Intake(
        parts.store, parts.judge, vips, parts.policy, parts.clock, lambda: lease, pauses, parts.sleep
    )
    accounts = Accounts(parts.store, parts.accounts, parts.clock, lambda: lease, parts.sleep)
    outbox = Outbox(parts.store, parts.voices, parts.terms, parts.clock, lambda: lease, parts.sleep)
    await vips.refresh()
    await lessons.recall()
    await intake.prepare(parts.sources)
    supervisor = Supervisor(parts.clock, turn, parts.sleep)
    _log.info("at work holder=%s turn=%d sources=%d", lease.holder, lease.token, len(parts.sources))
    heartbeat = _start(supervisor, ("heartbeat", lambda: keeper.heartbeat(lease)))
    commit = _start(supervisor, ("commit", intake.commit))
    await accounts.begin()
    chores = [
        *_chores(parts, vips, lessons, lambda: lease),
        ("pauses", pauses.follow),
        ("accounts", accounts.follow),
    ]
    others = [_start(supervisor, worker) for worker in (*intake.readers(), *chores)]
    sending = [_start(supervisor, worker) for worker in outbox.workers()]
    try:
        await first(turn, engine)
        await intake.stop()
        await cancelled(others)
        sending.append(spawn(outbox.finish(), name="outbox ends"))
        await asyncio.wait({commit, sending[-1]}, timeout=_GRACE)
    finally:
        await cancelled([*others, *sending, commit, heartbeat])
        await outbox.aclose()
    _log.info("work stopped reason=%s", turn.words or engine.words)
    if turn.cause is Cause.BROKEN:
        engine.ask(Cause.BROKEN, turn.words)
    if turn.cause is not Cause.LEASE_LOST:
        await _hand_back(intake, keeper, lease)


def _chores(parts: Parts, vips: MarkedAuthors, lessons: Lessons, lease: Callable[[], Lease]) -> list[Work]:
    """Return the workers beside intake."""
    store, clock, sleep = parts.store, parts.clock, parts.sleep
    clustering = Clustering(store, clock, lease, sleep)
    anew = JudgingAnew(store, parts.judge, parts.policy, clock, lease, sleep)
    outside = (store, parts.lookups, parts.judge, vips, parts.policy, clock, lease, sleep)
    rechecking, tips = Rechecking(*outside), Tips(*outside)
    house = Housekeeping(parts.store, parts.clock, parts.options.retention, parts.sleep)
    return [
        ("vips", vips.follow),
        ("lessons", lessons.follow),
        ("clustering", clustering.follow),
        ("judging anew", anew.catch_up),
        ("rechecking", rechecking.follow),
        ("tips", tips.follow),
        ("wake", lambda: wake(parts.store, parts.clock, parts.sleep)),
        ("housekeeping", house.keep_house),
    ]


def _start(supervisor: Supervisor, worker: Work) -> asyncio.Task[None]:
    name, task = worker
    return spawn(supervisor.keep(name, task), name=name)


async def _hand_back(intake: Intake, keeper: LeaseKeeper, lease: Lease) -> None:
    try:
        await intake.pause()
    except StoreError as error:
        _log.warning("sources not marked paused error=%s", in_words(error))
    await keeper.release(lease)


async def cancelled(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancel the tasks and return when they have ended."""
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
