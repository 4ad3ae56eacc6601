"""Addresses as twitter-text sees them: its own conformance suite, and what no text may do to us."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.autolinks import MASTODON, Grammar, X, places

FOLDER = "recordings/x-twitter-text-conformance"

RETIRED = {"country": 7, "generic": 63}
"""Top-level domains of twitter-text's list that the register no longer had in 2020-11: `.intel`, `.onion`."""


def suite(shared: Path, file: str) -> dict[str, list[dict[str, Any]]]:
    """Return the cases of a file of the conformance suite by group."""
    loaded: dict[str, dict[str, list[dict[str, Any]]]] = yaml.safe_load(
        (shared / FOLDER / file).read_text(encoding="utf-8")
    )
    return loaded["tests"]


def found(text: str, grammar: Grammar = X) -> list[str]:
    return [text[start:end] for start, end in places(text, grammar)]


@pytest.mark.parametrize(
    ("group", "number"),
    [
        ("urls", 91),
        ("urls_with_indices", 10),
        ("urls_with_directional_markers", 2),
        ("tco_urls_with_params", 5),
    ],
)
def test_twitter_texts_cases_of_addresses(shared_data: Path, group: str, number: int) -> None:
    cases = suite(shared_data, "extract.yml")[group]
    passed = 0
    for case in cases:
        text, expected = case["text"], case["expected"]
        if expected and isinstance(expected[0], dict):
            told = [{"url": text[start:end], "indices": [start, end]} for start, end in places(text)]
            assert told == expected, case["description"]
        else:
            assert found(text) == expected, case["description"]
        passed += 1
    assert (passed, len(cases)) == (number, number)


@pytest.mark.parametrize(("group", "passed", "number"), [("country", 308, 315), ("generic", 1_196, 1_259)])
def test_twitter_texts_cases_of_domains(shared_data: Path, group: str, passed: int, number: int) -> None:
    cases = suite(shared_data, "tlds.yml")[group]
    failed = [case["text"] for case in cases if found(case["text"]) != case["expected"]]

    assert len(cases) == number
    assert len(failed) == number - passed == RETIRED[group]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("Voir https://acme.fr/aide.", ["https://acme.fr/aide"]),
        ("(https://fr.wikipedia.org/wiki/Acme_(marque))", ["https://fr.wikipedia.org/wiki/Acme_(marque)"]),
        ("acme.fr, www.acme.co.uk:8080/a?b=c", ["acme.fr", "www.acme.co.uk:8080/a?b=c"]),
        ("merci.Nous @acme.fr #acme.fr aide@acme.fr -acme.fr ./acme.fr", []),
        ("詳細はacme.jpをご覧", ["acme.jp"]),
        ("https://acme.example acme.frais", []),
        ("xhttps://acme.fr", []),
        ("https://t.co/Abc/suite", ["https://t.co/Abc"]),
        ("HTTPS://ACME.FR/Là", ["HTTPS://ACME.FR/Là"]),
        ("https://пример.рф/я https://xn--e1afmkfd.xn--p1ai", ["https://пример.рф/я", "https://xn--e1afmkfd.xn--p1ai"]),
    ],
)  # fmt: skip
def test_what_x_takes_for_an_address(text: str, addresses: list[str]) -> None:
    assert found(text) == addresses


def test_what_is_too_long_is_no_address() -> None:
    assert found("https://" + "a" * 64 + ".fr") == []
    assert found("https://t.co/" + "a" * 41) == []
    assert found("https://acme.fr/" + "a" * 5_000) == []


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("acme.fr https://acme.fr/日本語?à=é", ["https://acme.fr/日本語?à=é"]),
        ("gemini://acme.fr/a ftp://acme.fr/a", ["gemini://acme.fr/a"]),
        ("https://acme.example/a", []),
    ],
)
def test_what_mastodon_takes_for_an_address(text: str, addresses: list[str]) -> None:
    assert found(text, MASTODON) == addresses


SIGNS = "aé日。.-_/@#()?= '+\u202a\ud800\ufeff"
PIECES = st.lists(
    st.sampled_from([*SIGNS, "com", "fr", "한국", "рф", "xn--p1ai", "https://", "t.co/", ":80"])
).map("".join)


@given(PIECES | st.text(st.characters(exclude_categories=[])), st.sampled_from([X, MASTODON]))
def test_addresses_stand_in_order_and_apart(text: str, grammar: Grammar) -> None:
    at = 0
    for start, end in places(text, grammar):
        assert at <= start < end <= len(text)
        assert "." in text[start:end]
        at = end


@pytest.mark.parametrize(
    "piece", ["a.", "é.", "a.com日", "(", "https://a.fr/(", "a", "-.", "@a.fr", "日.com/"]
)
def test_a_long_text_is_read_in_the_time_of_its_length(piece: str) -> None:
    for grammar in (X, MASTODON):
        assert len(places(piece * 5_000, grammar)) <= 5_000
