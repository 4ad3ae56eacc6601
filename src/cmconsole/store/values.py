"""The values that a store takes and gives back, beside those of the domain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cmconsole.core.clock import Instant
from cmconsole.core.conversation import Conversation
from cmconsole.core.mention import Absence, Author, Mention, Removed, SetAside
from cmconsole.core.moves import Change
from cmconsole.core.tip import Tip
from cmconsole.core.verdict import Kind, Lane, Verdict


@dataclass(frozen=True, slots=True)
class Lease:
    """An engine's right to work on the store; `token` grows with every holder and fences the old one off."""

    name: str
    holder: str
    token: int
    expires_at: Instant


@dataclass(frozen=True, slots=True)
class Intake:
    """One batch to commit: judged mentions, items set aside, and the source's next cursor.

    source: the settings' name of what delivered and counts it; empty for what the engine asked for by itself.
    A known mention with a later `edited_at` is changed. removed: mentions gone from their platform, whose
    text goes here too; one that is not in the store means nothing.
    lease: where given, the commit fails with LeaseLostError unless this lease is still the newest.
    """

    source: str
    platform: str
    items: Sequence[tuple[Mention, Verdict]]
    set_aside: Sequence[SetAside] = ()
    cursor: str | None = None
    lease: Lease | None = None
    removed: Sequence[Removed] = ()
    tips: Sequence[Tip] = ()


@dataclass(frozen=True, slots=True)
class Ingested:
    """What a batch came to: new mentions, known ones, items set aside."""

    new: int
    duplicate: int
    set_aside: int


@dataclass(frozen=True, slots=True)
class LaneCount:
    """A lane's open conversations: all, by kind, and those overdue (counted up to OVERDUE_CAP)."""

    lane: Lane
    open: int
    overdue: int
    kinds: dict[Kind, int] = field(default_factory=dict)


OVERDUE_CAP = 1_000
"""Overdue is counted up to here ("1000+"): counting a backlog must not cost more than showing it."""


@dataclass(frozen=True, slots=True)
class StoredMention:
    """A mention with its row id and the conversation it is in; gone: why its platform shows it no longer."""

    id: int
    conversation_id: int
    received_at: Instant
    mention: Mention
    gone: Absence | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """When a mention was last seen on its platform: received, or asked for again.

    waits: its conversation is not resolved.
    """

    id: int
    platform: str
    native_id: str
    at: Instant
    waits: bool


@dataclass(frozen=True, slots=True)
class AuthorCard:
    """What is known of an author: profile, VIP mark, and how often they wrote."""

    id: int
    author: Author
    vip: bool
    first_seen: Instant
    mentions: int
    conversations: int
    mentions_this_month: int


@dataclass(frozen=True, slots=True)
class Presence:
    """A console that is, or was lately, at the desk."""

    console: str
    person: str
    seen_at: Instant
    shift_id: int | None


@dataclass(frozen=True, slots=True)
class SetAsideItem:
    """An item kept apart because it could not be read."""

    id: int
    source: str
    at: Instant
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Learned:
    """What a learner has learned from the desk's corrections.

    state: the learner's own JSON; empty after `forget_learned`: begin anew, with what comes after `seq`.
    seq: the last event it has learned from. at: when it was saved or forgotten.
    """

    name: str
    state: str
    seq: int
    at: Instant


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure removed."""

    authors: int
    conversations: int
    mentions: int


Move = Callable[[Conversation], Change]
"""A pure move; it may raise any CmconsoleError, and then nothing is changed."""


ENGINE_LEASE = "engine"
"""The lease that makes an engine the active one; a console reads it to say whether an engine works."""


LEADING_REACH = 2_000
"""Reach from which an author leads their cluster before earlier ones: triage's lowest tier of influence."""

SIZE_CAP = 9_999
"""Members of a cluster are counted up to here: a storm must not cost more than showing it."""

JUDGED_ANEW = 5
"""Mentions of a conversation that are judged anew after a change of rules: the newest say what it is."""
