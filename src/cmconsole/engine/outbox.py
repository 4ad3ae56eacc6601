"""The outbox: one worker an account sends what is due and looks up what is unclear, one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Final

from cmconsole.core import sending as moves
from cmconsole.core.account import Mode, Speaker
from cmconsole.core.clock import SECOND, Clock, Instant, Millis
from cmconsole.core.reply import FLYING, Reply, ReplyStatus
from cmconsole.engine.asking import Asking
from cmconsole.engine.options import Sleep
from cmconsole.engine.recording import Recorder
from cmconsole.engine.sending import Sending, Terms
from cmconsole.engine.speaking import Spokesman, Voice
from cmconsole.store.contract import Lease, Store

POLL: Final = 0.2
"""Seconds between two looks for what is due: nobody who waits for their reply to leave notices them."""

STRAYS: Final = 2.0
"""Seconds between two looks for replies of accounts that are not in the settings."""

LATE: Final[Millis] = 30 * SECOND
"""A worker that did not look for so long was stopped, as by a laptop's lid: its windows went unwatched."""

_MOST: Final = 10_000
"""Most replies on their way that are looked through at once; a conversation has one at most."""


@dataclass(slots=True)
class AccountOutbox:
    """The replies of one account. began: when this turn at work did."""

    name: str
    store: Store
    recorder: Recorder
    sending: Sending
    asking: Asking
    clock: Clock
    lease: Callable[[], Lease]
    began: Instant
    sleep: Sleep = asyncio.sleep
    _looked_at: Instant | None = None

    async def follow(self) -> None:
        """Take over what an engine before this one left, then see to what is due until told to stop."""
        await self.begin()
        while not self.sending.is_stopping:
            await self.look()
            await self.sleep(POLL)

    async def begin(self) -> None:
        """Doubt what was being sent, and hold for a person what went unwatched."""
        for reply in await self.store.replies_in({ReplyStatus.HOLDING, ReplyStatus.SENDING}, _MOST):
            if reply.account != self.name:
                continue
            if reply.status is ReplyStatus.SENDING:
                await self.sending.left_behind(reply)
            elif self._went_unwatched(reply):
                await self._strand(reply)

    def _went_unwatched(self, reply: Reply) -> bool:
        """Say whether the engine that should have watched over a hold is gone."""
        if reply.hold_until is None:
            return False
        is_anothers = reply.attempts == 0 and reply.turn not in {0, self.lease().token}
        return is_anothers or reply.hold_until < self.began

    async def look(self) -> None:
        """See to everything that is due now: what is to leave first, one after another."""
        now = self.clock.now()
        is_late = self._looked_at is not None and now - self._looked_at > LATE
        due = await self.store.due_replies(self.name, now)
        for reply in sorted(due, key=lambda it: it.status is ReplyStatus.UNKNOWN):
            if self.sending.is_stopping:
                return
            if reply.status is ReplyStatus.UNKNOWN:
                await self.asking.look_up(reply)
            elif is_late:
                await self._strand(reply)
            else:
                await self.sending.send(reply)
        self._looked_at = self.clock.now()

    async def _strand(self, reply: Reply) -> None:
        await self.recorder.moved(reply, partial(moves.strand, now=self.clock.now()))


@dataclass(slots=True)
class Outbox:
    """Everything that leaves the desk, for one turn at work. voices: the accounts of the settings.

    accounts: the work on each of them, by name.
    """

    store: Store
    voices: Sequence[Voice]
    terms: Terms
    clock: Clock
    lease: Callable[[], Lease]
    sleep: Sleep = asyncio.sleep
    chance: Random = field(default_factory=Random)
    _began: Instant = field(init=False)
    accounts: dict[str, AccountOutbox] = field(init=False)
    _strays: dict[str, AccountOutbox] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._began = self.clock.now()
        self.accounts = {voice.speaker.name: self._account(voice) for voice in self.voices}

    def workers(self) -> list[tuple[str, Callable[[], Awaitable[None]]]]:
        """Return the work of each account, by name, and of those that are not in the settings."""
        each = [(f"outbox {name}", account.follow) for name, account in self.accounts.items()]
        return [*each, ("outbox strays", self._follow_strays)]

    async def finish(self) -> None:
        """Begin no other call, and return once the outcome of those under way is written down."""
        everybody = [*self.accounts.values(), *self._strays.values()]
        for account in everybody:
            account.sending.is_stopping = True
        for account in everybody:
            await account.sending.free.wait()

    async def aclose(self) -> None:
        """Close the publishers."""
        for account in self.accounts.values():
            await account.sending.spokesman.dismiss()

    def _account(self, voice: Voice) -> AccountOutbox:
        store, clock, lease, terms = self.store, self.clock, self.lease, self.terms
        recorder = Recorder(store, clock, lease, self.sleep)
        spokesman = Spokesman(voice, store, clock, lease)
        sending = Sending(store, recorder, spokesman, terms, clock, lease, self.chance)
        asking = Asking(store, recorder, spokesman, terms, clock)
        return AccountOutbox(
            voice.speaker.name, store, recorder, sending, asking, clock, lease, self._began, self.sleep
        )

    async def _follow_strays(self) -> None:
        """See to replies of accounts that the settings do not have: they end, and say why."""
        while True:
            for reply in await self.store.replies_in(FLYING, _MOST):
                if reply.account not in self.accounts and reply.account not in self._strays:
                    await self._stray(reply)
            for account in self._strays.values():
                await account.look()
            await self.sleep(STRAYS)

    async def _stray(self, reply: Reply) -> None:
        speaker = Speaker(reply.account, reply.platform, "", Mode.LIVE)
        account = self._account(Voice(speaker, None))
        await account.begin()
        self._strays[reply.account] = account
