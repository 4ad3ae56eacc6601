"""What a command prints: lines without control characters, and JSON that is plain text to any terminal."""

from __future__ import annotations

import re
import sys
from typing import IO, Any

import msgspec

from cmconsole.core.text import visible

# JSON itself escapes C0 only: DEL, C1, bidi and zero-width signs, BOM, line separators and tags are left.
_STEERING = re.compile(
    "[\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)


def say(text: str = "", *, file: IO[str] | None = None) -> None:
    """Print text from anywhere: whatever could steer a terminal is shown as a sign."""
    print(visible(text), file=file or sys.stdout)


def say_json(record: Any, *, file: IO[str] | None = None) -> None:
    """Print a value as JSON on one line."""
    print(json_line(record), file=file or sys.stdout)


def json_line(record: Any) -> str:
    """Return a value as JSON on one line, in UTF-8, with everything that could steer a terminal escaped."""
    return _STEERING.sub(_escaped, msgspec.json.encode(record).decode())


def _escaped(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
