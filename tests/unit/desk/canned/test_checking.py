"""What is wrong with a library of canned responses, and what is not."""

from datetime import date
from pathlib import Path

import pytest

from cmconsole.config.canned import LANGUAGES, Library, Shelf
from cmconsole.config.language import speaking
from cmconsole.core.canned import Canned
from cmconsole.desk.canned.checking import Trouble, links, longest, troubles
from cmconsole.desk.reply.compose import compose
from cmconsole.desk.reply.length import measure
from tests.unit.desk.canned.parts import STARTERS, library

PLATFORMS = ("bluesky", "mastodon", "reddit", "x")
TODAY = date(2026, 3, 2)


def wrong(
    *responses: Canned, platforms: tuple[str, ...] = PLATFORMS, signature: str = ""
) -> list[tuple[str, str]]:
    found = looked(library(*responses), platforms=platforms, signature=signature)
    return [(it.about, it.says) for it in found]


def looked(books: Library, *, platforms: tuple[str, ...] = PLATFORMS, signature: str = "") -> list[Trouble]:
    with speaking("en"):
        return [
            *troubles(
                books,
                languages=LANGUAGES,
                platforms=platforms,
                today=TODAY,
                brand="Acme",
                signature=signature,
            )
        ]


def both(french: str, english: str = "Hello") -> dict[str, tuple[str, ...]]:
    return {"fr": (french,), "en": (english,)}


def test_nothing_is_wrong_with_ours_anywhere() -> None:
    assert looked(STARTERS, signature="^MC") == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_ours_fit_every_platform_with_a_usual_name_and_a_signature(platform: str) -> None:
    for canned in STARTERS.responses.values():
        for text in (text for variants in canned.texts.values() for text in variants):
            (part,) = compose(longest(text), platform=platform, handle="marie_christine", signature="^MC")
            assert measure(platform, part).over <= 0, (canned.code, part)


def test_a_text_too_long_for_a_platform_is_told_with_how_much() -> None:
    canned = Canned("late", "", both("a" * 290, "Fine"))

    assert wrong(canned) == [("length", "fr, variant 1: 10 characters too long for X.")]
    assert wrong(canned, platforms=("mastodon", "reddit")) == []


def test_what_is_filled_in_and_the_signature_count() -> None:
    canned = Canned("late", "", both("{bonjour} " + "a" * 256, "Fine"))

    assert wrong(canned, platforms=("x",)) == []
    assert wrong(canned, platforms=("x",), signature="^MC") == [
        ("length", "fr, variant 1: 4 characters too long for X.")
    ]


def test_a_response_for_one_platform_is_measured_there_only() -> None:
    canned = Canned("late", "", both("a" * 290, "Fine"), platforms=frozenset({"reddit"}))
    assert wrong(canned) == []


def test_a_missing_translation_is_told() -> None:
    assert wrong(Canned("late", "", {"fr": ("Pardon.",)})) == [("translation", "has no text in English.")]


def test_a_placeholder_that_nothing_fills_is_told_with_what_was_meant() -> None:
    canned = Canned("late", "", both("{frist_name}", "{order} {link}"), asks={"link": "which page?"})

    assert wrong(canned) == [
        ("placeholder", "{frist_name} is not filled by itself. Did you mean {first_name}?"),
        ("placeholder", "{order} is not filled by itself; if it is to be asked for, say so in ask."),
    ]


def test_a_variant_that_stands_twice_is_told() -> None:
    canned = Canned("late", "", {"fr": ("Pardon.", "Pardon."), "en": ("Sorry.",)})
    assert wrong(canned) == [("variant", "fr: two variants are the same.")]


def test_a_review_is_due_the_day_after() -> None:
    due = Canned("late", "", both("Pardon."), owner="Alice", review=date(2026, 3, 1))
    today = Canned("today", "", both("Pardon."), review=TODAY)

    assert wrong(due, today) == [("review", "was to be reviewed by 2026-03-01, by Alice.")]


def test_a_broken_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("[late", encoding="utf-8")
    found = looked(Shelf(tmp_path, starter=False).library())

    assert [(it.about, it.code) for it in found] == [("file", "")]


def test_links_are_gathered_without_what_stands_around_them() -> None:
    one = Canned(
        "one", "", both("Ici : https://example.org/a. (https://example.org/b)", "https://example.org/a")
    )
    two = Canned("two", "", both("https://example.org/a, ou {link}", "https://example.org/{order}"))

    assert links(library(one, two)) == {
        "https://example.org/a": ("one", "two"),
        "https://example.org/b": ("one",),
    }
