"""What SQLite's errors mean to a person: the one translation into the tree of core.errors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from cmconsole.core.errors import N_, InputError, StoreBusyError, StoreError

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_MEANINGS: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: (
        N_("The disk is full; nothing of this was saved, everything saved before is safe."),
        N_("Free some space, then try again."),
    ),
    sqlite3.SQLITE_READONLY: (
        N_("The store cannot be written: its file or folder is read-only."),
        N_("Give yourself write permission, or choose another place with --db."),
    ),
    sqlite3.SQLITE_CANTOPEN: (
        N_("The store cannot be opened: its folder is missing or not yours to write to."),
        N_("Check the folder's permissions, or choose another place with --db."),
    ),
    sqlite3.SQLITE_NOTADB: (
        N_("This file is not a cmconsole store."),
        N_("Choose another file with --db; this one was left as it is."),
    ),
    sqlite3.SQLITE_CORRUPT: (
        N_("The store's file is damaged."),
        N_("Keep a copy of it, then run `cmconsole doctor`."),
    ),
    sqlite3.SQLITE_IOERR: (
        N_("The disk reported an error while the store was read or written; nothing of this was saved."),
        N_("Check the disk, then try again."),
    ),
}


def busy() -> StoreBusyError:
    """Return the error for a write lock that did not come free in time."""
    return StoreBusyError(
        N_("Another program kept the store locked for too long; nothing of this was saved."),
        advice=N_("Try again; if it stays so, close other programs that have the store open."),
    )


def translated(error: sqlite3.Error) -> StoreError:
    """Return the StoreError that says what `error` means. It names no path: screens may be shared."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _BUSY:
        return busy()
    if code in _MEANINGS:
        message, advice = _MEANINGS[code]
        return StoreError(message, advice=advice)
    return StoreError(
        N_("The store could not do this ({reason}); nothing of it was saved."),
        advice=N_("Please report this."),
        reason=str(error),
    )


@contextmanager
def speaking() -> Iterator[None]:
    """Translate every error of the database that passes, keeping it as the cause."""
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error) from error
    except UnicodeEncodeError as error:
        raise InputError(N_("A text holds half a character; nothing of this was saved.")) from error
    except OverflowError as error:
        raise InputError(N_("A number is too large to be stored; nothing of this was saved.")) from error
