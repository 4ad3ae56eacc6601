"""Asks a Mastodon server, and translates its refusals into words."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.parse import quote

import httpx
import msgspec

from cmconsole.core.account import Identity
from cmconsole.core.clock import SECOND, Instant, Millis
from cmconsole.core.errors import N_, SourceError, SourceRefusedError
from cmconsole.core.fediverse import PER_URL
from cmconsole.core.limits import MASTODON
from cmconsole.platforms import http
from cmconsole.platforms.mastodon.mapping import Json, account_author, part, parts, word
from cmconsole.platforms.mastodon.place import BEGINNING

PAGE: Final = 40
"""Items asked for at once, what every version grants."""

ANSWER_LIMIT: Final = 5_000_000

TIMEOUT: Final = 20.0
"""Seconds a server may take for each step of an answer."""

SCARCE: Final = 100
"""With fewer requests left than this, what can wait is not asked: an instance grants 300 in five minutes."""

_LONGEST_TURN: Final = 1_800.0
"""Most seconds waited for a limit's end, whatever the clocks say: the longest of an instance's windows."""

ACCESS_ADVICE: Final = N_(
    "On the instance, under Preferences → Development, make an access token with the scopes read,"
    " write:statuses, write:favourites and write:reports, and give it to the console."
)

_ABSENT: Final = frozenset({httpx.codes.NOT_FOUND, httpx.codes.GONE})
_BAD_QUESTION: Final = frozenset(
    {httpx.codes.BAD_REQUEST, httpx.codes.NOT_FOUND, httpx.codes.UNPROCESSABLE_ENTITY}
)

Sleep: TypeAlias = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Instance:
    """What an instance says of itself. streaming: the base address of its live stream.

    most_characters: what a post may have, each address counting `per_url` of them.
    """

    domain: str
    streaming: str
    most_characters: int = MASTODON.most
    per_url: int = PER_URL


class MastodonClient:
    """Asks for one account on an open HTTP client, whose headers carry its token.

    sleep: how to wait for the end of a limit that is used up (`X-RateLimit-Remaining: 0`); without it such a
    question raises SourceError, which says for how long.
    """

    def __init__(
        self, client: httpx.AsyncClient, address: str, now: Callable[[], Instant], sleep: Sleep | None = None
    ) -> None:
        self.host = host_of(address)
        self._client = client
        self._address = address
        self._now = now
        self._sleep = sleep
        self._left: int | None = None
        self._free_at: Instant = 0
        self._instance: Instance | None = None
        self._own: Json | None = None
        self.skew: Millis = 0
        """How far the instance's clock is ahead of ours, where that is more than a little."""

    @property
    def is_scarce(self) -> bool:
        """Whether few questions are left before the limit."""
        return self._left is not None and self._left < SCARCE

    async def instance(self) -> Instance:
        """Return what the instance says of itself, by version 2 or 1 of the API; raises SourceError."""
        if self._instance is None:
            answer = await self._get("/api/v2/instance", none_on=_ABSENT)
            if not isinstance(answer, dict):
                answer = await self._get("/api/v1/instance", none_on=_ABSENT)
            self._instance = self._described(answer if isinstance(answer, dict) else {})
        return self._instance

    async def most_characters(self) -> int:
        """Return how many characters a post may have, as `fediverse.counted` counts; raises SourceError."""
        return (await self.instance()).most_characters

    async def own_account(self, *, is_needed: bool = True) -> Json:
        """Return the account the token belongs to; empty where it is not needed and we may not know."""
        if self._own is None:
            none_on = () if is_needed else (httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND)
            answer = await self._get("/api/v1/accounts/verify_credentials", none_on=none_on)
            self._own = answer if isinstance(answer, dict) else {}
        return self._own

    async def identity(self) -> Identity:
        """Return whom the instance takes us for. Raises SourceError, SourceRefusedError for a bad token."""
        account, instance = await self.own_account(), await self.instance()
        return Identity(
            handle=account_author(account, instance.domain).handle,
            native_id=word(account, "id"),
            name=word(account, "display_name") or word(account, "username"),
            most=instance.most_characters,
        )

    async def mentions(self, after: str) -> list[Json]:
        """Return the page of mentions right after one, or the newest page; raises SourceError."""
        return await self._page("/api/v1/notifications", {"types[]": "mention"}, after)

    async def tagged(self, tag: str, after: str) -> list[Json]:
        """Return the page of tagged posts right after one, or the newest page; raises SourceError."""
        return await self._page(f"/api/v1/timelines/tag/{quote(tag, safe='')}", {}, after)

    async def found(self, words: str, after: str, offset: int) -> list[Json]:
        """Return a page of the posts with certain words, the newest first; raises SourceError.

        A server without full-text search answers an empty list. `after` bounds it where the server knows how.
        """
        asked = {"q": words, "type": "statuses", "limit": str(PAGE), "offset": str(offset)}
        answer = await self._get("/api/v2/search", {**asked, **({"min_id": after} if after else {})})
        if not isinstance(answer, dict):
            raise self._nonsense()
        return parts(answer, "statuses")

    async def resolved(self, url: str) -> Json | None:
        """Return the post at an address anywhere, which the instance fetches if need be; None: none there."""
        asked = {"q": url, "type": "statuses", "resolve": "true", "limit": "1"}
        answer = await self._get("/api/v2/search", asked)
        found = parts(answer, "statuses") if isinstance(answer, dict) else []
        return found[0] if found else None

    async def status(self, native_id: str) -> Json | None:
        """Return a status, None where it is not to be seen; raises SourceError."""
        answer = await self._get(f"/api/v1/statuses/{quote(native_id, safe='')}", none_on=_ABSENT)
        return answer if isinstance(answer, dict) else None

    async def statuses_of(self, account: str, before: str) -> list[Json]:
        """Return the page of an account's posts before one, or its newest page; raises SourceError."""
        asked = {"limit": str(PAGE), "exclude_reblogs": "true", **({"max_id": before} if before else {})}
        answer = await self._get(f"/api/v1/accounts/{quote(account, safe='')}/statuses", asked)
        if not isinstance(answer, list):
            raise self._nonsense()
        return [item for item in answer if isinstance(item, dict)]

    def check(self, response: httpx.Response) -> None:
        """Raise for every answer that holds no data, and note what is left of the limit."""
        self._note(response)
        status, host = response.status_code, self.host
        if response.is_success:
            return
        if status in _REFUSALS:
            template, advice = _REFUSALS[status]
            raise SourceRefusedError(template, advice=advice, host=host)
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

    def _described(self, told: Json) -> Instance:
        """Read version 2 of an instance's words, or 1, of which every server has its own dialect."""
        configuration = part(told, "configuration")
        statuses = part(configuration, "statuses")
        streaming = word(part(configuration, "urls"), "streaming") or word(
            part(told, "urls"), "streaming_api"
        )
        domain = (word(told, "domain") or word(told, "uri")).removeprefix("https://").strip("/")
        return Instance(
            domain or self.host,
            _web_address(streaming, self._address),
            _count(statuses, "max_characters") or _count(told, "max_toot_chars") or MASTODON.most,
            _count(statuses, "characters_reserved_per_url") or PER_URL,
        )

    async def _page(self, path: str, query: dict[str, str], after: str) -> list[Json]:
        asked = {**query, "limit": str(PAGE), **({"min_id": after} if after else {})}
        # BEGINNING is no id of theirs, and some servers say so: to them it was the newest page all along.
        answer = await self._get(path, asked, none_on=_BAD_QUESTION if after == BEGINNING else ())
        if answer is None:
            answer = await self._get(path, {**query, "limit": str(PAGE)})
        if not isinstance(answer, list):
            raise self._nonsense()
        return [item if isinstance(item, dict) else {"item": item} for item in answer]

    async def _get(
        self, path: str, query: dict[str, str] | None = None, *, none_on: Collection[int] = ()
    ) -> Any:
        """Return an answer's JSON, None for the statuses named. Raises SourceError."""
        await self._turn()
        with http.in_words(self.host):
            async with (
                asyncio.timeout(http.WHOLE),
                self._client.stream("GET", self._address + path, params=query) as response,
            ):
                if response.status_code in none_on:
                    self._note(response)
                    return None
                self.check(response)
                answer = await http.body(response, ANSWER_LIMIT, self.host)
        try:
            return msgspec.json.decode(answer)
        except (ValueError, RecursionError) as error:
            raise self._nonsense() from error

    async def _turn(self) -> None:
        """Wait for the end of a limit that is used up."""
        pause = (self._free_at - self._now()) / SECOND
        if pause <= 0:
            return
        if self._sleep is None:
            raise SourceError(N_("{host} asks us to slow down (429)."), retry_after=pause, host=self.host)
        await self._sleep(min(pause, _LONGEST_TURN))
        self._left = None

    def _note(self, response: httpx.Response) -> None:
        """Note what is left of the limit: https://docs.joinmastodon.org/api/rate-limits/."""
        now = self._now()
        self.skew = http.server_now(response.headers, now) - now
        left = response.headers.get("x-ratelimit-remaining", "").strip()
        if not (left.isascii() and left.isdigit()):
            return
        self._left = int(left[:9])
        pause = http.pause_asked(response.headers, self._now()) if not self._left else None
        self._free_at = self._now() + round((pause or 0) * SECOND)

    def _nonsense(self) -> SourceError:
        return SourceError(N_("{host} answers with something that is not Mastodon's data."), host=self.host)


