"""The store's files on disk: who may read them (only their owner), and whose they are."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cmconsole.core.errors import N_, StoreError

FILE_MODE = 0o600
FOLDER_MODE = 0o700
SIDES = ("-wal", "-shm", ".gate", ".turn")
"""What lies beside the database: SQLite's log and its index, and the two lock files of the gate."""


def side(path: Path, suffix: str) -> Path:
    """Return the file beside the database whose name ends so."""
    return path.with_name(path.name + suffix)


def prepare(path: Path) -> None:
    """Make the folder (0700) and an empty file (0600) where missing; put right the modes of what is there.

    Whatever the umask: the modes are set, not asked for.
    A folder that was there before keeps its mode: it may hold other things than the store.
    Raises StoreError where a file is somebody else's or the folder cannot be written to.
    """
    try:
        _make_folder(path.parent)
        _make_file(path)
        for found in (path, *(side(path, suffix) for suffix in SIDES)):
            _own(found)
    except OSError as error:
        raise StoreError(
            N_("The store cannot be made or opened here: {reason}."),
            advice=N_("Check the folder's permissions, or choose another place with --db."),
            reason=error.strerror or "?",
        ) from error


def _make_folder(folder: Path) -> None:
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    for parent in reversed(missing):
        parent.mkdir(mode=FOLDER_MODE, exist_ok=True)
        parent.chmod(FOLDER_MODE)


def _make_file(path: Path) -> None:
    """Create the file before SQLite does, so that it is never readable by others, not even for a moment.

    A file that exists is not opened: closing it would drop the locks SQLite holds on it in this process
    (POSIX locks belong to the process, sqlite.org/howtocorrupt.html §2.2).
    """
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, FILE_MODE)
    except FileExistsError:
        return
    os.fchmod(descriptor, FILE_MODE)
    os.close(descriptor)


def _own(path: Path) -> None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return
    if not stat.S_ISREG(found.st_mode):
        raise StoreError(
            N_("The store's place is taken by something that is not a file."),
            advice=N_("Choose another with --db."),
        )
    if found.st_uid != os.geteuid():
        raise StoreError(
            N_("The store's file belongs to another user."),
            advice=N_("Run cmconsole as that user, or choose another place with --db."),
        )
    if stat.S_IMODE(found.st_mode) != FILE_MODE:
        path.chmod(FILE_MODE)
