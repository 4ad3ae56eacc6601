"""Where the program begins: the language is chosen, one command runs, its end becomes words and a code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

from cmconsole.cli.codes import ExitCode, code_of
from cmconsole.cli.pipes import let_go_of
from cmconsole.cli.speech import speak
from cmconsole.config.language import _, said
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.text import visible

if TYPE_CHECKING:
    from collections.abc import Sequence


def main() -> None:
    """Run the command line of this process and end the process."""
    _write_whatever_comes(sys.stdout, sys.stderr)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; every failure is said in words on standard error."""
    speak(arguments, os.environ)
    import click  # noqa: PLC0415 - the language is chosen before any help text is made

    from cmconsole.cli.root import root  # noqa: PLC0415 - the same

    try:
        ended = root.main(args=list(arguments), prog_name="cmconsole", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.ClickException as error:
        error.show()
        return error.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        let_go_of(sys.stdout)
        return ExitCode.READER_GONE
    except CmconsoleError as error:
        _say(said(error))
        return code_of(error)
    except Exception as error:  # noqa: BLE001 - whatever it is, a person reads one line, not a traceback
        _say(_own_fault(error))
        return ExitCode.FAILED
    return ended if isinstance(ended, int) else ExitCode.DONE


def _write_whatever_comes(*streams: TextIO) -> None:
    """Let streams that cannot write a character write its number: an old locale must not end a listing."""
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _say(message: str) -> None:
    try:
        sys.stderr.write(f"cmconsole: {visible(message)}\n")
        sys.stderr.flush()
    except OSError:
        # Nobody listens any more; the exit code still tells.
        return


def _own_fault(error: Exception) -> str:
    from cmconsole.config.paths import state_dir  # noqa: PLC0415 - only after a failure
    from cmconsole.tui.crash import write_report  # noqa: PLC0415 - only after a failure

    kind = type(error).__name__
    try:
        report = write_report(error, state_dir())
    except OSError:
        return _("an error of its own ({kind}); no report could be written.").format(kind=kind)
    return _("an error of its own ({kind}). Report: {path}").format(kind=kind, path=report)
