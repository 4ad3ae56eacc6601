"""HTTP for every adapter: bounded answers, waits the servers ask for, failures in words, quiet logs."""

from __future__ import annotations

import logging
import socket
import ssl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Final

import httpx

from cmconsole import __version__
from cmconsole.core.clock import SECOND, Instant, Millis
from cmconsole.core.errors import (
    N_,
    NotPublishedError,
    PublishRefusedError,
    SourceError,
    SourceRefusedError,
    UnclearError,
)

USER_AGENT: Final = f"cmconsole/{__version__}"

MOST_PAUSE: Final = 24 * 3600.0
"""Longest pause in seconds that is granted to a server that asks for one."""

WHOLE = 120.0
"""Most seconds a whole answer may take: one that drips a byte at a time is never late by itself."""

CLOCK_SLACK: Final[Millis] = 30 * SECOND
"""How far our clock may be from a server's before the server's is believed for what the server dates."""

_FIRST_EPOCH: Final = 1_000_000_000
"""A number from here on is a moment in seconds since 1970, not a length of time: it would be thirty years."""

_LOGGERS: Final = ("httpx", "httpcore", "hpack")


def new_client(timeout: float, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
    """Return a client that follows no redirect by itself; `timeout` seconds for each connect, read and write.

    httpx prints whole addresses at INFO and httpcore headers at DEBUG, secrets in them included: their
    loggers are pinned to WARNING.
    """
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    return httpx.AsyncClient(
        verify=trust(),
        timeout=timeout,
        follow_redirects=False,
        headers={"User-Agent": USER_AGENT, "Accept-Encoding": "gzip", **(headers or {})},
    )


@cache
def trust() -> ssl.SSLContext:
    """Return whom we trust: read once, for reading the certificates takes 30 ms each time."""
    return httpx.create_ssl_context()


@contextmanager
def in_words(host: str) -> Iterator[None]:
    """Translate what the network does to us into a SourceError that names only the host."""
    try:
        yield
    except (httpx.TimeoutException, TimeoutError) as error:
        raise SourceError(N_("{host} did not answer in time."), host=host) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        advice = N_("An address looks like https://example.org/feed.")
        raise SourceRefusedError(N_("The address of this source is not one."), advice=advice) from error
    except httpx.ConnectError as error:
        raise _unreachable(host, error) from error
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise SourceError(N_("The connection with {host} broke."), host=host) from error


@contextmanager
def sending(host: str) -> Iterator[None]:
    """Translate what the network does to a request that publishes: what was surely not sent, and the rest.

    Raises NotPublishedError while there was no connection yet, UnclearError from then on: a request that is
    cut off may have been acted upon.
    """
    try:
        yield
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise PublishRefusedError(
            N_("The address of this account is not one."),
            advice=N_("An address looks like https://piaille.fr."),
        ) from error
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
        raise NotPublishedError(N_("{host} cannot be reached: nothing was sent."), host=host) from error
    except (httpx.TimeoutException, TimeoutError) as error:
        raise UnclearError(
            N_("{host} did not answer in time: whether it did what was asked is not known."), host=host
        ) from error
    except (httpx.HTTPError, httpx.StreamError) as error:
        raise UnclearError(
            N_("The connection with {host} broke: whether it did what was asked is not known."),
            host=host,
        ) from error


async def body(response: httpx.Response, limit: int, host: str) -> bytes:
    """Read a streamed answer of at most `limit` bytes, unpacked; raises SourceError beyond.

    httpx unpacks a chunk whole however much it holds, so this unpacks by itself.
    """
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "", "gzip", "x-gzip", "deflate"}:
        raise SourceError(N_("{host} packs its answer in a way nobody asked for."), host=host)
    unpacker = zlib.decompressobj(wbits=47) if encoding not in {"identity", ""} else None
    pieces: list[bytes] = []
    size = 0
    async for chunk in response.aiter_raw():
        piece = _unpacked(unpacker, chunk, limit - size + 1, host) if unpacker else chunk
        size += len(piece)
        if size > limit:
            raise SourceError(
                N_("{host} answers with more than {limit} MB: not read."), host=host, limit=limit // 1_000_000
            )
        pieces.append(piece)
    if unpacker is not None and size and not unpacker.eof:
        raise SourceError(N_("The answer of {host} broke off."), host=host)
    return b"".join(pieces)


def pause_asked(headers: httpx.Headers, now: Instant) -> float | None:
    """Return the seconds a server asks to be left alone for, at most MOST_PAUSE, or None.

    `Retry-After` is seconds or an HTTP date (RFC 9110, 10.2.3); `X-RateLimit-Reset` is an ISO 8601 date with
    Mastodon and seconds since 1970 elsewhere. Dates are counted from the server's own clock.
    """
    now = server_now(headers, now)
    for name in ("retry-after", "x-ratelimit-reset"):
        seconds = _seconds_until(headers.get(name, "").strip(), now)
        if seconds is not None:
            return min(max(seconds, 1.0), MOST_PAUSE)
    return None


def server_now(headers: httpx.Headers, now: Instant) -> Instant:
    """Return the moment by the server's clock, of which its answer tells the seconds; ours where they agree.

    A machine whose clock is a day slow would otherwise wait a day for a limit that lasts five minutes.
    """
    told = _moment(headers.get("date", ""))
    if told is None:
        return now
    server = round(told.timestamp() * SECOND)
    return server if abs(server - now) > CLOCK_SLACK else now


def _seconds_until(value: str, now: Instant) -> float | None:
    if value.isascii() and value.isdigit():
        number = float(value[:12])
        return number if number < _FIRST_EPOCH else number - now / SECOND
    moment = _moment(value)
    return None if moment is None else moment.timestamp() - now / SECOND


def _moment(value: str) -> datetime | None:
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(value)
        except (ValueError, TypeError, IndexError):
            continue
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return None


def _unpacked(unpacker: zlib._Decompress, chunk: bytes, room: int, host: str) -> bytes:
    try:
        return unpacker.decompress(chunk, room)
    except zlib.error as error:
        raise SourceError(N_("The answer of {host} is damaged."), host=host) from error


def _unreachable(host: str, error: httpx.ConnectError) -> SourceError:
    """Tell a wrong name from a closed door and from a certificate nobody vouches for."""
    cause: BaseException | None = error
    while cause is not None:
        match cause:
            case ssl.SSLCertVerificationError():
                return SourceError(
                    N_("{host} shows a certificate nobody vouches for."),
                    advice=N_("Check the address."),
                    host=host,
                )
            case socket.gaierror():
                return SourceError(
                    N_("No server of the name {host} was found."), advice=N_("Check the address."), host=host
                )
        cause = cause.__cause__ or cause.__context__
    return SourceError(N_("{host} cannot be reached."), host=host)
