"""Fetches a feed over HTTP: only what is new, never too much, following moves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import httpx

from cmconsole.core.clock import Instant
from cmconsole.core.errors import N_, SourceError, SourceRefusedError
from cmconsole.platforms import http

FEED_LIMIT: Final = 5_000_000
"""Most bytes of a feed, unpacked."""

MOST_REDIRECTS: Final = 5

_MOVED_FOR_GOOD: Final = frozenset({301, 308})
_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_ACCEPTED: Final = (
    "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.5"
)


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to be asked with next time: "anything newer than this?"."""

    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A server's answer. document: None where nothing changed. address: where it was found in the end.

    moved_to: where the feed has moved for good, empty where it has not.
    """

    document: bytes | None
    headers: dict[str, str]
    validators: Validators
    address: str
    moved_to: str


class FeedClient:
    """Asks for one feed after another on an open HTTP client."""

    def __init__(self, client: httpx.AsyncClient, now: Callable[[], Instant]) -> None:
        self._client = client
        self._now = now

    async def fetch(self, address: str, validators: Validators) -> Fetched:
        """Return what is at an address; raises SourceError or SourceRefusedError."""
        here, moved_to = address, ""
        all_for_good = True
        for _ in range(MOST_REDIRECTS + 1):
            host = host_of(here)
            with http.in_words(host):
                async with (
                    asyncio.timeout(http.WHOLE),
                    self._client.stream("GET", here, headers=_questions(validators)) as response,
                ):
                    if response.status_code not in _MOVED:
                        return await self._read(response, validators, host, moved_to)
                    all_for_good = all_for_good and response.status_code in _MOVED_FOR_GOOD
                    here = _target(response, host)
            moved_to = here if all_for_good else moved_to
        raise SourceError(
            N_("{host} sends us round in circles."), advice=N_("Check the address."), host=host_of(address)
        )

    async def _read(self, response: httpx.Response, former: Validators, host: str, moved_to: str) -> Fetched:
        headers = {
            name: response.headers[name]
            for name in ("content-type", "content-language")
            if name in response.headers
        }
        address = str(response.url)
        if response.status_code == httpx.codes.NOT_MODIFIED:
            return Fetched(None, headers, former, address, moved_to)
        self._check(response, host)
        document = await http.body(response, FEED_LIMIT, host)
        validators = Validators(response.headers.get("etag", ""), response.headers.get("last-modified", ""))
        return Fetched(document, headers, validators, address, moved_to)

    def _check(self, response: httpx.Response, host: str) -> None:
        """Raise for every answer that is not a document."""
        status = response.status_code
        if response.is_success:
            return
        if status == httpx.codes.GONE:
            raise SourceRefusedError(
                N_("{host} says that this feed is gone for good."),
                advice=N_("Remove it, or find its new address."),
                host=host,
            )
        if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
            raise SourceRefusedError(
                N_("{host} does not let us read this feed ({status})."),
                advice=N_("Check its address and whether it needs a password."),
                host=host,
                status=status,
            )
        pause = http.pause_asked(response.headers, self._now())
        if status == httpx.codes.NOT_FOUND:
            raise SourceError(
                N_("{host} has no feed at this address (404)."),
                advice=N_("Check the address."),
                retry_after=pause,
                host=host,
            )
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise SourceError(
                N_("{host} asks us to come less often (429)."),
                advice=N_("A longer interval helps."),
                host=host,
                retry_after=pause,
            )
        raise SourceError(
            N_("{host} answers with an error ({status})."), retry_after=pause, host=host, status=status
        )


def host_of(address: str) -> str:
    """Return the host of an address, the only part of it that is shown: the rest may hold secrets."""
    try:
        return httpx.URL(address).host.removeprefix("www.")
    except httpx.InvalidURL:
        return ""


def _questions(validators: Validators) -> dict[str, str]:
    asked = {"If-None-Match": validators.etag, "If-Modified-Since": validators.modified}
    return {"Accept": _ACCEPTED, **{name: value for name, value in asked.items() if value}}


def _target(response: httpx.Response, host: str) -> str:
    """Return where a redirect leads; raises SourceError where it leads out of the web."""
    location = response.headers.get("location", "")
    target = response.url.join(location)
    if not location or target.scheme not in {"http", "https"} or not target.host:
        raise SourceError(N_("{host} redirects us to something that is not a web address."), host=host)
    return str(target)
