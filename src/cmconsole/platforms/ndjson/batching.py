"""Lines taken from a stream to one batch of mentions and of items set aside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from cmconsole.core.clock import Instant
from cmconsole.core.mention import Mention, Removed, SetAside
from cmconsole.core.source import Batch
from cmconsole.core.text import one_line
from cmconsole.platforms.form import LINE_LIMIT, LineMapper
from cmconsole.platforms.ndjson.lines import Line, Overlong, Taken

_BOM: Final = b"\xef\xbb\xbf"
_SHOWN: Final = 200


class Batcher:
    """Maps what was taken from a stream; `now` tells when mentions without a date arrived."""

    def __init__(self, mapper: LineMapper, now: Callable[[], Instant]) -> None:
        self._mapper = mapper
        self._now = now

    def batch(self, taken: Taken) -> Batch:
        """Return the batch of these lines, without a cursor."""
        read, now = self._mapper.item, self._now()
        mentions: list[Mention] = []
        set_aside: list[SetAside] = []
        removed: list[Removed] = []
        for number, line in enumerate(_without_mark(taken), start=taken.number):
            if len(line) > LINE_LIMIT:
                set_aside.append(_overlong(number, line))
                continue
            outcome = read(line, now)  # type: ignore[arg-type]  # an Overlong is longer than LINE_LIMIT
            if isinstance(outcome, str):
                set_aside.append(SetAside(f"line {number}: {outcome}", _beginning(line)))
            elif isinstance(outcome, Removed):
                removed.append(outcome)
            elif outcome is not None:
                mentions.append(outcome)
        return Batch(tuple(mentions), tuple(set_aside), removed=tuple(removed))

    def is_good(self, line: Line) -> bool:
        """Say whether a line is whole: a mention, or blank."""
        return isinstance(line, bytes) and not isinstance(self._mapper.item(line, self._now()), str)


def _without_mark(taken: Taken) -> list[Line]:
    """Return the lines, the very first of a stream without the byte order mark some editors put there."""
    lines = taken.lines
    if taken.number == 1 and lines and isinstance(lines[0], bytes) and lines[0].startswith(_BOM):
        return [lines[0].removeprefix(_BOM), *lines[1:]]
    return lines


def _overlong(number: int, line: Line) -> SetAside:
    return SetAside(
        f"line {number}: it is longer than {LINE_LIMIT:,} bytes ({len(line):,})", _beginning(line)
    )


def _beginning(line: Line) -> str:
    head = line.head if isinstance(line, Overlong) else line
    return one_line(head[: 4 * _SHOWN].decode("utf-8", "replace"), _SHOWN)
