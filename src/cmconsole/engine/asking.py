"""Looks up replies of which nobody knows whether they left: what is found was sent, what is not never was."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from functools import partial
from typing import Final

from cmconsole.config.language import _
from cmconsole.core import sending as moves
from cmconsole.core.account import Mode
from cmconsole.core.clock import SECOND, Clock, Instant
from cmconsole.core.errors import PublishError, SourceError
from cmconsole.core.publishing import Published, Publisher
from cmconsole.core.reply import Act, Reply
from cmconsole.engine.recording import Recorder
from cmconsole.engine.redaction import in_two
from cmconsole.engine.sending import CALL, Terms, outgoing
from cmconsole.engine.speaking import Spokesman
from cmconsole.store.replying import ReplyMove, ReplyStore

_log = logging.getLogger(__name__)

ABSENCES: Final = 2
"""Look-ups in a row that have to find nothing: lists of a platform lag behind what it accepted."""


@dataclass(slots=True)
class Asking:
    """Looks up the unknown replies of one account. limit: seconds a look-up may take.

    It asks as the account itself, and only once that is known to be ours: another's list of posts would
    say of every reply that it is not there.
    """

    store: ReplyStore
    recorder: Recorder
    spokesman: Spokesman
    terms: Terms
    clock: Clock
    limit: float = CALL

    async def look_up(self, reply: Reply) -> None:
        """Look one up, and write down what came of it. Raises StoreError."""
        if reply.act is not Act.REPLY:
            await self._give_up(reply, _("This cannot be looked up from here."))
        elif self.spokesman.voice.speaker.mode is Mode.REHEARSAL:
            await self._give_up(reply, _("The account is in rehearsal: nothing is looked up with it."))
        else:
            await self._ask(reply)

    async def _ask(self, reply: Reply) -> None:
        try:
            publisher = await self.spokesman.ready()
        except PublishError as error:
            await self.recorder.surely(reply, self._untold(reply, *in_two(error), error.retry_after))
            return
        there = await self._answer(reply, publisher)
        if isinstance(there, Published):
            # True whatever a person has decided meanwhile: it must not leave a second time.
            await self.recorder.surely(reply, self._found(there), by_key=True)
        else:
            await self.recorder.surely(reply, there)

    async def _answer(self, reply: Reply, publisher: Publisher) -> Published | ReplyMove:
        """Return the reply as it is there, or the move of one that was not found."""
        try:
            async with asyncio.timeout(self.limit):
                there = await publisher.look_up(outgoing(reply), reply.first_at or reply.updated_at)
        except TimeoutError:
            return self._untold(reply, _("The platform did not answer in time."))
        except SourceError as error:
            return self._untold(reply, *in_two(error), error.retry_after)
        except Exception as error:  # noqa: BLE001 - a fault of a library tells nothing of the reply
            _log.exception("look-up failed account=%s id=%d", reply.account, reply.id)
            return self._untold(reply, *in_two(error))
        if there is None or await self._is_another(reply, there):
            return self._absent(reply, is_certain=publisher.is_certain)
        return there

    async def _is_another(self, reply: Reply, there: Published) -> bool:
        """Say whether what was found is known to be another reply of ours, with the same words."""
        others = await self.store.replies(reply.conversation_id)
        return any(there.native_id in other.native_ids for other in others)

    def _found(self, there: Published) -> ReplyMove:
        return partial(
            moves.published,
            now=self.clock.now(),
            native_id=there.native_id,
            url=there.url,
            after_reply=self.terms.after,
            found=True,
        )

    def _absent(self, reply: Reply, *, is_certain: bool) -> ReplyMove:
        now = self.clock.now()
        if is_certain or reply.absences + 1 >= ABSENCES:
            words = _("It is surely not there: the platform was asked.")
            return partial(moves.fail, now=now, error=words, advice=_("Send it again, if it is still true."))
        return partial(moves.looked_up, now=now, next_at=self._next(reply, now), absent=True)

    def _untold(self, reply: Reply, words: str, advice: str = "", pause: float | None = None) -> ReplyMove:
        """Return the move of a look-up that told nothing."""
        now = self.clock.now()
        next_at = self._next(reply, now)
        if next_at is not None and pause is not None:
            next_at = max(next_at, now + int(pause * SECOND))
        return partial(moves.looked_up, now=now, next_at=next_at, absent=False, error=words, advice=advice)

    async def _give_up(self, reply: Reply, words: str) -> None:
        now, advice = self.clock.now(), _("Look there yourself, then say what you saw.")
        move = partial(moves.looked_up, now=now, next_at=None, absent=False, error=words, advice=advice)
        await self.recorder.surely(reply, move)

    def _next(self, reply: Reply, now: Instant) -> Instant | None:
        """Return when to look next; None after the last time: then only a person moves it."""
        whens = self.terms.look_up
        after = reply.looks + 1
        return now + whens[after] - whens[after - 1] if after < len(whens) else None
