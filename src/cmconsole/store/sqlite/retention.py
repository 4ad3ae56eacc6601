"""Retention: what is old and resolved goes, a few hundred rows at a time, so that no claim waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.store.sqlite import clusters, tally
from cmconsole.store.sqlite.rows import json

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.sqlite.thread import Row, Writer

_OLDEST = """
SELECT id, author_id, messages, status, lane, kind FROM conversation
WHERE status = 'resolved' AND updated_at < ? AND NOT EXISTS (
    SELECT 1 FROM reply
    WHERE conversation_id = conversation.id AND status IN ('holding', 'sending', 'unknown')
) ORDER BY updated_at LIMIT ?
"""
"""Conversations with a reply on its way out stay: its answer has to be taken down somewhere."""

_MENTIONS = "SELECT id FROM mention WHERE conversation_id = ? ORDER BY created_at, id LIMIT ?"
_EVENT_AT = "SELECT at FROM event WHERE seq >= ? ORDER BY seq LIMIT 1"
_OLD_EVENTS = "SELECT seq FROM event WHERE seq <= ? AND person = '' ORDER BY seq LIMIT ?"


def trim(writer: Writer, before: Instant, limit: int) -> int:
    """See IntakeStore.trim."""
    deleted = _conversations(writer, before, limit)
    if deleted < limit:
        deleted += _events(writer, before, limit - deleted)
    for table in ("set_aside", "minute"):
        if deleted < limit:
            deleted += _aged(writer, table, before, limit - deleted)
    return deleted


def _conversations(writer: Writer, before: Instant, limit: int) -> int:
    """Delete whole conversations up to `limit` mentions; one that alone has more loses its oldest first."""
    deleted, gone = 0, []
    for row in writer.rows(_OLDEST, (before, limit)):
        if deleted and deleted + row[2] > limit:
            break
        mentions = [it for (it,) in writer.rows(_MENTIONS, (row[0], min(row[2], limit)))]
        whole = len(mentions) == row[2]
        if not whole:
            sql = "UPDATE conversation SET messages = messages - ?, rooted = 0 WHERE id = ?"
            writer.rows(sql, (len(mentions), row[0]))
        delete_mentions(writer, mentions)
        deleted += len(mentions)
        if whole:
            gone.append(row)
    _forget(writer, gone)
    return deleted


def _forget(writer: Writer, gone: list[Row]) -> None:
    delete_conversations(writer, gone)
    sql = """DELETE FROM author WHERE id IN (SELECT value FROM json_each(?)) AND vip = 0
    AND NOT EXISTS (SELECT 1 FROM conversation WHERE author_id = author.id)"""
    writer.rows(sql, (json([row[1] for row in gone]),))


def delete_mentions(writer: Writer, ids: list[int]) -> None:
    """Delete mentions; their words first, for the index reads the text it is to forget from the table."""
    wanted = (json(ids),)
    sql = """INSERT INTO mention_text (mention_text, rowid, text)
    SELECT 'delete', id, text FROM mention WHERE id IN (SELECT value FROM json_each(?))"""
    writer.rows(sql, wanted)
    writer.rows("DELETE FROM mention WHERE id IN (SELECT value FROM json_each(?))", wanted)


def delete_conversations(writer: Writer, gone: list[Row], *, keep_events: bool = False) -> None:
    """Delete conversations without mentions, their replies, and what persons did unless `keep_events`.

    gone: rows that begin with id, author_id and messages and end with status, lane and kind.
    """
    wanted = (json([row[0] for row in gone]),)
    if not keep_events:
        sql = "DELETE FROM event WHERE person <> '' AND conversation_id IN (SELECT value FROM json_each(?))"
        writer.rows(sql, wanted)
    for table in ("tip", "reply"):
        sql = f"DELETE FROM {table} WHERE conversation_id IN (SELECT value FROM json_each(?))"  # noqa: S608 - as below
        writer.rows(sql, wanted)
    sql = "DELETE FROM conversation WHERE id IN (SELECT value FROM json_each(?)) RETURNING status, cluster"
    left = writer.rows(sql, wanted)
    clusters.settle(writer, (it for status, it in left if status == "open" and it is not None))
    tally.add(writer, tally.gone((status, lane, kind) for *_, status, lane, kind in gone))


def _events(writer: Writer, before: Instant, limit: int) -> int:
    """Delete events that no person made. Their instants grow with seq, so the border is found by halving."""
    ((low, high),) = writer.rows("SELECT coalesce(min(seq), 1), coalesce(max(seq), 0) FROM event")
    while low <= high:
        middle = (low + high) // 2
        ((at,),) = writer.rows(_EVENT_AT, (middle,))
        low, high = (middle + 1, high) if at < before else (low, middle - 1)
    found = [it for (it,) in writer.rows(_OLD_EVENTS, (high, limit))]
    writer.rows("DELETE FROM event WHERE seq IN (SELECT value FROM json_each(?))", (json(found),))
    return len(found)


def _aged(writer: Writer, table: str, before: Instant, limit: int) -> int:
    key = "id" if table == "set_aside" else "at"
    oldest = f"SELECT {key} FROM {table} WHERE at < ? ORDER BY {key} LIMIT ?"  # noqa: S608 - as below
    sql = f"DELETE FROM {table} WHERE {key} IN ({oldest}) RETURNING 1"  # noqa: S608 - names from this module only
    return len(writer.rows(sql, (before, limit)))


async def compact(database: Database, pages: int) -> None:
    """See IntakeStore.compact. By executescript: execute would free one page only (storage.md)."""
    script = f"PRAGMA incremental_vacuum({int(pages)})"
    await database.alone(lambda writer: writer.connection.executescript(script).close())
    await database.checkpoint()
