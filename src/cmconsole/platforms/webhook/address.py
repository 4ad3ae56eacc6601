"""Where to listen: an address as the settings write it, and the sockets bound to it."""

from __future__ import annotations

import asyncio
import errno
import re
import socket
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from typing import Final

from cmconsole.core.errors import N_, SourceError, SourceRefusedError

_LISTEN: Final = re.compile(r"(?:(?P<host>[^\[\]:\s]+)|\[(?P<six>[0-9A-Fa-f:.]+)\]):(?P<port>\d{1,5})\Z")
_LAST_PORT: Final = 65_535


@asynccontextmanager
async def listening_at(listen: str) -> AsyncIterator[list[socket.socket]]:
    """Hold sockets bound to an address such as `127.0.0.1:8787` or `[::1]:8787`; port 0 is any free one.

    A name stands for all its addresses. Raises SourceError where the port is taken, SourceRefusedError where
    the address is none, or none of this machine's; the same for OSErrors of the block, whose they are.
    """
    host, port = _parsed(listen)
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise _nowhere(host) from error
    try:
        with ExitStack() as closing:
            yield [closing.enter_context(_bound(family, place)) for family, *_, place in dict.fromkeys(found)]
    except OSError as error:
        raise _translated(error, host, port) from error


def _parsed(listen: str) -> tuple[str, int]:
    found = _LISTEN.match(listen.strip())
    if found is None or int(found["port"]) > _LAST_PORT:
        advice = N_("Write host and port, such as 127.0.0.1:8787 or [::1]:8787.")
        raise SourceRefusedError(N_("“{listen}” is no address to listen on."), advice=advice, listen=listen)
    return found["host"] or found["six"], int(found["port"])


def _bound(family: socket.AddressFamily, place: tuple[object, ...]) -> socket.socket:
    """Return a socket bound to a place; raises OSError."""
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        opened.setblocking(False)  # noqa: FBT003 - the library's signature
        # A port whose last connections are still fading away may be had again at once.
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        opened.bind(place)
    except OSError:
        opened.close()
        raise
    return opened


def _translated(error: OSError, host: str, port: int) -> SourceError:
    match error.errno:
        case errno.EADDRINUSE:
            return SourceError(
                N_("Port {port} on {host} is in use already."),
                advice=N_("Stop what listens there (another engine?), or name another port in `listen`."),
                host=host,
                port=port,
            )
        case errno.EACCES | errno.EPERM:
            return SourceRefusedError(
                N_("This user may not listen on port {port}."),
                advice=N_(
                    "Name a port from 1024 on in `listen`; a reverse proxy can stand on 443 before it."
                ),
                port=port,
            )
        case errno.EADDRNOTAVAIL:
            return _nowhere(host)
        case _:
            return SourceError(
                N_("Nothing can listen on {host}, port {port}: {reason}."),
                host=host,
                port=port,
                reason=error.strerror or str(error),
            )


def _nowhere(host: str) -> SourceRefusedError:
    return SourceRefusedError(
        N_("This machine has no address {host}."),
        advice=N_("Listen on 127.0.0.1, or on an address that `ip address` lists."),
        host=host,
    )
