"""What a feed source remembers between two looks: where the feed is and which entries were taken."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final

import msgspec

from cmconsole.core.clock import Instant, Millis

SEEN_LIMIT: Final = 2_000
"""Most entries remembered, the newest; a feed rarely shows more than a hundred."""

_MARK_BYTES: Final = 8


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is remembered of a feed.

    configured: the address in the settings this was remembered for. address: where the feed has moved for
    good. polled_at: when it was looked at last, which holds over restarts.

    seen: marks of the entries taken, eight bytes each, the newest last, in base 64.
    begun: false before the first look at this address.
    """

    configured: str
    address: str
    etag: str = ""
    modified: str = ""
    seen: str = ""
    polled_at: Instant = 0
    begun: bool = True


def parse(cursor: str | None, configured: str) -> Place:
    """Return the place a cursor stands for; a fresh one where there is none or the settings changed."""
    try:
        place = msgspec.json.decode(cursor or "", type=Place)
        marks(place)
    except ValueError:
        return Place(configured, configured, begun=False)
    if place.configured == configured:
        return place
    return Place(configured, configured, seen=place.seen, begun=False)


def written(place: Place) -> str:
    """Return the cursor that stands for a place."""
    return msgspec.json.encode(place).decode()


def until_poll(place: Place, interval: Millis, now: Instant) -> Millis:
    """Return how long the feed is not to be looked at yet."""
    passed = now - place.polled_at
    return interval - passed if 0 <= passed < interval else 0


def mark(native_id: str) -> bytes:
    """Return the mark an entry is remembered by."""
    return blake2b(native_id.encode("utf-8", "surrogatepass"), digest_size=_MARK_BYTES).digest()


def marks(place: Place) -> dict[bytes, None]:
    """Return the marks of a place in their order; raises ValueError where they are damaged."""
    packed = b64decode(place.seen, validate=True)
    return dict.fromkeys(packed[i : i + _MARK_BYTES] for i in range(0, len(packed), _MARK_BYTES))


def packed(seen: Iterable[bytes]) -> str:
    """Return marks as a place keeps them, the oldest beyond SEEN_LIMIT forgotten."""
    return b64encode(b"".join(list(seen)[-SEEN_LIMIT:])).decode()
