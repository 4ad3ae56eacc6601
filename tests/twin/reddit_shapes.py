"""What Reddit's answers are made of: lists in their order, things as each list shows them, refusals."""

from __future__ import annotations

import random
from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from typing import Any

Json = dict[str, Any]
Key = tuple[int, int]

_LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
_MOST_TEXT = 10_000


class Line:
    """The fullnames of one listing in their order of time; finding, adding and taking out are quick."""

    def __init__(self) -> None:
        self._keys: list[tuple[Key, str]] = []
        self._places: dict[str, Key] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._places

    def add(self, name: str, key: Key) -> None:
        """Add a fullname at its place."""
        if name not in self._places:
            self._places[name] = key
            insort(self._keys, (key, name))

    def discard(self, name: str) -> None:
        """Take a fullname out; one that is not in it does no harm."""
        key = self._places.pop(name, None)
        if key is not None:
            del self._keys[bisect_left(self._keys, (key, name))]

    def page(self, limit: int, after: str, before: str, reach: int) -> tuple[list[str], bool, bool]:
        """Return at most `limit` names, newest first, and whether there are older and newer ones.

        As with Reddit, nothing comes after or before a name that is not listed (any more), and `before`
        gives those next to it.
        """
        start = max(0, len(self._keys) - reach)
        low, high = start, len(self._keys)
        for anchor in filter(None, (after, before)):
            if anchor not in self._places:
                return [], False, False
            position = bisect_left(self._keys, (self._places[anchor], anchor))
            low, high = (low, position) if anchor == after else (max(low, position + 1), high)
        if before:
            high = min(high, low + limit)
        first = max(low, high - limit)
        names = [name for _, name in self._keys[first:high][::-1]]
        return names, first > start, high < len(self._keys)


def written(name: str, author: str, subreddit: str, moment: int) -> Json:
    """Return what Reddit tells of anything that was written, of the attributes the recordings hold."""
    said: Json = {
        "id": name.partition("_")[2],
        "name": name,
        "author": author,
        "author_fullname": f"t2_{author.lower()}",
        "subreddit": subreddit,
        "subreddit_name_prefixed": f"r/{subreddit}",
        "subreddit_type": "public",
        "created": float(moment // 1000),
        "created_utc": float(moment // 1000),
        "edited": False,
        "score": 1,
        "ups": 1,
        "downs": 0,
        "likes": None,
        "locked": False,
        "archived": False,
        "stickied": False,
        "distinguished": None,
        "removed_by_category": None,
        "user_reports": [],
        "mod_reports": [],
        "num_reports": 0,
    }
    only = {"replies": ""} if name.startswith("t1_") else {"over_18": False, "spoiler": False}
    return {**said, **only}


def as_in_an_inbox(thing: Json) -> Json:
    """Return a comment as the inbox has it: no link_id and no permalink, but a context."""
    data = {key: value for key, value in thing.get("data", {}).items() if key not in {"link_id", "permalink"}}
    whole = thing.get("data", {})
    if "permalink" in whole:
        data["context"] = f"{whole['permalink']}?context=3"
    data.update(was_comment=True, new=True, type="username_mention", subject="username mention", dest="acme")
    return {**thing, "data": data}


def as_for_moderators(thing: Json) -> Json:
    return {**thing, "data": {**thing.get("data", {}), "can_mod_post": True, "ignore_reports": False}}


def listing_of(things: Iterable[Any], after: str | None, before: str | None) -> Json:
    children = list(things)
    data = {"after": after, "dist": len(children), "modhash": None, "geo_filter": ""}
    return {"kind": "Listing", "data": {**data, "children": children, "before": before}}


def hindrance(data: Json, text: str, thread: Json) -> tuple[str, str, str] | None:
    """Return why Reddit takes no answer to this: word, sentence, field."""
    if data["author"] == "[deleted]":
        return "DELETED_COMMENT", "that comment has been deleted", "parent"
    if thread.get("archived") or data.get("archived"):
        return "TOO_OLD", "that's a piece of history now; it's too late to reply to it", "parent"
    if (thread.get("locked") or data.get("locked")) and not data.get("can_mod_post"):
        return "THREAD_LOCKED", "Comments are locked.", "parent"
    if not text.strip():
        return "NO_TEXT", "we need something here", "text"
    if len(text) > _MOST_TEXT:
        return "TOO_LONG", f"this is too long (max: {_MOST_TEXT})", "text"
    return None


def told_error(kind: str, args: Mapping[str, Any]) -> Json:
    """Return the body of a refusal with 200; args: {word, message}, or of a break {number, unit, exact}."""
    if kind == "error":
        return errors(args.get("word", "SUBREDDIT_NOTALLOWED"), args.get("message", "not allowed"), "parent")
    number, unit = args.get("number", 9), args.get("unit", "minutes")
    message = (
        f"Looks like you've been doing that a lot. Take a break for {number} {unit} before trying again."
    )
    told = errors("RATELIMIT", message, "ratelimit")
    if "exact" in args:
        told["json"]["ratelimit"] = args["exact"]
    return told


def errors(word: str, message: str, field: str) -> Json:
    return {"json": {"errors": [[word, message, field]]}}


def closed_answer(reason: str) -> tuple[int, Json]:
    """Return how Reddit turns away who may not look at a community: status and body."""
    if reason == "banned":
        return 404, {"reason": "banned", "message": "Not Found", "error": 404}
    return 403, {"reason": reason, "message": "Forbidden", "error": 403}


def login_refusal(
    form: Mapping[str, Any], credentials: Mapping[str, str], *, revoked: bool
) -> tuple[int, Json] | None:
    """Return how Reddit refuses a token, status and body: it says no to a password with 200 and a word."""
    kind = form.get("grant_type")
    if kind == "refresh_token":
        bad = revoked or form.get("refresh_token") != credentials["refresh_token"]
        return (400, {"message": "Bad Request", "error": 400}) if bad else None
    if kind == "password":
        told = (form.get("username"), form.get("password"))
        bad = revoked or told != (credentials["username"], credentials["password"])
        return (200, {"error": "invalid_grant"}) if bad else None
    return 200, {"error": "unsupported_grant_type"}


def muddled(things: list[Any], kind: str, args: Mapping[str, Any]) -> list[Any]:
    """Return a page as a sick server gives it: everything twice (`repeat`), or in no order."""
    if kind == "repeat":
        return [thing for thing in things for _ in range(2)]
    shuffled = list(things)
    random.Random(args.get("seed", 1)).shuffle(shuffled)
    return shuffled


def base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _LETTERS[digit] + digits
    return digits or "0"
