"""Changes TOML files as a careful person would: what is not concerned, comments included, stays as it is.

Every change is read back, and one that would amount to anything else than was meant is refused.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, TypeAlias

from cmconsole.config.paths import PRIVATE_FILE, make_private_dir

Names: TypeAlias = tuple[str, ...]
"""The names that lead to a table: `("accounts", "main")` for `[accounts.main]`."""

MARK: Final = "# Written by `cmconsole accounts`."
"""The comment above a block that this program wrote."""

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+\Z")


class UnsafeChangeError(ValueError):
    """The file is written in a way that cannot be changed without a person; nothing was changed."""


def quoted(text: str) -> str:
    """Return text as a TOML string."""
    # What JSON escapes TOML reads the same; DEL alone JSON leaves as it is.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def header(names: Names) -> str:
    """Return the line that begins a table."""
    return f"[{'.'.join(name if _BARE.match(name) else quoted(name) for name in names)}]"


def with_block(text: str, block: str) -> str:
    """Return a file's text with a block of whole tables at its end. Raises UnsafeChangeError."""
    expected = _merged(_read(text), _read(block))
    rows = text.splitlines()
    while rows and not rows[-1].strip():
        rows.pop()
    return _checked([*rows, *([""] if rows else []), *block.splitlines()], text, expected)


def with_value(text: str, names: Names, key: str, value: str) -> str:
    """Return a file's text in which a key of a table has a value. Raises UnsafeChangeError."""
    row = f"{key} = {quoted(value)}"
    expected = _merged(_read(text), _nested(names, {key: value}))
    rows = text.splitlines()
    place = _section(rows, names)
    if place is None:
        return _checked([*rows, *([""] if rows else []), header(names), row], text, expected)
    old = _row_of(rows, place, key)
    if old is None:
        rows.insert(place.start + 1, row)
    else:
        rows[old] = row
    return _checked(rows, text, expected)


def without_value(text: str, names: Names, key: str) -> str:
    """Return a file's text in which a table lacks a key, if it had it. Raises UnsafeChangeError."""
    expected = _read(text)
    inner: Any = expected
    for name in names:
        inner = inner.get(name, {})
    if key not in inner:
        return text
    del inner[key]
    rows = text.splitlines()
    at = _row_of(rows, _section(rows, names), key)
    if at is None:
        raise UnsafeChangeError
    del rows[at]
    return _checked(rows, text, expected)


def without_tables(text: str, *tables: Names) -> str:
    """Return a file's text without these tables, each with the comment this program put above it.

    Raises UnsafeChangeError where one holds more than plain values: a comment may be worth keeping.
    """
    expected, rows = _read(text), text.splitlines()
    for names in tables:
        expected = _pruned(expected, names)
        place = _section(rows, names)
        if place is None or not all(_plain(rows[at]) for at in place[1:]):
            raise UnsafeChangeError
        start = place.start - 1 if place.start and rows[place.start - 1].strip() == MARK else place.start
        end = place.stop
        while end < len(rows) and not rows[end].strip():
            end += 1
        del rows[start:end]
    while rows and not rows[-1].strip():
        rows.pop()
    return _checked(rows, text, expected)


def lines_of(text: str, names: Names) -> tuple[int, int] | None:
    """Return the first and last line of a table, counted from 1; None where no line begins it."""
    place = _section(text.splitlines(), names)
    return None if place is None else (place.start + 1, place.stop)


def replace_file(file: Path, text: str, *, mode: int | None = None) -> None:
    """Write a file whole or not at all; it keeps its mode unless one is given, and is private when new.

    A link is followed: what it leads to is replaced. Raises OSError.
    """
    target = Path(os.path.realpath(file))
    make_private_dir(target.parent)
    if mode is None:
        mode = target.stat().st_mode & 0o777 if target.exists() else PRIVATE_FILE
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        unfinished.unlink()
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, PRIVATE_FILE)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(text.encode())
            os.fchmod(opened.fileno(), mode)
            os.fsync(opened.fileno())
        unfinished.replace(target)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _section(rows: list[str], names: Names) -> range | None:
    """Return the rows of a table, its header first, blank rows and comments before the next one left out."""
    start = next((at for at, row in enumerate(rows) if _begins(row, names)), None)
    if start is None:
        return None
    stop = next((at for at in range(start + 1, len(rows)) if rows[at].lstrip().startswith("[")), len(rows))
    while stop > start + 1 and rows[stop - 1].strip().partition("#")[0] == "":
        stop -= 1
    return range(start, stop)


def _row_of(rows: list[str], place: range | None, key: str) -> int | None:
    pattern = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
    return next((at for at in place or () if pattern.match(rows[at])), None)


def _begins(row: str, names: Names) -> bool:
    """Say whether a row is the header of the table, however it is spelt."""
    if not row.lstrip().startswith("[") or row.lstrip().startswith("[["):
        return False
    try:
        return tomllib.loads(row) == _nested(names, {})
    except tomllib.TOMLDecodeError:
        return False


def _plain(row: str) -> bool:
    """Say whether a row is blank or one whole value, and nothing beside it that a person wrote."""
    try:
        found = tomllib.loads(row)
    except tomllib.TOMLDecodeError:
        return False
    return row.count("#") == repr(found).count("#")


def _read(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnsafeChangeError from error


def _checked(rows: list[str], former: str, expected: dict[str, Any]) -> str:
    end = "\r\n" if "\r\n" in former else "\n"
    text = "".join(row + end for row in rows)
    if _filled(_read(text)) != _filled(expected):
        raise UnsafeChangeError
    return text


def _filled(tables: dict[str, Any]) -> dict[str, Any]:
    """Return tables without those that hold nothing: a header alone says nothing."""
    inner = {name: _filled(value) if isinstance(value, dict) else value for name, value in tables.items()}
    return {name: value for name, value in inner.items() if value != {}}


def _nested(names: Names, inner: dict[str, Any]) -> dict[str, Any]:
    for name in reversed(names):
        inner = {name: inner}
    return inner


def _merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    merged = dict(one)
    for name, value in other.items():
        known = merged.get(name)
        merged[name] = _merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def _pruned(tables: dict[str, Any], names: Names) -> dict[str, Any]:
    first, *rest = names
    inner = tables.get(first)
    if rest and isinstance(inner, dict):
        return {**tables, first: _pruned(inner, tuple(rest))}
    return {name: value for name, value in tables.items() if name != first}
