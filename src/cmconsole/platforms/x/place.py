"""Where intake from X stands, as its cursor keeps it."""

from __future__ import annotations

import msgspec

from cmconsole.core.clock import MINUTE, Instant, Millis

CONNECTS_WITHIN: Millis = 15 * MINUTE
"""The time in which X counts connects to its stream."""


class Span(msgspec.Struct, frozen=True):
    """How far a list was read. since: the newest post up to which all were taken, empty before the first.

    X lists the newest first. top, until: while it is read downwards and not done, the newest post seen and
    the oldest taken; what lies between `since` and `until` is missing. walked: how many were taken so.
    """

    since: str = ""
    top: str = ""
    until: str = ""
    walked: int = 0


class Place(msgspec.Struct, frozen=True):
    """account: the handle all this is about. native_id: X's number for it. spans: by list.

    recent: posts taken live that a list may still give again. polled_at: when the lists were asked last.
    connects: when the stream was opened in the last 15 minutes.
    """

    account: str
    native_id: str = ""
    spans: dict[str, Span] = {}
    recent: tuple[str, ...] = ()
    polled_at: Instant = 0
    connects: tuple[Instant, ...] = ()


def parse(cursor: str | None, account: str) -> Place:
    """Return the place a cursor stands for; a fresh one where there is none or it is another account's."""
    try:
        place = msgspec.json.decode(cursor or "", type=Place)
    except ValueError:
        return Place(account)
    return place if place.account == account else Place(account)


def written(place: Place) -> str:
    """Return the cursor that stands for a place."""
    return msgspec.json.encode(place).decode()
