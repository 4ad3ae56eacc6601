"""Reading: cues, negation, intensity, contrast, and the words of two languages in one text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.triage.reading import Reader
from cmconsole.triage.table import Cue, parse

READER = Reader()
OWN = Reader(
    parse("complaint\t2\tgrommle, grommle … twice, grommleux pas\npraise\t2\tsplendish", ("en",), "own")
)


def sums(text: str, cue: Cue, reader: Reader = OWN) -> float:
    return reader.read(text).sums[cue]


def test_a_cue_is_found_whatever_its_case_accents_and_length() -> None:
    plain = sums("the app is grommle today", Cue.COMPLAINT)

    assert plain > 0
    assert sums("the app is Grômmle today", Cue.COMPLAINT) == plain
    assert sums("the app is grommle-ready, #grommle", Cue.COMPLAINT) == 2 * plain
    assert sums("the app is grommleeee today", Cue.COMPLAINT) > plain
    assert sums("the app is GROMMLE today", Cue.COMPLAINT) > plain
    assert sums("THE APP IS GROMMLE TODAY", Cue.COMPLAINT) == plain


def test_negated_praise_is_a_milder_complaint_and_a_negated_complaint_falls_away() -> None:
    praised = OWN.read("it is splendish")
    negated = OWN.read("it is not splendish")

    assert praised.sums[Cue.PRAISE] == 1.0
    assert negated.sums[Cue.PRAISE] == 0
    assert 0 < negated.sums[Cue.COMPLAINT] < 1.0
    assert negated.said(Cue.COMPLAINT) == "¬ splendish"
    assert sums("it is not grommle", Cue.COMPLAINT) == 0
    assert [entry for _, entry, _ in OWN.read("it is not grommle").lifted] == ["grommle"]


def test_negation_ends_with_the_clause_and_follows_the_french_verb() -> None:
    assert sums("not now. it is splendish", Cue.PRAISE) == 1.0
    assert READER.read("je ne recommande pas").sums[Cue.PRAISE] == 0
    assert READER.read("je recommande").sums[Cue.PRAISE] > 0


def test_boosters_and_dampers_change_the_next_cue() -> None:
    plain = sums("it is splendish", Cue.PRAISE)

    assert sums("it is very splendish", Cue.PRAISE) > plain
    assert sums("it is slightly splendish", Cue.PRAISE) < plain


def test_what_comes_before_a_but_weighs_less() -> None:
    assert sums("it is splendish but slow", Cue.PRAISE) < sums("it is splendish and slow", Cue.PRAISE)


def test_the_longest_entry_wins_and_uses_its_words_up() -> None:
    reading = OWN.read("they grommle me quite simply twice")

    assert reading.said(Cue.COMPLAINT) == "grommle … twice"
    assert OWN.read("they grommle me. twice").said(Cue.COMPLAINT) == "grommle"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("my parcel has not arrived yet", "en"),
        ("mon colis n'est toujours pas arrivé", "fr"),
        ("das Paket ist immer noch nicht da", "other"),
        ("el paquete todavía no ha llegado", "other"),
    ],
)
def test_the_language_is_found(text: str, language: str) -> None:
    assert READER.read(text).language == language


def test_words_of_one_language_count_in_the_other_but_not_in_a_third() -> None:
    assert READER.read("votre customer service est une honte, refund please").sums[Cue.COMPLAINT] > 1
    assert READER.read("das ist wirklich ein scandal und nicht gut für uns").sums[Cue.COMPLAINT] == 0
    assert READER.read("das Paket ist nicht da 😡").sums[Cue.COMPLAINT] > 0


@given(st.text(max_size=400))
def test_any_text_can_be_read_and_reads_the_same_again(text: str) -> None:
    first, again = READER.read(text), READER.read(text)

    assert first.sums == again.sums
    assert all(weight >= 0 for weight in first.sums)
    assert first.found == again.found


def test_a_very_long_text_is_read_at_its_beginning() -> None:
    assert READER.read("bla " * 50_000 + "grommle").sums == READER.read("bla " * 500).sums
