"""How long a post may be on each platform, in the platform's own unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limit:
    """most: characters as the platform counts them; most_bytes: of UTF-8; 0: no limit."""

    most: int = 0
    most_bytes: int = 0


X: Final = Limit(280)
"""Weighted (`core.weighted`): https://docs.x.com/fundamentals/counting-characters"""

BLUESKY: Final = Limit(300, 3_000)
"""Graphemes: https://github.com/bluesky-social/atproto/blob/main/lexicons/app/bsky/feed/post.json"""

MASTODON: Final = Limit(500)
"""Where the instance says nothing else: https://docs.joinmastodon.org/user/posting/"""

REDDIT: Final = Limit(10_000)
"""Code points of a comment (https://support.reddithelp.com); many communities ask for less."""

LIMITS: Final[Mapping[str, Limit]] = {"x": X, "bluesky": BLUESKY, "mastodon": MASTODON, "reddit": REDDIT}
"""By the platform's word; any other has none."""
