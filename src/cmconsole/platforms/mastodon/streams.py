"""Listens to an instance's live stream: server-sent events where they work, else a WebSocket."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from typing import Any, Final, TypeVar, cast

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from cmconsole.core.clock import SECOND, Instant
from cmconsole.platforms import http
from cmconsole.platforms.mastodon.events import (
    EVENT_LIMIT,
    Event,
    EventParser,
    OverlongEventError,
    RefusedStreamError,
    message_event,
)

BEAT: Final = 1.0
"""Seconds between two looks at the clock while nothing comes."""

CHANNELS: Final = ("user", "user:notification")
"""What is listened to: `user` tells of edits and deletions too, but needs the scope read:statuses."""

_PING: Final = 30.0
"""Seconds between two pings of ours on a WebSocket: who lives answers, so silence tells who does not."""

_CLOSING: Final = 1.0
_REFUSALS: Final = frozenset({httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN})
_SUBPROTOCOL = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_LOGGERS: Final = ("websockets", "websockets.client")

_Answer = TypeVar("_Answer")
Way = Callable[[], AsyncGenerator[list[Event]]]


class Streams:
    """Opens one stream after another at `address` (http or https), and remembers which way worked."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        address: str,
        token: str,
        *,
        silence: float,
        timeout: float,
        now: Callable[[], Instant],
    ) -> None:
        # It prints headers at DEBUG, the token included.
        for name in _LOGGERS:
            logging.getLogger(name).setLevel(logging.WARNING)
        self._client = client
        self._address = address
        self._token = token
        self._silence = silence
        self._timeout = timeout
        self._now = now
        self._ways: list[Way] = [self._server_sent, self._web_socket]

    async def live(self) -> AsyncGenerator[list[Event]]:
        """Yield events as they come; an empty list once the stream is open and at each heartbeat.

        Ends, without raising, when there is no stream, when it breaks, and after `silence` seconds without a
        byte.
        """
        for way in tuple(self._ways):
            opened = False
            async with aclosing(way()) as stream:
                async for events in stream:
                    opened = True
                    yield events
            if opened:
                self._ways.sort(key=lambda other: other != way)
                return

    async def _server_sent(self) -> AsyncGenerator[list[Event]]:
        headers = {"Accept": "text/event-stream", "Accept-Encoding": "identity"}
        timeout = httpx.Timeout(self._timeout, read=None)
        parser = EventParser()
        for channel in CHANNELS:
            address = f"{self._address}/api/v1/streaming/{channel.replace(':', '/')}"
            request = self._client.build_request("GET", address, headers=headers, timeout=timeout)
            try:
                async with asyncio.timeout(self._timeout):
                    response = await self._client.send(request, stream=True)
                async with aclosing(response):
                    if response.status_code in _REFUSALS:
                        continue
                    kind = response.headers.get("content-type", "")
                    if response.status_code != httpx.codes.OK or not kind.startswith("text/event-stream"):
                        return
                    yield []
                    pieces = response.aiter_raw()
                    while (piece := await self._heard(anext(pieces, None))) is not None:
                        yield parser.feed(piece)
            except (TimeoutError, httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OverlongEventError):
                pass
            return

    async def _web_socket(self) -> AsyncGenerator[list[Event]]:
        for channel in CHANNELS:
            try:
                async with self._connecting(channel) as connection:
                    yield []
                    while True:
                        yield await self._message(connection)
            except RefusedStreamError:
                continue
            except (OSError, WebSocketException, ValueError, EOFError) as error:
                if _refusal(error) in _REFUSALS:
                    continue
            return

    def _connecting(self, channel: str) -> connect:
        """Return what opens a WebSocket; the token is in headers only, never in the address.

        Mastodon reads it from Authorization, Pleroma and older GoToSocial from the sub-protocol.
        """
        secure = self._address.startswith("https://")
        options: dict[str, Any] = {"ssl": http.trust()} if secure else {}
        offered = [Subprotocol(self._token)] if _SUBPROTOCOL.match(self._token) else None
        return _Straight(
            f"ws{self._address.removeprefix('http')}/api/v1/streaming?stream={channel}",
            additional_headers={"Authorization": f"Bearer {self._token}"},
            subprotocols=offered,
            user_agent_header=http.USER_AGENT,
            compression=None,
            open_timeout=self._timeout,
            close_timeout=_CLOSING,
            ping_interval=_PING,
            ping_timeout=None,
            max_size=EVENT_LIMIT,
            create_connection=_Listening,
            **options,
        )

    async def _message(self, connection: ClientConnection) -> list[Event]:
        """Return the next message's event, none at a beat; raises TimeoutError after `silence`."""
        try:
            async with asyncio.timeout(min(BEAT, self._silence / 2)):
                message = await connection.recv()
        except TimeoutError:
            if cast("_Listening", connection).silent_for(self._now()) >= self._silence:
                raise
            return []
        event = message_event(message)
        return [] if event is None else [event]

    async def _heard(self, awaited: Awaitable[_Answer]) -> _Answer:
        """Wait for something to be heard; raises TimeoutError after `silence` seconds of either clock.

        The loop's clock stands still while a laptop sleeps, and the other may be set.
        """
        loop = asyncio.get_running_loop()
        began, started = self._now(), loop.time()
        beat = min(BEAT, self._silence / 2)
        beats: list[asyncio.TimerHandle] = []
        async with asyncio.timeout(None) as limit:

            def look() -> None:
                passed = max((self._now() - began) / SECOND, loop.time() - started)
                if passed >= self._silence:
                    limit.reschedule(loop.time())
                else:
                    beats[:] = [loop.call_later(beat, look)]

            look()
            try:
                return await awaited
            finally:
                beats[0].cancel()


class _Listening(ClientConnection):
    """Knows when a byte was heard last, a ping or pong included."""

    _fresh = True
    _heard: tuple[Instant, float] = (0, 0.0)

    def data_received(self, data: bytes) -> None:
        self._fresh = True
        super().data_received(data)

    def silent_for(self, now: Instant) -> float:
        """Return the seconds of either clock since the look after which nothing came."""
        if self._fresh:
            self._fresh, self._heard = False, (now, self.loop.time())
        at, on = self._heard
        return max((now - at) / SECOND, self.loop.time() - on)


class _Straight(connect):
    """Follows no redirect: the token would go along."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


def _refusal(error: Exception) -> int:
    response = getattr(error, "response", None)
    return int(getattr(response, "status_code", 0))
