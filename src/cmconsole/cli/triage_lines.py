"""Lines of JSON for triage: read from a file or a pipe as they come, and understood as kindly as can be."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

import msgspec

from cmconsole.cli.output import say
from cmconsole.config.language import _
from cmconsole.core.cleaning import cleaned
from cmconsole.core.errors import InputError
from cmconsole.platforms.form import LINE_LIMIT, LineMapper
from cmconsole.platforms.ndjson.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cmconsole.core.mention import Mention
    from cmconsole.platforms.ndjson.lines import Line

STANDARD_INPUT: Final = "-"

_CHUNK: Final = 256 * 1024
"""Most bytes read at once: a file in few steps, a pipe as much as is there, which may be one line."""

_NO_TEXT: Final = "it has no text"
_TEXTS: Final = ("platform", "url", "author")
_IDENTITIES: Final = ("id", "thread", "in_reply_to")
_AUTHOR_TEXTS: Final = ("handle", "name", "bio", "url")
_REACH: Final = ("reach", "followers")


def batches(file: str, *, commands: Sequence[str] = ()) -> Iterator[list[Line]]:
    """Yield the lines of a file or of standard input (`-`), each as soon as it is there.

    commands: names that FILE may be a slip of. Raises InputError where the file cannot be read.
    """
    lines = Lines()
    with _opened(file, commands) as descriptor:
        ended = False
        while not ended:
            data = _read(descriptor, file)
            ended = not data
            if ended:
                lines.finish()
            else:
                lines.add(data)
            if len(lines):
                yield lines.take(len(lines)).lines


def size(file: str) -> int:
    """Return how many bytes a file holds; 0 where it is a pipe or a terminal, or cannot be looked at."""
    try:
        state = os.fstat(sys.stdin.fileno()) if file == STANDARD_INPUT else os.stat(file)  # noqa: PTH116 - as it is opened
    except OSError:
        return 0
    return state.st_size if stat.S_ISREG(state.st_mode) else 0


class LineReader:
    """Understands lines of the NDJSON format; what it cannot use, the text apart, it does without."""

    def __init__(self, platform: str, source: str, *, ignore_lang: bool = False) -> None:
        self._mapper = LineMapper(source, platform)
        self._ignore_lang = ignore_lang

    def read(self, line: Line) -> Mention | str:
        """Return the line's mention, cleaned as intake cleans it, or in English why it holds none."""
        if not isinstance(line, bytes) or len(line) > LINE_LIMIT:
            return f"it is longer than {LINE_LIMIT:,} bytes"
        found = self._mapper.read(line, 0)
        if found is None:
            return "it is blank"
        if isinstance(found, str) or _says_more(line, found):
            found = self._looked_at_again(line, found)
            if isinstance(found, str):
                return found
        mention = cleaned(found)
        return replace(mention, language="") if self._ignore_lang and mention.language else mention

    def _looked_at_again(self, line: bytes, found: Mention | str) -> Mention | str:
        try:
            item = msgspec.json.decode(line)
        except (ValueError, RecursionError):
            return found
        if not isinstance(item, dict):
            return found
        text = item.get("text")
        if not isinstance(text, str) or not text:
            return _NO_TEXT
        return self._mapper.read(msgspec.json.encode(_usable(item) | {"text": text}), 0) or _NO_TEXT


@contextmanager
def _opened(file: str, commands: Sequence[str]) -> Iterator[int]:
    if file == STANDARD_INPUT:
        if sys.stdin.isatty():
            say(_("Reading one JSON object a line; Ctrl+D ends."), file=sys.stderr)
        yield sys.stdin.fileno()
        return
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        advice = _("Check the path, or write - to read standard input.")
        if near := get_close_matches(file, commands, n=1):
            advice = _("Did you mean `cmconsole triage {command}`?").format(command=near[0])
        raise _unreadable(file, error, advice) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _read(descriptor: int, file: str) -> bytes:
    try:
        return os.read(descriptor, _CHUNK)
    except OSError as error:
        raise _unreadable(file, error, _("Check the path, or write - to read standard input.")) from error


def _unreadable(file: str, error: OSError, advice: str) -> InputError:
    return InputError(
        _("{file} cannot be read: {reason}.").format(file=file, reason=error.strerror), advice=advice
    )


def _says_more(line: bytes, mention: Mention) -> bool:
    """Say whether a line may hold what the format has another name for."""
    return (not mention.language and b'"language"' in line) or (
        mention.author.reach is None and b'"metrics"' in line
    )


def _usable(item: Mapping[str, Any]) -> dict[str, object]:
    """Return what of a line the format can use; `language` and `metrics` count as near misses."""
    kept: dict[str, object] = {key: item[key] for key in _TEXTS if isinstance(item.get(key), str)}
    kept |= {key: item[key] for key in _IDENTITIES if type(item.get(key)) in {str, int}}
    named = [item[key] for key in ("lang", "language") if isinstance(item.get(key), str)]
    kept |= {"lang": named[0]} if named else {}
    author, metrics = item.get("author"), item.get("metrics")
    if isinstance(author, Mapping):
        kept["author"] = _author(author)
    if isinstance(metrics, Mapping) and (reach := _reach(metrics)) is not None:
        said = kept.get("author", {})
        kept["author"] = {"reach": reach} | (said if isinstance(said, dict) else {"handle": said})
    return kept


def _author(author: Mapping[Any, Any]) -> dict[str, object]:
    kept: dict[str, object] = {key: author[key] for key in _AUTHOR_TEXTS if isinstance(author.get(key), str)}
    reach = _reach(author)
    if reach is not None:
        kept["reach"] = reach
    return kept | {"verified": author.get("verified") is True}


def _reach(counts: Mapping[Any, Any]) -> int | None:
    """Return how many are reached, be it a number or its figures; None where it is not known."""
    for key in _REACH:
        count = counts.get(key)
        if isinstance(count, str) and count.isascii() and count.isdigit():
            count = int(count)
        if isinstance(count, int | float) and not isinstance(count, bool) and 0 <= count < 1 << 53:
            return int(count)
    return None
