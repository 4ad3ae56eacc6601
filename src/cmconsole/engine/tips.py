"""Follows up what colleagues forward: finds the conversation of each link, or makes it one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from random import Random
from typing import Final, Protocol

from cmconsole.core import links
from cmconsole.core.clock import MINUTE, Clock, Instant, Millis
from cmconsole.core.errors import (
    BudgetSpentError,
    LeaseLostError,
    SourceError,
    SourceRefusedError,
    StoreBusyError,
    StoreError,
    StoreVersionError,
)
from cmconsole.core.links import Address
from cmconsole.core.lookup import Lookup
from cmconsole.core.mention import Author, Mention
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import Batch
from cmconsole.core.tip import StoredTip, TipState
from cmconsole.engine.backoff import Backoff
from cmconsole.engine.judging import judged
from cmconsole.engine.options import Sleep
from cmconsole.engine.reading import Vips
from cmconsole.engine.redaction import in_words
from cmconsole.store.contract import Intake, IntakeStore, Lease, StoredMention
from cmconsole.triage.judge import Judge

_log = logging.getLogger(__name__)

SOURCE: Final = "tips"
"""What mentions fetched for a tip say of where they came from; no source of the settings counts them."""

PATIENCE: Millis = 10 * MINUTE
"""How long a platform that cannot be asked is waited for; then the link stands for itself at the desk."""

_LOOK = 2.0
"""Seconds between two looks for new tips."""

_PAGE = 50
_LONGEST_ID = 500
"""Characters of a native id that are surely kept as they are; a longer address is known by its digest."""


class Mentions(Protocol):
    """Finds mentions by identity and by address."""

    async def find_mention(self, platform: str, native_id: str) -> StoredMention | None:
        """Return a mention by its identity."""
        ...

    async def mention_at(self, url: str) -> StoredMention | None:
        """Return the newest mention with exactly this address."""
        ...


async def known(store: Mentions, address: Address) -> StoredMention | None:
    """Return the mention an address leads to, if the store has it under whatever spelling of the address."""
    if address.native_id and (found := await store.find_mention(address.platform, address.native_id)):
        return found
    if found := await store.find_mention(address.platform, _identity(address)):
        return found
    for url in links.spellings(address):
        if found := await store.mention_at(url):
            return found
    return None


@dataclass(slots=True)
class _Closed:
    """A platform that cannot be asked before `until`."""

    backoff: Backoff
    until: Instant = 0


@dataclass(slots=True)
class Tips:
    """Links each waiting tip to its conversation, each tip for itself and one after the other.

    lookups: whom to ask, by platform. lease: gives the lease to commit under.
    """

    store: IntakeStore
    lookups: Mapping[str, Lookup]
    judge: Judge
    vips: Vips
    policy: SlaPolicy
    clock: Clock
    lease: Callable[[], Lease | None]
    sleep: Sleep = asyncio.sleep
    chance: Random = field(default_factory=Random)
    _closed: dict[str, _Closed] = field(default_factory=dict)
    _since: dict[int, Instant] = field(default_factory=dict)
    _stumbled: set[int] = field(default_factory=set)

    async def follow(self) -> None:
        """Look every two seconds; runs for ever."""
        while True:
            if await self.look() < _PAGE:
                await self.sleep(_LOOK)

    async def look(self) -> int:
        """Settle the tips that can be settled now; return how many were. Raises StoreError."""
        # Those that have to wait stand first in line: there is always room behind them.
        waiting = await self.store.waiting_tips(_PAGE + len(self._since) + len(self._stumbled))
        ids = {it.id for it in waiting}
        self._since = {number: since for number, since in self._since.items() if number in ids}
        self._stumbled &= ids
        return sum([await self._tried(stored) for stored in waiting])

    async def _tried(self, stored: StoredTip) -> bool:
        """Settle a tip if that can be done now; one that nothing can be made of stops no other."""
        try:
            return await self._settled(stored)
        except (LeaseLostError, StoreBusyError, StoreVersionError):
            raise
        except Exception as error:  # noqa: BLE001 - see above
            if stored.id not in self._stumbled:
                _log.warning("tip stumbled tip=%d", stored.id, exc_info=error)
            self._stumbled.add(stored.id)
            return False

    async def _settled(self, stored: StoredTip) -> bool:
        """Link one tip; False where it has to wait for its platform."""
        address = links.read(stored.tip.url) or Address(stored.tip.url)
        found, state = await known(self.store, address), TipState.LINKED
        if found is None:
            try:
                mention = await self._asked(stored, address)
            except SourceError as error:
                _log.info(
                    "tip waits tip=%d platform=%s error=%s", stored.id, address.platform, in_words(error)
                )
                return False
            if mention is not None:
                found = await self.store.find_mention(mention.platform, mention.native_id)
            if found is None:
                found, state = await self._taken(stored, address, mention), TipState.TAKEN
        self._since.pop(stored.id, None)
        await self.store.settle_tip(stored.id, state, found.conversation_id, self.clock.now(), self.lease())
        return True

    async def _asked(self, stored: StoredTip, address: Address) -> Mention | None:
        """Return what the platform has at the address; None: nothing for us, so the link stands for itself.

        Raises SourceError where it is worth waiting.
        """
        lookup = self.lookups.get(address.platform)
        if lookup is None:
            return None
        now = self.clock.now()
        overdue = now - self._since.setdefault(stored.id, now) >= PATIENCE
        closed = self._closed.setdefault(address.platform, _Closed(Backoff(self.chance)))
        if now < closed.until:
            if overdue:
                return None
            raise SourceError(f"{address.platform} is asked later.")
        try:
            mention = await lookup.by_address(address.url)
        except (SourceRefusedError, BudgetSpentError) as error:
            # Neither a post that is not for us nor a spent budget mends itself while a colleague waits.
            _log.info("tip refused tip=%d platform=%s error=%s", stored.id, address.platform, in_words(error))
            return None
        except SourceError as error:
            closed.until = now + closed.backoff.failed(now, error.retry_after)
            if overdue:
                return None
            raise
        except Exception as error:
            closed.until = now + closed.backoff.failed(now)
            _log.warning("lookup stumbled platform=%s", address.platform, exc_info=error)
            if overdue:
                return None
            raise SourceError(f"{address.platform} could not be read.") from error
        del self._closed[address.platform]
        return mention

    async def _taken(self, stored: StoredTip, address: Address, mention: Mention | None) -> StoredMention:
        """Take the mention in, or where that cannot be the link itself, and return it as it is stored."""
        for chosen in (mention, _stand_in(stored, address)):
            if chosen is not None and (found := await self._ingested(chosen)) is not None:
                return found
        raise StoreError(f"Nothing could be taken in for tip {stored.id}.")

    async def _ingested(self, mention: Mention) -> StoredMention | None:
        batch = Batch((mention,))
        items = [item for piece in judged(batch, self.judge, self.vips.authors) for item in piece.items]
        if not items:
            return None
        clean = items[0][0]
        intake = Intake("", clean.platform, items, lease=self.lease())
        await self.store.ingest(intake, self.policy, self.clock.now())
        return await self.store.find_mention(clean.platform, clean.native_id)


def _stand_in(stored: StoredTip, address: Address) -> Mention:
    """Return a mention that is the link: a person at the desk can open it, and answer where it leads."""
    tip = stored.tip
    return Mention(
        platform=address.platform,
        native_id=_identity(address),
        author=Author(address.platform, address.handle or address.host or links.LINK),
        text=tip.note or address.url,
        created_at=tip.at,
        source=SOURCE,
        url=address.url,
        can_reply=False,
    )


def _identity(address: Address) -> str:
    url = address.url
    return url if len(url) <= _LONGEST_ID else blake2b(url.encode(), digest_size=16).hexdigest()
