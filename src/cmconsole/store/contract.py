"""The contract of every store: what it takes, what it gives back, and what it promises."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from cmconsole.core.clock import Instant, Millis
from cmconsole.core.conversation import Conversation, Outcome, Status
from cmconsole.core.event import Event
from cmconsole.core.moves import Change
from cmconsole.core.shift import Handover, Shift
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import Health, SourceState
from cmconsole.core.verdict import Lane
from cmconsole.store.outside import OutsideStore
from cmconsole.store.replying import ReplyStore
from cmconsole.store.values import (
    ENGINE_LEASE,
    JUDGED_ANEW,
    LEADING_REACH,
    OVERDUE_CAP,
    SIZE_CAP,
    AuthorCard,
    Erased,
    Ingested,
    Intake,
    LaneCount,
    Learned,
    Lease,
    Move,
    Presence,
    Seen,
    SetAsideItem,
    StoredMention,
)

__all__ = [
    "ENGINE_LEASE",
    "JUDGED_ANEW",
    "LEADING_REACH",
    "OVERDUE_CAP",
    "SIZE_CAP",
    "AuthorCard",
    "DeskStore",
    "Erased",
    "HealthStore",
    "Ingested",
    "Intake",
    "IntakeStore",
    "LaneCount",
    "Learned",
    "Lease",
    "Move",
    "OutsideStore",
    "Presence",
    "Seen",
    "SetAsideItem",
    "Store",
    "StoredMention",
]


class HealthStore(Protocol):
    """What engine and consoles both read: how the desk fares, and what it has learned."""

    async def lease(self, name: str) -> Lease | None:
        """Return the newest lease of that name, expired or not."""
        ...

    async def source_states(self) -> list[SourceState]:
        """Return all sources ever seen, by name."""
        ...

    async def set_aside_items(self, limit: int = 50, *, source: str = "") -> list[SetAsideItem]:
        """Return the newest items set aside, of one source where it is named."""
        ...

    async def learned(self, name: str) -> Learned | None:
        """Return what the learner of that name has learned; None where it never was saved nor forgotten."""
        ...

    async def meta(self, key: str) -> str:
        """Return a note the engine keeps for itself (`set_meta`), or an empty string."""
        ...


class IntakeStore(HealthStore, OutsideStore, ReplyStore, Protocol):
    """What intake and the other engine workers need."""

    async def ingest(self, intake: Intake, policy: SlaPolicy, now: Instant) -> Ingested:
        """Commit a batch: all or nothing, in one transaction.

        Mentions not yet known by (platform, native id), their authors and conversations (through
        core.placing.opened/received), events, full text, minute counts, set-aside items, cursor, counters.
        A conversation that the batch leaves resolved tells why (core.placing.by_itself), after its mentions.

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

    async def texts_after(
        self, mention_id: int, limit: int, since: Instant
    ) -> list[tuple[int, int, str, Instant]]:
        """Return mentions with a greater row id that were created at or after `since`, by id.

        As (mention id, conversation id, text, created_at). Fewer than `limit`: there are no more, and who
        follows may go on from what `newest_mention_id` said before.
        """
        ...

    async def newest_mention_id(self) -> int:
        """Return the row id of the last mention taken, 0 when there was none; it never falls."""
        ...

    async def cluster(self, pairs: Sequence[tuple[int, int]], now: Instant, lease: Lease | None) -> int:
        """Join conversations that say nearly the same; return how many came into a (another) cluster.

        pairs: (conversation id, id of the one that said it first); those not in the store are passed over.
        The two share a cluster afterwards: the first one's, or a new one with its id; of two clusters that
        become one the smaller id stays. Each conversation that changed has an event `conversation.clustered`.

        In every cluster exactly one open conversation of a lane leads: of those with the most pressing
        priority the earliest by an influential author (verified, or a reach of LEADING_REACH), else the
        earliest (created_at, id). Whatever moves, reopens, resolves or deletes one of them, and an author's
        new profile, keeps it so. Cluster and lead leave the version alone: nobody's deed came in between.

        At most 500 pairs a transaction; raises LeaseLostError as `ingest` does.
        """
        ...

    async def save_learned(self, learned: Learned, lease: Lease | None) -> bool:
        """Keep what a learner has learned, instead of what it had; LeaseLostError as `ingest`.

        False, and nothing is kept, where a later event is in the store's copy already: it was forgotten.
        """
        ...

    async def lesson(self, conversation_id: int) -> str | None:
        """Return the text of a conversation's newest mention; None where it was trimmed or erased."""
        ...

    async def unresolved_after(
        self, conversation_id: int, limit: int
    ) -> list[tuple[Conversation, list[StoredMention]]]:
        """Return conversations not resolved with a greater id, by id, each with its newest mentions.

        At most JUDGED_ANEW of them, oldest first.
        """
        ...

    async def rejudge(self, changes: Sequence[tuple[int, Move]], now: Instant, lease: Lease | None) -> int:
        """Apply to each conversation its move, as the engine (person ""); return how many changed.

        One that is gone, or whose move raises a CmconsoleError, is passed over. updated_at stays: nobody
        did anything. At most 500 a transaction; raises LeaseLostError as `ingest` does.
        """
        ...

    async def set_meta(self, key: str, value: str, lease: Lease | None = None) -> None:
        """Keep a note under a key; raises LeaseLostError as `ingest` does."""
        ...

    async def compact(self, pages: int = 200) -> None:
        """Give free pages back to the file system and tidy the log: short, called when the desk is quiet."""
        ...


class DeskStore(HealthStore, OutsideStore, ReplyStore, Protocol):
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
        """Return a lane's open conversations in queue order: (priority, answer-by, id).

        Of a cluster only the leading one: `cluster_sizes` counts those behind it, `cluster_members` lists
        them.
        """
        ...

    async def lane_counts(self, now: Instant) -> dict[Lane, LaneCount]:
        """Return the counts of every lane; every member of a cluster counts."""
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

    async def cluster_sizes(self, conversations: Sequence[Conversation]) -> dict[int, int]:
        """Return how many open members the cluster has in the same lane, by conversation id.

        Only of those in a cluster, itself included, counted up to SIZE_CAP. Meant for a screenful (50).
        """
        ...

    async def cluster_members(self, cluster: int, lane: Lane, limit: int = 500) -> list[Conversation]:
        """Return a cluster's open conversations in a lane: the leading one, then the others by time."""
        ...

    async def claimed_by(self, person: str, now: Instant) -> list[Conversation]:
        """Return the conversations a person holds, in queue order."""
        ...

    async def mentions(self, conversation_id: int, limit: int = 200) -> list[StoredMention]:
        """Return the newest `limit` mentions of a conversation, oldest first."""
        ...

    async def history(self, conversation_id: int) -> list[Event]:
        """Return what became of a conversation, oldest first: what persons did, and what it did by itself."""
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

    async def forget_learned(self, name: str, person: str, now: Instant) -> None:
        """Empty what a learner has learned, with an event `triage.forgotten` ({"name": name}).

        Its `seq` is that event's: corrections made before are not learned again.
        """
        ...

    async def search(self, query: str, limit: int = 50) -> list[Conversation]:
        """Return conversations that hold all the words, newest mention first; any text is a valid query.

        Accents and case are folded, the last word may be a beginning; an author's handle or name that begins
        with the query counts too.
        """
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
