"""The contract of every store: what it takes, what it gives back, and what it promises."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cmconsole.core.clock import Instant, Millis
from cmconsole.core.conversation import Conversation, Outcome, Status
from cmconsole.core.event import Event
from cmconsole.core.mention import Author, Mention, SetAside
from cmconsole.core.moves import Change
from cmconsole.core.shift import Handover, Shift
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import Health, SourceState
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

    lease: where given, the commit fails with LeaseLostError unless this lease is still the newest.
    """

    source: str
    platform: str
    items: Sequence[tuple[Mention, Verdict]]
    set_aside: Sequence[SetAside] = ()
    cursor: str | None = None
    lease: Lease | None = None


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
    """A mention with its row id and the conversation it is in."""

    id: int
    conversation_id: int
    received_at: Instant
    mention: Mention


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
class Erased:
    """What an erasure removed."""

    authors: int
    conversations: int
    mentions: int


Move = Callable[[Conversation], Change]
"""A pure move; it may raise any CmconsoleError, and then nothing is changed."""


ENGINE_LEASE = "engine"
"""The lease that makes an engine the active one; a console reads it to say whether an engine works."""


class HealthStore(Protocol):
    """What engine and consoles both read to say how the desk fares."""

    async def lease(self, name: str) -> Lease | None:
        """Return the newest lease of that name, expired or not."""
        ...

    async def source_states(self) -> list[SourceState]:
        """Return all sources ever seen, by name."""
        ...


class IntakeStore(HealthStore, Protocol):
    """What intake and the other engine workers need."""

    async def ingest(self, intake: Intake, policy: SlaPolicy, now: Instant) -> Ingested:
        """Commit a batch: all or nothing, in one transaction.

        Mentions not yet known by (platform, native id), their authors and conversations (through
        core.moves.opened/received), events, full text, minute counts, set-aside items, cursor, counters.

        Raises LeaseLostError, StoreBusyError.
        """
        ...

    def is_shared(self) -> bool:
        """Say whether anybody else has committed lately: then write little at a time."""
        ...

    async def acquire_lease(self, name: str, holder: str, now: Instant, ttl: Millis) -> Lease | None:
        """Take the lease if it is free, expired or already the holder's; None while another holds it."""
        ...

    async def renew_lease(self, lease: Lease, now: Instant, ttl: Millis) -> Lease:
        """Prolong the lease; raises LeaseLostError if somebody else has taken it."""
        ...

    async def release_lease(self, lease: Lease) -> None:
        """Give the lease back at once; does nothing if it was lost."""
        ...

    async def set_source_health(
        self,
        name: str,
        platform: str,
        health: Health,
        *,
        now: Instant,
        retry_at: Instant | None = None,
        error: str = "",
    ) -> None:
        """Record a source's health; `error` empty keeps the last one."""
        ...

    async def set_aside_items(self, limit: int = 50) -> list[SetAsideItem]:
        """Return the newest items set aside."""
        ...

    async def wake_due(self, now: Instant, limit: int = 500) -> int:
        """Reopen snoozed conversations whose time has come (core.moves.wake); return how many."""
        ...

    async def trim(self, before: Instant, limit: int = 500) -> int:
        """Delete a little of what is older than `before`; return rows deleted, 0 when nothing is left to do.

        Up to `limit` of the oldest resolved conversations, with their mentions, full text and events; intake
        events, set-aside items and minute counts of that age; authors without any mention left (never VIPs).
        One short transaction.
        """
        ...

    async def compact(self, pages: int = 200) -> None:
        """Give free pages back to the file system and tidy the log: short, called when the desk is quiet."""
        ...


