"""The words of a post as a person would copy them: X's short links in full, its escapes undone."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

from cmconsole.platforms.x.answers import Answer, Json, objects, part, word, words

_MOST: Final = 16
_KINDS: Final = {"photo": "image", "video": "video", "animated_gif": "video"}
_BLANKS = re.compile(r"\s+")
_INESSENTIAL = re.compile(r"https?://(?:www\.)?|\bwww\.|(?<=\w)/(?=[\s.,;:!?)]|\Z)", re.IGNORECASE)


def expanded(post: Json, *, without: str = "") -> str:
    """Return a post's whole text with its links in full.

    A long post has its text aside (`note_tweet`). Links to its own pictures go, for these are described; so
    does the link to a quoted post whose id is `without`.
    """
    note = part(post, "note_tweet")
    written = note if word(note, "text") else post
    text = html.unescape(word(written, "text"))
    entities = [*objects(part(post, "entities"), "urls"), *objects(part(written, "entities"), "urls")]
    links = {word(link, "url"): link for link in entities if word(link, "url")}
    for short in sorted(links, key=len, reverse=True):
        text = text.replace(short, _whole(links[short], short, without))
    return text.strip()


def described(post: Json, answer: Answer) -> list[str]:
    """Return what a post's pictures show and what its poll asks, a line each."""
    attached = part(post, "attachments")
    lines = []
    for key in words(attached, "media_keys")[:_MOST]:
        media = answer.media.get(key, {})
        kind, alternative = _KINDS.get(word(media, "type"), "file"), word(media, "alt_text").strip()
        lines.append(f"[{kind}: {html.unescape(alternative)}]" if alternative else f"[{kind}]")
    for key in words(attached, "poll_ids"):
        labels = [word(option, "label") for option in objects(answer.polls.get(key, {}), "options")]
        lines += [f"[poll: {' / '.join(map(html.unescape, labels))}]"] if labels else []
    return lines


def same(one: str, other: str) -> bool:
    """Say whether X would have made one text of the other: it trims, composes (NFC) and completes links."""
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return _BLANKS.sub(" ", _INESSENTIAL.sub("", unicodedata.normalize("NFC", text))).strip()


def _whole(link: Json, short: str, without: str) -> str:
    address = word(link, "expanded_url")
    if not address.startswith(("http://", "https://")):
        return short
    if word(link, "media_key") or word(link, "display_url").startswith("pic."):
        return ""
    if without and address.rstrip("/").endswith(f"/status/{without}"):
        return ""
    return address
