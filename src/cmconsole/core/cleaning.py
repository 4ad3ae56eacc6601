"""The first line of defence: every mention passes here once, at intake, whatever platform it came from."""

from __future__ import annotations

from cmconsole.core.mention import Author, Mention
from cmconsole.core.text import NAME_LIMIT, body, link, one_line

_BIO_LIMIT = 500
_ID_LIMIT = 512


def cleaned(mention: Mention) -> Mention:
    """Return the mention with every text safe to store and to show, and clipped to its limit."""
    author = mention.author
    return Mention(
        platform=one_line(mention.platform, NAME_LIMIT).lower(),
        native_id=one_line(mention.native_id, _ID_LIMIT),
        author=Author(
            platform=one_line(author.platform, NAME_LIMIT).lower(),
            handle=one_line(author.handle).removeprefix("@"),
            name=one_line(author.name),
            reach=author.reach,
            verified=author.verified,
            bio=one_line(author.bio, _BIO_LIMIT),
            url=link(author.url),
        ),
        text=body(mention.text),
        created_at=mention.created_at,
        source=mention.source,
        url=link(mention.url),
        thread=one_line(mention.thread, _ID_LIMIT),
        in_reply_to=one_line(mention.in_reply_to, _ID_LIMIT),
        language=one_line(mention.language, NAME_LIMIT),
    )
