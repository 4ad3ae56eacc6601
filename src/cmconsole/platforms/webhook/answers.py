"""What a caller is told: a status, JSON, and the headers that go with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

JSON: Final = b"application/json; charset=utf-8"

UNKEPT: Final = "It is not known whether this was kept: send it again. Nothing is doubled."
"""Said with every 503 after which some of a request may have been committed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """close: the connection ends with it, for the request was not read to its end."""

    status: int
    body: bytes
    headers: Sequence[tuple[bytes, bytes]] = field(default=())
    close: bool = False
    content_type: bytes = JSON

    def head(self) -> list[tuple[bytes, bytes]]:
        """Return all its headers."""
        own = [
            (b"content-type", self.content_type),
            (b"content-length", b"%d" % len(self.body)),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
            *self.headers,
        ]
        return [*own, (b"connection", b"close")] if self.close else own


class Refusal(Exception):  # noqa: N818 - it carries the answer, and no caller of this package ever meets it
    """Ends the handling of a request with an answer that says what is wrong."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def said(status: int, /, **facts: Any) -> Answer:
    """Return an answer with these facts as its JSON object."""
    return Answer(status, msgspec.json.encode(facts))


def refused(
    status: int, error: str, *, retry_after: int | None = None, close: bool = False, **headers: str
) -> Refusal:
    """Return a refusal in words. retry_after: seconds; `headers`: by name with underscores."""
    lines = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    if retry_after is not None:
        lines.append((b"retry-after", b"%d" % max(1, retry_after)))
    return Refusal(Answer(status, msgspec.json.encode({"error": error}), lines, close))
