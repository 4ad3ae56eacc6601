"""Export: every conversation with all that belongs to it, as JSON-ready objects."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cmconsole.store.sqlite import replies, rows

if TYPE_CHECKING:
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.reply import Reply
    from cmconsole.store.sqlite.connection import Database

_PAGE = 100
_PAGE_OF = f"{rows.CONVERSATION} WHERE c.id > ? ORDER BY c.id LIMIT {_PAGE}"
_OF_PAGE = "IN (SELECT value FROM json_each(?))"
_MENTIONS = (
    f"{rows.MENTION} WHERE m.conversation_id {_OF_PAGE} ORDER BY m.conversation_id, m.created_at, m.id"
)
_REPLIES = f"{replies.REPLY} WHERE conversation_id {_OF_PAGE} ORDER BY conversation_id, id"
_HISTORY = f"{rows.EVENT} WHERE person <> '' AND conversation_id {_OF_PAGE} ORDER BY conversation_id, seq"


async def export(database: Database) -> AsyncIterator[dict[str, object]]:
    """See DeskStore.export. Reads a page at a time, so that the log is never pinned."""
    last = 0
    while page := [rows.conversation(row) for row in await database.rows(_PAGE_OF, (last,))]:
        last = page[-1].id
        wanted = (rows.json([it.id for it in page]),)
        mentions: dict[int, list[dict[str, object]]] = {it.id: [] for it in page}
        history: dict[int, list[dict[str, object]]] = {it.id: [] for it in page}
        for row in await database.rows(_MENTIONS, wanted):
            stored = rows.stored_mention(row)
            if stored.conversation_id in mentions:
                mentions[stored.conversation_id].append(_mention(stored.mention, stored.received_at))
        for row in await database.rows(_HISTORY, wanted):
            event = rows.event(row)
            if event.conversation_id in history:
                history[event.conversation_id].append(
                    {
                        "at": event.at,
                        "kind": event.kind.value,
                        "person": event.person,
                        "data": dict(event.data),
                    }
                )
        said: dict[int, list[dict[str, object]]] = {it.id: [] for it in page}
        for reply in map(replies.reply_of, await database.rows(_REPLIES, wanted)):
            said[reply.conversation_id].append(_reply(reply))
        for it in page:
            yield {
                **_conversation(it),
                "mentions": mentions[it.id],
                "replies": said[it.id],
                "history": history[it.id],
            }


def _conversation(it: Conversation) -> dict[str, object]:
    flat: dict[str, Any] = asdict(it)
    decided = it.decided.severity
    for name in ("text", "url", "last_mention", "reasons"):
        del flat[name]
    return {
        **flat,
        "priority": it.priority.word,
        "severity": it.severity.word,
        "hostility": it.hostility.word,
        "decided": {**flat["decided"], "severity": decided.word if decided is not None else None},
        "reasons": [{"code": reason.code, **dict(reason.facts)} for reason in it.reasons],
    }


def _mention(mention: Any, received_at: int) -> dict[str, object]:
    flat: dict[str, Any] = asdict(mention)
    del flat["author"]
    return {**flat, "received_at": received_at}


def _reply(it: Reply) -> dict[str, object]:
    flat: dict[str, Any] = asdict(it)
    for name in ("conversation_id", "key", "console", "turn"):
        del flat[name]
    return flat
