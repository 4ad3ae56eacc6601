"""Conversations: changed by moves, one transaction each, and read in the order of the queue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from cmconsole.core.conversation import Conversation, Outcome, Status
from cmconsole.core.errors import N_, CmconsoleError, NotFoundError
from cmconsole.core.event import Fact
from cmconsole.core.moves import Change, wake
from cmconsole.store.sqlite import clusters, events, rows, tally
from cmconsole.store.sqlite.bulk import Bulk

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.core.verdict import Lane, Priority
    from cmconsole.store.contract import Move, StoredMention
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.sqlite.thread import Writer

MOST_AT_ONCE = 500
"""Conversations changed in one transaction: a longer one stalls everybody else's claims (storage.md)."""

Outcomes: TypeAlias = list[Change | Exception]

_INSERT = Bulk("conversation", rows.NEW)

_LANE = f"""{rows.CONVERSATION} WHERE c.status = 'open' AND c.lead = 1 AND c.lane = ?
ORDER BY c.priority, c.answer_by, c.id LIMIT ?"""
_LANE_AFTER = f"""{rows.CONVERSATION} WHERE c.status = 'open' AND c.lead = 1 AND c.lane = ?
AND (c.priority, c.answer_by, c.id) > (?, ?, ?) ORDER BY c.priority, c.answer_by, c.id LIMIT ?"""
_OPEN = "SELECT id, priority, answer_by FROM conversation WHERE status = 'open' AND lane = ?1 AND lead = "
_WITH_THOSE_BEHIND = f"""{rows.CONVERSATION} WHERE c.id IN (
    SELECT id FROM (
        {_OPEN}1 UNION ALL {_OPEN}0 ORDER BY priority, answer_by, id LIMIT ?2
    )
) ORDER BY c.priority, c.answer_by, c.id"""  # noqa: S608 - constants

_IN_STATUS = {
    Status.SNOOZED: f"{rows.CONVERSATION} WHERE c.status = 'snoozed' ORDER BY c.snoozed_until LIMIT ?",
    Status.PENDING: f"{rows.CONVERSATION} WHERE c.status = 'pending' ORDER BY c.updated_at DESC LIMIT ?",
    Status.RESOLVED: f"{rows.CONVERSATION} WHERE c.status = 'resolved' ORDER BY c.updated_at DESC LIMIT ?",
}
_CLAIMED = f"""{rows.CONVERSATION} WHERE c.claim_person = ? AND c.claim_until > ?
ORDER BY c.priority, c.answer_by, c.id"""
_DECISIONS = f"""{rows.CONVERSATION} WHERE c.status = 'resolved' AND c.outcome = ? AND c.resolved_at >= ?
ORDER BY c.resolved_at DESC, c.id DESC LIMIT ?"""
_BY_IDS = f"{rows.CONVERSATION} WHERE c.id IN (SELECT value FROM json_each(?))"  # noqa: S608 - constants
_DUE = """
SELECT id FROM conversation WHERE status = 'snoozed' AND snoozed_until <= ? ORDER BY snoozed_until LIMIT ?
"""


def insert(writer: Writer, new: Sequence[rows.Row]) -> None:
    """Write new conversations (rows.new); their counts are the caller's to add."""
    if new:
        _INSERT.write(writer, new)


def update(writer: Writer, changed: Sequence[rows.Row]) -> None:
    """Write changed conversations (rows.changed); their counts are the caller's to add."""
    if changed:
        writer.many(rows.CHANGE, changed)


def load(writer: Writer, ids: Iterable[int]) -> dict[int, Conversation]:
    """Return those that exist, inside a transaction."""
    found = map(rows.conversation, writer.rows(_BY_IDS, (rows.json(list(ids)),)))
    return {it.id: it for it in found}


def apply(
    writer: Writer,
    befores: Iterable[Conversation],
    move: Move,
    *,
    person: str,
    now: Instant,
    dated: bool = True,
) -> Outcomes:
    """Apply the move to each and write what came of it; per conversation the change or the error it met.

    dated: it counts as an update at `now`. What a move says of cluster and lead is not heard.
    """
    outcomes: Outcomes = []
    changed: list[tuple[Conversation, Conversation]] = []
    told: list[tuple[int, Fact]] = []
    for before in befores:
        try:
            change = move(before)
        except CmconsoleError as error:
            outcomes.append(error)
            continue
        if change.facts or change.conversation != before:
            after = replace(
                change.conversation,
                version=before.version + 1,
                updated_at=max(change.conversation.updated_at, now) if dated else before.updated_at,
                cluster=before.cluster,
                lead=before.lead or change.conversation.status is not Status.OPEN,
            )
            change = Change(after, change.facts)
            changed.append((before, after))
            told += [(after.id, fact) for fact in change.facts]
        outcomes.append(change)
    if changed:
        update(writer, [_row(before, after, now) for before, after in changed])
        tally.add(writer, tally.delta((before for before, _ in changed), (after for _, after in changed)))
        events.tell(writer, told, person=person, now=now)
        leads = clusters.settle(writer, _moved(changed))
        outcomes = [_led(it, leads) for it in outcomes] if leads else outcomes
    return outcomes


