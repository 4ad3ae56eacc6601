"""The part of a store's contract about replies: drafts, approvals, the outbox and its audit trail."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol, TypeAlias

from cmconsole.core.clock import Instant
from cmconsole.core.reply import Reply, ReplyStatus
from cmconsole.core.replying import Case, ReplyChange
from cmconsole.core.value import dataclass
from cmconsole.store.values import Lease

ReplyMove: TypeAlias = Callable[[Case], ReplyChange]
"""A pure move of a reply; it may raise any CmconsoleError, and then nothing is changed."""


@dataclass(frozen=True, slots=True)
class Audit:
    """One line of the audit trail: who did what, when, as which account, approved by whom.

    data: the fact's own (core.replying.fact): account, platform, mode, hash, native_id, writer, approver …
    It never holds a word of the text; it is never changed and never deleted.
    """

    seq: int
    at: Instant
    kind: str
    reply_id: int
    conversation_id: int
    person: str
    data: dict[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class Said:
    """What an account said lately: for the copy-paste meter, and platforms' rules about duplicates.

    text: the first part, as published. canned: the code of the canned response it began as, or empty.
    """

    reply_id: int
    conversation_id: int
    thread: str
    account: str
    platform: str
    canned: str
    text: str
    at: Instant


class ReplyStore(Protocol):
    """What engine and consoles keep of replies."""

    async def new_reply(self, reply: Reply, *, person: str, now: Instant) -> Reply:
        """Keep a new draft (`id` 0 is replaced) or another act; returns it with its id, at version 0.

        One draft a person and conversation: where there is one already, that one is returned untouched.
        An event and audit line `reply.drafted`. Raises NotFoundError for a conversation that is gone.
        """
        ...

    async def change_reply(
        self,
        reply_id: int,
        move: ReplyMove,
        *,
        person: str,
        now: Instant,
        lease: Lease | None = None,
        durable: bool = True,
    ) -> ReplyChange:
        """Read reply, conversation and the conversation's other replies, apply the move, commit its outcome.

        One transaction: reply (version + 1), conversation (as `DeskStore.change` writes it), facts as events
        and as audit lines. A change without facts and with the same reply writes nothing. Where the move puts
        it to hold, or gives the hold another end, `turn` becomes the token of the engine lease in force, else
        0. Durable: on disk when it returns. Raises NotFoundError, LeaseLostError, StoreBusyError, whatever
        the move raises, and AnsweredError where another reply of the conversation is already on its way.
        """
        ...

    async def reply(self, reply_id: int) -> Reply:
        """Return a reply; raises NotFoundError."""
        ...

    async def replies(self, conversation_id: int) -> list[Reply]:
        """Return a conversation's replies that are not discarded, oldest first."""
        ...

    async def draft(self, conversation_id: int, person: str) -> Reply | None:
        """Return a person's draft for a conversation."""
        ...

    async def replies_in(
        self, statuses: Collection[ReplyStatus], limit: int = 500, *, since: Instant | None = None
    ) -> list[Reply]:
        """Return replies in any of the statuses, those longest in it first (`updated_at`, id).

        since: only those changed at or after a moment.
        """
        ...

    async def reply_counts(self) -> dict[ReplyStatus, int]:
        """Return how many await approval, and how many there are in each status of OUTBOX; cheap."""
        ...

    async def due_replies(self, account: str, now: Instant, limit: int = 20) -> list[Reply]:
        """Return an account's replies whose hold is over and unknown ones to be looked up, by time."""
        ...

    async def said(self, accounts: Collection[str], since: Instant, limit: int = 2_000) -> list[Said]:
        """Return what accounts said since a moment, or are about to say; newest first."""
        ...

    async def audit(
        self,
        after: int = 0,
        limit: int = 500,
        *,
        reply_id: int | None = None,
        conversation_id: int | None = None,
        since: Instant | None = None,
    ) -> Sequence[Audit]:
        """Return lines of the audit trail with seq > after, in order."""
        ...
