"""Replies written for the guards' tests, put together from the scenes in tests/data/replies."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cmconsole.core.autolinks import places
from cmconsole.desk.reply.length import measure

FOLDER = Path(__file__).resolve().parents[4] / "data" / "replies"
NAMES = ("Camille", "Jo", "Sam", "Inès", "Marc", "Zoé", "Lina")
PLATFORMS = ("x", "mastodon", "bluesky", "reddit", "x")


@dataclass(frozen=True)
class Exchange:
    """A post and the reply to it; guard: the one that must be raised, empty for a good reply."""

    post: str
    reply: str
    platform: str
    language: str = ""
    guard: str = ""


def good() -> list[Exchange]:
    """Return every good reply, each once, always in the same order."""
    return [it for language in ("fr", "en") for it in _scenes(language)]


def sentences() -> set[str]:
    """Return the different sentences the good replies are made of, posts left out."""
    found: set[str] = set()
    for language in ("fr", "en"):
        told = _read(f"good.{language}.toml")
        found |= {it for it in (*told["greetings"], *told["closings"]) if it}
        for scene in told["scene"]:
            found |= {*scene["bodies"], *scene["nexts"]}
    return found


def bad() -> list[Exchange]:
    """Return every bad reply with the guard that must catch it."""
    return [
        Exchange(group["for"], text, group.get("on", "x"), guard=group["guard"])
        for group in _read("bad.toml")["group"]
        for text in group["texts"]
    ]


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def _scenes(language: str) -> Iterator[Exchange]:
    told = _read(f"good.{language}.toml")
    greetings: list[str] = told["greetings"]
    closings: list[str] = told["closings"]
    count = 0
    for scene in told["scene"]:
        for body in scene["bodies"]:
            for following in scene["nexts"]:
                for order in (0, 1):
                    count += 1
                    greeting = greetings[(count * 3 + order) % len(greetings)]
                    closing = closings[(count * 7) % len(closings)]
                    said = (greeting, body, following, closing) if order else (greeting, body, closing)
                    text = " ".join(filter(None, said)).replace("{name}", NAMES[count % len(NAMES)])
                    post = scene["mentions"][count % len(scene["mentions"])]
                    yield Exchange(post, text, _platform(text, count), language)


def _platform(text: str, count: int) -> str:
    """Return a platform in turn on which the reply fits; no links on X, where the price guard is right."""
    platform = PLATFORMS[count % len(PLATFORMS)]
    fits = not measure(platform, text).over and not (platform == "x" and places(text))
    return platform if fits else "reddit"
