"""One conversation whole: messages, notes and deeds on one line of time, its author, why it stands here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core.errors import NotFoundError
from cmconsole.core.event import EventKind
from cmconsole.desk.explain import deed_told, sentences
from cmconsole.desk.words import in_its_place

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.event import Event
    from cmconsole.core.tip import StoredTip
    from cmconsole.desk.context import Desk
    from cmconsole.store.contract import AuthorCard, StoredMention

MESSAGES = 200
"""Newest messages read of a conversation; the count of all of them is in `Conversation.messages`."""

EARLIER = 20
"""Other conversations of the author that are read."""


_UNTOLD = frozenset({EventKind.MENTION_TAKEN, EventKind.CONVERSATION_CLUSTERED})
"""Events that are no deeds: a mention stands for itself, and a cluster shows in the lane."""


class EntryKind(StrEnum):
    """What an entry of the timeline is."""

    MENTION = "mention"
    NOTE = "note"
    DEED = "deed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline.

    who: the author's handle, or the person; empty for what the engine did. text: the message, the note, or
    the deed in the reader's language; of a message that is gone, what became of it. mention, event: where it
    comes from.
    """

    at: Instant
    kind: EntryKind
    who: str
    text: str
    mention: StoredMention | None = None
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
    """A conversation with everything beside it. earlier: the author's other conversations, newest first.

    tips: what colleagues forwarded of it, oldest first.
    """

    conversation: Conversation
    entries: tuple[Entry, ...]
    card: AuthorCard
    earlier: tuple[Conversation, ...]
    reasons: tuple[str, ...]
    tips: tuple[StoredTip, ...] = ()


async def read(desk: Desk, conversation_id: int) -> Dossier:
    """Read a conversation; raises NotFoundError when it does not exist (any more)."""
    found = await desk.store.conversations([conversation_id])
    if not found:
        raise NotFoundError(
            _("There is no conversation {id}.").format(id=conversation_id),
            advice=_("It may have been erased, or trimmed with age."),
        )
    conversation, now = found[0], desk.now()
    others = await desk.store.author_conversations(conversation.author_id, EARLIER + 1)
    return Dossier(
        conversation=conversation,
        entries=timeline(
            await desk.store.mentions(conversation_id, MESSAGES),
            await desk.store.history(conversation_id),
            now,
            desk.zone,
        ),
        card=await desk.store.author_card(conversation.author_id, now),
        earlier=tuple([other for other in others if other.id != conversation_id][:EARLIER]),
        reasons=tuple(sentences(conversation)),
        tips=tuple(await desk.store.tips(conversation_id)) if conversation.tips else (),
    )


def timeline(
    mentions: Sequence[StoredMention], history: Sequence[Event], now: Instant, zone: tzinfo
) -> tuple[Entry, ...]:
    """Return messages by the time they were written and deeds by the time they were done, oldest first."""
    entries = [
        Entry(
            stored.mention.created_at,
            EntryKind.MENTION,
            stored.mention.author.handle,
            stored.mention.text if stored.gone is None else in_its_place(stored.gone),
            mention=stored,
        )
        for stored in mentions
    ]
    entries += [_done(event, now, zone) for event in history if event.kind not in _UNTOLD]
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _done(event: Event, now: Instant, zone: tzinfo) -> Entry:
    if event.kind is EventKind.NOTE_ADDED:
        return Entry(event.at, EntryKind.NOTE, event.person, str(event.data.get("text", "")), event=event)
    return Entry(event.at, EntryKind.DEED, event.person, deed_told(event, now, zone), event=event)
