"""Asks a person what an account needs, or takes it from the options and standard input; nothing is echoed."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import click
import msgspec

from cmconsole.cli.accounts_words import PLATFORMS
from cmconsole.config import handles
from cmconsole.config.language import _, language
from cmconsole.config.secrets import EITHER, KEYS, Place, SecretKey, missing
from cmconsole.config.shapes import Name
from cmconsole.config.wording import allowed
from cmconsole.core.errors import InputError
from cmconsole.core.text import fold, one_line, visible

if TYPE_CHECKING:
    from cmconsole.config.schema import Settings

_YES: Final = frozenset({"y", "yes", "o", "oui"})
_SERVED: Final = frozenset({"mastodon"})
"""Platforms without a server of their own."""


class Answers:
    """Where answers come from: a person at a terminal, or only what was given."""

    def __init__(self, *, yes: bool, from_stdin: Sequence[str]) -> None:
        self.person = not yes and not from_stdin and sys.stdin.isatty()
        self._from_stdin = from_stdin

    def text(self, question: str, given: str | None, *, default: str = "", option: str = "") -> str:
        """Return what was given, what the person answers, or the default; raises InputError without any."""
        if given is not None:
            return one_line(given)
        if self.person:
            answer: str = click.prompt(question, default=default or None, prompt_suffix=_suffix(), err=True)
            return one_line(answer)
        if default:
            return default
        raise InputError(
            _("{option} is needed: there is nobody to ask here.").format(option=option),
            advice=_("`cmconsole accounts add --help` tells the options."),
        )

    def agreed(self, question: str, *, default: bool) -> bool:
        """Return whether the person says yes; the default where nobody is asked."""
        if not self.person:
            return default
        choice = _("[Y/n]") if default else _("[y/N]")
        answer: str = click.prompt(
            f"{visible(question)} {choice}", default="", show_default=False, prompt_suffix=" ", err=True
        )
        return fold(answer.strip()) in _YES if answer.strip() else default

    def secrets(self, platform: str, places: Mapping[str, Place]) -> dict[str, str]:
        """Return secrets by key: those named for standard input, a line each, or what the person types.

        places: where some are already; these are not asked for.
        """
        if self._from_stdin:
            return {key: _line(key) for key in _known(platform, self._from_stdin)}
        if not self.person:
            if lacking := missing(platform, places):
                names = " ".join(f"--secret-stdin {key.name}" for key in lacking)
                raise InputError(
                    _("Secrets are missing: {names}.").format(
                        names=", ".join(_(key.words) for key in lacking)
                    ),
                    advice=_("Give them on standard input, a line each: {options}.").format(options=names),
                )
            return {}
        return _typed(platform, places)


def platform_of(answers: Answers, given: str | None) -> str:
    """Return one of the platforms that have accounts. Raises InputError."""
    words = ", ".join(PLATFORMS)
    while True:
        word = fold(answers.text(_("Platform ({words})").format(words=words), given, option="--platform"))
        if word in PLATFORMS:
            return word
        says = _("{word} is no platform with accounts; there are: {words}.").format(word=word, words=words)
        _again(answers, given, says)
        given = None


def name_of(answers: Answers, given: str | None, settings: Settings, platform: str) -> str:
    """Return a name that no account has yet. Raises InputError."""
    default = platform if platform not in settings.accounts else ""
    while True:
        name = answers.text(_("Name for the account, here"), given, default=default, option="--name")
        try:
            msgspec.convert(name, Name)
        except msgspec.ValidationError:
            says = _("{name} cannot be a name; allowed: {allowed}.").format(name=name, allowed=allowed(Name))
        else:
            if name not in settings.accounts:
                return name
            says = _("There is an account {name} already.").format(name=name)
        _again(answers, given, says)
        given = None


def handle_of(answers: Answers, given: str | None, platform: str) -> str:
    """Return the handle, bare; a Mastodon one is asked for with its server."""
    example = "acme@mastodon.social" if platform == "mastodon" else "acme"
    while True:
        question = _("Its handle, such as {example}").format(example=example)
        handle = handles.bare(answers.text(question, given, option="--handle"))
        if handle and " " not in handle:
            return handle
        _again(answers, given, _("That is no handle."))
        given = None


def server_of(answers: Answers, given: str | None, platform: str, handle: str) -> str:
    """Return the server to put into the settings: empty where the handle or the platform tells it."""
    if given is None and (platform not in _SERVED or handles.server_of(handle)):
        return ""
    while True:
        server = answers.text(_("The address of its server"), given, option="--server").rstrip("/")
        if server and "://" not in server:
            server = f"https://{server}"
        if server.startswith(("https://", "http://")):
            return server
        _again(answers, given, _("That is no address; one looks like https://mastodon.social."))
        given = None


def cap_of(answers: Answers, given: float | None, platform: str) -> float | None:
    """Return the monthly cap in dollars; only platforms that take money are asked about."""
    if given is not None or platform != "x" or not answers.person:
        return given
    answer: float = click.prompt(
        _("Monthly cap in dollars (reading pauses there)"),
        default=50.0,
        prompt_suffix=_suffix(),
        type=click.FloatRange(min=0),
        err=True,
    )
    return answer


def _typed(platform: str, places: Mapping[str, Place]) -> dict[str, str]:
    found: dict[str, str] = {}
    have = {key for key, place in places.items() if place is not Place.NOWHERE}
    for key in KEYS.get(platform, ()):
        if key.name in have or _answered_otherwise(platform, key, {*found, *have}):
            continue
        while True:
            value: str = click.prompt(
                _(key.words),
                default="",
                show_default=False,
                hide_input=not key.shown,
                prompt_suffix=_suffix(),
                err=True,
            ).strip()
            if value or not _needed(platform, key, {*found, *have}):
                break
            click.echo(_("Without it the account cannot be used."), err=True)
        if value:
            found[key.name] = value
    return found


def _answered_otherwise(platform: str, key: SecretKey, found: set[str]) -> bool:
    """Say whether the key belongs to one of several ways of which another one is complete."""
    groups = EITHER.get(platform, ())
    inside = any(key.name in group for group in groups)
    return inside and any(set(group) <= found for group in groups if key.name not in group)


def _needed(platform: str, key: SecretKey, found: set[str]) -> bool:
    """Say whether there is no way without this key: required, or of the last way that is left."""
    groups = EITHER.get(platform, ())
    last = bool(groups) and key.name in groups[-1] and not any(set(group) <= found for group in groups[:-1])
    return key.required or last


def _suffix() -> str:
    return "\N{NO-BREAK SPACE}: " if language() == "fr" else ": "


def _known(platform: str, names: Sequence[str]) -> Sequence[str]:
    known = [key.name for key in KEYS.get(platform, ())]
    for name in names:
        if name not in known:
            raise InputError(
                _("{name} is no secret of this platform; there are: {names}.").format(
                    name=name, names=", ".join(known)
                )
            )
    return names


def _line(key: str) -> str:
    value = sys.stdin.readline().strip()
    if not value:
        raise InputError(_("Standard input holds no line for {key}.").format(key=key))
    return value


def _again(answers: Answers, given: str | None, says: str) -> None:
    """Tell a person to try again; end where it was given as an option or nobody is there."""
    if given is not None or not answers.person:
        raise InputError(says)
    click.echo(visible(says), err=True)
