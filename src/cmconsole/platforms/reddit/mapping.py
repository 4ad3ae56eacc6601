"""Reddit's things to mentions: pure, and content with what ten years of its API leave out."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from cmconsole.core.clock import SECOND, Instant
from cmconsole.core.mention import Absence, Author, Mention, Removed

PLATFORM: Final = "reddit"
SITE: Final = "https://www.reddit.com"
NOBODY: Final = "[deleted]"
"""The author of what belongs to a deleted account, as Reddit itself writes it."""

Json: TypeAlias = Mapping[str, Any]

_COMMENT, _SUBMISSION = "t1", "t3"
_FULLNAME = re.compile(r"t[13]_[0-9a-z]{1,13}\Z")
_THREAD = re.compile(r"/comments/([0-9a-z]{1,13})(?:/|\Z)")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_PICTURE = re.compile(r"!\[(gif|img)\]\([^)\s]{0,200}\)")
_LATEST: Final = 253_402_300_800
"""The first second of the year 10,000: no time is later."""

_MOST: Final = 10
"""Most captions, options and reasons told of one post."""

_OWN_DELETIONS: Final = frozenset({"deleted", "author"})
_HELD_BACK: Final = {
    "automod_filtered": "[held back by AutoModerator]",
    "reddit": "[held back by Reddit's filters]",
}


def thing_mention(thing: Any, *, source: str, reported_at: Instant | None = None) -> Mention | Removed | str:
    """Return a thing of a listing as a mention, as removed, or in words why it is neither.

    reported_at: for what stands in a moderators' queue, when it was seen there. The reports go into the text,
    and the mention counts as changed then: it may be known already, without them.

    https://www.reddit.com/dev/api and, for the kinds, https://praw.readthedocs.io
    """
    data = thing.get("data") if isinstance(thing, Mapping) else None
    if not isinstance(data, Mapping):
        return "it is no thing of Reddit's"
    kind = str(thing.get("kind"))
    if kind not in {_COMMENT, _SUBMISSION}:
        return f"it is neither a comment nor a post ({kind[:20]})"
    name = fullname(thing)
    if not name:
        return "it has no id"
    if (absence := _absence(kind, data)) is not None:
        return Removed(PLATFORM, name, absence)
    created = created_at(thing)
    if not created:
        return f"{name} has no date"
    handle = data.get("author")
    edited = edited_at(thing)
    queued = reported_at is not None
    return Mention(
        platform=PLATFORM,
        native_id=name,
        author=_author(handle if isinstance(handle, str) and handle else NOBODY),
        text=_text(kind, data, queued=queued) or thing_url(data, name),
        created_at=created,
        source=source,
        url=thing_url(data, name),
        thread=_thread(data) if kind == _COMMENT else "",
        in_reply_to=_word(data, "parent_id") if kind == _COMMENT else "",
        edited_at=max(edited, reported_at) if reported_at is not None else edited or None,
        can_reply=_can_reply(data),
    )


def fullname(thing: Any) -> str:
    """Return a thing's fullname (`t1_d1680wu`), empty where it has none."""
    data = thing.get("data") if isinstance(thing, Mapping) else None
    if not isinstance(data, Mapping):
        return ""
    for name in (_word(data, "name"), f"{thing.get('kind')}_{_word(data, 'id')}"):
        if _FULLNAME.match(name):
            return name
    return ""


def author_of(thing: Any) -> str:
    """Return who wrote a thing, empty where that is not told."""
    data = thing.get("data") if isinstance(thing, Mapping) else None
    return _word(data, "author") if isinstance(data, Mapping) else ""


def created_at(thing: Any) -> Instant:
    """Return when a thing was written, 0 where that is not told."""
    return _instant(thing, "created_utc")


def edited_at(thing: Any) -> Instant:
    """Return when a thing was last edited, 0: never, or (before 2010, `true`) nobody knows when."""
    return _instant(thing, "edited")


def thing_url(data: Json, name: str) -> str:
    """Return a thing's address: its permalink, what an inbox gives in its place, or one made of the ids."""
    for key in ("permalink", "context"):
        path = _word(data, key).partition("?")[0]
        if path.startswith("/"):
            return SITE + path
    identifier = name.partition("_")[2]
    if name.startswith(_SUBMISSION):
        return f"{SITE}/comments/{identifier}/"
    return f"{SITE}/comments/{_thread(data).partition('_')[2]}/_/{identifier}/" if _thread(data) else ""


def _absence(kind: str, data: Json) -> Absence | None:
    """Return why a thing is not to be seen any more, None where it is.

    Moderators are shown what is removed; everybody else finds `[removed]`, also where the author is named.
    """
    body = _word(data, "body" if kind == _COMMENT else "selftext").strip().casefold()
    title = _word(data, "title").strip().casefold()
    if body == "[deleted]" or title == "[deleted by user]":
        return Absence.DELETED
    if body == "[removed]" or any(text.startswith("[ removed by reddit") for text in (body, title)):
        return Absence.WITHHELD
    by = data.get("removed_by_category")
    if kind == _COMMENT or not isinstance(by, str) or not by:
        return None
    if by in _OWN_DELETIONS:
        return Absence.DELETED
    return None if data.get("can_mod_post") is True else Absence.WITHHELD


