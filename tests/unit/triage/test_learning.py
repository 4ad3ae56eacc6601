"""Learning: lessons move what they are about, within bounds, and can be kept."""

from __future__ import annotations

import pytest

from cmconsole.core.errors import StoreError
from cmconsole.core.mention import Author, Mention
from cmconsole.core.verdict import Kind, Severity
from cmconsole.triage.learning import MOST, Learned, Target, features
from cmconsole.triage.triage import Triage

TEXT = "the gizmo flange wobbles again"


def mention(text: str) -> Mention:
    return Mention("x", "1", Author("x", "ada", reach=10), text, 0)


def taught(times: int, kind: Kind = Kind.COMPLAINT, text: str = TEXT) -> Triage:
    triage = Triage()
    for _ in range(times):
        triage.teach(text, kind=kind)
    return triage


def test_lessons_move_a_score_towards_what_was_said() -> None:
    before = Triage().judge(mention(TEXT)).complaint
    after = [taught(times).judge(mention(TEXT)).complaint for times in (1, 5, 20)]

    assert before < after[0] < after[1] < after[2]
    assert taught(20).judge(mention(TEXT)).kind is Kind.COMPLAINT
    assert taught(20, Kind.NEUTRAL).judge(mention(TEXT)).complaint < before


def test_a_lesson_is_told_as_a_reason() -> None:
    reasons = {reason.code: dict(reason.facts) for reason in taught(20).judge(mention(TEXT)).reasons}

    assert "gizmo" in str(reasons["learned"]["words"]) or "flange" in str(reasons["learned"]["words"])
    assert float(reasons["learned"]["shift"]) > 0


def test_other_texts_stay_where_they_were() -> None:
    other = mention("lovely evening along a river with friends")

    assert taught(20).judge(other).complaint == pytest.approx(Triage().judge(other).complaint)


def test_no_streak_can_drown_the_cues() -> None:
    text = "worst service ever, absolutely disgusting, never again, i want my money back"
    drowned = taught(2_000, Kind.PRAISE, text)

    assert drowned.learned.shift(features(drowned.read(text).vocabulary), Target.COMPLAINT) >= -MOST
    assert drowned.judge(mention(text)).kind is Kind.COMPLAINT


def test_safety_never_follows_from_lessons() -> None:
    text = "the charger caught fire and burned my hand"
    triage = taught(500, Kind.SPAM, text)
    verdict = triage.judge(mention(text))

    assert (verdict.severity, verdict.kind) == (Severity.SAFETY, Kind.COMPLAINT)


def test_spam_and_gravity_are_learned_too() -> None:
    triage = Triage()
    for _ in range(30):
        triage.teach("zorbo deals for friends of zorbo", kind=Kind.SPAM)
        triage.teach("the gizmo flange broke off", kind=Kind.COMPLAINT, severity=Severity.MAJOR)

    assert triage.judge(mention("zorbo deals for friends of zorbo")).kind is Kind.SPAM
    assert triage.judge(mention("the gizmo flange broke off")).severity is Severity.MAJOR


def test_what_was_learned_is_kept_and_forgotten() -> None:
    triage = taught(20)
    again = Triage()
    again.remember(triage.remembered())

    was = triage.judge(mention(TEXT)).complaint
    assert again.judge(mention(TEXT)).complaint == pytest.approx(was, abs=0.01)
    assert again.learned.lessons == 20
    assert again.learned.heaviest(Target.COMPLAINT, 3)
    again.remember("")
    assert not again.learned
    assert again.judge(mention(TEXT)) == Triage().judge(mention(TEXT))


@pytest.mark.parametrize(
    "state",
    ["{", "[]", '{"lessons": 1}', '{"lessons": 1, "counts": {}, "weights": {"a": {"b": [1, 2]}}}'],
)
def test_what_cannot_be_read_says_what_to_do(state: str) -> None:
    with pytest.raises(StoreError) as caught:
        Learned.loaded(state)

    assert "triage reset" in str(caught.value.advice)


def test_memory_is_bounded() -> None:
    triage = Triage()
    for number in range(4_000):
        triage.teach(" ".join(f"w{number}x{index}" for index in range(6)), kind=Kind.COMPLAINT)

    assert len(triage.remembered()) < 3_000_000
