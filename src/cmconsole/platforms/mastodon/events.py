"""Events as Mastodon's streaming sends them, server-sent or over a WebSocket: pure, incremental, bounded.

https://html.spec.whatwg.org/multipage/server-sent-events.html
https://docs.joinmastodon.org/methods/streaming/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

EVENT_LIMIT: Final = 1_000_000
"""Most bytes of one event; a status with everything attached has about 20,000."""


class OverlongEventError(ValueError):
    """The stream sends an event without an end."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its name and its data, as bytes."""

    name: str
    data: bytes


class RefusedStreamError(ValueError):
    """A WebSocket was accepted, and what was asked for on it was not."""


def message_event(message: str | bytes) -> Event | None:
    """Return the event of a WebSocket's message, None where it is none; raises RefusedStreamError.

    The payload is JSON written out as a text, or a bare id; some servers leave it an object.
    """
    try:
        told = msgspec.json.decode(message)
    except (ValueError, RecursionError):
        data = message.encode("utf-8", "replace") if isinstance(message, str) else message
        return Event("notification", data)
    if not isinstance(told, dict):
        return None
    if "error" in told and "event" not in told:
        raise RefusedStreamError
    name, payload = told.get("event"), told.get("payload", "")
    if not isinstance(name, str):
        return None
    return Event(name, payload.encode() if isinstance(payload, str) else msgspec.json.encode(payload))


class EventParser:
    """Puts events together from the pieces a stream arrives in.

    The heartbeat comments (`:thump`) are no events, but whoever feeds the parser sees that something came.
    Lines end with a line feed, with or without a carriage return before it.
    """

    def __init__(self) -> None:
        self._rest = b""
        self._name = ""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, piece: bytes) -> list[Event]:
        """Return the events this piece completes; raises OverlongEventError."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        events = [event for line in lines if (event := self._line(line.removesuffix(b"\r"))) is not None]
        if self._size + len(self._rest) > EVENT_LIMIT:
            raise OverlongEventError
        return events

    def _line(self, line: bytes) -> Event | None:
        if not line:
            return self._end()
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"event":
            self._name = value.decode("utf-8", "replace")
        elif field == b"data":
            self._data.append(value)
            self._size += len(value)
        return None

    def _end(self) -> Event | None:
        event = Event(self._name, b"\n".join(self._data)) if self._data else None
        self._name, self._data, self._size = "", [], 0
        return event
