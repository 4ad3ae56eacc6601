"""Known secrets, taken out of whatever is written: log lines, tracebacks, reports, errors told in words."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

HIDDEN: Final = "•••"
"""What stands in the place of a secret."""

LEAST: Final = 6
"""Fewest characters of a secret that is looked for: a shorter one would take harmless words with it."""


class Secret(str):
    """A secret as libraries want it, a plain text, that does not show itself where values are listed.

    Its `repr` is HIDDEN, and so is what dictionaries, dataclasses and tracebacks with locals show of it.
    Formatting it into a sentence still gives the text itself: `without` is there for what slips through.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return HIDDEN


class _Known:
    """Every form of every secret read so far, the longest first, so that no rest of one is left standing."""

    forms: tuple[str, ...] = ()


def hide(value: str) -> Secret:
    """Take a secret out of everything written by this process from now on, and return it."""
    if len(value) >= LEAST and value not in _Known.forms:
        _Known.forms = tuple(sorted({*_Known.forms, *_forms(value)}, key=len, reverse=True))
        _guard_last_resort()
    return Secret(value)


def without(text: str) -> str:
    """Return `text` with every known secret hidden, also where it is quoted for addresses or in base64."""
    for form in _Known.forms:
        if form in text:
            text = text.replace(form, HIDDEN)
    return text


def forget() -> None:
    """Know no secret any more."""
    _Known.forms = ()


class QuietFormatter(logging.Formatter):
    """Formats log records, their tracebacks included, without known secrets."""

    def format(self, record: logging.LogRecord) -> str:
        return without(super().format(record))


def _guard_last_resort() -> None:
    """Keep warnings quiet where nobody set logging up: Python then prints them to standard error."""
    last = logging.lastResort
    if last is not None and not isinstance(last.formatter, QuietFormatter):
        last.setFormatter(QuietFormatter())


def _forms(value: str) -> set[str]:
    """Return how a secret may be written: as it is, escaped, in addresses and forms, in base64."""
    import json  # noqa: PLC0415 - a console may read no secret at all
    from urllib.parse import quote, quote_plus  # noqa: PLC0415 - the same

    forms = {value, json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1]}
    for once in (quote(value, safe=""), quote(value), quote_plus(value)):
        # OAuth 1.0a quotes the quoted parameters once more for its signature (RFC 5849, 3.4.1.1).
        forms |= {once, _lower_escapes(once), quote(once, safe="")}
    forms.update(_in_base64(value.encode("utf-8", "replace")))
    return {form for form in forms if len(form) >= LEAST}


def _lower_escapes(quoted: str) -> str:
    head, *rest = quoted.split("%")
    return "%".join([head, *(part[:2].lower() + part[2:] for part in rest)])


def _in_base64(data: bytes) -> Iterator[str]:
    """Yield what base64 shows of the bytes wherever they stand in a longer text (`Basic` logins: id:secret).

    Six bits make a character: the first and the last one may hold bits of a neighbour and are left out.
    """
    from base64 import b64encode, urlsafe_b64encode  # noqa: PLC0415 - the same

    for before in range(3):
        padded = b"\0" * before + data
        first, last = -(-before * 8 // 6), len(padded) * 8 // 6
        for encode in (b64encode, urlsafe_b64encode):
            yield encode(padded).decode("ascii")[first:last]
