"""How rows and headers write platforms, authors, colleagues and counted kinds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from cmconsole.config.language import N_, _, ngettext
from cmconsole.core.mention import Author
from cmconsole.core.verdict import Kind
from cmconsole.tui.present.line import steady

_LETTERS: Final[Mapping[str, str]] = {"hackernews": "H", "feeds": "F", "feed": "F", "ndjson": "N"}
_NETWORKS: Final[Mapping[str, str]] = {
    "x": "X", "reddit": "Reddit", "mastodon": "Mastodon", "bluesky": "Bluesky", "feeds":
    N_("feeds"), "feed": N_("feeds"),
    "hackernews": "Hacker News", "ndjson": "NDJSON", "facebook": "Facebook", "instagram": "Instagram",
    "webhook": N_("webhook"),
}  # fmt: skip
_PREFIXES: Final[Mapping[str, str]] = {"x": "@", "mastodon": "@", "reddit": "u/"}


def kind_count(kind: Kind, number: int) -> str:
    """Return how many of a kind: `7 questions`."""
    words = {
        Kind.COMPLAINT: ngettext("{n} complaint", "{n} complaints", number),
        Kind.QUESTION: ngettext("{n} question", "{n} questions", number),
        Kind.PRAISE: ngettext("{n} praise", "{n} praise", number),
        Kind.NEUTRAL: ngettext("{n} neutral", "{n} neutral", number),
        Kind.SPAM: ngettext("{n} spam", "{n} spam", number),
    }
    return words[kind].format(n=number)


def platform_letter(platform: str) -> str:
    """Return the one letter that stands for a platform in a row."""
    return _LETTERS.get(platform) or platform[:1].upper() or "?"


def network(platform: str) -> str:
    """Return a platform's name as its people write it."""
    return _(_NETWORKS.get(platform, platform))


def author_name(author: Author) -> str:
    """Return the handle as its platform writes it: `@ada`, `u/marc_d`, `blog.lerat.fr`."""
    return _PREFIXES.get(author.platform, "") + steady(author.handle)


def account_name(handle: str) -> str:
    """Return our own handle as its platform writes it: `@acme`, `@acme@piaille.fr`, `u/acme`."""
    bare = steady(handle.removeprefix("@"))
    return bare if bare.startswith("u/") else f"@{bare}"


def initials(person: str) -> str:
    """Return two capitals for a person: AL for Alice, JP for Jean-Paul, AM for Alice Martin."""
    parts = [part for part in re.split(r"[\s._-]+", person) if part]
    if not parts:
        return ""
    pair = parts[0][0] + parts[-1][0] if len(parts) > 1 else parts[0][:2]
    return steady(pair.upper())[:2]
