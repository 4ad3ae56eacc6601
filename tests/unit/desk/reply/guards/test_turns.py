"""Turns of phrase: how they are written, what they find, and where they stop."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cmconsole.desk.reply import guards
from cmconsole.desk.reply.guards import check
from cmconsole.desk.reply.guards.quoting import Folded
from cmconsole.desk.reply.guards.turns import Turns, listed
from tests.unit.desk.reply.guards.parts import POLICY, candidate

FOLDER = Path(guards.__file__).parent


@pytest.mark.parametrize(
    ("turn", "text", "found"),
    [
        ("calmez vous", "Allons, Calmez-vous !", "Calmez-vous"),
        ("c'est ça", "Cest ca", "Cest ca"),
        ("c'est ça", "C’EST ÇA", "C'EST ÇA"),
        ("à (lire|compter)", "apprendre à compter", "à compter"),
        ("vous (vraiment|) mentez", "vous mentez", "vous mentez"),
        ("ment*", "un mensonge, une menthe", "menthe"),
        ("vous … pas", "vous ne savez vraiment pas", "vous ne savez vraiment pas"),
        ("vous … pas", "vous ne le savez vraiment pas", ""),
        ("calmez vous", "Calmez. Vous verrez", ""),
        ("^bravo", "Bonjour Ada, bravo !", "bravo"),
        ("^bravo", "Un grand bravo !", ""),
        ("^bravo", "@ada Bravo", "Bravo"),
        ("lire$", "Sachez lire.", "lire"),
        ("lire$", "Sachez lire, merci", ""),
        ("vraiment ?", "Vraiment ?", "Vraiment ?"),
        ("espèce de *", "espèce de machin", "espèce de machin"),
        ("art", "start", ""),
    ],
)
def test_a_turn_finds_what_it_is_written_for(turn: str, text: str, found: str) -> None:
    assert Turns([turn]).find(Folded(text)) == found


def test_the_first_turn_found_is_shown() -> None:
    assert Turns(["deux", "^un"]).find(Folded("Un, deux")) == "Un"


def test_turns_can_be_taken_out_of_a_text() -> None:
    assert Turns(["b*"]).without(Folded("a bé c bâ")).split() == ["a", "c"]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_the_lists_hold_nothing_twice(path: Path) -> None:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    lists = [it for group in told.values() for it in (group.values() if isinstance(group, dict) else [group])]

    assert lists
    assert all(len(entries) == len(set(entries)) for entries in lists)


@pytest.mark.parametrize(
    ("name", "group"),
    [("mockery", "always"), ("mockery", "to_complaints"), ("mockery", "refusals"), ("insults", "insults"),
     ("insults", "threats"), ("insults", "harmless")],
)  # fmt: skip
def test_every_list_can_be_read_and_is_silent_on_nothing(name: str, group: str) -> None:
    assert listed(name, group).find(Folded("")) == ""
    assert listed(name, group).find(Folded("Bonjour, votre colis arrive demain matin.")) == ""


def test_all_that_a_first_check_reads_can_be_read_before() -> None:
    guards.prepare()
    before = listed.cache_info().misses

    check(candidate("Nous ne remboursons pas 😊"), POLICY)

    assert listed.cache_info().misses == before


def test_a_long_text_is_searched_quickly_enough_to_end() -> None:
    """Nothing in the lists may take a time that grows with a power of the text's length."""
    text = Folded("vous etes tres " * 1_500)

    assert listed("mockery", "always").find(text) == ""
