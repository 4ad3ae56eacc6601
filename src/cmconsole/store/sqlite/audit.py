"""The audit trail: every step of everything that may be published, only ever appended to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cmconsole.core.event import AUDITED, Fact
from cmconsole.store.replying import Audit
from cmconsole.store.sqlite import events, rows

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.core.reply import Reply
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.sqlite.thread import Writer

_APPEND = """
INSERT INTO audit (at, kind, reply_id, conversation_id, person, data) VALUES (?, ?, ?, ?, ?, ?)
"""
_WORDS = frozenset({"reason"})
"""What persons say of a text may name its reader: it goes with the conversation, the trail never does."""


def tell(writer: Writer, reply: Reply, facts: Iterable[Fact], *, person: str, now: Instant) -> None:
    """Append facts about a reply to its conversation's events, and those that are audited to the trail."""
    told = list(facts)
    events.tell(writer, [(reply.conversation_id, fact) for fact in told], person=person, now=now)
    writer.many(
        _APPEND,
        [
            (now, fact.kind.value, reply.id, reply.conversation_id, person, rows.json(_wordless(fact)))
            for fact in told
            if fact.kind in AUDITED
        ],
    )


def _wordless(fact: Fact) -> dict[str, object]:
    return {key: value for key, value in fact.data.items() if key not in _WORDS}


async def lines(
    database: Database,
    after: int,
    limit: int,
    *,
    reply_id: int | None,
    conversation_id: int | None,
    since: Instant | None,
) -> list[Audit]:
    """See ReplyStore.audit."""
    asked = {"reply_id = ?": reply_id, "conversation_id = ?": conversation_id, "at >= ?": since}
    wanted = {"seq > ?": after, **{term: value for term, value in asked.items() if value is not None}}
    sql = f"""SELECT seq, at, kind, reply_id, conversation_id, person, data FROM audit
    WHERE {" AND ".join(wanted)} ORDER BY seq LIMIT ?"""  # noqa: S608 - terms from this function only
    found = await database.rows(sql, (*wanted.values(), limit))
    return [
        Audit(seq, at, kind, reply, about, person, rows.data(data))
        for seq, at, kind, reply, about, person, data in found
    ]
