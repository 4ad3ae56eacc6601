"""Doctor's look at the accounts: secrets, who the platforms say we are, what they cost, the libraries."""

from __future__ import annotations

from collections import defaultdict
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from cmconsole.cli import accounts_words
from cmconsole.cli.findings import Finding, about, error, ok, warn
from cmconsole.config import handles, keyrings, secrets, sources
from cmconsole.config.keyrings import Trouble
from cmconsole.config.language import _
from cmconsole.core.account import AccountState, Standing
from cmconsole.core.errors import SettingsError
from cmconsole.desk.sources import LOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from cmconsole.cli.accounts_asking import Checked
    from cmconsole.config.schema import Settings

_NEEDS: Final = {
    "x": ("tweepy",),
    "reddit": ("praw",),
    "mastodon": ("websockets",),
    "webhook": ("jsonschema", "uvicorn"),
}
"""What platforms need beside what is always there; the extra to install is called like the platform."""

_KEYRING_TROUBLES: Final = {
    Trouble.LOCKED: lambda: _("The keyring is locked."),
    Trouble.SILENT: lambda: _("The keyring does not answer."),
    Trouble.BROKEN: lambda: _("The keyring fails."),
}


def libraries(settings: Settings) -> Iterator[Finding]:
    """Look whether the libraries are there that the platforms of these settings need."""
    used = {it.platform for it in settings.accounts.values()}
    if any(isinstance(source, sources.WebhookSource) for source in settings.sources.values()):
        used.add("webhook")
    needed = {library: word for word in sorted(used) for library in _NEEDS.get(word, ())}
    lacking = [library for library in needed if find_spec(library) is None]
    for library in lacking:
        yield error(
            "libraries",
            _("The library {library} is missing, which these settings need.").format(library=library),
            _("Install it with: pip install 'cmconsole[{extra}]'").format(extra=needed[library]),
        )
    if needed and not lacking:
        says = _("All libraries these settings need are there: {libraries}.")
        yield ok("libraries", says.format(libraries=", ".join(needed)))


def kept(settings: Settings, file: Path) -> tuple[list[Finding], list[str]]:
    """Look for every secret. Return what was found, and the accounts that have all of theirs."""
    findings: list[Finding] = []
    try:
        if secrets.trusted(file):
            findings.append(ok("secrets", _("The file of secrets {file} is private.").format(file=file)))
    except SettingsError as failure:
        findings.append(error("secrets", failure.message, failure.advice))
        # What it holds is not used; the other places are still worth a look.
        file = file.with_name("no secrets")
    whole = [name for name in settings.accounts if _has_all(name, settings, file, findings)]
    for name, source in settings.sources.items():
        if isinstance(source, sources.WebhookSource):
            _look_for(name, "webhook", file, findings)
    findings += _keyring() if settings.accounts else []
    findings += _same_variables(settings)
    return findings, whole


def identities(found: Sequence[Checked]) -> Iterator[Finding]:
    """Tell what the platforms said of the accounts."""
    for it in found:
        name = f"{it.name} ({accounts_words.platform(it.platform)})"
        if it.standing is Standing.VERIFIED:
            yield ok(
                "accounts", _("{name}: the platform knows us as @{seen}.").format(name=name, seen=it.seen)
            )
        else:
            says = about(accounts_words.standing(it.standing), it.error)
            yield error("accounts", about(name, says), it.advice)


def money(states: Mapping[str, AccountState]) -> Iterator[Finding]:
    """Tell what is spent of each month's cap; where the cap is reached, reading pauses."""
    for state in states.values():
        if state.cap is None:
            if state.platform == "x":
                yield warn(
                    "accounts",
                    _("{name}: X takes money for each post, and no monthly cap is set.").format(
                        name=state.name
                    ),
                    _("Set monthly_cap = 50.0 (dollars) in [accounts.{name}].").format(name=state.name),
                )
            continue
        spent, cap = accounts_words.money(state.spent), accounts_words.money(state.cap)
        says = _("{name}: {spent} of {cap} spent this month.").format(name=state.name, spent=spent, cap=cap)
        if state.spent >= state.cap:
            advice = _(
                "Its sources pause until the month is over (UTC): raise monthly_cap in [accounts.{name}]."
            )
            yield error("accounts", says, advice.format(name=state.name))
        elif state.spent >= LOW * state.cap:
            advice = _(
                "Its sources will pause at the cap: raise monthly_cap in [accounts.{name}], or take less."
            )
            yield warn("accounts", says, advice.format(name=state.name))
        else:
            yield ok("accounts", says)


def _has_all(name: str, settings: Settings, file: Path, findings: list[Finding]) -> bool:
    platform = settings.accounts[name].platform
    if platform not in accounts_words.PLATFORMS:
        findings.append(
            error(
                "accounts",
                _("{name}: {platform} is no platform with accounts.").format(name=name, platform=platform),
                _("Use one of these in [accounts.{name}]: {words}.").format(
                    name=name, words=", ".join(accounts_words.PLATFORMS)
                ),
            )
        )
        return False
    if platform == "mastodon" and not (
        settings.accounts[name].server or handles.server_of(settings.accounts[name].handle)
    ):
        says = _("{name}: its server is not known.").format(name=name)
        findings.append(error("accounts", says, _("Set server in [accounts.{name}].").format(name=name)))
        return False
    return _look_for(name, platform, file, findings)


def _look_for(name: str, platform: str, file: Path, findings: list[Finding]) -> bool:
    try:
        secrets.read(name, platform, file=file)
    except SettingsError as failure:
        findings.append(error("secrets", failure.message, failure.advice))
        return False
    words = accounts_words.secrets(platform, secrets.where(name, platform, file=file))
    findings.append(ok("secrets", about(name, f"{words}.")))
    return True


def _keyring() -> list[Finding]:
    name, trouble = keyrings.backend()
    if trouble in _KEYRING_TROUBLES:
        advice = _(
            "Unlock it, or keep the secrets in the private file: `cmconsole accounts renew --keep-in file`."
        )
        return [warn("secrets", _KEYRING_TROUBLES[trouble](), advice)]
    if name:
        return [ok("secrets", _("Keyring: {name}.").format(name=name))]
    return [ok("secrets", _("There is no keyring here: secrets are kept in the private file."))]


def _same_variables(settings: Settings) -> Iterator[Finding]:
    """Find accounts that the environment cannot tell apart."""
    spelt: dict[str, list[str]] = defaultdict(list)
    for name in settings.accounts:
        spelt[secrets.variable(name, "")].append(name)
    for names in spelt.values():
        if len(names) > 1:
            says = _("The accounts {names} have the same environment variables.").format(
                names=", ".join(names)
            )
            yield warn("secrets", says, _("Give one of them another name."))
