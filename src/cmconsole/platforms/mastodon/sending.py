"""Sends an instance what changes something there: once, and with an honest word about what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx
import msgspec

from cmconsole.core.clock import Instant
from cmconsole.core.errors import (
    N_,
    NotPublishedError,
    PublishRefusedError,
    SourceError,
    SourceRefusedError,
    UnclearError,
)
from cmconsole.core.text import one_line
from cmconsole.platforms import http
from cmconsole.platforms.mastodon.client import ACCESS_ADVICE, ANSWER_LIMIT
from cmconsole.platforms.mastodon.mapping import Json, word

_UNSURE: Final = frozenset({408, 409, 425, 499})
"""Refusals that do not say that nothing was done: the server stopped waiting, or is still at it."""

_ERROR_LIMIT: Final = 100_000
_SAID: Final = 200


@contextmanager
def nothing_sent() -> Iterator[None]:
    """Tell a question that fails before anything is sent as what it is to a publisher."""
    try:
        yield
    except SourceRefusedError as error:
        raise PublishRefusedError(
            error.template, advice=error.advice, retry_after=error.retry_after, **error.facts
        ) from error
    except SourceError as error:
        raise NotPublishedError(
            error.template, advice=error.advice, retry_after=error.retry_after, **error.facts
        ) from error


class Sender:
    """Sends on an open HTTP client, which repeats nothing by itself."""

    def __init__(
        self, client: httpx.AsyncClient, address: str, host: str, now: Callable[[], Instant]
    ) -> None:
        self._client = client
        self._address = address
        self._host = host
        self._now = now

    async def send(
        self,
        method: str,
        path: str,
        told: dict[str, Any] | None = None,
        *,
        key: str = "",
        none_on: Collection[int] = (),
    ) -> Json | None:
        """Send once; return the answer's JSON, None for the statuses named.

        key: as `Idempotency-Key`. Raises NotPublishedError, PublishRefusedError, UnclearError.
        """
        headers = {"Idempotency-Key": key} if key else {}
        with http.sending(self._host):
            async with (
                asyncio.timeout(http.WHOLE),
                self._client.stream(method, self._address + path, json=told, headers=headers) as response,
            ):
                if response.status_code in none_on:
                    return None
                if not response.is_success:
                    raise await self._refusal(response)
                try:
                    answer = _decoded(await http.body(response, ANSWER_LIMIT, self._host))
                except SourceError as error:
                    raise self._unreadable() from error
        if answer is None:
            raise self._unreadable()
        return answer

    async def _refusal(self, response: httpx.Response) -> Exception:
        status, host = response.status_code, self._host
        if status == httpx.codes.TOO_MANY_REQUESTS:
            pause = http.pause_asked(response.headers, self._now())
            return NotPublishedError(N_("{host} asks us to slow down (429)."), retry_after=pause, host=host)
        if response.is_server_error or status in _UNSURE:
            return UnclearError(
                N_("{host} answers with an error ({status}): whether it did what was asked is not known."),
                host=host,
                status=status,
            )
        if response.is_redirect:
            advice = N_("Check the instance's address, such as https://mastodon.social.")
            return PublishRefusedError(
                N_("There is no Mastodon at {host} ({status})."), advice=advice, host=host, status=status
            )
        advice = ACCESS_ADVICE if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN} else ""
        said = await self._said(response)
        if said:
            return PublishRefusedError(
                N_("{host} refuses ({status}): {said}"), advice=advice, host=host, status=status, said=said
            )
        return PublishRefusedError(N_("{host} refuses ({status})."), advice=advice, host=host, status=status)

    async def _said(self, response: httpx.Response) -> str:
        """Return the server's own words for a refusal, which say more than its number; empty without."""
        try:
            answer = _decoded(await http.body(response, _ERROR_LIMIT, self._host))
        except (SourceError, httpx.HTTPError, httpx.StreamError):
            return ""
        return one_line(word(answer or {}, "error"), _SAID)

    def _unreadable(self) -> UnclearError:
        return UnclearError(
            N_("{host} accepted it with an answer that cannot be read: whether it was done is not known."),
            host=self._host,
        )


def _decoded(data: bytes) -> Json | None:
    try:
        answer = msgspec.json.decode(data)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None
