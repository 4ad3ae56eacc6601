"""Bluesky's records and views to mentions: pure, and content with whatever another app leaves out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from cmconsole.core.clock import Instant
from cmconsole.core.mention import Author, Mention
from cmconsole.core.text import one_line
from cmconsole.platforms.bluesky.richtext import expanded
from cmconsole.platforms.bluesky.xrpc import Json, objects, part, word

PLATFORM: Final = "bluesky"
POST: Final = "app.bsky.feed.post"

WITHHELD: Final = "!takedown"
"""The label of what Bluesky's moderators took down. https://docs.bsky.app/docs/advanced-guides/moderation"""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_URI = re.compile(r"at://(did:[^/\s]+)/([a-zA-Z0-9.-]+)/([a-zA-Z0-9._:~-]+)\Z")
_NOBODY: Final = "handle.invalid"
"""What stands in place of a handle that leads to its owner no longer."""

_MOST_ATTACHMENTS = 16
_QUOTE_LIMIT = 300
_UNSEEN: Final = {
    "app.bsky.embed.record#viewNotFound": "[quote: deleted]",
    "app.bsky.embed.record#viewBlocked": "[quote: blocked]",
    "app.bsky.embed.record#viewDetached": "[quote: detached by its author]",
}


def post_mention(
    item: Json, *, source: str, now: Instant, view: Json | None = None, reach: int | None = None
) -> Mention | str:
    """Return a notification or a post's view as a mention, or in words why it is none.

    view: the post's view beside a notification, which knows more. reach: its author's followers, None where
    nobody told. now: when it was written, where it does not say.

    https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/defs.json (postView)
    """
    uri, record = word(item, "uri"), part(item, "record")
    place = _URI.match(uri)
    if place is None:
        return "a post has no address"
    if place.group(2) != POST:
        return f"{uri} is no post"
    author = post_author(part(item, "author"), reach)
    if author is None:
        return f"post {uri} has no author"
    if not isinstance(record.get("text"), str):
        return f"post {uri} has no text"
    url = web_address(uri, author.handle)
    languages = record.get("langs")
    language = languages[0] if isinstance(languages, list) and languages else ""
    seen = item if view is None else view
    return Mention(
        platform=PLATFORM,
        native_id=uri,
        author=author,
        text=post_text(record, seen) or url,
        created_at=written_at(item) or now,
        source=source,
        url=url,
        thread=word(part(record, "reply", "root"), "uri"),
        in_reply_to=word(part(record, "reply", "parent"), "uri"),
        language=language if isinstance(language, str) else "",
        can_reply=can_reply(seen),
    )


def post_author(profile: Json, reach: int | None = None) -> Author | None:
    """Return a profile as an author, None where it names nobody; its DID where its handle leads nowhere.

    https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/actor/defs.json
    """
    did, handle = word(profile, "did"), word(profile, "handle")
    known = handle if handle and handle != _NOBODY else did
    if not known:
        return None
    verification = part(profile, "verification")
    followers = profile.get("followersCount")
    return Author(
        platform=PLATFORM,
        handle=known,
        name=word(profile, "displayName"),
        reach=reach if reach is not None else count(followers),
        verified="valid"
        in {word(verification, "verifiedStatus"), word(verification, "trustedVerifierStatus")},
        bio=word(profile, "description"),
        url=f"https://bsky.app/profile/{known}",
    )


def post_text(record: Json, view: Json) -> str:
    """Return a post's words: labels, text with its links, what its pictures show, what it quotes.

    view: the post's view, or whatever holds its labels and embeds.
    """
    labels = shown_labels(record, view)
    text = expanded(word(record, "text"), objects(record, "facets"))
    opening = f"[CW: {', '.join(labels)}] {text}".rstrip() if labels else text
    embed = part(record, "embed")
    parts = (opening, *_media(embed, text), _quote(embed, part(view, "embed")))
    return "\n".join(piece for piece in parts if piece)


