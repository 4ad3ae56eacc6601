"""`cmconsole demo`: the desk on a made-up brand, without network, accounts or traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cmconsole.cli.parameters import global_options
from cmconsole.config.language import _

if TYPE_CHECKING:
    from cmconsole.cli.scope import Scope


@click.command(
    short_help=_("Try the desk on a made-up brand."),
    help=_(
        "Try the desk on a made-up brand and a busy afternoon. Nothing leaves this machine; your own store "
        "and settings are neither read nor written."
    ),
)
@click.option(
    "--speed",
    type=click.FloatRange(0.1, 100),
    default=1.0,
    show_default=True,
    help=_("How many times faster than life the afternoon passes."),
)
@global_options
@click.pass_obj
def command(scope: Scope, speed: float) -> int:
    """Run the demo."""
    from cmconsole.demo.run import run  # noqa: PLC0415 - help does without

    return run(scope.person, speed=speed)
