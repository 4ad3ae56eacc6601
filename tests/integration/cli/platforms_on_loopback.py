"""A Mastodon server for `accounts` and `doctor`: it knows one token, dates its answers, and can be broken."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.integration.platforms.instance import as_json
from tests.integration.platforms.loopback import Answer, Loopback, Request, serving

TOKEN = "marked-t0ken-of-acme"


@dataclass
class Instance:
    """acct: whom the token belongs to. off: how far its clock is behind ours. status: of all answers."""

    acct: str = "acme"
    off: timedelta = field(default_factory=timedelta)
    status: int = 200
    hang: bool = False

    def respond(self, request: Request) -> Answer:
        if self.hang:
            return Answer(hang=True)
        date = {"Date": format_datetime(datetime.now(UTC) - self.off, usegmt=True)}
        if self.status != 200:
            return Answer(self.status, b"", date)
        if request.path == "/api/v2/instance":
            return dated({"domain": "fedi.example", "configuration": {"urls": {}}}, date)
        if request.path != "/api/v1/accounts/verify_credentials":
            return Answer(404, b"", date)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return dated({"error": "The access token is invalid"}, date, status=401)
        return dated({"id": "99", "acct": self.acct, "username": self.acct, "display_name": "Acme"}, date)


def dated(value: object, date: dict[str, str], status: int = 200) -> Answer:
    """Return an answer holding JSON, with the server's own date."""
    return as_json(value, status, **date)


@asynccontextmanager
async def instance(**keys: object) -> AsyncIterator[tuple[Instance, Loopback]]:
    """Run an instance for as long as the block lasts."""
    plays = Instance(**keys)  # type: ignore[arg-type]  # the keys of Instance
    async with serving(plays.respond) as site:
        yield plays, site
