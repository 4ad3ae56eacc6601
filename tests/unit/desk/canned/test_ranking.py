"""Which responses are offered, in which order and variant; how they are looked for; the copy-paste meter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, timedelta, timezone

import pytest

from cmconsole.config.canned import Library
from cmconsole.config.language import speaking
from cmconsole.core.canned import STARTER, Canned
from cmconsole.core.conversation import Conversation
from cmconsole.core.verdict import Hostility, Kind, Lane, Severity
from cmconsole.desk.canned import meter
from cmconsole.desk.canned.ranking import Offer, find, offers
from cmconsole.store.replying import Said
from tests.unit.desk.canned.parts import STARTERS, library, said, talk
from tests.unit.desk.parts import NOON

LATE = Canned("late", "Late", {"fr": ("Pardon du retard.", "Désolés du retard !", "Excusez ce retard…")})
HELLO = Canned("hello", "Hello", {"fr": ("{bonjour}, où est votre colis ?",)})


def offered(
    books: Library,
    conversation: Conversation,
    before: Sequence[Said] = (),
    *,
    language: str = "fr",
    limit: int = 9,
) -> tuple[Offer, ...]:
    return offers(
        books,
        conversation,
        before,
        platform=conversation.platform,
        account="main",
        language=language,
        now=NOON,
        zone=UTC,
        limit=limit,
    )


def codes(found: Sequence[Offer]) -> list[str]:
    return [offer.canned.code for offer in found]


def found_for(query: str, books: Library = STARTERS) -> list[str]:
    with speaking("fr"):
        return codes(
            find(books, query, talk(), (), platform="x", account="main", language="fr", now=NOON, zone=UTC)
        )


# -------------------------------------------------------------------------------------------- what fits best


@pytest.mark.parametrize(
    ("conversation", "first"),
    [
        (talk(), "apology"),
        (replace(talk(), themes=("delivery",)), "parcel-late"),
        (replace(talk(), themes=("refund",)), "refund-wait"),
        (replace(talk(), themes=("quality",), severity=Severity.SAFETY), "safety-holding"),
        (replace(talk(), themes=("refund",), severity=Severity.LEGAL), "legal-holding"),
        (replace(talk(), hostility=Hostility.RUDE), "rude-calm"),
        (replace(talk(), hostility=Hostility.INSULTING), "rude-limit"),
        (replace(talk(), kind=Kind.PRAISE, severity=Severity.NONE), "thanks-praise"),
        (replace(talk(), kind=Kind.QUESTION, severity=Severity.NONE, lane=Lane.INFLUENCERS), "press"),
    ],
)
def test_the_starter_that_fits_comes_first(conversation: Conversation, first: str) -> None:
    assert codes(offered(STARTERS, conversation))[0] == first


def test_what_is_meant_for_something_else_is_not_offered() -> None:
    praise = codes(offered(STARTERS, replace(talk(), kind=Kind.PRAISE, severity=Severity.NONE)))

    assert not {"apology", "safety-holding", "rude-calm", "parcel-late", "press"} & {*praise}
    assert offered(STARTERS, replace(talk(), kind=Kind.SPAM)) == ()


def test_nine_are_offered_at_most_and_the_order_stays() -> None:
    once = offered(STARTERS, talk())

    assert len(once) == 9
    assert offered(STARTERS, talk()) == once
    assert offered(STARTERS, talk(), limit=3) == once[:3]


def test_the_language_of_the_reply_goes_before_every_hint() -> None:
    english = Canned("a", "", {"en": ("Sorry.",)}, kinds=frozenset({Kind.COMPLAINT}))
    books = library(english, LATE)

    assert codes(offered(books, talk())) == ["late", "a"]
    assert codes(offered(books, talk(), language="en")) == ["a", "late"]
    assert [offer.language for offer in offered(books, talk(), language="en")] == ["en", "fr"]


def test_a_reply_in_neither_language_is_offered_in_that_of_the_desk() -> None:
    both = Canned("both", "", {"en": ("Sorry.",), "fr": ("Pardon.",)})
    for language in ("fr", "en"):
        with speaking(language):
            assert offered(library(both), talk(), language="other")[0].language == language


def test_hints_of_platform_and_lane_count_after_those_of_kind() -> None:
    plain = Canned("plain", "", {"fr": ("a",)})
    here = replace(plain, code="here", platforms=frozenset({"x"}))
    lane = replace(plain, code="lane", lanes=frozenset({Lane.COMPLAINTS}))
    kind = replace(plain, code="kind", kinds=frozenset({Kind.COMPLAINT}))
    there = replace(plain, code="there", platforms=frozenset({"reddit"}))

    assert codes(offered(library(plain, there, lane, here, kind), talk())) == [
        "kind",
        "here",
        "lane",
        "plain",
    ]


def test_ones_own_goes_before_ours_and_what_is_used_before_what_is_not() -> None:
    ours = Canned("ours", "", {"fr": ("a",)}, source=STARTER)
    rare, often = Canned("rare", "", {"fr": ("b",)}), Canned("often", "", {"fr": ("c",)})

    before = [said("c", canned="often", ago=9), said("a", canned="ours", ago=1)]
    assert codes(offered(library(ours, rare, often), talk(), before)) == ["often", "rare", "ours"]


def test_what_was_said_in_this_thread_gives_way() -> None:
    other = replace(LATE, code="other")
    before = [said("Pardon du retard.", thread="t1")]

    assert codes(offered(library(LATE, other), talk(), before)) == ["other", "late"]


# --------------------------------------------------------------------------------------- variants, the meter


def test_variants_take_turns() -> None:
    before: list[Said] = []
    given = []
    for turn in range(7):
        offer = offered(library(LATE), talk(), before)[0]
        given.append(offer.variant)
        before.insert(0, said(f"{offer.text} ^AL", thread=f"t{turn + 50}", ago=2_000 - turn))

    assert given == [0, 1, 2, 0, 1, 2, 0]


def test_the_variant_used_last_in_this_thread_is_never_next() -> None:
    # The first is the least recently used of all, and no duplicate: it was said to somebody else here.
    canned = Canned("late", "", {"fr": ("{bonjour}, pardon.", "{bonjour}, désolés.", "{bonjour}, navrés.")})
    before = [
        said("Bonjour Zoé, navrés. ^AL", ago=2_000),
        said("Bonjour Zoé, désolés. ^AL", ago=2_001),
        said("@paul Bonjour Paul, pardon. ^AL", thread="t1", ago=2_002),
    ]
    assert offered(library(canned), talk(), before)[0].variant == 1


def test_a_variant_that_was_edited_is_still_known() -> None:
    text = (
        "Vraiment désolés pour ce retard de votre colis, envoyez votre numéro de commande en message privé."
    )
    canned = Canned("late", "", {"fr": (text, "Un tout autre texte, sans rien de commun.")})
    before = [said(text.replace("Vraiment", "Sincèrement"), thread="t1", ago=2_000)]

    assert offered(library(canned), talk(), before)[0].variant == 1


def test_the_meter_counts_the_day_here_and_the_thread() -> None:
    before = [said("Pardon du retard.", ago=ago) for ago in range(7)]
    before += [said("Pardon du retard.", thread="t1", ago=ago) for ago in (10, 20)]
    before += [said("Pardon du retard.", ago=13 * 60), said("autre", canned="other")]
    offer = offered(library(LATE), talk(), before)[0]

    assert (offer.used_today, offer.used_here) == (9, 2)
    with speaking("en"):
        assert meter.told(9, 2) == "used 9 times today, 2 in this thread"
        assert meter.told(1, 0) == "used once today"
        assert meter.told(0, 3) == "not used today, 3 in this thread"
        assert meter.told(0, 0) == ""


def test_the_day_begins_at_midnight_of_the_desk() -> None:
    east = timezone(timedelta(hours=13))
    read = meter.read([said("a", ago=59), said("a", ago=61)], talk(), zone=east, now=NOON)
    assert read.today == 1


# ------------------------------------------------------------------------------------------------ duplicates


def warning(canned: Canned, conversation: Conversation, *before: Said) -> str:
    return offered(library(canned), conversation, before)[0].warning


ONE = Canned("late", "", {"fr": ("Pardon du retard.",)})


def test_x_refuses_the_same_words_of_the_same_account_within_a_day() -> None:
    assert "403" in warning(ONE, talk(), said("Pardon du retard. ^AL", ago=60))
    assert warning(ONE, talk(), said("Pardon du retard. ^AL", ago=60, account="other")) == ""
    assert warning(ONE, talk(), said("Pardon du retard. ^AL", ago=25 * 60)) == ""
    assert warning(ONE, talk(), said("Pardon d'avoir tardé.", ago=60)) == ""


def test_elsewhere_only_the_same_thread_is_a_duplicate() -> None:
    elsewhere = talk(platform="mastodon")

    assert warning(ONE, elsewhere, said("@ada Pardon du retard.", platform="mastodon")) == ""
    told = warning(ONE, elsewhere, said("@ada Pardon du retard.", platform="mastodon", thread="t1"))
    assert told
    assert "403" not in told


def test_a_text_with_a_name_is_a_duplicate_for_the_same_name_only() -> None:
    nameless = replace(talk(name=""), id=7, thread="t7")

    assert "403" in warning(HELLO, nameless, said("Bonjour, où est votre colis ? ^AL", canned="hello"))
    assert warning(HELLO, talk(), said("Bonjour, où est votre colis ? ^AL", canned="hello")) == ""
    assert warning(HELLO, nameless, said("Bonjour Ada, où est votre colis ?", canned="hello")) == ""


def test_what_is_asked_for_may_have_been_anything() -> None:
    asked = Canned("page", "", {"fr": ("La réponse est ici : {link} Bonne lecture.",)})
    before = said("La réponse est ici : https://example.org/a Bonne lecture.", canned="page")

    assert "403" in warning(asked, talk(), before)


def test_a_variant_that_is_no_duplicate_goes_first() -> None:
    before = [said("Pardon du retard.", ago=5, canned=""), said("Désolés du retard !", ago=4, canned="")]
    offer = offered(library(LATE), talk(), before)[0]

    assert (offer.variant, offer.warning) == (2, "")


# ---------------------------------------------------------------------------------------- what is looked for


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("parcel-late", "parcel-late"), ("/hours", "hours"), ("prlt", "parcel-late"), ("remb", "refund-wait"),
        ("HORAIRES", "hours"), ("colis abime", "parcel-damaged"), ("journaliste", "press"),
        ("hameconnage", "security-alert"), ("tout de suite repeter", ""), ("horraires", "hours"),
        ("remboursemant", "refund-wait"),
    ],
)  # fmt: skip
def test_responses_are_found_by_code_title_and_text(query: str, first: str) -> None:
    found = found_for(query)
    assert (found[0] if found else "") == first


def test_an_empty_query_finds_all_in_their_order() -> None:
    assert found_for("")[:3] == codes(offered(STARTERS, talk()))[:3]


def test_what_is_meant_for_something_else_is_found_all_the_same() -> None:
    assert found_for("safety") == ["safety-holding"]


def test_the_code_goes_before_the_title_and_the_title_before_the_text() -> None:
    books = library(
        Canned("c", "Rien", {"fr": ("un remboursement",)}),
        Canned("b", "Le remboursement", {"fr": ("x",)}),
        Canned("remboursement", "Rien", {"fr": ("x",)}),
    )
    assert found_for("remboursement", books) == ["remboursement", "b", "c"]
