"""Asks Algolia's copy of Hacker News: what has certain words, and single items."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.parse import quote

import httpx
import msgspec

from cmconsole.core.clock import HOUR, SECOND, Instant
from cmconsole.core.errors import N_, SourceError, SourceRefusedError
from cmconsole.platforms import http

SERVER: Final = "https://hn.algolia.com"

PAGE: Final = 1_000
"""Most hits of one question, and of a search in all, however it is paged (Algolia's paginationLimitedTo)."""

MOST_AN_HOUR: Final = 9_000
"""Questions we ask in an hour; an address that asks more than 10,000 is shut out (https://hn.algolia.com/api)."""

TIMEOUT: Final = 20.0
"""Seconds a server may take for each step of an answer."""

ANSWER_LIMIT: Final = 20_000_000
"""A thousand hits of long comments, each given twice, with marks and without."""

Json: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found, the newest first. is_whole: there is no more of it."""

    hits: list[Json]
    is_whole: bool


class HackerNewsClient:
    """Asks on an open HTTP client. No token is needed, and none could write."""

    def __init__(self, client: httpx.AsyncClient, address: str, now: Callable[[], Instant]) -> None:
        self._client = client
        self._address = address.rstrip("/")
        self._host = httpx.URL(address).netloc.decode("ascii", "replace")
        self._now = now
        self._asked: deque[Instant] = deque()

    async def search(
        self, words: str, after: int | None = None, until: int | None = None, size: int = PAGE
    ) -> Hits:
        """Return stories and comments with these words, written in (after, until], in seconds since 1970.

        Raises SourceError.
        """
        bounds = [f"created_at_i{sign}{at}" for sign, at in ((">", after), ("<=", until)) if at is not None]
        query = {
            "query": words,
            "tags": "(story,comment,poll)",
            "hitsPerPage": str(size),
            "typoTolerance": "false",
            "advancedSyntax": "true",
            **({"numericFilters": ",".join(bounds)} if bounds else {}),
        }
        answer = await self._get("/api/v1/search_by_date", query)
        found = answer.get("hits") if isinstance(answer, dict) else None
        if not isinstance(found, list):
            raise self._nonsense()
        hits: list[Json] = [hit if isinstance(hit, dict) else {"item": hit} for hit in found]
        number = answer.get("nbHits")
        return Hits(hits, len(hits) < size if not isinstance(number, int) else number <= len(hits))

    async def item(self, native_id: str) -> Json | None:
        """Return an item, None where there is none (any more). Raises SourceError."""
        answer = await self._get(f"/api/v1/items/{quote(native_id, safe='')}", {})
        return answer if isinstance(answer, dict) else None

    async def _get(self, path: str, query: dict[str, str]) -> Any:
        """Return an answer's JSON, None for a 404."""
        self._count()
        with http.in_words(self._host):
            async with (
                asyncio.timeout(http.WHOLE),
                self._client.stream("GET", self._address + path, params=query) as response,
            ):
                if response.status_code == httpx.codes.NOT_FOUND:
                    return None
                self._check(response)
                answer = await http.body(response, ANSWER_LIMIT, self._host)
        try:
            return msgspec.json.decode(answer)
        except (ValueError, RecursionError) as error:
            raise self._nonsense() from error

    def _count(self) -> None:
        now = self._now()
        while self._asked and not now - HOUR < self._asked[0] <= now:
            self._asked.popleft()
        if len(self._asked) >= MOST_AN_HOUR:
            raise SourceError(
                N_("{host} has been asked {count} times this hour: it would shut us out."),
                advice=N_("A longer interval helps."),
                retry_after=(self._asked[0] + HOUR - now) / SECOND,
                host=self._host,
                count=len(self._asked),
            )
        self._asked.append(now)

    def _check(self, response: httpx.Response) -> None:
        status, host = response.status_code, self._host
        if response.is_success:
            return
        pause = http.pause_asked(response.headers, self._now())
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise SourceError(N_("{host} asks us to slow down (429)."), retry_after=pause, host=host)
        if status == httpx.codes.BAD_REQUEST:
            raise SourceRefusedError(
                N_("{host} does not understand the search (400)."),
                advice=N_("Check the words this source looks for."),
                host=host,
            )
        raise SourceError(
            N_("{host} answers with an error ({status})."), retry_after=pause, host=host, status=status
        )

    def _nonsense(self) -> SourceError:
        return SourceError(
            N_("{host} answers with something that is not Hacker News' data."), host=self._host
        )
