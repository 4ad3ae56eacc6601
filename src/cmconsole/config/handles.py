"""Handles as people write them, compared with handles as platforms tell them."""

from __future__ import annotations

import re
from typing import Final

from cmconsole.core.text import fold

_DECORATION: Final = re.compile(r"(?:https?://[^/]+/(?:@|u/|user/|profile/)?|/?u/)?@?", re.IGNORECASE)
"""What may stand before a handle: `@`, Reddit's `u/`, the address of a profile."""


def bare(handle: str) -> str:
    """Return a handle without what people put before it: `@acme`, `u/acme` and `/u/acme` are `acme`."""
    handle = handle.strip().rstrip("/")
    return handle[_match_end(handle) :]


def same(told: str, seen: str) -> bool:
    """Say whether the handle of the settings is the one a platform told.

    No platform knows case in handles. A Mastodon handle without its server is that of the account's own.
    """
    one, other = fold(bare(told)), fold(bare(seen))
    if not one or not other:
        return False
    if ("@" in one) == ("@" in other):
        return one == other
    return one.partition("@")[0] == other.partition("@")[0]


def server_of(handle: str) -> str:
    """Return the address of the server in a Mastodon handle (`@acme@piaille.fr`), or an empty string."""
    _name, at, host = bare(handle).partition("@")
    return f"https://{host}" if at and host else ""


def _match_end(handle: str) -> int:
    found = _DECORATION.match(handle)
    return found.end() if found else 0
