"""The one way out to Reddit: praw's requests, each sent once and bounded; data comes back or a Failure."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import msgspec
import requests
from prawcore import Requestor
from prawcore.const import ACCESS_TOKEN_PATH
from urllib3.exceptions import HTTPError, NewConnectionError

from cmconsole.core.clock import SECOND, Instant
from cmconsole.platforms.http import MOST_PAUSE

ANSWER_LIMIT: Final = 20_000_000
"""Most bytes of an answer, unpacked: a hundred of the longest posts (40,000 characters) are half."""

EARLY: Final = 70
"""Seconds before its end at which an access token is renewed: prawcore believes it to last ten longer."""

WINDOW: Final = 600.0
"""Seconds of the window Reddit counts requests in, and so the longest pause its headers can ask for."""

_PIECE: Final = 65_536
_WITH_DATA: Final = range(200, 300)


class Trouble(StrEnum):
    """What came in place of an answer.

    UNSENT: nothing was sent, surely. LIMIT: nothing was sent, for Reddit's limit is reached. LATE, BROKEN: it
    was sent, and then nothing came, or not all. STATUS: an answer that holds no data. GARBLED: no JSON.
    """

    UNSENT = "unsent"
    LIMIT = "limit"
    LATE = "late"
    BROKEN = "broken"
    STATUS = "status"
    GARBLED = "garbled"


class Stage(StrEnum):
    """What was being asked for: an access token, or the thing itself."""

    TOKEN = "token"  # noqa: S105 - the word, not one
    CALL = "call"


class Failure(Exception):  # noqa: N818 - what a request came to; it never leaves this folder
    """A request that came to nothing, or to an answer without data; none of prawcore's exceptions.

    prawcore repeats requests, POSTs among them, after its own exceptions and after some statuses. It sees
    neither: a Failure goes through it untouched. `pause`: seconds Reddit asks to be left alone for.
    `error`: the word of an OAuth error. `renewed`: whether the access token it met was a new one.
    """

    def __init__(
        self,
        trouble: Trouble,
        stage: Stage,
        *,
        status: int = 0,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        pause: float | None = None,
        error: str = "",
    ) -> None:
        super().__init__(f"{stage} {trouble} {status}")
        self.trouble = trouble
        self.stage = stage
        self.status = status
        self.headers = {name.lower(): value for name, value in (headers or {}).items()}
        self.body = body
        self.pause = pause
        self.error = error
        self.renewed = False

    def told(self) -> dict[str, Any]:
        """Return the JSON object of the answer, empty where it holds none."""
        try:
            answer = msgspec.json.decode(self.body)
        except (ValueError, RecursionError):
            return {}
        return answer if isinstance(answer, dict) else {}


@dataclass(slots=True)
class Limits:
    """How many requests Reddit still grants until `reset_at`, as it last said; both shared by all of an app.

    `renewed`: whether an access token was fetched since it was last set to False.
    """

    remaining: float | None = None
    used: float = 0.0
    reset_at: Instant = 0
    renewed: bool = False

    def note(self, headers: Mapping[str, str], now: Instant) -> None:
        """Take over what an answer's headers say; others say nothing."""
        remaining, reset = seconds(headers, "x-ratelimit-remaining"), seconds(headers, "x-ratelimit-reset")
        if remaining is not None and reset is not None:
            self.remaining = remaining
            self.used = seconds(headers, "x-ratelimit-used") or 0.0
            self.reset_at = now + int(min(reset, WINDOW) * SECOND)

    def until_reset(self, now: Instant) -> float:
        """Return the seconds until requests are granted anew; 0 where that is not known or past."""
        left = (self.reset_at - now) / SECOND
        # A clock that was put back would make it a day.
        return min(max(left, 0.0), WINDOW)


def seconds(headers: Mapping[str, str], name: str) -> float | None:
    """Return a header that holds a number, None where it does not."""
    try:
        value = float(headers.get(name, ""))
    except ValueError:
        return None
    return value if 0.0 <= value < float("inf") else None


