"""Mentions that change or go after they were taken: new words are judged, those gone are overwritten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from cmconsole.core.conversation import Conversation
from cmconsole.core.event import EventKind, Fact
from cmconsole.core.placing import Arrival, by_itself, edited, left
from cmconsole.store.contract import Seen
from cmconsole.store.sqlite import clusters, conversations, events, rows, tally

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.core.mention import Mention, Removed
    from cmconsole.core.sla import SlaPolicy
    from cmconsole.core.verdict import Verdict
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.sqlite.thread import Writer

_WITHOUT = """
INSERT INTO mention_text (mention_text, rowid, text)
SELECT 'delete', id, text FROM mention WHERE id IN (SELECT value FROM json_each(?))
"""
_WITH = """
INSERT INTO mention_text (rowid, text)
SELECT id, text FROM mention WHERE id IN (SELECT value FROM json_each(?))
"""
_FOUND = """
SELECT m.id, m.conversation_id, m.platform, m.native_id FROM json_each(?) AS k
CROSS JOIN mention AS m ON m.native_id = k.value WHERE m.gone = ''
"""
_NEWEST = """
SELECT id, text, url, created_at FROM mention WHERE conversation_id = ? AND gone = ''
ORDER BY created_at DESC, id DESC LIMIT 1
"""
_SEEN = """
SELECT m.id, m.platform, m.native_id, coalesce(m.checked_at, m.received_at), c.status <> 'resolved', m.gone
FROM mention AS m CROSS JOIN conversation AS c ON c.id = m.conversation_id
WHERE m.id > ? ORDER BY m.id LIMIT ?
"""

Known = tuple[int, int, "Mention", "Verdict"]
"""Row ids of a stored mention and of its conversation, the mention as it is now, and the verdict on that."""


def note_marks(writer: Writer, fresh: Sequence[tuple[int, Mention]]) -> None:
    """Keep of new mentions what few of them have: that they were edited already, or cannot be answered."""
    if fresh:
        sql = "UPDATE mention SET edited_at = ?, can_reply = ? WHERE id = ?"
        writer.many(sql, [(mention.edited_at, mention.can_reply, it) for it, mention in fresh])


def edit(writer: Writer, known: Sequence[Known], policy: SlaPolicy, now: Instant) -> None:
    """Give mentions their new words, and let their conversations stand where these put them."""
    if not known:
        return
    ids = rows.json([mention_id for mention_id, *_ in known])
    writer.rows(_WITHOUT, (ids,))
    writer.many(
        "UPDATE mention SET text = ?, url = ?, edited_at = ?, reasons = ? WHERE id = ?",
        [
            (it.text, it.url, it.edited_at, rows.written(verdict.reasons), mention_id)
            for mention_id, _, it, verdict in known
        ],
    )
    writer.rows(_WITH, (ids,))
    befores = conversations.load(writer, {of for _, of, _, _ in known})
    moves: dict[int, Callable[[Conversation], Conversation]] = {}
    told = []
    for mention_id, of, it, verdict in known:
        before = befores.get(of)
        if before is None:
            continue
        arrival = Arrival(it, verdict, mention_id, before.author_id, before.vip)
        moves[of] = _then(moves.get(of), arrival, policy)
        told.append((of, Fact(EventKind.MENTION_EDITED, {"mention": mention_id})))
    _settle(writer, befores, moves, now)
    events.tell(writer, told, person="", now=now)


def _then(
    before: Callable[[Conversation], Conversation] | None, arrival: Arrival, policy: SlaPolicy
) -> Callable[[Conversation], Conversation]:
    return lambda it: edited(before(it) if before else it, arrival, policy)


def remove(writer: Writer, removed: Iterable[Removed], now: Instant) -> None:
    """Overwrite the words of mentions that are gone; a conversation with nothing left waits no longer."""
    why = {(it.platform, it.native_id): it.why for it in removed}
    if not why:
        return
    stored = [
        (mention_id, of, why[platform, native_id])
        for mention_id, of, platform, native_id in writer.rows(
            _FOUND, (rows.json([native_id for _, native_id in why]),)
        )
        if (platform, native_id) in why
    ]
    if not stored:
        return
    writer.rows(_WITHOUT, (rows.json([mention_id for mention_id, *_ in stored]),))
    writer.many(
        "UPDATE mention SET text = '', reasons = '[]', gone = ? WHERE id = ?",
        [(reason.value, mention_id) for mention_id, _, reason in stored],
    )
    # The reasons quote the words that are gone.
    quoting = "UPDATE conversation SET reasons = NULL WHERE id = ? AND judged = ?"
    writer.many(quoting, [(of, mention_id) for mention_id, of, _ in stored])
    befores = conversations.load(writer, {of for _, of, _ in stored})
    moves: dict[int, Callable[[Conversation], Conversation]] = {}
    for of in befores:
        found = writer.rows(_NEWEST, (of,))
        newest = found[0] if found else None
        moves[of] = lambda it, newest=newest: left(it, newest)  # type: ignore[misc]
    _settle(writer, befores, moves, now)
    facts = [
        (of, Fact(EventKind.MENTION_REMOVED, {"mention": mention_id, "why": reason.value}))
        for mention_id, of, reason in stored
    ]
    events.tell(writer, facts, person="", now=now)


def _settle(
    writer: Writer,
    befores: dict[int, Conversation],
    moves: dict[int, Callable[[Conversation], Conversation]],
    now: Instant,
) -> None:
    """Write what the moves make of the conversations, with their counts, clusters and facts."""
    afters = {}
    told = []
    for number, move in moves.items():
        before = befores[number]
        after = move(before)
        if after is before:
            continue
        afters[number] = replace(after, version=before.version + 1)
        if after.outcome is not before.outcome:
            told += [(number, fact) for fact in by_itself(after)]
    changed = [(befores[number], after) for number, after in afters.items()]
    conversations.update(
        writer,
        [
            rows.changed(after, at=now, reasons=None if after.reasons is before.reasons else after.reasons)
            for before, after in changed
        ],
    )
    tally.add(writer, tally.delta((before for before, _ in changed), (after for _, after in changed)))
    clusters.settle(writer, {it.cluster for it in afters.values() if it.cluster is not None})
    events.tell(writer, told, person="", now=now)


async def seen(database: Database, after: int, count: int, since: Instant) -> tuple[list[Seen], int]:
    """See OutsideStore.seen_mentions."""
    start = after or await _first_since(database, since) - 1
    found = await database.rows(_SEEN, (start, count))
    there = [
        Seen(it, platform, native_id, at, bool(waits))
        for it, platform, native_id, at, waits, gone in found
        if not gone
    ]
    return there, found[-1][0] if len(found) == count else 0


async def _first_since(database: Database, since: Instant) -> int:
    """Return the row id of the first mention received since then, by halving: both grow together."""
    ((low, high),) = await database.rows("SELECT coalesce(min(id), 1), coalesce(max(id), 0) + 1 FROM mention")
    while low < high:
        middle = (low + high) // 2
        found = await database.rows(
            "SELECT received_at FROM mention WHERE id >= ? ORDER BY id LIMIT 1", (middle,)
        )
        low, high = (middle + 1, high) if found and found[0][0] < since else (low, middle)
    return int(low)


def rechecked(writer: Writer, mention_ids: Sequence[int], now: Instant) -> None:
    """See OutsideStore.rechecked."""
    sql = "UPDATE mention SET checked_at = ? WHERE id IN (SELECT value FROM json_each(?))"
    writer.rows(sql, (now, rows.json(list(mention_ids))))
