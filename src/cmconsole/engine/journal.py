"""The engine's log: one line an event, a small rotating file only its owner can read, no secrets in it."""

from __future__ import annotations

import logging
import os
import time
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from cmconsole.engine.redaction import RedactingFormatter

_LINE = "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s"
_MOMENT = "%Y-%m-%dT%H:%M:%S"
_SIZE = 1_000_000
_KEPT = 2
_PRIVATE = 0o600

_CHATTY = (
    "httpx", "httpcore", "hpack", "urllib3", "requests_oauthlib", "oauthlib", "tweepy", "praw", "prawcore",
    "websockets", "uvicorn", "keyring", "aiosqlite", "asyncio",
)  # fmt: skip
"""Libraries whose lines hold full addresses, headers or posts, tokens in them included, or nothing of use."""


class _PrivateFile(RotatingFileHandler):
    """A rotating file that is never readable by others, not even for a moment."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(
            self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, _PRIVATE
        )
        os.fchmod(descriptor, _PRIVATE)
        return TextIOWrapper(os.fdopen(descriptor, "ab", buffering=0), encoding="utf-8", write_through=True)


def keep_journal(path: Path | None, level: int = logging.INFO) -> logging.Handler:
    """Log to `path` (its folder exists), or to standard error for None; times are UTC.

    Return the handler, to be closed at the end. Raises OSError where the file cannot be written.
    """
    handler: logging.Handler
    if path is None:
        handler = logging.StreamHandler()
    else:
        handler = _PrivateFile(path, maxBytes=_SIZE, backupCount=_KEPT, encoding="utf-8")
    formatter = RedactingFormatter(_LINE, _MOMENT)
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(level)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    return handler
