"""Where intake from Bluesky stands, as its cursor keeps it."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from typing import Final

import msgspec

from cmconsole.core.clock import HOUR, Instant, Millis

OVERLAP: Final[Millis] = HOUR
"""How far behind the newest known post each look reaches again. A post takes its place in Bluesky's lists by
the time its author's app gives it, so one that comes late (a bridge, an index that lags) stands below others
that are known."""

MOST_KNOWN: Final = 400
"""Most posts remembered by name; where more come within OVERLAP, each look reaches less far back."""

_NAME_LENGTH: Final = 12
"""Signs of six bits: two of the 400 posts share a name once in 10^16 looks."""


class Known(msgspec.Struct, frozen=True, array_like=True):
    """A post that was taken. name, version: digests of its address and of its content."""

    at: Instant
    name: str
    version: str


class ListPlace(msgspec.Struct, frozen=True):
    """since: what is older was taken, or came before the first start. known: what was taken since."""

    since: Instant = 0
    known: tuple[Known, ...] = ()

    def taken(self, posts: Iterable[Known]) -> ListPlace:
        """Return the place after these posts were taken too."""
        latest = {one.name: one for one in (*self.known, *posts)}
        known = sorted(latest.values(), key=lambda one: one.at)
        if not known:
            return self
        newest = known[-1].at
        since = max(self.since, newest - OVERLAP)
        if len(known) > MOST_KNOWN:
            since = max(since, min(known[-MOST_KNOWN - 1].at + 1, newest))
            known = known[-MOST_KNOWN:]
        return ListPlace(since, tuple(one for one in known if one.at >= since))


class Place(msgspec.Struct, frozen=True):
    """account: whose place it is, by DID. lists: by the list's name; one that is missing was never read.

    polled_at: when the lists were asked for last.
    """

    account: str
    polled_at: Instant = 0
    lists: dict[str, ListPlace] = {}

    def with_list(self, name: str, place: ListPlace) -> Place:
        """Return the place with that of one list in it."""
        return msgspec.structs.replace(self, lists={**self.lists, name: place})


def known(uri: str, cid: str, at: Instant) -> Known:
    """Return how a post is remembered."""
    return Known(at, _digest(uri, _NAME_LENGTH), _digest(cid, 4))


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


def _digest(text: str, length: int) -> str:
    raw = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return urlsafe_b64encode(raw[: length * 3 // 4]).decode()
