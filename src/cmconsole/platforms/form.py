"""The project's own form of a mention, one JSON object: pure, fast, and clear about what is wrong with it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec

from cmconsole.core.clock import SECOND, Instant
from cmconsole.core.mention import Absence, Author, Mention, Removed

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


class _Post(msgspec.Struct, gc=False, kw_only=True):
    id: str | int | None = None
    platform: str | None = None
    author: str | _AuthorObject | None = None
    created_at: datetime | int | float | None = None
    url: str | None = None
    thread: str | int | None = None
    in_reply_to: str | int | None = None
    lang: str | None = None
    edited_at: datetime | int | float | None = None
    can_reply: bool | None = None
    removed: bool | Literal["deleted", "withheld"] | None = None


class _Line(_Post, gc=False, kw_only=True):
    text: _Text


class _Removal(_Post, gc=False, kw_only=True):
    """What a line may be that tells of a post that is gone: there is no text to tell."""

    text: _Text | msgspec.UnsetType = msgspec.UNSET


_Decoded = TypeVar("_Decoded")

_LINE: Final = msgspec.json.Decoder(_Line)
_REMOVAL: Final = msgspec.json.Decoder(_Removal)
_ANYTHING: Final = msgspec.json.Decoder(Any)

_WRONG_TYPE = re.compile(r"(?P<what>.*?)(?: - at `\$\.?(?P<where>[^`]*)`)?\Z", re.DOTALL)
_ESCAPES = re.compile(
    rb"(\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\."
)
"""Whole pairs of surrogates, lone ones, and every other escape: only the second kind is no character."""

_BOM = b"\xef\xbb\xbf"
_DATE_HELP = (
    " is neither a date with a zone, such as 2026-11-21T18:00:00+01:00,"
    " nor seconds or milliseconds since 1970"
)
_DATES = frozenset({"created_at", "edited_at"})
_NO_TEXT = "Object missing required field `text`"


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
        found = self.item(line, now)
        return f"it tells that {found.native_id} is gone" if isinstance(found, Removed) else found

    def item(self, line: bytes, now: Instant) -> Mention | Removed | str | None:
        """Return what `read` does, and of a line that tells of a post that is gone, which one it is."""
        try:
            item = _decoded(_LINE, line)
            if item.removed:
                return self._removed(item)
            written, edited = item.created_at, item.edited_at
            created_at = now if written is None else _instant(written, "created_at")
            edited_at = None if edited is None else _instant(edited, "edited_at")
        except (ValueError, RecursionError) as error:
            if str(error) == _NO_TEXT and (removal := _removal(line)):
                return self._removed(removal)
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
            edited_at,
            item.can_reply is not False,
        )

    def _removed(self, item: _Post) -> Removed | str:
        native_id = _identity(item.id)
        if not native_id:
            return "it tells that a post is gone, but not its id"
        why = Absence.WITHHELD if item.removed == Absence.WITHHELD.value else Absence.DELETED
        return Removed(item.platform or self._default_platform, native_id, why)


def decoded(line: bytes) -> Any:
    """Return the JSON of a line as plain values, read as kindly as a mention is; raises as msgspec does."""
    return _decoded(_ANYTHING, line)


def _decoded(decoder: msgspec.json.Decoder[_Decoded], line: bytes) -> _Decoded:
    """Decode a line, kindly: a byte order mark before it goes, half a character becomes U+FFFD."""
    try:
        return decoder.decode(line)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        whole = mended(line.removeprefix(_BOM))
        if whole == line:
            raise
        return decoder.decode(whole)


def _removal(line: bytes) -> _Removal | None:
    """Return a line without a text, where it may be so because the post is gone."""
    try:
        found = _decoded(_REMOVAL, line)
    except (ValueError, RecursionError):
        return None
    return found if found.removed else None


def mended(data: bytes) -> bytes:
    """Return JSON in which half a character, as of a cut emoji, is U+FFFD: decoders refuse it otherwise."""
    return _ESCAPES.sub(_whole, data) if b"\\u" in data else data


def _whole(escape: re.Match[bytes]) -> bytes:
    lone = escape[1] is None and len(escape[0]) > len(b"\\u")
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


def _instant(given: datetime | float, key: str) -> Instant:
    """Return the instant of a date or of seconds or milliseconds; raises ValueError that names the key."""
    if isinstance(given, datetime):
        if given.tzinfo is None:
            raise ValueError(key + _DATE_HELP)
        instant = (given - _EPOCH) // _MILLISECOND
    elif given >= _FIRST_MILLISECONDS:
        instant = int(min(given, _END_OF_TIME))
    else:
        instant = round(given * SECOND) if given >= 0 else -1
    if not 0 <= instant < _END_OF_TIME:
        raise ValueError(f"{key} is before 1970 or after 9999")
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
        case _:
            return str(error)


def _invalid(message: str) -> str:
    if message == _NO_TEXT:
        return "it has no text"
    found = _WRONG_TYPE.match(message)
    what, where = (found["what"], found["where"]) if found else (message, None)
    if where in _DATES:
        return where + _DATE_HELP
    if where is None:
        return f"it is not a JSON object ({_plain(what)})"
    return f"{where} is wrong ({_plain(what)})"


def _malformed(message: str) -> str:
    if "truncated" in message:
        return "it is not JSON: it breaks off"
    return f"it is not JSON ({_plain(message.removeprefix('JSON is malformed: '))})"


def _plain(message: str) -> str:
    return message[:1].lower() + message[1:].replace("`", "")
