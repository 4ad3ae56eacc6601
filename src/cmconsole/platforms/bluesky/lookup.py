"""Single posts: are they still there, what do they say now, what is behind an address."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import unquote, urlsplit

from cmconsole.core.clock import Instant
from cmconsole.core.errors import N_, SourceRefusedError
from cmconsole.core.lookup import Found
from cmconsole.core.mention import Absence, Mention, Removed
from cmconsole.platforms.bluesky.client import BlueskyClient
from cmconsole.platforms.bluesky.details import MOST, Details
from cmconsole.platforms.bluesky.mapping import PLATFORM, POST, is_withheld, parts_of, post_mention
from cmconsole.platforms.bluesky.xrpc import Json, part, word

_HOSTS: Final = frozenset({"bsky.app", "www.bsky.app", "main.bsky.dev"})
_PATH_PARTS: Final = 4
_WHO = re.compile(r"(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{1,63}\Z|did:[a-z]+:[\w.:%-]+\Z", re.IGNORECASE | re.ASCII)


class BlueskyLookup:
    """Asks Bluesky for one of our accounts."""

    def __init__(self, client: BlueskyClient, now: Callable[[], Instant]) -> None:
        self._client = client
        self._details = Details(client, now)
        self._now = now

    @property
    def platform(self) -> str:
        return PLATFORM

    @property
    def most(self) -> int:
        return MOST

    async def posts(self, native_ids: Sequence[str]) -> Found:
        """Return what is known of posts.

        A post that is missing from the answer is gone, or its author blocks us: a second question tells.
        Bluesky does not say when a post was edited.
        """
        views = await self._details.views(uri for uri in native_ids if parts_of(uri) is not None)
        there = [view for view in views.values() if not is_withheld(view)]
        gone = [
            Removed(PLATFORM, word(view, "uri"), Absence.WITHHELD)
            for view in views.values()
            if is_withheld(view)
        ]
        missing = [uri for uri in native_ids if uri not in views]
        gone += [Removed(PLATFORM, uri) for uri in missing if await self._is_gone(uri)]
        mentions = [mention for mention in await self._mentions(there) if isinstance(mention, Mention)]
        return Found(tuple(mentions), tuple(gone))

    async def by_address(self, url: str) -> Mention | None:
        """Return the post behind `https://bsky.app/profile/HANDLE/post/KEY` or an `at://` address."""
        place = _place(url)
        if place is None:
            return None
        who, key = place
        did = who if who.startswith("did:") else await self._did(who)
        uri = f"at://{did}/{POST}/{key}"
        view = (await self._details.views([uri])).get(uri) if did else None
        if view is None or is_withheld(view):
            raise _gone()
        (mention,) = await self._mentions([view])
        return mention if isinstance(mention, Mention) else None

    async def _did(self, handle: str) -> str:
        answer = await self._client.ask_for("com.atproto.identity.resolveHandle", ("handle", handle))
        return word(answer, "did")

    async def _mentions(self, views: Sequence[Json]) -> list[Mention | str]:
        reach = await self._details.reach(word(part(view, "author"), "did") for view in views)
        return [
            post_mention(view, source="", now=self._now(), reach=reach.get(word(part(view, "author"), "did")))
            for view in views
        ]

    async def _is_gone(self, uri: str) -> bool:
        if parts_of(uri) is None:
            return False
        thread = await self._client.ask_for(
            "app.bsky.feed.getPostThread", ("uri", uri), ("depth", "0"), ("parentHeight", "0")
        )
        return thread is None or word(part(thread, "thread"), "$type").endswith("#notFoundPost")


def _place(url: str) -> tuple[str, str] | None:
    """Return the handle or DID and the record key an address names; None where it leads to no post."""
    record = parts_of(url)
    if record is not None:
        return (record[0], record[2]) if record[1] == POST else None
    try:
        address = urlsplit(url.strip())
        host = address.hostname
    except ValueError:
        return None
    names = [unquote(name) for name in address.path.strip("/").split("/")]
    if address.scheme not in {"http", "https"} or host not in _HOSTS or len(names) != _PATH_PARTS:
        return None
    section, who, kind, key = names
    who = who.removeprefix("@")
    is_post = section == "profile" and kind == "post" and parts_of(f"at://did:plc:x/{POST}/{key}") is not None
    return (who, key) if is_post and _WHO.match(who) else None


def _gone() -> SourceRefusedError:
    return SourceRefusedError(
        N_("This post is gone from Bluesky, or its author does not show it to us."),
        advice=N_("Open the link in a browser to see which."),
    )
