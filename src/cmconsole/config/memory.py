"""What the console remembers from one start to the next: who sat here, and when their shift ends."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import msgspec

from cmconsole.config.paths import PRIVATE_FILE, make_private_dir


class Memory(msgspec.Struct, frozen=True):
    """The answers given at the last start.

    person: the name they gave. until: the end of their shift as local clock time, `18:00`.
    """

    person: str = ""
    until: str = ""


def recall(file: Path) -> Memory:
    """Return what is remembered; nothing where the file is missing or not ours: it is asked for again."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Memory)
    except (OSError, msgspec.DecodeError):
        return Memory()


def remember(memory: Memory, file: Path) -> None:
    """Keep the answers, whole or not at all, readable by their owner only. Raises OSError."""
    make_private_dir(file.parent)
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(FileNotFoundError):
        unfinished.unlink()
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(handle, "wb") as opened:
        opened.write(msgspec.json.encode(memory) + b"\n")
    unfinished.replace(file)
