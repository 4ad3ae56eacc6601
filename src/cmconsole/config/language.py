"""The language of the interface, and the words in it: English is the source, French a catalogue."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from cmconsole.core.errors import N_, CmconsoleError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from gettext import NullTranslations

__all__ = [
    "CATALOGUES",
    "DOMAIN",
    "LANGUAGES",
    "N_",
    "_",
    "has_catalogue",
    "install",
    "language",
    "ngettext",
    "preferred",
    "said",
    "said_apart",
    "speaking",
    "spoken_in",
]

DOMAIN: Final = "cmconsole"
LANGUAGES: Final = ("en", "fr")
CATALOGUES: Final = os.path.join(os.path.dirname(os.path.dirname(__file__)), "locale")  # noqa: PTH118, PTH120 - pathlib costs `--version` its speed
_VARIABLES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")


class _Installed:
    """The language in use and its catalogue; None for English and for a catalogue that was not built."""

    language: str = "en"
    catalogue: NullTranslations | None = None


def language() -> str:
    """Return the language in use: `en` or `fr`."""
    return _Installed.language


def has_catalogue() -> bool:
    """Say whether the words of the language in use are at hand; English needs none."""
    return _Installed.language == "en" or _Installed.catalogue is not None


def preferred(environ: Mapping[str, str]) -> str:
    """Return the language the environment asks for (LC_ALL, LC_MESSAGES, LANG); `en` for any other."""
    chosen = next((environ[name] for name in _VARIABLES if environ.get(name)), "")
    code = chosen.partition(".")[0].partition("_")[0].lower()
    return code if code in LANGUAGES else "en"


def install(wanted: str = "auto") -> None:
    """Use a language from now on: `en`, `fr`, or `auto` for the one the environment asks for.

    A source tree whose catalogues were not compiled speaks English: a missing word never stops the desk.
    """
    code = preferred(os.environ) if wanted == "auto" else wanted
    _Installed.language = code
    _Installed.catalogue = _catalogue(code)


@contextmanager
def speaking(wanted: str) -> Iterator[None]:
    """Use a language for the length of a `with` block."""
    before = _Installed.language, _Installed.catalogue
    install(wanted)
    try:
        yield
    finally:
        _Installed.language, _Installed.catalogue = before


def _catalogue(code: str) -> NullTranslations | None:
    if code == "en":
        return None
    import gettext  # noqa: PLC0415 - English, and `--version`, do without

    try:
        return gettext.translation(DOMAIN, CATALOGUES, languages=[code])
    except OSError:
        return None


def _(message: str) -> str:
    """Return the message in the language in use."""
    catalogue = _Installed.catalogue
    # The empty message is where a catalogue keeps its header.
    return message if catalogue is None or not message else catalogue.gettext(message)


def spoken_in(wanted: str, message: str) -> str:
    """Return the message in a language whatever the one in use: for words that others are to read."""
    catalogue = _catalogue(wanted)
    return message if catalogue is None or not message else catalogue.gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form of the message that goes with the number, in the language in use."""
    catalogue = _Installed.catalogue
    if catalogue is None:
        return singular if number == 1 else plural
    return catalogue.ngettext(singular, plural, number)


def said(error: CmconsoleError) -> str:
    """Return what an error says, with its advice, in the language in use."""
    return " ".join(said_apart(error)).rstrip()


def said_apart(error: CmconsoleError) -> tuple[str, str]:
    """Return what an error says, and its advice, in the language in use."""
    message = _(error.template)
    return message.format(**error.facts) if error.facts else message, _(error.advice)
