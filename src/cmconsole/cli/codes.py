"""Exit codes, as docs/guide/cli.md promises them."""

from __future__ import annotations

from enum import IntEnum

from cmconsole.core.errors import InputError, NotFoundError, SettingsError, StoreError


class ExitCode(IntEnum):
    """How the program ended; a signal adds 128 to its number, as shells do."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    SETTINGS = 3
    STORE = 4
    NOT_FOUND = 5
    UNCLEAR = 6
    INTERRUPTED = 130
    READER_GONE = 141


def code_of(error: BaseException) -> ExitCode:
    """Return the exit code that goes with an error."""
    match error:
        case SettingsError():
            return ExitCode.SETTINGS
        case StoreError():
            return ExitCode.STORE
        case NotFoundError():
            return ExitCode.NOT_FOUND
        case InputError():
            return ExitCode.USAGE
        case _:
            return ExitCode.FAILED
