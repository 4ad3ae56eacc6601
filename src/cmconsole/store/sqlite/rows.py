"""Mapping between rows and the domain's values: column lists, readers, writers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from cmconsole.core.claim import Claim
from cmconsole.core.clock import Instant
from cmconsole.core.conversation import UNDECIDED, Conversation, Decided, Outcome, Status
from cmconsole.core.event import NOTHING, Datum, Event, EventKind
from cmconsole.core.mention import Absence, Author, Mention
from cmconsole.core.reasons import WrittenReasons
from cmconsole.core.verdict import Hostility, Kind, Lane, Priority, Reason, Severity, Tone
from cmconsole.store.contract import StoredMention

Row = tuple[Any, ...]

_encode = msgspec.json.Encoder().encode
_words = msgspec.json.Decoder(tuple[str, ...])
_decided = msgspec.json.Decoder(Decided)
_data = msgspec.json.Decoder(dict[str, str | int | float | bool | None])

_STATUS = {status.value: status for status in Status}
_LANE = {lane.value: lane for lane in Lane}
_PRIORITY = {priority.value: priority for priority in Priority}
_KIND = {kind.value: kind for kind in Kind}
_SEVERITY = {severity.value: severity for severity in Severity}
_HOSTILITY = {hostility.value: hostility for hostility in Hostility}
_TONE = {tone.value: tone for tone in Tone}

CONVERSATION = """
SELECT c.id, a.platform, c.thread,
       a.handle, a.name, a.reach, a.verified, a.bio, a.url,
       c.author_id, c.status, c.lane, c.priority, c.kind, c.severity, c.tone, c.created_at, c.updated_at,
       c.waiting_since, c.answer_by, c.messages, m.text, m.url, c.last_mention, c.last_at, c.vip,
       c.clock_left, c.snoozed_until, c.claim_person, c.claim_until, c.language, c.complaint, c.outcome,
       c.silence_reason, c.tags, coalesce(c.reasons, j.reasons), c.version,
       c.hostility, c.themes, c.route, c.decided, c.cluster, c.lead, m.gone, c.can_reply, c.tips
FROM conversation AS c
CROSS JOIN author AS a ON a.id = c.author_id
CROSS JOIN mention AS m ON m.id = c.last_mention
CROSS JOIN mention AS j ON j.id = c.judged
"""
"""Whole conversations; CROSS JOIN fixes the order, so that the index on conversation decides the cost."""

_STATE = (
    "lane", "priority", "kind", "severity", "tone", "created_at", "updated_at", "waiting_since", "answer_by",
    "messages", "last_mention", "last_at", "vip", "language", "complaint", "hostility", "themes", "route",
    "tags",
)  # fmt: skip
_LATER = (
    "status", "clock_left", "snoozed_until", "claim_person", "claim_until", "outcome", "silence_reason",
    "version", "decided", "can_reply",
)  # fmt: skip
"""What the schema's defaults say of a new conversation: open, unclaimed, version 0."""

NEW = ("id", "author_id", "thread", "rooted", "judged", *_STATE)
"""Columns of a new conversation, in the order of `new`."""

_CHANGED = (*_STATE, *_LATER, "id", "at", "judged", "reasons")
_AT = {name: f"?{number}" for number, name in enumerate(_CHANGED, start=1)}

CHANGE = f"""
UPDATE conversation SET
    {", ".join(f"{name} = {_AT[name]}" for name in (*_STATE, *_LATER))},
    resolved_at = CASE {_AT["status"]} WHEN 'resolved' THEN
        CASE messages WHEN {_AT["messages"]} THEN coalesce(resolved_at, {_AT["at"]}) ELSE {_AT["at"]} END
    END,
    lead = CASE {_AT["status"]} WHEN 'open' THEN lead ELSE 1 END,
    judged = coalesce({_AT["judged"]}, judged),
    reasons = CASE WHEN {_AT["judged"]} IS NULL THEN coalesce({_AT["reasons"]}, reasons) END
WHERE id = {_AT["id"]}
"""  # noqa: S608 - names from this module only
"""Writes a changed conversation; parameters as from `changed`.

One that a mention leaves resolved was resolved anew. Who leads a cluster is for clusters.settle to say: here
a conversation only gives the lead up, when it is open no longer.
"""

MENTION = """
SELECT m.id, m.conversation_id, m.received_at, m.platform, m.native_id,
       a.platform, a.handle, a.name, a.reach, a.verified, a.bio, a.url,
       m.text, m.created_at, m.source, m.url, m.thread, m.in_reply_to, m.language,
       m.edited_at, m.can_reply, m.gone
FROM mention AS m
CROSS JOIN conversation AS c ON c.id = m.conversation_id
CROSS JOIN author AS a ON a.id = c.author_id
"""

EVENT = "SELECT seq, at, kind, conversation_id, person, data FROM event"


