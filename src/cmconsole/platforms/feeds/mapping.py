"""Feed entries to mentions: pure. Entries without an id, a date or a title are the rule."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from cmconsole.core.clock import SECOND, Instant
from cmconsole.core.mention import Author, Mention
from cmconsole.platforms.html import to_text

PLATFORM: Final = "feeds"

_LONGEST_ID = 500
_DIGEST_BYTES = 16
_DATES: Final = ("published_parsed", "updated_parsed", "created_parsed")
_WRAPPED = re.compile(r"https?://(?:www\.)?google\.[a-z.]{2,6}/url\?", re.IGNORECASE)
_GLOBAL: Final = ("http://", "https://", "tag:", "urn:")

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where entries come from: the source's name, the feed's host and title, and the reach it is given."""

    source: str
    host: str
    title: str = ""
    language: str = ""
    reach: int | None = None


def origin_of(feed: Entry, source: str, host: str, reach: int | None) -> Origin:
    """Return the origin a parsed feed describes."""
    return Origin(source, host, _text(feed, "title"), _word(feed, "language"), reach)


def entry_mention(entry: Entry, origin: Origin, now: Instant) -> Mention | None:
    """Return an entry's mention, or None where it has neither words nor a link.

    The author is the feed, by its host: its reach is the blog's or the paper's, whoever writes. The entry's
    own author is the name that is shown. An entry of a Google alert is somebody else's page: its author is
    that page's host.
    """
    title, summary, url = _text(entry, "title"), _summary(entry), _link(entry)
    host = _host(url) if url != _word(entry, "link") else ""
    text = summary if _begins(summary, title) else f"{title}\n{summary}".strip()
    if not text and not url:
        return None
    source_title = _text(entry["source"], "title") if isinstance(entry.get("source"), Mapping) else ""
    name = _word(entry, "author") or source_title or host or origin.title
    handle = host or origin.host
    author = Author(PLATFORM, handle, name, origin.reach, url=f"https://{handle}/")
    return Mention(
        platform=PLATFORM,
        native_id=identity(entry, origin.host),
        author=author,
        text=text or url,
        created_at=_instant(entry, now),
        source=origin.source,
        url=url,
        language=_language(entry) or origin.language,
    )


def identity(entry: Entry, host: str) -> str:
    """Return what an entry is known by: its id, else its link, else its words.

    An id that is not world-wide (`1`, `post-5`) is told apart by the feed's host. An edited entry keeps its
    id or its link, so an edit is no new mention.
    """
    own = _word(entry, "id") or _link(entry)
    if not own:
        return _digest(host, _word(entry, "title"), _summary(entry), _word(entry, "published"))
    known = own if own.startswith(_GLOBAL) else f"{host}:{own}"
    return known if len(known) <= _LONGEST_ID else _digest(known)


def _begins(summary: str, title: str) -> bool:
    """Say whether a summary repeats the title, as feeds of short posts do."""
    return summary.startswith(title) and not summary[len(title) : len(title) + 1].isalnum()


def _digest(*parts: str) -> str:
    hashed = blake2b(digest_size=_DIGEST_BYTES)
    for part in parts:
        hashed.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return hashed.hexdigest()


def _instant(entry: Entry, now: Instant) -> Instant:
    """Return when an entry was published; `now` where it does not say, or says what cannot be."""
    for key in _DATES:
        # The parser's own `get` gives an update's date for a publication's, with a warning.
        parts: Any = dict.get(entry, key) if isinstance(entry, dict) else entry.get(key)
        try:
            instant = calendar.timegm(parts) * SECOND
        except (TypeError, ValueError, OverflowError):
            continue
        if 0 < instant <= now:
            return instant
    return now


def _summary(entry: Entry) -> str:
    if summary := _text(entry, "summary"):
        return summary
    contents = entry.get("content")
    for content in contents if isinstance(contents, list) else []:
        if isinstance(content, Mapping) and (text := _plain(content.get("value"), content.get("type"))):
            return text
    return ""


def _text(entry: Entry, key: str) -> str:
    """Return an element as plain text, by the type the parser found it to have."""
    detail = entry.get(f"{key}_detail")
    kind = detail.get("type") if isinstance(detail, Mapping) else "text/html"
    return _plain(entry.get(key), kind)


def _plain(value: object, kind: object) -> str:
    if not isinstance(value, str):
        return ""
    return value.strip() if kind == "text/plain" else to_text(value)


def _word(entry: Entry, key: str) -> str:
    value = entry.get(key)
    return value.strip() if isinstance(value, str) else ""


def _link(entry: Entry) -> str:
    """Return an entry's link; Google's alerts wrap theirs in a redirect of google.com, which is undone."""
    link = _word(entry, "link")
    found = _WRAPPED.match(link)
    if found is None:
        return link
    asked = parse_qs(link[found.end() :])
    target = next((url for name in ("url", "q") for url in asked.get(name, [])), "")
    return target if _host(target) and target.startswith(("http://", "https://")) else link


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _language(entry: Entry) -> str:
    detail = entry.get("title_detail")
    return _word(detail, "language") if isinstance(detail, Mapping) else ""
