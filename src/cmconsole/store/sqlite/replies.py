"""Replies: kept from the first draft on, changed by moves, one transaction each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from cmconsole.core.account import Mode
from cmconsole.core.errors import N_, NotFoundError
from cmconsole.core.event import EventKind
from cmconsole.core.moves import Change
from cmconsole.core.reply import ANSWERED, FLYING, OUTBOX, Act, Reply, ReplyStatus
from cmconsole.core.replying import Case, ReplyChange, check_alone, fact
from cmconsole.store.replying import Said
from cmconsole.store.sqlite import audit, conversations, leases, rows
from cmconsole.store.values import ENGINE_LEASE

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.store.replying import ReplyMove
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.sqlite.thread import Writer
    from cmconsole.store.values import Lease

_NAMES = tuple(it.name for it in fields(Reply))
_KEPT = tuple(name for name in _NAMES if name != "id")
_READ: dict[str, Callable[[Any], object]] = {
    "mode": Mode,
    "act": Act,
    "status": ReplyStatus,
    "parts": rows.words,
    "raised": rows.words,
    "doubted": bool,
    "native_ids": rows.words,
}


def _listed(statuses: Iterable[ReplyStatus]) -> str:
    return ", ".join(f"'{it.value}'" for it in sorted(statuses))


_LIVING = frozenset({*FLYING, ReplyStatus.DRAFT, ReplyStatus.AWAITING, ReplyStatus.FAILED})
_COUNTED = frozenset({ReplyStatus.AWAITING, *OUTBOX})

REPLY = f"SELECT {', '.join(_NAMES)} FROM reply"  # noqa: S608 - names of fields
"""Whole replies, to be read by `reply_of`."""

_ADD = f"INSERT INTO reply ({', '.join(_KEPT)}) VALUES ({', '.join('?' * len(_KEPT))}) RETURNING id"  # noqa: S608 - as above
_CHANGE = f"UPDATE reply SET {', '.join(f'{name} = ?' for name in _KEPT)} WHERE id = ?"  # noqa: S608 - as above
_OF = f"{REPLY} WHERE conversation_id = ? AND status <> 'discarded' ORDER BY id"
_OTHERS = f"""{REPLY} WHERE conversation_id = ? AND id <> ? AND act = 'reply'
AND status IN ({_listed(FLYING | ANSWERED)}) ORDER BY id"""
_OF_WHICH_SOMETHING_MAY_BECOME = f"""{REPLY} WHERE conversation_id IN (SELECT value FROM json_each(?))
AND status IN ({_listed(_LIVING)}) ORDER BY id"""  # noqa: S608 - constants
_DRAFT = f"""{REPLY} INDEXED BY reply_conversation WHERE conversation_id = ? AND status = 'draft'
AND writer = ? AND act = 'reply' ORDER BY updated_at DESC, id DESC LIMIT 1"""
_IN = f"""{REPLY} WHERE id IN (
    SELECT id FROM reply WHERE status IN (SELECT value FROM json_each(?)) AND updated_at >= ?
    ORDER BY updated_at, id LIMIT ?
) ORDER BY updated_at, id"""  # noqa: S608 - constants
_COUNTS = f"SELECT status, count(*) FROM reply WHERE status IN ({_listed(_COUNTED)}) GROUP BY status"  # noqa: S608 - constants
_DUE = f"{REPLY} WHERE account = ? AND due <= ? ORDER BY due, id LIMIT ?"
_SAID = """
SELECT id, conversation_id, thread, account, platform, canned,
       coalesce(json_extract(parts, '$[0]'), text), said_at
