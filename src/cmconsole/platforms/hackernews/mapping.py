"""Algolia's JSON of Hacker News to mentions: pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from cmconsole.core.clock import SECOND, Instant
from cmconsole.core.mention import Author, Mention, Removed
from cmconsole.platforms.hackernews.client import Json
from cmconsole.platforms.html import to_text

PLATFORM: Final = "hackernews"
SITE: Final = "https://news.ycombinator.com"


def hit_mention(hit: Json, source: str, now: Instant) -> Mention | Removed | str:
    """Return a search's hit as a mention, as gone, or in words why it is neither.

    https://hn.algolia.com/api
    """
    return _mapped(
        hit, word(hit, "objectID"), word(hit, "comment_text") or word(hit, "story_text"), source, now
    )


def item_mention(item: Json, source: str, now: Instant) -> Mention | Removed | str:
    """Return a single item as a mention, as gone, or in words why it is neither."""
    return _mapped(item, word(item, "id"), word(item, "text"), source, now)


def written_at(hit: Json) -> int | None:
    """Return when a hit was written, in seconds since 1970; None where it does not say."""
    at = hit.get("created_at_i")
    if isinstance(at, int) and not isinstance(at, bool) and at > 0:
        return at
    try:
        return int(datetime.fromisoformat(word(hit, "created_at")).timestamp())
    except (ValueError, OverflowError):
        return None


def word(item: Json, key: str) -> str:
    """Return a text of a JSON object, empty where there is none; a number counts as a text."""
    value = item.get(key)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _mapped(item: Json, native_id: str, markup: str, source: str, now: Instant) -> Mention | Removed | str:
    """Map what both shapes share.

    Nobody knows how many people read anybody there, so reach is None. What was deleted or killed by its
    moderators has lost its author and its words, or says so.
    """
    if not native_id:
        return "an item has no id"
    author, title, link = word(item, "author"), word(item, "title"), word(item, "url")
    if not author or item.get("deleted") is True or item.get("dead") is True:
        return Removed(PLATFORM, native_id)
    text = "\n".join(part for part in (title, to_text(markup, addresses=True), link) if part)
    if not text:
        return f"item {native_id} has no words"
    story, parent, at = word(item, "story_id"), word(item, "parent_id"), written_at(item)
    return Mention(
        platform=PLATFORM,
        native_id=native_id,
        author=Author(PLATFORM, author, author, url=f"{SITE}/user?id={author}"),
        text=text,
        created_at=now if at is None else at * SECOND,
        source=source,
        url=f"{SITE}/item?id={native_id}",
        thread=story if story != native_id else "",
        in_reply_to=parent,
        can_reply=False,
    )
