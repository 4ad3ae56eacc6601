"""Judging anew at the desk: what a conversation's standing messages come to, under what persons decided."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from cmconsole.core import placing
from cmconsole.core.errors import StoreError
from cmconsole.core.event import RESOLVING, EventKind
from cmconsole.core.mention import Mention
from cmconsole.triage.judge import LEARNED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cmconsole.core.conversation import Conversation, Decided
    from cmconsole.core.event import Event
    from cmconsole.core.verdict import Verdict
    from cmconsole.desk.context import Desk
    from cmconsole.store.contract import StoredMention


async def standing(desk: Desk, ids: Iterable[int]) -> dict[int, list[StoredMention]]:
    """Return, by conversation, the messages that decide where it stands: those since it was last resolved.

    The desk's judge knows the engine's lessons afterwards. To be asked before a move that judges anew.
    """
    await _recall(desk)
    return {key: await _standing(desk, key) for key in dict.fromkeys(ids)}


def verdict(
    desk: Desk, conversation: Conversation, known: Sequence[StoredMention], *, vip: bool, decided: Decided
) -> Verdict:
    """Return where the `known` messages of a conversation put it, its newest one in any case among them."""
    mentions = [stored.mention for stored in known]
    if all(stored.id != conversation.last_mention for stored in known):
        mentions.append(_newest(conversation))
    return placing.strongest([desk.judge.judge(it, vip=vip, decided=decided) for it in mentions])


async def _recall(desk: Desk) -> None:
    """Let the judge know what the engine has learned since; what cannot be read is done without."""
    kept = await desk.store.learned(LEARNED)
    if kept is not None and kept.seq != desk.taught:
        with suppress(StoreError):
            desk.judge.remember(kept.state)
        desk.taught = kept.seq


async def _standing(desk: Desk, conversation_id: int) -> list[StoredMention]:
    resolved_at = _resolved_at(await desk.store.history(conversation_id))
    mentions = await desk.store.mentions(conversation_id)
    return [stored for stored in mentions if resolved_at is None or stored.received_at > resolved_at]


def _resolved_at(history: Sequence[Event]) -> int | None:
    """Return when it was last resolved, unless somebody took that back by hand."""
    resolved_at = None
    for event in history:
        if event.kind in RESOLVING:
            resolved_at = event.at
        elif event.kind is EventKind.CONVERSATION_REOPENED:
            resolved_at = None
    return resolved_at


def _newest(conversation: Conversation) -> Mention:
    """Return the newest message as the conversation keeps it: it came after the messages were read."""
    return Mention(
        platform=conversation.platform,
        native_id=conversation.thread,
        author=conversation.author,
        text=conversation.text,
        created_at=conversation.last_at,
        url=conversation.url,
        language="" if conversation.language == "other" else conversation.language,
    )