FROM reply WHERE account IN (SELECT value FROM json_each(?)) AND said_at >= ?
ORDER BY said_at DESC, id DESC LIMIT ?
"""
_TURN = "SELECT token FROM lease WHERE name = ? AND expires_at > ?"


def reply_of(row: Sequence[Any]) -> Reply:
    """Read one row of REPLY."""
    found = dict(zip(_NAMES, row, strict=True))
    found.update((name, read(found[name])) for name, read in _READ.items())
    return Reply(**found)


def _values(reply: Reply) -> rows.Row:
    """Write a reply as the values of _KEPT."""
    found = ((name, getattr(reply, name)) for name in _KEPT)
    return tuple(rows.json(it) if _READ.get(name) is rows.words else it for name, it in found)


def missing(reply_id: int) -> NotFoundError:
    """Return the error for a reply that is not there."""
    return NotFoundError(N_("Reply {number} is not in the store (any more)."), number=reply_id)


def load(writer: Writer, reply_id: int) -> Reply:
    """Return a reply inside a transaction; raises NotFoundError."""
    found = writer.rows(f"{REPLY} WHERE id = ?", (reply_id,))
    if not found:
        raise missing(reply_id)
    return reply_of(found[0])


def _others(writer: Writer, reply: Reply) -> tuple[Reply, ...]:
    return tuple(map(reply_of, writer.rows(_OTHERS, (reply.conversation_id, reply.id))))


def _conversation(writer: Writer, conversation_id: int) -> Conversation:
    found = conversations.load(writer, (conversation_id,))
    if not found:
        raise conversations.missing(conversation_id)
    return found[conversation_id]


def add(writer: Writer, reply: Reply, *, person: str, now: Instant) -> Reply:
    """See ReplyStore.new_reply."""
    _conversation(writer, reply.conversation_id)
    if reply.act is Act.REPLY and reply.status is ReplyStatus.DRAFT:
        found = writer.rows(_DRAFT, (reply.conversation_id, reply.writer))
        if found:
            return reply_of(found[0])
    new = _dated(writer, None, replace(reply, id=0, version=0), now)
    if _flies(new):
        check_alone(_others(writer, new))
    ((number,),) = writer.rows(_ADD, _values(new))
    new = replace(new, id=number)
    audit.tell(writer, new, (fact(EventKind.REPLY_DRAFTED, new),), person=person, now=now)
    return new


def change(
    writer: Writer, reply_id: int, move: ReplyMove, *, person: str, now: Instant, lease: Lease | None
) -> ReplyChange:
    """See ReplyStore.change_reply."""
    leases.check(writer, lease)
    before = load(writer, reply_id)
    case = Case(before, _conversation(writer, before.conversation_id), _others(writer, before))
    made = move(case)
    if made.reply == before and not made.facts:
        return made
    if _flies(made.reply):
        check_alone(case.others)
    fixed = replace(made.reply, id=before.id, conversation_id=before.conversation_id)
    after = _dated(writer, before, replace(fixed, version=before.version + 1), now)
    writer.rows(_CHANGE, (*_values(after), after.id))
    talk = made.conversation
    if talk is not None:
        talk = _moved(writer, case.conversation, talk, person=person, now=now)
    audit.tell(writer, after, made.facts, person=person, now=now)
    return ReplyChange(after, made.facts, talk)


def _flies(reply: Reply) -> bool:
    return reply.act is Act.REPLY and reply.status in FLYING


def _dated(writer: Writer, before: Reply | None, after: Reply, now: Instant) -> Reply:
    """Note down, with every new end of a hold, in which engine's turn it was set."""
    if after.status is not ReplyStatus.HOLDING or after.hold_until is None:
        return after
    if before is not None and before.status is after.status and before.hold_until == after.hold_until:
        return replace(after, turn=before.turn)
    found = writer.rows(_TURN, (ENGINE_LEASE, now))
    return replace(after, turn=found[0][0] if found else 0)


def _moved(
    writer: Writer, before: Conversation, after: Conversation, *, person: str, now: Instant
) -> Conversation:
    """Write the reply's conversation as every other move of it is written."""
    (outcome,) = conversations.apply(writer, (before,), lambda _: Change(after), person=person, now=now)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome.conversation


def unfinished(writer: Writer, conversation_ids: Iterable[int]) -> list[Reply]:
    """Return the conversations' replies of which something may still become."""
    wanted = (rows.json(list(conversation_ids)),)
    return [reply_of(row) for row in writer.rows(_OF_WHICH_SOMETHING_MAY_BECOME, wanted)]


async def reply(database: Database, reply_id: int) -> Reply:
    """See ReplyStore.reply."""
    found = await database.rows(f"{REPLY} WHERE id = ?", (reply_id,))
    if not found:
        raise missing(reply_id)
    return reply_of(found[0])


async def of(database: Database, conversation_id: int) -> list[Reply]:
    """See ReplyStore.replies."""
    return [reply_of(row) for row in await database.rows(_OF, (conversation_id,))]


async def draft(database: Database, conversation_id: int, person: str) -> Reply | None:
    """See ReplyStore.draft. Of two (one was taken back meanwhile) the one touched last."""
    found = await database.rows(_DRAFT, (conversation_id, person))
    return reply_of(found[0]) if found else None


async def in_statuses(
    database: Database, statuses: Collection[ReplyStatus], limit: int, since: Instant | None
) -> list[Reply]:
    """See ReplyStore.replies_in."""
    values = (rows.json([it.value for it in statuses]), 0 if since is None else since, limit)
    return [reply_of(row) for row in await database.rows(_IN, values)]


async def counts(database: Database) -> dict[ReplyStatus, int]:
    """See ReplyStore.reply_counts."""
    found = {ReplyStatus(status): n for status, n in await database.rows(_COUNTS)}
    return {it: found.get(it, 0) for it in sorted(_COUNTED)}


async def due(database: Database, account: str, now: Instant, limit: int) -> list[Reply]:
    """See ReplyStore.due_replies."""
    return [reply_of(row) for row in await database.rows(_DUE, (account, now, limit))]


async def said(database: Database, accounts: Collection[str], since: Instant, limit: int) -> list[Said]:
    """See ReplyStore.said."""
    found = await database.rows(_SAID, (rows.json(list(accounts)), since, limit))
    return [Said(*row) for row in found]
