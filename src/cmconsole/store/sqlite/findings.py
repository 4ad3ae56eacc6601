"""What `cmconsole doctor` asks the store: the SQLite in use, and whether the store is safe with it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

_BROKEN_SINCE = (3, 7, 0)
_FIXED_IN = (3, 51, 3)
_FIXED_BRANCHES = ((3, 50, 7), (3, 44, 6))
"""Releases of older branches with the fix (sqlite.org/wal.html#walresetbug)."""


@dataclass(frozen=True, slots=True)
class SqliteFindings:
    """wal_reset_bug: this SQLite has the bug. protected: the store's gate keeps it from happening."""

    version: str
    wal_reset_bug: bool
    protected: bool
    full_text: bool


def has_wal_reset_bug(version: tuple[int, int, int]) -> bool:
    """Say whether an SQLite of that version may corrupt a log that two connections reset and copy at once."""
    if version < _BROKEN_SINCE or version >= _FIXED_IN:
        return False
    return not any(version[:2] == fixed[:2] and version >= fixed for fixed in _FIXED_BRANCHES)


def sqlite_findings() -> SqliteFindings:
    """Look at the SQLite library that this Python is linked to; opens no store."""
    connection = sqlite3.connect(":memory:")
    try:
        options = {name for (name,) in connection.execute("PRAGMA compile_options")}
    finally:
        connection.close()
    major, minor, patch = sqlite3.sqlite_version_info
    return SqliteFindings(
        version=sqlite3.sqlite_version,
        wal_reset_bug=has_wal_reset_bug((major, minor, patch)),
        protected=True,
        full_text="ENABLE_FTS5" in options,
    )
