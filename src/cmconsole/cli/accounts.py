"""`cmconsole accounts`: whom the desk speaks as: add, list, check, renew, remove."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import click

from cmconsole.cli.codes import ExitCode
from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import global_options, json_option
from cmconsole.cli.running import run
from cmconsole.config.language import _
from cmconsole.core.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cmconsole.cli.accounts_asking import Checked
    from cmconsole.cli.accounts_list import Listed
    from cmconsole.cli.scope import Scope

# What each command needs is imported in it: help does without.
# ruff: noqa: PLC0415

_SECRETS: Final = (
    click.option(
        "--secret-stdin",
        "from_stdin",
        multiple=True,
        metavar="KEY",
        help=_("Read this secret from standard input, a line each, in the order given; nobody is asked."),
    ),
    click.option(
        "--keep-in",
        type=click.Choice(["keyring", "file"]),
        help=_("Where to keep the secrets; else the keyring where one works, or the private file."),
    ),
    click.option("--offline", is_flag=True, help=_("Do not ask the platform.")),
    click.option("--yes", is_flag=True, help=_("Do not ask.")),
)


def _with_secrets(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in reversed(_SECRETS):
        command = option(command)
    return command


@click.group(
    short_help=_("Add, list, check and remove the accounts the desk speaks as."),
    help=_(
        "Add, list, check and remove the accounts the desk reads with and speaks as. Their secrets are never "
        "in the settings file: they are kept in the keyring of this system, or in a file only you can read."
    ),
)
@global_options
def command() -> None:
    """Hold the commands about accounts."""


@command.command(
    "add",
    short_help=_("Add an account, step by step."),
    help=_(
        "Add an account: the steps on its platform are shown, its secrets are asked for, the platform is "
        "asked whose they are, and only then the account is written into the settings, in rehearsal."
    ),
)
@click.option("--platform", metavar="NAME", help=_("x, reddit, mastodon or bluesky."))
@click.option("--name", metavar="NAME", help=_("Its name here."))
@click.option("--handle", metavar="HANDLE", help=_("Its handle there."))
@click.option("--server", metavar="URL", help=_("The address of its server, where the handle does not tell."))
@click.option(
    "--monthly-cap",
    type=click.FloatRange(min=0, max=1_000_000),
    metavar="DOLLARS",
    help=_("What it may cost in a month, on platforms that take money."),
)
@click.option(
    "--source/--no-source", default=None, help=_("Add a source that reads what mentions it, or not.")
)
@_with_secrets
@global_options
@click.pass_obj
def add_command(scope: Scope, /, *, from_stdin: Sequence[str], yes: bool, **given: Any) -> int:
    """Add an account."""
    from cmconsole.cli.accounts_add import Given, add
    from cmconsole.cli.accounts_questions import Answers

    return add(scope, Given(**_placed(given)), Answers(yes=yes, from_stdin=from_stdin))


@command.command(
    "renew",
    short_help=_("Give an account new secrets."),
    help=_(
        "Give an account new secrets, checked with its platform before they take the place of the former."
    ),
)
@click.argument("name")
@_with_secrets
@global_options
@click.pass_obj
def renew_command(scope: Scope, /, name: str, *, from_stdin: Sequence[str], yes: bool, **given: Any) -> int:
    """Give an account new secrets."""
    from cmconsole.cli.accounts_add import Given, renew
    from cmconsole.cli.accounts_questions import Answers

    return renew(scope, name, Given(**_placed(given)), Answers(yes=yes, from_stdin=from_stdin))


@command.command(
    "list",
    short_help=_("List the accounts."),
    help=_("List the accounts with what the engine last found, where their secrets are, and what they cost."),
)
@json_option
@global_options
@click.pass_obj
def list_command(scope: Scope, *, as_json: bool) -> None:
    """List the accounts."""
    from cmconsole.cli.accounts_list import listed, record

    found = run(listed(scope))
    if as_json:
        for it in found:
            say_json(record(it))
    elif found:
        _print_list(found)
    else:
        say(_("There is no account yet: `cmconsole accounts add` adds one."))


@command.command(
    "check",
    short_help=_("Ask the platforms who we are to them."),
    help=_(
        "Ask the platform of each account, or of NAME, whose its token is. The exit code is 1 if one is not "
        "verified."
    ),
)
@click.argument("name", required=False)
@json_option
@global_options
@click.pass_obj
def check_command(scope: Scope, name: str | None, *, as_json: bool) -> int:
    """Ask the platforms, and tell what they say."""
    from cmconsole.cli.accounts_asking import ask, member_of
    from cmconsole.config.clock import SystemClock
    from cmconsole.core.account import Standing

    settings = scope.settings()
    names = [_known(scope, name)] if name else list(settings.accounts)
    found = run(ask(settings, names, SystemClock(), member_of(scope.config)))
    for it in found:
        if as_json:
            say_json(it)
        else:
            _print_checked(it)
    if not found and not as_json:
        say(_("There is no account yet: `cmconsole accounts add` adds one."))
    return ExitCode.DONE if all(it.standing is Standing.VERIFIED for it in found) else ExitCode.FAILED


@command.command(
    "remove",
    short_help=_("Remove an account and its secrets."),
    help=_("Remove an account: its secrets, its block in the settings, and the sources that read with it."),
)
@click.argument("name")
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@global_options
@click.pass_obj
def remove_command(scope: Scope, name: str, *, yes: bool) -> int:
    """Ask, unless told not to, then remove."""
    from cmconsole.cli.accounts_list import remove
    from cmconsole.cli.accounts_questions import Answers

    _known(scope, name)
    answers = Answers(yes=yes, from_stdin=())
    if not yes and not answers.person:
        raise click.UsageError(_("There is nobody to ask here: add --yes to remove without being asked."))
    question = _("Remove {name}, its secrets and the sources that read with it?").format(name=name)
    if not yes and not answers.agreed(question, default=False):
        say(_("Nothing was removed."), file=sys.stderr)
        return ExitCode.FAILED
    for line in remove(scope, name):
        say(line)
    return ExitCode.DONE


def _placed(given: dict[str, Any]) -> dict[str, Any]:
    from cmconsole.config.secrets import Place

    keep_in = given.pop("keep_in")
    return {**given, "keep_in": Place(keep_in) if keep_in else None}


def _known(scope: Scope, name: str) -> str:
    accounts = scope.settings().accounts
    if name not in accounts:
        names = ", ".join(accounts) or _("none")
        raise NotFoundError(
            _("No account is called {name}.").format(name=name),
            advice=_("There are: {names}.").format(names=names),
        )
    return name


def _print_list(found: Sequence[Listed]) -> None:
    from cmconsole.cli.accounts_list import WRONG, lines
    from cmconsole.cli.accounts_words import red

    for it in found:
        head, *rest = lines(it)
        red(head, wrong=it.state.standing in WRONG)
        for line in rest:
            say(f"  {line}")


def _print_checked(it: Checked) -> None:
    from cmconsole.cli import accounts_words
    from cmconsole.cli.findings import about
    from cmconsole.core.account import Standing

    verified = it.standing is Standing.VERIFIED
    words = accounts_words.standing(it.standing)
    says = about(words, f"@{it.seen}" if verified else it.error)
    accounts_words.red(about(it.name, says), wrong=not verified)
    if it.advice:
        say(f"  → {it.advice}")
