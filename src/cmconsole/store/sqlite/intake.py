"""Intake: one batch of judged mentions committed whole, by few statements, each for all of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cmconsole.core.conversation import Conversation, Status
from cmconsole.core.mention import Mention
from cmconsole.core.placing import Arrival, by_itself, opened, received
from cmconsole.store.contract import Ingested, Intake
from cmconsole.store.sqlite import (
    authors,
    clusters,
    conversations,
    events,
    leases,
    revisions,
    rows,
    sources,
    tally,
    tips,
)
from cmconsole.store.sqlite.bulk import Bulk

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.core.sla import SlaPolicy
    from cmconsole.core.verdict import Verdict
    from cmconsole.store.sqlite.authors import Known
    from cmconsole.store.sqlite.thread import Writer

_MENTIONS = Bulk(
    "mention",
    (
        "id", "conversation_id", "platform", "native_id", "text", "created_at", "received_at", "source",
        "url", "thread", "in_reply_to", "language", "reasons",
    ),
)  # fmt: skip
_INDEX = "INSERT INTO mention_text (rowid, text) SELECT id, text FROM mention WHERE id BETWEEN ? AND ?"
_COUNTERS = """
SELECT name, seq FROM sqlite_sequence
UNION ALL SELECT '+lease', token FROM lease WHERE name = ? AND holder = ?
"""
_KNOWN = """
SELECT m.platform, m.native_id, m.id, m.conversation_id, m.edited_at, m.gone FROM json_each(?) AS k
CROSS JOIN mention AS m ON m.native_id = k.value
"""
_PARENTS = """
SELECT m.platform, m.native_id, c.author_id, c.thread FROM json_each(?) AS k
CROSS JOIN mention AS m ON m.native_id = k.value
CROSS JOIN conversation AS c ON c.id = m.conversation_id
"""
_ROOTED = rows.CONVERSATION.replace(
    "FROM conversation AS c",
    """FROM json_each(?) AS k CROSS JOIN mention AS r ON r.native_id = k.value
    CROSS JOIN conversation AS c ON c.id = r.conversation_id AND c.thread = r.native_id AND c.rooted = 1""",
)
_UNROOTED = rows.CONVERSATION.replace(
    "FROM conversation AS c",
    """FROM json_each(?) AS k CROSS JOIN conversation AS c ON c.rooted = 0
    AND c.thread = json_extract(k.value, '$[1]') AND c.author_id = json_extract(k.value, '$[0]')""",
)

Item = tuple[Mention, "Verdict"]


@dataclass(slots=True)
class _Batch:
    """What a batch needs to know of the store, and what it makes of it."""

    mention_id: int
    conversation_id: int
    people: dict[tuple[str, str], Known]
    threads: dict[tuple[str, str], str]
    now: Instant
    before: dict[tuple[int, str], Conversation] = field(default_factory=dict)
    after: dict[tuple[int, str], Conversation] = field(default_factory=dict)
    judged: dict[tuple[int, str], int] = field(default_factory=dict)
    rooted: set[tuple[int, str]] = field(default_factory=set)
    taken: list[rows.Row] = field(default_factory=list)
    marked: list[tuple[int, Mention]] = field(default_factory=list)


def ingest(writer: Writer, intake: Intake, policy: SlaPolicy, now: Instant) -> Ingested:
    """See IntakeStore.ingest."""
    counters = _counters(writer, intake)
    fresh, known = _sorted(writer, intake.items)
    outcome = Ingested(len(fresh), len(intake.items) - len(fresh), len(intake.set_aside))
    if fresh:
        batch = _prepare(writer, fresh, counters, now)
        _settle(batch, fresh, policy, intake.source)
        _write(writer, batch)
    revisions.edit(writer, known, policy, now)
    revisions.remove(writer, intake.removed, now)
    tips.add_all(writer, intake.tips, now)
    newest = max((mention.created_at for mention, _ in fresh), default=None)
    sources.count(writer, intake, outcome, newest, now)
    return outcome


def _counters(writer: Writer, intake: Intake) -> dict[str, int]:
    """Return the last id of each table; the transaction holds the lock, so they are ours to count on."""
    lease = intake.lease
    found: dict[str, int] = dict(
        writer.rows(_COUNTERS, (lease.name, lease.holder) if lease else (None, None))
    )
    if lease is not None and found.get("+lease") != lease.token:
        raise leases.lost(lease.name)
    return found


def _sorted(writer: Writer, items: Iterable[Item]) -> tuple[list[Item], list[revisions.Known]]:
    """Return the mentions that are not in the store, and those that are and were edited since.

    Of one that the batch repeats the latest edit counts, else the first.
    """
    fresh: dict[tuple[str, str], Item] = {}
    for item in items:
        key = (item[0].platform, item[0].native_id)
        kept = fresh.setdefault(key, item)
        if item[0].edited_at is not None and item[0].edited_at > (kept[0].edited_at or 0):
            fresh[key] = item
    known = []
    ids = rows.json([native_id for _, native_id in fresh])
    for platform, native_id, mention_id, conversation_id, edited_at, gone in writer.rows(_KNOWN, (ids,)):
        if (platform, native_id) not in fresh:
            continue
        mention, verdict = fresh.pop((platform, native_id))
        if (mention.edited_at or 0) > (edited_at or 0) and not gone:
            known.append((mention_id, conversation_id, mention, verdict))
    return list(fresh.values()), known


def _prepare(writer: Writer, fresh: list[Item], counters: dict[str, int], now: Instant) -> _Batch:
    """Look up what the batch touches: authors, threads of parents, and conversations that may exist."""
    people = authors.meet(writer, [mention for mention, _ in fresh], counters.get("author", 0))
    batch = _Batch(
        mention_id=counters.get("mention", 0),
        conversation_id=counters.get("conversation", 0),
        people=people,
        threads=_threads(writer, fresh, people),
        now=now,
    )
    batch.before.update(_existing(writer, batch, fresh))
    return batch


def _existing(writer: Writer, batch: _Batch, fresh: list[Item]) -> dict[tuple[int, str], Conversation]:
    """Return the conversations that the batch continues, by author and thread; a new author has none yet."""
    wanted: dict[tuple[int, str], bool] = {}
    for mention, _ in fresh:
        person = batch.people[mention.platform, mention.author.handle]
        if not person.new:
            thread = _thread(batch, mention)
            wanted[person.id, thread] = wanted.get((person.id, thread), False) or thread != mention.native_id
    found = writer.rows(_UNROOTED, (rows.json(list(wanted)),)) if wanted else []
    if roots := [thread for (_, thread), elsewhere in wanted.items() if elsewhere]:
        found += writer.rows(_ROOTED, (rows.json(roots),))
    existing = ((it.author_id, it.thread, it) for it in map(rows.conversation, found))
    return {(author_id, thread): it for author_id, thread, it in existing if (author_id, thread) in wanted}


def _thread(batch: _Batch, mention: Mention) -> str:
    return mention.thread or batch.threads.get((mention.platform, mention.native_id)) or mention.native_id


def _threads(
    writer: Writer, fresh: list[Item], people: dict[tuple[str, str], Known]
) -> dict[tuple[str, str], str]:
    """Return the threads of mentions that name only the post they answer, where the same author wrote that.

    A chain of answers to oneself is one conversation, also when it arrives in pieces or backwards.
    """
    replies = [mention for mention, _ in fresh if mention.in_reply_to and not mention.thread]
    if not replies:
        return {}
    here = {(mention.platform, mention.native_id): mention for mention, _ in fresh}
    stored: dict[tuple[str, str], tuple[int, str]] = {}
    ids = rows.json([mention.in_reply_to for mention in replies])
    for platform, native_id, author_id, thread in writer.rows(_PARENTS, (ids,)):
        stored[platform, native_id] = (author_id, thread)
    return {
        (mention.platform, mention.native_id): _root(mention, here, stored, people) for mention in replies
    }


def _root(
    mention: Mention,
    here: dict[tuple[str, str], Mention],
    stored: dict[tuple[str, str], tuple[int, str]],
    people: dict[tuple[str, str], Known],
) -> str:
    """Follow a mention's parents, in the batch and then in the store, as long as its author wrote them."""
    me, seen = people[mention.platform, mention.author.handle].id, {mention.native_id}
    while mention.in_reply_to and not mention.thread:
        key = (mention.platform, mention.in_reply_to)
        if key in stored and stored[key][0] == me:
            return stored[key][1]
        parent = here.get(key)
        if (
            parent is None
            or parent.native_id in seen
            or people[parent.platform, parent.author.handle].id != me
        ):
            break
        seen.add(parent.native_id)
        mention = parent
    return mention.thread or mention.native_id


