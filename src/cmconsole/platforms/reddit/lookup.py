"""Single posts and comments on Reddit: still there, what they say now, and what is behind an address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from cmconsole.core.clock import Instant
from cmconsole.core.errors import N_, SourceError, SourceRefusedError
from cmconsole.core.lookup import Found
from cmconsole.core.mention import Mention, Removed
from cmconsole.platforms.reddit.address import share_path, thing_at
from cmconsole.platforms.reddit.client import RedditClient
from cmconsole.platforms.reddit.mapping import PLATFORM, thing_mention

MOST: Final = 100
"""Most fullnames one question may name: https://www.reddit.com/dev/api#GET_api_info."""


class RedditLookup:
    """Asks Reddit about single things, for one account.

    What its author deleted is still answered, as `[deleted]`, and what was taken down as `[removed]`: both
    are told as removed. A name that is not in the answer at all may stand in a community that is private or
    banned now, or never was: nothing is told about it.
    """

    def __init__(self, client: RedditClient, now: Callable[[], Instant]) -> None:
        self._client = client
        self._now = now

    @property
    def platform(self) -> str:
        return PLATFORM

    @property
    def most(self) -> int:
        return MOST

    async def posts(self, native_ids: Sequence[str]) -> Found:
        """Return what is known of at most `most` posts. Raises SourceError."""
        names = [name for name in native_ids if name.startswith(("t1_", "t3_"))]
        if not names:
            return Found()
        answer = await self._client.get("api/info", {"id": ",".join(names[:MOST])})
        data = answer.get("data") if isinstance(answer, dict) else None
        things = data.get("children") if isinstance(data, dict) else None
        if not isinstance(things, list):
            raise SourceError(N_("Reddit answers with something that is not its data."))
        outcomes: list[Any] = [thing_mention(thing, source="") for thing in things]
        return Found(
            tuple(outcome for outcome in outcomes if isinstance(outcome, Mention)),
            tuple(outcome for outcome in outcomes if isinstance(outcome, Removed)),
        )

    async def by_address(self, url: str) -> Mention | None:
        """Return the post an address leads to; None where it is no address of a post on Reddit.

        A share link (`/s/…`) leads there by one redirect, which is asked for. Raises SourceError,
        SourceRefusedError for what is gone or not for us to see.
        """
        name = thing_at(url)
        if not name and (path := share_path(url)):
            name = thing_at(await self._client.moved(path))
        if not name:
            return None
        found = await self.posts([name])
        if found.mentions:
            return found.mentions[0]
        if found.removed:
            raise SourceRefusedError(
                N_("The post was deleted on Reddit."), advice=N_("There is nothing left to answer.")
            )
        raise SourceRefusedError(
            N_("Reddit shows the account no such post."),
            advice=N_("It may be in a private community, or the address is not whole."),
        )

    async def aclose(self) -> None:
        """Close the connections of the client it was given."""
        await self._client.aclose()
