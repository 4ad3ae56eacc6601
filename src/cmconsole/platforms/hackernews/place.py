"""Where a Hacker News source stands, as its cursor keeps it."""

from __future__ import annotations

from typing import Final

import msgspec

from cmconsole.core.clock import Instant, Millis

OVERLAP: Final = 900
"""Seconds before the newest hit that are asked for again: Algolia does not index in the order of writing."""

MOST_RECENT: Final = 2_000
"""Most hits remembered of that time."""


class Found(msgspec.Struct, frozen=True, omit_defaults=True):
    """A search's place. newest: when its newest hit was written, in seconds since 1970; 0 where none was.

    recent: the ids taken of the OVERLAP before it. floor: what was written until then was there before the
    first look, and is not taken.
    """

    newest: int = 0
    recent: tuple[str, ...] = ()
    floor: int = 0


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """found: per search where it stands. polled_at: when all were looked through last."""

    found: dict[str, Found] = {}
    polled_at: Instant = 0


def parse(cursor: str | None) -> Place:
    """Return the place a cursor stands for; a fresh one where there is none."""
    try:
        return msgspec.json.decode(cursor or "", type=Place)
    except ValueError:
        return Place()


def written(place: Place) -> str:
    """Return the cursor that stands for a place."""
    return msgspec.json.encode(place).decode()


def until_poll(place: Place, interval: Millis, now: Instant) -> Millis:
    """Return how long the server is not to be asked yet."""
    passed = now - place.polled_at
    return interval - passed if 0 <= passed < interval else 0
