"""Clusters: conversations that say nearly the same share an id, and in each lane one of them leads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from cmconsole.core.event import EventKind, Fact
from cmconsole.core.verdict import Lane
from cmconsole.store.contract import LEADING_REACH, SIZE_CAP
from cmconsole.store.sqlite import events, leases, rows

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.mention import Author
    from cmconsole.store.contract import Lease
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.sqlite.thread import Writer

_MOST_AT_ONCE = 500
"""Pairs joined in one transaction: a longer one stalls everybody else's claims (storage.md)."""

_LANES = rows.json([lane.value for lane in Lane])

_QUIET = f"""(
    SELECT NOT (a.verified OR coalesce(a.reach, 0) >= {LEADING_REACH}) FROM author AS a WHERE a.id = author_id
)"""  # noqa: S608 - a constant
# Who joins stands behind at once, so that settle has one to bring forward instead of hundreds to put back.
_JOIN = f"UPDATE conversation SET cluster = ?2, lead = (status <> 'open'), quiet = {_QUIET} WHERE id = ?1"  # noqa: S608
_HEARD = f"""
UPDATE conversation SET quiet = {_QUIET}
WHERE author_id IN (SELECT value FROM json_each(?)) AND +cluster IS NOT NULL RETURNING cluster
"""  # noqa: S608 - constants
_RIVALS = """
SELECT c.cluster, c.lane, c.lead, c.priority, c.quiet, c.created_at, c.id
FROM json_each(?1) AS k CROSS JOIN json_each(?2) AS l CROSS JOIN conversation AS c
ON c.cluster = k.value AND c.status = 'open' AND c.lane = l.value AND c.lead = 1
UNION ALL
SELECT c.cluster, c.lane, c.lead, c.priority, c.quiet, c.created_at, c.id
FROM json_each(?1) AS k CROSS JOIN json_each(?2) AS l CROSS JOIN conversation AS c ON c.id = (
    SELECT b.id FROM conversation AS b
    WHERE b.cluster = k.value AND b.status = 'open' AND b.lane = l.value AND b.lead = 0
    ORDER BY b.priority, b.quiet, b.created_at, b.id LIMIT 1
)
"""
_MEMBERS = f"""{rows.CONVERSATION} WHERE c.id IN (
    SELECT id FROM conversation WHERE cluster = ? AND status = 'open' AND lane = ?
    ORDER BY lead DESC, created_at, id LIMIT ?
) ORDER BY c.lead DESC, c.created_at, c.id"""  # noqa: S608 - constants
_SIZES = f"""
SELECT json_extract(k.value, '$[0]'), json_extract(k.value, '$[1]'), (
    SELECT count(*) FROM (
        SELECT 1 FROM conversation WHERE cluster = json_extract(k.value, '$[0]') AND status = 'open'
        AND lane = json_extract(k.value, '$[1]') LIMIT {SIZE_CAP}
    )
) FROM json_each(?) AS k
"""  # noqa: S608 - a constant


def is_influential(author: Author) -> bool:
    """Say whether an author leads their cluster before earlier ones: as _QUIET says of a stored one."""
    return author.verified or (author.reach or 0) >= LEADING_REACH


def settle(writer: Writer, clusters: Iterable[int]) -> dict[int, bool]:
    """Let the right conversation lead in every lane of the clusters; return who leads now or no longer does.

    To be called by every writer that moves, opens, closes or deletes conversations in clusters. It compares
    those that lead with the first of those behind, which is one step in an index however many there are.
    """
    touched = set(clusters)
    if not touched:
        return {}
    groups: dict[tuple[int, str], list[rows.Row]] = {}
    for row in writer.rows(_RIVALS, (rows.json(list(touched)), _LANES)):
        groups.setdefault((row[0], row[1]), []).append(row)
    changes: dict[int, bool] = {}
    for rivals in groups.values():
        first = min(rivals, key=lambda row: row[3:])
        changes.update({row[-1]: row is first for row in rivals if bool(row[2]) is not (row is first)})
    if changes:
        writer.many(
            "UPDATE conversation SET lead = ? WHERE id = ?", [(lead, it) for it, lead in changes.items()]
        )
    return changes


