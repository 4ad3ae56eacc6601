"""Asks Reddit through praw: one thread, one request at a time, none ever repeated, limits kept."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

import praw
import requests
from praw.const import USER_AGENT_FORMAT
from praw.exceptions import PRAWException
from prawcore import PrawcoreException
from prawcore import __version__ as prawcore_version

from cmconsole import __version__
from cmconsole.core.account import Identity
from cmconsole.core.clock import Instant
from cmconsole.core.errors import N_, SourceError, SourceRefusedError
from cmconsole.platforms.reddit import trouble
from cmconsole.platforms.reddit.wire import Failure, Limits, Stage, Trouble, Wire

TIMEOUT: Final = 20.0

RESERVE: Final = 10
"""Requests of a window that reading leaves over, so that replies can always leave."""

MOST_PACE: Final = 10.0
"""Longest pause in seconds between two requests when they are spread over what is left of a window."""

_REDDIT: Final = "https://www.reddit.com"
_OAUTH: Final = "https://oauth.reddit.com"
_LOGGERS: Final = ("praw", "prawcore", "urllib3", "charset_normalizer")
_CLOSING: Final = 5.0
_HANDLE = re.compile(r"[A-Za-z0-9_-]{1,32}\Z")
_SENDABLE = re.compile(r"[!-~]*\Z")
_UNAUTHORIZED: Final = 401
_NOT_FOUND: Final = 404


@dataclass(frozen=True, slots=True)
class RedditSecrets:
    """What lets an app in as one account: `refresh_token`, or `username` and `password` of a script app.

    client_secret is empty for an installed app.
    """

    client_id: str = field(repr=False)
    client_secret: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


class RedditClient:
    """Speaks for one account. Safe to share between source, publisher and lookup: they queue for one thread.

    praw is not thread-safe, reads `praw.ini` and the environment, repeats requests and sleeps: it is built
    and used in one thread, given every setting, and sends through `Wire`, which leaves it nothing to repeat
    and nothing to sleep on. DEBUG of its loggers prints the text of replies: they are pinned to WARNING.
    """

    def __init__(
        self,
        secrets: RedditSecrets,
        *,
        now: Callable[[], Instant],
        server: str = "",
        timeout: float = TIMEOUT,
    ) -> None:
        for name in _LOGGERS:
            logging.getLogger(name).setLevel(logging.WARNING)
        self._secrets = secrets
        self._now = now
        self._site = server.rstrip("/") or _REDDIT
        self._oauth = server.rstrip("/") or _OAUTH
        self._timeout = timeout
        self._handle = secrets.username if _HANDLE.match(secrets.username) else ""
        self._limits = Limits()
        self._session = requests.Session()
        # Else requests sends what ~/.netrc has for the host instead of the token.
        self._session.auth = _as_it_is
        self._reddit: praw.Reddit | None = None
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reddit")
        self._closed = False
        self.accepted = True
        """Whether Reddit took the token for one when it was last shown."""

    @property
    def server(self) -> str:
        """Return the base address of the site that is asked."""
        return self._site

    async def identity(self) -> Identity:
        """Return whom Reddit takes us for. Raises SourceError, SourceRefusedError for a bad token."""
        answer = await self.get("api/v1/me")
        name = answer.get("name") if isinstance(answer, dict) else None
        if not isinstance(name, str) or not _HANDLE.match(name):
            raise SourceRefusedError(
                N_("The token belongs to no account of Reddit's."),
                advice=N_("Run `cmconsole accounts add` again, logged in as the account."),
            )
        self._handle = name
        self._session.headers["User-Agent"] = _with_versions(self._user_agent())
        return Identity(name, f"t2_{answer.get('id', '')}", name)

    async def get(self, path: str, params: Mapping[str, str | int] | None = None, subject: str = "") -> Any:
        """Return the JSON of an answer. subject: what is read, for words (`r/acme`). Raises SourceError.

        A token that has run out is renewed, and only then the question is asked a second time.
        """
        self._check_secrets()
        try:
            self._check_limit(RESERVE)
            return await self._in_thread(self._read, path, dict(params or {}))
        except Failure as failure:
            raise trouble.source_error(failure, subject) from failure

    async def post(self, path: str, data: Mapping[str, str | bool]) -> Any:
        """Send a change, once, and return the JSON of the answer. Raises PublishError.

        After a 401 nothing was done. Whether the token is bad or had only run out is found by asking who we
        are.
        """
        try:
            self._check_secrets()
            self._check_limit(0)
            return await self._in_thread(self._ask, "POST", path, {}, dict(data))
        except SourceError as error:
            raise trouble.hindered(error) from error
        except Failure as failure:
            if failure.status == _UNAUTHORIZED and failure.stage is Stage.CALL and not failure.renewed:
                raise await self._after_unauthorized() from failure
            raise trouble.publish_error(failure) from failure

    async def moved(self, path: str) -> str:
        """Return where an address of the site itself leads to, empty where it leads nowhere else."""
        self._check_secrets()
        try:
            await self._in_thread(self._read, f"{self._site}/{path}", {})
        except Failure as failure:
            if failure.trouble is Trouble.STATUS and "location" in failure.headers:
                return failure.headers["location"]
            if failure.status == _NOT_FOUND:
                return ""
            raise trouble.source_error(failure) from failure
        return ""

    def left(self) -> float:
        """Return how many requests Reddit still grants, as far as is known."""
        known = self._limits.remaining is not None and self._limits.until_reset(self._now()) > 0
        return self._limits.remaining if known and self._limits.remaining is not None else float("inf")

    def pace(self) -> float:
        """Return the seconds to wait before the next reading, so that what is left lasts until the reset.

        Nothing while more than half is left.
        """
        left = self.left()
        if left == float("inf") or left > self._limits.used:
            return 0.0
        return min(MOST_PACE, self._limits.until_reset(self._now()) / max(left - RESERVE, 1.0))

    async def aclose(self) -> None:
        """Close the connections; a request under way is given some seconds. Closing twice does no harm."""
        if self._closed:
            return
        self._closed = True
        closing = asyncio.get_running_loop().run_in_executor(self._executor, self._session.close)
        self._executor.shutdown(wait=False)
        await asyncio.wait({closing}, timeout=_CLOSING)

    async def _after_unauthorized(self) -> Exception:
        """Return the error of a write that met a 401: refused, or to be tried again with the new token."""
        try:
            await self.identity()
        except SourceError as error:
            return trouble.hindered(error)
        return trouble.run_out()

    async def _in_thread(self, work: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work, *args)

    def _read(self, path: str, params: dict[str, str | int]) -> Any:
        try:
            return self._ask("GET", path, params, None)
        except Failure as failure:
            run_out = failure.status == _UNAUTHORIZED and failure.stage is Stage.CALL
            if not run_out or failure.renewed:
                raise
        return self._ask("GET", path, params, None)

    def _ask(
        self, method: str, path: str, params: dict[str, str | int], data: dict[str, str | bool] | None
    ) -> Any:
        """Ask once, in the thread. Raises Failure."""
        self._limits.renewed = False
        self._reddit = self._reddit or self._built()
        try:
            answer = self._reddit.request(method=method, path=path, params=params, data=data)
        except Failure as failure:
            failure.renewed = self._limits.renewed
            if failure.status == _UNAUTHORIZED or failure.stage is Stage.TOKEN:
                # The only way to make praw forget an access token that uses none of its private parts.
                self._reddit = None
            self.accepted = failure.status != _UNAUTHORIZED and failure.stage is not Stage.TOKEN
            raise
        except (PRAWException, PrawcoreException) as error:
            raise Failure(Trouble.GARBLED, Stage.CALL) from error
        self.accepted = True
        return answer

    def _built(self) -> praw.Reddit:
        """Return praw with every setting given, so that no `praw.ini` and no variable has a say."""
        secrets = self._secrets
        return praw.Reddit(
            "DEFAULT",
            requestor_class=Wire,
            requestor_kwargs={
                "session": self._session,
                "timeout": self._timeout,
                "limits": self._limits,
                "now": self._now,
            },
            check_for_updates=False,
            check_for_async=False,
            client_id=secrets.client_id.strip(),
            client_secret=secrets.client_secret.strip() or None,
            refresh_token=secrets.refresh_token.strip() or None,
            username=None if secrets.refresh_token else secrets.username or None,
            password=None if secrets.refresh_token else secrets.password or None,
            redirect_uri=None,
            oauth_url=self._oauth,
            reddit_url=self._site,
            user_agent=self._user_agent(),
            # Below zero: praw's own post() sleeps and sends again after a break that rounds to 0 s.
            ratelimit_seconds=-1,
            timeout=round(self._timeout),
        )

    def _user_agent(self) -> str:
        """Return what Reddit asks for: `<platform>:<app>:<version> (by /u/<name>)`.

        https://github.com/reddit-archive/reddit/wiki/API#rules
        """
        by = f" (by /u/{self._handle})" if self._handle else ""
        return f"python:cmconsole:{__version__}{by}"

    def _check_limit(self, reserve: int) -> None:
        """Raise Failure where Reddit grants no more than `reserve` requests until its window ends."""
        if self.left() <= reserve:
            pause = max(1.0, self._limits.until_reset(self._now()))
            raise Failure(Trouble.LIMIT, Stage.CALL, pause=pause)

    def _check_secrets(self) -> None:
        """Raise where a secret cannot be sent: a library's complaint about it would hold it."""
        secrets = self._secrets
        sent = (secrets.client_id, secrets.client_secret, secrets.refresh_token)
        entered = secrets.refresh_token or (secrets.username and secrets.password)
        if (
            not secrets.client_id
            or not entered
            or not all(_SENDABLE.match(secret.strip()) for secret in sent)
        ):
            self.accepted = False
            raise SourceRefusedError(
                N_("The account's secrets for Reddit are not complete, or are none."),
                advice=N_("Run `cmconsole accounts add` again."),
            )


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _with_versions(agent: str) -> str:
    """Return a user agent as praw and prawcore complete it."""
    return f"{USER_AGENT_FORMAT.format(agent)} prawcore/{prawcore_version}"
