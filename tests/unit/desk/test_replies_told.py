"""Replies as a conversation's line of time and its steps tell them: each thing once."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from cmconsole.core.account import Mode
from cmconsole.core.event import AUDITED, Datum, Event, EventKind
from cmconsole.core.reply import Act, Reply, ReplyStatus
from cmconsole.desk.conversation import Entry, timeline
from cmconsole.desk.explain import deed_told
from cmconsole.desk.words import reply_standing, word
from tests.unit.desk.parts import NOON


def reply(number: int = 1, **more: Any) -> Reply:
    """Return a reply that was sent at noon, with some parts changed."""
    facts: dict[str, Any] = {
        "id": number, "conversation_id": 1, "platform": "x", "account": "main", "in_reply_to": "n",
        "text": "Sorry!", "writer": "Alice", "created_at": NOON, "updated_at": NOON,
        "status": ReplyStatus.SENT, "parts": ("Sorry! ^AL",), "mode": Mode.LIVE, "sent_at": NOON,
        "native_ids": ("r1",),
    }  # fmt: skip
    return Reply(**{**facts, **more})


def event(kind: EventKind, seq: int = 1, data: dict[str, Datum] | None = None) -> Event:
    return Event(seq, NOON + seq, kind, 1, "Bruno", {"reply": 1, "act": "reply", **(data or {})})


def told(history: list[Event], replies: list[Reply]) -> list[Entry]:
    return list(timeline([], history, NOON, UTC, replies=replies, handles={"main": "@acme"}))


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        (EventKind.REPLY_REFUSED, {"reason": "too cold"}, "reply refused: too cold"),
        (EventKind.REPLY_TAKEN_BACK, {}, "reply taken back"),
        (EventKind.REPLY_STRANDED, {}, "reply stopped inside its undo window"),
        (EventKind.REPLY_FAILED, {"error": "X refuses."}, "reply not published: X refuses."),
        (EventKind.REPLY_ASKED, {"raised": "sarcasm"}, "approval asked for: in spite of sarcasm"),
        (EventKind.REPLY_HELD, {"confirmed_by": "Bruno"}, "reply let go again"),
        (EventKind.REPLY_SENT, {"found": 1}, "reply found published"),
        (EventKind.REPLY_SENT, {"act": "like"}, "like: done"),
        (EventKind.REPLY_FAILED, {"act": "hide", "error": "no"}, "hide: not done: no"),
        (EventKind.REPLY_SENT, {"act": "something new"}, "reply sent"),
    ],
)
def test_each_step_has_its_words(kind: EventKind, data: dict[str, Datum], said: str) -> None:
    assert deed_told(event(kind, data=data), NOON, UTC) == said


def test_a_reply_that_was_sent_is_told_once_and_by_itself() -> None:
    kinds = sorted(AUDITED - {EventKind.REPLY_REFUSED, EventKind.REPLY_TAKEN_BACK})
    quiet = [EventKind.REPLY_DRAFTED, EventKind.REPLY_ASKED, EventKind.REPLY_APPROVED, EventKind.REPLY_HELD,
             EventKind.REPLY_SENDING, EventKind.REPLY_SENT, EventKind.REPLY_PUT_OFF]  # fmt: skip
    assert set(quiet) <= set(kinds)
    (entry,) = told([event(kind, seq) for seq, kind in enumerate(quiet, 1)], [reply()])
    assert (entry.who, entry.text, entry.at) == ("@acme", "Sorry! ^AL", NOON)
    assert entry.reply is not None


@pytest.mark.parametrize(
    ("kind", "now"),
    [
        (EventKind.REPLY_STRANDED, {"status": ReplyStatus.HOLDING}),
        (EventKind.REPLY_FAILED, {"status": ReplyStatus.FAILED}),
        (EventKind.REPLY_DOUBTED, {"status": ReplyStatus.UNKNOWN}),
    ],
)
def test_where_a_reply_stands_is_told_by_itself_and_what_came_before_by_its_step(
    kind: EventKind, now: dict[str, Any]
) -> None:
    steps = [event(kind, 1), event(EventKind.REPLY_RETRIED, 2), event(kind, 3)]
    kinds = [
        entry.event.kind
        for entry in told(steps, [reply(native_ids=(), sent_at=None, **now)])
        if entry.event is not None
    ]
    assert kinds == [kind, EventKind.REPLY_RETRIED]
    later = [entry.event.seq for entry in told(steps, [reply()]) if entry.event is not None]
    assert later == [1, 2, 3]


def test_a_draft_without_a_word_is_not_told_and_a_deleted_reply_says_so() -> None:
    empty = reply(2, status=ReplyStatus.DRAFT, text=" ", parts=())
    gone = reply(3, act=Act.DELETE, in_reply_to="r1", text="", parts=(), native_ids=())
    entries = told([], [reply(), empty, gone])
    assert [(it.reply.id, it.deleted) for it in entries if it.reply is not None] == [(1, True), (3, False)]


def test_every_state_and_act_has_its_word() -> None:
    for member in (*ReplyStatus, *Act, *Mode, *AUDITED):
        assert "_" not in word(member)
    assert reply_standing(reply(status=ReplyStatus.HOLDING)) == "stopped inside its undo window"
    assert reply_standing(reply(status=ReplyStatus.HOLDING, hold_until=NOON)) == "about to leave"
