"""What happens outside, as a conversation's history and the change feed tell it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from cmconsole.core.account import Standing
from cmconsole.core.conversation import Outcome
from cmconsole.core.event import Datum, Event, EventKind
from cmconsole.core.mention import Absence, Author, Mention
from cmconsole.desk import queue
from cmconsole.desk.conversation import timeline
from cmconsole.desk.explain import deed_told
from cmconsole.desk.words import in_its_place, newest_text, word
from cmconsole.store.contract import StoredMention
from tests.unit.desk.parts import NOON, conversation


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        (EventKind.CONVERSATION_GONE, {}, "nothing is left to answer"),
        (EventKind.MENTION_EDITED, {"mention": 1}, "its author changed a post"),
        (EventKind.MENTION_REMOVED, {"mention": 1, "why": "deleted"}, "its author deleted a post"),
        (EventKind.MENTION_REMOVED, {"mention": 1, "why": "withheld"}, "the platform withholds a post"),
        (EventKind.TIP_LINKED, {"tip": 1, "by": "Paul"}, "forwarded by Paul"),
        (EventKind.TIP_LINKED, {}, "forwarded"),
        (EventKind.SOURCE_PAUSED, {"source": "blog"}, "source paused: blog"),
        (EventKind.SOURCE_RESUMED, {"source": "blog"}, "source read again: blog"),
        (
            EventKind.ACCOUNT_CHECKED,
            {"account": "main", "standing": "locked"},
            "account checked: main, locked",
        ),
        (EventKind.ACCOUNT_CHECKED, {"account": "main", "standing": "new"}, "account checked: main, new"),
    ],
)
def test_each_event_has_its_words(kind: EventKind, data: dict[str, Datum], said: str) -> None:
    assert deed_told(Event(1, NOON, kind, 1, "", data), NOON, UTC) == said


def test_every_kind_of_event_standing_and_absence_has_a_word() -> None:
    for member in (*EventKind, *Standing, *Absence, *Outcome):
        assert "_" not in word(member)
    assert word(Outcome.GONE) == "taken back"
    assert word(Standing.VERIFIED) == "verified"


def test_what_is_gone_leaves_a_word_in_its_place() -> None:
    assert in_its_place(Absence.DELETED) == "[deleted by its author]"
    assert newest_text(conversation(1)) == "message 1"
    assert (
        newest_text(replace(conversation(1), text="", gone=Absence.WITHHELD)) == "[withheld by the platform]"
    )


def test_a_mention_that_is_gone_says_so_in_the_timeline() -> None:
    mention = Mention("x", "1", Author("x", "ada"), "", NOON)
    gone = StoredMention(1, 1, NOON, mention, gone=Absence.DELETED)

    assert [entry.text for entry in timeline([gone], [], NOON, UTC)] == ["[deleted by its author]"]


def test_the_queue_says_that_it_is_gone_forwarded_and_cannot_be_answered() -> None:
    told = replace(conversation(1), text="", gone=Absence.DELETED, tips=3, can_reply=False)
    line, record = queue.line(told, NOON), queue.record(told, NOON)

    assert line.endswith(": [deleted by its author]")
    assert "forwarded 3 times, no answer possible" in line
    assert (record["gone"], record["tips"], record["can_reply"], record["text"]) == ("deleted", 3, False, "")
    plain = queue.record(conversation(1), NOON)
    assert (plain["gone"], plain["tips"], plain["can_reply"]) == (None, 0, True)
    assert "forwarded" not in queue.line(conversation(1), NOON)
