"""Takes what may be a secret out of words that leave the engine: log lines and errors shown to people."""

from __future__ import annotations

import logging
import re

from cmconsole.config.language import said, said_apart
from cmconsole.config.quiet import without
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.text import one_line

_LENGTH = 300
"""Most characters of an error in words: it has to fit a header and a log line."""

_HIDDEN = "…"
_SECRETS = (
    # https://user:password@host
    (re.compile(r"(?<=://)[^/\s@]+@"), f"{_HIDDEN}@"),
    # The query of an address: tokens travel there (?access_token=…).
    (re.compile(r"(?<=[\w/])\?(?=[\w.%~-]+=)[^\s'\"<>)]+"), f"?{_HIDDEN}"),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]+", re.IGNORECASE), rf"\1 {_HIDDEN}"),
    # authorization: …, "api_key": "…", token=…
    (
        re.compile(
            r"((?:token|secret|passw(?:or)?d|api[_-]?key|authorization|cookie)[\w-]{0,20}[\"']?\s{0,3}[:=]\s{0,3})"
            r"(?!\s*(?:bearer|basic)\b)(?:\"[^\"]*\"|'[^']*'|[^\s,;&)]+)",
            re.IGNORECASE,
        ),
        rf"\1{_HIDDEN}",
    ),
)


def redacted(text: str) -> str:
    """Return `text` without known secrets, and without what looks like one: queries, tokens, passwords."""
    text = without(text)
    for pattern, put in _SECRETS:
        text = pattern.sub(put, text)
    return text


def in_words(error: BaseException) -> str:
    """Return an error as one safe line for a person, without secrets.

    The project's own errors speak for themselves; others are told with their class.
    """
    if isinstance(error, CmconsoleError):
        words = said(error)
    else:
        words = f"{type(error).__name__}: {error}".removesuffix(": ")
    return _safe(words)


def in_two(error: BaseException) -> tuple[str, str]:
    """Return an error and its advice, each as one safe line; libraries' errors have no advice."""
    if not isinstance(error, CmconsoleError):
        return in_words(error), ""
    message, advice = said_apart(error)
    return _safe(message), _safe(advice)


def _safe(words: str) -> str:
    return one_line(redacted(words[: 10 * _LENGTH]), _LENGTH)


class RedactingFormatter(logging.Formatter):
    """Formats log records, tracebacks included, without secrets; a record stays on its own line or lines."""

    def format(self, record: logging.LogRecord) -> str:
        return redacted(super().format(record))
