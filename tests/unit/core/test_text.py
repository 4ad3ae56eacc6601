"""Untrusted text: what could steer a terminal becomes a sign, and nothing else is touched."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core import text
from cmconsole.core.cleaning import cleaned
from cmconsole.core.mention import Author, Mention

any_text = st.text(st.characters(codec=None, categories=None), max_size=300)
DANGEROUS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\U000e0000-\U000e0fff]"
)


@given(any_text)
def test_nothing_dangerous_is_left_and_once_is_enough(written: str) -> None:
    safe = text.visible(written)
    assert not DANGEROUS.search(safe)
    assert text.visible(safe) == safe
    safe.encode("utf-8")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain words", "plain words"),
        ("é à ü œ 日本語 👩‍👩‍👧 क्ष", "é à ü œ 日本語 👩‍👩‍👧 क्ष"),
        ("\x1b]52;c;aGk=\x07", "␛]52;c;aGk=␇"),
        ("\x1b[c", "␛[c"),
        ("\x9b31m", "\\x9b31m"),
        ("a\x00b\x7f", "a␀b␡"),
        ("one\r\ntwo\rthree\x85four\u2028five", "one\ntwo\nthree\nfour\nfive"),
        ("a\tb", "a b"),
        ("abc\u202edcba", "abc‹RLO›dcba"),
        ("\ud800!", "\N{REPLACEMENT CHARACTER}!"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("e" + "\u0301" * 50, "e" + "\u0301" * 3),
        ("[/] [@click=app.quit]x[/]", "[/] [@click=app.quit]x[/]"),
    ],
)
def test_signs(written: str, shown: str) -> None:
    assert text.visible(written) == shown


def test_long_posts_are_cut_and_say_so() -> None:
    post = "line\n" * 200_000
    kept = text.body(post)
    assert kept.count("\n") <= text.LINE_LIMIT
    assert kept.endswith(f"[… {len(post):,}]")
    wide = text.body("x" * 30_000)
    assert wide.startswith("x" * text.TEXT_LIMIT)
    assert wide.endswith("[… 30,000]")
    assert text.body("short") == "short"


def test_names_stay_on_one_line() -> None:
    assert text.one_line("  Ada\r\n\tVerlaine ") == "Ada Verlaine"
    assert text.one_line("x" * 500, 10) == "xxxxxxxxx…"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://acme.example/p?q=1#f", True),
        ("HTTP://acme.example", True),
        ("mailto:ada@acme.example", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("https://a b", False),
        ("https://a\x1b]8;;", False),
        ("https://a\u202eb", False),
        ("https://a/" + "x" * 3_000, False),
        ("", False),
    ],
)
def test_only_plain_links_are_kept(url: str, kept: bool) -> None:
    assert text.link(url) == (url if kept else "")


@given(any_text)
def test_folding_is_stable_and_bare(written: str) -> None:
    safe = text.visible(written)
    once = text.fold(safe)
    assert once == once.lower() or once == once.casefold() or unicodedata.normalize("NFKD", once) == once
    assert text.fold("Œuvré ÇA L\N{RIGHT SINGLE QUOTATION MARK}été") == "oeuvre ca l'ete"


@given(any_text, any_text, any_text)
def test_a_cleaned_mention_is_safe_everywhere(words: str, name: str, url: str) -> None:
    mention = cleaned(
        Mention(
            "X", name, Author("X", "@" + name, name=name, bio=words, url=url), words, 0, url=url, thread=name
        )
    )
    author = mention.author
    for part in (mention.platform, mention.native_id, mention.thread, author.handle, author.name, author.bio):
        assert not DANGEROUS.search(part)
        assert "\n" not in part
    assert not DANGEROUS.search(mention.text + mention.url + author.url)
    assert mention.platform == "x"
