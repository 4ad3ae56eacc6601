"""Where intake from an instance stands, as its cursor keeps it."""

from __future__ import annotations

from typing import Final

import msgspec

from cmconsole.core.clock import MINUTE, SECOND, Instant, Millis

BEGINNING: Final = "0"
"""Comes before every id, number or ULID: where a list was empty, all that follows is new."""

WINDOW: Final[Millis] = 15 * MINUTE
"""How long the opening of a stream is remembered."""

_LONGEST_GAP: Final[Millis] = 64 * SECOND
"""Longest pause between two openings, however many there were."""


class Sought(msgspec.Struct, frozen=True, omit_defaults=True):
    """A search's place.

    known: ids of the newest posts taken when it was last read through, newest first. begun: it was read once.
    coming, offset: a reading under way: what is known once it is through, and how many posts it has passed.
    """

    known: tuple[str, ...] = ()
    begun: bool = False
    coming: tuple[str, ...] = ()
    offset: int = 0


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """instance: whose ids these are. mentions: the notification up to which all were taken, empty at first.

    recent: notifications after it that came live. They do not move `mentions`: a stream may deliver them out
    of order or leave some out, and only asking for all after a certain one is complete.
    tags: per hashtag the status up to which all were taken. searches: per search where it stands.
    polled_at: when the lists were last read through. connects: when streams were opened in the last WINDOW.
    Both hold over restarts: an engine that is started every second asks no more often than one that runs.
    """

    instance: str
    mentions: str = ""
    recent: tuple[str, ...] = ()
    tags: dict[str, str] = {}
    searches: dict[str, Sought] = {}
    polled_at: Instant = 0
    connects: tuple[Instant, ...] = ()


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


def connected(place: Place, now: Instant) -> Place:
    """Return the place after a stream is opened at `now`."""
    return msgspec.structs.replace(place, connects=(*_lately(place, now), now))


def until_poll(place: Place, interval: Millis, now: Instant) -> Millis:
    """Return how long the lists are not to be asked yet."""
    passed = now - place.polled_at
    # After a clock was set back, "in the future" tells nothing.
    return interval - passed if 0 <= passed < interval else 0


def until_connect(place: Place, now: Instant) -> Millis:
    """Return how long no stream is to be opened yet: the more were opened lately, the longer.

    One that lives longer than WINDOW is opened again at once; one that is closed at once is opened five
    times in the first minute and once a minute from then on.
    """
    lately = _lately(place, now)
    if not lately:
        return 0
    gap = min(_LONGEST_GAP, SECOND << min(len(lately), 10))
    return max(0, lately[-1] + gap - now)


def _lately(place: Place, now: Instant) -> tuple[Instant, ...]:
    return tuple(at for at in place.connects if now - WINDOW < at <= now)
