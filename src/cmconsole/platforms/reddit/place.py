"""Where intake from Reddit stands, as its cursor keeps it."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from cmconsole.core.clock import Instant

Position: TypeAlias = tuple[Instant, str]
"""When a thing was written, and its id, which orders those of one second (`listing.position`)."""


class ListPlace(msgspec.Struct, frozen=True):
    """How far one list was read.

    known: fullnames of the newest things read, newest first, with a blank between two and an exclamation mark
    after those that were told as gone. Some may be deleted meanwhile, which does no harm. floor: time and id
    of the oldest thing looked at; nothing from there down is new. edited: the latest edit taken. All times
    are Reddit's, for ours may be wrong.
    """

    known: str = ""
    floor: Position = (0, "")
    edited: Instant = 0


class Place(msgspec.Struct, frozen=True):
    """server: whose lists these are. polled_at: when they were last asked, by our clock."""

    server: str
    polled_at: Instant = 0
    lists: dict[str, ListPlace] = {}

    def moved(self, key: str, place: ListPlace) -> Place:
        """Return this place with one list's place replaced."""
        return msgspec.structs.replace(self, lists={**self.lists, key: place})


def parse(cursor: str | None, server: str) -> Place:
    """Return the place a cursor stands for; a fresh one where there is none or it is another server's."""
    try:
        place = msgspec.json.decode(cursor or "", type=Place)
    except ValueError:
        return Place(server)
    return place if place.server == server else Place(server)


def written(place: Place) -> str:
    """Return the cursor that stands for a place."""
    return msgspec.json.encode(place).decode()