def _settle(batch: _Batch, fresh: list[Item], policy: SlaPolicy, source: str) -> None:
    """Give every mention its row and its conversation, in memory."""
    before, after, threads, people, now = batch.before, batch.after, batch.threads, batch.people, batch.now
    mention_id, conversation_id, take = batch.mention_id, batch.conversation_id, batch.taken.append
    for mention, verdict in fresh:
        person = people[mention.platform, mention.author.handle]
        mention_id += 1
        thread = mention.thread or mention.native_id
        settled = mention
        if threads and (parent := threads.get((mention.platform, mention.native_id))):
            thread, settled = parent, replace(mention, thread=parent)
        arrival = Arrival(settled, verdict, mention_id, person.id, person.vip)
        key = (person.id, thread)
        current = after.get(key) or before.get(key)
        if current is None:
            conversation_id += 1
            current = opened(arrival, policy, conversation_id)
            if thread == mention.native_id:
                batch.rooted.add(key)
        else:
            current = received(current, arrival, policy)
        if current.reasons is verdict.reasons:
            batch.judged[key] = mention_id
        after[key] = current
        if mention.edited_at is not None or not mention.can_reply:
            batch.marked.append((mention_id, mention))
        take(
            (
                mention_id, current.id, mention.platform, mention.native_id, mention.text, mention.created_at,
                now, mention.source or source, mention.url, mention.thread, mention.in_reply_to,
                mention.language, rows.written(verdict.reasons),
            )
        )  # fmt: skip


