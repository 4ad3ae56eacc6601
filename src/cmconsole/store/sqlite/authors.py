"""Authors: met at intake, the newest profile kept, marked VIP, looked up for their card."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cmconsole.core.clock import Instant
from cmconsole.core.conversation import Conversation
from cmconsole.core.errors import N_, NotFoundError
from cmconsole.core.event import EventKind, Fact
from cmconsole.core.mention import Author, Mention
from cmconsole.core.text import fold
from cmconsole.store.contract import AuthorCard
from cmconsole.store.sqlite import clusters, conversations, events, rows
from cmconsole.store.sqlite.bulk import Bulk

if TYPE_CHECKING:
    from cmconsole.store.contract import Move
    from cmconsole.store.sqlite.connection import Database
    from cmconsole.store.sqlite.thread import Writer

_COLUMNS = (
    "id", "platform", "folded", "folded_name", "handle", "name", "reach", "verified", "bio", "url", "vip",
    "first_seen",
)  # fmt: skip
_INSERT = Bulk("author", _COLUMNS)
_UPDATE = """
UPDATE author SET folded_name = ?, handle = ?, name = ?, reach = ?, verified = ?, bio = ?, url = ?
WHERE id = ?
"""
_MET = """
SELECT a.platform, a.id, a.folded, a.vip, a.handle, a.name, a.reach, a.verified, a.bio, a.url, a.first_seen
FROM json_each(?) AS j CROSS JOIN author AS a ON a.folded = j.value
"""
_NEWEST = """
SELECT j.value, (SELECT max(last_at) FROM conversation WHERE author_id = j.value) FROM json_each(?) AS j
"""
_LONG_AGO = Mention("", "", Author("", ""), "", created_at=-(2**62))
_CARD = """
SELECT platform, handle, name, reach, verified, bio, url, vip, first_seen,
       (SELECT coalesce(sum(messages), 0) FROM conversation WHERE author_id = author.id),
       (SELECT count(*) FROM conversation WHERE author_id = author.id),
       (SELECT count(*) FROM conversation AS c CROSS JOIN mention AS m ON m.conversation_id = c.id
        WHERE c.author_id = author.id AND c.last_at >= ?2 AND m.created_at >= ?2)
FROM author WHERE id = ?1
"""
_UNRESOLVED = "SELECT id FROM conversation WHERE author_id = ? AND status <> 'resolved'"


@dataclass(slots=True)
class Known:
    """An author as a batch knows them.

    newest: the newest of the batch's mentions by them. turned: they became influential, or are so no longer.
    """

    id: int
    folded: str
    vip: bool
    author: Author
    first_seen: Instant
    newest: Mention
    new: bool = False
    changed: bool = False
    turned: bool = False


def meet(writer: Writer, mentions: Sequence[Mention], last_id: int) -> dict[tuple[str, str], Known]:
    """Return a batch's authors by (platform, handle as written); new ones get the ids after `last_id`."""
    writers = {(mention.platform, mention.author.handle): mention for mention in mentions}
    folded = {key: fold(key[1]) for key in writers}
    met: dict[tuple[str, str], Known] = {}
    wanted = set(zip((platform for platform, _ in writers), folded.values(), strict=True))
    names = rows.json(list({name for _, name in wanted}))
    for platform, number, name, vip, *profile, first_seen in writer.rows(_MET, (names,)):
        if (platform, name) in wanted:
            author = rows.author(platform, tuple(profile))
            met[platform, name] = Known(number, name, bool(vip), author, first_seen, _LONG_AGO)
    people: dict[tuple[str, str], Known] = {}
    for mention in mentions:
        key = (mention.platform, mention.author.handle)
        known = people.get(key)
        if known is None:
            identity = (key[0], folded[key])
            known = met.get(identity)
            if known is None:
                last_id += 1
                known = met[identity] = _new(last_id, identity, mention)
            people[key] = known
        if mention.created_at >= known.newest.created_at:
            known.newest = mention
    _learn(
        writer,
        [it for it in met.values() if it.newest.author is not it.author and it.newest.author != it.author],
    )
    return people


