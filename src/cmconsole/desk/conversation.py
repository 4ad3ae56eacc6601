"""One conversation whole: messages, replies, notes, deeds on one line of time; author; why it stands here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core.errors import NotFoundError
from cmconsole.core.event import AUDITED, EventKind
from cmconsole.core.reply import Act, Reply, ReplyStatus
from cmconsole.desk.explain import deed_told, sentences
from cmconsole.desk.words import in_its_place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
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


_STANDS = {
    "stranded": EventKind.REPLY_STRANDED,
    ReplyStatus.FAILED: EventKind.REPLY_FAILED,
    ReplyStatus.UNKNOWN: EventKind.REPLY_DOUBTED,
}
"""The step that led to where a reply stands now, which its own entry tells."""

_STEPS = AUDITED - {
    EventKind.REPLY_AMENDED,
    EventKind.REPLY_REFUSED,
    EventKind.REPLY_STRANDED,
    EventKind.REPLY_TAKEN_BACK,
    EventKind.REPLY_FAILED,
    EventKind.REPLY_DOUBTED,
    EventKind.REPLY_RETRIED,
    EventKind.REPLY_SETTLED,
    EventKind.REPLY_DISCARDED,
}
"""Steps that a reply's own entry tells for good: who wrote and approved it, and what became of it."""


class EntryKind(StrEnum):
    """What an entry of the timeline is."""

    MENTION = "mention"
    REPLY = "reply"
    NOTE = "note"
    DEED = "deed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline.

    who: the author's handle, or the person; empty for what the engine did. text: the message, the note, or
    the deed in the reader's language; of a message that is gone, what became of it. mention, event, reply:
    where it comes from. Of a reply `who` is whom it speaks as, `at` when it was sent, or last changed, and
    `deleted` that we deleted it since.
    """

    at: Instant
    kind: EntryKind
    who: str
    text: str
    mention: StoredMention | None = None
    event: Event | None = None
    reply: Reply | None = None
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Dossier:
    """A conversation with everything beside it. earlier: the author's other conversations, newest first.

    tips: what colleagues forwarded of it, oldest first. replies: those of all, drafts and acts on posts too,
    oldest first; not the discarded ones.
    """

    conversation: Conversation
    entries: tuple[Entry, ...]
    card: AuthorCard
    earlier: tuple[Conversation, ...]
    reasons: tuple[str, ...]
    tips: tuple[StoredTip, ...] = ()
    replies: tuple[Reply, ...] = ()


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
    replies = await desk.store.replies(conversation_id)
    return Dossier(
        conversation=conversation,
        entries=timeline(
            await desk.store.mentions(conversation_id, MESSAGES),
            await desk.store.history(conversation_id),
            now,
            desk.zone,
            replies=replies,
            handles={it.name: it.handle for it in desk.replying.speakers},
        ),
        card=await desk.store.author_card(conversation.author_id, now),
        earlier=tuple([other for other in others if other.id != conversation_id][:EARLIER]),
        reasons=tuple(sentences(conversation)),
        tips=tuple(await desk.store.tips(conversation_id)) if conversation.tips else (),
        replies=tuple(replies),
    )


def timeline(
    mentions: Sequence[StoredMention],
    history: Sequence[Event],
    now: Instant,
    zone: tzinfo,
    *,
    replies: Sequence[Reply] = (),
    handles: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Entry, ...]:
    """Return messages by the time they were written and deeds by the time they were done, oldest first.

    handles: of the desk's accounts, by name. A step of a reply is told where the reply's own entry does not
    tell it.
    """
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
    entries += _said(replies, handles)
    untold = _told_by_replies(history, replies)
    entries += [
        _done(event, now, zone)
        for event in history
        if event.kind not in _UNTOLD and event.seq not in untold and event.kind not in _STEPS
    ]
    return tuple(sorted(entries, key=lambda entry: entry.at))


def _said(replies: Sequence[Reply], handles: Mapping[str, str]) -> Iterator[Entry]:
    """Yield an entry for every reply of which there is a word, and for every act on a post."""
    gone = {
        it.in_reply_to for it in replies if it.act is Act.DELETE and it.status is ReplyStatus.SENT
    }  # fmt: skip
    for reply in replies:
        text = "\n\n".join(reply.parts) or reply.text
        if reply.act is Act.REPLY and not text.strip():
            continue
        at = reply.sent_at if reply.sent_at is not None else reply.updated_at
        deleted = bool(gone.intersection(reply.native_ids))
        who = handles.get(reply.account) or reply.account
        yield Entry(at, EntryKind.REPLY, who, text, reply=reply, deleted=deleted)


def _told_by_replies(history: Sequence[Event], replies: Sequence[Reply]) -> frozenset[int]:
    """Return the newest steps that are where their replies stand now, by their place in the change feed."""
    stands = {it.id: _STANDS.get("stranded" if it.is_stranded else it.status) for it in replies}
    newest = {
        event.data.get("reply"): event.seq
        for event in history
        if event.kind is stands.get(int(event.data.get("reply") or 0))
    }
    return frozenset(newest.values())


def _done(event: Event, now: Instant, zone: tzinfo) -> Entry:
    if event.kind is EventKind.NOTE_ADDED:
        return Entry(event.at, EntryKind.NOTE, event.person, str(event.data.get("text", "")), event=event)
    return Entry(event.at, EntryKind.DEED, event.person, deed_told(event, now, zone), event=event)