def _author(handle: str) -> Author:
    url = "" if handle == NOBODY else f"{SITE}/user/{handle}"
    return Author(PLATFORM, handle, name=handle, url=url)


def _text(kind: str, data: Json, *, queued: bool) -> str:
    parts = [_written(_word(data, "body"))] if kind == _COMMENT else _post_parts(data)
    if queued:
        parts.append(_reported(data))
        parts.append(_HELD_BACK.get(_word(data, "removed_by_category"), ""))
    return "\n\n".join(part for part in parts if part)


def _post_parts(data: Json) -> list[str]:
    flags = "".join(
        flag for key, flag in (("over_18", "[NSFW] "), ("spoiler", "[spoiler] ")) if data.get(key) is True
    )
    return [
        flags + _word(data, "title").strip(),
        _written(_word(data, "selftext")),
        _gallery(data),
        _poll(data),
        _crosspost(data) or _link(data),
    ]


def _written(markdown: str) -> str:
    """Return Markdown as its author sees it: character references decoded, pictures named.

    praw asks for `raw_json`, so what is left of references was written by people and their editors
    (`&#x200B;`, `&nbsp;`). Only those with a semicolon: `&copy=2` in an address is none.
    """
    plain = _ENTITY.sub(lambda found: html.unescape(found[0]), markdown)
    return _PICTURE.sub(lambda found: "[gif]" if found[1] == "gif" else "[image]", plain).strip()


def _link(data: Json) -> str:
    """Return where a link post leads; a gallery or a post of words leads to itself."""
    if data.get("is_self") is True or data.get("is_gallery") is True:
        return ""
    return _word(data, "url_overridden_by_dest") or _word(data, "url")


def _gallery(data: Json) -> str:
    if data.get("is_gallery") is not True:
        return ""
    items = _items(data, "gallery_data", "items")
    captions = [caption for item in items if (caption := _word(item, "caption").strip())]
    count = f"[gallery of {len(items)}" if items else "[gallery"
    return f"{count}: {' / '.join(captions[:_MOST])}]" if captions else f"{count}]"


def _poll(data: Json) -> str:
    options = [_word(option, "text") for option in _items(data, "poll_data", "options")]
    return f"[poll: {' / '.join(options[:_MOST])}]" if options else ""


def _crosspost(data: Json) -> str:
    parents = data.get("crosspost_parent_list")
    parent = parents[0] if isinstance(parents, list) and parents else None
    if not isinstance(parent, Mapping):
        return ""
    return (
        f"[crosspost from r/{_word(parent, 'subreddit')}: {_word(parent, 'title').strip()}]"
        f" {thing_url(parent, _word(parent, 'name'))}"
    ).rstrip()


def _reported(data: Json) -> str:
    """Return what was reported, the most frequent first: `[reported: This is spam ×3, repost]`."""
    counts: dict[str, int] = {}
    for key in ("user_reports", "mod_reports"):
        reports = data.get(key)
        for report in reports if isinstance(reports, list) else []:
            if isinstance(report, list) and report:
                reason = report[0].strip() if isinstance(report[0], str) else ""
                times = report[1] if len(report) > 1 and type(report[1]) is int else 1
                counts[reason or "no reason"] = counts.get(reason or "no reason", 0) + max(times, 1)
    if not counts:
        number = data.get("num_reports")
        return f"[reported ×{number}]" if type(number) is int and number > 0 else ""
    ordered = sorted(counts.items(), key=lambda told: -told[1])[:_MOST]
    return f"[reported: {', '.join(_times(reason, times) for reason, times in ordered)}]"


def _times(reason: str, times: int) -> str:
    return f"{reason} ×{times}" if times > 1 else reason


def _thread(data: Json) -> str:
    """Return the fullname of the post a comment stands under; an inbox tells it in an address only."""
    link = _word(data, "link_id")
    if _FULLNAME.match(link):
        return link
    for key in ("context", "permalink"):
        if found := _THREAD.search(_word(data, key)):
            return f"{_SUBMISSION}_{found[1]}"
    return ""


def _can_reply(data: Json) -> bool:
    """Say whether Reddit lets us answer: not what is archived, locked (but to moderators), or blocked."""
    locked = data.get("locked") is True and data.get("can_mod_post") is not True
    return not locked and data.get("archived") is not True and not data.get("unrepliable_reason")


def _instant(thing: Any, key: str) -> Instant:
    data = thing.get("data") if isinstance(thing, Mapping) else None
    value = data.get(key) if isinstance(data, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return 0
    return int(value * SECOND) if 0 < value < _LATEST else 0


def _items(data: Json, *keys: str) -> list[Json]:
    """Return the objects of a list that may stand, through keys, inside a thing."""
    value: Any = data
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _word(data: Json, key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else ""
