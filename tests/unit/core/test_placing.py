"""Placing: wins, a rule's silence, corrections by persons, judging anew, and the verdict that stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from cmconsole.core import moves, placing
from cmconsole.core.clock import HOUR, MINUTE
from cmconsole.core.conversation import UNDECIDED, Conversation, Decided, Outcome, Status
from cmconsole.core.errors import ClaimHeldError
from cmconsole.core.event import EventKind, Fact
from cmconsole.core.mention import Author, Mention
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.verdict import Hostility, Kind, Lane, Priority, Reason, Severity, Verdict

POLICY = SlaPolicy()
ADA = Author("mastodon", "ada@piaille.fr", reach=480)
COMPLAINT: Final = Verdict(
    Lane.COMPLAINTS, Priority.MEDIUM, Kind.COMPLAINT, Severity.MINOR, language="en", complaint=0.8
)
THANKS: Final = Verdict(Lane.OTHERS, Priority.LOW, Kind.PRAISE, language="en", complaint=0.1, thanks=True)
QUIET: Final = Verdict(Lane.OTHERS, Priority.LOW, Kind.SPAM, silence="advertising")


def arrival(verdict: Verdict, at: int = 0, *, number: int = 1, vip: bool = False) -> placing.Arrival:
    mention = Mention("mastodon", str(number), ADA, f"message {number}", at, thread="t")
    return placing.Arrival(mention, verdict, mention_id=number, author_id=1, vip=vip)


def opened(verdict: Verdict = COMPLAINT, at: int = 0, *, vip: bool = False) -> Conversation:
    return placing.opened(arrival(verdict, at, vip=vip), POLICY, conversation_id=7)


def received(before: Conversation, verdict: Verdict, at: int = HOUR, *, vip: bool = False) -> Conversation:
    return placing.received(before, arrival(verdict, at, number=2, vip=vip), POLICY)


def answered() -> Conversation:
    return moves.wait(opened(), person="Alice", now=MINUTE).conversation


def done() -> Conversation:
    return moves.done(opened(), person="Alice", now=MINUTE).conversation


def silenced() -> Conversation:
    return moves.keep_silence(opened(), person="Alice", now=MINUTE, reason="troll").conversation


@pytest.mark.parametrize("before", [answered(), done()], ids=["pending", "done"])
def test_thanks_for_an_answer_of_ours_are_a_win(before: Conversation) -> None:
    after = received(before, THANKS)

    assert (after.status, after.outcome) == (Status.RESOLVED, Outcome.WIN)
    assert (after.waiting_since, after.answer_by, after.clock_left) == (None, None, None)
    assert (after.kind, after.lane, after.messages) == (Kind.PRAISE, Lane.OTHERS, 2)
    assert placing.by_itself(after) == (Fact(EventKind.CONVERSATION_WON),)
    assert received(after, THANKS, 2 * HOUR).outcome is Outcome.WIN


@pytest.mark.parametrize("before", [opened(), silenced()], ids=["not answered", "silence was kept"])
def test_thanks_that_answer_nothing_are_no_win(before: Conversation) -> None:
    after = received(before, THANKS)

    assert (after.status, after.outcome) == (Status.OPEN, None)
    assert placing.by_itself(after) == ()


@pytest.mark.parametrize(
    "verdict",
    [
        replace(THANKS, thanks=False),
        replace(THANKS, kind=Kind.QUESTION),
        replace(THANKS, kind=Kind.COMPLAINT),
        replace(THANKS, severity=Severity.SAFETY),
    ],
    ids=["no thanks", "a question", "a complaint", "danger"],
)
def test_what_asks_for_more_than_thanks_opens_it_again(verdict: Verdict) -> None:
    after = received(answered(), verdict)

    assert (after.status, after.outcome, after.waiting_since) == (Status.OPEN, None, HOUR)


def test_a_rule_may_leave_a_first_mention_unanswered() -> None:
    quiet = opened(QUIET)

    assert (quiet.status, quiet.outcome) == (Status.RESOLVED, Outcome.SILENCE)
    assert (quiet.silence_reason, quiet.answer_by) == ("advertising", None)
    assert placing.by_itself(quiet) == (
        Fact(EventKind.SILENCE_KEPT, {"reason": "advertising", "by": "rule"}),
    )


@pytest.mark.parametrize(
    ("severity", "vip"),
    [(Severity.LEGAL, False), (Severity.SAFETY, False), (Severity.NONE, True)],
    ids=["law", "danger", "a VIP"],
)
def test_no_rule_silences_what_a_person_must_see(severity: Severity, vip: bool) -> None:
    verdict = replace(QUIET, severity=severity)

    assert opened(verdict, vip=vip).status is Status.OPEN
    assert received(done(), verdict, vip=vip).status is Status.OPEN


def test_a_rule_silences_a_resolved_conversation_again_but_no_waiting_one() -> None:
    again = received(done(), QUIET)

    assert (again.status, again.outcome, again.silence_reason) == (
        Status.RESOLVED,
        Outcome.SILENCE,
        "advertising",
    )
    assert received(opened(), QUIET).status is Status.OPEN
    assert received(answered(), QUIET).status is Status.OPEN


def test_a_correction_moves_the_conversation_and_tells_from_what_to_what() -> None:
    decided = Decided(kind=Kind.QUESTION)
    verdict = replace(COMPLAINT, kind=Kind.QUESTION, lane=Lane.OTHERS, severity=Severity.NONE)
    change = placing.correct(opened(at=HOUR), verdict, decided, POLICY, person="Alice", now=2 * HOUR)
    after = change.conversation

    assert (after.kind, after.lane, after.decided) == (Kind.QUESTION, Lane.OTHERS, decided)
    assert after.waiting_since == HOUR
    assert after.answer_by == POLICY.answer_by(HOUR, Lane.OTHERS, Priority.MEDIUM)
    # The lane followed from the kind: only what the person decided is told, and learned from.
    assert change.facts == (
        Fact(EventKind.CONVERSATION_CORRECTED, {"kind": "question", "was_kind": "complaint"}),
    )


def test_a_correction_of_all_three_tells_all_three() -> None:
    decided = Decided(Kind.COMPLAINT, Lane.INFLUENCERS, Severity.MAJOR)
    verdict = replace(COMPLAINT, lane=Lane.INFLUENCERS, severity=Severity.MAJOR)
    change = placing.correct(opened(THANKS), verdict, decided, POLICY, person="Alice", now=1)

    assert dict(change.facts[0].data) == {
        "kind": "complaint",
        "was_kind": "praise",
        "lane": "influencers",
        "was_lane": "others",
        "severity": 2,
        "was_severity": 0,
    }


def test_a_correction_to_what_stands_is_kept_without_a_fact() -> None:
    start, decided = opened(), Decided(kind=Kind.COMPLAINT)
    change = placing.correct(start, COMPLAINT, decided, POLICY, person="Alice", now=1)

    assert change == moves.Change(replace(start, decided=decided))


def test_nobody_corrects_what_a_colleague_holds() -> None:
    held = moves.claim(opened(), person="Alice", now=0).conversation

    with pytest.raises(ClaimHeldError, match="Alice"):
        placing.correct(held, THANKS, Decided(kind=Kind.PRAISE), POLICY, person="Bruno", now=1)
    assert placing.correct(held, THANKS, Decided(kind=Kind.PRAISE), POLICY, person="Alice", now=1).facts


def test_what_a_person_decided_ends_with_the_exchange_it_was_said_of() -> None:
    decided = replace(opened(), decided=Decided(kind=Kind.COMPLAINT))
    resolved = moves.done(decided, person="Alice", now=MINUTE).conversation

    assert received(decided, THANKS).decided == Decided(kind=Kind.COMPLAINT)
    assert received(resolved, COMPLAINT).decided == UNDECIDED


def test_judging_anew_tells_what_moved() -> None:
    verdict = replace(COMPLAINT, priority=Priority.URGENT, severity=Severity.MAJOR, tags=("delivery",))
    change = placing.rejudged(opened(at=HOUR), verdict, POLICY)
    after = change.conversation

    assert (after.priority, after.tags) == (Priority.URGENT, ("delivery",))
    assert after.answer_by == POLICY.answer_by(HOUR, Lane.COMPLAINTS, Priority.URGENT)
    assert change.facts == (
        Fact(
            EventKind.CONVERSATION_REJUDGED,
            {"priority": 1, "was_priority": 3, "severity": 2, "was_severity": 1},
        ),
    )


def test_judging_anew_to_the_same_end_tells_nothing() -> None:
    assert placing.rejudged(opened(), COMPLAINT, POLICY) == moves.Change(opened())


def test_judging_anew_starts_no_clock_that_stands_still() -> None:
    after = placing.rejudged(answered(), replace(COMPLAINT, priority=Priority.URGENT), POLICY).conversation

    assert (after.status, after.answer_by) == (Status.PENDING, None)
    assert after.clock_left == answered().clock_left


@pytest.mark.parametrize(
    "stronger",
    [
        replace(THANKS, priority=Priority.URGENT),
        replace(COMPLAINT, lane=Lane.INFLUENCERS, kind=Kind.PRAISE, complaint=0.0),
        replace(COMPLAINT, complaint=0.9),
    ],
    ids=["priority first", "then the lane", "then the score"],
)
def test_the_strongest_verdict_stands(stronger: Verdict) -> None:
    assert placing.strongest([COMPLAINT, stronger]) == stronger
    assert placing.strongest([stronger, COMPLAINT]) == stronger


def test_the_kind_decides_between_verdicts_of_one_lane_and_priority() -> None:
    question = replace(COMPLAINT, kind=Kind.QUESTION, complaint=0.95)

    assert placing.strongest([question, COMPLAINT]) == COMPLAINT


def test_the_strongest_keeps_the_worst_words_and_all_themes() -> None:
    one = replace(COMPLAINT, themes=("delivery",), reasons=(Reason("lane"),))
    other = replace(THANKS, themes=("staff", "delivery"), hostility=Hostility.INSULTING)

    assert placing.strongest([one]) is one
    assert placing.strongest([one, other]) == replace(
        one, themes=("delivery", "staff"), hostility=Hostility.INSULTING
    )
