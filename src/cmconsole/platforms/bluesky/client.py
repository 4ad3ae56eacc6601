"""Asks Bluesky for one account, and says what came of writing: the session is renewed on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import httpx

from cmconsole.core.account import Identity
from cmconsole.core.clock import Instant
from cmconsole.core.errors import (
    N_,
    NotPublishedError,
    PublishError,
    PublishRefusedError,
    SourceError,
    SourceRefusedError,
    UnclearError,
)
from cmconsole.core.text import one_line
from cmconsole.platforms import http
from cmconsole.platforms.bluesky.session import PASSWORD_ADVICE, Session, SessionKeeper, Sessions
from cmconsole.platforms.bluesky.xrpc import Answer, Json, Params, Wire, failure, host_of, nonsense, word

__all__ = ["BlueskyClient", "SessionKeeper"]

SERVICE: Final = "https://bsky.social"

_MOST_RENEWALS: Final = 2
"""Another process's session may be stale as well; a third refusal is one."""

_SAID_LIMIT: Final = 200
_UNSENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
    httpx.InvalidURL,
)
_UNTOLD: Final = frozenset({408, 425})
"""Client errors that do not say whether the request was carried out."""


class BlueskyClient:
    """Speaks for one account. service: where it logs in; its own server is told by its DID document.

    password: an app password. It, and the tokens it gives, are never part of an error or a log.
    """

    def __init__(
        self,
        service: str = SERVICE,
        identifier: str = "",
        password: str = "",
        *,
        now: Callable[[], Instant],
        session: SessionKeeper,
        timeout: float = 20.0,
    ) -> None:
        self._wire = Wire(now, timeout)
        self._service = service or SERVICE
        self._sessions = Sessions(self._wire, self._service, identifier, password, now=now, keeper=session)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._wire.aclose()

    async def identity(self) -> Identity:
        """Return whom Bluesky takes us for. Raises SourceError, SourceRefusedError for a bad password."""
        answer = await self.ask("com.atproto.server.getSession")
        did, handle = word(answer, "did"), word(answer, "handle")
        if not did or not handle:
            raise nonsense(host_of((await self.session()).pds))
        return Identity(handle, did)

    async def session(self) -> Session:
        """Return the session. Raises SourceError, SourceRefusedError."""
        return await self._sessions.current()

    async def ask(self, name: str, *params: tuple[str, str]) -> Json:
        """Return the answer to a query. Raises SourceError, SourceRefusedError."""
        answer, host = await self._asked(name, params)
        if not answer.is_fine:
            raise failure(answer, host)
        return answer.content or {}

    async def ask_for(self, name: str, *params: tuple[str, str]) -> Json | None:
        """Return the answer to a query, None where it says that there is no such thing. Raises like `ask`."""
        answer, host = await self._asked(name, params)
        if answer.is_fine:
            return answer.content
        if _is_absent(answer):
            return None
        raise failure(answer, host)

    async def write(self, name: str, body: Json) -> Json | None:
        """Carry a procedure out once; None where it was refused because of what is there already.

        Never sent twice, not even with a renewed session. Raises NotPublishedError (surely not done),
        PublishRefusedError (surely not, and a person must act), UnclearError (done or not).
        """
        with nothing_published():
            session = await self._sessions.current()
        host = host_of(session.pds)
        try:
            answer = await self._wire.ask("POST", session.pds, name, token=session.access, body=body)
        except _UNSENT as error:
            raise NotPublishedError(N_("{host} cannot be reached."), host=host) from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise UnclearError(
                N_("{host} took the request, but its answer never came."), host=host
            ) from error
        except SourceError as error:
            # With a wait: a limit that was reached before. Without: an answer that could not be read.
            raise told_as(UnclearError if error.retry_after is None else NotPublishedError, error) from error
        if answer.is_fine:
            return answer.content
        if answer.error == "InvalidSwap":
            return None
        if answer.refuses_token:
            with nothing_published():
                await self._sessions.renewed(session)
            raise NotPublishedError(N_("{host} wanted a new session, and has it now."), host=host)
        raise _unwritten(answer, host, session)

    async def _asked(self, name: str, params: Params) -> tuple[Answer, str]:
        session = await self._sessions.current()
        for renewals in range(_MOST_RENEWALS + 1):
            host = host_of(session.pds)
            with http.in_words(host):
                answer = await self._wire.ask("GET", session.pds, name, token=session.access, params=params)
            if not answer.refuses_token:
                return answer, host
            if renewals < _MOST_RENEWALS:
                session = await self._sessions.renewed(session)
        raise SourceRefusedError(
            N_("{host} does not accept the session it has just given us."),
            advice=PASSWORD_ADVICE,
            host=host_of(session.pds),
        )


@contextmanager
def nothing_published() -> Iterator[None]:
    """Turn what goes wrong while reading before a write into the words for a write that was never sent."""
    try:
        yield
    except SourceRefusedError as error:
        raise told_as(PublishRefusedError, error) from error
    except SourceError as error:
        raise told_as(NotPublishedError, error) from error


def told_as(kind: type[PublishError], error: SourceError) -> PublishError:
    """Return what went wrong, in the same words, as an error of publishing."""
    return kind(error.template, advice=error.advice, retry_after=error.retry_after, **error.facts)


def _is_absent(answer: Answer) -> bool:
    """Say whether an answer means that what was asked for is not there.

    A record: `RecordNotFound`, once `InvalidRequest` with words. A post: `NotFound`. A handle:
    `InvalidRequest` or `HandleNotFound`.
    """
    if answer.status != httpx.codes.BAD_REQUEST:
        return False
    known = answer.error in {"RecordNotFound", "NotFound", "HandleNotFound"}
    return known or answer.message.startswith(("Could not locate record", "Unable to resolve handle"))


def _unwritten(answer: Answer, host: str, session: Session) -> NotPublishedError | UnclearError:
    """Return the error for a procedure that was not answered with a success."""
    status = answer.status
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return NotPublishedError(
            N_("{host} asks us to slow down (429)."), retry_after=answer.pause, host=host
        )
    if httpx.codes.is_redirect(status):
        return NotPublishedError(N_("There is no Bluesky at {host} ({status})."), host=host, status=status)
    if httpx.codes.is_client_error(status) and status not in _UNTOLD:
        said = answer.message.replace(session.access, "…").replace(session.refresh, "…")
        return PublishRefusedError(
            N_("{host} refuses it ({status}): {said}"),
            host=host,
            status=status,
            said=one_line(said, _SAID_LIMIT) or answer.error or "–",
        )
    if httpx.codes.is_success(status):
        return UnclearError(N_("{host} says it is done, in an answer that cannot be read."), host=host)
    return UnclearError(
        N_("{host} answered with an error ({status}), perhaps after doing it."),
        retry_after=answer.pause,
        host=host,
        status=status,
    )