def heard(writer: Writer, authors: Sequence[int]) -> set[int]:
    """Take note that these authors' voices carry farther or less far now; return the clusters to settle."""
    if not authors:
        return set()
    return {cluster for (cluster,) in writer.rows(_HEARD, (rows.json(authors),))}


async def cluster(
    database: Database, pairs: Sequence[tuple[int, int]], now: Instant, lease: Lease | None
) -> int:
    """See IntakeStore.cluster."""
    changed = 0
    for start in range(0, len(pairs), _MOST_AT_ONCE):
        part = pairs[start : start + _MOST_AT_ONCE]
        changed += await database.write(partial(_joined, part, now, lease), durable=False)
    return changed


def _joined(pairs: Sequence[tuple[int, int]], now: Instant, lease: Lease | None, writer: Writer) -> int:
    leases.check(writer, lease)
    wanted = rows.json(list({it for pair in pairs for it in pair}))
    sql = "SELECT id, cluster FROM conversation WHERE id IN (SELECT value FROM json_each(?))"
    before: dict[int, int | None] = dict(writer.rows(sql, (wanted,)))
    homes, merged = _homes(before, pairs)
    others = writer.rows(
        "SELECT id, cluster FROM conversation WHERE cluster IN (SELECT value FROM json_each(?))",
        (rows.json(list(merged)),),
    )
    changed = {it: merged[gone] for it, gone in others}
    changed |= {it: home for it, home in homes.items() if before[it] != home}
    if changed:
        joined = sorted(changed.items())
        writer.many(_JOIN, joined)
        settle(writer, changed.values())
        told = [(it, Fact(EventKind.CONVERSATION_CLUSTERED, {"cluster": home})) for it, home in joined]
        events.tell(writer, told, person="", now=now)
    return len(changed)


def _homes(
    before: dict[int, int | None], pairs: Sequence[tuple[int, int]]
) -> tuple[dict[int, int], dict[int, int]]:
    """Return where each conversation of the pairs belongs, and which cluster became part of which.

    A cluster's id is that of a conversation, which never leaves it: no other cluster can get the same.
    """
    homes = {it: home for it, home in before.items() if home is not None}
    merged: dict[int, int] = {}

    def now_in(home: int) -> int:
        while home in merged:
            home = merged[home]
        return home

    for later, earlier in pairs:
        if later == earlier or later not in before or earlier not in before:
            continue
        theirs = now_in(homes.get(earlier, earlier))
        mine = now_in(homes[later]) if later in homes else theirs
        home = min(theirs, mine)
        if theirs != mine:
            merged[max(theirs, mine)] = home
        homes[later] = homes[earlier] = home
    return {it: now_in(home) for it, home in homes.items()}, {it: now_in(it) for it in merged}


async def sizes(database: Database, conversations: Sequence[Conversation]) -> dict[int, int]:
    """See DeskStore.cluster_sizes."""
    asked = {(it.cluster, it.lane.value) for it in conversations if it.cluster is not None}
    if not asked:
        return {}
    found = {(number, lane): n for number, lane, n in await database.rows(_SIZES, (rows.json(list(asked)),))}
    return {it.id: found[it.cluster, it.lane.value] for it in conversations if it.cluster is not None}


async def members(database: Database, number: int, lane: Lane, limit: int) -> list[Conversation]:
    """See DeskStore.cluster_members."""
    return [rows.conversation(row) for row in await database.rows(_MEMBERS, (number, lane.value, limit))]


async def texts_after(
    database: Database, mention_id: int, limit: int, since: Instant
) -> list[tuple[int, int, str, Instant]]:
    """See IntakeStore.texts_after."""
    sql = """SELECT id, conversation_id, text, created_at FROM mention
    WHERE id > ? AND created_at >= ? ORDER BY id LIMIT ?"""
    return [(it, of, text, at) for it, of, text, at in await database.rows(sql, (mention_id, since, limit))]


async def newest_mention_id(database: Database) -> int:
    """See IntakeStore.newest_mention_id."""
    found = await database.rows("SELECT seq FROM sqlite_sequence WHERE name = 'mention'")
    return int(found[0][0]) if found else 0
