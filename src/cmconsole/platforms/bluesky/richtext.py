"""Bluesky's rich text, both ways: its facets count UTF-8 bytes, Python counts characters."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cmconsole.platforms.bluesky.xrpc import Json, objects, part, word

LINK: Final = "app.bsky.richtext.facet#link"
MENTION: Final = "app.bsky.richtext.facet#mention"
TAG: Final = "app.bsky.richtext.facet#tag"

MOST_MENTIONS: Final = 10
"""Most handles looked up for one reply."""

_MOST_FACETS: Final = 200
_TAG_LIMIT: Final = 64
"""https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/richtext/facet.json"""

_INESSENTIAL = re.compile(r"\A(?:https?://)?(?:www\.)?|/\Z", re.IGNORECASE)
_ELLIPSIS = re.compile(r"(?:\.\.\.|…)\Z")
_OPENING: Final = r"(?:(?<=^)|(?<=[\s(\[«“\"'‘’]))"
_ADDRESSES = re.compile(_OPENING + r"https?://[^\s<>\"«»“”]+", re.IGNORECASE | re.MULTILINE)
_HANDLES = re.compile(
    _OPENING + r"@((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9])",
    re.IGNORECASE | re.MULTILINE,
)
_TAGS = re.compile(_OPENING + r"[#＃](?!\ufe0f)([^\s\u00ad\u2060\u200a-\u200d\u20e2#＃@]+)", re.MULTILINE)
_TRAILING: Final = ".,;:!?…'’”\"*_"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a text that means something, its place in UTF-8 bytes."""

    start: int
    end: int
    kind: str
    value: str


def expanded(text: str, facets: Sequence[Json]) -> str:
    """Return a text with its links written out: a terminal cannot follow what it does not show.

    The address takes the place of a label that is the address shortened, and follows any other. Facets that
    lie outside the text, across a character or across another facet are left out, as Bluesky's own app does.
    https://docs.bsky.app/docs/advanced-guides/post-richtext
    """
    links = _links(facets)
    if not links:
        return text
    raw = text.encode("utf-8", "surrogatepass")
    pieces: list[str] = []
    at = 0
    for start, end, address in links:
        if not at <= start < end <= len(raw):
            continue
        try:
            before, label = _read(raw[at:start]), _read(raw[start:end])
        except UnicodeDecodeError:
            continue
        pieces += [before, _shown(label, address)]
        at = end
    return "".join(pieces) + _read(raw[at:])


async def facets_of(text: str, resolve: Callable[[str], Awaitable[str | None]]) -> list[dict[str, Any]]:
    """Return the facets of a text we write: addresses, handles that there are, tags.

    resolve: returns a handle's DID, None where there is no such handle. Bare domains are no links: without a
    list of all there are, "merci.Nous" would be one.
    """
    spans: list[Span] = []
    taken = [
        (match.start(), match.start() + len(_trimmed(match.group()))) for match in _ADDRESSES.finditer(text)
    ]
    spans = [_span(text, start, end, LINK, text[start:end]) for start, end in taken]
    for match in list(_HANDLES.finditer(text))[:MOST_MENTIONS]:
        if _free(match.start(), taken) and (did := await resolve(match.group(1).lower())) is not None:
            spans.append(_span(text, match.start(), match.end(), MENTION, did))
    for match in _TAGS.finditer(text):
        tag = _trimmed(match.group(1)).rstrip(")]»")
        if tag and not tag.isdigit() and len(tag) <= _TAG_LIMIT and _free(match.start(), taken):
            spans.append(_span(text, match.start(), match.start(1) + len(tag), TAG, tag))
    return [_facet(span) for span in sorted(spans, key=lambda span: span.start)]


def _links(facets: Sequence[Json]) -> list[tuple[int, int, str]]:
    """Return the places and addresses of link facets, in order."""
    found = []
    for facet in facets[:_MOST_FACETS]:
        index = part(facet, "index")
        start, end = index.get("byteStart"), index.get("byteEnd")
        if type(start) is not int or type(end) is not int:
            continue
        for feature in objects(facet, "features"):
            if word(feature, "$type") == LINK and word(feature, "uri"):
                found.append((start, end, word(feature, "uri")))
                break
    return sorted(found)


def _shown(label: str, address: str) -> str:
    bare = _INESSENTIAL.sub("", _ELLIPSIS.sub("", label.strip())).lower()
    whole = _INESSENTIAL.sub("", address).lower()
    shortened = bool(_ELLIPSIS.search(label.strip()))
    if not bare or bare == whole or (shortened and whole.startswith(bare)):
        return address
    return f"{label} ({address})"


def _read(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogatepass")


def _trimmed(found: str) -> str:
    """Return an address or tag without the punctuation of the sentence it stands in."""
    while True:
        kept = found.rstrip(_TRAILING)
        if kept.endswith(")") and kept.count("(") < kept.count(")"):
            kept = kept[:-1]
        if kept == found:
            return kept
        found = kept


def _free(at: int, taken: list[tuple[int, int]]) -> bool:
    return not any(start <= at < end for start, end in taken)


def _span(text: str, start: int, end: int, kind: str, value: str) -> Span:
    return Span(len(text[:start].encode()), len(text[:end].encode()), kind, value)


def _facet(span: Span) -> dict[str, Any]:
    name = {LINK: "uri", MENTION: "did", TAG: "tag"}[span.kind]
    return {
        "$type": "app.bsky.richtext.facet",
        "index": {"byteStart": span.start, "byteEnd": span.end},
        "features": [{"$type": span.kind, name: span.value}],
    }
