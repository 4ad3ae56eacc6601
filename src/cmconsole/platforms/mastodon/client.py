"""Asks a Mastodon server, and translates its refusals into words."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import httpx
import msgspec

from cmconsole.core.clock import Instant
from cmconsole.core.errors import N_, SourceError, SourceRefusedError
from cmconsole.platforms import http
from cmconsole.platforms.mastodon.events import Event, EventParser, OverlongEventError
from cmconsole.platforms.mastodon.mapping import Json, word

PAGE: Final = 40
"""Items asked for at once, what every version grants."""

ANSWER_LIMIT: Final = 5_000_000

_ACCESS_ADVICE: Final = N_(
    "On the instance, under Preferences → Development, make an access token with the scopes"
    " read:notifications, read:statuses and read:accounts, and put it into the settings."
)


@dataclass(frozen=True, slots=True)
class Instance:
    """What an instance says of itself. streaming: the base address of its live stream."""

    domain: str
    streaming: str


class MastodonClient:
    """Speaks for one account on an open HTTP client, whose headers carry its token."""

    def __init__(self, client: httpx.AsyncClient, address: str, now: Callable[[], Instant]) -> None:
        self._client = client
        self._address = address
        self._host = host_of(address)
        self._now = now

    async def instance(self) -> Instance:
        """Return what the instance says of itself, by version 2 or 1 of the API; raises SourceError."""
        answer = await self._get("/api/v2/instance", absent=None)
        if isinstance(answer, dict):
            urls = _part(_part(answer, "configuration"), "urls")
            return self._described(word(answer, "domain"), word(urls, "streaming"))
        answer = await self._get("/api/v1/instance", absent={})
        older = answer if isinstance(answer, dict) else {}
        return self._described(word(older, "uri"), word(_part(older, "urls"), "streaming_api"))

    async def own_account(self) -> str:
        """Return the id of the account the token belongs to; raises SourceError."""
        answer = await self._get("/api/v1/accounts/verify_credentials")
        return word(answer, "id") if isinstance(answer, dict) else ""

    async def mentions(self, after: str) -> list[Json]:
        """Return the page of mentions right after one, or the newest page; raises SourceError."""
        return await self._page("/api/v1/notifications", {"types[]": "mention"}, after)

    async def tagged(self, tag: str, after: str) -> list[Json]:
        """Return the page of tagged posts right after one, or the newest page; raises SourceError."""
        return await self._page(f"/api/v1/timelines/tag/{quote(tag, safe='')}", {}, after)

    async def status(self, native_id: str) -> Json | None:
        """Return a status, None where it is not to be seen; raises SourceError."""
        answer = await self._get(f"/api/v1/statuses/{quote(native_id, safe='')}", absent=None)
        return answer if isinstance(answer, dict) else None

    async def live(self, streaming: str, silence: float) -> AsyncGenerator[list[Event]]:
        """Yield events as they come; an empty list once the stream is open and at each heartbeat.

        Ends, without raising, when there is no stream, when it breaks, and after `silence` seconds without a
        byte.
        """
        address = f"{streaming}/api/v1/streaming/user/notification"
        headers = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}
        timeout = httpx.Timeout(self._client.timeout.connect, read=silence)
        parser = EventParser()
        try:
            async with self._client.stream("GET", address, headers=headers, timeout=timeout) as response:
                kind = response.headers.get("content-type", "")
                if response.status_code != httpx.codes.OK or not kind.startswith("text/event-stream"):
                    return
                yield []
                async for piece in response.aiter_raw():
                    yield parser.feed(piece)
        except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OverlongEventError):
            return

    def _described(self, domain: str, streaming: str) -> Instance:
        domain = domain.removeprefix("https://").strip("/")
        return Instance(domain or self._host, _web_address(streaming, self._address))

    async def _page(self, path: str, query: dict[str, str], after: str) -> list[Json]:
        asked = {**query, "limit": str(PAGE), **({"min_id": after} if after else {})}
        answer = await self._get(path, asked)
        if not isinstance(answer, list):
            raise self._nonsense()
        return [item for item in answer if isinstance(item, dict)]

    async def _get(self, path: str, query: dict[str, str] | None = None, **absent: Any) -> Any:
        """Return an answer's JSON; `absent=…` is returned in place of a 404. Raises SourceError."""
        with http.in_words(self._host):
            async with self._client.stream("GET", self._address + path, params=query) as response:
                if response.status_code == httpx.codes.NOT_FOUND and "absent" in absent:
                    return absent["absent"]
                self._check(response)
                answer = await http.body(response, ANSWER_LIMIT, self._host)
        try:
            return msgspec.json.decode(answer)
        except (ValueError, RecursionError) as error:
            raise self._nonsense() from error

    def _nonsense(self) -> SourceError:
        return SourceError(N_("{host} answers with something that is not Mastodon's data."), host=self._host)

    def _check(self, response: httpx.Response) -> None:
        """Raise for every answer that holds no data."""
        status, host = response.status_code, self._host
        if response.is_success:
            return
        if status == httpx.codes.UNAUTHORIZED:
            raise SourceRefusedError(
                N_("{host} does not accept the access token (401)."), advice=_ACCESS_ADVICE, host=host
            )
        if status == httpx.codes.FORBIDDEN:
            raise SourceRefusedError(
                N_("{host} does not let this access token read (403)."), advice=_ACCESS_ADVICE, host=host
            )
        if status == httpx.codes.GONE:
            raise SourceRefusedError(
                N_("{host} says that this account is gone (410)."),
                advice=N_("Remove this source."),
                host=host,
            )
        pause = http.pause_asked(response.headers, self._now())
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise SourceError(N_("{host} asks us to slow down (429)."), retry_after=pause, host=host)
        if status == httpx.codes.NOT_FOUND or response.is_redirect:
            advice = N_("Check the instance's address, such as https://mastodon.social.")
            raise SourceError(
                N_("There is no Mastodon at {host} ({status})."),
                advice=advice,
                retry_after=pause,
                host=host,
                status=status,
            )
        raise SourceError(
            N_("{host} answers with an error ({status})."), retry_after=pause, host=host, status=status
        )


def host_of(address: str) -> str:
    """Return the host of an instance's address, with its port where it has one of its own."""
    try:
        return httpx.URL(address).netloc.decode("ascii", "replace")
    except httpx.InvalidURL:
        return ""


def _web_address(streaming: str, address: str) -> str:
    """Return a streaming address (`wss://…`) as one for server-sent events, else the instance's own.

    The token goes there, so never in the clear unless the instance itself is asked in the clear.
    """
    scheme, separator, rest = streaming.partition("://")
    if not separator or scheme not in {"ws", "wss", "http", "https"} or not rest:
        return address
    plain = scheme in {"ws", "http"} and address.startswith("http://")
    return f"{'http' if plain else 'https'}://{rest.rstrip('/')}"


def _part(item: Json, key: str) -> Json:
    value = item.get(key)
    return value if isinstance(value, dict) else {}
