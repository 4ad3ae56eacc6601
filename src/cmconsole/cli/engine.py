"""`cmconsole engine`: take mentions in without a screen, for one desk or for many consoles."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cmconsole.cli.output import say
from cmconsole.cli.parameters import global_options
from cmconsole.cli.running import run
from cmconsole.config.language import _

if TYPE_CHECKING:
    from cmconsole.cli.scope import Scope


@click.command(
    short_help=_("Take mentions in, without a screen."),
    help=_(
        "Take mentions in from all sources of the settings, until no console has been open for a while.\n\n"
        "A console starts an engine by itself; start one here to go on without consoles (--stay). "
        "One engine works at a time; a second one stands by and takes over when the first falls silent."
    ),
)
@click.option("--stay", is_flag=True, help=_("Go on although no console is open."))
@click.option("--if-needed", is_flag=True, help=_("End at once where another engine is at work."))
@click.option(
    "--log",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help=_("Keep the log in a private file instead of printing it."),
)
@global_options
@click.pass_obj
def command(scope: Scope, *, stay: bool, if_needed: bool, log: Path | None) -> None:
    """Run an engine and say why it ended."""
    from cmconsole import wiring  # noqa: PLC0415 - help does without

    work = wiring.run_engine(scope.settings(), stay=stay, if_needed=if_needed, log=log, config=scope.config)
    ended = run(work)
    say(ended, file=sys.stderr)
