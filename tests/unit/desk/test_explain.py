"""Reasons as sentences: every one that triage can give, and those nobody foresaw."""

from __future__ import annotations

import enum
from dataclasses import replace
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.config.language import speaking
from cmconsole.core.conversation import UNDECIDED, Decided, Outcome, Status
from cmconsole.core.event import Event, EventKind
from cmconsole.core.mention import Author, Mention
from cmconsole.core.shift import Stage
from cmconsole.core.source import Health
from cmconsole.core.verdict import Hostility, Kind, Lane, Priority, Reason, Severity, Tone
from cmconsole.desk import explain
from cmconsole.desk.rate import Trend
from cmconsole.desk.words import reach, theme, word
from cmconsole.triage import table
from cmconsole.triage.policy import TriagePolicy
from cmconsole.triage.triage import Triage
from tests.unit.desk.parts import NOON, conversation

JUDGE = Triage(TriagePolicy(brand_handles=frozenset({"acme"})))
for _lesson in range(30):
    JUDGE.teach("zzz qqq", kind=Kind.COMPLAINT)
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
            "Reads as a complaint: “opened”, “¬ happy” (score .93).",
        ),
        (Reason("cue.question", (("cues", "?"),)), "Reads as a question: “?”."),
        (
            Reason("cue.neutral", (("cues", "now hiring"), ("score", 0.02))),
            "Reads as news, an offer or an announcement, not as a word to us: “now hiring”.",
        ),
        (Reason("cue.none", (("cues", ""), ("score", 0.5))), "No cue says what kind of message it is."),
        (Reason("person", (("kind", "spam"),)), "Kind spam: a person decided so."),
        (Reason("tone", (("tone", "negative"), ("score", 0.88))), "Tone negative (score .88)."),
        (
            Reason("hostility", (("hostility", "rude"), ("cues", "damn"), ("score", 0.4))),
            "Rude language: “damn” (score .40).",
        ),
        (
            Reason("hostility", (("hostility", "insulting"), ("cues", "idiots"), ("score", 1.0))),
            "Insulting language: “idiots” (score 1.00).",
        ),
        (
            Reason("hostility", (("hostility", "hateful"), ("cues", "i'll find you"), ("score", 0.97))),
            "Hateful or threatening language: “i'll find you” (score .97).",
        ),
        (Reason("themes", (("themes", "delivery, wait, our soup"),)), "About: delivery, waiting, our soup."),
        (Reason("elsewhere", (("handle", "@other"),)), "Said to @other, not to us."),
        (
            Reason("learned", (("words", "tuesday, blue"), ("shift", 0.8))),
            "What people corrected here speaks for a complaint: “tuesday”, “blue” (+.80).",
        ),
        (
            Reason("learned", (("words", ""), ("shift", -1.25))),
            "What people corrected here speaks against a complaint (−1.25).",
        ),
        (
            Reason("severity.cues", (("severity", "legal"), ("cues", "lawyer, court"))),
            "Severity legal: “lawyer”, “court”.",
        ),
        (
            Reason("severity.cues", (("severity", "major"), ("cues", ""))),
            "Severity serious: by what people corrected here.",
        ),
        (
            Reason("lane", (("lane", "others"), ("because", "person"))),
            "Lane Others: a person decided so.",
        ),
        (
            Reason("severity.cues", (("severity", "safety"), ("cues", "burned"))),
            "Severity safety: “burned”.",
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
                "kind",
                "tone",
                "hostility",
                "themes",
                "handle",
                "words",
                "shift",
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
        "You idiots, my lawyer will sue you, i'll kill you",
        "damn, we are hiring, link in bio",
        "@somebody you are late again",
    ],
)
@pytest.mark.parametrize("followers", [None, 3, 4_000, 40_000, 4_000_000])
@pytest.mark.parametrize("decided", [UNDECIDED, Decided(Kind.COMPLAINT, Lane.OTHERS, Severity.MAJOR)])
def test_every_reason_of_triage_has_its_sentence(
    text: str, followers: int | None, language: str, decided: Decided
) -> None:
    author = Author("x", "ada", reach=followers, verified=True)
    verdict = JUDGE.judge(Mention("x", "1", author, text, NOON), vip=followers == 3, decided=decided)

    with speaking(language):
        told = [explain.sentence(reason) for reason in verdict.reasons]

    assert told
    assert [
        line for line, reason in zip(told, verdict.reasons, strict=True) if line.startswith(reason.code)
    ] == []


