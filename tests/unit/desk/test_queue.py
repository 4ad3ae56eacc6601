"""The queue for programs and for screen readers."""

from __future__ import annotations

import json
from dataclasses import replace

from cmconsole.core.claim import Claim
from cmconsole.core.clock import DAY, HOUR, MINUTE
from cmconsole.core.conversation import Outcome, Status
from cmconsole.core.mention import Author
from cmconsole.core.verdict import Hostility, Lane, Priority, Reason
from cmconsole.desk.queue import due, length, line, record
from tests.unit.desk.parts import NOON, conversation

PROMISED = (
    "id lane status priority kind answer_by platform author reach messages text claimed_by reasons".split()  # noqa: SIM905 - the line of the documentation
)


def test_a_record_has_the_promised_keys_and_is_json() -> None:
    claimed = replace(
        conversation(7, priority=Priority.URGENT, due=NOON - MINUTE),
        claim=Claim("Alice", NOON + 1),
        reasons=(Reason("author.verified"),),
    )
    told = json.loads(json.dumps(record(claimed, NOON)))

    assert list(told)[: len(PROMISED)] == PROMISED
    assert told["id"] == 7
    assert told["lane"] == "complaints"
    assert told["priority"] == "urgent"
    assert told["answer_by"] == "2026-03-02T11:59:00Z"
    assert told["claimed_by"] == "Alice"
    assert told["overdue"] is True
    assert told["reasons"] == ["The author is verified."]
    assert told["reason_codes"] == ["author.verified"]
    assert told["url"] is None
    assert (told["hostility"], told["themes"], told["route"]) == ("none", [], None)
    assert (told["cluster"], told["alike"]) == (None, 1)


def test_a_record_tells_what_triage_and_rules_gave() -> None:
    one = replace(
        conversation(7),
        hostility=Hostility.INSULTING,
        themes=("delivery",),
        tags=("vip",),
        route="press",
        cluster=3,
    )
    told = record(one, NOON, 47)

    assert [told[key] for key in ("hostility", "themes", "tags", "route", "cluster", "alike")] == [
        "insulting", ["delivery"], ["vip"], "press", 3, 47,
    ]  # fmt: skip


def test_what_does_not_apply_is_null_and_a_claim_that_expired_holds_nothing() -> None:
    resolved = replace(
        conversation(7),
        status=Status.RESOLVED,
        outcome=Outcome.SILENCE,
        silence_reason="spam",
        answer_by=None,
        waiting_since=None,
        claim=Claim("Alice", NOON),
    )
    told = record(resolved, NOON)

    assert told["answer_by"] is None
    assert told["claimed_by"] is None
    assert told["outcome"] == "silence"
    assert told["silence_reason"] == "spam"


def test_a_line_is_words_only() -> None:
    author = Author("x", "ada@piaille.fr", reach=48_000, verified=True)
    told = replace(
        conversation(7, priority=Priority.HIGH, due=NOON + 8 * MINUTE),
        lane=Lane.INFLUENCERS,
        author=author,
        messages=3,
        text="My parcel\nwas opened. " + "a" * 200,
        claim=Claim("Bruno", NOON + 1),
    )

    assert line(told, NOON).startswith(
        "7, Influencers, high, answer within 8 min, ada@piaille.fr on x, reach 48k, verified, 3 messages, "
        "held by Bruno: My parcel was opened. aaa"
    )
    assert ", 3 messages, one of 47 alike, held by Bruno: " in line(told, NOON, 47)
    assert "\n" not in line(told, NOON)
    assert len(line(told, NOON)) < 230


def test_the_time_left_is_in_minutes_then_hours_then_days() -> None:
    assert length(119 * MINUTE) == "119 min"
    assert length(2 * HOUR) == "2 h"
    assert length(47 * HOUR) == "47 h"
    assert length(2 * DAY) == "2 d"
    assert due(conversation(1, due=NOON - 3 * HOUR), NOON) == "overdue by 3 h"
    assert due(replace(conversation(1), status=Status.PENDING, answer_by=None), NOON) == "pending"
