"""What of a stranger's name may stand in a reply: a sure first name, and nothing that bites."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.canned import placeholders
from cmconsole.desk.canned.naming import NAME_LIMIT, first_name, spoken


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Ada Verlaine", "Ada"),
        ("ada verlaine", "Ada"),
        ("CHLOÉ", "CHLOÉ".capitalize()),
        ("DUPONT Marie", "Marie"),
        ("MARTIN Thomas", "Thomas"),
        ("Jean-Pierre Dupont", "Jean-Pierre"),
        ("Chloé 🌈", "Chloé"),
        ("Chloé (she/her)", "Chloé"),
        ("Sophie D. | journaliste", "Sophie"),
        ("\U0001d4d0\U0001d4ed\U0001d4ea Verlaine", "Ada"),
        ("Émile O’Brien", "Émile"),
    ],
)
def test_a_first_name_that_is_sure_is_found(name: str, first: str) -> None:
    assert first_name(name) == first


@pytest.mark.parametrize(
    "name",
    [
        "", "Le Monde", "Air France", "Marie Claire", "Rose Bakery", "Boulangerie Marie",
        "Claire Chazal - officiel",
        "Thomas83", "Dr Marie Curie", "Sophie's Bakery", "Lucas fan account", "evil.example Ada", "@elon Ada",
        "Paul Smith", "Victor TV", "cpt_nobody", "xX_Ada_Xx", "Marie et Paul et Jean et tous les autres",
    ],
)  # fmt: skip
def test_where_there_is_doubt_there_is_no_first_name(name: str) -> None:
    assert first_name(name) == ""


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Ada Verlaine", "Ada Verlaine"),
        ("{first_name} Ada {brand}", "first name Ada brand"),
        ("Ada @elonmusk", "Ada"),
        ("Ada \N{FULLWIDTH COMMERCIAL AT}elonmusk", "Ada"),
        ("Ada https://evil.example/x", "Ada"),
        ("evil.example", ""),
        ("evil\N{FULLWIDTH FULL STOP}example Ada", "Ada"),
        ("Ada #FreeX", "Ada"),
        ("Ada\n\nVerlaine", "Ada Verlaine"),
        ("🌈🌈", ""),
        ("[Ada](//x) *b*", "Ada x b"),
        ("J.K. Ada", "Ada"),
    ],
)
def test_nothing_that_bites_is_repeated(name: str, kept: str) -> None:
    assert spoken(name) == kept


@given(st.text(max_size=200) | st.text("{}@#.:/[]()_*a1 \n’é", max_size=200))
def test_whatever_the_name_it_stays_words(name: str) -> None:
    for told in (spoken(name), first_name(name)):
        assert len(told) <= NAME_LIMIT
        assert not set(told) & set("{}@#/:\n\r\t[]()*_<>`\\|")
        assert not any(inner for word in told.split() for inner in [word.strip(".")] if "." in inner)
        assert placeholders(told) == ()