def _row(before: Conversation, after: Conversation, now: Instant) -> rows.Row:
    reasons = None if after.reasons == before.reasons else after.reasons
    return rows.changed(after, at=now, reasons=reasons)


def _moved(changed: Iterable[tuple[Conversation, Conversation]]) -> set[int]:
    """Return the clusters in which somebody else may lead now."""
    return {
        after.cluster
        for before, after in changed
        if after.cluster is not None and _standing(before) != _standing(after)
    }


def _standing(it: Conversation) -> tuple[Status, Lane, Priority, Instant]:
    return it.status, it.lane, it.priority, it.created_at


def _led(outcome: Change | Exception, leads: Mapping[int, bool]) -> Change | Exception:
    if isinstance(outcome, Exception) or outcome.conversation.id not in leads:
        return outcome
    it = outcome.conversation
    return replace(outcome, conversation=replace(it, lead=leads[it.id]))


def missing(conversation_id: int) -> NotFoundError:
    """Return the error for a conversation that is not there."""
    return NotFoundError(N_("Conversation {number} is not in the store (any more)."), number=conversation_id)


def change(writer: Writer, conversation_id: int, move: Move, *, person: str, now: Instant) -> Change:
    """See DeskStore.change."""
    found = load(writer, (conversation_id,))
    if not found:
        raise missing(conversation_id)
    (outcome,) = apply(writer, found.values(), move, person=person, now=now)
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


async def change_many(
    database: Database, conversation_ids: Sequence[int], move: Move, *, person: str, now: Instant
) -> Outcomes:
    """See DeskStore.change_many. An id named twice is moved once."""
    done: dict[int, Change | Exception] = {}
    distinct = list(dict.fromkeys(conversation_ids))
    for start in range(0, len(distinct), MOST_AT_ONCE):
        part = distinct[start : start + MOST_AT_ONCE]
        done.update(await database.write(partial(_change_part, part, move, person, now)))
    return [done.get(it) or missing(it) for it in conversation_ids]


def _change_part(
    ids: Sequence[int], move: Move, person: str, now: Instant, writer: Writer
) -> dict[int, Change | Exception]:
    found = load(writer, ids)
    befores = [found[it] for it in ids if it in found]
    outcomes = apply(writer, befores, move, person=person, now=now)
    return dict(zip((it.id for it in befores), outcomes, strict=True))


async def wake_due(database: Database, now: Instant, limit: int) -> int:
    """See IntakeStore.wake_due. Where nobody is to be woken nothing is locked."""
    if not await database.rows(_DUE, (now, 1)):
        return 0
    return await database.write(partial(_wake, now, limit))


def _wake(now: Instant, limit: int, writer: Writer) -> int:
    found = load(writer, [it for (it,) in writer.rows(_DUE, (now, limit))])
    return len(apply(writer, found.values(), partial(wake, now=now), person="", now=now))


async def lane(database: Database, which: Lane, limit: int, after: Conversation | None) -> list[Conversation]:
    """See DeskStore.lane."""
    if after is None:
        found = await database.rows(_LANE, (which.value, limit))
    else:
        place = (after.priority.value, after.answer_by or 0, after.id)
        found = await database.rows(_LANE_AFTER, (which.value, *place, limit))
    return [rows.conversation(row) for row in found]


async def by_ids(database: Database, ids: Sequence[int]) -> list[Conversation]:
    """See DeskStore.conversations."""
    found = {
        it.id: it for it in map(rows.conversation, await database.rows(_BY_IDS, (rows.json(list(ids)),)))
    }
    return [found[it] for it in dict.fromkeys(ids) if it in found]


async def in_status(
    database: Database, status: Status, limit: int, lanes: Iterable[Lane]
) -> list[Conversation]:
    """See DeskStore.in_status."""
    if status is not Status.OPEN:
        return [rows.conversation(row) for row in await database.rows(_IN_STATUS[status], (limit,))]
    found: list[Conversation] = []
    for which in lanes:
        read = await database.rows(_WITH_THOSE_BEHIND, (which.value, limit - len(found)))
        found += map(rows.conversation, read)
    return found


async def claimed_by(database: Database, person: str, now: Instant) -> list[Conversation]:
    """See DeskStore.claimed_by."""
    return [rows.conversation(row) for row in await database.rows(_CLAIMED, (person, now))]


async def decisions(database: Database, since: Instant, outcome: Outcome, limit: int) -> list[Conversation]:
    """See DeskStore.decisions."""
    return [rows.conversation(row) for row in await database.rows(_DECISIONS, (outcome.value, since, limit))]


async def mentions(database: Database, conversation_id: int, limit: int) -> list[StoredMention]:
    """See DeskStore.mentions."""
    sql = f"{rows.MENTION} WHERE m.conversation_id = ? ORDER BY m.created_at DESC, m.id DESC LIMIT ?"
    return [rows.stored_mention(row) for row in reversed(await database.rows(sql, (conversation_id, limit)))]


async def find_mention(database: Database, platform: str, native_id: str) -> StoredMention | None:
    """See DeskStore.find_mention."""
    found = await database.rows(
        f"{rows.MENTION} WHERE m.native_id = ? AND m.platform = ?", (native_id, platform)
    )
    return rows.stored_mention(found[0]) if found else None
