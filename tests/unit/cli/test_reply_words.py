"""Words for replies: where each stands, what can be typed about it, what changed in a text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest

from cmconsole.cli import reply_waiting, reply_words
from cmconsole.cli.codes import ExitCode
from cmconsole.core.account import Mode
from cmconsole.core.clock import SECOND
from cmconsole.core.guard import Finding, GuardError, Level
from cmconsole.core.reply import Act, Reply, ReplyStatus
from tests.unit.desk.parts import NOON

DRAFT = Reply(
    id=7,
    conversation_id=3,
    platform="x",
    account="main",
    in_reply_to="n1",
    text="Sorry",
    writer="Alice",
    created_at=NOON,
    updated_at=NOON,
    mode=Mode.LIVE,
)
HELD = replace(DRAFT, status=ReplyStatus.HOLDING, hold_until=NOON + 1500)
STRANDED = replace(HELD, hold_until=None)
FAILED = replace(DRAFT, status=ReplyStatus.FAILED, error="No token.")
UNKNOWN = replace(DRAFT, status=ReplyStatus.UNKNOWN, next_at=NOON + 60 * SECOND)


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (DRAFT, "draft"),
        (HELD, "leaves in 2 s"),
        (replace(HELD, attempts=1), "not published yet, tried again at 12:00"),
        (STRANDED, "stopped inside its undo window"),
        (UNKNOWN, "unknown, looked up at 12:01"),
        (replace(UNKNOWN, next_at=None), "unknown"),
        (FAILED, "not published"),
    ],
)
def test_each_says_where_it_stands(reply: Reply, told: str) -> None:
    assert reply_words.state(reply, NOON, UTC) == told


def test_a_headline_names_everybody_and_what_is_done() -> None:
    reply = replace(HELD, editor="Chloé", approver="Bruno")
    assert reply_words.headline(reply, NOON, UTC, handle="ada") == (
        "7: leaves in 2 s (main, LIVE, to @ada on x, conversation 3, by Alice, changed by Chloé, "
        "approved by Bruno)"
    )
    like = replace(HELD, act=Act.LIKE, editor="Alice", mode=Mode.REHEARSAL, account="")
    assert reply_words.headline(like, NOON, UTC, handle="") == (
        "7: leaves in 2 s (like, –, REHEARSAL, on x, conversation 3, by Alice)"
    )


@pytest.mark.parametrize(
    ("reply", "verbs"),
    [
        (DRAFT, []),
        (HELD, ["back"]),
        (STRANDED, ["retry", "back"]),
        (FAILED, ["retry", "back", "discard"]),
        (replace(FAILED, native_ids=("p1",)), ["retry", "discard"]),
        (replace(FAILED, act=Act.LIKE), ["retry", "discard"]),
        (UNKNOWN, ["look", "settle", "retry"]),
    ],
)
def test_what_can_be_typed_is_what_its_state_allows(reply: Reply, verbs: list[str]) -> None:
    typed = [line.partition("cmconsole outbox ")[2] for line in reply_words.what_to_type(reply)]

    assert typed == [f"{verb} 7" for verb in verbs]


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (HELD, ExitCode.DONE),
        (STRANDED, ExitCode.FAILED),
        (replace(DRAFT, status=ReplyStatus.AWAITING), ExitCode.DONE),
        (replace(DRAFT, status=ReplyStatus.SENT), ExitCode.DONE),
        (replace(DRAFT, status=ReplyStatus.REHEARSED), ExitCode.DONE),
        (FAILED, ExitCode.FAILED),
        (DRAFT, ExitCode.FAILED),
        (replace(DRAFT, status=ReplyStatus.DISCARDED), ExitCode.FAILED),
        (UNKNOWN, ExitCode.UNCLEAR),
    ],
)
def test_each_end_has_its_code(reply: Reply, code: ExitCode) -> None:
    assert reply_waiting.code(reply) is code


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("same", "same", "same"),
        ("We come today.", "We come tomorrow.", "We come [-today-]{+tomorrow+}."),
        ("We come.", "We come today.", "We come{+ today+}."),
        ("We really come.", "We come.", "We[- really-] come."),
        ("", "New", "{+New+}"),
        ("Old", "", "[-Old-]"),
    ],
)
def test_what_changed_is_told_word_by_word(before: str, after: str, told: str) -> None:
    assert reply_words.changed_words(before, after) == told


def test_what_stops_it_says_what_to_type_only_where_that_helps() -> None:
    asks = Finding("capitals", Level.CONFIRM, "it shouts")
    stops = Finding("empty", Level.BLOCK, "there is no text yet")
    error = GuardError("No.", advice="Kept.", findings=(asks,), word="publish")
    assert list(reply_words.stopped_lines(error, "cmconsole reply 3")) == [
        "capitals (asks): it shouts",
        "It needs a second look; nothing was sent.",
        "    → if it may leave all the same: cmconsole reply 3 --confirm publish",
    ]
    error = GuardError("No.", advice="Kept.", findings=(stops, asks))
    assert list(reply_words.stopped_lines(error, "cmconsole reply 3")) == [
        "empty (stops it): there is no text yet",
        "capitals (asks): it shouts",
        "No. Kept.",
    ]


@pytest.mark.parametrize(("typed", "sent"), [("Publish ", "publier"), ("publier", "publier"), ("", "")])
def test_scripts_may_type_the_english_word(typed: str, sent: str) -> None:
    assert reply_words.confirming(typed, "publier") == sent


def test_the_record_holds_every_key_of_the_guide() -> None:
    told = reply_words.record(replace(UNKNOWN, raised=("capitals",)))

    assert told["next_look_at"] == "2026-03-02T12:01:00Z"
    assert (told["raised"], told["approver"], told["sent_at"]) == (["capitals"], None, None)
    assert len(told["hash"]) == 32  # type: ignore[arg-type]
