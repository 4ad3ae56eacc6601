"""Words: posts and entries of the table are cut alike."""

from __future__ import annotations

import pytest

from cmconsole.triage.words import cut, entry_words, norm, shortened


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@velora J’ai attendu 3 h !!", ["@velora", "J'ai", "attendu", "3", "h", "!!"]),
        ("l'appli plante", ["l'appli", "plante"]),
        ("see https://example.org/a?b=c, now", ["see", "http", "now"]),
        ("#fail <3 :D", ["fail", "❤", "😀"]),
        ("peut-on payer", ["peut", "on", "payer"]),
        ("", []),
    ],
)
def test_a_text_is_cut_into_words_handles_and_signs(text: str, words: list[str]) -> None:
    assert cut(text) == words


@pytest.mark.parametrize(
    ("token", "word"),
    [
        ("J'ai", "ai"),
        ("qu'il", "il"),
        ("DON'T", "dont"),
        ("aujourd'hui", "aujourdhui"),
        ("Remboursé", "rembourse"),
        ("2024", "0"),
        ("3e", "0e"),
        ("œuvre", "oeuvre"),
    ],
)
def test_a_word_is_normalised(token: str, word: str) -> None:
    assert norm(token) == word


def test_a_long_word_can_be_read_in_two_ways() -> None:
    assert shortened("sooooo") == ("soo", "so")
    assert shortened("nuuul") == ("nuul", "nul")
    assert shortened("good") is None


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("j'ai toujours pas", ["ai", "toujours", "pas"]),
        ("rembours* … jamais", ["rembours*", "…", "jamais"]),
        ("peut-on", ["peut", "on"]),
        ("depuis 3 jours", ["depuis", "0", "jours"]),
        ("http", ["http"]),
    ],
)
def test_an_entry_is_cut_as_posts_are(entry: str, words: list[str]) -> None:
    assert entry_words(entry) == words
