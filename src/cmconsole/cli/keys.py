"""`cmconsole keys`: the keys in use, the person's own changes included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import global_options, json_option
from cmconsole.config.language import _

if TYPE_CHECKING:
    from cmconsole.cli.scope import Scope


@click.command(
    short_help=_("List the keys in use."),
    help=_("List what can be done in the console and with which keys, as your settings have them."),
)
@json_option
@global_options
@click.pass_obj
def command(scope: Scope, *, as_json: bool) -> None:
    """Print the table of keys."""
    from cmconsole.tui.actions import ACTIONS, table  # noqa: PLC0415 - help does without
    from cmconsole.tui.keymap import keymap  # noqa: PLC0415 - the same

    keys = keymap(scope.settings().keys).keys
    if not as_json:
        say(table(keys))
        return
    for action in ACTIONS:
        say_json(
            {
                "id": action.id,
                "keys": keys[action.id],
                "label": _(action.label),
                "sentence": _(action.sentence),
                "group": action.group.value,
            }
        )
