"""`cmconsole completion`: the script that makes a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from cmconsole.cli.parameters import global_options
from cmconsole.config.language import _


@click.command(
    short_help=_("Print a completion script for your shell."),
    # The mark of backspace keeps click from running the lines together.
    help=_("Print the script that completes commands and options in your shell.")
    + "\n\n\b\n"
    + "bash:  cmconsole completion bash >> ~/.bashrc\n"
    + "zsh:   cmconsole completion zsh >> ~/.zshrc\n"
    + "fish:  cmconsole completion fish > ~/.config/fish/completions/cmconsole.fish",
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@global_options
@click.pass_context
def command(context: click.Context, shell: str) -> None:
    """Print the script."""
    kind = get_completion_class(shell)
    if kind is not None:
        completion = kind(context.find_root().command, {}, "cmconsole", "_CMCONSOLE_COMPLETE")
        click.echo(completion.source_template % completion.source_vars())
