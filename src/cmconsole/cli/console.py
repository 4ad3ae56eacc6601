"""`cmconsole` without a command: the console itself."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cmconsole import wiring
from cmconsole.config.language import _

if TYPE_CHECKING:
    from cmconsole.cli.scope import Scope


def open_console(scope: Scope) -> int:
    """Open the console on this terminal and return its exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError(
            _("The console needs a terminal. `cmconsole watch` and `cmconsole queue` print plain lines.")
        )
    return wiring.run_console(scope.settings(), until=scope.until, config=scope.config)