@pytest.mark.parametrize(
    "names",
    [Lane, Status, Outcome, Priority, Kind, Severity, Hostility, Tone, Health, Trend, Stage, EventKind],
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
        (
            EventKind.CONVERSATION_CORRECTED,
            {"kind": "spam", "was_kind": "question", "severity": 0, "was_severity": 3},
            "corrected: spam instead of question, not serious instead of legal",
        ),
        (
            EventKind.CONVERSATION_CORRECTED,
            {"lane": "others", "was_lane": "complaints", "taken_back": True},
            "correction taken back: Others instead of Complaints",
        ),
        (
            EventKind.CONVERSATION_REJUDGED,
            {"priority": 2, "was_priority": 4},
            "triaged anew: high instead of low",
        ),
        (EventKind.CONVERSATION_REJUDGED, {}, "triaged anew"),
        (EventKind.CONVERSATION_CORRECTED, {"kind": "odd", "was_kind": 7}, "corrected"),
        (EventKind.CONVERSATION_WON, {}, "win"),
    ],
)
def test_a_deed_is_told_with_what_matters_of_it(
    kind: EventKind, data: dict[str, str | int], told: str
) -> None:
    assert explain.deed_told(Event(1, NOON, kind, 1, "Alice", data), NOON, UTC) == told


def test_a_conversation_is_explained_reason_by_reason() -> None:
    assert explain.sentences(conversation(1)) == []


def test_what_a_person_decided_of_severity_is_told_as_theirs() -> None:
    one = replace(
        conversation(1),
        decided=Decided(severity=Severity.MINOR),
        reasons=(
            Reason("severity.cues", (("severity", "minor"), ("cues", ""))),
            Reason("author.verified"),
        ),
    )

    assert explain.sentences(one) == ["The author is verified.", "Severity minor: a person decided so."]


def test_the_summary_is_one_line_with_the_scores_of_what_it_names() -> None:
    one = replace(
        conversation(1),
        complaint=0.934,
        hostility=Hostility.RUDE,
        themes=("delivery", "our soup"),
        reasons=(
            Reason("tone", (("tone", "negative"), ("score", 0.88))),
            Reason("hostility", (("hostility", "rude"), ("cues", "damn"), ("score", 0.64))),
        ),
    )

    assert explain.summary(one) == "kind complaint .93 · tone negative .88 · rude .64 · delivery, our soup"
    with speaking("fr"):
        assert "0,93" in explain.summary(one)


def test_the_summary_gives_no_score_that_speaks_of_something_else() -> None:
    reasons = (Reason("tone", (("tone", "positive"), ("score", 0.88))),)
    praise = replace(conversation(1), kind=Kind.PRAISE, complaint=0.04, reasons=reasons)

    assert explain.summary(praise) == "kind praise · tone negative · not hostile"
    assert explain.summary(replace(praise, decided=Decided(kind=Kind.PRAISE))) == (
        "kind praise, decided by a person · tone negative · not hostile"
    )


def test_every_theme_of_the_table_has_a_name_of_its_own() -> None:
    from cmconsole.desk.words import _THEMES  # noqa: PLC0415 - the table itself is under test

    shipped = {line.cue.partition(".")[2] for line in table.shipped()[0] if line.cue.startswith("theme.")}
    assert shipped == set(_THEMES)
    assert theme("our soup") == "our soup"