def shown_labels(record: Json, view: Json) -> list[str]:
    """Return the labels an author or a labeller put on a post; those with "!" are orders, not words."""
    own = objects(part(record, "labels"), "values")
    given = [label for label in objects(view, "labels") if label.get("neg") is not True]
    words = {one_line(word(label, "val")) for label in (*own, *given)}
    return sorted(label for label in words if label and not label.startswith("!"))


def is_withheld(view: Json) -> bool:
    """Say whether Bluesky's moderators took a post down."""
    labels = [*objects(view, "labels"), *objects(part(view, "author"), "labels")]
    return any(word(label, "val") == WITHHELD and label.get("neg") is not True for label in labels)


def can_reply(view: Json) -> bool:
    """Say whether we may answer: the author's threadgate and blocks decide, as far as the view tells."""
    if part(view, "viewer").get("replyDisabled") is True:
        return False
    viewer = part(view, "author", "viewer")
    blocking = bool(viewer.get("blocking")) or bool(viewer.get("blockingByList"))
    return viewer.get("blockedBy") is not True and not blocking


def written_at(item: Json) -> Instant | None:
    """Return when a post was written: what it says, but not after Bluesky first saw it; None: nobody says.

    This is what Bluesky itself sorts by (`sortAt`), so a cursor can be made of it.
    """
    said, seen = instant(word(part(item, "record"), "createdAt")), instant(word(item, "indexedAt"))
    moments = [moment for moment in (said, seen) if moment is not None]
    return min(moments) if moments else None


def instant(date: str) -> Instant | None:
    """Return a date of the AT protocol (RFC 3339) as a moment, None where it is none."""
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        return None
    zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max(0, (zoned - _EPOCH) // timedelta(milliseconds=1))


def date(moment: Instant) -> str:
    """Return a moment as the AT protocol writes it."""
    written = (_EPOCH + timedelta(milliseconds=moment)).isoformat(timespec="milliseconds")
    return written.removesuffix("+00:00") + "Z"


def web_address(uri: str, handle: str) -> str:
    """Return where a post is read on the web."""
    return f"https://bsky.app/profile/{handle}/post/{uri.rpartition('/')[2]}"


def parts_of(uri: str) -> tuple[str, str, str] | None:
    """Return a record's repository, collection and key; None where it is no address of a record."""
    found = _URI.match(uri)
    return None if found is None else (found.group(1), found.group(2), found.group(3))


def count(value: object) -> int | None:
    """Return a number of JSON that counts something, None where it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _media(embed: Json, text: str) -> list[str]:
    """Return what a post carries beside its text, each on a line."""
    media = part(embed, "media") or embed
    lines = [_described("image", image) for image in objects(media, "images")[:_MOST_ATTACHMENTS]]
    if word(media, "$type") == "app.bsky.embed.video":
        lines.append(_described("video", media))
    external = part(media, "external")
    address, title = word(external, "uri"), one_line(word(external, "title"))
    if address and address not in text:
        lines.append(f"[link: {title} {address}]" if title else f"[link: {address}]")
    return lines


def _described(kind: str, item: Json) -> str:
    alternative = word(item, "alt").strip()
    return f"[{kind}: {alternative}]" if alternative else f"[{kind}]"


def _quote(embed: Json, view: Json) -> str:
    """Return what a post quotes: its words where the view tells them, else its address."""
    # In a record with media beside it, the record lies one deeper; so in the view.
    cited = part(embed, "record", "record") or part(embed, "record")
    uri = word(cited, "uri")
    if not uri:
        return ""
    told = part(view, "record", "record") or part(view, "record")
    if word(told, "$type") in _UNSEEN:
        return _UNSEEN[word(told, "$type")]
    author = post_author(part(told, "author"))
    words = one_line(word(part(told, "value"), "text"), _QUOTE_LIMIT)
    if author is not None and words:
        return f"[quote: @{author.handle}: {words}]"
    place = parts_of(uri)
    return f"[quote: {web_address(uri, place[0])}]" if place is not None and place[1] == POST else ""
