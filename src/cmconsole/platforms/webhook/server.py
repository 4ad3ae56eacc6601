"""The HTTP server of the webhook: uvicorn inside the engine, quiet, without signals, and closed in time."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

MOST_CONNECTIONS: Final = 256
"""Connections open at once; more are closed as they come."""

KEEP_ALIVE: Final = 15
"""Seconds a connection may rest between two requests."""

HURRY: Final = 15.0
"""Seconds within which a request's head has to come, at most twice as many: slower ones only hold a place."""

CLOSING: Final = 2
"""Seconds that answers are given to leave before their connections are cut."""

_LOGGERS: Final = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")


class _Connection(H11Protocol):
    """One connection, which is closed if it begins no request for a while, whatever it sends."""

    _watch: asyncio.TimerHandle | None = None
    _last: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
        else:
            self._watch = self.loop.call_later(HURRY, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def _look(self) -> None:
        """Close the connection if it has done nothing since the last look; otherwise look again later."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or (cycle.response_complete and cycle is self._last):
            self.transport.abort()
            return
        self._last = cycle
        self._watch = self.loop.call_later(HURRY, self._look)


@asynccontextmanager
async def serving(app: Callable[..., Any], sockets: list[socket.socket]) -> AsyncIterator[None]:
    """Serve an ASGI application on bound sockets for the length of an `async with`.

    At its end no more connections are taken, answers in hand are given CLOSING seconds to leave, and what is
    then still open is cut. Raises OSError where nothing can listen there.
    """
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    config = uvicorn.Config(
        app,
        http=_Connection,
        ws="none",
        interface="asgi3",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=CLOSING,
    )
    config.load()
    server = uvicorn.Server(config)
    # `Server.serve` would install signal handlers, of which the engine has its own, and look ten times a
    # second whether it is to end.
    server.lifespan = config.lifespan_class(config)
    server.servers = []
    try:
        await server.startup(sockets=sockets)
        yield
    finally:
        try:
            await server.shutdown(sockets=sockets)
        finally:
            for connection in list(server.server_state.connections):
                connection.transport.abort()
