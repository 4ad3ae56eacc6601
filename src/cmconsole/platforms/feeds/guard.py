"""Stands before the feed parser: lets no document through that declares XML entities."""

from __future__ import annotations

import re
from typing import Any, Final

from feedparser.encodings import convert_to_utf8

TAGS_LIMIT: Final = 150_000
"""Most tags of a document. The parser takes 20 µs for one; the largest feed recorded has 2,000, and 5 MB of real
feed 60,000."""

_AROUND = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_DOCTYPE = re.compile(rb"<!DOCTYPE(?:[^\[\]<>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_FIRST_TAG = re.compile(rb"<\w")
_ENTITY = re.compile(rb"<!\s*ENTITY", re.IGNORECASE)
_LONGEST_DOCTYPE = 4_096

SAFE_TYPE: Final = "application/xml; charset=utf-8"
"""The content type under which a guarded document is parsed."""


class UnsafeFeedError(ValueError):
    """A document is not given to the parser; the message says why."""


def guarded(document: bytes, headers: dict[str, str]) -> bytes:
    """Return the document in UTF-8, as the parser is going to read it; raises UnsafeFeedError.

    Looking for declarations in the bytes that came would not do: UTF-16, UTF-7, EBCDIC or an escape sequence hide
    them. So the parser's own decoding is done here first, and what comes out is looked at and parsed.

    A document type without an internal subset is harmless (RSS 0.91 has one) and stays. Entities written out in one
    are how a kilobyte becomes gigabytes in memory (billion laughs, quadratic blow-up) or a local file is read; no
    feed in use needs them, so the whole internal subset is refused.
    """
    result: dict[str, Any] = {}
    text: bytes = convert_to_utf8(headers, document, result)
    if text.count(b"<") > TAGS_LIMIT:
        raise UnsafeFeedError(f"has more than {TAGS_LIMIT:,} tags")
    position = 0
    while around := _AROUND.match(text, position):
        position = around.end()
    if text[position : position + 9].upper() == b"<!DOCTYPE":
        doctype = _DOCTYPE.match(text, position, position + _LONGEST_DOCTYPE)
        if doctype is None:
            raise UnsafeFeedError("carries its own document type with declarations inside")
    first = _FIRST_TAG.search(text)
    if _ENTITY.search(text, 0, first.start() if first else len(text)):
        raise UnsafeFeedError("declares XML entities")
    return text
