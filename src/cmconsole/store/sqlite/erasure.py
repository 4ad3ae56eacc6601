"""Erasure: an author leaves the store, and no byte of what they wrote stays behind in its files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cmconsole.core.errors import N_, StoreBusyError
from cmconsole.core.event import EventKind, Fact
from cmconsole.core.text import fold
from cmconsole.store.contract import Erased
from cmconsole.store.sqlite import events, retention
from cmconsole.store.sqlite.rows import json

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.sqlite.thread import Writer

_THEIRS = "SELECT id, author_id, messages, status, lane, kind FROM conversation WHERE author_id = ?"
_MENTIONS = "SELECT id FROM mention WHERE conversation_id IN (SELECT value FROM json_each(?))"
_BLANK = """
UPDATE event SET data = '{}'
WHERE person <> '' AND data <> '{}' AND conversation_id IN (SELECT value FROM json_each(?))
"""
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
    erased = _erase(writer, found[0][0])
    events.tell(writer, [(None, Fact(EventKind.AUTHOR_ERASED))], person=person, now=now)
    return erased


def _erase(writer: Writer, author_id: int) -> Erased:
    """Delete row by row, for secure_delete to overwrite each, then rewrite the index without their words."""
    theirs = writer.rows(_THEIRS, (author_id,))
    mentions = [it for (it,) in writer.rows(_MENTIONS, (json([row[0] for row in theirs]),))]
    retention.delete_mentions(writer, mentions)
    writer.rows(_BLANK, (json([row[0] for row in theirs]),))
    retention.delete_conversations(writer, theirs, keep_events=True)
    writer.rows("DELETE FROM author WHERE id = ?", (author_id,))
    writer.rows("INSERT INTO mention_text (mention_text) VALUES ('optimize')")
    return Erased(1, len(theirs), len(mentions))
