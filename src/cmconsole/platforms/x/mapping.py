"""X's posts to mentions: pure, and content with whatever an answer leaves out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cmconsole.core.account import Identity
from cmconsole.core.clock import Instant
from cmconsole.core.mention import Absence, Author, Mention, Removed
from cmconsole.platforms.x import snowflakes
from cmconsole.platforms.x.answers import Answer, Json, objects, part, word, words
from cmconsole.platforms.x.text import described, expanded

PLATFORM: Final = "x"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LANGUAGES: Final = {
    # Not languages but X's words for "none" and "cannot tell": only links, hashtags, media and so on.
    **dict.fromkeys(["art", "qam", "qct", "qht", "qme", "qst", "und", "zxx"], ""),
    # Withdrawn from ISO 639 in 1989, still X's words for Indonesian and Hebrew.
    "in": "id",
    "iw": "he",
}


def post_mention(
    post: Any, answer: Answer, *, us: Identity, source: str, now: Instant
) -> Mention | Removed | str:
    """Return a post as a mention, as removed where X withholds it, or in words why it is neither.

    answer: what came along with it. us: whom we read as. now: when it was written, where nothing tells.

    https://docs.x.com/x-api/fundamentals/data-dictionary
    """
    if not isinstance(post, dict):
        return "an item is not a post"
    versions = words(post, "edit_history_tweet_ids")
    latest = word(post, "id")
    native_id = versions[0] if versions else latest
    if not snowflakes.number(native_id):
        return "a post has no id"
    if part(post, "withheld"):
        return Removed(PLATFORM, native_id, Absence.WITHHELD)
    author = _author(post, answer)
    if author is None:
        return f"post {native_id} has no author"
    first, last = snowflakes.instant_of(native_id), snowflakes.instant_of(latest)
    edited = len(versions) > 1
    # An edited post is dated by its last version: the ids tell when the first was written.
    written = (first if edited else None) or _instant(word(post, "created_at")) or last or now
    thread, parent = word(post, "conversation_id"), referenced(post, "replied_to")
    return Mention(
        platform=PLATFORM,
        native_id=native_id,
        author=author,
        text=post_text(post, answer),
        created_at=written,
        source=source,
        url=f"https://x.com/{author.handle}/status/{native_id}",
        thread=(thread or parent) if thread not in versions and thread != native_id else "",
        in_reply_to=parent,
        language=_LANGUAGES.get(word(post, "lang"), word(post, "lang")),
        edited_at=(last or written) if edited else None,
        can_reply=can_reply(post, answer, us),
    )


def can_reply(post: Json, answer: Answer, us: Identity) -> bool:
    """Say whether X lets us answer: only those who mentioned or quoted us (self-serve access, since 02-2026).

    https://docs.x.com/changelog
    """
    handle = us.handle.lower()
    texts = (post, part(post, "note_tweet"))
    named = [name for text in texts for name in objects(part(text, "entities"), "mentions")]
    if any(word(name, "username").lower() == handle or word(name, "id") == us.native_id for name in named):
        return True
    if word(post, "in_reply_to_user_id") == us.native_id or is_ours(post, answer, us):
        return True
    quoted = answer.tweets.get(referenced(post, "quoted"), {})
    return word(quoted, "author_id") == us.native_id


def is_ours(post: Any, answer: Answer, us: Identity) -> bool:
    """Say whether we wrote a post."""
    author = word(post, "author_id") if isinstance(post, dict) else ""
    if not author:
        return False
    return author == us.native_id or (
        word(answer.users.get(author, {}), "username").lower() == us.handle.lower()
    )


def is_repost(post: Any) -> bool:
    """Say whether a post only passes on another, without a word of its own."""
    return isinstance(post, dict) and bool(referenced(post, "retweeted"))


def referenced(post: Json, kind: str) -> str:
    """Return the id of the post that a post answers (`replied_to`), quotes or passes on; or nothing."""
    return next(
        (word(item, "id") for item in objects(post, "referenced_tweets") if word(item, "type") == kind), ""
    )


def post_text(post: Json, answer: Answer) -> str:
    """Return a post's words: links in full, what its pictures show, its poll, and shortly what it quotes."""
    original = answer.tweets.get(referenced(post, "retweeted"))
    if original is not None:
        return f"RT @{_handle(original, answer)}: {post_text(original, answer)}"
    quoted_id = referenced(post, "quoted")
    quoted = answer.tweets.get(quoted_id)
    parts = [expanded(post, without=quoted_id if quoted is not None else "")]
    parts += described(post, answer)
    if quoted is not None:
        shown = " ".join(expanded(quoted).split())
        parts.append(f"» @{_handle(quoted, answer)}: {shown}")
    return "\n".join(text for text in parts if text)


def gone(answer: Answer) -> tuple[Removed, ...]:
    """Return the posts an answer says it cannot give, because they were deleted or are not for us to see.

    https://docs.x.com/x-api/fundamentals/response-codes-and-errors
    """
    removed = {}
    for error in answer.errors:
        native_id = word(error, "resource_id") or word(error, "value")
        why = _ABSENCES.get(word(error, "type").rpartition("/")[2]) or _ABSENCES.get(word(error, "title"))
        about = word(error, "resource_type") in {"tweet", "post"}
        if why is not None and about and snowflakes.number(native_id):
            removed[native_id] = Removed(PLATFORM, native_id, why)
    return tuple(removed.values())


_ABSENCES: Final = {
    "resource-not-found": Absence.DELETED,
    "Not Found Error": Absence.DELETED,
    "not-authorized-for-resource": Absence.WITHHELD,
    "resource-unavailable": Absence.WITHHELD,
    "Authorization Error": Absence.WITHHELD,
}


def _author(post: Json, answer: Answer) -> Author | None:
    """Return who wrote a post; by number where X does not give the account along with it."""
    native_id = word(post, "author_id")
    user = answer.users.get(native_id)
    if user is None or not word(user, "username"):
        return Author(PLATFORM, native_id, url=f"https://x.com/i/user/{native_id}") if native_id else None
    handle = word(user, "username")
    followers = part(user, "public_metrics").get("followers_count")
    known = isinstance(followers, int) and not isinstance(followers, bool) and followers >= 0
    biography = {"text": word(user, "description"), "entities": part(part(user, "entities"), "description")}
    return Author(
        platform=PLATFORM,
        handle=handle,
        name=word(user, "name") or handle,
        reach=followers if known else None,
        verified=user.get("verified") is True,
        bio=expanded(biography),
        url=f"https://x.com/{handle}",
    )


def _handle(post: Json, answer: Answer) -> str:
    author = word(post, "author_id")
    return word(answer.users.get(author, {}), "username") or author or "?"


def _instant(date: str) -> Instant | None:
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        return None
    zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(0, (zoned - _EPOCH) // timedelta(milliseconds=1))
