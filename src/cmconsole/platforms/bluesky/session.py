"""The session with Bluesky: opened seldom, kept over restarts, renewed once however many ask."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from cmconsole.core.clock import DAY, MINUTE, SECOND, Instant, Millis
from cmconsole.core.errors import N_, SourceError, SourceRefusedError
from cmconsole.platforms import http
from cmconsole.platforms.bluesky.xrpc import Answer, Json, Wire, failure, host_of, nonsense, objects, word

MOST_OPENED: Final = ((25, 5 * MINUTE), (250, DAY))
"""Most sessions opened in a length of time: five sixths of what Bluesky grants an account (30 and 300).

https://docs.bsky.app/docs/advanced-guides/rate-limits
"""

REFUSED_FOR: Final[Millis] = 15 * MINUTE
"""A password that was refused is not tried again so soon: each try counts."""

PASSWORD_ADVICE: Final = N_(
    "At bsky.app, under Settings → Privacy and security → App passwords, make an app password, and give it to"
    " cmconsole accounts add."
)

_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,8192}\Z")
_DID = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]{1,2000}\Z")


class SessionKeeper(Protocol):
    """Keeps a session's text where only its owner can read it."""

    async def load(self) -> str:
        """Return what was saved last, empty where nothing was."""
        ...

    async def save(self, text: str) -> None:
        """Keep a text in place of the former one."""
        ...


class Session(msgspec.Struct, frozen=True):
    """Who we are, and what proves it. pds: the address of the server that holds the account."""

    did: str
    handle: str
    pds: str
    access: str
    refresh: str

    def __repr__(self) -> str:
        return f"Session({self.did!r}, {self.handle!r}, {self.pds!r})"


class _Kept(msgspec.Struct, frozen=True):
    """What a keeper keeps. opened: when sessions were opened within the last day, failures counted."""

    service: str
    identifier: str
    session: Session | None = None
    opened: tuple[Instant, ...] = ()

    def __repr__(self) -> str:
        return f"_Kept({self.service!r}, {self.identifier!r})"


