"""The twin of Reddit: communities, an inbox, a moderators' queue, listings of a thousand, refusals."""

from __future__ import annotations

import base64
import math
import secrets as tokens
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from aiohttp import web

from tests.twin.reddit_shapes import (
    Json,
    Key,
    Line,
    as_for_moderators,
    as_in_an_inbox,
    base36,
    closed_answer,
    errors,
    hindrance,
    listing_of,
    login_refusal,
    muddled,
    told_error,
    written,
)
from tests.twin.world import World

LISTED = 1_000
"""How many things a listing of Reddit's reaches back."""

WINDOW = 600_000
"""Milliseconds of the window requests are counted in."""

COMMUNITY = "acme"
"""Where things are written unless a test says otherwise."""

_SLASH = "{slash:/?}"

Handler = Callable[[web.Request], Any]


class RedditTwin:
    """Plays Reddit for one account, `acme`, that moderates r/acme.

    quota: requests granted in ten minutes; listed: how far a listing reaches. closed: communities that let
    nobody look, by name, and why (`private`, `banned`, `quarantined`, `missing`). shares: what the tokens of
    share links lead to. agents: the user agents that were seen.
    """

    name = "reddit"
    handle = "acme"
    limit_body: Json = {"message": "Too Many Requests", "error": 429}  # noqa: RUF012 - what the twin's server reads

    def __init__(self, world: World) -> None:
        self.world = world
        self.credentials = {
            "client_id": "twin-client",
            "client_secret": "twin-secret",
            "refresh_token": "twin-refresh",
            "username": self.handle,
            "password": "twin-password",
        }
        self.quota = 1_000
        self.listed = LISTED
        self.closed: dict[str, str] = {}
        self.moderated = {COMMUNITY}
        self.shares: dict[str, str] = {}
        self.agents: set[str] = set()
        self._things: dict[str, Json] = {}
        self._keys: dict[str, Key] = {}
        self._lines: defaultdict[str, Line] = defaultdict(Line)
        self._granted: set[str] = set()
        self._revoked = False
        self._used: tuple[int, int] = (0, 0)
        self._sequence = 0

    # What tests do

    def mention(self, text: str, *, author: str = "ada", at: int | None = None, **more: Any) -> str:
        """Somebody names us in a comment: it is in our inbox and in its community.

        What other platforms tell of an author (name, followers, verified) Reddit does not.
        """
        told = {key: value for key, value in more.items() if key not in {"name", "followers", "verified"}}
        name = self.comment(text, author=author, at=at, **told)
        self._lines["inbox/mentions"].add(name, self._keys[name])
        return name

    def comment(
        self,
        text: str,
        *,
        author: str = "ada",
        at: int | None = None,
        subreddit: str = COMMUNITY,
        parent: str = "",
        **data: Any,
    ) -> str:
        """Somebody comments, under a post of its own where no parent is named; answers to us reach us."""
        above = self._things.get(parent)
        link = parent if parent.startswith("t3_") else above["data"]["link_id"] if above else ""
        link = link or self._linked(subreddit, at)
        name = self._add("t1", at, author, subreddit, {"body": text, "parent_id": parent or link, **data})
        said = self._things[name]["data"]
        said.update(
            link_id=link,
            permalink=f"/r/{subreddit}/comments/{link[3:]}/thread/{name[3:]}/",
            body_html=f'<div class="md"><p>{text[:200]}</p>\n</div>',
        )
        self._lines[f"r/{subreddit}/comments"].add(name, self._keys[name])
        if above is not None and above["data"]["author"] == self.handle and author != self.handle:
            box = "comments" if parent.startswith("t1_") else "selfreply"
            self._lines[f"inbox/{box}"].add(name, self._keys[name])
        return name

    def submission(
        self,
        title: str,
        selftext: str = "",
        *,
        author: str = "ada",
        at: int | None = None,
        subreddit: str = COMMUNITY,
        **data: Any,
    ) -> str:
        """Somebody posts; `url` makes it a link post."""
        said = {"title": title, "selftext": selftext, "is_self": "url" not in data, "archived": False, **data}
        name = self._add("t3", at, author, subreddit, said)
        made = self._things[name]["data"]
        made["permalink"] = f"/r/{subreddit}/comments/{name[3:]}/thread/"
        made.setdefault("url", f"https://www.reddit.com{made['permalink']}")
        self._lines[f"r/{subreddit}/new"].add(name, self._keys[name])
        return name

    def report(self, native_id: str, reason: str | None, times: int = 1) -> None:
        """Users report a thing: it stands in its community's queue, at the place its age gives it."""
        data = self._things[native_id]["data"]
        data["user_reports"] = [*data["user_reports"], [reason, times, False, True]]
        data["num_reports"] += times
        for queue in ("modqueue", "reports"):
            self._lines[f"r/{data['subreddit']}/{queue}"].add(native_id, self._keys[native_id])

    def poison(self, thing: Any, line: str = "inbox/mentions") -> str:
        """Put something into a listing that is no proper thing."""
        self._sequence += 1
        name = f"poison{self._sequence}"
        self._things[name] = thing
        self._keys[name] = (self.world.now(), self._sequence)
        self._lines[line].add(name, self._keys[name])
        return name

    def delete(self, native_id: str, *, by: str = "[deleted]") -> None:
        """Let its author delete it, or with `by="[removed]"` a moderator take it down: no listing has it."""
        data = self._things[native_id]["data"]
        data["author"] = "[deleted]"
        data.pop("author_fullname", None)
        data["body" if native_id.startswith("t1_") else "selftext"] = by
        if native_id.startswith("t3_") and by == "[deleted]":
            data["title"] = "[deleted by user]"
        for line in self._lines.values():
            line.discard(native_id)

    def edit(self, native_id: str, text: str) -> None:
        """Let its author write it anew."""
        data = self._things[native_id]["data"]
        data["body" if native_id.startswith("t1_") else "selftext"] = text
        data["edited"] = float(self.world.now() // 1000)

    def change(self, native_id: str, **data: Any) -> None:
        """Set attributes of a thing: `locked=True`."""
        self._things[native_id]["data"].update(data)

    def data(self, native_id: str) -> Json:
        """Return a thing's attributes."""
        return dict(self._things[native_id]["data"])

    def expire(self) -> None:
        """Access tokens run out: the next call is answered 401, and the refresh token is still good."""
        self._granted.clear()

    def revoke(self) -> None:
        """Take the app's permission away: neither access nor refresh tokens are good any more."""
        self._granted.clear()
        self._revoked = True

    def limit_headers(self, reset: int) -> dict[str, str]:
        """Return the headers of an answer when nothing is left until `reset`."""
        return self._headers(0.0, self.quota, reset)

    # What clients ask

    def routes(self) -> list[web.RouteDef]:
        """Return what Reddit answers to, with and without a slash at the end, as it does."""
        posts = {
            "comment": self._comment,
            "del": self._del,
            "report": self._report,
            "remove": self._moderate,
            "approve": self._moderate,
            "lock": self._moderate,
        }
        return [
            web.post("/api/v1/access_token", self._access_token),
            web.get("/r/{subreddit}/s/{token}", self._share),
            self._get("/api/v1/me", self._me),
            self._get("/message/{box:mentions|comments|selfreply}", self._inbox),
            self._get("/r/{subreddit}/{line:comments|new}", self._community),
            self._get("/r/{subreddit}/about/{line:modqueue|reports}", self._queue),
            self._get("/user/{user}/comments", self._user),
            self._get("/api/info", self._info),
            *(web.post(f"/api/{word}{_SLASH}", self._guarded(handler)) for word, handler in posts.items()),
        ]

    def _get(self, path: str, handler: Handler) -> web.RouteDef:
        return web.get(path + _SLASH, self._guarded(handler))

    def _guarded(self, handler: Handler) -> Handler:
        """Ask for a token and count the request before it is answered."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            self.agents.add(request.headers.get("User-Agent", ""))
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            if scheme.lower() != "bearer" or token not in self._granted:
                challenge = {"www-authenticate": 'Bearer realm="reddit", error="invalid_token"'}
                return _answer({"message": "Unauthorized", "error": 401}, 401, challenge)
            headers, allowed = self._counted()
            answer: web.StreamResponse = await handler(request) if allowed else _answer(self.limit_body, 429)
            answer.headers.update(headers)
            return answer

        return guarded

    def _counted(self) -> tuple[dict[str, str], bool]:
        now = self.world.now()
        window = now // WINDOW
        used = self._used[1] + 1 if self._used[0] == window else 1
        self._used = (window, used)
        headers = self._headers(max(0.0, self.quota - used), used, (window + 1) * WINDOW)
        return headers, used <= self.quota

    def _headers(self, remaining: float, used: int, reset: int) -> dict[str, str]:
        return {
            "x-ratelimit-remaining": f"{float(remaining)}",
            "x-ratelimit-used": f"{used}",
            "x-ratelimit-reset": f"{max(0, math.ceil((reset - self.world.now()) / 1000))}",
        }

    async def _access_token(self, request: web.Request) -> web.Response:
        self.agents.add(request.headers.get("User-Agent", ""))
        pair = f"{self.credentials['client_id']}:{self.credentials['client_secret']}"
        if request.headers.get("Authorization") != f"Basic {base64.b64encode(pair.encode()).decode()}":
            return _answer({"message": "Unauthorized", "error": 401}, 401)
        refusal = login_refusal(await request.post(), self.credentials, revoked=self._revoked)
        if refusal is not None:
            return _answer(refusal[1], refusal[0])
        token = f"twin-access-{tokens.token_hex(8)}"
        self._granted.add(token)
        return _answer({"access_token": token, "token_type": "bearer", "expires_in": 86400, "scope": "*"})

    async def _me(self, request: web.Request) -> web.Response:
        return _answer({"name": self.handle, "id": "4cixf", "is_suspended": False, "created_utc": 1.2e9})

    async def _inbox(self, request: web.Request) -> web.Response:
        return self._listing(request, f"inbox/{request.match_info['box']}", as_in_an_inbox)

    async def _community(self, request: web.Request) -> web.Response:
        subreddit = request.match_info["subreddit"]
        return self._closed(subreddit) or self._listing(
            request, f"r/{subreddit}/{request.match_info['line']}"
        )

    async def _queue(self, request: web.Request) -> web.Response:
        subreddit = request.match_info["subreddit"]
        if subreddit not in self.moderated:
            return _answer({"message": "Forbidden", "error": 403}, 403)
        return self._listing(request, f"r/{subreddit}/{request.match_info['line']}", as_for_moderators)

    async def _user(self, request: web.Request) -> web.Response:
        return self._listing(request, f"user/{request.match_info['user'].lower()}")

    async def _info(self, request: web.Request) -> web.Response:
        asked = request.query.get("id", "").split(",")[:100]
        found = [self._things[name] for name in asked if name in self._things]
        readable = [thing for thing in found if thing["data"]["subreddit"] not in self.closed]
        return _answer(listing_of(readable, None, None))

    async def _share(self, request: web.Request) -> web.Response:
        target = self.shares.get(request.match_info["token"])
        if target is None:
            return _answer({"message": "Not Found", "error": 404}, 404)
        place = f"https://www.reddit.com{target}?share_id=vi8DOF9B0U5cJSzhFjDE9&utm_name=ioscss"
        return web.Response(status=301, text="Moved Permanently", headers={"location": place})

    async def _comment(self, request: web.Request) -> web.Response:
        form = await request.post()
        parent, text = str(form.get("thing_id", "")), str(form.get("text", ""))
        if fault := self.world.faults.take(self.name, request.method, request.path, {"ratelimit", "error"}):
            return _answer(told_error(fault.kind, fault.args))
        above = self._things.get(parent)
        if above is None:
            return _answer(errors("DELETED_COMMENT", "that comment has been deleted", "parent"))
        data = above["data"]
        if (closed := self._closed(data["subreddit"])) is not None:
            return closed
        word = hindrance(data, text, self._things.get(data.get("link_id", ""), above)["data"])
        if word:
            return _answer(errors(*word))
        name = self.comment(text, author=self.handle, parent=parent, subreddit=data["subreddit"])
        thing = self._things[name]
        self._lines[f"user/{self.handle}"].add(name, self._keys[name])
        self.world.record(self.name, {"id": name, "text": text, "parent_id": parent})
        return _answer({"json": {"errors": [], "data": {"things": [thing]}}})

    async def _del(self, request: web.Request) -> web.Response:
        name = str((await request.post()).get("id", ""))
        if name in self._things and self._things[name]["data"]["author"] == self.handle:
            self.delete(name)
        return _answer({})

    async def _report(self, request: web.Request) -> web.Response:
        form = await request.post()
        self.report(str(form["thing_id"]), str(form["reason"]))
        return _answer({"json": {"errors": []}})

    async def _moderate(self, request: web.Request) -> web.Response:
        name = str((await request.post()).get("id", ""))
        thing = self._things.get(name)
        if thing is None or thing["data"]["subreddit"] not in self.moderated:
            return _answer({"message": "Forbidden", "error": 403}, 403)
        word = request.path.strip("/").rpartition("/")[2]
        if word == "lock":
            thing["data"]["locked"] = True
            return _answer({})
        thing["data"]["removed"] = word == "remove"
        for line in ("modqueue", "reports", *(("comments", "new") if word == "remove" else ())):
            self._lines[f"r/{thing['data']['subreddit']}/{line}"].discard(name)
        return _answer({})

    def _listing(
        self, request: web.Request, line: str, dressed: Callable[[Json], Json] | None = None
    ) -> web.Response:
        query = request.query
        limit = min(max(int(query.get("limit", "25")), 1), 100)
        names, older, newer = self._lines[line].page(
            limit, query.get("after", ""), query.get("before", ""), self.listed
        )
        things = [self._things[name] for name in names]
        if fault := self.world.faults.take(self.name, request.method, request.path, {"repeat", "disorder"}):
            things = muddled(things, fault.kind, fault.args)
        shown = [dressed(thing) if dressed and isinstance(thing, dict) else thing for thing in things]
        # "count" is how Reddit knows that a page is not the first, and so tells what stands before it.
        first = names[0] if names and newer and int(query.get("count", "0")) > 0 else None
        return _answer(listing_of(shown, names[-1] if older else None, first))

    def _closed(self, subreddit: str) -> web.Response | None:
        """Return how Reddit turns us away from a community."""
        reason = self.closed.get(subreddit)
        if reason is None:
            return None
        if reason == "missing":
            search = f"https://oauth.reddit.com/subreddits/search?q={quote(subreddit)}"
            return web.Response(status=302, headers={"location": search})
        status, body = closed_answer(reason)
        return _answer(body, status)

    def _linked(self, subreddit: str, at: int | None) -> str:
        """Return the name of a post of nobody's to comment under; it stands in no listing."""
        return self._add("t3", at, "somebody", subreddit, {"title": "A thread", "selftext": ""}, listed=False)

    def _add(
        self,
        kind: str,
        at: int | None,
        author: str,
        subreddit: str,
        data: Mapping[str, Any],
        *,
        listed: bool = True,
    ) -> str:
        moment = self.world.now() if at is None else at
        self._sequence += 1
        identifier = base36(self.world.next_id(at))
        name = f"{kind}_{identifier}"
        self._keys[name] = (moment, self._sequence)
        self._things[name] = {
            "kind": kind,
            "data": {**written(name, author, subreddit, moment), "can_mod_post": subreddit in self.moderated}
            | dict(data),
        }
        return name


def _answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response(value, status=status, headers=headers)
