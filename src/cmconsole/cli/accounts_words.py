"""What is said of accounts: platforms, standings, places of secrets, money; what is wrong stands in red."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click

from cmconsole.config.language import N_, _, language
from cmconsole.config.secrets import KEYS, Place, missing
from cmconsole.core.account import Standing
from cmconsole.core.budget import DOLLAR
from cmconsole.core.text import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

PLATFORMS: Final[Mapping[str, str]] = {
    "x": "X",
    "reddit": "Reddit",
    "mastodon": "Mastodon",
    "bluesky": "Bluesky",
}
"""Platforms that have accounts, with their names."""

_STANDINGS: Final[Mapping[Standing, str]] = {
    Standing.UNCHECKED: N_("not checked yet"),
    Standing.VERIFIED: N_("verified"),
    Standing.LOCKED: N_("LOCKED"),
    Standing.REFUSED: N_("unusable"),
    Standing.UNREACHED: N_("not reached"),
}

_PLACES: Final[Mapping[Place, str]] = {
    Place.ENVIRONMENT: N_("in the environment"),
    Place.CREDENTIAL: N_("among systemd's credentials"),
    Place.FILE: N_("in the private file"),
    Place.KEYRING: N_("in the keyring"),
    Place.NOWHERE: N_("missing"),
}


def platform(word: str) -> str:
    """Return a platform's name as people write it."""
    return PLATFORMS.get(word, word.capitalize())


def standing(found: Standing) -> str:
    """Return a standing in words."""
    return _(_STANDINGS[found])


def place(found: Place) -> str:
    """Return where a secret is, in words."""
    return _(_PLACES[found])


def secrets(platform_word: str, places: Mapping[str, Place]) -> str:
    """Return which secrets are where, in words, those of one place together; optional ones only if there."""
    groups: dict[Place, list[str]] = {}
    lacking = missing(platform_word, places)
    for key in KEYS.get(platform_word, ()):
        found = places.get(key.name, Place.NOWHERE)
        if key in lacking or found is not Place.NOWHERE:
            groups.setdefault(found, []).append(_(key.words).partition(" (")[0])
    return "; ".join(f"{', '.join(words)} {place(found)}" for found, words in groups.items())


def money(micro: int) -> str:
    """Return micro-dollars as dollars and cents, as the language in use writes them."""
    amount = f"{micro / DOLLAR:,.2f}"
    if language() == "fr":
        spaced = amount.translate({ord(","): "\N{NARROW NO-BREAK SPACE}", ord("."): ","})
        return f"{spaced}\N{NO-BREAK SPACE}$"
    return f"${amount}"


def red(text: str, *, wrong: bool) -> None:
    """Print a line, in red where it is wrong and the terminal has colours; the words alone tell it too."""
    safe = visible(text)
    click.echo(click.style(safe, fg="red") if wrong and not os.environ.get("NO_COLOR") else safe)
