"""What X says: users, posts, limits and problems as bodies, and which posts a query matches."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

_ADDRESS = re.compile(r"https?://[^\s]+")
_TAG = "https://api.twitter.com/2/problems/"


@dataclass
class User:
    """Somebody on X."""

    id: str
    username: str
    name: str
    followers: int = 10
    verified: bool = False
    description: str = ""

    def shown(self) -> dict[str, Any]:
        metrics = {"followers_count": self.followers, "following_count": 1, "tweet_count": 9}
        return {
            "id": self.id,
            "username": self.username,
            "name": self.name,
            "verified": self.verified,
            "description": self.description,
            "public_metrics": metrics,
        }


@dataclass
class Post:
    """A post with all its versions; `number` is that of the newest."""

    number: int
    versions: list[str]
    author: User
    text: str
    at: int
    mentions: list[User] = field(default_factory=list)
    parent: Post | None = None
    quoted: Post | None = None
    withheld: list[str] = field(default_factory=list)
    protected: bool = False
    repost: bool = False

    @property
    def root(self) -> Post:
        return self.parent.root if self.parent else self

    def engages(self, user: User) -> bool:
        """Tell whether its author lets us answer: mentions or quotes us."""
        return user in self.mentions or (self.quoted is not None and self.quoted.author is user)


def bodies(posts: list[Post], query: Any, known: Mapping[str, Post]) -> dict[str, Any]:
    """Return posts as X gives them, with what was asked to come along; `known`: those that are there."""
    fields = set(query.get("tweet.fields", "").split(","))
    expansions = query.get("expansions", "").split(",")
    body: dict[str, Any] = {"data": [shown_post(post, fields) for post in posts]} if posts else {}
    related = [post for one in posts for post in (one.parent, one.quoted) if post is not None]
    visible = [post for post in related if str(post.number) in known and not post.protected]
    lost = [post for post in related if post not in visible]
    if "referenced_tweets.id" in expansions:
        shown = {post.number: shown_post(post, fields) for post in visible}
        body |= {"includes": {"tweets": list(shown.values())}} if shown else {}
        errors = [
            missing(post.versions[0], known.get(post.versions[0]), "referenced_tweets.id") for post in lost
        ]
        body |= {"errors": errors} if errors else {}
    if "author_id" in expansions and posts:
        authors = {post.author.id: post.author.shown() for post in [*posts, *visible]}
        body.setdefault("includes", {})["users"] = list(authors.values())
    return body


def shown_post(post: Post, fields: set[str]) -> dict[str, Any]:
    """Return a post with the fields that were asked for: links shortened, signs escaped."""
    text, urls = html.escape(post.text, quote=False), []
    for place, address in enumerate(dict.fromkeys(_ADDRESS.findall(post.text))):
        short = f"https://t.co/{post.number % 10**9:09}{place}"
        text = text.replace(html.escape(address, quote=False), short)
        urls.append({"url": short, "expanded_url": address, "display_url": address[8:30]})
    named = [{"username": user.username, "id": user.id} for user in post.mentions]
    kinds = (("replied_to", post.parent), ("quoted", post.quoted))
    references = [{"type": kind, "id": other.versions[-1]} for kind, other in kinds if other]
    references += [{"type": "retweeted", "id": "1"}] if post.repost else []
    everything = {
        "author_id": post.author.id,
        "conversation_id": post.root.versions[0],
        "created_at": datetime.fromtimestamp(post.at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "entities": {"urls": urls, "mentions": named},
        "in_reply_to_user_id": post.parent.author.id if post.parent else None,
        "lang": "fr",
        "referenced_tweets": references,
        "withheld": {"copyright": False, "country_codes": post.withheld} if post.withheld else None,
    }
    asked = {key: value for key, value in everything.items() if key in fields and value}
    versions = {"id": post.versions[-1], "edit_history_tweet_ids": post.versions}
    return {**versions, "text": text, **asked}


ALL_PARTS = {
    "tweet.fields": "author_id,conversation_id,created_at,entities,in_reply_to_user_id,lang,"
    "referenced_tweets,withheld",
    "expansions": "author_id,referenced_tweets.id",
}
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
INVISIBLE = "You attempted to reply to a Tweet that is deleted or not visible to you."
NOT_ENGAGED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by"
    " the author of the post you are replying to."
)


def limits(most: int, left: int, reset: int) -> dict[str, str]:
    """Return the headers that tell of a limit."""
    return {
        "x-rate-limit-limit": str(most),
        "x-rate-limit-remaining": str(left),
        "x-rate-limit-reset": str(math.ceil(reset / 1000)),
    }


def problem(status: int, title: str, kind: str = "", detail: str = "") -> dict[str, Any]:
    """Return a refusal as X words it."""
    return {
        "title": title,
        "detail": detail or title,
        "type": _TAG + kind if kind else "about:blank",
        "status": status,
    }


def invalid(name: str, value: str, said: str) -> dict[str, Any]:
    """Return what X says of a parameter it cannot take."""
    refusal = problem(
        400, "Invalid Request", "invalid-request", "One or more parameters to your request was invalid."
    )
    return {"errors": [{"parameters": {name: [value]}, "message": said}], **refusal}


def missing(native_id: str, post: Post | None, parameter: str) -> dict[str, Any]:
    """Return what X says of a post it cannot give: it is gone, or not for us to see."""
    hidden = post is not None
    said = "Sorry, you are not authorized to see the Tweet with" if hidden else "Could not find tweet with"
    return {
        "value": native_id,
        "resource_id": native_id,
        "resource_type": "tweet",
        "parameter": parameter,
        "detail": f"{said} {parameter}: [{native_id}].",
        "title": "Authorization Error" if hidden else "Not Found Error",
        "type": _TAG + ("not-authorized-for-resource" if hidden else "resource-not-found"),
    }


@lru_cache(maxsize=64)
def matcher(query: str) -> Callable[[Post], bool]:
    """Return what a query matches: alternatives in brackets or one term, then what must not be."""
    inside, _, outside = query[1:].rpartition(")") if query.startswith("(") else query.partition(" ")
    wanted = [term.strip() for term in re.split(r" OR (?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", inside)]
    unwanted = [term.removeprefix("-") for term in outside.split() if term.startswith("-")]
    return lambda post: (
        any(_holds(post, term) for term in wanted) and not any(_holds(post, term) for term in unwanted)
    )


def _holds(post: Post, term: str) -> bool:
    if term == "is:retweet":
        return post.repost
    if term.startswith("from:"):
        return post.author.username == term[5:]
    if term.startswith("@"):
        return any(user.username == term[1:] for user in post.mentions)
    plain = re.escape(term.strip('"').lower())
    return re.search(rf"(?<!\w){plain}(?!\w)", post.text.lower()) is not None
