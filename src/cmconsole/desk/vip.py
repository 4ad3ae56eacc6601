"""VIP: mark authors who are to stand among the influencers whatever their reach, and judge them anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.core import placing
from cmconsole.core.conversation import Status
from cmconsole.core.moves import Change
from cmconsole.desk import judging
from cmconsole.desk.deed import Deed, Verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmconsole.core.conversation import Conversation
    from cmconsole.desk.context import Desk
    from cmconsole.store.contract import Move


async def toggle(desk: Desk, ids: Sequence[int]) -> Deed:
    """Mark the authors of the conversations, or unmark them when they all are marked."""
    found = await desk.store.conversations(ids)
    return await mark(desk, ids, vip=not all(conversation.vip for conversation in found))


async def mark(desk: Desk, ids: Sequence[int], *, vip: bool) -> Deed:
    """Mark or unmark the authors of the conversations; all they have unresolved is judged anew."""
    await desk.check_may_act()
    before = await desk.store.conversations(list(dict.fromkeys(ids)))
    for author_id in dict.fromkeys(conversation.author_id for conversation in before):
        rejudge = await _rejudge(desk, author_id, vip=vip)
        await desk.store.set_vip(author_id, rejudge, vip=vip, person=desk.person, now=desk.now())
    after = await desk.store.conversations([conversation.id for conversation in before])
    was = {conversation.id: conversation for conversation in before}
    changed = tuple(conversation for conversation in after if conversation != was[conversation.id])
    return Deed(
        verb=Verb.VIP,
        changed=changed,
        before=tuple(was[conversation.id] for conversation in changed),
        unchanged=tuple(conversation for conversation in after if conversation == was[conversation.id]),
    )


async def _rejudge(desk: Desk, author_id: int, *, vip: bool) -> Move:
    """Return the move that puts a conversation where its standing messages and people's decisions put it."""
    unresolved = [
        conversation.id
        for conversation in await desk.store.author_conversations(author_id)
        if conversation.status is not Status.RESOLVED
    ]
    known = await judging.standing(desk, unresolved)

    def move(conversation: Conversation) -> Change:
        verdict = judging.verdict(
            desk, conversation, known.get(conversation.id, ()), vip=vip, decided=conversation.decided
        )
        return Change(placing.rejudge(conversation, verdict, desk.policy, vip=vip))

    return move
