"""The body of a request cut into its items: one JSON object, an array of them, or one a line (NDJSON)."""

from __future__ import annotations

from typing import Final

import msgspec

from cmconsole.platforms.form import mended

MOST_ITEMS: Final = 500
"""Items of one request: they are committed together, and longer transactions stall the people at the desk."""

JSON_TYPES: Final = frozenset({"application/json", "text/json"})
NDJSON_TYPES: Final = frozenset(
    {"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"}
)
"""What is in use: no type is registered for one JSON value a line (https://github.com/ndjson/ndjson-spec)."""

_BOM: Final = b"\xef\xbb\xbf"
_BLANKS: Final = b" \t\r\n"

_array: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_any: Final = msgspec.json.Decoder(msgspec.Raw).decode


class MalformedError(ValueError):
    """The body is not what its type says, in words."""


def split(body: bytes, content_type: str = "") -> list[bytes]:
    """Return the items of a body, each as the bytes of one JSON value; raises MalformedError.

    An NDJSON type says that every line is one. Otherwise the first sign tells: `[` an array, `{` an object,
    or several, one a line.
    """
    text = mended(body.removeprefix(_BOM).strip(_BLANKS))
    if not text:
        raise MalformedError("The body is empty.")
    if content_type in NDJSON_TYPES:
        return _lines(text)
    match text[:1]:
        case b"[":
            return _elements(text)
        case b"{":
            return _objects(text)
        case _:
            raise MalformedError(
                "The body is neither a JSON object nor an array of them: it begins with neither."
            )


def _elements(text: bytes) -> list[bytes]:
    try:
        return [bytes(item) for item in _array(text)]
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"The body is not JSON: {_reason(error)}.") from error


def _objects(text: bytes) -> list[bytes]:
    try:
        _any(text)
    except (ValueError, RecursionError) as error:
        if b"\n" in text and _is_whole(text.partition(b"\n")[0]):
            return _lines(text)
        raise MalformedError(f"The body is not JSON: {_reason(error)}.") from error
    return [text]


def _lines(text: bytes) -> list[bytes]:
    found = []
    for number, line in enumerate(text.split(b"\n"), start=1):
        if not line.strip(_BLANKS):
            continue
        try:
            _any(line)
        except (ValueError, RecursionError) as error:
            raise MalformedError(f"Line {number} is not JSON: {_reason(error)}.") from error
        found.append(line)
    return found


def _is_whole(line: bytes) -> bool:
    try:
        _any(line)
    except (ValueError, RecursionError):
        return False
    return True


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    words = str(error).removeprefix("JSON is malformed: ").replace("`", "")
    return "it breaks off" if "truncated" in words else words[:1].lower() + words[1:]
