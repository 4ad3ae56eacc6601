"""Judges anew what is stored when the table or the rules have changed: in the background, with progress."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cmconsole.core import placing
from cmconsole.core.clock import Clock
from cmconsole.core.conversation import Conversation, Status
from cmconsole.core.moves import Change
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.verdict import Verdict
from cmconsole.engine.options import Sleep
from cmconsole.store.contract import Lease, Move, Store, StoredMention
from cmconsole.triage.judge import Judge

_log = logging.getLogger(__name__)

FINGERPRINT = "triage.fingerprint"
"""Note of the store: under which table and rules its conversations were judged."""

PROGRESS = "triage.anew"
"""Note of the store: `done/total` while it is judged anew, else empty; a console shows it."""

_STEP = 200
"""Conversations judged and written at once: about ten milliseconds each."""

_PAUSE = 0.02
"""Seconds between two steps, for others to work and write."""


@dataclass(slots=True)
class JudgingAnew:
    """Brings every unresolved conversation under today's table and rules; what persons decided stands."""

    store: Store
    judge: Judge
    policy: SlaPolicy
    clock: Clock
    lease: Callable[[], Lease | None]
    sleep: Sleep = asyncio.sleep

    async def catch_up(self) -> None:
        """Judge anew if the store was judged under another table or other rules; return when that is done."""
        fingerprint = self.judge.fingerprint()
        if await self.store.meta(FINGERPRINT) == fingerprint:
            return
        counts = await self.store.status_counts()
        total = sum(n for status, n in counts.items() if status is not Status.RESOLVED)
        done, moved, last = 0, 0, 0
        while found := await self.store.unresolved_after(last, _STEP):
            changes = [(it.id, self._move(it, said)) for it, said in found]
            moved += await self.store.rejudge(changes, self.clock.now(), self.lease())
            done, last = done + len(found), found[-1][0].id
            await self.store.set_meta(PROGRESS, f"{done}/{max(done, total)}", self.lease())
            await self.sleep(_PAUSE)
        await self.store.set_meta(FINGERPRINT, fingerprint, self.lease())
        await self.store.set_meta(PROGRESS, "", self.lease())
        _log.info("judged anew conversations=%d moved=%d", done, moved)

    def _move(self, seen: Conversation, mentions: Sequence[StoredMention]) -> Move:
        """Return the move that judges it anew, unless somebody or something moved it meanwhile."""
        verdict = self._verdict(seen, mentions)

        def move(conversation: Conversation) -> Change:
            if conversation.version != seen.version:
                return Change(conversation)
            return placing.rejudged(conversation, verdict, self.policy)

        return move

    def _verdict(self, conversation: Conversation, mentions: Sequence[StoredMention]) -> Verdict:
        return placing.strongest(
            [
                self.judge.judge(stored.mention, vip=conversation.vip, decided=conversation.decided)
                for stored in mentions
            ]
        )
