"""Tips: links that colleagues forward, each kept once a person and linked to its conversation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cmconsole.core.event import EventKind, Fact
from cmconsole.core.tip import StoredTip, Tip, TipState
from cmconsole.store.sqlite import events, rows

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.store.contract import StoredMention
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.sqlite.thread import Row, Writer

_COLUMNS = "id, url, person, at, note, state, conversation_id, again"
_ADD = f"""
INSERT INTO tip (url, person, at, note, state) VALUES (?1, ?2, ?3, ?4, 'waiting')
ON CONFLICT (url, person) DO UPDATE SET again = again + 1, note = CASE ?4 WHEN '' THEN note ELSE ?4 END
RETURNING {_COLUMNS}
"""  # noqa: S608 - constants
# Word for word the condition of the index on addresses.
_AT = f"""{rows.MENTION} WHERE m.url = ?
AND m.platform NOT IN ('x', 'reddit', 'mastodon', 'bluesky', 'hackernews') ORDER BY m.id DESC LIMIT 1"""


def add(writer: Writer, tip: Tip, now: Instant) -> StoredTip:
    """See OutsideStore.add_tip."""
    (row,) = writer.rows(_ADD, (tip.url, tip.person, tip.at, tip.note))
    stored = _tip(row)
    if stored.again and stored.conversation_id is not None:
        _count(writer, stored, stored.conversation_id, 1, now)
    return stored


def add_all(writer: Writer, tips: Iterable[Tip], now: Instant) -> None:
    """Keep the tips of a batch."""
    for tip in tips:
        add(writer, tip, now)


async def waiting(database: Database, limit: int) -> list[StoredTip]:
    """See OutsideStore.waiting_tips."""
    sql = f"SELECT {_COLUMNS} FROM tip WHERE state = 'waiting' ORDER BY id LIMIT ?"  # noqa: S608 - constants
    return [_tip(row) for row in await database.rows(sql, (limit,))]


def settle(writer: Writer, tip_id: int, state: TipState, conversation_id: int, now: Instant) -> None:
    """See OutsideStore.settle_tip."""
    sql = f"""UPDATE tip SET state = ?, conversation_id = ?
    WHERE id = ? AND state = 'waiting' AND EXISTS (SELECT 1 FROM conversation WHERE id = ?)
    RETURNING {_COLUMNS}"""  # noqa: S608 - constants
    for row in writer.rows(sql, (state.value, conversation_id, tip_id, conversation_id)):
        stored = _tip(row)
        _count(writer, stored, conversation_id, 1 + stored.again, now)


def _count(writer: Writer, stored: StoredTip, conversation_id: int, count: int, now: Instant) -> None:
    writer.rows("UPDATE conversation SET tips = tips + ? WHERE id = ?", (count, conversation_id))
    fact = Fact(EventKind.TIP_LINKED, {"tip": stored.id, "by": stored.tip.person})
    events.tell(writer, [(conversation_id, fact)], person="", now=now)


async def of(database: Database, conversation_id: int) -> list[StoredTip]:
    """See OutsideStore.tips."""
    sql = f"SELECT {_COLUMNS} FROM tip WHERE conversation_id = ? ORDER BY id"  # noqa: S608 - constants
    return [_tip(row) for row in await database.rows(sql, (conversation_id,))]


async def mention_at(database: Database, url: str) -> StoredMention | None:
    """See OutsideStore.mention_at."""
    found = await database.rows(_AT, (url,))
    return rows.stored_mention(found[0]) if found else None


def _tip(row: Row) -> StoredTip:
    number, url, person, at, note, state, conversation_id, again = row
    return StoredTip(number, Tip(url, person, at, note), TipState(state), conversation_id, again)
