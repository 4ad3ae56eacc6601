"""How many conversations there are, by status, lane and kind: counted where they are changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from cmconsole.core.conversation import Conversation, Status
from cmconsole.core.verdict import Kind, Lane, Priority
from cmconsole.store.contract import OVERDUE_CAP, LaneCount

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.sqlite.thread import Writer

Delta: TypeAlias = Counter[tuple[str, str, str]]

_ADD = """
INSERT INTO tally (status, lane, kind, n) VALUES (?, ?, ?, ?)
ON CONFLICT (status, lane, kind) DO UPDATE SET n = n + excluded.n
"""

_LATE = "SELECT 1 FROM conversation WHERE status = 'open' AND lane = ?1 AND answer_by < ?2"
_RANGES = (f"{_LATE} AND lead = {lead} AND priority = {it.value}" for lead in (1, 0) for it in Priority)
_OVERDUE = f"SELECT count(*) FROM ({' UNION ALL '.join(_RANGES)} LIMIT ?3)"  # noqa: S608 - constants
"""One range for each priority, of those that lead and of those behind, read no further than the limit."""


def place(conversation: Conversation) -> tuple[str, str, str]:
    """Return where a conversation is counted."""
    return conversation.status._value_, conversation.lane._value_, conversation.kind._value_


def delta(before: Iterable[Conversation], after: Iterable[Conversation]) -> Delta:
    """Return what changes when the conversations `before` become those `after`."""
    change: Delta = Counter(map(place, after))
    change.subtract(map(place, before))
    return change


def add(writer: Writer, change: Delta) -> None:
    """Bring the counts up to date."""
    rows = [(*where, n) for where, n in change.items() if n]
    if rows:
        writer.many(_ADD, rows)


async def lane_counts(database: Database, now: Instant) -> dict[Lane, LaneCount]:
    """Return the counts of every lane."""
    kinds: dict[Lane, dict[Kind, int]] = {lane: {} for lane in Lane}
    for lane, kind, n in await database.rows(
        "SELECT lane, kind, n FROM tally WHERE status = 'open' AND n > 0"
    ):
        kinds[Lane(lane)][Kind(kind)] = n
    counts: dict[Lane, LaneCount] = {}
    for lane, found in kinds.items():
        ((overdue,),) = await database.rows(_OVERDUE, (lane.value, now, OVERDUE_CAP)) if found else [(0,)]
        counts[lane] = LaneCount(lane, sum(found.values()), overdue, found)
    return counts


async def status_counts(database: Database) -> dict[Status, int]:
    """Return how many conversations there are by status."""
    found = dict.fromkeys(Status, 0)
    for status, n in await database.rows("SELECT status, sum(n) FROM tally GROUP BY status"):
        found[Status(status)] = n
    return found


def gone(places: Iterable[tuple[str, str, str]]) -> Delta:
    """Return what changes when conversations counted at these places are deleted."""
    change: Delta = Counter()
    change.subtract(places)
    return change
