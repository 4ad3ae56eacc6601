"""Web addresses of Reddit's posts and comments, in the many forms people copy them."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

_THREAD = re.compile(
    r"/(?:(?:r|u|user)/[^/]{1,40}/)?(?:comments|gallery)/([0-9a-z]{1,13})"
    r"(?:/[^/]*(?:/([0-9a-z]{1,13}))?)?/?(?:\.json)?\Z",
    re.IGNORECASE,
)
_SHORT = re.compile(r"/([0-9a-z]{1,13})/?\Z", re.IGNORECASE)
_SHARED = re.compile(r"/((?:r|u|user)/[A-Za-z0-9_-]{2,40}/s/[A-Za-z0-9]{1,40})/?\Z")
_SITE: Final = "reddit.com"
_SHORTENER: Final = frozenset({"redd.it", "www.redd.it"})
"""Not its subdomains: i.redd.it and v.redd.it hold pictures, which lead to no post."""


def thing_at(url: str) -> str:
    """Return the fullname an address leads to, empty where it leads to no post or comment, or by a detour."""
    host, path = _split(url)
    if host in _SHORTENER:
        found = _SHORT.match(path)
        return f"t3_{found[1].lower()}" if found else ""
    found = _THREAD.match(path) if _is_site(host) else None
    if found is None:
        return ""
    return f"t1_{found[2].lower()}" if found[2] else f"t3_{found[1].lower()}"


def share_path(url: str) -> str:
    """Return the path of a link made by the "Share" button (`r/acme/s/nGnQE1QkLC`), empty for others."""
    host, path = _split(url)
    found = _SHARED.match(path) if _is_site(host) else None
    return found[1] if found else ""


def _is_site(host: str) -> bool:
    """Say whether a host is Reddit's: www, old, new, np, m, sh, and one for each language (fr.reddit.com)."""
    return host == _SITE or host.endswith(f".{_SITE}")


def _split(url: str) -> tuple[str, str]:
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError:
        return "", ""
    return (host.lower(), parts.path) if parts.scheme.lower() in {"http", "https"} else ("", "")
