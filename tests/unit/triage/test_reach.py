"""Reach: in which lane an author stands, what is told of it, and who says journalist of themselves."""

from __future__ import annotations

import pytest

from cmconsole.core.mention import Author, Mention
from cmconsole.core.verdict import Kind, Lane, Reason
from cmconsole.triage.policy import TriagePolicy
from cmconsole.triage.reach import Reach, press
from cmconsole.triage.triage import Triage

POLICY = TriagePolicy(verified_reach=500, vips=frozenset({("x", "zoe")}))
REACH = Reach(POLICY)


def author(reach: int | None, bio: str = "", *, verified: bool = False, handle: str = "ada") -> Author:
    return Author("x", handle, reach=reach, bio=bio, verified=verified)


@pytest.mark.parametrize(
    ("bio", "said"),
    [
        ("Journalist at The Harbour Post. Views mine.", "journalist"),
        ("crime REPORTER, coffee", "reporter"),
        ("Deputy editor, Mill Lane Weekly", "deputy editor"),
        ("Editor-in-chief of the Harbour Post", "editor-in-chief"),
        ("Europe correspondent", "correspondent"),
        ("Journaliste 📻 à Lyon", "journaliste"),
        ("Rédactrice en chef du Courrier des quais", "redactrice en chef"),
        ("Correspondante à Rome", "correspondante"),
        ("Chroniqueuse le matin", "chroniqueuse"),
        ("Présentateur de Midi pile", "presentateur de"),
    ],
)
def test_journalists_are_known_by_their_profile(bio: str, said: str) -> None:
    assert press(bio) == said


@pytest.mark.parametrize(
    "bio",
    [
        "",
        "photographs of boats",
        "Former journalist, now baking",
        "ex-journaliste",
        "ancienne journaliste, potière",
        "attachée de presse",
        "Press officer",
        "video editor",
        "journalism student",
    ],
)
def test_who_was_one_or_answers_for_a_firm_is_none(bio: str) -> None:
    assert press(bio) == ""


@pytest.mark.parametrize(
    ("who", "lane", "because"),
    [
        (author(500, "Journaliste"), Lane.INFLUENCERS, "press"),
        (author(499, "Journaliste"), Lane.COMPLAINTS, "kind"),
        (author(None, "Journaliste"), Lane.COMPLAINTS, "kind"),
        (author(500, "potière"), Lane.COMPLAINTS, "kind"),
        (author(500, "Journaliste", verified=True), Lane.INFLUENCERS, "verified"),
        (author(10_000, "Journaliste"), Lane.INFLUENCERS, "reach"),
        (author(500, "Journaliste", handle="Zoé"), Lane.INFLUENCERS, "vip"),
    ],
)
def test_a_journalist_needs_the_reach_of_a_verified_author(who: Author, lane: Lane, because: str) -> None:
    by = REACH.vip_by(who, vip=False)

    assert REACH.lane(who, Kind.COMPLAINT, by) == (lane, because)


def test_the_mark_of_the_desk_is_told_before_that_of_the_settings() -> None:
    zoe = author(1, handle="zoe")

    assert [REACH.vip_by(zoe, vip=vip) for vip in (True, False)] == ["desk", "settings"]
    assert REACH.vip_by(author(1), vip=False) == ""


def test_what_is_known_of_an_author_is_told() -> None:
    told = REACH.reasons(author(2_500, "Reporter", verified=True), "desk")

    assert told == [
        Reason("author.vip", (("by", "desk"),)),
        Reason("reach.tier", (("reach", 2_500), ("tier", "known"), ("floor", 2_000))),
        Reason("author.verified"),
        Reason("author.press", (("cue", "reporter"),)),
    ]
    assert REACH.reasons(author(None, "Reporter"), "") == [
        Reason("reach.unknown"),
        Reason("author.press", (("cue", "reporter"),)),
    ]


@pytest.mark.parametrize("text", ["how do I change my address?", "comment changer mon adresse ?"])
def test_a_verdict_says_that_a_journalist_wrote(text: str) -> None:
    verdict = Triage(POLICY).judge(Mention("x", "1", author(800, "Journaliste"), text, 0))

    assert verdict.lane is Lane.INFLUENCERS
    assert Reason("author.press", (("cue", "journaliste"),)) in verdict.reasons
    assert Reason("lane", (("lane", "influencers"), ("because", "press"))) in verdict.reasons
