"""Asks an instance about single posts: are they still there, what do they say, what is at an address."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

from cmconsole.core.clock import Instant
from cmconsole.core.errors import N_, SourceError, SourceRefusedError
from cmconsole.core.lookup import Found
from cmconsole.core.mention import Mention, Removed
from cmconsole.platforms.mastodon.client import TIMEOUT, MastodonClient, opened
from cmconsole.platforms.mastodon.mapping import PLATFORM, Json, status_mention, word
from cmconsole.platforms.mastodon.threads import Threads

MOST: Final = 20
"""Most posts asked for at once: each is a request, and an instance grants 300 in five minutes."""

_MOST_FAILURES: Final = 2

_ID: Final = r"(?=[A-Za-z]*\d)[0-9A-Za-z]{6,32}"

_PATHS: Final = re.compile(
    rf"""(?:/deck|/web)?(?:
        /@[^/\s]+(?:/(?:posts|statuses))?/(?P<shown>{_ID})                  # Mastodon, GoToSocial, Takahē
      | /(?:ap/)?users/[^/\s]+/statuses/(?P<stated>{_ID})                   # ActivityPub ids
      | /statuses/(?P<bare>{_ID})
      | /notice/[0-9A-Za-z]{{6,32}} | /objects/[0-9a-f-]{{36}}                 # Pleroma, Akkoma
      | /notes/[0-9a-z]{{10,32}}                                             # Misskey, Sharkey
      | /p/[^/\s]+/\d{{6,32}} | /(?:videos/watch|w)/[0-9A-Za-z-]{{22,36}}      # Pixelfed, PeerTube
    )/?""",
    re.VERBOSE,
)
"""Paths of posts on servers that federate; anything else would have the instance fetch the whole web."""


class MastodonLookup:
    """Asks for one account. address: the instance's. timeout: seconds a step may take.

    Raises SourceRefusedError where the token cannot be one.
    """

    def __init__(
        self, address: str, token: str, now: Callable[[], Instant], *, timeout: float = TIMEOUT
    ) -> None:
        self._http = opened(token, timeout)
        self._client = MastodonClient(self._http, address.rstrip("/"), now)
        self._threads = Threads(self._client)
        self._now = now

    @property
    def platform(self) -> str:
        return PLATFORM

    @property
    def most(self) -> int:
        return MOST

    async def posts(self, native_ids: Sequence[str]) -> Found:
        """Return what is known of at most `most` posts, asked for one by one. Raises SourceError.

        What is not to be seen (404) is gone: deleted, or not for us any more. Once the limit is near or the
        instance fails, the rest is left for the next time; it raises where nothing could be told.
        `thread` of those found is the post they answer, not the thread's first.
        """
        domain = (await self._client.instance()).domain
        mentions: list[Mention] = []
        removed: list[Removed] = []
        failures: list[SourceError] = []
        for native_id in native_ids[:MOST]:
            try:
                status = await self._client.status(native_id)
            except SourceRefusedError:
                raise
            except SourceError as error:
                failures.append(error)
                if error.retry_after is not None or len(failures) > _MOST_FAILURES:
                    break
                continue
            if status is None:
                removed.append(Removed(PLATFORM, native_id))
                continue
            outcome = self._mapped(status, domain, word(status, "in_reply_to_id"))
            if isinstance(outcome, Mention):
                mentions.append(outcome)
        if failures and not mentions and not removed:
            raise failures[0]
        return Found(tuple(mentions), tuple(removed))

    async def by_address(self, url: str) -> Mention | None:
        """Return the post a web address leads to, wherever it is: the instance fetches it if need be.

        None where it is no address of a post, or none the instance can fetch. Raises SourceError, and
        SourceRefusedError for a post of our own instance that is gone or not for us to see.
        """
        try:
            parts = urlsplit(url.strip())
        except ValueError:
            return None
        found = _PATHS.fullmatch(parts.path)
        if parts.scheme not in {"http", "https"} or found is None:
            return None
        instance = await self._client.instance()
        native_id = found["shown"] or found["stated"] or found["bare"] or ""
        at_home = parts.netloc.casefold() in {self._client.host.casefold(), instance.domain.casefold()}
        if at_home and native_id:
            status = await self._client.status(native_id)
            if status is None:
                raise SourceRefusedError(
                    N_("This post is gone from {host}, or is not for us to see."), host=self._client.host
                )
        else:
            status = await self._client.resolved(url.strip())
        if status is None:
            return None
        self._threads.begin_batch()
        outcome = self._mapped(status, instance.domain, await self._threads.root(status))
        return outcome if isinstance(outcome, Mention) else None

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def _mapped(self, status: Json, domain: str, thread: str) -> Mention | str:
        return status_mention(status, source="", domain=domain, thread=thread, now=self._now())
