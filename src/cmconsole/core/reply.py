"""A reply: what the desk is about to say in public, from its first draft to the platform's answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b
from secrets import token_hex

from cmconsole.core.account import Mode
from cmconsole.core.clock import Instant


class ReplyStatus(StrEnum):
    """Where a reply is in its life.

    HOLDING is the undo window; without an end (`Reply.is_stranded`) a person has to say that it may go.
    UNKNOWN: the platform may or may not have published it. REHEARSED: it would have left, were it not a
    rehearsal.
    """

    DRAFT = "draft"
    AWAITING = "awaiting"
    HOLDING = "holding"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    DISCARDED = "discarded"
    REHEARSED = "rehearsed"


FLYING = frozenset({ReplyStatus.HOLDING, ReplyStatus.SENDING, ReplyStatus.UNKNOWN})
"""On its way out: a conversation has at most one such reply at any time."""

ANSWERED = frozenset({ReplyStatus.SENT, ReplyStatus.REHEARSED})
"""The author was answered (in rehearsal: would have been)."""

OUTBOX = frozenset({*FLYING, ReplyStatus.FAILED})
"""What the outbox shows: under way, or back with the person."""


class Act(StrEnum):
    """What is asked of a platform: a reply, or something done to a post there (`Reply.in_reply_to`)."""

    REPLY = "reply"
    DELETE = "delete"
    HIDE = "hide"
    LIKE = "like"
    REPORT = "report"
    REMOVE = "remove"
    APPROVE = "approve"
    LOCK = "lock"


REPEATABLE = frozenset(Act) - {Act.REPLY, Act.REPORT}
"""Acts that change nothing when they are done twice: an unclear answer is followed by another try."""


def new_key() -> str:
    """Return a key for a reply: 32 lower-case hexadecimal digits, as `publishing.Outgoing` wants it."""
    return token_hex(16)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply, or another act on a platform, with everything that became of it.

    text: as written, without signature. parts: exactly what is to be published, one post each (more than one
    for a thread asked for); empty until it was asked for or put to hold. For another act than a reply `text`
    is its reason in words, and there are no parts.
    in_reply_to, thread: native ids of the mention and of its thread's first post.
    key: new with every new text; the platform is given one derived from it for each part.
    seen: row id of the newest mention its writer had before them.
    writer: who began it; editor: who changed the text last; approver: who said yes to this very text.
    asked_text: the text an approval was first asked for. refusal: why it was refused, until asked again.
    raised: names of the guards that were raised and confirmed by a typed word.
    hold_until: when the undo window, or the pause before another try, is over.
    console: whose undo window it is: when that console goes, a person has to confirm; empty: nobody's.
    turn: token of the engine lease in force when it was put to hold, 0: none was.
    attempts: calls begun for the present part; first_at: when the first of them began.
    next_at: when an unknown one is looked up next; looks: how often it was; absences: how often in a row it
    was not there. doubted: an earlier try may have published it, and only a person's word set it going again:
    what comes back of it is unknown, not failed. error, advice: what went wrong, and what can be done.
    native_ids: of the parts that are published, in order; url: of the first.
    version: grows by one with every committed change.
    """

    id: int
    conversation_id: int
    platform: str
    account: str
    in_reply_to: str
    text: str
    writer: str
    created_at: Instant
    updated_at: Instant
    mode: Mode = Mode.REHEARSAL
    act: Act = Act.REPLY
    thread: str = ""
    parts: tuple[str, ...] = ()
    language: str = ""
    key: str = field(default_factory=new_key)
    status: ReplyStatus = ReplyStatus.DRAFT
    seen: int = 0
    canned: str = ""
    editor: str = ""
    approver: str = ""
    asked_at: Instant | None = None
    asked_text: str = ""
    refusal: str = ""
    raised: tuple[str, ...] = ()
    hold_until: Instant | None = None
    console: str = ""
    turn: int = 0
    attempts: int = 0
    first_at: Instant | None = None
    next_at: Instant | None = None
    looks: int = 0
    absences: int = 0
    doubted: bool = False
    error: str = ""
    advice: str = ""
    native_ids: tuple[str, ...] = ()
    url: str = ""
    sent_at: Instant | None = None
    version: int = 0

    @property
    def is_stranded(self) -> bool:
        """Say whether it was on hold when engine or console died: only a person sends it on."""
        return self.status is ReplyStatus.HOLDING and self.hold_until is None

    @property
    def part(self) -> int:
        """The number of the part that is next to be published, from 0."""
        return len(self.native_ids)

    @property
    def part_key(self) -> str:
        """The key the platform is given for the next part: the same for every attempt at it."""
        if self.part == 0:
            return self.key
        return blake2b(f"{self.key} {self.part}".encode(), digest_size=16).hexdigest()

    @property
    def hash(self) -> str:
        """A digest of what is, or would be, published: the audit trail holds it instead of the words."""
        told = "\0".join(self.parts or (self.text,))
        return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    @property
    def is_amended(self) -> bool:
        """Say whether the text changed after an approval was first asked for."""
        return bool(self.asked_text) and self.asked_text != self.text
