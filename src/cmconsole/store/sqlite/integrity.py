"""Looks for damage in a store's file, for `cmconsole doctor`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_MOST = 5
"""Damage found that is told: one line is enough to act on."""


def damage(path: Path) -> list[str]:
    """Return what is damaged in the database file, nothing where it is whole; reads every page, writes none.

    sqlite.org/pragma.html#pragma_quick_check: all but the indexes' agreement with their tables.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
            connection.execute("PRAGMA query_only=ON")
            found = [str(row[0]) for row in connection.execute(f"PRAGMA quick_check({_MOST})")]
    except sqlite3.Error as error:
        return [str(error)]
    return [] if found == ["ok"] else found
