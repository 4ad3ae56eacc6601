"""Bluesky as a client sees it: PDS and AppView in one, word for word where recordings tell the words."""

from __future__ import annotations

import base64
import hashlib
import json
from bisect import bisect_left, insort
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from wcwidth import iter_graphemes

from tests.twin.bluesky_door import LIMIT_BODY, Door, error, invalid
from tests.twin.world import World

Json = dict[str, Any]

POST = "app.bsky.feed.post"
MENTION = "app.bsky.richtext.facet#mention"


@dataclass
class Person:
    """An account. `blocks_us`: its posts are not shown to us. `labels`: what labellers say of it."""

    did: str
    handle: str
    name: str = ""
    followers: int = 0
    verified: bool = False
    blocks_us: bool = False
    labels: list[str] = field(default_factory=list)


@dataclass
class Post:
    """A post as the AppView holds it; `at` is its place in every list."""

    uri: str
    cid: str
    author: Person
    record: Json
    at: int
    seq: int
    about: Json = field(default_factory=dict)


class BlueskyTwin:
    """One server, one account of ours, and people who write to it."""

    name = "bluesky"
    handle = "acme.test"

    def __init__(self, world: World) -> None:
        self.world = world
        self.credentials = {"identifier": self.handle, "password": "twin-abcd-efgh-ijkl"}
        self.people: dict[str, Person] = {}
        self.posts: dict[str, Post] = {}
        self.records: dict[str, tuple[str, Json]] = {}
        self.reports: list[Json] = []
        self._order: list[tuple[int, int, str]] = []
        self._notified: list[tuple[int, int, str, Any]] = []
        self.us = self.person(self.handle)
        self.door = Door(world, self.us.did, self.us.handle, self.credentials)
        self.limit_body = LIMIT_BODY

    def person(self, author: str, **about: Any) -> Person:
        """Return somebody, new or known, with what is told of them."""
        handle = author if "." in author else f"{author}.test"
        did = "did:plc:" + _digest(handle)[:24]
        known = self.people.setdefault(did, Person(did, handle, author.capitalize()))
        for name, value in about.items():
            setattr(known, name, value)
        return known

    def mention(self, text: str, *, author: str = "ada", at: int | None = None, **more: Any) -> str:
        """Let somebody mention, answer (`parent`) or quote (`quote`) us; more goes into the record."""
        uri = self.post(text, author=author, at=at, **more)
        reason = "reply" if "parent" in more else "quote" if "quote" in more else "mention"
        post = self.posts[uri]
        insort(self._notified, (post.at, post.seq, reason, uri))
        return uri

    def post(self, text: str, *, author: str = "ada", at: int | None = None, **more: Any) -> str:
        """Let somebody write a post that does not concern us."""
        told = {key: more.pop(key) for key in ("name", "followers", "verified", "blocks_us") if key in more}
        record: Json = {
            "$type": POST,
            "text": text,
            "createdAt": _date(self.world.now() if at is None else at),
        }
        if f"@{self.handle}" in text:
            start = len(text[: text.index(f"@{self.handle}")].encode())
            index = {"byteStart": start, "byteEnd": start + len(self.handle) + 1}
            record["facets"] = [{"index": index, "features": [{"$type": MENTION, "did": self.us.did}]}]
        if parent := more.pop("parent", ""):
            above = self.posts[parent]
            root = above.record.get("reply", {}).get("root", {"uri": parent, "cid": above.cid})
            record["reply"] = {"root": root, "parent": {"uri": parent, "cid": above.cid}}
        if quote := more.pop("quote", ""):
            cited = {"uri": quote, "cid": self.posts[quote].cid}
            record["embed"] = {"$type": "app.bsky.embed.record", "record": cited}
        about: Json = {key: more.pop(key) for key in ("reply_disabled", "labels") if key in more}
        return self._index(
            self.person(author, **told), {**record, **more}, f"3{self.world.next_id():x}", about
        )

    def poison(self, raw: Any) -> None:
        """Put something into the list of notifications that should not be there."""
        insort(self._notified, (self.world.now(), self.world.next_id(), "mention", raw))

    def delete(self, native_id: str) -> None:
        """Let its author delete a post."""
        post = self.posts.pop(native_id)
        self._order.remove((post.at, post.seq, native_id))
        self.records.pop(native_id, None)

    def edit(self, native_id: str, text: str) -> None:
        """Write a post's record anew, as no app of Bluesky's does."""
        post = self.posts[native_id]
        post.record = {**post.record, "text": text}
        post.cid = _cid(post.record)

    def limit_headers(self, reset: int) -> dict[str, str]:
        """Return what a 429 carries; `reset` in ms, told in seconds."""
        return self.door.limit_headers(reset)

    def routes(self) -> list[web.RouteDef]:
        get = {
            "com.atproto.server.getSession": self._get_session,
            "com.atproto.identity.resolveHandle": self._resolve,
            "com.atproto.repo.getRecord": self._get_record,
            "com.atproto.repo.listRecords": self._list_records,
            "app.bsky.notification.listNotifications": self._notifications,
            "app.bsky.feed.searchPosts": self._search,
            "app.bsky.feed.getPosts": self._get_posts,
            "app.bsky.feed.getPostThread": self._thread,
            "app.bsky.feed.getAuthorFeed": self._author_feed,
            "app.bsky.actor.getProfile": self._profile,
            "app.bsky.actor.getProfiles": self._profiles,
        }
        post = {
            "com.atproto.repo.createRecord": self._create,
            "com.atproto.repo.putRecord": self._put,
            "com.atproto.repo.deleteRecord": self._delete,
            "com.atproto.moderation.createReport": self._report,
        }
        return [
            *self.door.routes(),
            *(web.get(f"/xrpc/{name}", self.door.guarded(handler)) for name, handler in get.items()),
            *(web.post(f"/xrpc/{name}", self.door.guarded(handler)) for name, handler in post.items()),
        ]

    async def _get_session(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"did": self.us.did, "handle": self.us.handle, "active": True})

    async def _resolve(self, request: web.Request) -> web.StreamResponse:
        handle = request.query["handle"]
        found = next((person.did for person in self.people.values() if person.handle == handle), None)
        return web.json_response({"did": found}) if found else invalid("Unable to resolve handle")

    async def _get_record(self, request: web.Request) -> web.StreamResponse:
        uri = "at://{repo}/{collection}/{rkey}".format(**request.query)
        if uri not in self.records:
            return error(400, "RecordNotFound", f"Could not locate record: {uri}")
        cid, value = self.records[uri]
        return web.json_response({"uri": uri, "cid": cid, "value": value})

    async def _list_records(self, request: web.Request) -> web.StreamResponse:
        start = f"at://{request.query['repo']}/{request.query['collection']}/"
        uris = sorted((uri for uri in self.records if uri.startswith(start)), reverse=True)[:50]
        found = [{"uri": uri, "cid": self.records[uri][0], "value": self.records[uri][1]} for uri in uris]
        return web.json_response({"records": found})

    async def _create(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        key = said.get("rkey") or f"3{self.world.next_id():x}"
        uri = f"at://{self.us.did}/{said['collection']}/{key}"
        if uri in self.records:
            return error(500, "InternalServerError", "Internal Server Error")
        return self._refused(said) or self._written(uri, said["record"])

    async def _put(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        uri = f"at://{self.us.did}/{said['collection']}/{said['rkey']}"
        if refused := self._refused(said):
            return refused
        cid = self.records[uri][0] if uri in self.records else None
        if cid == _cid(said["record"]):
            return web.json_response({"uri": uri, "cid": cid, "validationStatus": "valid"})
        if "swapRecord" in said and said["swapRecord"] != cid:
            return error(400, "InvalidSwap", f"Record was at {cid}")
        return self._written(uri, said["record"])

    def _refused(self, said: Json) -> web.Response | None:
        if said["repo"] != self.us.did:
            return error(403, "AuthRequiredError", "Authentication Required")
        text = said["record"].get("text", "")
        for unit, length, most in (
            ("string", len(text.encode()), 3_000),
            ("grapheme", len(list(iter_graphemes(text))), 300),
        ):
            if length > most:
                said_so = f"{unit} too big (maximum {most}, got {length}) at $.record.text"
                return invalid(f"Invalid {POST} record: {said_so}")
        return None

    def _written(self, uri: str, record: Json) -> web.Response:
        cid = _cid(record)
        self.records[uri] = (cid, record)
        _, _, _, collection, key = uri.split("/")
        if collection == POST:
            self._index(self.us, record, key, {})
            self.world.record(self.name, {"id": uri, "text": record["text"], "reply": record.get("reply")})
        commit = {"cid": _cid({"commit": uri}), "rev": "3n2sxu7ucls2r"}
        return web.json_response({"uri": uri, "cid": cid, "commit": commit, "validationStatus": "valid"})

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        said = await request.json()
        uri = f"at://{said['repo']}/{said['collection']}/{said['rkey']}"
        if uri in self.posts:
            self.delete(uri)
        return web.json_response({} if self.records.pop(uri, None) is None else {"commit": {"cid": _cid({})}})

    async def _report(self, request: web.Request) -> web.StreamResponse:
        self.reports.append(await request.json())
        return web.json_response({"id": len(self.reports), **self.reports[-1], "reportedBy": self.us.did})

    async def _notifications(self, request: web.Request) -> web.StreamResponse:
        limit, cursor = int(request.query.get("limit", 50)), request.query.get("cursor", "")
        reasons = request.query.getall("reasons", [])
        # As recorded: a cursor is the time of the last one; all that share its millisecond are passed over.
        end = bisect_left(self._notified, (_instant(cursor),)) if cursor else len(self._notified)
        page = self._notified[max(0, end - limit) : end][::-1]
        found = [self._notification(*entry) for entry in page if not reasons or entry[2] in reasons]
        answer: Json = {
            "notifications": self._as_told(request, [one for one in found if one is not None]),
            "priority": False,
        }
        if end > limit:
            answer["cursor"] = _date(page[-1][0])
        return web.json_response(answer)

    def _notification(self, at: int, _: int, reason: str, uri: Any) -> Any:
        if not isinstance(uri, str):
            return uri
        post = self.posts.get(uri)
        if post is None:
            return None
        author = self._author(post.author)
        described = {"reason": reason, "record": post.record, "isRead": False, "indexedAt": _date(at)}
        return {"uri": uri, "cid": post.cid, "author": author, **described, "labels": []}

    async def _search(self, request: web.Request) -> web.StreamResponse:
        limit, skip = int(request.query.get("limit", 25)), int(request.query.get("cursor", 0))
        words = request.query["q"].lower().split()
        since, until = request.query.get("since", ""), request.query.get("until", "")
        start = bisect_left(self._order, (_instant(since),)) if since else 0
        end = bisect_left(self._order, (_instant(until),)) if until else len(self._order)
        found: list[Json] = []
        for place in range(end - 1, start - 1, -1):
            post = self.posts[self._order[place][2]]
            if all(word in post.record["text"].lower() for word in words):
                found.append(self._view(post))
                if len(found) > skip + limit:
                    break
        answer: Json = {"posts": self._as_told(request, found[skip : skip + limit])}
        if len(found) > skip + limit:
            answer["cursor"] = str(skip + limit)
        return web.json_response(answer)

    def _as_told(self, request: web.Request, found: list[Any]) -> list[Any]:
        fault = self.world.faults.take(self.name, request.method, request.path, {"repeat", "disorder"})
        if fault is None:
            return found
        return found + found[::2] if fault.kind == "repeat" else found[::-1]

    async def _get_posts(self, request: web.Request) -> web.StreamResponse:
        uris = request.query.getall("uris", [])
        if len(uris) > 25:
            return invalid("Error: uris must not have more than 25 elements")
        seen = [self.posts[uri] for uri in uris if uri in self.posts]
        return web.json_response({"posts": [self._view(post) for post in seen if not post.author.blocks_us]})

    async def _thread(self, request: web.Request) -> web.StreamResponse:
        uri = request.query["uri"]
        post = self.posts.get(uri)
        if post is None:
            return error(400, "NotFound", f"Post not found: {uri}")
        kind = "app.bsky.feed.defs#"
        if post.author.blocks_us:
            return web.json_response({"thread": {"$type": f"{kind}blockedPost", "uri": uri, "blocked": True}})
        return web.json_response({"thread": {"$type": f"{kind}threadViewPost", "post": self._view(post)}})

    async def _author_feed(self, request: web.Request) -> web.StreamResponse:
        actor, limit = request.query["actor"], int(request.query.get("limit", 50))
        posts = [self.posts[uri] for _, _, uri in reversed(self._order)]
        own = [post for post in posts if actor in {post.author.did, post.author.handle}][:limit]
        return web.json_response({"feed": [{"post": self._view(post)} for post in own]})

    async def _profile(self, request: web.Request) -> web.StreamResponse:
        found = self._told([request.query["actor"]])
        return web.json_response(found[0]) if found else invalid("Profile not found")

    async def _profiles(self, request: web.Request) -> web.StreamResponse:
        actors = request.query.getall("actors", [])
        if len(actors) > 25:
            return invalid("Error: actors must not have more than 25 elements")
        return web.json_response({"profiles": self._told(actors)})

    def _told(self, actors: list[str]) -> list[Json]:
        found = [person for did in actors if (person := self.people.get(did))]
        return [{**self._author(person), "followersCount": person.followers} for person in found]

    def _index(self, author: Person, record: Json, key: str, about: Json) -> str:
        uri = f"at://{author.did}/{POST}/{key}"
        at = min(_instant(record["createdAt"]), self.world.now())
        self.posts[uri] = post = Post(uri, _cid(record), author, record, at, self.world.next_id(), about)
        insort(self._order, (at, post.seq, uri))
        return uri

    def _author(self, person: Person) -> Json:
        viewer = {"muted": False, "blockedBy": person.blocks_us}
        author: Json = {
            "did": person.did,
            "handle": person.handle,
            "displayName": person.name,
            "viewer": viewer,
        }
        if person.verified:
            author["verification"] = {"verifiedStatus": "valid", "trustedVerifierStatus": "none"}
        return {**author, "labels": [{"src": "did:plc:mod", "val": label} for label in person.labels]}

    def _view(self, post: Post) -> Json:
        labels = [{"src": "did:plc:mod", "val": label} for label in post.about.get("labels", [])]
        viewer = {"threadMuted": False, "replyDisabled": True} if post.about.get("reply_disabled") else {}
        told = {"record": post.record, "indexedAt": _date(post.at), "viewer": viewer, "labels": labels}
        view = {"uri": post.uri, "cid": post.cid, "author": self._author(post.author), **told}
        embed = post.record.get("embed", {})
        if embed.get("$type") == "app.bsky.embed.record":
            cited = self.posts.get(embed["record"]["uri"])
            kind = "app.bsky.embed.record#view" + ("Record" if cited else "NotFound")
            shown = {"author": self._author(cited.author), "value": cited.record} if cited else {}
            record = {"$type": kind, **embed["record"], **shown}
            view["embed"] = {"$type": "app.bsky.embed.record#view", "record": record}
        return view


def _digest(text: str) -> str:
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode().lower().rstrip("=")


def _cid(record: Json) -> str:
    return "bafyrei" + _digest(json.dumps(record, sort_keys=True))


def _date(moment: int) -> str:
    written = datetime.fromtimestamp(moment / 1_000, UTC).isoformat(timespec="milliseconds")
    return written.replace("+00:00", "Z")


def _instant(date: str) -> int:
    return round(datetime.fromisoformat(date).timestamp() * 1_000)
