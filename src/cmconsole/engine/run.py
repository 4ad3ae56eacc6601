"""Runs an engine: stands by for the lease, works under it, and ends for a reason it can tell."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from cmconsole.config.language import _
from cmconsole.config.tasks import spawn
from cmconsole.core.errors import StoreError
from cmconsole.engine.ending import Cause, Ending, first
from cmconsole.engine.lease import LeaseKeeper
from cmconsole.engine.redaction import in_words
from cmconsole.engine.supervision import Supervisor
from cmconsole.engine.turn import Parts, cancelled, work
from cmconsole.engine.watch import PresenceWatch
from cmconsole.store.contract import Lease

_log = logging.getLogger(__name__)

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


async def run(parts: Parts) -> str:
    """Run an engine on an open store until there is a reason to end, and return it in one line.

    Reasons: a signal; no console for a while (unless told to stay); another engine at work, but only with
    if_needed: otherwise this one stands by, to take over from it. Raises StoreError for a store that cannot
    be worked with. Whatever the reason, the batch in flight is finished and the lease given back first.
    """
    ending = Ending()
    with _signals_to(ending, wanted=parts.options.signals):
        await _live(parts, ending)
    _log.info("ended reason=%s", ending.words)
    if ending.cause is Cause.BROKEN:
        raise StoreError(ending.words)
    return ending.words


async def _live(parts: Parts, ending: Ending) -> None:
    """Stand by and work in turn until the ending."""
    options, clock = parts.options, parts.clock
    keeper = LeaseKeeper(parts.store, clock, options.holder, ending, parts.sleep)
    watching = []
    if not options.stay:
        watch = PresenceWatch(parts.store, clock, ending, options.idle, parts.sleep)
        supervisor = Supervisor(clock, ending, parts.sleep)
        watching.append(spawn(supervisor.keep("watch", watch.watch), name="watch"))
    try:
        lease = await keeper.taken()
        if lease is None and options.if_needed and await keeper.rival_lives():
            ending.ask(Cause.ASKED, _("Another engine is at work, so this one ended itself."))
        while ending.cause is None:
            if lease is None:
                lease = await _stand_by(keeper, ending)
            if lease is not None:
                await work(parts, keeper, lease, ending)
                lease = None
    except StoreError as error:
        ending.ask(Cause.BROKEN, in_words(error))
    finally:
        await cancelled(watching)


async def _stand_by(keeper: LeaseKeeper, ending: Ending) -> Lease | None:
    """Return the lease once it can be had, or None when the ending comes first."""
    _log.info("standing by holder=%s", keeper.holder)
    having = Ending()
    waiting = spawn(keeper.standby(), name="standby")
    waiting.add_done_callback(lambda _task: having.ask(Cause.ASKED, "standby is over"))
    try:
        await first(having, ending)
        return waiting.result() if waiting.done() else None
    finally:
        waiting.cancel()


@contextmanager
def _signals_to(ending: Ending, *, wanted: bool) -> Iterator[None]:
    """Let signals ask for the ending; afterwards they mean again what they meant."""
    if not wanted:
        yield
        return
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        words = _("Ended on request ({signal}).").format(signal=signal.Signals(number).name)
        loop.add_signal_handler(number, ending.ask, Cause.ASKED, words)
    try:
        yield
    finally:
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