class Wire(Requestor):
    """What praw sends through: `requestor_class` is its own door for such a thing.

    Every request is sent once, within `timeout` seconds for connecting, for the answer to begin and for it
    to be whole. Redirects are answers. The rate headers go into `limits` and no further, for prawcore sleeps
    on them.
    """

    def __init__(
        self,
        *,
        oauth_url: str,
        reddit_url: str,
        user_agent: str,
        session: requests.Session,
        timeout: float,
        limits: Limits,
        now: Callable[[], Instant],
    ) -> None:
        super().__init__(
            oauth_url=oauth_url,
            reddit_url=reddit_url,
            user_agent=user_agent,
            session=session,
            timeout=timeout,
        )
        self._session = session
        self._limits = limits
        self._now = now

    def request(self, *args: Any, timeout: float | None = None, **kwargs: Any) -> requests.Response:  # noqa: ARG002 - ours counts
        """Send one request; return an answer that holds data, raise Failure for everything else."""
        method, url = str(args[0]).upper(), str(args[1])
        stage = Stage.TOKEN if url.endswith(ACCESS_TOKEN_PATH) else Stage.CALL
        if stage is Stage.CALL and method != "GET":
            # A kept connection may have died unnoticed; on a new one, what could not be sent is known.
            self._session.close()
        response, body = self._exchanged(stage, method, url, kwargs)
        headers = dict(response.headers)
        self._limits.note({name.lower(): value for name, value in headers.items()}, self._now())
        if response.status_code not in _WITH_DATA:
            raise Failure(
                Trouble.STATUS,
                stage,
                status=response.status_code,
                headers=headers,
                body=body,
                pause=self._pause_asked(response),
            )
        if stage is Stage.TOKEN:
            body = renewed_early(body, headers)
            self._limits.renewed = True
        for name in [name for name in headers if name.lower().startswith("x-ratelimit")]:
            del response.headers[name]
        response.raw = io.BytesIO(body)
        return response

    def _exchanged(
        self, stage: Stage, method: str, url: str, kwargs: dict[str, Any]
    ) -> tuple[requests.Response, bytes]:
        kwargs = {**kwargs, "allow_redirects": False, "stream": True, "timeout": self.timeout}
        try:
            response = self._session.request(method, url, **kwargs)
            with response:
                return response, self._read(response, stage)
        except requests.ConnectTimeout as error:
            raise Failure(Trouble.UNSENT, stage) from error
        except requests.Timeout as error:
            raise Failure(Trouble.LATE, stage) from error
        except requests.RequestException as error:
            if isinstance(error, ValueError):
                # A header or an address that cannot be sent, and the words of the error repeat it: no cause.
                raise Failure(Trouble.UNSENT, stage) from None
            raise Failure(Trouble.UNSENT if _is_unsent(error) else Trouble.BROKEN, stage) from error
        except HTTPError as error:
            late = "timed out" in str(error)
            raise Failure(Trouble.LATE if late else Trouble.BROKEN, stage) from error

    def _read(self, response: requests.Response, stage: Stage) -> bytes:
        """Read the whole answer before the time is over; `requests` only times each piece."""
        over = time.monotonic() + self.timeout
        pieces: list[bytes] = []
        size = 0
        while piece := response.raw.read1(_PIECE, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if time.monotonic() > over:
                raise Failure(Trouble.LATE, stage)
            if size > ANSWER_LIMIT:
                raise Failure(Trouble.GARBLED, stage, status=response.status_code)
        return b"".join(pieces)

    def _pause_asked(self, response: requests.Response) -> float | None:
        """Return how long an answer asks us to wait, in seconds.

        Every answer says when the window ends; only with a 429 does it mean that nothing is granted before.
        """
        names = ["retry-after"]
        if response.status_code == requests.codes["too_many_requests"]:
            names.append("x-ratelimit-reset")
        asked = [value for name in names if (value := seconds(response.headers, name)) is not None]
        return min(max(1.0, *asked), MOST_PAUSE) if asked else None


def _is_unsent(error: requests.RequestException) -> bool:
    """Tell whether there never was a connection: refused, no such name, a certificate nobody vouches for."""
    if isinstance(error, requests.exceptions.SSLError):
        return "CERTIFICATE_VERIFY" in str(error)
    return isinstance(getattr(error.args[0] if error.args else None, "reason", None), NewConnectionError)


def renewed_early(body: bytes, headers: Mapping[str, str]) -> bytes:
    """Return the token's answer with an earlier end; raises Failure where it is none, or holds an error."""
    try:
        granted = msgspec.json.decode(body)
    except (ValueError, RecursionError) as error:
        raise Failure(Trouble.GARBLED, Stage.TOKEN) from error
    if isinstance(granted, dict) and isinstance(granted.get("error"), (str, int)):
        # Reddit refuses a login with 200 and a word.
        word = str(granted["error"])
        raise Failure(Trouble.STATUS, Stage.TOKEN, status=400, headers=headers, body=body, error=word)
    lasting = granted.get("expires_in") if isinstance(granted, dict) else None
    if not isinstance(lasting, int) or not all(
        isinstance(granted.get(name), str) for name in ("access_token", "scope")
    ):
        raise Failure(Trouble.GARBLED, Stage.TOKEN)
    return msgspec.json.encode({**granted, "expires_in": max(lasting - EARLY, 0)})
