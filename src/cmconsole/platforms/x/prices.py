"""What X charges, in micro-dollars, and when the month that a cap counts is over.

The list is https://docs.x.com/x-api/getting-started/pricing ("Credit consumption details"), checked in
November 2026. X charges per resource in an answer and per request that changes something; an answer without
data is free, and so is a post paid for already on the same UTC day; we count every post of every answer.
Whether users and posts that come along with those asked for are charged is not said there: we do not count
them. The Developer Console has the last word.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from cmconsole.core.clock import SECOND, Instant

POST_READ: Final = 5_000
"""Posts: Read, $0.005 a post."""

USER_READ: Final = 10_000
"""User: Read, $0.010 a user: asking who we are."""

CREATE: Final = 15_000
"""Content: Create, $0.015 a post."""

CREATE_WITH_URL: Final = 200_000
"""Content: Create (with URL), $0.200 a post."""

DELETE: Final = 10_000
"""Interaction: Delete, $0.010 a request."""

HIDE: Final = 5_000
"""Content: Manage, $0.005 a request."""

LIKE: Final = 15_000
"""User Interaction: Create, $0.015 a request."""

_ADDRESS = re.compile(
    r"https?://\S|\bwww\.\w|\b[\w-]+\.(?:com|org|net|info|io|co|app|dev|eu|fr|be|ch|ca|de|uk|es|it|shop|store"
    r"|tv|me|ly|gl|gov|edu|paris|bzh|ai|gg|xyz|link|news|online|site)\b",
    re.IGNORECASE,
)


def price_of(text: str) -> int:
    """Return what publishing `text` costs; X makes a link of `example.org` as well as of a whole address."""
    return CREATE_WITH_URL if _ADDRESS.search(text) else CREATE


def until_next_month(now: Instant) -> float:
    """Return the seconds until the next month begins (UTC), when a cap counts from nothing again."""
    moment = datetime.fromtimestamp(now / SECOND, UTC)
    following = (moment.replace(day=1) + timedelta(days=32)).replace(day=1)
    turn = following.replace(hour=0, minute=0, second=0, microsecond=0)
    return (turn - moment).total_seconds()
