"""Reading: cues, negation, intensity, contrast, and the words of two languages in one text."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.triage.reading import Reader
from cmconsole.triage.table import Cue, parse, shipped

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

    assert reading.said(Cue.COMPLAINT) == "grommle me quite simply twice"
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


def test_a_reason_has_the_words_of_the_text_clipped_where_they_are_long() -> None:
    stems = Reader(parse("complaint\t2\tgromml* … twice", ("en",), "own"))

    assert stems.read("They Grommled me TWICE").said(Cue.COMPLAINT) == "Grommled me TWICE"
    told = stems.read(f"gromm{'l' * 60}e me twice").said(Cue.COMPLAINT)
    assert (len(told), told[-1]) == (41, "…")


QUOTED = "the app is grommle, and it is on fire since"
"""Of a sentence's length: a complaint, and a word of danger."""


@pytest.mark.parametrize("marks", ["“”", "«»", '""'])
@pytest.mark.parametrize("before", ["", "@ada@piaille.fr ", "RT @ada: "])
def test_of_a_quotation_at_the_beginning_only_danger_counts(marks: str, before: str) -> None:
    reading = OWN.read(f"{before}{marks[0]}{QUOTED}{marks[1]} splendish", "en")

    assert reading.quotes
    assert reading.sums[Cue.COMPLAINT] == 0
    assert reading.said(Cue.COMPLAINT) == ""
    assert reading.sums[Cue.PRAISE] == 1.0
    assert reading.said(Cue.SAFETY) == "on fire"
    assert reading.handles == len(before.split()[-1:])
    assert "grommle" in reading.vocabulary


@pytest.mark.parametrize(
    "text",
    [
        f"“{QUOTED}”",
        f"“{QUOTED}” …",
        "“grommle” splendish",
        f"splendish: “{QUOTED}” they say",
        f"“{QUOTED} splendish",
    ],
    ids=["nothing follows", "no word follows", "a word only", "not at the beginning", "never closed"],
)
def test_other_quotations_count_as_all_words_do(text: str) -> None:
    reading = OWN.read(text, "en")

    assert not reading.quotes
    assert reading.sums[Cue.COMPLAINT] == 1.0


def test_what_a_quotation_asks_is_not_asked_by_its_author() -> None:
    assert not READER.read("“How do I get a refund from them?” says everybody").asks
    assert READER.read("“They never refund anybody at all” says everybody: is it true?").asks


def dangers(language: str) -> list[str]:
    """Return the clear words of danger, but those whose negation the table itself calls harmless."""
    lines = [line for line in shipped()[0] if language in line.languages]
    harmless = {line.entry for line in lines if line.cue == "harmless"}
    clear = [line for line in lines if line.cue == "safety" and line.strength > 1 and len(line.words) == 1]
    return [line.entry.replace("*", "") for line in clear if f"not {line.entry}" not in harmless]


@pytest.mark.parametrize(("language", "negated"), [("en", "it is not {}"), ("fr", "ce {} pas")])
def test_no_negation_takes_a_word_of_danger_away(language: str, negated: str) -> None:
    words = dangers(language)
    lost = [word for word in words if READER.read(negated.format(word), language).sums[Cue.SAFETY] < 1.0]

    assert len(words) > 20
    assert lost == []


@pytest.mark.parametrize(
    ("before", "letters"),
    [("", "bcdf"), ("7", "bcdf"), ("@", "bcdf"), ("", "*+%&")],
    ids=["words", "numbers", "handles", "signs"],
)
def test_what_is_remembered_of_texts_is_bounded(
    before: str, letters: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cmconsole.triage.reading._REMEMBERED", 50)
    reader = Reader()
    first = reader.read("the refund never came").sums

    most = 0
    for written in product(letters, repeat=4):
        reader.read(before + "".join(written))
        most = max(most, len(reader._met))

    assert most <= 50
    assert reader.read("the refund never came").sums == first
