"""X as its API version 2 plays it: timelines, search, stream, replies, and its limits and refusals."""

from __future__ import annotations

import asyncio
import bisect
import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from tests.twin.world import EPOCH, World
from tests.twin.x_words import (
    ALL_PARTS,
    DUPLICATE,
    INVISIBLE,
    NOT_ENGAGED,
    Post,
    User,
    bodies,
    invalid,
    limits,
    matcher,
    missing,
    problem,
    shown_post,
)

WINDOW = 15 * 60_000
LIMITS = {"connect": 50, "create": 100, "hide": 50, "lookup": 900, "rules": 450, "timeline": 900}
"""Requests in 15 minutes by route; 300 for all others."""


class XTwin:
    """X. `keep_alive`: seconds between two signs of life of the stream. `limits`: requests in 15 minutes."""

    name = "x"

    def __init__(self, world: World) -> None:
        self._world = world
        self.handle = "acme"
        self.credentials = {
            "consumer_key": "ck-acme-7f3a",
            "consumer_secret": "cs-acme-91be",
            "access_token": "7700-at-acme-c2d4",
            "access_token_secret": "ats-acme-55e0",
            "bearer_token": "AAAA-bearer-acme-0d1f",
        }
        self.limit_body: dict[str, Any] = problem(429, "Too Many Requests")
        self.limits = defaultdict(lambda: 300, LIMITS)
        self.keep_alive = 10.0
        self.liked: list[str] = []
        self.hidden: list[str] = []
        self.rules: list[dict[str, str]] = []
        self.connects: list[int] = []
        self.delivered = 0
        """Posts given in answers of lists."""
        self.us = User("7700", self.handle, "Acme", 5_000)
        self._users = {self.handle: self.us}
        self._posts: dict[str, Post] = {}
        self._all: list[int] = []
        self._by_number: dict[int, Post] = {}
        self._open: list[tuple[web.Request, asyncio.Queue[bytes]]] = []
        self._windows: dict[str, tuple[int, int]] = {}

    def routes(self) -> list[web.RouteDef]:
        """Return what X answers here."""
        plain: list[tuple[str, str, str, Callable[[web.Request], Any]]] = [
            ("GET", "/2/users/me", "me", self._me),
            ("GET", "/2/users/{id}/mentions", "mentions", self._mentions),
            ("GET", "/2/users/{id}/tweets", "timeline", self._timeline),
            ("POST", "/2/users/{id}/likes", "like", self._like),
            ("GET", "/2/tweets/search/recent", "search", self._search),
            ("GET", "/2/tweets/search/stream/rules", "rules", self._get_rules),
            ("POST", "/2/tweets/search/stream/rules", "rules", self._set_rules),
            ("GET", "/2/tweets", "lookup", self._lookup),
            ("POST", "/2/tweets", "create", self._create),
            ("DELETE", "/2/tweets/{id}", "delete", self._delete),
            ("PUT", "/2/tweets/{id}/hidden", "hide", self._hide),
        ]
        defined = [
            web.route(method, path, self._answering(route, answer)) for method, path, route, answer in plain
        ]
        return [web.get("/2/tweets/search/stream", self._stream), *defined]

    def mention(self, text: str, *, author: str = "ada", at: int | None = None, **more: Any) -> str:
        """Make somebody mention us; `post` says what more there is."""
        return self.post(text, author=author, at=at, mentions=[self.us], **more)

    def post(
        self,
        text: str,
        *,
        author: str = "ada",
        at: int | None = None,
        mentions: list[User] | None = None,
        parent: str = "",
        quoted: str = "",
        **more: Any,
    ) -> str:
        """Make somebody write; the rest is what the author is (followers, name…) or the post (withheld…)."""
        user = self.user(author, **{key: value for key, value in more.items() if key in User.__annotations__})
        number = self._world.next_id(at)
        post = Post(
            number, [str(number)], user, text, at if at is not None else self._world.now(),
            list(mentions or ()), self._posts.get(parent), self._posts.get(quoted),
            **{key: value for key, value in more.items() if key in Post.__annotations__},
        )  # fmt: skip
        self._place(post)
        self._tell(post)
        return post.versions[0]

    def user(self, username: str, **more: Any) -> User:
        """Return somebody, made or changed as told."""
        known = self._users.setdefault(
            username, User(str(9_000 + len(self._users)), username, username.title())
        )
        for key, value in more.items():
            setattr(known, key, value)
        return known

    def delete(self, native_id: str) -> None:
        """Make a post go, with all its versions."""
        post = self._posts[native_id]
        self._unplace(post)
        for version in post.versions:
            del self._posts[version]

    def edit(self, native_id: str, text: str) -> None:
        """Make its author write a post anew: X gives the new version an id of its own."""
        post = self._posts[native_id]
        self._unplace(post)
        post.number, post.text, post.at = self._world.next_id(), text, self._world.now()
        post.versions.append(str(post.number))
        self._place(post)
        self._tell(post)

    def end_streams(self) -> None:
        """Close the streams that are open."""
        for _, lines in self._open:
            lines.put_nowait(b"")

    def send(self, line: bytes) -> None:
        """Send a line down the open streams, whatever it is."""
        for _, lines in self._open:
            lines.put_nowait(line + b"\r\n")

    @property
    def streams(self) -> int:
        """How many streams are open."""
        self._open = [(request, lines) for request, lines in self._open if connected(request)]
        return len(self._open)

    def limit_headers(self, reset: int) -> dict[str, str]:
        """Return what X says with a limit that ends at `reset` (ms)."""
        return limits(300, 0, reset)

    def _place(self, post: Post) -> None:
        for version in post.versions:
            self._posts[version] = post
        self._by_number[post.number] = post
        if self._all and self._all[-1] > post.number:
            bisect.insort(self._all, post.number)
        else:
            self._all.append(post.number)

    def _unplace(self, post: Post) -> None:
        del self._all[bisect.bisect_left(self._all, post.number)]
        del self._by_number[post.number]

    def _tell(self, post: Post) -> None:
        """Send a post down the open streams whose rules it matches."""
        matching = [
            {"id": rule["id"], "tag": rule.get("tag", "")}
            for rule in self.rules
            if matcher(rule["value"])(post)
        ]
        if matching and self._open:
            self.send(
                json.dumps({**bodies([post], ALL_PARTS, self._posts), "matching_rules": matching}).encode()
            )

    def _answering(self, route: str, answer: Callable[[web.Request], Any]) -> Callable[[web.Request], Any]:
        """Return a handler that checks who asks and how often, and says so in the headers."""

        async def handler(request: web.Request) -> web.Response:
            if not self._is_let_in(request, bearer=request.method == "GET" or "rules" in request.path):
                return self._said(problem(401, "Unauthorized"), 401, {})
            headers, allowed = self._counted(route)
            if not allowed:
                return self._said(self.limit_body, 429, headers)
            said = answer(request)
            body, status = await said if asyncio.iscoroutine(said) else said
            return self._said(body, status, headers)

        return handler

    def _said(self, body: dict[str, Any], status: int, headers: dict[str, str]) -> web.Response:
        date = format_datetime(datetime.fromtimestamp(self._world.now() / 1000, UTC), usegmt=True)
        return web.json_response(body, status=status, headers={**headers, "Date": date})

    def _is_let_in(self, request: web.Request, *, bearer: bool) -> bool:
        given = request.headers.get("Authorization", "")
        if bearer and given == f"Bearer {self.credentials['bearer_token']}":
            return True
        pairs = dict(re.findall(r'(oauth_\w+)="([^"]*)"', given))
        wanted = (self.credentials["consumer_key"], self.credentials["access_token"])
        signed = given.startswith("OAuth ") and "oauth_signature" in pairs
        return signed and (pairs.get("oauth_consumer_key"), pairs.get("oauth_token")) == wanted

    def _counted(self, route: str) -> tuple[dict[str, str], bool]:
        now = self._world.now()
        begun, count = self._windows.get(route, (now, 0))
        if not begun <= now < begun + WINDOW:
            begun, count = now, 0
        self._windows[route] = (begun, count + 1)
        left = self.limits[route] - count - 1
        return limits(self.limits[route], max(0, left), begun + WINDOW), left >= 0

    def _me(self, request: web.Request) -> tuple[dict[str, Any], int]:
        return {"data": {"id": self.us.id, "name": self.us.name, "username": self.handle}}, 200

    def _mentions(self, request: web.Request) -> tuple[dict[str, Any], int]:
        if request.match_info["id"] != self.us.id:
            return problem(404, "Not Found Error", "resource-not-found"), 404
        return self._page(request, lambda post: self.us in post.mentions, 5, 800)

    def _timeline(self, request: web.Request) -> tuple[dict[str, Any], int]:
        return self._page(request, lambda post: post.author.id == request.match_info["id"], 5, 3_200)

    def _search(self, request: web.Request) -> tuple[dict[str, Any], int]:
        query, reach = request.query["query"], self._world.now() - 7 * 86_400_000
        lowest = (reach - EPOCH) << 22
        if len(query) > 512:
            return invalid("query", query, "The query is too long."), 400
        if 0 < int(request.query.get("since_id", 0)) < lowest:
            said = f"'since_id' must be a tweet id created after [{reach}]. Please use one above {lowest}"
            return invalid("since_id", request.query["since_id"], said), 400
        matches = matcher(query)
        return self._page(request, lambda post: post.number >= lowest and matches(post), 10)

    def _page(
        self, request: web.Request, wanted: Callable[[Post], bool], least: int, most: int = 0
    ) -> tuple[dict[str, Any], int]:
        """Return a page, the newest first. `most`: how many of the newest there are at all."""
        query, size = request.query, int(request.query.get("max_results", 10))
        if not least <= size <= 100:
            said = f"The `max_results` query parameter value [{size}] is not between {least} and 100"
            return invalid("max_results", str(size), said), 400
        token = query.get("pagination_token") or query.get("next_token") or ""
        below, counted = (int(part) for part in token.split("-")[1:]) if token else (0, 0)
        until = below or int(query.get("until_id", 0))
        again = self._fault(request, "repeat")
        since = int(query.get("since_id", 0)) if not again else 0
        found: list[Post] = []
        for post in self._down(since, until):
            if wanted(post):
                found.append(post)
                if len(found) > size or (most and counted + len(found) > most):
                    break
        page, more = found[:size], len(found) > size
        page = page[: most - counted] if most else page
        body = bodies(page, query, self._posts)
        if again:
            body["data"] *= 2
        if self._fault(request, "disorder"):
            random.Random(7).shuffle(body["data"])
        if fault := self._fault(request, "poison"):
            body.setdefault("data", []).insert(1, fault.args.get("item"))
        self.delivered += len(page)
        body["meta"] = {"result_count": len(page)}
        if more and (not most or counted + len(page) < most):
            body["meta"]["next_token"] = f"b-{page[-1].number}-{counted + len(page)}"
        return body, 200

    def _down(self, since: int, until: int) -> Iterator[Post]:
        """Yield posts from below `until` down to above `since`."""
        place = bisect.bisect_left(self._all, until) if until else len(self._all)
        while place > 0 and self._all[place - 1] > since:
            place -= 1
            yield self._by_number[self._all[place]]

    def _fault(self, request: web.Request, kind: str) -> Any:
        return self._world.faults.take("x", request.method, request.path, {kind})

    def _lookup(self, request: web.Request) -> tuple[dict[str, Any], int]:
        asked = request.query["ids"].split(",")
        if len(asked) > 100:
            return invalid("ids", request.query["ids"], "The number of values is above 100"), 400
        seen = [(native_id, self._posts.get(native_id)) for native_id in asked]
        there = list({id(post): post for _, post in seen if post and not post.protected}.values())
        errors = [missing(native_id, post, "ids") for native_id, post in seen if post not in there]
        body = bodies(there, request.query, self._posts)
        return {
            **({"data": body.pop("data")} if there else {}),
            **body,
            **({"errors": errors} if errors else {}),
        }, 200

    async def _create(self, request: web.Request) -> tuple[dict[str, Any], int]:
        body = await request.json()
        text, wanted = body["text"], body.get("reply", {}).get("in_reply_to_tweet_id", "")
        parent = self._posts.get(wanted)
        own = (post for post in self._posts.values() if post.author is self.us)
        if self._fault(request, "duplicate") or any(post.text == text for post in own):
            return problem(403, "Forbidden", detail=DUPLICATE), 403
        if wanted and (parent is None or parent.protected):
            return problem(403, "Forbidden", detail=INVISIBLE), 403
        if parent and not parent.engages(self.us) and parent.author is not self.us:
            return problem(403, "Forbidden", detail=NOT_ENGAGED), 403
        native_id = self.post(text, author=self.handle, parent=wanted)
        self._world.record("x", {"id": native_id, "text": text, "in_reply_to": wanted})
        shown = shown_post(self._posts[native_id], set())
        return {"data": {**shown, "edit_history_tweet_ids": [native_id]}}, 201

    def _delete(self, request: web.Request) -> tuple[dict[str, Any], int]:
        post = self._posts.get(request.match_info["id"])
        if post is None:
            return problem(404, "Not Found Error", "resource-not-found"), 404
        if post.author is not self.us:
            return problem(403, "Forbidden", detail="You are not allowed to delete this Tweet."), 403
        self.delete(post.versions[0])
        return {"data": {"deleted": True}}, 200

    async def _hide(self, request: web.Request) -> tuple[dict[str, Any], int]:
        post = self._posts.get(request.match_info["id"])
        if post is None or post.root.author is not self.us:
            return problem(403, "Forbidden", detail="You are not permitted to perform this action."), 403
        self.hidden.append(post.versions[0])
        return {"data": {"hidden": (await request.json())["hidden"]}}, 200

    async def _like(self, request: web.Request) -> tuple[dict[str, Any], int]:
        self.liked.append((await request.json())["tweet_id"])
        return {"data": {"liked": True}}, 200

    def _get_rules(self, request: web.Request) -> tuple[dict[str, Any], int]:
        return {
            **({"data": self.rules} if self.rules else {}),
            "meta": {"result_count": len(self.rules)},
        }, 200

    async def _set_rules(self, request: web.Request) -> tuple[dict[str, Any], int]:
        body = await request.json()
        gone = body.get("delete", {}).get("ids", [])
        self.rules = [rule for rule in self.rules if rule["id"] not in gone]
        made, errors = [], []
        for rule in body.get("add", []):
            known = next((one["id"] for one in self.rules if one["value"] == rule["value"]), "")
            if known:
                errors.append({"value": rule["value"], "id": known, "title": "DuplicateRule"})
            else:
                made.append({**rule, "id": str(self._world.next_id())})
        self.rules += made
        return {"data": made, **({"errors": errors} if errors else {})}, 201 if made else 200

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {self.credentials['bearer_token']}":
            return self._said(problem(401, "Unauthorized"), 401, {})
        headers, allowed = self._counted("connect")
        if not allowed or self.streams:
            detail = "This stream is currently at the maximum allowed connection limit."
            return self._said({**self.limit_body, "detail": detail}, 429, headers)
        self.connects.append(self._world.now())
        stream = web.StreamResponse(headers=headers)
        stream.content_type = "application/json"
        stream.force_close()
        lines: asyncio.Queue[bytes] = asyncio.Queue()
        self._open.append((request, lines))
        await stream.prepare(request)
        try:
            while connected(request):
                try:
                    async with asyncio.timeout(self.keep_alive):
                        line = await lines.get()
                except TimeoutError:
                    line = b"\r\n"
                if not line:
                    break
                await stream.write(line)
        finally:
            self._open = [(one, kept) for one, kept in self._open if kept is not lines]
        return stream


def connected(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()
