"""VIP: mark authors who are to stand among the influencers whatever their reach, and judge them anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.core import moves
from cmconsole.core.conversation import Status
from cmconsole.core.event import EventKind
from cmconsole.core.mention import Mention
from cmconsole.core.moves import Change
from cmconsole.core.verdict import Kind, Lane
from cmconsole.desk.deed import Deed, Verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmconsole.core.conversation import Conversation
    from cmconsole.core.event import Event
    from cmconsole.core.verdict import Verdict
    from cmconsole.desk.context import Desk
    from cmconsole.store.contract import Move, StoredMention

_RESOLVING = frozenset({EventKind.CONVERSATION_DONE, EventKind.SILENCE_KEPT})
_KIND_RANK = {kind: rank for rank, kind in enumerate(Kind)}
_LANE_RANK = {lane: rank for rank, lane in enumerate(Lane)}


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
    """Return the move that puts a conversation where its standing mentions put it."""
    standing = {
        conversation.id: await _standing(desk, conversation.id)
        for conversation in await desk.store.author_conversations(author_id)
        if conversation.status is not Status.RESOLVED
    }

    def move(conversation: Conversation) -> Change:
        known = standing.get(conversation.id, ())
        mentions = [stored.mention for stored in known]
        if all(stored.id != conversation.last_mention for stored in known):
            mentions.append(_newest(conversation))
        verdicts = [desk.judge.judge(mention, vip=vip) for mention in mentions]
        return Change(moves.rejudge(conversation, _strongest(verdicts), desk.policy, vip=vip))

    return move


async def _standing(desk: Desk, conversation_id: int) -> list[StoredMention]:
    """Return the mentions that decide where it stands: those since it was last resolved for good."""
    resolved_at = _resolved_at(await desk.store.history(conversation_id))
    mentions = await desk.store.mentions(conversation_id)
    return [stored for stored in mentions if resolved_at is None or stored.received_at > resolved_at]


def _resolved_at(history: Sequence[Event]) -> int | None:
    """Return when it was last resolved, unless somebody took that back by hand."""
    resolved_at = None
    for event in history:
        if event.kind in _RESOLVING:
            resolved_at = event.at
        elif event.kind is EventKind.CONVERSATION_REOPENED:
            resolved_at = None
    return resolved_at


def _newest(conversation: Conversation) -> Mention:
    """Return the newest mention as the conversation keeps it: it came after the mentions were read."""
    return Mention(
        platform=conversation.platform,
        native_id=conversation.thread,
        author=conversation.author,
        text=conversation.text,
        created_at=conversation.last_at,
        url=conversation.url,
        language="" if conversation.language == "other" else conversation.language,
    )


def _strongest(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict that stands among those on one conversation, as `moves.received` keeps it."""
    return min(
        verdicts, key=lambda one: (one.priority, _LANE_RANK[one.lane], _KIND_RANK[one.kind], -one.complaint)
    )
