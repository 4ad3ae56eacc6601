"""Chooses the language before anything is said, for help texts and for what click says by itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cmconsole.config.language import CATALOGUES, DOMAIN, LANGUAGES, install, language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def speak(arguments: Sequence[str], environ: Mapping[str, str]) -> None:
    """Use the language of the settings if they name one, else that of the environment.

    Help and mistakes in the arguments are said before the settings are checked; so they are only glanced at
    here, and whatever is wrong with them is left for the command to say.
    """
    wanted = environ.get("CMCONSOLE_DESK__LANGUAGE") or _in_settings(arguments, environ)
    use(wanted if wanted in LANGUAGES else "auto")


def use(wanted: str) -> None:
    """Use a language, in what click says too."""
    install(wanted)
    import gettext  # noqa: PLC0415 - click has loaded it or will

    # click looks its words up in the process's own domain, by the environment.
    gettext.bindtextdomain(DOMAIN, CATALOGUES)
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language()


def _in_settings(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    import tomllib  # noqa: PLC0415 - next to nothing, but only needed here

    try:
        with open(_settings_file(arguments, environ), "rb") as file:  # noqa: PTH123 - a path may be any text here
            found = tomllib.load(file)["desk"]["language"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return found if isinstance(found, str) else ""


def _settings_file(arguments: Sequence[str], environ: Mapping[str, str]) -> str:
    for place, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name == "--config":
            return value if equals else "".join(arguments[place + 1 : place + 2])
    if named := environ.get("CMCONSOLE_CONFIG"):
        return named
    from cmconsole.config.paths import settings_file  # noqa: PLC0415 - only where nothing is named

    return str(settings_file())
