"""What is kept for triage: what it has learned, what it has yet to judge anew, and the engine's notes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from cmconsole.core.event import EventKind, Fact
from cmconsole.store.contract import JUDGED_ANEW, Learned
from cmconsole.store.sqlite import conversations, events, leases, rows

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.moves import Change
    from cmconsole.store.contract import Lease, Move, StoredMention
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.sqlite.thread import Writer

# Who saves has not seen what was forgotten while the stored seq is the greater one.
_SAVE = """
INSERT INTO learned (name, state, seq, at) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (name) DO UPDATE SET state = ?2, seq = ?3, at = ?4 WHERE seq <= ?3
RETURNING 1
"""
_NEWEST = (
    "SELECT m.text FROM conversation AS c CROSS JOIN mention AS m ON m.id = c.last_mention WHERE c.id = ?"
)
_UNRESOLVED = f"{rows.CONVERSATION} WHERE c.id > ? AND c.status <> 'resolved' ORDER BY c.id LIMIT ?"
_THEIR_NEWEST = f"""{rows.MENTION} WHERE m.id IN (
    SELECT n.id FROM json_each(?) AS k CROSS JOIN mention AS n ON n.id IN (
        SELECT id FROM mention WHERE conversation_id = k.value
        ORDER BY created_at DESC, id DESC LIMIT {JUDGED_ANEW}
    )
) ORDER BY m.conversation_id, m.created_at, m.id"""  # noqa: S608 - constants


async def learned(database: Database, name: str) -> Learned | None:
    """See HealthStore.learned."""
    found = await database.rows("SELECT name, state, seq, at FROM learned WHERE name = ?", (name,))
    return Learned(*found[0]) if found else None


def save(writer: Writer, it: Learned, lease: Lease | None) -> bool:
    """See IntakeStore.save_learned."""
    leases.check(writer, lease)
    return bool(writer.rows(_SAVE, (it.name, it.state, it.seq, it.at)))


def forget(writer: Writer, name: str, person: str, now: Instant) -> None:
    """See DeskStore.forget_learned."""
    events.tell(writer, [(None, Fact(EventKind.TRIAGE_FORGOTTEN, {"name": name}))], person=person, now=now)
    ((seq,),) = writer.rows("SELECT last_insert_rowid()")
    writer.rows(_SAVE, (name, "", seq, now))


async def lesson(database: Database, conversation_id: int) -> str | None:
    """See IntakeStore.lesson."""
    found = await database.rows(_NEWEST, (conversation_id,))
    return str(found[0][0]) if found else None


async def unresolved_after(
    database: Database, conversation_id: int, limit: int
) -> list[tuple[Conversation, list[StoredMention]]]:
    """See IntakeStore.unresolved_after."""
    found = [rows.conversation(row) for row in await database.rows(_UNRESOLVED, (conversation_id, limit))]
    mentions: dict[int, list[StoredMention]] = {it.id: [] for it in found}
    for row in await database.rows(_THEIR_NEWEST, (rows.json(list(mentions)),)):
        mention = rows.stored_mention(row)
        mentions[mention.conversation_id].append(mention)
    return [(it, mentions[it.id]) for it in found]


async def rejudge(
    database: Database, changes: Sequence[tuple[int, Move]], now: Instant, lease: Lease | None
) -> int:
    """See IntakeStore.rejudge."""
    changed = 0
    for start in range(0, len(changes), conversations.MOST_AT_ONCE):
        part = dict(changes[start : start + conversations.MOST_AT_ONCE])
        changed += await database.write(partial(_rejudged, part, now, lease), durable=False)
    return changed


def _rejudged(moves: dict[int, Move], now: Instant, lease: Lease | None, writer: Writer) -> int:
    leases.check(writer, lease)
    befores = conversations.load(writer, moves)

    def move(it: Conversation) -> Change:
        return moves[it.id](it)

    outcomes = conversations.apply(writer, befores.values(), move, person="", now=now, dated=False)
    return sum(
        not isinstance(it, Exception) and it.conversation.version != before.version
        for before, it in zip(befores.values(), outcomes, strict=True)
    )


async def meta(database: Database, key: str) -> str:
    """See HealthStore.meta."""
    found = await database.rows("SELECT value FROM meta WHERE key = ?", (key,))
    return str(found[0][0]) if found else ""


def set_meta(writer: Writer, key: str, value: str, lease: Lease | None) -> None:
    """See IntakeStore.set_meta."""
    leases.check(writer, lease)
    writer.rows("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (key, value))
