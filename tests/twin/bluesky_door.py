"""Who is let in to Bluesky's twin: sessions, tokens that grow old, and limits with their headers."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from tests.twin.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

POINTS = {"createRecord": 3, "putRecord": 2, "deleteRecord": 1}
HOUR, DAY = 3_600_000, 86_400_000
LIMIT_BODY: dict[str, Any] = {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}


class Door:
    """Lets one account in. `pds`: what its DID document names as its server; empty: this one.

    `opened`: how often a session was asked for. `limits`: points and milliseconds, by what they limit.
    """

    def __init__(self, world: World, did: str, handle: str, credentials: dict[str, str]) -> None:
        self.world = world
        self.opened = 0
        self.pds = ""
        self.access: dict[str, int] = {}
        self.refresh: set[str] = set()
        self.access_life = 2 * HOUR
        self.limits = {
            "all": (3_000, 300_000),
            "write": (5_000, HOUR),
            "session": (30, 300_000),
            "day": (300, DAY),
        }
        self._did = did
        self._handle = handle
        self._credentials = credentials
        self._spent: dict[str, tuple[int, int]] = {}

    def routes(self) -> list[web.RouteDef]:
        """Return what can be asked without a session."""
        return [
            web.post("/xrpc/com.atproto.server.createSession", self._create_session),
            web.post("/xrpc/com.atproto.server.refreshSession", self._refresh_session),
        ]

    def expire(self) -> None:
        """Let all access tokens grow old."""
        self.access = dict.fromkeys(self.access, 0)

    def revoke(self) -> None:
        """End all sessions, as when the app password is deleted and made anew."""
        self.access.clear()
        self.refresh.clear()

    def limit_headers(self, reset: int) -> dict[str, str]:
        """Return what a 429 carries; `reset` in ms, told in seconds."""
        return {**limits(3_000, 0, reset, 300), "Date": self._http_date()}

    def guarded(self, handler: Handler) -> Handler:
        """Let in only who holds a token that is good, and within the limits."""

        async def handle(request: web.Request) -> web.StreamResponse:
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if not token:
                return error(401, "AuthMissing", "Authentication Required")
            if token not in self.access:
                return error(400, "InvalidToken", "Token could not be verified")
            if self.access[token] <= self.world.now():
                return error(400, "ExpiredToken", "Token has expired")
            points = POINTS.get(request.path.rpartition(".")[2], 0)
            headers = self._spend("write", points) if points else self._spend("all", 1)
            answer = self._too_many(headers) or await handler(request)
            answer.headers.update({**headers, "Date": self._http_date()})
            return answer

        return handle

    def _spend(self, name: str, points: int) -> dict[str, str]:
        most, window = self.limits[name]
        now = self.world.now()
        begun, spent = self._spent.get(name, (0, 0))
        begun, spent = (begun, spent) if now - begun < window else (now, 0)
        self._spent[name] = (begun, spent + points)
        return limits(most, most - spent - points, begun + window, window // 1_000)

    def _too_many(self, headers: dict[str, str]) -> web.Response | None:
        if int(headers["ratelimit-remaining"]) >= 0:
            return None
        headers["ratelimit-remaining"] = "0"
        return web.json_response(LIMIT_BODY, status=429)

    async def _create_session(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        for headers in (self._spend("day", 1), self._spend("session", 1)):
            if refused := self._too_many(headers):
                refused.headers.update({**headers, "Date": self._http_date()})
                return refused
        self.opened += 1
        if (said.get("identifier"), said.get("password")) not in {
            (who, self._credentials["password"]) for who in (self._credentials["identifier"], self._did)
        }:
            return error(401, "AuthenticationRequired", "Invalid identifier or password")
        return self._session(request)

    async def _refresh_session(self, request: web.Request) -> web.StreamResponse:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.refresh:
            return error(400, "ExpiredToken", "Token has been revoked")
        self.refresh.remove(token)
        return self._session(request)

    def _session(self, request: web.Request) -> web.Response:
        access, refresh = (f"eyJ.{kind}-{secrets.token_urlsafe(24)}" for kind in ("access", "refresh"))
        self.access[access] = self.world.now() + self.access_life
        self.refresh.add(refresh)
        home = self.pds or str(request.url.origin())
        service = {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": home}
        return web.json_response(
            {
                "did": self._did,
                "handle": self._handle,
                "didDoc": {"id": self._did, "service": [service]},
                "accessJwt": access,
                "refreshJwt": refresh,
                "active": True,
            }
        )

    def _http_date(self) -> str:
        return format_datetime(datetime.fromtimestamp(self.world.now() / 1_000, UTC), usegmt=True)


def limits(most: int, left: int, reset: int, window: int) -> dict[str, str]:
    """Return the headers of a limit; `reset` in ms, `window` in seconds."""
    told = {"limit": most, "remaining": left, "reset": -(-reset // 1_000)}
    policy = {"ratelimit-policy": f"{most};w={window}"}
    return {**{f"ratelimit-{name}": str(value) for name, value in told.items()}, **policy}


def error(status: int, word: str, message: str) -> web.Response:
    """Return a refusal as XRPC words it."""
    return web.json_response({"error": word, "message": message}, status=status)


def invalid(message: str) -> web.Response:
    """Return the refusal of a request that makes no sense."""
    return error(400, "InvalidRequest", message)
