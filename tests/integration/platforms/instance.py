"""A small Mastodon of our own: pages by `min_id`, streams, refuses and limits as a real one does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from tests.integration.platforms.loopback import Answer, Request

TOKEN = "s3cret-t0ken"
PAGE = 40


def dated(second: int) -> str:
    """Return the date of so many seconds after noon."""
    return f"2026-11-21T{12 + second // 3600}:{second // 60 % 60:02}:{second % 60:02}.000Z"


def status(native_id: str, text: str = "", **keys: Any) -> dict[str, Any]:
    """Return a status as the API gives it."""
    account = {
        "id": "7",
        "acct": "ada@piaille.fr",
        "username": "ada",
        "display_name": "Ada",
        "followers_count": 12_000,
        "note": "<p>Mathématicienne</p>",
        "url": "https://piaille.fr/@ada",
    }
    return {
        "id": native_id,
        "created_at": dated(int(keys.pop("second", 0))),
        "in_reply_to_id": None,
        "content": f"<p>{text or native_id}</p>",
        "language": "fr",
        "url": f"https://piaille.fr/@ada/{native_id}",
        "account": account,
        "media_attachments": [],
        **keys,
    }


def notification(native_id: str, about: dict[str, Any] | None, kind: str = "mention") -> dict[str, Any]:
    """Return a notification about a status."""
    date = about["created_at"] if about else "2026-11-21T12:00:00.000Z"
    return {"id": native_id, "type": kind, "created_at": date, "account": {}, "status": about}


@dataclass
class InstanceServer:
    """Answers like an instance. `notifications` and `tagged` are oldest first; ids tell nothing of order.

    failing: answers given, one after another, in place of the next pages of notifications.
    """

    notifications: list[dict[str, Any]] = field(default_factory=list)
    tagged: list[dict[str, Any]] = field(default_factory=list)
    statuses: dict[str, dict[str, Any]] = field(default_factory=dict)
    failing: list[Answer] = field(default_factory=list)
    streams: bool = True
    version: int = 2
    url: str = ""
    knows_min_id: bool = True
    silent_stream: bool = False
    live: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    opened: int = 0

    def add(self, native_id: str, text: str = "", **keys: Any) -> None:
        """Make a mention without streaming it."""
        number = len(self.notifications)
        post = status(f"s{native_id}", text or native_id, second=number, **keys)
        self.notifications.append(notification(native_id, post))

    def stream(self, item: dict[str, Any], name: str = "notification") -> None:
        """Send an event down the open stream."""
        self.live.put_nowait(f"event: {name}\ndata: {json.dumps(item)}\n\n".encode())

    def end_stream(self) -> None:
        """Close the open stream."""
        self.live.put_nowait(b"")

    def respond(self, request: Request) -> Answer:
        """Answer a request."""
        path = request.path
        if path in {"/api/v1/instance", "/api/v2/instance"}:
            return self._described(path)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return as_json({"error": "The access token is invalid"}, status=401)
        return self._answered(path.removeprefix("/api/v1/").split("/"), request)

    def _described(self, path: str) -> Answer:
        live = self.url.replace("http", "ws", 1)
        if path == "/api/v1/instance":
            return as_json({"uri": "example.social", "urls": {"streaming_api": live}})
        described = {"domain": "example.social", "configuration": {"urls": {"streaming": live}}}
        return as_json(described) if self.version == 2 else Answer(404)

    def _answered(self, path: list[str], request: Request) -> Answer:
        answer = as_json({"error": "Record not found"}, status=404)
        match path:
            case ["streaming", "user"] if self.streams:
                answer = self._stream()
            case ["accounts", "verify_credentials"]:
                answer = as_json({"id": "99", "acct": "marque"})
            case ["notifications"]:
                assert request.query["types[]"] == "mention"
                answer = self.failing.pop(0) if self.failing else self._page(self.notifications, request)
            case ["timelines", "tag", _]:
                answer = self._page(self.tagged, request)
            case ["statuses", native_id] if native_id in self.statuses:
                answer = as_json(self.statuses[native_id])
        return answer

    def _page(self, items: list[dict[str, Any]], request: Request) -> Answer:
        after = request.query.get("min_id")
        ids = [item["id"] for item in items]
        if after is None or not self.knows_min_id:
            page = items[-PAGE:]
        else:
            start = ids.index(after) + 1 if after in ids else 0
            page = items[start : start + PAGE]
        return as_json(page[::-1])

    def _stream(self) -> Answer:
        async def pieces() -> AsyncIterator[bytes]:
            self.opened += 1
            if self.silent_stream:
                await asyncio.Event().wait()
            yield b":)\n\n"
            while piece := await self.live.get():
                yield piece

        return Answer(headers={"Content-Type": "text/event-stream"}, pieces=pieces)


def as_json(value: object, status: int = 200, **headers: str) -> Answer:
    """Return an answer holding JSON."""
    return Answer(status, json.dumps(value).encode(), {"Content-Type": "application/json", **headers})
