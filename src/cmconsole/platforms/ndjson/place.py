"""Where reading a file stands, and how the file is known again after a rotation or a restart."""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path
from typing import Final

import msgspec

_SAMPLE: Final = 256
_MOST_SIBLINGS: Final = 1_000


class Place(msgspec.Struct, frozen=True):
    """A position in a file: `offset` bytes and `line` lines are behind it.

    inode: names the file while it is renamed. content: a fingerprint of the bytes at the file's beginning and
    before the offset, which names it when it was copied, and tells when another took its name or its inode.
    """

    offset: int
    line: int
    inode: int
    content: str


def parse(cursor: str | None) -> Place | None:
    """Return the place a cursor stands for; one that cannot be read means: from the beginning."""
    if cursor is None:
        return None
    try:
        return msgspec.json.decode(cursor, type=Place)
    except ValueError:
        return None


def written(place: Place) -> str:
    """Return the cursor that stands for a place."""
    return msgspec.json.encode(place).decode()


def fingerprint(descriptor: int, offset: int) -> str:
    """Return what identifies the content of an open file up to `offset`."""
    sample = min(offset, _SAMPLE)
    hashed = blake2b(os.pread(descriptor, sample, 0), digest_size=8)
    hashed.update(os.pread(descriptor, sample, offset - sample))
    return hashed.hexdigest()


def holds(descriptor: int, place: Place) -> bool:
    """Say whether an open file is the one in which the place was taken, or a continued copy of it."""
    if os.fstat(descriptor).st_size < place.offset or place.offset < 0:
        return False
    return fingerprint(descriptor, place.offset) == place.content


def renamed(path: Path, place: Place) -> Path | None:
    """Return where log rotation put the place's file (`mentions.ndjson.1` beside `mentions.ndjson`)."""
    try:
        with os.scandir(path.parent) as entries:
            for _, entry in zip(range(_MOST_SIBLINGS), entries, strict=False):
                if (
                    entry.inode() == place.inode
                    and entry.name.startswith(path.stem)
                    and entry.name != path.name
                ):
                    return Path(entry.path)
    except OSError:
        return None
    return None