_REFUSALS: Final[dict[int, tuple[str, str]]] = {
    httpx.codes.UNAUTHORIZED: (N_("{host} does not accept the access token (401)."), ACCESS_ADVICE),
    httpx.codes.FORBIDDEN: (N_("{host} does not let this access token read (403)."), ACCESS_ADVICE),
    httpx.codes.GONE: (N_("{host} says that this account is gone (410)."), N_("Remove this source.")),
    # "This method requires an authenticated user": a token of the application, not of the account.
    httpx.codes.UNPROCESSABLE_ENTITY: (
        N_("{host} says that this access token speaks for nobody (422)."),
        ACCESS_ADVICE,
    ),
}


def host_of(address: str) -> str:
    """Return the host of an instance's address, with its port where it has one of its own."""
    try:
        return httpx.URL(address).netloc.decode("ascii", "replace")
    except httpx.InvalidURL:
        return ""


def opened(token: str, timeout: float) -> httpx.AsyncClient:
    """Return an HTTP client whose headers carry the token; raises SourceRefusedError where it is none.

    A library's complaint about a token that cannot be sent would hold it.
    """
    bare = token.strip()
    if not bare or not bare.isascii() or not bare.isprintable() or " " in bare:
        advice = N_("Copy it again from the instance, Preferences → Development.")
        raise SourceRefusedError(N_("The access token in the settings is not one."), advice=advice)
    return http.new_client(timeout, {"Authorization": f"Bearer {bare}"})


def _web_address(streaming: str, address: str) -> str:
    """Return a streaming address (`wss://…`) as a web address, else the instance's own.

    The token goes there, so never in the clear unless the instance itself is asked in the clear.
    """
    scheme, separator, rest = streaming.partition("://")
    if not separator or scheme not in {"ws", "wss", "http", "https"} or not rest:
        return address
    plain = scheme in {"ws", "http"} and address.startswith("http://")
    return f"{'http' if plain else 'https'}://{rest.rstrip('/')}"


def _count(item: Json, key: str) -> int:
    value = item.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