class Sessions:
    """Hands out the one session of an account.

    identifier: handle, DID or e-mail address. One kept for another, or for another service, is not used.
    """

    def __init__(
        self,
        wire: Wire,
        service: str,
        identifier: str,
        password: str,
        *,
        now: Callable[[], Instant],
        keeper: SessionKeeper,
    ) -> None:
        self._wire = wire
        self._service = service.strip().rstrip("/")
        self._identifier = identifier.strip().removeprefix("@")
        self._password = password.strip()
        self._now = now
        self._keeper = keeper
        self._lock = asyncio.Lock()
        self._session: Session | None = None
        self._refused: tuple[Instant, SourceRefusedError] | None = None

    async def current(self) -> Session:
        """Return the session, the kept one before a new one. Raises SourceError, SourceRefusedError."""
        if self._session is None:
            async with self._lock:
                if self._session is None:
                    kept = await self._kept()
                    self._session = kept.session or await self._opened(kept)
        return self._session

    async def renewed(self, used: Session) -> Session:
        """Return a session in place of one that was refused. Raises SourceError, SourceRefusedError.

        What is kept goes first: whoever asks second gets what the first got, here or in another process, for
        Bluesky takes a refresh token once only. Sessions are told apart by their refresh tokens, for two
        access tokens of one second are the same.
        """
        async with self._lock:
            kept = await self._kept()
            if kept.session is not None and kept.session.refresh != used.refresh:
                self._session = kept.session
            else:
                self._session = await self._refreshed(used, kept) or await self._opened(kept)
            return self._session

    async def _refreshed(self, used: Session, kept: _Kept) -> Session | None:
        """Return the session anew; None where its refresh token is taken no longer."""
        name = "com.atproto.server.refreshSession"
        answer = await self._post(used.pds, name, token=used.refresh)
        if answer.is_fine:
            session = self._read(answer.content or {}, pds=used.pds)
            await self._keep(msgspec.structs.replace(kept, session=session))
            return session
        # Of a client error only a limit says nothing about the token.
        if 400 <= answer.status < 500 and answer.status != 429:  # noqa: PLR2004 - HTTP's own classes
            return None
        raise failure(answer, host_of(used.pds))

    async def _opened(self, kept: _Kept) -> Session:
        self._check_may_open(kept)
        now = self._now()
        recent = (*(at for at in kept.opened if now - DAY < at <= now), now)
        kept = _Kept(self._service, self._identifier, opened=recent)
        # Before it is tried: a program that dies right after must not try without end.
        await self._keep(kept)
        body = {"identifier": self._identifier, "password": self._password}
        answer = await self._post(self._service, "com.atproto.server.createSession", body=body)
        host = host_of(self._service)
        if not answer.is_fine:
            error = _refusal(answer, host) or failure(answer, host)
            if isinstance(error, SourceRefusedError):
                self._refused = (now, error)
            raise error
        content = answer.content or {}
        if content.get("active") is False:
            raise SourceRefusedError(
                N_("{host} has switched this account off ({status})."),
                advice=N_("Log in at bsky.app: a message there may say what is wrong with the account."),
                host=host,
                status=word(content, "status") or "inactive",
            )
        session = self._read(content, pds=self._service)
        self._refused = None
        await self._keep(msgspec.structs.replace(kept, session=session))
        return session

    def _check_may_open(self, kept: _Kept) -> None:
        """Raise where trying is of no use, or would use up what Bluesky grants a day."""
        now = self._now()
        if not self._identifier or not self._password:
            raise SourceRefusedError(N_("A handle and an app password are needed."), advice=PASSWORD_ADVICE)
        if self._refused is not None and 0 <= now - self._refused[0] < REFUSED_FOR:
            error = self._refused[1]
            raise SourceRefusedError(error.template, advice=error.advice, retry_after=None, **error.facts)
        for most, length in MOST_OPENED:
            within = [at for at in kept.opened if now - length < at <= now]
            if len(within) >= most:
                raise SourceError(
                    N_("{host} was logged in to {count} times: no more for a while."),
                    advice=N_("Something loses the session: look at the file that keeps it."),
                    retry_after=(within[-most] + length - now) / SECOND,
                    host=host_of(self._service),
                    count=len(within),
                )

    async def _post(self, server: str, name: str, *, token: str = "", body: Json | None = None) -> Answer:
        with http.in_words(host_of(server)):
            return await self._wire.ask("POST", server, name, token=token, body=body)

    def _read(self, content: Json, *, pds: str) -> Session:
        session = Session(
            word(content, "did"),
            word(content, "handle"),
            _home(content, self._service) or pds,
            word(content, "accessJwt"),
            word(content, "refreshJwt"),
        )
        if not _usable(session):
            raise nonsense(host_of(pds))
        return session

    async def _kept(self) -> _Kept:
        fresh = _Kept(self._service, self._identifier)
        try:
            kept = msgspec.json.decode(await self._keeper.load() or "null", type=_Kept | None) or fresh
        except ValueError:
            return fresh
        except OSError as error:
            raise SourceError(
                N_("The session with Bluesky could not be read from where it is kept.")
            ) from error
        if (kept.service, kept.identifier) != (self._service, self._identifier):
            return fresh
        usable = kept.session is not None and _usable(kept.session)
        return kept if usable else msgspec.structs.replace(kept, session=None)

    async def _keep(self, kept: _Kept) -> None:
        try:
            await self._keeper.save(msgspec.json.encode(kept).decode())
        except OSError as error:
            raise SourceError(
                N_("The session with Bluesky could not be kept."),
                advice=N_("Make room on the disk and see that the folder may be written to."),
            ) from error


def _refusal(answer: Answer, host: str) -> SourceRefusedError | None:
    """Return why a handle and password were not taken; None where something else is wrong."""
    match answer.status, answer.error:
        case _, "AuthFactorTokenRequired":
            said = N_("{host} wants a second factor for this password: only an app password needs none.")
        case _, "AccountTakedown":
            said = N_("{host} has taken this account down.")
        case 401, _:
            said = N_("{host} does not accept this handle and app password (401).")
        case 400 | 403, _:
            said = N_("{host} refuses to log this account in.")
        case _:
            return None
    return SourceRefusedError(said, advice=PASSWORD_ADVICE, host=host)


def _home(content: Json, service: str) -> str:
    """Return the address of the server that holds the account, from its DID document; empty where unsaid.

    The service may be an entry way that holds no account (bsky.social). The tokens go there, so never in the
    clear unless the service itself is asked in the clear. https://atproto.com/specs/did
    """
    document = content.get("didDoc")
    for entry in objects(document if isinstance(document, dict) else None, "service"):
        endpoint = word(entry, "serviceEndpoint").rstrip("/")
        scheme = endpoint.partition("://")[0]
        secure = scheme == "https" or (scheme == "http" and service.startswith("http://"))
        if word(entry, "id").endswith("#atproto_pds") and secure and host_of(endpoint):
            return endpoint
    return ""


def _usable(session: Session) -> bool:
    """Say whether a session can be sent: a library's complaint about another would hold its token."""
    tokens = _TOKEN.match(session.access) and _TOKEN.match(session.refresh)
    return bool(tokens and _DID.match(session.did) and host_of(session.pds))
