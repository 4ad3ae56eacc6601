"""Sends a reply: the intent on disk, one call, and an honest word about what came of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Final

from cmconsole.config.language import _, ngettext
from cmconsole.core import sending as moves
from cmconsole.core.account import Mode
from cmconsole.core.claim import AWAY
from cmconsole.core.clock import MINUTE, SECOND, Clock, Instant, Millis
from cmconsole.core.errors import (
    LeaseLostError,
    NotPublishedError,
    PublishError,
    PublishRefusedError,
    UnclearError,
)
from cmconsole.core.publishing import Outgoing, Publisher
from cmconsole.core.reply import REPEATABLE, Act, Reply
from cmconsole.engine.backoff import Backoff
from cmconsole.engine.recording import Recorder
from cmconsole.engine.redaction import in_two, in_words
from cmconsole.engine.speaking import Spokesman
from cmconsole.engine.supervision import is_being_cancelled
from cmconsole.store.contract import Lease, Store
from cmconsole.store.replying import ReplyMove

_log = logging.getLogger(__name__)

CALL: Final = 90.0
"""Seconds a call may take in all; what is not answered by then is unclear."""

FIRST: Final[Millis] = 5 * SECOND
"""Ceiling of the pause after the first try that surely published nothing; it doubles (engine.backoff)."""

LONGEST: Final[Millis] = 5 * MINUTE

MOST_TRIES: Final = 12
PATIENCE: Final[Millis] = 30 * MINUTE
"""After so many tries, or so long, a reply goes back to its person: what was true then may not be now."""

UNSURE: Final[Millis] = 10 * SECOND
"""Ceiling of the first pause of a reply whose account is not verified."""


@dataclass(frozen=True, slots=True)
class Terms:
    """after: what becomes of an answered conversation: `wait`, `done` or `open`.

    look_up: how long after an unclear answer a reply is looked up, in milliseconds, growing.
    """

    after: str = "wait"
    look_up: tuple[Millis, ...] = (10 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE)


@dataclass(slots=True)
class Sending:
    """Sends the replies of one account, one at a time.

    limit: seconds a call may take. free: set while no call is under way whose outcome is still to be written
    down.
    """

    store: Store
    recorder: Recorder
    spokesman: Spokesman
    terms: Terms
    clock: Clock
    lease: Callable[[], Lease]
    chance: Random = field(default_factory=Random)
    limit: float = CALL
    is_stopping: bool = False
    free: asyncio.Event = field(default_factory=asyncio.Event)
    _shut_until: Instant = 0
    _shut_by: tuple[str, str] = ("", "")
    _waits: dict[int, tuple[Instant, int]] = field(default_factory=dict)
    _since: dict[int, Instant] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.free.set()

    async def send(self, reply: Reply) -> None:
        """Do what is due to a reply whose hold is over. Raises StoreError."""
        us, after, moved = self.spokesman.voice.speaker, self.terms.after, self.recorder.moved
        is_watched = await self._is_watched(reply)
        if is_watched is None:
            return
        if not is_watched:
            await moved(reply, partial(moves.strand, now=self.clock.now()))
        elif reply.mode is Mode.REHEARSAL:
            await moved(reply, partial(moves.rehearsed, now=self.clock.now(), after_reply=after))
        elif us.mode is Mode.REHEARSAL:
            await moved(reply, self._failed(_("The account {account} is in rehearsal now."), reply))
        elif us.platform != reply.platform:
            await moved(reply, self._failed(_("The account {account} is on another platform now."), reply))
        elif self._shut_until > self.clock.now():
            words, advice = self._shut_by
            await moved(reply, self._put_off(self._shut_until, words, advice))
        else:
            await self._speak(reply)

    async def left_behind(self, reply: Reply) -> None:
        """Take care of a reply that was being sent when its engine ended: it may be there or not."""
        words = _("The engine ended while this was being sent: nobody knows whether it left.")
        await self.recorder.moved(reply, self._doubted(reply, words, ""))

    async def _is_watched(self, reply: Reply) -> bool | None:
        """Say whether the console that showed the undo window lived to its end; None: not known yet.

        Only a sign of life after the window's end tells: one that died in it may have been about to be used.
        """
        if not reply.console or reply.hold_until is None:
            return True
        present = await self.store.presences(reply.hold_until)
        if any(it.console == reply.console for it in present):
            return True
        return None if self.clock.now() - reply.hold_until < AWAY else False

    async def _speak(self, reply: Reply) -> None:
        try:
            publisher = await self.spokesman.ready()
        except PublishRefusedError as error:
            await self.recorder.moved(reply, self._refused(error))
        except NotPublishedError as error:
            await self.recorder.moved(reply, self._waiting(reply, error))
        else:
            self._waits.pop(reply.id, None)
            if not self.is_stopping:
                await self._attempt(reply, publisher)

    async def _attempt(self, reply: Reply, publisher: Publisher) -> None:
        """Make the one call, between the intent written down and its outcome written down."""
        self.free.clear()
        try:
            begun = await self.recorder.moved(reply, partial(moves.begin, now=self.clock.now()))
            if begun is None:
                return
            await self._check_lease()
            outcome = await self._outcome(begun, publisher)
            await self.recorder.surely(begun, outcome)
        finally:
            self.free.set()

    async def _check_lease(self) -> None:
        """Raise LeaseLostError unless the lease is in force by the clock: a process may have been stopped.

        What was begun stays so, for the next turn at work to look up.
        """
        ours = self.lease()
        held = await self.store.lease(ours.name)
        is_ours = held is not None and (held.holder, held.token) == (ours.holder, ours.token)
        if held is None or not is_ours or held.expires_at <= self.clock.now():
            raise LeaseLostError(_("The engine's lease ran out before a reply left; nothing was sent."))

    async def _outcome(self, begun: Reply, publisher: Publisher) -> ReplyMove:
        """Call the platform once, and return the move that tells what came of it."""
        try:
            async with asyncio.timeout(self.limit):
                return await self._called(begun, publisher)
        except PublishRefusedError as error:
            # The next reply is sent with the secrets as they are then.
            await self.spokesman.dismiss()
            return self._refused(error)
        except NotPublishedError as error:
            return self._again(begun, error)
        except TimeoutError:
            words = _("The platform did not answer in time: nobody knows whether it left.")
        except UnclearError as error:
            return self._unclear(begun, *in_two(error), error.retry_after)
        except asyncio.CancelledError:
            if is_being_cancelled():
                raise
            words = _("The call was cut off: nobody knows whether it left.")
        except Exception as error:  # noqa: BLE001 - whatever it is, the call may have reached the platform
            _log.exception("publisher failed account=%s id=%d", begun.account, begun.id)
            words = _("An unforeseen fault, so nobody knows whether it left: {fault}").format(
                fault=in_words(error)
            )
        return self._unclear(begun, words)

    async def _called(self, begun: Reply, publisher: Publisher) -> ReplyMove:
        if begun.act is Act.REPLY:
            there = await publisher.reply(outgoing(begun))
            native_id, url = there.native_id, there.url
        else:
            await publisher.perform(begun.act, begun.in_reply_to, begun.text)
            native_id, url = begun.in_reply_to, ""
        return partial(
            moves.published,
            now=self.clock.now(),
            native_id=native_id,
            url=url,
            after_reply=self.terms.after,
        )

    def _again(self, begun: Reply, error: PublishError) -> ReplyMove:
        """Return the move of a reply that surely did not leave, and may if it is tried again."""
        now, tries = self.clock.now(), begun.attempts
        words, advice = in_two(error)
        # Not `first_at`: of a reply that a person sent again it may be a try of long ago.
        since = now if tries == 1 else self._since.get(begun.id, now)
        self._since[begun.id] = since
        if tries >= MOST_TRIES or now - since >= PATIENCE:
            del self._since[begun.id]
            told = ngettext(
                "It was tried {count} time, and surely did not leave. Send it again when you want.",
                "It was tried {count} times, and surely did not leave. Send it again when you want.",
                tries,
            )
            return partial(moves.fail, now=now, error=words, advice=advice or told.format(count=tries))
        until = now + Backoff(self.chance, FIRST, LONGEST, tries - 1).failed(now, error.retry_after)
        if error.retry_after is not None:
            self._shut_until, self._shut_by = until, (words, advice)
        return self._put_off(until, words, advice)

    def _waiting(self, reply: Reply, error: PublishError) -> ReplyMove:
        """Return the move of a reply whose account is not known to be ours: no call was made."""
        now = self.clock.now()
        # One that was taken back and sent anew begins its wait anew.
        since, count = self._waits.get(reply.id, (now, 0)) if reply.error else (now, 0)
        words, advice = in_two(error)
        if now - since >= PATIENCE:
            del self._waits[reply.id]
            return partial(moves.fail, now=now, error=words, advice=advice or _("Nothing was sent."))
        self._waits[reply.id] = since, count + 1
        until = now + Backoff(self.chance, UNSURE, LONGEST, count).failed(now, error.retry_after)
        return self._put_off(until, words, advice)

    def _put_off(self, until: Instant, words: str, advice: str) -> ReplyMove:
        return partial(moves.put_off, now=self.clock.now(), until=until, error=words, advice=advice)

    def _refused(self, error: PublishRefusedError) -> ReplyMove:
        words, advice = in_two(error)
        advice = advice or _("Nothing was published. Change it, or answer there by hand.")
        return partial(moves.fail, now=self.clock.now(), error=words, advice=advice)

    def _failed(self, words: str, reply: Reply) -> ReplyMove:
        error, advice = words.format(account=reply.account), _("Nothing was sent. Write it anew.")
        return partial(moves.fail, now=self.clock.now(), error=error, advice=advice)

    def _unclear(self, begun: Reply, words: str, advice: str = "", pause: float | None = None) -> ReplyMove:
        """Return the move of what may be done or not; what does no harm twice is simply done again."""
        if begun.act in REPEATABLE:
            advice = advice or _("Look on the platform whether it was done.")
            return self._again(begun, NotPublishedError(words, advice=advice, retry_after=pause))
        return self._doubted(begun, words, advice, pause)

    def _doubted(self, reply: Reply, words: str, advice: str, pause: float | None = None) -> ReplyMove:
        now = self.clock.now()
        if reply.act in REPEATABLE:
            return self._put_off(now, words, advice)
        next_at = None
        if reply.act is Act.REPLY:
            next_at = now + max(self.terms.look_up[0], int((pause or 0) * SECOND))
            advice = advice or _("It is looked up by itself, and never sent again by itself.")
        else:
            advice = advice or _("Look on the platform whether it was done.")
        return partial(moves.doubt, now=now, next_at=next_at, error=words, advice=advice)


def outgoing(reply: Reply) -> Outgoing:
    """Return the part of a reply that is next: under the mention, or under the part before."""
    return Outgoing(
        text=reply.parts[reply.part] if reply.parts else reply.text,
        in_reply_to=reply.native_ids[-1] if reply.native_ids else reply.in_reply_to,
        key=reply.part_key,
        thread=reply.thread,
        language=reply.language,
    )
