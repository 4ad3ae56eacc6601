"""The change feed: what was committed, in commit order (the write lock makes seqs grow in it)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from cmconsole.core.event import Event, EventKind, Fact
from cmconsole.store.sqlite import rows

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.sqlite.thread import Writer

_TELL = "INSERT INTO event (at, kind, conversation_id, person, data) VALUES (?, ?, ?, ?, ?)"

# What a follower of the feed needs in order to know whether a mention concerns it, without reading the rows.
_TAKEN = """
INSERT INTO event (at, kind, conversation_id, person, data)
SELECT ?, ?, c.id, '',
       '{"mention":' || m.id || ',"lane":"' || c.lane || '","priority":' || c.priority || '}'
FROM mention AS m CROSS JOIN conversation AS c ON c.id = m.conversation_id
WHERE m.id BETWEEN ? AND ? ORDER BY m.id
"""


TOLD = """(person <> '' OR kind IN (
    'conversation.won', 'conversation.rejudged', 'silence.kept', 'conversation.gone', 'mention.edited',
    'mention.removed', 'tip.linked', 'conversation.done', 'conversation.pending'
) OR kind BETWEEN 'reply.' AND 'reply/')"""
"""What a conversation's history tells; word for word the condition of the index on it."""


def tell(writer: Writer, facts: Iterable[tuple[int | None, Fact]], *, person: str, now: Instant) -> None:
    """Append facts, each with the conversation it is about."""
    writer.many(
        _TELL, [(now, fact.kind.value, about, person, rows.json(dict(fact.data))) for about, fact in facts]
    )


def tell_taken(writer: Writer, first: int, last: int, now: Instant) -> None:
    """Append one event for each of the mentions with ids from `first` to `last`."""
    writer.rows(_TAKEN, (now, EventKind.MENTION_TAKEN.value, first, last))


async def after(
    database: Database, seq: int, limit: int, kinds: Sequence[str], since: Instant | None
) -> list[Event]:
    """See DeskStore.events."""
    sql, values = f"{rows.EVENT} WHERE seq > ?", [seq]
    if kinds:
        sql += " AND kind IN (SELECT value FROM json_each(?))"
    if since is not None:
        sql += " AND at >= ?"
    parameters = [
        *values,
        *((rows.json(list(kinds)),) if kinds else ()),
        *((since,) if since is not None else ()),
    ]
    return [
        rows.event(row) for row in await database.rows(f"{sql} ORDER BY seq LIMIT ?", (*parameters, limit))
    ]


async def last_seq(database: Database) -> int:
    """See DeskStore.last_seq."""
    found = await database.rows("SELECT seq FROM sqlite_sequence WHERE name = 'event'")
    return int(found[0][0]) if found else 0


async def history(database: Database, conversation_id: int) -> list[Event]:
    """See DeskStore.history."""
    sql = f"{rows.EVENT} WHERE conversation_id = ? AND {TOLD} ORDER BY seq"
    return [rows.event(row) for row in await database.rows(sql, (conversation_id,))]
