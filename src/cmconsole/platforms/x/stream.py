"""One connection with X's filtered stream, read in a thread of its own that ends as soon as it is told to.

tweepy's own connection opens again without any delay when X closes it at once (1,223 connects in 2 s were
measured) and cannot be stopped while it waits; its rules are used, its connection is not. Nothing is queued
here: each piece is read when the last one was taken, and what is not taken waits in the kernel, then at X.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import requests
import tweepy

from cmconsole.core.clock import Instant
from cmconsole.platforms.x.troubles import Trouble, TroubleError, diagnosed
from cmconsole.platforms.x.wire import ANSWER_LIMIT, Wire

_ADDRESS: Final = "https://api.twitter.com/2/tweets/search/stream"
_PIECE: Final = 65_536


class StreamConnection:
    """The stream, opened once and closed once.

    silence: seconds without a byte, keep-alives included, after which it is dead.
    """

    def __init__(self, server: str, timeout: float, silence: float, now: Callable[[], Instant]) -> None:
        self._wire = Wire(server, timeout)
        self._timeouts = (timeout, silence)
        self._now = now
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="x-stream")
        self._session = self._wire.session(requests.Session())
        self._response: Any = None
        self._closed = False

    async def open(self, bearer: str, parts: Mapping[str, Sequence[str]]) -> None:
        """Connect; raises TroubleError, after which nothing is left open."""
        query = {name.replace("_", "."): ",".join(value) for name, value in parts.items()}
        try:
            await self._in_thread(lambda: self._connect(bearer, query))
        except BaseException:
            self.close()
            raise

    async def lines(self) -> AsyncGenerator[list[bytes]]:
        """Yield the lines of each piece as it comes; an empty list for a keep-alive. Ends when X closes.

        Raises TroubleError where it breaks or falls silent.
        """
        rest = b""
        while piece := await self._in_thread(self._read):
            *whole, rest = (rest + piece).split(b"\n")
            if len(rest) > ANSWER_LIMIT:
                raise TroubleError(Trouble.UNREADABLE)
            yield [line for line in map(bytes.strip, whole) if line]

    def close(self) -> None:
        """End the connection and its thread, whatever it waits for. May be called again."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(AttributeError, ValueError, RuntimeError, OSError):
            # A read that waits in the thread ends at once.
            self._response.raw.shutdown()
        self._threads.submit(self._end)
        self._threads.shutdown(wait=False)

    def _end(self) -> None:
        if self._response is not None:
            self._response.close()
        self._wire.close()

    def _connect(self, bearer: str, query: dict[str, str]) -> bytes:
        headers = {"Authorization": f"Bearer {bearer}", "Accept-Encoding": "identity"}
        try:
            response = self._session.get(
                _ADDRESS, params=query, headers=headers, stream=True, timeout=self._timeouts
            )
        except Exception as error:
            raise diagnosed(error, self._wire.head, self._now()) from error
        self._response = response
        if response.status_code != requests.codes.ok:
            refusal = self._refusal(response)
            raise diagnosed(refusal, self._wire.head, self._now()) from refusal
        return b""

    def _refusal(self, response: Any) -> Exception:
        """Return what X says instead of streaming, as tweepy would raise it."""
        try:
            response._content = response.raw.read(_PIECE, decode_content=True)  # noqa: SLF001 - see Wire
            response._content_consumed = True  # noqa: SLF001
            return tweepy.HTTPException(response)  # type: ignore[no-any-return]
        except Exception as error:  # noqa: BLE001 - its status says enough
            return error
        finally:
            response.close()

    def _read(self) -> bytes:
        try:
            piece: bytes = self._response.raw.read1(_PIECE, decode_content=True)
        except Exception as error:
            raise diagnosed(error, None, self._now()) from error
        return piece

    async def _in_thread(self, work: Callable[[], bytes]) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
