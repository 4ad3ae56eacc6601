"""Stands before the feed parser: lets no document through that declares XML entities."""

from __future__ import annotations

import codecs
import re
from typing import Any, Final

from feedparser.encodings import convert_to_utf8

from cmconsole.core.errors import N_

TAGS_LIMIT: Final = 150_000
"""Most tags of a document: the parser takes 20 µs for each, and 5 MB of a real feed hold about 60,000."""

_AROUND = re.compile(rb"(?:\xef\xbb\xbf)?(?:\s+|<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_DOCTYPE = re.compile(rb"<!DOCTYPE(?:[^\[\]<>\"']|\"[^\"]*\"|'[^']*')*>", re.IGNORECASE)
_FIRST_TAG = re.compile(rb"<\w")
_ENTITY = re.compile(rb"<!\s*ENTITY", re.IGNORECASE)
_LONGEST_DOCTYPE = 4_096

_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks, which the parser does not heed without an XML declaration; UTF-16's begin UTF-32's."""

SAFE_TYPE: Final = "application/xml; charset=utf-8"
"""The content type under which a guarded document is parsed."""


class UnsafeFeedError(ValueError):
    """A document is not given to the parser; `template` says why, of a `{host}`."""

    def __init__(self, template: str) -> None:
        super().__init__(template)
        self.template = template


def guarded(document: bytes, headers: dict[str, str]) -> bytes:
    """Return the document in UTF-8, as the parser is going to read it; raises UnsafeFeedError.

    Looking for declarations in the bytes that came would not do: UTF-16, UTF-7, EBCDIC or an escape sequence
    hide them. So the parser's own decoding is done here first, and what comes out is looked at and parsed.

    A document type without an internal subset is harmless (RSS 0.91 has one) and stays. Entities written out
    in one are how a kilobyte becomes gigabytes in memory (billion laughs, quadratic blow-up) or a local file
    is read; no feed in use needs them, so the whole internal subset is refused.
    """
    result: dict[str, Any] = {}
    text: bytes = convert_to_utf8(*_unmarked(document, headers), result).replace(b"\0", b"")
    if text.count(b"<") > TAGS_LIMIT:
        raise UnsafeFeedError(N_("The feed of {host} has more tags than any real one: not read."))
    position = 0
    while around := _AROUND.match(text, position):
        position = around.end()
    if text[position : position + 9].upper() == b"<!DOCTYPE":
        doctype = _DOCTYPE.match(text, position, position + _LONGEST_DOCTYPE)
        if doctype is None:
            raise UnsafeFeedError(N_("The feed of {host} declares a document type of its own: not read."))
    first = _FIRST_TAG.search(text)
    if _ENTITY.search(text, 0, first.start() if first else len(text)):
        raise UnsafeFeedError(N_("The feed of {host} declares XML entities: not read."))
    return text


def _unmarked(document: bytes, headers: dict[str, str]) -> tuple[dict[str, str], bytes]:
    """Return headers and document, in UTF-8 where a byte order mark says that it is in UTF-16 or UTF-32."""
    for mark, encoding in _MARKS:
        if document.startswith(mark):
            return {**headers, "content-type": SAFE_TYPE}, document.decode(encoding, "replace").encode()
    return headers, document
