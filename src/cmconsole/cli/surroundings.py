"""Doctor's look at what the program stands in: the terminal, the language, the clock."""

from __future__ import annotations

import locale
import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from cmconsole.cli.doctor_terminal import clipboard, widths
from cmconsole.cli.findings import Finding, ok, warn
from cmconsole.config.clock import timezone
from cmconsole.config.language import _, has_catalogue, language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cmconsole.config.schema import Settings

LEAST_COLUMNS: Final = 80
LEAST_LINES: Final = 24
_MANY_COLOURS: Final = ("truecolor", "24bit")


def terminal(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at the terminal this was called in."""
    yield from _kind(environ)
    yield from _size()
    yield from _colours(environ)
    yield from _characters()
    yield from widths()
    yield from clipboard(environ)


def _kind(environ: Mapping[str, str]) -> Iterator[Finding]:
    term = environ.get("TERM", "")
    if not sys.stdout.isatty():
        yield ok("terminal", _("The output is not a terminal: its size and colours are not known."))
    elif term in {"", "dumb", "unknown"}:
        yield warn(
            "terminal",
            _("TERM is “{term}”: such a terminal cannot show the console.").format(term=term),
            _("Set TERM to what your terminal is, such as xterm-256color; `cmconsole watch` works anywhere."),
        )
    else:
        yield ok("terminal", _("TERM is {term}.").format(term=term))


def _size() -> Iterator[Finding]:
    try:
        columns, lines = os.get_terminal_size(sys.stdout.fileno())
    except (OSError, ValueError):
        return
    words = _("The terminal is {columns}×{lines}.").format(columns=columns, lines=lines)
    if columns < LEAST_COLUMNS or lines < LEAST_LINES:
        yield warn(
            "terminal", words, _("The console needs 80×24; from 120 columns lanes stand side by side.")
        )
    else:
        yield ok("terminal", words)


def _colours(environ: Mapping[str, str]) -> Iterator[Finding]:
    if environ.get("NO_COLOR"):
        yield ok("terminal", _("NO_COLOR is set: no colour is used."))
    elif environ.get("COLORTERM", "").lower() in _MANY_COLOURS:
        yield ok("terminal", _("Colours: 16 million."))
    elif "256" in environ.get("TERM", ""):
        yield ok("terminal", _("Colours: 256. COLORTERM=truecolor gives all, where the terminal has them."))
    else:
        yield ok("terminal", _("Colours: 16."))


def _characters() -> Iterator[Finding]:
    encoding = (
        (sys.stdout.encoding or locale.getpreferredencoding(do_setlocale=False)).lower().replace("-", "")
    )
    if encoding == "utf8":
        yield ok("terminal", _("Characters: UTF-8."))
    else:
        yield warn(
            "terminal",
            _("Characters: {encoding}; some signs cannot be shown.").format(encoding=encoding),
            _("Use a UTF-8 locale (LANG=en_GB.UTF-8), or set ascii = true in [desk]."),
        )


def speech() -> Iterator[Finding]:
    """Look at the language in use."""
    names = {"en": _("English"), "fr": _("French")}
    if has_catalogue():
        yield ok("language", _("The interface speaks {language}.").format(language=names[language()]))
    else:
        yield warn(
            "language",
            _("The translations were not compiled: the interface speaks English."),
            _("In a checkout run `make test` once; otherwise install cmconsole again."),
        )


def clock(settings: Settings) -> Iterator[Finding]:
    """Look at the time zone, and say what time it is in it."""
    zone = timezone(settings.desk.timezone)
    now = datetime.now(UTC).astimezone(zone)
    name = settings.desk.timezone or getattr(zone, "key", None) or now.tzname()
    says = _("The time zone is {zone}: it is {time}.").format(zone=name, time=now.strftime("%H:%M"))
    yield ok("clock", says)
