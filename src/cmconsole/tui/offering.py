"""Canned responses for the conversation that is answered: the best, those looked for, and their filling."""

from __future__ import annotations

import asyncio
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from cmconsole.desk.canned import filling, ranking
from cmconsole.desk.reply.compose import signed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cmconsole.config.canned import Shelf
    from cmconsole.desk.canned.filling import Filled
    from cmconsole.desk.canned.ranking import Offer
    from cmconsole.desk.context import Desk
    from cmconsole.desk.reply.sheet import Sheet

BEST = 9
"""How many are one key away."""

FOUND = 50
"""Most that the finder lists."""


class Offering:
    """Asks the library in a thread: its files are read when they change, and what was said is compared."""

    def __init__(self, desk: Desk, shelf: Shelf) -> None:
        self._desk = desk
        self._shelf = shelf

    async def best(self, sheet: Sheet) -> tuple[Offer, ...]:
        """Return the responses that suit best, the best first."""
        return await asyncio.to_thread(self._ask, partial(ranking.offers, limit=BEST), sheet)

    async def find(self, sheet: Sheet, query: str) -> tuple[Offer, ...]:
        """Return the responses that hold every word of a query, the best first."""
        return await asyncio.to_thread(self._ask, partial(ranking.find, limit=FOUND), sheet, query)

    def _ask(self, look: Callable[..., tuple[Offer, ...]], sheet: Sheet, *query: str) -> tuple[Offer, ...]:
        return look(
            self._shelf.library(),
            *query,
            sheet.conversation,
            sheet.said,
            platform=sheet.conversation.platform,
            account=sheet.reply.account,
            language=sheet.conversation.language,
            now=self._desk.now(),
            zone=self._desk.zone,
        )

    def fill(self, sheet: Sheet, offer: Offer, given: Mapping[str, str] = MappingProxyType({})) -> Filled:
        """Return an offer's text with this author's data in it, and which placeholders are left."""
        policy, speaker = self._desk.replying, sheet.speaker
        known = filling.facts(
            sheet.conversation,
            sheet.answered,
            person=self._desk.person,
            brand=policy.brand,
            account_handle=speaker.handle if speaker is not None else "",
            signature=signed(policy.signature, self._desk.person),
            zone=self._desk.zone,
            now=self._desk.now(),
            language=offer.language,
        )
        return filling.fill(offer.text, known, given)
