"""Full text: words in mentions, beginnings of handles and names; newest first and always bounded."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from cmconsole.core.conversation import Conversation
from cmconsole.core.text import fold
from cmconsole.store.sqlite import rows

if TYPE_CHECKING:
    from cmconsole.store.sqlite.connection import Database

_QUERY_LIMIT = 200
"""Characters of a query that are read."""

_WORDS_LIMIT = 12
"""Words of a query that are looked for."""

_BEGINNING = 3
"""Least letters of a last word that is taken for a beginning: shorter ones begin half the vocabulary, and
merging their lists would cost seconds in a large store."""

_AUTHORS_LIMIT = 50
_LAST = "\U0010ffff"

_WORDS = """
SELECT m.id, m.conversation_id FROM mention_text AS t CROSS JOIN mention AS m ON m.id = t.rowid
WHERE t.mention_text MATCH ? AND t.rowid < ? ORDER BY t.rowid DESC LIMIT ?
"""
_AUTHORS = """
SELECT id FROM author WHERE folded >= ?1 AND folded < ?2
UNION SELECT id FROM author WHERE folded_name <> '' AND folded_name >= ?1 AND folded_name < ?2
LIMIT ?3
"""
_THEIRS = """
SELECT c.id FROM json_each(?1) AS j CROSS JOIN conversation AS c ON c.author_id = j.value
ORDER BY c.last_at DESC LIMIT ?2
"""


_FOUND = f"{rows.CONVERSATION} WHERE c.id IN (SELECT value FROM json_each(?))"  # noqa: S608 - constants
_NEWEST_FIRST = f"{_FOUND} ORDER BY c.last_at DESC, c.id DESC LIMIT ?"


def words(query: str) -> list[str]:
    """Split a query as the index splits texts: runs of letters, digits and their marks."""
    kept = (
        sign if unicodedata.category(sign)[0] in "LNM" or unicodedata.category(sign) == "Co" else " "
        for sign in query
    )
    return "".join(kept).split()[:_WORDS_LIMIT]


def match(query: str) -> str:
    """Return the query in FTS5's language: every word quoted, so that none is an operator."""
    found = words(query)
    if not found:
        return ""
    quoted = [f'"{word}"' for word in found]
    unfinished = query[-1:].strip() and words(query[-1]) and len(found[-1]) >= _BEGINNING
    return " ".join(quoted) + ("*" if unfinished else "")


async def search(database: Database, query: str, limit: int) -> list[Conversation]:
    """See DeskStore.search."""
    query = query[:_QUERY_LIMIT].encode("utf-8", "ignore").decode()
    ids = [*await _by_words(database, match(query), limit), *await _by_author(database, query, limit)]
    return [
        rows.conversation(row)
        for row in await database.rows(_NEWEST_FIRST, (rows.json(list(set(ids))), limit))
    ]


async def _by_words(database: Database, expression: str, limit: int) -> list[int]:
    """Return distinct conversations, by their newest matching mention, a page of mentions at a time."""
    found: dict[int, None] = {}
    below, page = 2**62, max(limit, 50)
    while expression and len(found) < limit:
        hits = await database.rows(_WORDS, (expression, below, page))
        found.update((conversation_id, None) for _, conversation_id in hits)
        if len(hits) < page:
            break
        below, page = hits[-1][0], page * 4
    return list(found)[:limit]


async def _by_author(database: Database, query: str, limit: int) -> list[int]:
    beginning = fold(query.strip().removeprefix("@"))
    if not beginning:
        return []
    people = [it for (it,) in await database.rows(_AUTHORS, (beginning, beginning + _LAST, _AUTHORS_LIMIT))]
    return [it for (it,) in await database.rows(_THEIRS, (rows.json(people), limit))] if people else []