def _write(writer: Writer, batch: _Batch) -> None:
    first, last = batch.mention_id + 1, batch.mention_id + len(batch.taken)
    before, after, judged = batch.before, batch.after, batch.judged
    authors.save(writer, batch.people.values())
    new = [
        rows.new(it, judged=judged[key], rooted=key in batch.rooted)
        for key, it in after.items()
        if key not in before
    ]
    conversations.insert(writer, new)
    over = {key: it for key, it in after.items() if it.status is Status.RESOLVED}
    again = {key: replace(after[key], version=it.version + 1) for key, it in before.items()}
    updated = [rows.changed(it, at=batch.now, judged=judged.get(key)) for key, it in (over | again).items()]
    conversations.update(writer, updated)
    clusters.settle(writer, _touched(writer, batch))
    tally.add(writer, tally.delta(before.values(), after.values()))
    _MENTIONS.write(writer, batch.taken)
    revisions.note_marks(writer, batch.marked)
    if mute := [it.id for key, it in after.items() if key not in before and not it.can_reply]:
        sql = "UPDATE conversation SET can_reply = 0 WHERE id IN (SELECT value FROM json_each(?))"
        writer.rows(sql, (rows.json(mute),))
    writer.rows(_INDEX, (first, last))
    events.tell_taken(writer, first, last, batch.now)
    told = [(it.id, fact) for it in over.values() for fact in by_itself(it)]
    events.tell(writer, told, person="", now=batch.now)


def _touched(writer: Writer, batch: _Batch) -> set[int]:
    """Return the clusters in which somebody else may lead after this batch."""
    turned = [it.id for it in batch.people.values() if it.turned]
    continued = {it.cluster for it in batch.before.values() if it.cluster is not None}
    return continued | clusters.heard(writer, turned)
