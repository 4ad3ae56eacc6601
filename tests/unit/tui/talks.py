"""Conversations as values, for tests of what is drawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cmconsole.core.clock import MINUTE
from cmconsole.core.conversation import Conversation, Status
from cmconsole.core.mention import Author
from cmconsole.core.verdict import Kind, Lane, Priority, Severity, Tone
from tests.unit.tui.desks import NOON

TALK = Conversation(
    id=1,
    platform="mastodon",
    thread="t1",
    author=Author("mastodon", "ada@piaille.fr", name="Ada Verlaine", reach=48_000),
    author_id=1,
    status=Status.OPEN,
    lane=Lane.INFLUENCERS,
    priority=Priority.URGENT,
    kind=Kind.COMPLAINT,
    severity=Severity.MAJOR,
    tone=Tone.NEGATIVE,
    created_at=NOON - 5 * MINUTE,
    updated_at=NOON,
    waiting_since=NOON - 5 * MINUTE,
    answer_by=NOON + 8 * MINUTE,
    messages=1,
    text="My parcel was opened. Photos below.",
    url="https://piaille.fr/@ada/1",
    last_mention=1,
    last_at=NOON - 5 * MINUTE,
    complaint=0.93,
    version=1,
)


def talk(**changed: Any) -> Conversation:
    """Return an urgent complaint by Ada, with some parts changed."""
    return replace(TALK, **changed)
