"""Asks X about single posts: are they still there, what do they say now, what is behind an address."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from cmconsole.core.account import Identity
from cmconsole.core.clock import Instant
from cmconsole.core.errors import N_, SourceRefusedError
from cmconsole.core.lookup import Found
from cmconsole.core.mention import Mention, Removed
from cmconsole.platforms.x import snowflakes
from cmconsole.platforms.x.answers import Answer, word, words
from cmconsole.platforms.x.client import PAGE, XClient
from cmconsole.platforms.x.mapping import PLATFORM, gone, post_mention

_ADDRESS = re.compile(
    r"https?://(?:(?:www|mobile|m)\.)?(?:x|twitter)\.com(?::443)?"
    r"/(?:i/(?:web/)?|\w{1,20}/)status(?:es)?/(?P<id>\d{1,19})(?:[/?#].*)?\Z",
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
_MOST_ADDRESS: Final = 2_000


class XLookup:
    """Asks for one account; every post it is given costs what reading one costs."""

    def __init__(self, client: XClient, now: Callable[[], Instant]) -> None:
        self._client = client
        self._now = now

    @property
    def platform(self) -> str:
        return PLATFORM

    @property
    def most(self) -> int:
        return PAGE

    async def posts(self, native_ids: Sequence[str]) -> Found:
        """Return what is known of at most `most` posts. Raises SourceError."""
        asked = list(dict.fromkeys(native_id for native_id in native_ids if snowflakes.number(native_id)))
        if not asked:
            return Found()
        us = await self._client.me()
        answer = await self._client.posts(asked[:PAGE])
        mentions: dict[str, Mention] = {}
        removed = {item.native_id: item for item in gone(answer) if item.native_id in asked}
        for outcome in self._outcomes(answer, us) + await self._newest(answer, us):
            if isinstance(outcome, Mention):
                mentions[outcome.native_id] = outcome
            else:
                removed[outcome.native_id] = outcome
        return Found(tuple(mentions.values()), tuple(removed.values()))

    async def by_address(self, url: str) -> Mention | None:
        """Return the post a web address leads to; None where it is no address of a post on X."""
        match = _ADDRESS.match(url.strip()) if len(url) <= _MOST_ADDRESS else None
        if match is None:
            return None
        found = await self.posts([match["id"]])
        if not found.mentions:
            raise SourceRefusedError(
                N_("This post is gone, or not for us to see."),
                advice=N_("Open the address in a browser to check it."),
            )
        return found.mentions[0]

    async def _newest(self, answer: Answer, us: Identity) -> list[Mention | Removed]:
        """Ask again for the posts of which an older version was given: each version has an id of its own."""
        latest = [
            versions[-1]
            for post in answer.posts
            if isinstance(post, dict)
            and (versions := words(post, "edit_history_tweet_ids"))
            and versions[-1] != word(post, "id")
        ]
        return self._outcomes(await self._client.posts(latest), us) if latest else []

    def _outcomes(self, answer: Answer, us: Identity) -> list[Mention | Removed]:
        outcomes = [post_mention(post, answer, us=us, source="", now=self._now()) for post in answer.posts]
        return [outcome for outcome in outcomes if not isinstance(outcome, str)]
