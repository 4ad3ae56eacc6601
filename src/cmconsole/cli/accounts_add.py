"""`cmconsole accounts add` and `renew`: the steps, the questions, the check, and only then the writing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmconsole.cli import accounts_settings, accounts_words
from cmconsole.cli.accounts_asking import Checked, ask, member_of
from cmconsole.cli.accounts_guide import steps
from cmconsole.cli.accounts_questions import Answers, cap_of, handle_of, name_of, platform_of, server_of
from cmconsole.cli.accounts_words import red
from cmconsole.cli.codes import ExitCode
from cmconsole.cli.output import say
from cmconsole.cli.running import run
from cmconsole.config import handles, secrets
from cmconsole.config.clock import SystemClock
from cmconsole.config.language import _
from cmconsole.config.secrets import Place
from cmconsole.config.sources import Account
from cmconsole.core.account import Standing
from cmconsole.core.errors import InputError, NotFoundError

if TYPE_CHECKING:
    from pathlib import Path

    from cmconsole.cli.scope import Scope


@dataclass(frozen=True, slots=True)
class Given:
    """What was given as options; None where it is to be asked for. source: add a source for it too."""

    platform: str | None = None
    name: str | None = None
    handle: str | None = None
    server: str | None = None
    monthly_cap: float | None = None
    source: bool | None = None
    offline: bool = False
    keep_in: Place | None = None


def add(scope: Scope, given: Given, answers: Answers) -> int:
    """Add an account, and return the exit code. Raises InputError, SettingsError: nothing is written then."""
    settings = scope.settings()
    platform = platform_of(answers, given.platform)
    name = name_of(answers, given.name, settings, platform)
    handle = handle_of(answers, given.handle, platform)
    server = server_of(answers, given.server, platform, handle)
    if answers.person:
        _show_steps(platform, handle, server)
    account = Account(
        platform, handle, server=server, monthly_cap=cap_of(answers, given.monthly_cap, platform)
    )
    found = _vouched(scope, name, account, answers, given)
    if found is None:
        say(_("Nothing was written."))
        return ExitCode.FAILED
    account, values = found
    blocks = [
        accounts_settings.account_block(name, account),
        *_source(scope, name, account, answers, given),
    ]
    file, text = accounts_settings.with_blocks(scope.config, *blocks)
    _keep(name, values, scope.config, given.keep_in)
    accounts_settings.write(file, text)
    _tell_added(name, platform, file, scope.config)
    return ExitCode.DONE


def renew(scope: Scope, name: str, given: Given, answers: Answers) -> int:
    """Give an account of the settings new secrets, and return the exit code."""
    settings = scope.settings()
    account = settings.accounts.get(name)
    if account is None:
        raise NotFoundError(_("No account is called {name}.").format(name=name))
    if account.platform not in secrets.KEYS:
        raise InputError(_("{platform} has no secrets.").format(platform=account.platform))
    if answers.person:
        _show_steps(account.platform, handles.bare(account.handle), account.server)
    found = _vouched(scope, name, account, answers, given, fresh=True)
    if found is None:
        say(_("Nothing was written."))
        return ExitCode.FAILED
    _keep(name, found[1], scope.config, given.keep_in)
    _tell_places(name, account.platform, scope.config)
    return ExitCode.DONE


def _vouched(
    scope: Scope,
    name: str,
    account: Account,
    answers: Answers,
    given: Given,
    *,
    fresh: bool = False,
) -> tuple[Account, dict[str, str]] | None:
    """Return the account and its secrets once the platform, or the person, vouches for them; None: given up.

    fresh: all secrets are asked for, whatever there is already.
    """
    file = secrets.beside(scope.config)
    while True:
        places = {} if fresh else secrets.where(name, account.platform, file=file)
        values = answers.secrets(account.platform, places)
        if given.offline:
            return account, values
        found = _checked(scope, name, account, values)
        account, settled = _settled(account, found, answers)
        if settled is not None:
            return (account, values) if settled else None


def _settled(account: Account, found: Checked, answers: Answers) -> tuple[Account, bool | None]:
    """Return the account, and whether it stands (True), is given up (False) or is tried again (None)."""
    from msgspec.structs import replace  # noqa: PLC0415 - help does without

    _tell(found)
    if found.standing is Standing.VERIFIED:
        return account, True
    if found.standing is Standing.LOCKED:
        question = _("Is @{seen} the account you mean? It is then written into the settings.")
        if answers.person and answers.agreed(question.format(seen=found.seen), default=False):
            return replace(account, handle=found.seen), True
    elif found.standing is Standing.UNREACHED:
        return account, answers.person and answers.agreed(
            _("Keep it all the same, unchecked?"), default=False
        )
    if answers.person and answers.agreed(_("Give other secrets?"), default=True):
        return account, None
    return account, False


def _checked(scope: Scope, name: str, account: Account, values: Mapping[str, str]) -> Checked:
    """Ask the platform with these secrets, which are kept nowhere yet."""
    from msgspec.structs import replace  # noqa: PLC0415 - help does without

    settings = scope.settings()
    known = secrets.found(name, account.platform, file=secrets.beside(scope.config))
    tried = replace(settings, accounts={**settings.accounts, name: account})
    # A session made with former secrets would vouch for the new ones.
    accounts_settings.forget_session(name, account.platform)
    say(_("Asking {platform}…").format(platform=accounts_words.platform(account.platform)))
    with secrets.lent(name, {**known, **values}):
        return run(ask(tried, [name], SystemClock(), member_of(scope.config)))[0]


def _source(scope: Scope, name: str, account: Account, answers: Answers, given: Given) -> list[str]:
    """Return the block of the source that reads with the account, where it is wanted."""
    wanted = given.source
    if wanted is None:
        wanted = answers.agreed(_("Read what mentions it, as a source?"), default=True)
    source = accounts_settings.source_name(scope.settings(), name)
    return [accounts_settings.source_block(source, name, account.platform)] if wanted else []


def _keep(name: str, values: Mapping[str, str], config: Path | None, into: Place | None) -> None:
    for key, value in values.items():
        secrets.keep(name, key, value, file=secrets.beside(config), into=into)


def _show_steps(platform: str, handle: str, server: str) -> None:
    say()
    for step in steps(platform, handle=handle, server=server or handles.server_of(handle)):
        say(step)
    say()
    say(_("What you type now is not shown."))


def _tell(found: Checked) -> None:
    if found.standing is Standing.VERIFIED:
        say(_("The platform knows you: @{handle}.").format(handle=found.seen))
        return
    red(found.error, wrong=True)
    if found.advice:
        say(f"→ {found.advice}")


def _tell_added(name: str, platform: str, file: Path, config: Path | None) -> None:
    say(_("Added to {file}: {name}, in rehearsal.").format(file=file, name=name))
    _tell_places(name, platform, config)
    say(
        _('Nothing it says reaches anybody until mode = "live" stands in [accounts.{name}].').format(
            name=name
        )
    )


def _tell_places(name: str, platform: str, config: Path | None) -> None:
    places = secrets.where(name, platform, file=secrets.beside(config))
    say(_("Secrets: {secrets}.").format(secrets=accounts_words.secrets(platform, places)))
    say(_("An engine that is at work uses them after its next start."))
