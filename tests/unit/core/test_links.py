"""Addresses: many spellings come to one form, and what an address tells is read from it, never guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.core.links import LINK, Address, read, spellings
from cmconsole.core.text import LINK_LIMIT

REDDIT = Address("https://www.reddit.com/r/acme/comments/1abc", "reddit", native_id="t3_1abc")
COMMENT = Address("https://www.reddit.com/r/acme/comments/1abc/_/kx12", "reddit", native_id="t1_kx12")


def known(url: str) -> Address:
    found = read(url)
    assert found is not None, url
    return found


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (
            "https://x.com/Marc_D/status/1859",
            Address("https://x.com/Marc_D/status/1859", "x", "Marc_D", "1859"),
        ),
        ("https://x.com/i/status/1859", Address("https://x.com/i/status/1859", "x", "", "1859")),
        ("https://x.com/i/web/status/1859", Address("https://x.com/i/web/status/1859", "x", "", "1859")),
        ("https://x.com/Marc_D", Address("https://x.com/Marc_D", "x")),
        ("https://t.co/abc", Address("https://t.co/abc", "x")),
        ("https://www.reddit.com/r/acme/comments/1abc/a_title/", REDDIT),
        ("https://www.reddit.com/r/acme/comments/1abc/a_title/kx12/?context=3", COMMENT),
        ("https://www.reddit.com/r/acme/comments/1abc/comment/kx12/", COMMENT),
        ("https://redd.it/1abc", Address("https://redd.it/1abc", "reddit", native_id="t3_1abc")),
        ("https://www.reddit.com/r/acme/s/Xyz12", Address("https://www.reddit.com/r/acme/s/Xyz12", "reddit")),
        (
            "https://news.ycombinator.com/item?id=42&p=2#up_42",
            Address("https://news.ycombinator.com/item?id=42", "hackernews", native_id="42"),
        ),
        (
            "https://bsky.app/profile/Ada.example.org/post/3kabc",
            Address("https://bsky.app/profile/Ada.example.org/post/3kabc", "bluesky", "ada.example.org"),
        ),
        (
            "https://bsky.app/profile/did:plc:a1/post/3kabc",
            Address(
                "https://bsky.app/profile/did:plc:a1/post/3kabc",
                "bluesky",
                native_id="at://did:plc:a1/app.bsky.feed.post/3kabc",
            ),
        ),
        (
            "https://piaille.fr/@ada/113456789012345678",
            Address("https://piaille.fr/@ada/113456789012345678", "mastodon", "ada@piaille.fr"),
        ),
        (
            "https://piaille.fr/@ada@m.social/01HZX3J5V2Q4R6S8T0W1Y3Z5A7",
            Address(
                "https://piaille.fr/@ada@m.social/01HZX3J5V2Q4R6S8T0W1Y3Z5A7", "mastodon", "ada@m.social"
            ),
        ),
        (
            "https://m.social/users/ada/statuses/1134",
            Address("https://m.social/users/ada/statuses/1134", "mastodon", "ada@m.social"),
        ),
        ("https://www.instagram.com/p/Cab/", Address("https://www.instagram.com/p/Cab", "instagram")),
        (
            "https://www.tiktok.com/@ada/video/7",
            Address("https://www.tiktok.com/@ada/video/7", "tiktok", "ada"),
        ),
        ("https://fr.trustpilot.com/reviews/1", Address("https://fr.trustpilot.com/reviews/1", "trustpilot")),
        ("https://www.google.fr/maps/place/x", Address("https://www.google.fr/maps/place/x", "google")),
        ("https://medium.com/@ada/how-it-broke-12ab", Address("https://medium.com/@ada/how-it-broke-12ab")),
        ("https://blog.example.org", Address("https://blog.example.org")),
    ],
)
def test_what_an_address_tells(url: str, address: Address) -> None:
    assert known(url) == address


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTPS://Twitter.COM/Marc_D/status/1859/photo/1?s=20&t=a", "https://x.com/Marc_D/status/1859"),
        ("http://mobile.x.com/Marc_D/statuses/1859/", "https://x.com/Marc_D/status/1859"),
        (
            "https://old.reddit.com/r/acme/comments/1ABC/other_title",
            "https://www.reddit.com/r/acme/comments/1abc",
        ),
        ("https://youtu.be/abc?si=1", "https://www.youtube.com/watch?v=abc"),
        (
            "https://m.facebook.com/story.php?story_fbid=1&id=2&mibextid=z",
            "https://www.facebook.com/story.php?story_fbid=1&id=2",
        ),
        ("https://www.threads.net/@ada/post/Cab?xmt=1", "https://www.threads.com/@ada/post/Cab"),
        (
            "https://www.google.com/url?rct=j&url=https%3A%2F%2Fblog.example.org%2F%C3%A9%3Futm_source%3Dx&ct=ga",
            "https://blog.example.org/é",
        ),
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fa&h=x", "https://example.org/a"),
        ("https://Example.org:443/A/?b=2&utm_source=n&fbclid=1&a=1", "https://example.org/A?b=2&a=1"),
        ("http://example.org:8080/", "http://example.org:8080"),
        ("https://example.org/a#intro", "https://example.org/a"),
        ("https://example.org/a#comment-12", "https://example.org/a#comment-12"),
        ("https://example.org/%7eada/%c3%a9", "https://example.org/~ada/%C3%A9"),
        ("  https://example.org/a\n", "https://example.org/a"),
        ("https://m.example.org/a", "https://m.example.org/a"),
    ],
)
def test_spellings_of_one_address_have_one_form(url: str, normal: str) -> None:
    assert known(url).url == normal


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/a",
        "mailto:ada@example.org",
        "javascript:alert(1)",
        "ftp://example.org",
        "https://",
        "https:///a",
        "https://ada:secret@example.org/",
        "https://x.com@evil.example/",
        "https://exa mple.org",
        "https://example.org/\x1b[31m",
        "https://example.org/" + "a" * LINK_LIMIT,
        "https://www.google.com/url?url=javascript:alert(1)@",
    ],
)
def test_what_is_no_address_of_a_page_is_none(url: str) -> None:
    found = read(url)

    assert found is None or found.url.startswith("https://www.google.com/url")


def test_wrappers_are_unwrapped_to_the_innermost_address() -> None:
    inner = "https%3A%2F%2Fwww.google.com%2Furl%3Fq%3Dhttps%253A%252F%252Fexample.org%252Fa"

    assert known(f"https://l.facebook.com/l.php?u={inner}").url == "https://example.org/a"
    assert known("https://www.google.com/url?q=nonsense").url == "https://www.google.com/url?q=nonsense"
    deep = "https://www.google.com/url?q=" * 60
    assert known(deep + "https://example.org").url == "https://example.org"


def test_the_host_of_an_address() -> None:
    assert known("https://www.example.org:8080/a").host == "example.org"
    assert Address("nonsense").host == ""
    assert Address("nonsense").platform == LINK


def test_spellings_hold_the_address_itself_first_and_each_once() -> None:
    found = spellings(known("https://www.example.org/a?b=1#c12"))

    assert found[0] == "https://www.example.org/a?b=1#c12"
    assert "http://example.org/a/?b=1#c12" in found
    assert len(set(found)) == len(found) == 8


@given(st.text(st.sampled_from("htps:/.?#&=%@[]wx0Aé~-_ ")))
def test_any_text_is_read_and_reading_the_form_again_changes_nothing(text: str) -> None:
    for url in (text, f"https://{text}", f"https://example.org/{text}", f"https://x.com/{text}"):
        if (found := read(url)) is not None:
            assert read(found.url) == found
