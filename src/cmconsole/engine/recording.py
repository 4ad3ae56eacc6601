"""Writes down what becomes of replies: each move on the reply as it was read, under the engine's lease."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cmconsole.core.clock import Clock
from cmconsole.core.errors import (
    IllegalMoveError,
    LeaseLostError,
    NotFoundError,
    StoreError,
    StoreVersionError,
)
from cmconsole.core.reply import Reply
from cmconsole.core.replying import Case, ReplyChange, check_status
from cmconsole.engine.options import Sleep
from cmconsole.engine.redaction import in_words
from cmconsole.store.contract import Lease
from cmconsole.store.replying import ReplyMove, ReplyStore

_log = logging.getLogger(__name__)

AGAIN: Final = 1.0
"""Seconds between two tries to write down what a platform answered."""


@dataclass(frozen=True, slots=True)
class Recorder:
    """Commits moves by nobody but the engine. Whoever lost the lease commits nothing (LeaseLostError)."""

    store: ReplyStore
    clock: Clock
    lease: Callable[[], Lease]
    sleep: Sleep = asyncio.sleep

    async def moved(self, reply: Reply, move: ReplyMove, *, by_key: bool = False) -> Reply | None:
        """Commit a move that was decided on the reply as it is here; None where it has changed meanwhile.

        by_key: only another text, or part, counts as changed.
        """

        def unchanged(case: Case) -> ReplyChange:
            is_same = case.reply.version == reply.version
            if not is_same and not (by_key and case.reply.part_key == reply.part_key):
                check_status(case.reply, ())
            return move(case)

        now, lease = self.clock.now(), self.lease()
        try:
            change = await self.store.change_reply(reply.id, unchanged, person="", now=now, lease=lease)
        except (IllegalMoveError, NotFoundError) as error:
            _log.info("reply left alone id=%d reason=%s", reply.id, in_words(error))
            return None
        _log.info(
            "reply id=%d account=%s status=%s", reply.id, change.reply.account, change.reply.status.value
        )
        return change.reply

    async def surely(self, reply: Reply, move: ReplyMove, *, by_key: bool = False) -> Reply | None:
        """Commit what a platform answered, however long the store takes: it is known only here."""
        while True:
            try:
                return await self.moved(reply, move, by_key=by_key)
            except (LeaseLostError, StoreVersionError):
                raise
            except StoreError as error:
                _log.warning("answer not written down yet id=%d error=%s", reply.id, in_words(error))
            await self.sleep(AGAIN)
