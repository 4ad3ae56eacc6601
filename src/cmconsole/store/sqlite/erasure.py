"""Erasure: an author leaves the store, and no byte of what they wrote stays behind in its files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cmconsole.core.errors import N_, IllegalMoveError, StoreBusyError
from cmconsole.core.event import EventKind, Fact
from cmconsole.core.reply import ReplyStatus
from cmconsole.core.replying import fact
from cmconsole.core.text import fold
from cmconsole.store.contract import Erased
from cmconsole.store.sqlite import audit, events, replies, retention
from cmconsole.store.sqlite.rows import json

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.sqlite.thread import Writer

_THEIRS = "SELECT id, author_id, messages, status, lane, kind FROM conversation WHERE author_id = ?"
_MENTIONS = "SELECT id FROM mention WHERE conversation_id IN (SELECT value FROM json_each(?))"
_BLANK = f"""
UPDATE event SET data = '{{}}'
WHERE {events.TOLD} AND data <> '{{}}' AND conversation_id IN (SELECT value FROM json_each(?))
"""  # noqa: S608 - a constant
_MAY_BE_OUT = frozenset({ReplyStatus.SENDING, ReplyStatus.UNKNOWN})
_LOG_PATIENCE = 10_000
"""Milliseconds to wait for readers, so that the log can be emptied."""


async def erase_author(
    database: Database, platform: str, handle: str, *, person: str, now: Instant
) -> Erased:
    """See DeskStore.erase_author. Erasing somebody unknown does nothing."""
    job = partial(_erased, platform, fold(handle), person, now)
    erased = await database.write(job)
    if not await database.checkpoint(patience=_LOG_PATIENCE):
        raise StoreBusyError(
            N_("The author is erased, but the store still holds old pages: another program is reading it."),
            advice=N_("Close other programs that have the store open and erase once more."),
        )
    return erased


def _erased(platform: str, folded: str, person: str, now: Instant, writer: Writer) -> Erased:
    found = writer.rows("SELECT id FROM author WHERE folded = ? AND platform = ?", (folded, platform))
    if not found:
        return Erased(0, 0, 0)
    erased = _erase(writer, found[0][0], person, now)
    events.tell(writer, [(None, Fact(EventKind.AUTHOR_ERASED))], person=person, now=now)
    return erased


def _erase(writer: Writer, author_id: int, person: str, now: Instant) -> Erased:
    """Delete row by row, for secure_delete to overwrite each, then rewrite the index without their words."""
    theirs = writer.rows(_THEIRS, (author_id,))
    _discard_replies(writer, [row[0] for row in theirs], person, now)
    mentions = [it for (it,) in writer.rows(_MENTIONS, (json([row[0] for row in theirs]),))]
    retention.delete_mentions(writer, mentions)
    writer.rows(_BLANK, (json([row[0] for row in theirs]),))
    retention.delete_conversations(writer, theirs, keep_events=True)
    writer.rows("DELETE FROM author WHERE id = ?", (author_id,))
    writer.rows("INSERT INTO mention_text (mention_text) VALUES ('optimize')")
    return Erased(1, len(theirs), len(mentions))


def _discard_replies(writer: Writer, conversation_ids: list[int], person: str, now: Instant) -> None:
    """Say in the trail that nothing becomes of their replies; the rows go with the conversations.

    One that may be out there stops the erasure: nobody could look it up any more.
    """
    for reply in replies.unfinished(writer, conversation_ids):
        if reply.status in _MAY_BE_OUT:
            raise IllegalMoveError(
                N_("A reply to this author is being sent, or may have been; nothing was erased."),
                advice=N_("Wait for it, or settle it in the outbox; then erase again."),
            )
        told = fact(EventKind.REPLY_DISCARDED, reply, discarded_by=person, was=reply.status.value)
        audit.tell(writer, reply, (told,), person=person, now=now)
