"""What Mastodon makes of a reply's text: whom it mentions, and how many characters it counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.fediverse import as_published, counted


@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("Bonjour", "@ada@piaille.fr Bonjour"),
        ("@ada@piaille.fr bonjour", "@ada@piaille.fr bonjour"),
        ("Merci @Ada@Piaille.FR.", "Merci @Ada@Piaille.FR."),
        ("Merci @ada !", "@ada@piaille.fr Merci @ada !"),
        ("Merci @ada@piaille.froid", "@ada@piaille.fr Merci @ada@piaille.froid"),
        ("Merci @adalbert@piaille.fr", "@ada@piaille.fr Merci @adalbert@piaille.fr"),
        ("https://piaille.fr/@ada@piaille.fr/1", "@ada@piaille.fr https://piaille.fr/@ada@piaille.fr/1"),
        ("mail@ada@piaille.fr", "@ada@piaille.fr mail@ada@piaille.fr"),
    ],
)
def test_a_reply_mentions_whom_it_answers(text: str, published: str) -> None:
    assert as_published(text, "ada@piaille.fr", "example.social") == published
    assert as_published(published, "ada@piaille.fr", "example.social") == published


def test_people_of_our_own_instance_may_be_mentioned_in_short() -> None:
    assert as_published("Merci @ada !", "ada@example.social", "example.social") == "Merci @ada !"
    assert as_published("Merci @ada !", "ada@example.social") == "@ada@example.social Merci @ada !"


def test_addresses_and_servers_do_not_count_in_full() -> None:
    assert counted("@ada@piaille.fr voir https://acme.fr/" + "x" * 200) == len("@ada voir ") + 23
    assert counted("e\N{COMBINING ACUTE ACCENT}té 👩‍👩‍👧‍👦") == 5
    assert counted("https://a.fr/c.", per_url=30) == 31


def test_what_the_instance_does_not_take_for_an_address_counts_in_full() -> None:
    assert counted("https://acme.example/" + "x" * 200) == 221


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_has_a_length(text: str) -> None:
    assert 0 <= counted(text) <= len(text) + 23 * text.count(".")
