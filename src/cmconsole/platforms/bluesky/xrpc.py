"""XRPC on the wire: one request, one answer, the wait it asks for; repeats nothing, knows no session."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Final, TypeAlias

import httpx
import msgspec

from cmconsole.core.clock import SECOND, Instant
from cmconsole.core.errors import N_, SourceError, SourceRefusedError
from cmconsole.platforms import http

Json: TypeAlias = Mapping[str, Any]
Params: TypeAlias = Sequence[tuple[str, str]]

ANSWER_LIMIT: Final = 5_000_000

_TOKEN_WORDS: Final = frozenset({"ExpiredToken", "InvalidToken", "AuthMissing"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. content: its JSON object, None where it sent none.

    error: the XRPC word for what went wrong (`ExpiredToken`), empty where it gave none.
    pause: seconds it asks to be left alone for, or None.
    """

    status: int
    content: Json | None
    error: str = ""
    message: str = ""
    pause: float | None = None

    @property
    def is_fine(self) -> bool:
        """Say whether it is a success that can be read."""
        return httpx.codes.is_success(self.status) and self.content is not None

    @property
    def refuses_token(self) -> bool:
        """Say whether the session is what it objects to: Bluesky's own servers say so with a 400."""
        bad_request = self.status == httpx.codes.BAD_REQUEST and self.error in _TOKEN_WORDS
        return bad_request or self.status == httpx.codes.UNAUTHORIZED


class Wire:
    """Asks servers that speak XRPC.

    https://atproto.com/specs/xrpc
    """

    def __init__(self, now: Callable[[], Instant], timeout: float) -> None:
        self._client = http.new_client(timeout, {"Accept": "application/json"})
        self._now = now
        self._closed_until: dict[str, Instant] = {}

    async def ask(
        self,
        method: str,
        server: str,
        name: str,
        *,
        token: str = "",
        params: Params = (),
        body: Json | None = None,
    ) -> Answer:
        """Return the answer, whatever its status.

        Raises what httpx raises, and SourceError: before anything is sent where the last answer said that
        nothing is left of the limit, after it where the answer is too long or damaged.
        """
        host = host_of(server)
        # Reading has one limit for everything; each kind of writing, and whoever says 429, may have its own.
        limited = name if method == "POST" else method
        left = max(self._closed_until.get(key, 0) for key in (name, limited)) - self._now()
        if left > 0:
            raise slow_down(host, left / SECOND)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with self._client.stream(
            method, f"{server}/xrpc/{name}", params=list(params), headers=headers, json=body
        ) as response:
            raw = await http.body(response, ANSWER_LIMIT, host)
        content = _decoded(raw)
        pause = self._pause(response.headers)
        if pause is not None and response.headers.get("ratelimit-remaining", "").strip() == "0":
            refused = response.status_code == httpx.codes.TOO_MANY_REQUESTS
            self._closed_until[name if refused else limited] = self._now() + int(pause * SECOND)
        return Answer(response.status_code, content, word(content, "error"), word(content, "message"), pause)

    async def aclose(self) -> None:
        await self._client.aclose()

    def _pause(self, headers: httpx.Headers) -> float | None:
        """Return the seconds until the limit begins anew, else what `Retry-After` says.

        `ratelimit-reset` is in seconds since 1970 by the server's clock: it is compared with the server's own
        `Date`, for ours may be a day off. https://docs.bsky.app/docs/advanced-guides/rate-limits
        """
        reset = headers.get("ratelimit-reset", "").strip()
        if not (reset.isascii() and reset.isdigit()):
            return http.pause_asked(headers, self._now())
        try:
            there = parsedate_to_datetime(headers.get("date", "")).timestamp()
        except (ValueError, TypeError, IndexError):
            there = self._now() / SECOND
        return min(max(float(reset[:12]) - there, 1.0), http.MOST_PAUSE)


def word(item: Json | None, key: str) -> str:
    """Return a text of a JSON object, empty where there is none."""
    value = item.get(key) if isinstance(item, Mapping) else None
    return value if isinstance(value, str) else ""


def part(item: Json | None, *keys: str) -> Json:
    """Return the object at the end of a path of keys, empty where there is none."""
    for key in keys:
        item = item.get(key) if isinstance(item, Mapping) else None
    return item if isinstance(item, Mapping) else {}


def objects(item: Json | None, key: str) -> list[Json]:
    """Return the objects of a list, whatever else is in it left out."""
    value = item.get(key) if isinstance(item, Mapping) else None
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


def host_of(address: str) -> str:
    """Return an address's host, with its port where it has one of its own."""
    try:
        return httpx.URL(address).netloc.decode("ascii", "replace")
    except httpx.InvalidURL:
        return ""


def slow_down(host: str, pause: float | None) -> SourceError:
    """Return the error for a limit that is reached."""
    return SourceError(N_("{host} asks us to slow down (429)."), retry_after=pause, host=host)


def nonsense(host: str) -> SourceError:
    """Return the error for an answer nobody can read."""
    return SourceError(N_("{host} answers with something that is not Bluesky's data."), host=host)


def failure(answer: Answer, host: str) -> SourceError:
    """Return the error for a question that was not answered with data."""
    status = answer.status
    if httpx.codes.is_success(status):
        return nonsense(host)
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return slow_down(host, answer.pause)
    if status == httpx.codes.FORBIDDEN:
        return SourceRefusedError(
            N_("{host} does not let this account read (403)."),
            advice=N_("Log in at bsky.app: a message there may say what is wrong with the account."),
            host=host,
        )
    if status == httpx.codes.NOT_FOUND or httpx.codes.is_redirect(status):
        return SourceError(
            N_("There is no Bluesky at {host} ({status})."),
            advice=N_("Check the service's address, such as https://bsky.social."),
            retry_after=answer.pause,
            host=host,
            status=status,
        )
    return SourceError(
        N_("{host} answers with an error ({status})."), retry_after=answer.pause, host=host, status=status
    )


def _decoded(raw: bytes) -> Json | None:
    """Return a JSON object, None for anything else; half a surrogate pair in one post spoils no page."""
    try:
        content = msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        try:
            content = json.loads(raw)
        except (ValueError, RecursionError):
            return None
    return content if isinstance(content, dict) else None
