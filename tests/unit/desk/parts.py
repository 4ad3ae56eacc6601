"""Conversations, clocks and the like that the desk's tests are about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cmconsole.core.clock import MINUTE
from cmconsole.core.conversation import Conversation, Status
from cmconsole.core.mention import Author
from cmconsole.core.verdict import Kind, Lane, Priority, Severity, Tone

NOON = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp() * 1000)
"""A Monday."""


@dataclass(slots=True)
class MovableClock:
    """A clock that stands still until it is moved."""

    at: int = NOON

    def now(self) -> int:
        return self.at


_ORDINARY = Conversation(
    id=0,
    platform="x",
    thread="",
    author=Author("x", "", reach=100),
    author_id=0,
    status=Status.OPEN,
    lane=Lane.COMPLAINTS,
    priority=Priority.MEDIUM,
    kind=Kind.COMPLAINT,
    severity=Severity.MINOR,
    tone=Tone.NEGATIVE,
    created_at=NOON,
    updated_at=NOON,
    waiting_since=NOON,
    answer_by=NOON,
    messages=1,
    text="",
    url="",
    last_mention=0,
    last_at=NOON,
)


def conversation(
    key: int, *, priority: Priority = Priority.MEDIUM, due: int | None = None, version: int = 0
) -> Conversation:
    """Return an ordinary open complaint, due `key` minutes after noon where nothing else is said."""
    return replace(
        _ORDINARY,
        id=key,
        thread=f"t{key}",
        author=Author("x", f"author{key}", reach=100),
        author_id=key,
        priority=priority,
        answer_by=NOON + key * MINUTE if due is None else due,
        text=f"message {key}",
        last_mention=key,
        version=version,
    )
