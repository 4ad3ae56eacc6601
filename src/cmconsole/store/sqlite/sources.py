"""Sources: their health and counters, what was set aside, and mentions per minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.core.clock import MINUTE, Instant
from cmconsole.core.errors import N_, NotFoundError
from cmconsole.core.event import EventKind, Fact
from cmconsole.core.source import Health, SourceState
from cmconsole.store.contract import Ingested, Intake, SetAsideItem
from cmconsole.store.sqlite import events

if TYPE_CHECKING:
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.sqlite.thread import Writer

_STATES = """
SELECT name, platform, health, retry_at, last_error, last_ok_at, newest_at,
       taken, duplicate, set_aside, cursor, paused_by, paused_at
FROM source ORDER BY name
"""
_HEALTH = f"""
INSERT INTO source (name, platform, health, retry_at, last_error, last_ok_at, taken, duplicate, set_aside)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 0, 0)
ON CONFLICT (name) DO UPDATE SET
    platform = ?2, health = ?3, retry_at = ?4, last_error = CASE ?5 WHEN '' THEN last_error ELSE ?5 END,
    last_ok_at = coalesce(?6, last_ok_at)
"""  # noqa: F541 - constant
_COUNT = f"""
INSERT INTO source (
    name, platform, health, last_error, last_ok_at, newest_at, taken, duplicate, set_aside, cursor
) VALUES (?1, ?2, '{Health.OK.value}', '', ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (name) DO UPDATE SET
    last_ok_at = ?3, newest_at = max(coalesce(newest_at, ?4), coalesce(?4, newest_at)),
    taken = taken + ?5, duplicate = duplicate + ?6, set_aside = set_aside + ?7, cursor = coalesce(?8, cursor)
"""  # noqa: S608 - constant
_MINUTE = "INSERT INTO minute VALUES (?, ?) ON CONFLICT (at) DO UPDATE SET n = n + excluded.n"


def count(writer: Writer, intake: Intake, outcome: Ingested, newest: Instant | None, now: Instant) -> None:
    """Keep a batch's counters, cursor, items set aside and minute, inside its transaction."""
    if not intake.source:
        # What the engine asked for by itself (a tip's post, a mention looked at again) is no source's doing.
        if outcome.new:
            writer.rows(_MINUTE, (now - now % MINUTE, outcome.new))
        return
    counters = (outcome.new, outcome.duplicate, outcome.set_aside)
    writer.rows(_COUNT, (intake.source, intake.platform, now, newest, *counters, intake.cursor))
    if outcome.new:
        writer.rows(_MINUTE, (now - now % MINUTE, outcome.new))
    if intake.set_aside:
        writer.many(
            "INSERT INTO set_aside (source, at, reason, raw) VALUES (?, ?, ?, ?)",
            [(intake.source, now, it.reason, it.raw) for it in intake.set_aside],
        )


async def states(database: Database) -> list[SourceState]:
    """See IntakeStore.source_states."""
    found = await database.rows(_STATES)
    return [SourceState(row[0], row[1], Health(row[2]), *row[3:]) for row in found]


def set_health(
    writer: Writer,
    name: str,
    platform: str,
    health: Health,
    *,
    now: Instant,
    retry_at: Instant | None,
    error: str,
) -> None:
    """See IntakeStore.set_source_health."""
    ok_at = now if health is Health.OK else None
    writer.rows(_HEALTH, (name, platform, health.value, retry_at, error, ok_at))


async def set_aside_items(database: Database, limit: int, source: str) -> list[SetAsideItem]:
    """See HealthStore.set_aside_items."""
    sql = """SELECT id, source, at, reason, raw FROM set_aside
    WHERE ?1 = '' OR source = ?1 ORDER BY id DESC LIMIT ?2"""
    return [SetAsideItem(*row) for row in await database.rows(sql, (source, limit))]


async def per_minute(database: Database, since: Instant) -> list[tuple[Instant, int]]:
    """See DeskStore.per_minute. The minute that `since` falls in is among them."""
    sql = "SELECT at, n FROM minute WHERE at >= ? ORDER BY at"
    return [(at, n) for at, n in await database.rows(sql, (since - since % MINUTE,))]


def pause(writer: Writer, name: str, person: str, now: Instant) -> None:
    """See OutsideStore.pause_source."""
    _hold(writer, name, person, now)
    events.tell(writer, [(None, Fact(EventKind.SOURCE_PAUSED, {"source": name}))], person=person, now=now)


def resume(writer: Writer, name: str, person: str, now: Instant) -> None:
    """See OutsideStore.resume_source."""
    _hold(writer, name, "", None)
    events.tell(writer, [(None, Fact(EventKind.SOURCE_RESUMED, {"source": name}))], person=person, now=now)


def _hold(writer: Writer, name: str, person: str, now: Instant | None) -> None:
    sql = "UPDATE source SET paused_by = ?, paused_at = ? WHERE name = ? RETURNING 1"
    if not writer.rows(sql, (person, now, name)):
        raise NotFoundError(N_("No source of the name {name} has been read yet."), name=name)
