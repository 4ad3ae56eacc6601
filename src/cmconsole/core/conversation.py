"""A conversation: one author's exchange with the brand on one thread, the unit of the queue."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from cmconsole.core.claim import Claim
from cmconsole.core.clock import Instant, Millis
from cmconsole.core.mention import Absence, Author
from cmconsole.core.value import dataclass
from cmconsole.core.verdict import Hostility, Kind, Lane, Priority, Reason, Severity, Tone


class Status(StrEnum):
    """Where a conversation is in its life."""

    OPEN = "open"
    PENDING = "pending"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Outcome(StrEnum):
    """How a resolved conversation ended. GONE: nothing of it is left on the platform."""

    DONE = "done"
    SILENCE = "silence"
    WIN = "win"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided against triage's word; None where nobody did. Triage anew leaves it alone."""

    kind: Kind | None = None
    lane: Lane | None = None
    severity: Severity | None = None


UNDECIDED = Decided()


@dataclass(frozen=True, slots=True)
class Conversation:
    """The state of one conversation, without its messages.

    thread: native id of the thread's first post; with platform and author it is the conversation's identity.
    messages: how many mentions it holds; text, url: those of the newest one (`last_mention`, a row id).
    waiting_since: since when the author waits for us; None when nobody waits (pending, resolved).
    answer_by: waiting_since + the SLA target; None while the clock is stopped (pending) or over (resolved).
    clock_left: milliseconds that were left when the clock stopped; None while it runs or is over.
    outcome, silence_reason: set by the move that resolved it.
    route: where a rule wants it escalated, or empty. decided: what a person decided against triage.
    cluster: conversations that say nearly the same share this id; None where it stands alone.
    lead: it stands for its cluster in its lane (the others are counted behind it); True outside clusters.
    gone: why the newest mention is no longer on its platform; its text is empty then. can_reply: whether the
    platform lets us answer any of them. tips: how often colleagues forwarded it.
    version: grows by one with every committed change.
    """

    id: int
    platform: str
    thread: str
    author: Author
    author_id: int
    status: Status
    lane: Lane
    priority: Priority
    kind: Kind
    severity: Severity
    tone: Tone
    created_at: Instant
    updated_at: Instant
    waiting_since: Instant | None
    answer_by: Instant | None
    messages: int
    text: str
    url: str
    last_mention: int
    last_at: Instant
    vip: bool = False
    clock_left: Millis | None = None
    snoozed_until: Instant | None = None
    claim: Claim | None = None
    language: str = "other"
    complaint: float = 0.0
    outcome: Outcome | None = None
    silence_reason: str = ""
    tags: tuple[str, ...] = ()
    reasons: Sequence[Reason] = ()
    version: int = 0
    hostility: Hostility = Hostility.NONE
    themes: tuple[str, ...] = ()
    route: str = ""
    decided: Decided = UNDECIDED
    cluster: int | None = None
    lead: bool = True
    gone: Absence | None = None
    can_reply: bool = True
    tips: int = 0

    def overdue(self, now: Instant) -> bool:
        """Say whether the author should have been answered before `now`."""
        return self.answer_by is not None and self.answer_by < now

    def holder(self, now: Instant) -> str:
        """Return who holds the conversation at `now`, or an empty string."""
        return self.claim.person if self.claim is not None and self.claim.holds(now) else ""