class DeskStore(HealthStore, Protocol):
    """What a person's console needs."""

    async def change(self, conversation_id: int, move: Move, *, person: str, now: Instant) -> Change:
        """Read a conversation, apply the move and commit its outcome with its facts, in one transaction.

        Raises NotFoundError, StoreBusyError and whatever the move raises. Returned means durably kept.
        """
        ...

    async def change_many(
        self, conversation_ids: Sequence[int], move: Move, *, person: str, now: Instant
    ) -> list[Change | Exception]:
        """Apply the move to each, at most 500 a transaction; per id the change or the error it met."""
        ...

    async def lane(self, lane: Lane, limit: int, *, after: Conversation | None = None) -> list[Conversation]:
        """Return a lane's open conversations in queue order: (priority, answer-by, id)."""
        ...

    async def lane_counts(self, now: Instant) -> dict[Lane, LaneCount]:
        """Return the counts of every lane."""
        ...

    async def status_counts(self) -> dict[Status, int]:
        """Return how many conversations there are by status."""
        ...

    async def conversations(self, ids: Sequence[int]) -> list[Conversation]:
        """Return the conversations that exist among `ids`, in the order given."""
        ...

    async def in_status(self, status: Status, limit: int) -> list[Conversation]:
        """Return conversations of a status.

        Snoozed by wake time, resolved and pending newest first, open in queue order.
        """
        ...

    async def claimed_by(self, person: str, now: Instant) -> list[Conversation]:
        """Return the conversations a person holds, in queue order."""
        ...

    async def mentions(self, conversation_id: int, limit: int = 200) -> list[StoredMention]:
        """Return the newest `limit` mentions of a conversation, oldest first."""
        ...

    async def history(self, conversation_id: int) -> list[Event]:
        """Return what persons did to a conversation, oldest first."""
        ...

    async def author_card(self, author_id: int, now: Instant) -> AuthorCard:
        """Return an author's card; raises NotFoundError."""
        ...

    async def author_conversations(self, author_id: int, limit: int = 20) -> list[Conversation]:
        """Return an author's conversations, newest first."""
        ...

    async def vip_authors(self) -> set[tuple[str, str]]:
        """Return (platform, folded handle) of every author marked VIP at the desk."""
        ...

    async def set_vip(self, author_id: int, rejudge: Move, *, vip: bool, person: str, now: Instant) -> None:
        """Mark or unmark an author, and apply `rejudge` to their unresolved conversations."""
        ...

    async def search(self, query: str, limit: int = 50) -> list[Conversation]:
        """Return conversations that hold all the words, newest mention first; any text is a valid query.

        Accents and case are folded, the last word may be a beginning; an author's handle or name that begins
        with the query counts too.
        """
        ...

    async def find_mention(self, platform: str, native_id: str) -> StoredMention | None:
        """Return a mention by its identity."""
        ...

    async def per_minute(self, since: Instant) -> list[tuple[Instant, int]]:
        """Return mentions received per minute, oldest first; minutes without any are left out."""
        ...

    async def events(
        self, after: int, limit: int = 500, *, kinds: Sequence[str] = (), since: Instant | None = None
    ) -> list[Event]:
        """Return events with seq > after in order; every committed one exactly once.

        Optionally only some kinds, or only those at or after a moment.
        """
        ...

    async def last_seq(self) -> int:
        """Return the newest event's seq, 0 when there is none."""
        ...

    async def changed(self) -> bool:
        """Say, cheaply, whether anything was committed (by anybody) since this was last asked."""
        ...

    async def beat(self, presence: Presence) -> None:
        """Record that a console lives (by console id)."""
        ...

    async def leave(self, console: str) -> None:
        """Forget a console."""
        ...

    async def presences(self, since: Instant) -> list[Presence]:
        """Return the consoles seen since, by person."""
        ...

    async def start_shift(self, person: str, now: Instant, ends_at: Instant) -> Shift:
        """Begin a person's shift, or set the end of their running one anew.

        Running: not handed over, and ended less than 12 h ago if at all.
        """
        ...

    async def shift(self, shift_id: int) -> Shift:
        """Return a shift; raises NotFoundError."""
        ...

    async def running_shift(self, person: str, now: Instant) -> Shift | None:
        """Return the person's shift that is neither handed over nor ended 12 h ago."""
        ...

    async def save_handover(self, shift_id: int, brief: str, now: Instant) -> Handover:
        """Keep the shift's brief (again: replaces the former one, until it is accepted)."""
        ...

    async def accept_handover(self, handover_id: int, by: str, now: Instant, hold: Millis) -> Handover:
        """Accept in one transaction: claims move to `by` (held for `hold`), the shift is marked handed over.

        Raises IllegalMoveError if it was accepted already or `by` is the outgoing person.
        """
        ...

    async def handovers(self, limit: int = 20) -> list[Handover]:
        """Return the newest handovers."""
        ...

    async def decisions(self, since: Instant, outcome: Outcome, limit: int = 500) -> list[Conversation]:
        """Return conversations resolved with that outcome since a moment, newest first."""
        ...

    async def erase_author(self, platform: str, handle: str, *, person: str, now: Instant) -> Erased:
        """Remove an author and all of theirs from every page of the store (secure delete, log emptied).

        Conversations, mentions, notes, full text and event data go; one event says that an erasure took
        place, without naming anybody.
        """
        ...

    def export(self) -> AsyncIterator[dict[str, object]]:
        """Yield every conversation with author, mentions and history as JSON-ready objects, by id."""
        ...


class Store(IntakeStore, DeskStore, Protocol):
    """A whole store. Times are instants in milliseconds; ids are the store's own row ids."""

    async def open(self) -> None:
        """Open or make the store and bring its schema up to date; raises StoreVersionError, StoreError."""
        ...

    async def close(self) -> None:
        """Close; safe to call twice."""
        ...
