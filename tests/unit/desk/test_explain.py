"""Reasons as sentences: every one the first triage can give, and those nobody foresaw."""

from __future__ import annotations

import enum
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.config.language import speaking
from cmconsole.core.conversation import Outcome, Status
from cmconsole.core.event import Event, EventKind
from cmconsole.core.mention import Author, Mention
from cmconsole.core.shift import Stage
from cmconsole.core.source import Health
from cmconsole.core.verdict import Kind, Lane, Priority, Reason, Severity, Tone
from cmconsole.desk import explain
from cmconsole.desk.rate import Trend
from cmconsole.desk.words import reach, word
from cmconsole.triage.first import FirstJudge
from tests.unit.desk.parts import NOON, conversation

SCALARS = st.one_of(st.text(max_size=20), st.integers(), st.floats(), st.booleans())


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        (
            Reason("reach.tier", (("reach", 48_200), ("tier", "high"), ("floor", 10_000))),
            "Reach 48k: high (from 10k).",
        ),
        (Reason("reach.tier", (("reach", 312), ("tier", "low"), ("floor", 0))), "Reach 312: low."),
        (Reason("reach.unknown"), "The platform does not tell the author's reach."),
        (Reason("author.vip", (("by", "settings"),)), "The author is a VIP by the settings."),
        (
            Reason("cue.complaint", (("cues", "opened, ¬ happy"), ("score", 0.93))),
            "Reads as a complaint: “opened”, “¬ happy” (score 93 of 100).",
        ),
        (Reason("cue.question", (("cues", "?"),)), "Reads as a question: “?”."),
        (
            Reason("severity.cues", (("severity", "safety"), ("cues", "burned"))),
            "Severity safety or legal: “burned”.",
        ),
        (
            Reason("lane", (("lane", "influencers"), ("because", "reach"))),
            "Lane Influencers: the author reaches many people.",
        ),
        (
            Reason("rule", (("number", 4), ("name", "complaint from an influencer"), ("priority", "high"))),
            "Priority high: rule 4, “complaint from an influencer”.",
        ),
        (
            Reason("rule", (("number", 0), ("name", "everything else"), ("priority", "low"))),
            "Priority low: no rule of the table applies.",
        ),
        (Reason("moon.phase", (("phase", "full"), ("day", 3))), "moon.phase: phase full, day 3"),
        (Reason("moon.phase"), "moon.phase"),
        (Reason("reach.tier", (("reach", "many"),)), "reach.tier: reach many"),
    ],
)
def test_a_reason_is_one_sentence_with_its_facts(reason: Reason, sentence: str) -> None:
    assert explain.sentence(reason) == sentence


@given(
    st.sampled_from([*explain._TELLERS, "other"]),
    st.dictionaries(
        st.sampled_from(
            [
                "reach",
                "tier",
                "floor",
                "by",
                "cues",
                "score",
                "severity",
                "lane",
                "because",
                "number",
                "priority",
            ]
        ),
        SCALARS,
    ),
)
def test_no_reason_is_ever_refused(code: str, facts: dict[str, str | int | float | bool]) -> None:
    assert explain.sentence(Reason(code, tuple(facts.items())))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "text",
    [
        "My parcel was opened and damaged, I want a refund!",
        "Bonjour, livrez-vous en Belgique ?",
        "Love it, merci beaucoup 😍",
        "free followers click here",
        "My phone caught fire and burned my hand",
        "zzz qqq",
    ],
)
@pytest.mark.parametrize("followers", [None, 3, 4_000, 40_000, 4_000_000])
def test_every_reason_of_the_first_triage_has_its_sentence(
    text: str, followers: int | None, language: str
) -> None:
    author = Author("x", "ada", reach=followers, verified=True)
    verdict = FirstJudge().judge(Mention("x", "1", author, text, NOON), vip=followers == 3)

    with speaking(language):
        told = [explain.sentence(reason) for reason in verdict.reasons]

    assert told
    assert [
        line for line, reason in zip(told, verdict.reasons, strict=True) if line.startswith(reason.code)
    ] == []


@pytest.mark.parametrize(
    "names", [Lane, Status, Outcome, Priority, Kind, Severity, Tone, Health, Trend, Stage, EventKind]
)
def test_every_name_of_the_domain_has_its_word(names: type[enum.Enum]) -> None:
    from cmconsole.desk.words import _WORDS  # noqa: PLC0415 - the table itself is under test

    assert {member.name for member in names} == set(_WORDS[names])


def test_equal_members_of_different_enumerations_have_words_of_their_own() -> None:
    assert word(Priority.URGENT) == "urgent"
    assert word(Severity.MINOR) == "minor"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (None, ""),
        (0, "0"),
        (999, "999"),
        (1_000, "1k"),
        (1_234, "1.2k"),
        (9_999, "9.9k"),
        (10_000, "10k"),
        (48_900, "48k"),
        (999_999, "999k"),
        (1_200_000, "1.2M"),
        (25_000_000, "25M"),
    ],
)
def test_reach_is_short_and_never_rounded_up(count: int | None, said: str) -> None:
    assert reach(count) == said


def test_reach_has_a_comma_in_french() -> None:
    with speaking("fr"):
        assert reach(1_250) == "1,2k"


@pytest.mark.parametrize(
    ("kind", "data", "told"),
    [
        (EventKind.CONVERSATION_CLAIMED, {"until": NOON + 900_000}, "claimed until 12:15"),
        (EventKind.CONVERSATION_SNOOZED, {"until": NOON + 86_400_000}, "snoozed until 2026-03-03 12:00"),
        (EventKind.SILENCE_KEPT, {"reason": "spam"}, "no answer: spam"),
        (EventKind.TAG_ADDED, {"tag": "delivery"}, "tag added: delivery"),
        (EventKind.CONVERSATION_DONE, {"was": "open"}, "done"),
    ],
)
def test_a_deed_is_told_with_what_matters_of_it(
    kind: EventKind, data: dict[str, str | int], told: str
) -> None:
    assert explain.deed_told(Event(1, NOON, kind, 1, "Alice", data), NOON, UTC) == told


def test_a_conversation_is_explained_reason_by_reason() -> None:
    assert explain.sentences(conversation(1)) == []
