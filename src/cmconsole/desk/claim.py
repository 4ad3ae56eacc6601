"""Claim: hold conversations so that nobody else answers them, and let go of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.core import moves
from cmconsole.desk.deed import Deed, Verb, act

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmconsole.core.conversation import Conversation
    from cmconsole.core.moves import Change
    from cmconsole.desk.context import Desk


async def claim(desk: Desk, ids: Sequence[int]) -> Deed:
    """Hold the conversations, or hold them longer; refused with ClaimHeldError where a colleague does."""
    now = desk.now()

    def move(conversation: Conversation) -> Change:
        return moves.claim(conversation, person=desk.person, now=now, hold=desk.hold)

    return await act(desk, Verb.CLAIM, ids, move)


async def release(desk: Desk, ids: Sequence[int]) -> Deed:
    """Let go of one's own claims."""
    now = desk.now()

    def move(conversation: Conversation) -> Change:
        return moves.release(conversation, person=desk.person, now=now)

    return await act(desk, Verb.RELEASE, ids, move)


async def toggle(desk: Desk, ids: Sequence[int]) -> Deed:
    """Let go of the conversations when the person holds them all, else claim them all."""
    now = desk.now()
    found = await desk.store.conversations(ids)
    if found and all(conversation.holder(now) == desk.person for conversation in found):
        return await release(desk, ids)
    return await claim(desk, ids)