def _new(number: int, identity: tuple[str, str], mention: Mention) -> Known:
    author = mention.author
    if author.platform != identity[0]:
        author = replace(author, platform=identity[0])
    return Known(number, identity[1], False, author, mention.created_at, mention, new=True)  # noqa: FBT003


def _learn(writer: Writer, others: Sequence[Known]) -> None:
    """Take over profiles that differ from the known ones, unless a newer mention told the known one."""
    asked = rows.json([known.id for known in others if not known.new])
    told: dict[int, int | None] = dict(writer.rows(_NEWEST, (asked,))) if others else {}
    for known in others:
        if known.newest.created_at >= (told.get(known.id) or known.first_seen):
            before, known.author = known.author, _merged(known.author, known.newest.author)
            known.changed = True
            known.turned = clusters.is_influential(before) is not clusters.is_influential(known.author)


def _merged(old: Author, new: Author) -> Author:
    """Return the new profile; what it leaves out (a source may not tell the reach) stays as it was known."""
    return Author(
        platform=old.platform,
        handle=new.handle,
        name=new.name or old.name,
        reach=old.reach if new.reach is None else new.reach,
        verified=new.verified,
        bio=new.bio or old.bio,
        url=new.url or old.url,
    )


def save(writer: Writer, people: Iterable[Known]) -> None:
    """Write the new and changed ones."""
    distinct = {known.id: known for known in people if known.new or known.changed}.values()
    new = [
        (it.id, it.author.platform, it.folded, *_profile(it), it.vip, it.first_seen)
        for it in distinct
        if it.new
    ]
    if new:
        _INSERT.write(writer, new)
    changed = [(*_profile(it), it.id) for it in distinct if it.changed and not it.new]
    if changed:
        writer.many(_UPDATE, changed)


def _profile(known: Known) -> rows.Row:
    it = known.author
    name = fold(it.name)
    folded_name = "" if known.folded.startswith(name) else name
    return (folded_name, it.handle, it.name, it.reach, it.verified, it.bio, it.url)


def _missing(author_id: int) -> NotFoundError:
    return NotFoundError(N_("Author {number} is not in the store (any more)."), number=author_id)


async def card(database: Database, author_id: int, now: Instant) -> AuthorCard:
    """See DeskStore.author_card. The month is the calendar's, in UTC."""
    today = datetime.fromtimestamp(now / 1000, UTC)
    month = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found = await database.rows(_CARD, (author_id, int(month.timestamp() * 1000)))
    if not found:
        raise _missing(author_id)
    ((platform, *profile, vip, first_seen, mentions, conversations_, this_month),) = found
    author = rows.author(platform, tuple(profile))
    return AuthorCard(author_id, author, bool(vip), first_seen, mentions, conversations_, this_month)


async def conversations_of(database: Database, author_id: int, limit: int) -> list[Conversation]:
    """See DeskStore.author_conversations."""
    sql = f"{rows.CONVERSATION} WHERE c.author_id = ? ORDER BY c.last_at DESC, c.id DESC LIMIT ?"
    return [rows.conversation(row) for row in await database.rows(sql, (author_id, limit))]


async def vips(database: Database) -> set[tuple[str, str]]:
    """See DeskStore.vip_authors."""
    return {
        (platform, folded)
        for platform, folded in await database.rows("SELECT platform, folded FROM author WHERE vip = 1")
    }


def set_vip(writer: Writer, author_id: int, rejudge: Move, *, vip: bool, person: str, now: Instant) -> None:
    """See DeskStore.set_vip. Marking what is marked already changes nothing."""
    sql = "UPDATE author SET vip = ?2 WHERE id = ?1 AND vip <> ?2 RETURNING id"
    if not writer.rows("SELECT 1 FROM author WHERE id = ?", (author_id,)):
        raise _missing(author_id)
    if not writer.rows(sql, (author_id, vip)):
        return
    kind = EventKind.VIP_MARKED if vip else EventKind.VIP_UNMARKED
    events.tell(writer, [(None, Fact(kind, {"author": author_id}))], person=person, now=now)
    unresolved = [it for (it,) in writer.rows(_UNRESOLVED, (author_id,))]
    found = conversations.load(writer, unresolved)
    for outcome in conversations.apply(writer, found.values(), rejudge, person=person, now=now):
        if isinstance(outcome, Exception):
            raise outcome
