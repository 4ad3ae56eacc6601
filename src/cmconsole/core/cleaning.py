"""The first line of defence: every mention passes here once, at intake, whatever platform it came from."""

from __future__ import annotations

from functools import lru_cache

from cmconsole.core.mention import Author, Mention, Removed
from cmconsole.core.text import body, link, one_line

_BIO_LIMIT = 500
_ID_LIMIT = 512
_PLATFORMS = 64
"""Names of platforms remembered: a few there are, told twice by every mention."""


def cleaned(mention: Mention) -> Mention:
    """Return the mention with every text safe to store and to show, and clipped to its limit."""
    return Mention(
        platform=_platform(mention.platform),
        native_id=one_line(mention.native_id, _ID_LIMIT),
        author=_cleaned_author(mention.author),
        text=body(mention.text),
        created_at=mention.created_at,
        source=mention.source,
        url=mention.url and link(mention.url),
        thread=mention.thread and one_line(mention.thread, _ID_LIMIT),
        in_reply_to=mention.in_reply_to and one_line(mention.in_reply_to, _ID_LIMIT),
        language=mention.language and one_line(mention.language),
        edited_at=mention.edited_at,
        can_reply=mention.can_reply,
    )


def cleaned_removed(removed: Removed) -> Removed:
    """Return it with the identity that `cleaned` gives to the mention it speaks of."""
    return Removed(_platform(removed.platform), one_line(removed.native_id, _ID_LIMIT), removed.why)


@lru_cache(_PLATFORMS)
def _platform(name: str) -> str:
    return one_line(name).lower()


def _cleaned_author(author: Author) -> Author:
    return Author(
        platform=_platform(author.platform),
        handle=one_line(author.handle).removeprefix("@"),
        name=one_line(author.name),
        reach=author.reach,
        verified=author.verified,
        bio=author.bio and one_line(author.bio, _BIO_LIMIT),
        url=author.url and link(author.url),
    )
