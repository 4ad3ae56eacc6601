"""What Mastodon and its family make of a text: whom it mentions, and how many characters it counts."""

from __future__ import annotations

import re
from typing import Final

from cmconsole.core.autolinks import MASTODON, places
from cmconsole.core.graphemes import graphemes

PER_URL: Final = 23
"""Characters an address counts, however long it is (`configuration.statuses.characters_reserved_per_url`)."""

MENTION: Final = re.compile(
    r"(?<![=/\w])@(?P<user>[a-zA-Z0-9_]+(?:[.-]+[a-zA-Z0-9_]+)*)(?:@(?P<server>\w+(?:[.-]+\w+)*(?::\d+)?))?"
)
"""A mention in a text, as app/models/account.rb of Mastodon finds it (MENTION_RE)."""


def as_published(text: str, handle: str, domain: str = "") -> str:
    """Return a reply's text as it is published: with "@handle " before it where it does not mention them.

    Nobody is notified on Mastodon whom the text does not mention, whatever it answers. handle: in full
    (`ada@piaille.fr`). domain: our instance's; its own people may be mentioned without it (`@ada`).
    """
    user, _, server = handle.partition("@")
    wanted = {handle.casefold()} | ({user.casefold()} if server.casefold() == domain.casefold() else set())
    if any(found.group()[1:].casefold() in wanted for found in MENTION.finditer(text)):
        return text
    return f"@{handle} {text}"


def in_short(text: str) -> str:
    """Return a text with its mentions as they are shown and counted: without their server."""
    return MENTION.sub(lambda found: f"@{found['user']}", text) if "@" in text else text


def counted(text: str, per_url: int = PER_URL) -> int:
    """Return how many characters a text counts: graphemes, each address `per_url`, mentions without server.

    https://github.com/mastodon/mastodon/blob/main/app/validators/status_length_validator.rb
    A server of the family that counts otherwise (code points, or addresses in full) counts more, and refuses
    in its own words.
    """
    pieces, at = [], 0
    for start, end in places(text, MASTODON):
        # A mark that begins no mention and that none goes on with.
        pieces += [text[at:start], "/" * per_url]
        at = end
    return graphemes(in_short("".join([*pieces, text[at:]])))
