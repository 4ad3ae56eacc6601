"""Plays a Mastodon instance: lists, search, streams, publishing, limits, as the API of 4.6 has them."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import formatdate
from typing import Any, Final

from aiohttp import WSMsgType, hdrs, web

from cmconsole.config.tasks import spawn
from tests.twin.mastodon_posts import DOMAIN, Post, Posts, date
from tests.twin.world import World

_MINUTE: Final = 60_000
_HOUR: Final = 60 * _MINUTE
_WINDOW: Final = 5 * _MINUTE
_DELETE_WINDOW: Final = 30 * _MINUTE
_HEARTBEAT: Final = 15.0
"""Seconds between two `:thump` of the streaming server (streaming/index.js)."""

_PING: Final = 30.0
_OWN_KINDS: Final = frozenset({"repeat", "disorder", "poison"})

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class MastodonTwin:
    """One instance, our account `acme` and whoever writes to it.

    Servers that are not Mastodon are played by setting: `posts.ulids` (ids as GoToSocial's), `server_sent`,
    `web_socket` (which streams there are), `full_text_search`, `keeps_keys` (whether an Idempotency-Key is
    known), `repeats_fail` (500 for a known one), `missing_parent_is_404` (otherwise the reply is top-level).
    Its own faults, on any list: `repeat` (items from before come again), `disorder`, `poison`.
    """

    name = "mastodon"
    handle = f"acme@{DOMAIN}"
    limit_body: Final = {"error": "Too many requests"}

    def __init__(self, world: World) -> None:
        self.world = world
        self.credentials = {"access_token": "twin-mastodon-s3cret-Tok3n"}
        self.server_sent = self.web_socket = self.full_text_search = True
        self.keeps_keys = self.missing_parent_is_404 = True
        self.repeats_fail = False
        self.limit = 300
        self.streams: list[_Stream] = []
        self.favourites: list[str] = []
        self.reports: list[Post] = []
        self.posts = Posts(world)
        self._keys: dict[str, tuple[int, int]] = {}
        self._asked: dict[tuple[str, int], int] = {}
        self._chance = random.Random(4)

    # --------------------------------------------------------------------------------- what tests make happen

    def mention(self, text: str, *, author: str = "ada", at: int | None = None, **more: Any) -> str:
        """Let somebody mention us; `more` goes into the status. Return its id."""
        number = self.posts.post(f"@acme {text}", self.posts.account(author), at, more)
        notice = self.posts.notice(number, at)
        if self.streams:
            self._tell("notification", self.posts.notification(notice), both=True)
        return self.posts.id_text(number)

    def post(self, text: str, *, author: str = "ada", at: int | None = None, **more: Any) -> str:
        """Let somebody write without mentioning us, with the hashtags in the text. Return its id."""
        return self.posts.id_text(self.posts.post(text, self.posts.account(author), at, more))

    def delete(self, native_id: str) -> None:
        """Let its author delete a post."""
        if self.posts.by_number.pop(self.posts.number(native_id), None) is not None:
            self._tell("delete", native_id)

    def edit(self, native_id: str, text: str) -> None:
        """Let its author write a post anew."""
        number = self.posts.number(native_id)
        self.posts.by_number[number] |= {"text": text, "edited_at": date(self.world.now())}
        self._tell("status.update", self.posts.shown(number))

    def end_streams(self) -> None:
        """Close every stream, as a restart of the streaming server does."""
        for stream in self.streams:
            stream.put_nowait(None)

    def limit_headers(self, reset: int) -> dict[str, str]:
        """Return the headers of a 429 that ends at `reset`."""
        return {**_limits(300, 0, reset), "Date": _http_date(self.world.now())}

    # ------------------------------------------------------------------------------------------------- routes

    def routes(self) -> list[web.RouteDef]:
        """Return what can be asked."""
        status = "/api/v1/statuses/{id}"
        guarded: list[tuple[str, str, Handler]] = [
            ("GET", "/api/v1/accounts/verify_credentials", self._verify),
            ("GET", "/api/v1/accounts/{id}/statuses", self._statuses_of),
            ("GET", "/api/v1/notifications", self._notifications),
            ("GET", "/api/v1/timelines/tag/{tag}", self._tagged),
            ("GET", "/api/v2/search", self._search),
            ("GET", status, self._status),
            ("DELETE", status, self._deleted),
            ("POST", f"{status}/favourite", self._favourited),
            ("POST", "/api/v1/statuses", self._publish),
            ("POST", "/api/v1/reports", self._report),
        ]
        return [
            web.get("/api/v1/instance", self._instance),
            web.get("/api/v2/instance", self._instance),
            web.get("/api/v1/streaming", self._socket),
            web.get("/api/v1/streaming/user", self._events),
            web.get("/api/v1/streaming/user/notification", self._events),
            *(web.route(method, path, self._guarded(handler)) for method, path, handler in guarded),
        ]

    def _guarded(self, handler: Handler) -> Handler:
        """Return a handler behind the token and the limits."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            now = self.world.now()
            deletes = request.method == "DELETE"
            most, window = (30, _DELETE_WINDOW) if deletes else (self.limit, _WINDOW)
            slot = ("delete" if deletes else "all", now // window)
            self._asked[slot] = self._asked.get(slot, 0) + 1
            left = most - self._asked[slot]
            if left < 0:
                answer: web.StreamResponse = _json(self.limit_body, 429)
            elif not self._is_let_in(request):
                answer = _json({"error": "The access token is invalid"}, 401)
            else:
                answer = await handler(request)
            answer.headers.update(_limits(most, max(left, 0), (slot[1] + 1) * window))
            answer.headers[hdrs.DATE] = _http_date(now)
            return answer

        return guarded

    def _is_let_in(self, request: web.Request) -> bool:
        token = self.credentials["access_token"]
        offered = request.headers.get("Sec-WebSocket-Protocol")
        return request.headers.get("Authorization") == f"Bearer {token}" or offered == token

    async def _instance(self, request: web.Request) -> web.Response:
        live = f"ws://{request.host}"
        statuses = {"max_characters": 500, "max_media_attachments": 4, "characters_reserved_per_url": 23}
        if request.path == "/api/v1/instance":
            return _json(
                {"uri": DOMAIN, "urls": {"streaming_api": live}, "configuration": {"statuses": statuses}}
            )
        configuration = {"urls": {"streaming": live}, "statuses": statuses}
        return _json({"domain": DOMAIN, "version": "4.6.4", "configuration": configuration})

    async def _verify(self, request: web.Request) -> web.Response:
        return _json({**self.posts.own, "source": {"privacy": "public"}, "role": {"name": ""}})

    async def _notifications(self, request: web.Request) -> web.Response:
        if request.query.getall("types[]", []) != ["mention"]:
            return _json([])
        numbers = self.posts.page(request.query, self.posts.noticed, self.posts.is_noticed)
        return self._listed(request, [self.posts.notification(number) for number in numbers])

    async def _tagged(self, request: web.Request) -> web.Response:
        found = self.posts.matching(f"#{request.match_info['tag']}")
        return self._listed(request, [self.posts.shown(it) for it in self.posts.page(request.query, found)])

    async def _search(self, request: web.Request) -> web.Response:
        words = request.query["q"]
        empty: dict[str, list[Any]] = {"accounts": [], "statuses": [], "hashtags": []}
        if words.startswith("https://"):
            numbers = [it for it, post in self.posts.by_number.items() if words in {post["url"], post["uri"]}]
        elif not self.full_text_search:
            return _json(empty)
        else:
            after = self.posts.number(request.query.get("min_id", "0"))
            # Bounded by the second in which that post was written, and always begun at the newest.
            since = self.posts.by_number[after]["at"] // 1000 * 1000 if after in self.posts.by_number else 0
            offset = int(request.query.get("offset", "0"))
            found = [
                it
                for it in self.posts.matching(words)[::-1]
                if it in self.posts.by_number and self.posts.by_number[it]["at"] > since
            ]
            numbers = found[offset : offset + int(request.query.get("limit", "20"))]
        return _json({**empty, "statuses": [self.posts.shown(number) for number in numbers]})

    async def _status(self, request: web.Request) -> web.Response:
        number = self.posts.number(request.match_info["id"])
        return _json(self.posts.shown(number)) if number in self.posts.by_number else _missing()

    async def _statuses_of(self, request: web.Request) -> web.Response:
        numbers = self.posts.page(request.query, self.posts.by(request.match_info["id"]))
        return _json([self.posts.shown(number) for number in numbers])

    async def _publish(self, request: web.Request) -> web.Response:
        told = await _told(request)
        key = request.headers.get("Idempotency-Key", "")
        at, number = self._keys.get(key, (0, 0))
        if self.keeps_keys and self.world.now() - at < _HOUR and number in self.posts.by_number:
            if self.repeats_fail:
                return _json({"error": "Internal server error"}, 500)
            return _json(self.posts.shown(number))
        text = str(told.get("status", "")).strip()
        if not text:
            return _json({"error": "Validation failed: Text can't be blank"}, 422)
        if len(re.sub(r"https?://\S+", "x" * 23, text)) > 500:
            return _json({"error": "Validation failed: Text character limit of 500 exceeded"}, 422)
        parent = self.posts.number(str(told.get("in_reply_to_id") or "0"))
        if parent and parent not in self.posts.by_number:
            if self.missing_parent_is_404:
                return _missing()
            parent = 0
        number = self._made(text, told, parent)
        if key:
            self._keys[key] = (self.world.now(), number)
        return _json(self.posts.shown(number))

    def _made(self, text: str, told: Post, parent: int) -> int:
        kept = {name: told[name] for name in ("visibility", "language") if told.get(name)}
        in_reply_to = self.posts.id_text(parent) if parent else None
        number = self.posts.post(text, self.posts.own, None, {**kept, "in_reply_to_id": in_reply_to})
        self.world.record(
            self.name,
            {"id": self.posts.id_text(number), "text": text, "in_reply_to": in_reply_to or "", **kept},
        )
        return number

    async def _deleted(self, request: web.Request) -> web.Response:
        number = self.posts.number(request.match_info["id"])
        if (
            number not in self.posts.by_number
            or self.posts.by_number[number]["account"]["id"] != self.posts.own["id"]
        ):
            return _missing()
        shown = {**self.posts.shown(number), "text": self.posts.by_number[number]["text"]}
        self.delete(request.match_info["id"])
        return _json(shown)

    async def _favourited(self, request: web.Request) -> web.Response:
        number = self.posts.number(request.match_info["id"])
        if number not in self.posts.by_number:
            return _missing()
        self.favourites.append(request.match_info["id"])
        return _json({**self.posts.shown(number), "favourited": True})

    async def _report(self, request: web.Request) -> web.Response:
        told = await _told(request)
        if not any(account["id"] == told.get("account_id") for account in self.posts.accounts.values()):
            return _missing()
        self.reports.append(told)
        return _json({"id": str(len(self.reports)), "action_taken": False, "category": "other", **told})

    # ------------------------------------------------------------------------------------------------ streams

    async def _events(self, request: web.Request) -> web.StreamResponse:
        if not self.server_sent:
            return _json({"error": "Not Found"}, 404)
        if not self._is_let_in(request):
            return _json({"error": "Invalid access token"}, 401)
        answer = web.StreamResponse(headers={"Cache-Control": "private, no-store"})
        answer.content_type = "text/event-stream"
        await answer.prepare(request)
        await answer.write(b":)\n\n")
        stream = _Stream("user:notification" if request.path.endswith("notification") else "user")
        self.streams.append(stream)
        try:
            while True:
                try:
                    async with asyncio.timeout(_HEARTBEAT):
                        told = await stream.get()
                except TimeoutError:
                    await answer.write(b":thump\n\n")
                    continue
                if told is None:
                    return answer
                await answer.write(f"event: {told['event']}\ndata: {told['payload']}\n\n".encode())
        finally:
            self.streams.remove(stream)

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if not self.web_socket:
            return _json({"error": "Not Found"}, 404)
        if not self._is_let_in(request):
            return _json({"error": "Invalid access token"}, 401)
        socket = web.WebSocketResponse(heartbeat=_PING, protocols=[self.credentials["access_token"]])
        await socket.prepare(request)
        stream = _Stream(request.query.get("stream", "user"))
        self.streams.append(stream)

        async def send() -> None:
            while (told := await stream.get()) is not None:
                await socket.send_str(json.dumps({"stream": [stream.channel], **told}))
            await socket.close()

        sending = spawn(send(), name="twin: web socket")
        try:
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            sending.cancel()
            self.streams.remove(stream)
        return socket

    def _tell(self, event: str, payload: Post | str, *, both: bool = False) -> None:
        text = payload if isinstance(payload, str) else json.dumps(payload)
        for stream in self.streams:
            if both or stream.channel == "user":
                stream.put_nowait({"event": event, "payload": text})

    def _listed(self, request: web.Request, page: list[Post]) -> web.Response:
        """Answer a page, with what the faults planted on it make of it."""
        played = [
            kind for kind in _OWN_KINDS if self.world.faults.take(self.name, "GET", request.path, {kind})
        ]
        if "repeat" in played:
            page = page + page[:3]
        if "disorder" in played:
            self._chance.shuffle(page)
        if "poison" in played:
            broken = {"id": self.posts.id_text(self.world.next_id()), "type": "mention", "status": 7}
            page.insert(len(page) // 2, broken)
        return _json(page)


class _Stream(asyncio.Queue[dict[str, str] | None]):
    """What one listener is to be told; None closes it."""

    def __init__(self, channel: str) -> None:
        super().__init__()
        self.channel = channel


async def _told(request: web.Request) -> Post:
    if request.content_type == "application/json":
        told: Post = await request.json()
        return told
    return dict(await request.post())


def _limits(most: int, left: int, reset: int) -> dict[str, str]:
    date = datetime.fromtimestamp(reset / 1000, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    return {"X-RateLimit-Limit": str(most), "X-RateLimit-Remaining": str(left), "X-RateLimit-Reset": date}


def _http_date(at: int) -> str:
    return formatdate(at / 1000, usegmt=True)


def _json(value: Any, status: int = 200) -> web.Response:
    return web.json_response(value, status=status)


def _missing() -> web.Response:
    return _json({"error": "Record not found"}, 404)
