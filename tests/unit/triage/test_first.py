"""The first triage: lanes by reach, kinds by words, priorities by rules, and a reason for each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.mention import Author, Mention
from cmconsole.core.verdict import Kind, Lane, Priority, Severity, Tone, Verdict
from cmconsole.triage.first import FirstJudge
from cmconsole.triage.lexicon import WEIGHTS
from cmconsole.triage.policy import Rule, TriagePolicy


def judge(
    text: str,
    *,
    reach: int | None = 10,
    verified: bool = False,
    vip: bool = False,
    policy: TriagePolicy | None = None,
) -> Verdict:
    mention = Mention("x", "1", Author("x", "ada", reach=reach, verified=verified), text, 0)
    return FirstJudge(policy).judge(mention, vip=vip)


def codes(verdict: Verdict) -> dict[str, dict[str, object]]:
    return {reason.code: dict(reason.facts) for reason in verdict.reasons}


@pytest.mark.parametrize(
    ("text", "kind", "severity", "language"),
    [
        ("Toujours pas remboursé, c'est la 3e relance", Kind.COMPLAINT, Severity.MAJOR, "fr"),
        ("Votre appli plante encore depuis ce matin", Kind.COMPLAINT, Severity.MINOR, "fr"),
        ("Le chargeur a pris feu, ma fille est brûlée", Kind.COMPLAINT, Severity.SAFETY, "fr"),
        ("Est-ce que vous livrez en Belgique ?", Kind.QUESTION, Severity.NONE, "fr"),
        ("Merci beaucoup, livraison super rapide !", Kind.PRAISE, Severity.NONE, "fr"),
        ("Pas de problème, merci", Kind.PRAISE, Severity.NONE, "fr"),
        ("My parcel never came and nobody answers, this is a joke", Kind.COMPLAINT, Severity.MAJOR, "en"),
        ("App down again since 14:02 anyone?", Kind.COMPLAINT, Severity.MINOR, "en"),
        ("The charger exploded and burned my hand", Kind.COMPLAINT, Severity.SAFETY, "en"),
        ("Do you ship to Belgium?", Kind.QUESTION, Severity.NONE, "en"),
        ("I love the new colours, well done to the team", Kind.PRAISE, Severity.NONE, "en"),
        ("Not happy at all with the delivery", Kind.COMPLAINT, Severity.MINOR, "en"),
        ("Crypto giveaway!! DM me for free followers", Kind.SPAM, Severity.NONE, "en"),
        ("The shop opens on Monday", Kind.NEUTRAL, Severity.NONE, "en"),
        ("", Kind.NEUTRAL, Severity.NONE, "other"),
    ],
)
def test_kinds(text: str, kind: Kind, severity: Severity, language: str) -> None:
    verdict = judge(text)
    assert (verdict.kind, verdict.severity, verdict.language) == (kind, severity, language)


@pytest.mark.parametrize(
    ("reach", "verified", "vip", "lane"),
    [
        (9_999, False, False, Lane.COMPLAINTS),
        (10_000, False, False, Lane.INFLUENCERS),
        (2_000, True, False, Lane.INFLUENCERS),
        (1_999, True, False, Lane.COMPLAINTS),
        (3, False, True, Lane.INFLUENCERS),
        (None, False, False, Lane.COMPLAINTS),
    ],
)
def test_reach_decides_the_influencers_lane(reach: int | None, verified: bool, vip: bool, lane: Lane) -> None:
    assert judge("This is broken, unacceptable", reach=reach, verified=verified, vip=vip).lane is lane


def test_the_vip_list_of_the_settings_is_folded() -> None:
    policy = TriagePolicy(vips=frozenset({("x", "ada")}))
    mention = Mention("x", "1", Author("x", "ADA"), "hello", 0)
    verdict = FirstJudge(policy).judge(mention)
    assert verdict.lane is Lane.INFLUENCERS
    assert codes(verdict)["author.vip"] == {"by": "settings"}


def test_reasons_carry_cues_tier_and_rule() -> None:
    told = codes(judge("My parcel was opened. Third time with this carrier", reach=48_000))
    assert told["reach.tier"] == {"reach": 48_000, "tier": "high", "floor": 10_000}
    assert told["severity.cues"] == {"severity": "major", "cues": "opened, third time"}
    assert told["rule"]["priority"] == "urgent"
    assert told["lane"] == {"lane": "influencers", "because": "reach"}


def test_the_first_rule_that_holds_decides() -> None:
    rules = (
        Rule("belgium", Priority.HIGH, words=("belgique", "belgium"), languages=frozenset({"fr"})),
        Rule("never", Priority.URGENT, min_reach=1_000),
        Rule("rest", Priority.MEDIUM, platforms=frozenset({"x"}), verified=False, vip=False),
    )
    policy = TriagePolicy(rules=rules)
    assert judge("Est-ce que vous livrez en Belgique ?", policy=policy).priority is Priority.HIGH
    assert codes(judge("Do you ship to Belgium?", policy=policy))["rule"]["number"] == 3
    assert judge("hello", policy=policy, verified=True).priority is Priority.LOW


def test_a_brand_adds_its_own_words() -> None:
    policy = TriagePolicy(
        complaint_words=("Grosbug",), praise_words=("chouette",), severe_words=("rappel produit",)
    )
    assert judge("encore le GROSBUG", policy=policy).kind is Kind.COMPLAINT
    assert judge("c'est chouette", policy=policy).tone is Tone.POSITIVE
    assert judge("inadmissible : rappel produit", policy=policy).severity is Severity.MAJOR


@given(st.text(max_size=400), st.none() | st.integers(0, 10**9), st.booleans())
def test_any_text_gets_a_verdict_with_reasons(text: str, reach: int | None, vip: bool) -> None:
    verdict = judge(text, reach=reach, vip=vip)
    assert 0.0 <= verdict.complaint <= 1.0
    assert {"lane", "rule"} <= codes(verdict).keys()
    assert judge(text, reach=reach, vip=vip) == verdict


def test_the_lexicon_is_folded_and_short() -> None:
    for entry in WEIGHTS:
        assert entry == entry.lower()
        assert entry.isascii(), entry
        assert 1 <= len(entry.split()) <= 2, entry
        assert entry == " ".join(entry.split())


@pytest.mark.parametrize(
    "text", ["du colis", "la commande du 12 pour mon fils", "se", "when it comes to the shop"]
)
def test_small_words_alone_are_no_cue(text: str) -> None:
    assert judge(text).kind is Kind.NEUTRAL
