"""Where intake from an instance stands, as its cursor keeps it."""

from __future__ import annotations

import msgspec


class Place(msgspec.Struct, frozen=True):
    """instance: whose ids these are. mentions: the notification up to which all were taken, empty at first.

    recent: notifications after it that came live. They do not move `mentions`: a stream may deliver them out
    of order or leave some out, and only asking for all after a certain one is complete.
    tags: per hashtag the status up to which all were taken.
    """

    instance: str
    mentions: str = ""
    recent: tuple[str, ...] = ()
    tags: dict[str, str] = {}


def parse(cursor: str | None, instance: str) -> Place:
    """Return the place a cursor stands for; a fresh one where there is none or it is another instance's."""
    try:
        place = msgspec.json.decode(cursor or "", type=Place)
    except ValueError:
        return Place(instance)
    return place if place.instance == instance else Place(instance)


def written(place: Place) -> str:
    """Return the cursor that stands for a place."""
    return msgspec.json.encode(place).decode()
