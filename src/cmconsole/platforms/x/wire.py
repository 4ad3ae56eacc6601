"""How tweepy's requests leave: each with a timeout, to the server they are meant for, its answer bounded.

tweepy gives `requests` no timeout, and its host is written into it. Both are put right where `requests` lets
one: in the transport adapter of its session.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import requests
import requests.adapters

ANSWER_LIMIT: Final = 10_000_000
"""Most bytes of an answer that are read: a page of 100 long posts is some 500 kB."""

_PIECE: Final = 65_536
_OWN_HOSTS: Final = frozenset({"api.x.com", "api.twitter.com"})


class OverlongError(Exception):
    """An answer is larger than ANSWER_LIMIT."""


@dataclass(frozen=True, slots=True)
class Head:
    """What is known of an answer before it is read."""

    status: int
    headers: Mapping[str, str]


class Wire:
    """A transport adapter for `requests`.

    server: where requests really go; with X's own address they go where tweepy sends them, for the host is
    part of what OAuth 1.0a signs. timeout: seconds for the connection, for each silence before the first
    byte, and for the whole body. head: of the last answer; None where the last request got none.
    """

    def __init__(self, server: str, timeout: float) -> None:
        self._adapter = requests.adapters.HTTPAdapter(max_retries=0)
        address = server.rstrip("/")
        self._aim = "" if (urlsplit(address).hostname or "") in _OWN_HOSTS else address
        self._timeout = timeout
        self.head: Head | None = None

    def session(self, session: Any) -> Any:
        """Return a session of `requests` that uses this wire for everything, and follows no redirect.

        A redirect would repeat a request, or take the keys elsewhere; ~/.netrc would replace them.
        """
        session.mount("https://", self)
        session.mount("http://", self)
        session.max_redirects = 0
        session.auth = _as_it_is
        return session

    def send(
        self,
        request: Any,
        *,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> Any:
        """Send one prepared request, once; `stream`: leave the body to be read by whoever asked."""
        self.forget()
        if self._aim:
            request.url = self._aim + request.path_url
            proxies = None
        response = self._adapter.send(
            request,
            stream=True,
            timeout=self._timeout if timeout is None else timeout,
            verify=verify,
            cert=cert,
            proxies=proxies,
        )
        self.head = Head(response.status_code, response.headers)
        if not stream:
            self._read(response)
        return response

    def forget(self) -> None:
        """Forget the last answer: the next request may get none."""
        self.head = None

    def close(self) -> None:
        """Close the connections that nobody uses."""
        self._adapter.close()

    def _read(self, response: Any) -> None:
        """Read the whole body here: `requests` waits for ever for one that comes byte by byte."""
        deadline = time.monotonic() + self._timeout
        pieces: list[bytes] = []
        size = 0
        try:
            while piece := response.raw.read1(_PIECE, decode_content=True):
                pieces.append(piece)
                size += len(piece)
                if size > ANSWER_LIMIT:
                    raise OverlongError
                if time.monotonic() > deadline:
                    raise TimeoutError
        finally:
            # Where all was read the connection is back in the pool already; where not, it is of no use.
            response.raw.close()
        response._content = b"".join(pieces)  # noqa: SLF001 - what requests itself does when it reads a body
        response._content_consumed = True  # noqa: SLF001


def _as_it_is(request: Any) -> Any:
    return request
