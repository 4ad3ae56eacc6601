"""Words of rules: whole, folded, with any ending where `*` says so, and one inside the other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.text import fold
from cmconsole.triage import phrases


def found(phrase: str, text: str) -> bool:
    return bool(phrases.finder([phrases.parsed(phrase)]).search(fold(text)))


@pytest.mark.parametrize(
    ("phrase", "text", "holds"),
    [
        ("recall", "A RECALL, again", True),
        ("recall", "#recall", True),
        ("recall", "acme_recall_2026", True),
        ("recall", "recalled", False),
        ("recall", "precall", False),
        ("recall*", "recalled", True),
        ("recall*", "recall", True),
        ("recall*", "precalled", False),
        ("brûlé*", "les enfants BRULÉS", True),
        ("œuvre", "un hors d'oeuvre", True),
        ("appli", "l’appli plante", True),
        ("don't", "I don’t know", True),
        ("rappel produit", "Rappel-Produit !", True),
        ("rappel produit", "rappel\ndu produit", False),
        ("rappel* produit*", "rappelez produits", True),
        ("rappel-produit", "rappel produit", True),
        ("🤡", "bravo🤡", True),
        ("🤡", "bravo", False),
        ("24/7", "open 24/7.", True),
        ("24/7", "124/7", False),
    ],
)
def test_a_phrase_is_found_as_people_would(phrase: str, text: str, holds: bool) -> None:
    assert found(phrase, text) is holds


@pytest.mark.parametrize(
    ("wide", "narrow", "covers"),
    [
        ("recall", "Recall", True),
        ("recall*", "recalled", True),
        ("recall*", "recalled*", True),
        ("recalled*", "recall*", False),
        ("recall", "recall*", False),
        ("recall", "product recall", True),
        ("product recall", "recall", False),
        ("a c", "a b c", False),
        ("b* c", "a bb c d", True),
        ("🤡", "🤡🤡", True),
        ("🤡", "clown", False),
        ("clown", "🤡", False),
    ],
)
def test_one_phrase_holds_another(wide: str, narrow: str, covers: bool) -> None:
    assert phrases.covers(phrases.parsed(wide), phrases.parsed(narrow)) is covers


WORDS = st.lists(st.sampled_from(["ab", "ab*", "abc", "a", "é*", "b"]), min_size=1, max_size=3).map(" ".join)


@given(WORDS, WORDS, st.lists(st.sampled_from(["ab", "abc", "abcd", "a", "e", "b", "-", "."])).map(" ".join))
def test_what_covers_is_found_wherever_the_other_is(wide: str, narrow: str, text: str) -> None:
    if phrases.covers(phrases.parsed(wide), phrases.parsed(narrow)) and found(narrow, text):
        assert found(wide, text)


@given(WORDS, st.text(max_size=60))
def test_a_text_without_the_stem_does_not_hold_the_phrase(phrase: str, text: str) -> None:
    if found(phrase, text):
        assert phrases.parsed(phrase).stem in fold(text)
