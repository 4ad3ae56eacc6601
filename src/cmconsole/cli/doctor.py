"""`cmconsole doctor`: what is right and wrong with this installation, and what to do about it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

import cmconsole
from cmconsole.cli.codes import ExitCode
from cmconsole.cli.findings import Finding, Level, error, ok, warn
from cmconsole.cli.output import say, say_json
from cmconsole.cli.parameters import global_options, json_option
from cmconsole.cli.running import run
from cmconsole.config.language import _, ngettext
from cmconsole.core.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cmconsole.cli.scope import Scope
    from cmconsole.config.schema import Settings


@click.command(
    short_help=_("Say what is right and wrong with this installation."),
    help=_(
        "Look at settings, store, engine, secrets, accounts, sources, terminal, language and clock, and say "
        "what is right, what is wrong, and what to do about it. The platforms are asked who we are to them. "
        "Nothing is changed. The exit code is 1 if something is wrong."
    ),
)
@click.option("--offline", is_flag=True, help=_("Ask nobody outside."))
@json_option
@global_options
@click.pass_obj
def command(scope: Scope, *, offline: bool, as_json: bool) -> int:
    """Examine everything and report."""
    findings = examined(scope, offline=offline)
    wrong = any(finding.level is Level.ERROR for finding in findings)
    if as_json:
        say_json({"version": cmconsole.__version__, "ok": not wrong, "findings": findings})
    else:
        _print(findings)
    return ExitCode.FAILED if wrong else ExitCode.DONE


def examined(scope: Scope, *, offline: bool = False) -> list[Finding]:
    """Return everything there is to find, in the order of what depends on what."""
    from cmconsole.cli import doctor_accounts, storeroom, surroundings  # noqa: PLC0415 - help does without
    from cmconsole.config.secrets import beside  # noqa: PLC0415 - the same

    settings, findings = _settings(scope)
    findings += doctor_accounts.libraries(settings)
    findings += run(storeroom.store(settings))
    kept, whole = doctor_accounts.kept(settings, beside(scope.config))
    findings += kept
    if not offline:
        findings += run(_outside(scope, settings, whole))
    findings += surroundings.terminal(os.environ)
    findings += surroundings.speech()
    findings += surroundings.clock(settings)
    return findings


async def _outside(scope: Scope, settings: Settings, accounts: Sequence[str]) -> list[Finding]:
    """Ask the platforms of these accounts and the servers of all sources, at the same time."""
    import asyncio  # noqa: PLC0415 - help does without

    from cmconsole.cli import doctor_accounts, doctor_reach  # noqa: PLC0415 - the same
    from cmconsole.cli.accounts_asking import ask, member_of  # noqa: PLC0415 - the same
    from cmconsole.config.clock import SystemClock  # noqa: PLC0415 - the same

    if not accounts and not settings.sources:
        return []
    clock = SystemClock()
    checked, reached = await asyncio.gather(
        ask(settings, accounts, clock, member_of(scope.config)), doctor_reach.look(settings, clock)
    )
    return [*doctor_accounts.identities(checked), *reached]


def _settings(scope: Scope) -> tuple[Settings, list[Finding]]:
    """Read the settings; where they are wrong, the usual ones serve for what else there is to look at."""
    from cmconsole.config.paths import settings_file  # noqa: PLC0415 - help does without
    from cmconsole.config.schema import Settings  # noqa: PLC0415 - the same

    file = scope.config or settings_file()
    try:
        settings = scope.settings()
    except SettingsError as wrong:
        lines = wrong.message.splitlines()
        return Settings(), [error("settings", line, wrong.advice) for line in lines]
    if file.exists():
        read = ok("settings", _("{file} is right.").format(file=file))
    else:
        read = ok("settings", _("There is no {file}: everything is as usual.").format(file=file))
    return settings, [read, *_parts(settings), *_rules(settings)]


def _parts(settings: Settings) -> Iterator[Finding]:
    """Look at what the console alone can judge: keys and theme."""
    from cmconsole.tui import themes  # noqa: PLC0415 - help does without
    from cmconsole.tui.keymap import keymap  # noqa: PLC0415 - the same

    for look, what in (
        (lambda: keymap(settings.keys), "[keys]"),
        (lambda: themes.load(settings.desk.theme), "[desk]"),
    ):
        try:
            look()
        except SettingsError as wrong:
            says = wrong.message if what in wrong.message else f"{what}: {wrong.message}"
            yield error("settings", says, wrong.advice)


def _rules(settings: Settings) -> Iterator[Finding]:
    """Look at what is wrong with the rules of triage: each is right for itself, but not beside the others."""
    from cmconsole import wiring  # noqa: PLC0415 - help does without
    from cmconsole.cli.rule_words import told  # noqa: PLC0415 - the same
    from cmconsole.triage.rule_warnings import warnings  # noqa: PLC0415 - the same

    for warning in warnings(wiring.triage_policy(settings)):
        yield warn("settings", told(warning), _("`cmconsole rules` lists the rules in their order."))


def _print(findings: Sequence[Finding]) -> None:
    signs = {Level.OK: _("ok"), Level.WARN: _("warning"), Level.ERROR: _("error")}
    width = max(len(sign) for sign in signs.values())
    for finding in findings:
        say(f"{signs[finding.level]:{width}}  {finding.says}")
        if finding.advice:
            say(f"{'':{width}}  → {finding.advice}")
    say()
    wrong = sum(finding.level is Level.ERROR for finding in findings)
    looked = sum(finding.level is Level.WARN for finding in findings)
    if not wrong and not looked:
        say(_("All is well."))
        return
    parts = (
        ngettext("{count} error", "{count} errors", wrong).format(count=wrong),
        ngettext("{count} warning", "{count} warnings", looked).format(count=looked),
    )
    say(", ".join(parts) + ".")
