"""An answer of X: its posts, what came along with them, and what could not be given."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = Mapping[str, Any]


class NoAnswerError(ValueError):
    """A body is not an object of X's."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What X answered. posts: as they came, whatever they are; a single one is a list of one.

    users, tweets, media, polls: what came along, by their ids. errors: what could not be given, and why.
    next_token: for the page of what is older; empty where there is none.
    """

    posts: list[Any] = field(default_factory=list)
    users: dict[str, Json] = field(default_factory=dict)
    tweets: dict[str, Json] = field(default_factory=dict)
    media: dict[str, Json] = field(default_factory=dict)
    polls: dict[str, Json] = field(default_factory=dict)
    errors: list[Json] = field(default_factory=list)
    next_token: str = ""
    whole: Json = field(default_factory=dict)


def read(body: bytes) -> Answer:
    """Return what a body says; raises NoAnswerError.

    Not msgspec: one lone surrogate in a name would cost the whole page.
    """
    try:
        whole = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise NoAnswerError from error
    if not isinstance(whole, dict):
        raise NoAnswerError
    data, includes = whole.get("data"), part(whole, "includes")
    return Answer(
        posts=data if isinstance(data, list) else [data] if data is not None else [],
        users=_by(includes, "users", "id"),
        tweets=_by(includes, "tweets", "id"),
        media=_by(includes, "media", "media_key"),
        polls=_by(includes, "polls", "id"),
        errors=objects(whole, "errors"),
        next_token=word(part(whole, "meta"), "next_token"),
        whole=whole,
    )


def word(item: Json, key: str) -> str:
    """Return a text of a JSON object, empty where there is none; a number counts as a text."""
    value = item.get(key)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def part(item: Json, key: str) -> Json:
    """Return an object inside an object, empty where there is none."""
    value = item.get(key)
    return value if isinstance(value, dict) else {}


def objects(item: Json, key: str) -> list[Json]:
    """Return the objects of a list inside an object."""
    value = item.get(key)
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def words(item: Json, key: str) -> list[str]:
    """Return the texts of a list inside an object."""
    value = item.get(key)
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def _by(includes: Json, name: str, key: str) -> dict[str, Json]:
    return {word(entry, key): entry for entry in objects(includes, name) if word(entry, key)}
