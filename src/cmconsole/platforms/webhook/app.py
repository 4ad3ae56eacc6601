"""The HTTP side of the webhook, as an ASGI application: who may come in, what is read, what is answered."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from cmconsole.platforms.webhook.answers import UNKEPT, Answer, Refusal, refused, said
from cmconsole.platforms.webhook.inbox import Inbox
from cmconsole.platforms.webhook.items import JSON_TYPES, MOST_ITEMS, NDJSON_TYPES, MalformedError, split
from cmconsole.platforms.webhook.limits import Limit
from cmconsole.platforms.webhook.routes import Route, checked

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]

MOST_REQUESTS: Final = 32
"""Requests in hand at once, from the first byte of a body to the commit: what bounds the memory they use."""

_SCHEMA: Final = b"application/schema+json; charset=utf-8"
_CHARSETS: Final = frozenset({"", "utf-8", "utf8", "us-ascii"})
_READING: Final = frozenset({"GET", "HEAD"})
_AGAIN: Final = 5
"""Seconds after which it makes sense to send again what was not kept: an engine is back by then."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class App:
    """Answers requests until its inbox is closed.

    token: what callers show, as bytes. most_bytes: of a body. body_seconds, kept_seconds: how long a body may
    take to come, and its commit. let_in, turned_away: limits on callers with the token and without it.
    """

    inbox: Inbox
    routes: Mapping[str, Route]
    token: bytes = field(repr=False)
    most_bytes: int
    body_seconds: float
    kept_seconds: float
    let_in: Limit
    turned_away: Limit
    _in_hand: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request; it never raises what a caller could cause."""
        if scope["type"] != "http":
            return
        try:
            answer = await self._answer(scope, receive)
        except Refusal as refusal:
            answer = refusal.answer
        except Exception:  # noqa: BLE001 - whatever goes wrong, the caller is answered and the listener lives
            _log.exception("webhook stumbled path=%r", scope["path"])
            answer = refused(500, f"Something went wrong here. {UNKEPT}", close=True).answer
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.head()})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        path, method = scope["path"], scope["method"]
        headers = _Headers(scope["headers"])
        if path == "/health":
            _check_method(method, _READING)
            return said(200, status="ok")
        self._check_caller(headers, (scope.get("client") or ("",))[0])
        if path == "/v1/schema":
            _check_method(method, _READING)
            return Answer(200, self.routes["/v1/mentions"].form.text, content_type=_SCHEMA)
        route = self.routes.get(path)
        if route is None:
            raise refused(404, "There is nothing here. Post to /v1/mentions or /v1/tips.", close=True)
        _check_method(method, frozenset({"POST"}))
        return await self._take(route, headers, receive)

    def _check_caller(self, headers: _Headers, address: str) -> None:
        """Raise 401 for whoever does not show the token, and 429 for whoever comes too often.

        Callers without the token are counted apart: however many come, they keep nobody else out. The address
        is that of the connection; whatever a header says of it is anybody's to say.
        """
        if self._is_known(headers):
            if wait := self.let_in.ask(address):
                raise refused(429, f"Too many requests. Wait {wait} s.", retry_after=wait, close=True)
            return
        if wait := self.turned_away.ask(address):
            raise refused(429, "Too many requests.", retry_after=wait, close=True)
        raise refused(401, "Unauthorized.", close=True, www_authenticate='Bearer realm="cmconsole"')

    def _is_known(self, headers: _Headers) -> bool:
        given = headers.all(b"authorization")
        scheme, _space, shown = given[0].partition(b" ") if len(given) == 1 else (b"", b"", b"")
        # Compared in any case: how long an answer takes says nothing then.
        same = hmac.compare_digest(shown.strip(), self.token)
        return same and scheme.lower() == b"bearer"

    async def _take(self, route: Route, headers: _Headers, receive: Receive) -> Answer:
        content_type = _checked_type(headers)
        self._check_length(headers)
        with self._hand():
            body = await self._body(receive)
            try:
                items = split(body, content_type)
            except MalformedError as error:
                raise refused(400, str(error)) from error
            if len(items) > MOST_ITEMS:
                raise refused(413, f"There are {len(items)} items: send at most {MOST_ITEMS} at once.")
            batch, told = route.batch(await checked(route, items))
            if items:
                await self._kept(batch)
        return said(202, kept=len(items), **told)

    async def _kept(self, batch: Any) -> None:
        """Return once the batch is committed; raises 503 where that is not known in time."""
        try:
            async with self.inbox.at_most(self.kept_seconds):
                await self.inbox.deliver(batch)
        except TimeoutError as error:
            raise refused(503, UNKEPT, retry_after=_AGAIN, close=self.inbox.closed) from error

    @contextmanager
    def _hand(self) -> Iterator[None]:
        if self.inbox.closed:
            raise refused(503, "The engine is stopping: send it again.", retry_after=_AGAIN, close=True)
        if self._in_hand >= MOST_REQUESTS:
            raise refused(503, "Too many requests at once: send it again.", retry_after=1, close=True)
        self._in_hand += 1
        try:
            yield
        finally:
            self._in_hand -= 1

    def _check_length(self, headers: _Headers) -> None:
        lengths = headers.all(b"content-length")
        if lengths and int(lengths[0]) > self.most_bytes:
            raise self._too_long()

    def _too_long(self) -> Refusal:
        return refused(413, f"The body is longer than {self.most_bytes:,} bytes.", close=True)

    async def _body(self, receive: Receive) -> bytes:
        """Read the body, counting while it comes: a length that was promised, or none, says nothing."""
        pieces: list[bytes] = []
        size, more = 0, True
        try:
            async with self.inbox.at_most(self.body_seconds):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise refused(400, "The request broke off.", close=True)
                    pieces.append(message.get("body", b""))
                    size += len(pieces[-1])
                    more = message.get("more_body", False)
                    if size > self.most_bytes:
                        raise self._too_long()
        except TimeoutError as error:
            if self.inbox.closed:
                raise refused(
                    503, "The engine is stopping: send it again.", retry_after=_AGAIN, close=True
                ) from error
            raise refused(408, f"The body took longer than {self.body_seconds:g} s.", close=True) from error
        return b"".join(pieces)


@dataclass(frozen=True, slots=True)
class _Headers:
    """A request's headers, names in lower case."""

    lines: list[tuple[bytes, bytes]]

    def all(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.lines if key == name]

    def text(self, name: bytes) -> str:
        return b",".join(self.all(name)).decode("latin-1").strip().lower()


def _check_method(method: str, allowed: frozenset[str]) -> None:
    if method not in allowed:
        names = ", ".join(sorted(allowed))
        raise refused(405, f"Use {names}.", close=True, allow=names)


def _checked_type(headers: _Headers) -> str:
    """Return the type of the body, empty where none is given; raises 415 for what is not read here."""
    content_type, _semicolon, rest = headers.text(b"content-type").partition(";")
    content_type = content_type.strip()
    if content_type and content_type not in JSON_TYPES | NDJSON_TYPES:
        raise refused(
            415, "Send JSON, with Content-Type: application/json or application/x-ndjson.", close=True
        )
    parameters = dict(part.strip().partition("=")[::2] for part in rest.split(";"))
    if parameters.get("charset", "").strip('"') not in _CHARSETS:
        raise refused(415, "Send the body in UTF-8.", close=True)
    if headers.text(b"content-encoding") not in {"", "identity"}:
        raise refused(415, "Send the body as it is, not packed.", close=True, accept_encoding="identity")
    return content_type
