"""The webhook source: listens while it is read, and says yes only to what the engine has committed."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from typing import Final

from cmconsole.core.clock import Instant
from cmconsole.core.errors import N_, SourceRefusedError
from cmconsole.core.source import Batch
from cmconsole.platforms.form import LineMapper
from cmconsole.platforms.webhook.address import listening_at
from cmconsole.platforms.webhook.app import App
from cmconsole.platforms.webhook.complaints import Form
from cmconsole.platforms.webhook.inbox import Inbox
from cmconsole.platforms.webhook.limits import Limit
from cmconsole.platforms.webhook.routes import Mentions, Tips
from cmconsole.platforms.webhook.server import serving

LISTEN: Final = "127.0.0.1:8787"

SHORTEST_TOKEN: Final = 16
"""Characters a token must have: one that can be guessed would be guessed, for wrong ones lock nobody out."""

BODY_SECONDS: Final = 20.0
KEPT_SECONDS: Final = 20.0
"""Seconds a caller waits for the commit: shorter than the patience of all that is likely to post here."""

_STRANGERS: Final = 10
"""Callers without the token are answered so many times less often than those with it."""


class WebhookSource:
    """Takes mentions and tips that are posted to it (docs/guide/webhook.md).

    listen: host and port. Anything but this machine's own loopback shows the token to whoever listens on the
    way: then a reverse proxy in front has to speak TLS. token: what callers show; it is never part of an
    error or a log. platform: of mentions that name none. most_bytes: of a request's body. per_minute:
    requests from one address, and four times as many in all.

    A request is answered once its batch's receipt was called, so nothing has to be resumed: there is no
    cursor, and whoever got no answer sends again. The platform and the id of a mention make that harmless.
    """

    def __init__(
        self,
        name: str,
        listen: str = LISTEN,
        token: str = "",
        *,
        now: Callable[[], Instant],
        platform: str = "webhook",
        most_bytes: int = 1_000_000,
        per_minute: int = 600,
        body_seconds: float = BODY_SECONDS,
        kept_seconds: float = KEPT_SECONDS,
    ) -> None:
        self._name = name
        self._listen = listen
        self._token = token.strip()
        self._now = now
        self._platform = platform
        self._most_bytes = most_bytes
        self._per_minute = per_minute
        self._body_seconds = body_seconds
        self._kept_seconds = kept_seconds
        self._port: int | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def platform(self) -> str:
        return self._platform

    @property
    def port(self) -> int | None:
        """Return the port it listens on now, None while it does not."""
        return self._port

    async def batches(self, cursor: str | None) -> AsyncGenerator[Batch]:  # noqa: ARG002 - there is no place to resume at
        """Listen, and yield what each request brought, for ever; an empty batch says that it listens.

        Raises SourceError where the port is taken, SourceRefusedError where address or token are wrong.
        """
        token = self._checked_token()
        inbox = Inbox()
        async with listening_at(self._listen) as sockets:
            app = self._app(inbox, token)
            async with serving(app, sockets):
                self._port = int(sockets[0].getsockname()[1])
                try:
                    yield Batch()
                    while True:
                        yield await inbox.taken()
                finally:
                    self._port = None
                    inbox.close()

    def _app(self, inbox: Inbox, token: bytes) -> App:
        mention = Form("cmconsole.platforms", "mention.schema.json")
        tip = Form("cmconsole.platforms.webhook", "tip.schema.json")
        return App(
            inbox=inbox,
            routes={
                "/v1/mentions": Mentions(mention, LineMapper(self._name, self._platform), self._now),
                "/v1/tips": Tips(tip, self._now),
            },
            token=token,
            most_bytes=self._most_bytes,
            body_seconds=self._body_seconds,
            kept_seconds=self._kept_seconds,
            let_in=Limit(self._per_minute, self._now),
            turned_away=Limit(max(1, self._per_minute // _STRANGERS), self._now),
        )

    def _checked_token(self) -> bytes:
        token = self._token
        if len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
            raise SourceRefusedError(
                N_("The webhook has no token, or not one of at least {count} letters and digits."),
                advice=N_("Make one with `openssl rand -hex 32`, and give the same to whoever posts here."),
                count=SHORTEST_TOKEN,
            )
        return token.encode()
