"""The table of commands: each is imported when it is called, so that help and version cost nothing."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import click

import cmconsole
from cmconsole.cli.codes import ExitCode
from cmconsole.cli.parameters import global_options
from cmconsole.cli.pipes import let_go_of
from cmconsole.config.language import _

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMANDS: Final[dict[str, str]] = {
    "demo": _("Try the desk on a made-up brand."),
    "engine": _("Take mentions in, without a screen."),
    "ingest": _("Take in mentions from a file once."),
    "queue": _("List conversations in the order of the lanes."),
    "watch": _("Print what happens as it happens, line by line."),
    "show": _("Show one conversation in full."),
    "reply": _("Answer a conversation."),
    "outbox": _("Say what is on its way out, and what came back."),
    "approvals": _("List what waits for a second person's yes."),
    "audit": _("Print the trail of everything that was published."),
    "handover": _("Write the brief for the next person."),
    "triage": _("Judge lines of text, and say how triage comes to its verdicts."),
    "rules": _("List the rules of triage, and try them out."),
    "canned": _("List, check, take in and give out the canned responses."),
    "keys": _("List the keys in use."),
    "accounts": _("Add, list, check and remove the accounts the desk speaks as."),
    "sources": _("Say how the sources are; pause one, let it go on."),
    "tip": _("Forward a post to the desk."),
    "doctor": _("Say what is right and wrong with this installation."),
    "export": _("Write everything in the store as JSON."),
    "erase": _("Remove an author and all they wrote."),
    "completion": _("Print a completion script for your shell."),
}
"""The commands with their line of help; each is `command` in the module of cmconsole.cli with its name."""


@contextmanager
def _unread() -> Iterator[None]:
    """End quietly where nobody reads the output any more; click itself would call that a failure."""
    try:
        yield
    except BrokenPipeError:
        let_go_of(sys.stdout)
        raise click.exceptions.Exit(ExitCode.READER_GONE) from None


class LazyGroup(click.Group):
    """A group that lists its commands from COMMANDS and imports one only to run it."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        with _unread():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        with _unread():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - the same
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"cmconsole.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            raise click.exceptions.NoSuchCommand(
                error.command_name, possibilities=COMMANDS, ctx=ctx
            ) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - the same
        with formatter.section(_("Commands")):
            formatter.write_dl(list(COMMANDS.items()))


def _print_version(context: click.Context, _parameter: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if value and not context.resilient_parsing:
        click.echo(f"cmconsole {cmconsole.__version__}")
        context.exit()


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=_(
        "The community manager's desk, in a terminal: every mention in three lanes, answered in time.\n\n"
        "Without a command it opens the console."
    ),
    epilog=_("Settings, exit codes and JSON outputs are described in docs/guide."),
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help=_("Show the version and exit."),
)
@global_options
@click.pass_context
def root(context: click.Context) -> int | None:
    """Open the console where no command was given."""
    if context.invoked_subcommand is not None:
        return None
    from cmconsole.cli.console import open_console  # noqa: PLC0415 - it loads the terminal toolkit

    return open_console(context.obj)