def words(written: str) -> tuple[str, ...]:
    """Read a JSON list of texts."""
    return () if written == "[]" else _words.decode(written)


def data(written: str) -> dict[str, Datum]:
    """Read the JSON of a fact's data."""
    return {} if written == "{}" else _data.decode(written)


def json(value: object) -> str:
    """Return compact JSON."""
    return _encode(value).decode()


def written(reasons: Sequence[Reason]) -> str:
    """Return the written form of reasons."""
    return reasons.text if isinstance(reasons, WrittenReasons) else json(reasons)


def author(platform: str, fields: Row) -> Author:
    """Read handle, name, reach, verified, bio, url."""
    handle, name, reach, verified, bio, url = fields
    return Author(platform, handle, name, reach, bool(verified), bio, url)


def conversation(row: Row) -> Conversation:
    """Read one row of CONVERSATION."""
    person, until = row[28:30]
    return Conversation(
        id=row[0],
        platform=row[1],
        thread=row[2],
        author=author(row[1], row[3:9]),
        author_id=row[9],
        status=_STATUS[row[10]],
        lane=_LANE[row[11]],
        priority=_PRIORITY[row[12]],
        kind=_KIND[row[13]],
        severity=_SEVERITY[row[14]],
        tone=_TONE[row[15]],
        created_at=row[16],
        updated_at=row[17],
        waiting_since=row[18],
        answer_by=row[19],
        messages=row[20],
        text=row[21],
        url=row[22],
        last_mention=row[23],
        last_at=row[24],
        vip=bool(row[25]),
        clock_left=row[26],
        snoozed_until=row[27],
        claim=None if person is None else Claim(person, until),
        language=row[30],
        complaint=row[31],
        outcome=None if row[32] is None else Outcome(row[32]),
        silence_reason=row[33],
        tags=words(row[34]),
        reasons=WrittenReasons(row[35]),
        version=row[36],
        hostility=_HOSTILITY[row[37]],
        themes=words(row[38]),
        route=row[39],
        decided=_decided.decode(row[40]) if row[40] else UNDECIDED,
        cluster=row[41],
        lead=bool(row[42]),
        gone=Absence(row[43]) if row[43] else None,
        can_reply=bool(row[44]),
        tips=row[45],
    )


def new(it: Conversation, *, judged: int, rooted: bool) -> Row:
    """Write a conversation as the values of NEW; judged: the mention whose verdict opened it.

    rooted: the mention that opened it is the thread's first post.
    """
    return (it.id, it.author_id, it.thread, rooted, judged, *_state(it))


def changed(
    it: Conversation, *, at: Instant, judged: int | None = None, reasons: Sequence[Reason] | None = None
) -> Row:
    """Write a conversation as the parameters of CHANGE.

    at: when it changed. judged: the mention whose verdict's reasons it has now; reasons: those of a verdict
    without a mention; neither where the reasons stayed.
    """
    return (*_state(it), *_later(it), it.id, at, judged, None if reasons is None else written(reasons))


def _state(it: Conversation) -> Row:
    """Return what intake decides. `_value_`: Enum's documented attribute, without its slow property."""
    return (
        it.lane._value_,
        it.priority._value_,
        it.kind._value_,
        it.severity._value_,
        it.tone._value_,
        it.created_at,
        it.updated_at,
        it.waiting_since,
        it.answer_by,
        it.messages,
        it.last_mention,
        it.last_at,
        it.vip,
        it.language,
        it.complaint,
        it.hostility._value_,
        json(it.themes) if it.themes else "[]",
        it.route,
        json(it.tags) if it.tags else "[]",
    )


def _later(it: Conversation) -> Row:
    claim = it.claim
    return (
        it.status._value_,
        it.clock_left,
        it.snoozed_until,
        None if claim is None else claim.person,
        None if claim is None else claim.until,
        None if it.outcome is None else it.outcome.value,
        it.silence_reason,
        it.version,
        json(it.decided) if it.decided != UNDECIDED else "",
        it.can_reply,
    )


def stored_mention(row: Row) -> StoredMention:
    """Read one row of MENTION."""
    return StoredMention(
        id=row[0],
        conversation_id=row[1],
        received_at=row[2],
        mention=Mention(
            platform=row[3],
            native_id=row[4],
            author=author(row[5], row[6:12]),
            text=row[12],
            created_at=row[13],
            source=row[14],
            url=row[15],
            thread=row[16],
            in_reply_to=row[17],
            language=row[18],
            edited_at=row[19],
            can_reply=bool(row[20]),
        ),
        gone=Absence(row[21]) if row[21] else None,
    )


def event(row: Row) -> Event:
    """Read one row of EVENT."""
    seq, at, kind, conversation_id, person, written = row
    return Event(seq, at, EventKind(kind), conversation_id, person, data(written) or NOTHING)
