"""What happened: facts made by moves, and events as the store keeps them in commit order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from cmconsole.core.clock import Instant

Datum: TypeAlias = str | int | float | bool | None
"""One JSON scalar in an event's data."""

NOTHING: Mapping[str, Datum] = MappingProxyType({})


class EventKind(StrEnum):
    """Past-tense names of what can happen; stable, stored, documented in docs/guide."""

    MENTION_TAKEN = "mention.taken"
    CONVERSATION_CLAIMED = "conversation.claimed"
    CLAIM_RELEASED = "claim.released"
    CONVERSATION_DONE = "conversation.done"
    SILENCE_KEPT = "silence.kept"
    CONVERSATION_SNOOZED = "conversation.snoozed"
    CONVERSATION_WOKEN = "conversation.woken"
    CONVERSATION_PENDING = "conversation.pending"
    CONVERSATION_REOPENED = "conversation.reopened"
    CONVERSATION_WON = "conversation.won"
    CONVERSATION_CORRECTED = "conversation.corrected"
    CONVERSATION_REJUDGED = "conversation.rejudged"
    CONVERSATION_CLUSTERED = "conversation.clustered"
    TRIAGE_FORGOTTEN = "triage.forgotten"
    CONVERSATION_GONE = "conversation.gone"
    MENTION_EDITED = "mention.edited"
    MENTION_REMOVED = "mention.removed"
    TIP_LINKED = "tip.linked"
    SOURCE_PAUSED = "source.paused"
    SOURCE_RESUMED = "source.resumed"
    ACCOUNT_CHECKED = "account.checked"
    TAG_ADDED = "tag.added"
    TAG_REMOVED = "tag.removed"
    NOTE_ADDED = "note.added"
    VIP_MARKED = "author.vip_marked"
    VIP_UNMARKED = "author.vip_unmarked"
    AUTHOR_ERASED = "author.erased"
    SHIFT_STARTED = "shift.started"
    SHIFT_EXTENDED = "shift.extended"
    SHIFT_ENDED = "shift.ended"
    HANDOVER_SAVED = "handover.saved"
    HANDOVER_ACCEPTED = "handover.accepted"
    REPLY_DRAFTED = "reply.drafted"
    REPLY_ASKED = "reply.asked"
    REPLY_AMENDED = "reply.amended"
    REPLY_APPROVED = "reply.approved"
    REPLY_REFUSED = "reply.refused"
    REPLY_HELD = "reply.held"
    REPLY_STRANDED = "reply.stranded"
    REPLY_TAKEN_BACK = "reply.taken_back"
    REPLY_SENDING = "reply.sending"
    REPLY_PART_SENT = "reply.part_sent"
    REPLY_SENT = "reply.sent"
    REPLY_REHEARSED = "reply.rehearsed"
    REPLY_PUT_OFF = "reply.put_off"
    REPLY_FAILED = "reply.failed"
    REPLY_DOUBTED = "reply.doubted"
    REPLY_LOOKED_UP = "reply.looked_up"
    REPLY_RETRIED = "reply.retried"
    REPLY_SETTLED = "reply.settled"
    REPLY_DISCARDED = "reply.discarded"


AUDITED = frozenset(kind for kind in EventKind if kind.value.startswith("reply."))
"""What the append-only audit trail keeps as well: every step of everything that may be published."""

RESOLVING = frozenset(
    {
        EventKind.CONVERSATION_DONE,
        EventKind.SILENCE_KEPT,
        EventKind.CONVERSATION_WON,
        EventKind.CONVERSATION_GONE,
    }
)
"""What resolves a conversation, one for each outcome."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something a move made true; it becomes an event when the move is committed."""

    kind: EventKind
    data: Mapping[str, Datum] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Event:
    """A committed fact. `seq` grows in commit order and is never used twice.

    person: who did it; empty for what the engine did by itself.
    conversation_id: None for what concerns no conversation.
    """

    seq: int
    at: Instant
    kind: EventKind
    conversation_id: int | None
    person: str
    data: Mapping[str, Datum] = field(default_factory=lambda: NOTHING)
