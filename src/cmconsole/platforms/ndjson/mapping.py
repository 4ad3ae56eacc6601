"""One line of NDJSON to one mention: pure, fast, and clear about what is wrong with a line."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Annotated, Final

import msgspec

from cmconsole.core.clock import SECOND, Instant
from cmconsole.core.mention import Author, Mention

LINE_LIMIT: Final = 1 << 20
"""Most bytes of a line: the longest post any platform allows is far below."""

NO_AUTHOR: Final = "unknown"
"""The handle of mentions that name nobody."""

_LONGEST_ID = 500
_DIGEST_BYTES = 16
_MOST_REACH = (1 << 53) - 1
_FIRST_MILLISECONDS = 100_000_000_000
"""A number from here on is milliseconds: in seconds it would be the year 5138, in milliseconds it is 1973."""
_END_OF_TIME = 253_402_300_800_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

_Count = Annotated[int, msgspec.Meta(ge=0, le=_MOST_REACH)]
_Text = Annotated[str, msgspec.Meta(min_length=1)]


class _AuthorObject(msgspec.Struct, gc=False):
    handle: str | None = None
    name: str | None = None
    followers: _Count | None = None
    reach: _Count | None = None
    verified: bool | None = None
    bio: str | None = None
    url: str | None = None


class _Line(msgspec.Struct, gc=False):
    text: _Text
    id: str | int | None = None
    platform: str | None = None
    author: str | _AuthorObject | None = None
    created_at: datetime | int | float | None = None
    url: str | None = None
    thread: str | int | None = None
    in_reply_to: str | int | None = None
    lang: str | None = None


_decode = msgspec.json.Decoder(_Line).decode

_WRONG_TYPE = re.compile(r"(?P<what>.*?)(?: - at `\$\.?(?P<where>[^`]*)`)?\Z", re.DOTALL)
_ESCAPES = re.compile(
    rb"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\."
)
"""Whole pairs of surrogates, lone ones, and every other escape: only the second kind is no character."""

_BOM = b"\xef\xbb\xbf"
_DATE_HELP = (
    "created_at is neither a date with a zone, such as 2026-11-21T18:00:00+01:00,"
    " nor seconds or milliseconds since 1970"
)


class LineMapper:
    """Maps lines for one source; `default_platform` stands where a line names no platform."""

    __slots__ = ("_default_platform", "_source")

    def __init__(self, source: str, default_platform: str) -> None:
        self._source = source
        self._default_platform = default_platform

    def read(self, line: bytes, now: Instant) -> Mention | str | None:
        """Return the line's mention, or in words why it holds none, or None where the line is blank.

        `now` is when a mention without `created_at` was written.
        """
        try:
            item = _decoded(line)
            written = item.created_at
            created_at = now if written is None else _instant(written)
        except (ValueError, RecursionError, OverflowError) as error:
            return _complaint(error) if line.strip() else None
        platform = item.platform or self._default_platform
        author = _author(item.author, platform)
        native_id = _identity(item.id)
        if not native_id:
            stated = "" if written is None else str(created_at)
            native_id = digest(platform, author.handle, stated, item.text)
        return Mention(
            platform,
            native_id,
            author,
            item.text,
            created_at,
            self._source,
            item.url or "",
            _identity(item.thread),
            _identity(item.in_reply_to),
            item.lang or "",
        )


def _decoded(line: bytes) -> _Line:
    """Decode a line, kindly: a byte order mark before it goes, half a character becomes U+FFFD."""
    try:
        return _decode(line)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        mended = _ESCAPES.sub(_mended, line.removeprefix(_BOM))
        if mended == line:
            raise
        return _decode(mended)


def _mended(escape: re.Match[bytes]) -> bytes:
    lone = escape[1] is None and escape[0][:2] == b"\\u"
    return b"\\ufffd" if lone else escape[0]


def digest(*parts: str) -> str:
    """Return a short text that is the same for the same parts, today and in every later version."""
    hashed = blake2b(digest_size=_DIGEST_BYTES)
    for part in parts:
        hashed.update(part.encode("utf-8", "surrogatepass"))
        hashed.update(b"\0")
    return hashed.hexdigest()


def _identity(given: str | int | None) -> str:
    """Return an id as text; of one too long to be stored the digest, for a cut id may be another's."""
    if given is None:
        return ""
    text = str(given)
    return text if len(text) <= _LONGEST_ID else digest(text)


def _author(given: str | _AuthorObject | None, platform: str) -> Author:
    if isinstance(given, _AuthorObject):
        reach = given.reach if given.reach is not None else given.followers
        name = given.name or ""
        handle = given.handle or name or NO_AUTHOR
        return Author(platform, handle, name, reach, given.verified is True, given.bio or "", given.url or "")
    return Author(platform, given or NO_AUTHOR)


def _instant(given: datetime | float) -> Instant:
    """Return the instant of a date or of seconds or milliseconds; raises ValueError, OverflowError."""
    if isinstance(given, datetime):
        if given.tzinfo is None:
            raise ValueError(_DATE_HELP)
        instant = (given - _EPOCH) // _MILLISECOND
    elif given >= _FIRST_MILLISECONDS:
        instant = int(given)
    else:
        instant = round(given * SECOND) if given >= 0 else -1
    if not 0 <= instant < _END_OF_TIME:
        raise ValueError("created_at is before 1970 or after 9999")
    return instant


def _complaint(error: Exception) -> str:
    """Say in words what is wrong with a line."""
    match error:
        case msgspec.ValidationError():
            return _invalid(str(error))
        case UnicodeDecodeError():
            return "it is not UTF-8"
        case RecursionError():
            return "it is nested too deeply"
        case msgspec.DecodeError():
            return _malformed(str(error))
        case OverflowError():
            return _DATE_HELP
        case _:
            return str(error)


def _invalid(message: str) -> str:
    if message == "Object missing required field `text`":
        return "it has no text"
    found = _WRONG_TYPE.match(message)
    what, where = (found["what"], found["where"]) if found else (message, None)
    if where == "created_at":
        return _DATE_HELP
    if where is None:
        return f"it is not a JSON object ({_plain(what)})"
    return f"{where} is wrong ({_plain(what)})"


def _malformed(message: str) -> str:
    if "truncated" in message:
        return "it is not JSON: it breaks off"
    return f"it is not JSON ({_plain(message.removeprefix('JSON is malformed: '))})"


def _plain(message: str) -> str:
    return message[:1].lower() + message[1:].replace("`", "")
