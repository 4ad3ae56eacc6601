"""Commits batches: patient with a busy store, and able to find the one item it cannot take."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from cmconsole.core.clock import SECOND, Clock
from cmconsole.core.errors import LeaseLostError, StoreBusyError, StoreError, StoreVersionError
from cmconsole.core.mention import Mention
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import BATCH_LIMIT
from cmconsole.core.verdict import Verdict
from cmconsole.engine.backoff import Backoff
from cmconsole.engine.hopper import Taken
from cmconsole.engine.judging import put_aside
from cmconsole.engine.options import Sleep
from cmconsole.engine.redaction import in_words
from cmconsole.store.contract import Ingested, Intake, IntakeStore, Lease

_log = logging.getLogger(__name__)

DOUBTS = 4
"""After so many failures of the store on one batch, one of its items is suspected instead of the store."""


RUN = 5
"""So many bad items in a row are no accident: the store is to blame then, and no more are set aside."""


@dataclass(slots=True)
class Committer:
    """Commits what was taken from the hopper.

    lease: gives the lease to commit under; it gives None for a one-shot ingest, which needs none.
    patience: failures in a row after which a failing store is reported to the caller; None: never.
    limit: gives the most mentions to write in one transaction now.
    """

    store: IntakeStore
    policy: SlaPolicy
    clock: Clock
    lease: Callable[[], Lease | None] = lambda: None
    patience: int | None = None
    limit: Callable[[], int] = lambda: BATCH_LIMIT
    sleep: Sleep = asyncio.sleep
    _poisoned: int = field(default=0, init=False)

    async def commit(self, taken: Taken) -> Ingested:
        """Commit all of it, the cursor with its last row; each item ends as new, duplicate or set aside.

        The batch is kept and tried again while the store is busy or failing. Raises LeaseLostError,
        StoreVersionError, and with `patience` whatever the store raises.
        """
        source, judged = taken.inlet.source, taken.judged
        whole = Intake(
            source.name,
            source.platform,
            judged.items,
            judged.set_aside,
            judged.cursor,
            removed=judged.removed,
            tips=judged.tips,
        )
        pieces = _pieces(whole, self.limit())
        backoff = Backoff(longest=15 * SECOND)
        total = Ingested(0, 0, 0)
        while pieces:
            try:
                done: Ingested | None = await self._ingest(pieces[-1])
                pieces.pop()
            except (LeaseLostError, StoreVersionError):
                raise
            except Exception as error:  # noqa: BLE001 - a batch is never dropped, whatever went wrong with it
                done = await self._apart(pieces, error) if _suspicious(error, backoff.failures) else None
                if done is None:
                    await self._pause(pieces[-1], backoff, error)
            if done is not None:
                total = _sum(total, done)
        return total

    async def _pause(self, piece: Intake, backoff: Backoff, error: Exception) -> None:
        pause = backoff.failed(self.clock.now())
        _log.warning("batch kept source=%s pause_ms=%d error=%s", piece.source, pause, in_words(error))
        if self.patience is not None and backoff.failures >= self.patience:
            raise error
        await self.sleep(pause / SECOND)

    async def _apart(self, pieces: list[Intake], error: Exception) -> Ingested | None:
        """Halve the piece, or set its only item aside; None when the store takes not even that."""
        piece = pieces[-1]
        if len(piece.items) > 1:
            pieces[-1:] = reversed(_halves(piece))
            return Ingested(0, 0, 0)
        if not piece.items or self._poisoned >= RUN:
            return None
        poison = put_aside(piece.items[0][0], in_words(error))
        try:
            done = await self._ingest(replace(piece, items=(), set_aside=(*piece.set_aside, poison)))
        except (LeaseLostError, StoreVersionError):
            raise
        except Exception:  # noqa: BLE001 - the caller reports the first error and tries again
            return None
        pieces.pop()
        self._poisoned += 1
        return done

    async def _ingest(self, piece: Intake) -> Ingested:
        done = await self.store.ingest(replace(piece, lease=self.lease()), self.policy, self.clock.now())
        if piece.items:
            self._poisoned = 0
        return done


def _suspicious(error: Exception, failures: int) -> bool:
    """Say whether an item of the batch, rather than the store, may be what fails.

    A busy store is only busy. What the store did not foresee (OverflowError…) comes from a value; what it did
    (a full disk, but also a value too big) is blamed on a value only when waiting did not help.
    """
    if isinstance(error, StoreBusyError):
        return False
    return not isinstance(error, StoreError) or failures >= DOUBTS


def _sum(one: Ingested, other: Ingested) -> Ingested:
    return Ingested(one.new + other.new, one.duplicate + other.duplicate, one.set_aside + other.set_aside)


def _pieces(intake: Intake, limit: int) -> list[Intake]:
    """Return the intake cut to `limit` mentions, first one last; all the rest goes with the end of it."""
    items = intake.items
    if len(items) <= limit:
        return [intake]
    cuts = range(0, len(items), limit)
    pieces = [_only(intake, items[cut : cut + limit]) for cut in cuts]
    pieces[-1] = replace(intake, items=pieces[-1].items)
    return pieces[::-1]


def _only(intake: Intake, items: Sequence[tuple[Mention, Verdict]]) -> Intake:
    return replace(intake, items=items, set_aside=(), cursor=None, removed=(), tips=())


def _halves(piece: Intake) -> list[Intake]:
    middle = len(piece.items) // 2
    return [_only(piece, piece.items[:middle]), replace(piece, items=piece.items[middle:])]
