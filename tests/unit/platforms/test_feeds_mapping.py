"""Feed entries to mentions: identity, dates, words, and entries that lack all of them."""

import io
import time
from typing import Any

import feedparser
import pytest

from cmconsole.core.mention import Author, Mention
from cmconsole.platforms.feeds.mapping import Origin, entry_mention, identity, origin_of

NOW = 1_795_280_000_000
ORIGIN = Origin("alerts", "blog.lerat.fr", "Le Rat", "fr", 5_000)


def parsed(item: str) -> Any:
    head = "<title>Le &lt;b&gt;Rat&lt;/b&gt;</title><language>fr</language>"
    document = f"<rss version='2.0'><channel>{head}{item}</channel></rss>"
    return feedparser.parse(io.BytesIO(document.encode()), sanitize_html=False)


def mention(item: str) -> Mention:
    found = entry_mention(parsed(f"<item>{item}</item>").entries[0], ORIGIN, NOW)
    assert found is not None
    return found


def test_a_whole_entry() -> None:
    found = mention(
        "<guid>tag:lerat.fr,2026:12</guid><title>Une marque &amp;amp; ses rats</title><link>https://blog.lerat.fr/12</link>"
        "<description>&lt;p&gt;Le colis &lt;b&gt;perdu&lt;/b&gt;&lt;/p&gt;</description><author>Rémy</author>"
        "<pubDate>Sat, 21 Nov 2026 12:00:00 +0100</pubDate>"
    )

    assert found == Mention(
        platform="feeds",
        native_id="tag:lerat.fr,2026:12",
        author=Author("feeds", "blog.lerat.fr", "Rémy", 5_000, url="https://blog.lerat.fr/"),
        text="Une marque & ses rats\nLe colis perdu",
        created_at=1_795_258_800_000,
        source="alerts",
        url="https://blog.lerat.fr/12",
        language="fr",
    )


@pytest.mark.parametrize(
    ("item", "native_id"),
    [
        ("<guid isPermaLink='false'>12</guid><title>a</title>", "blog.lerat.fr:12"),
        ("<guid>urn:uuid:12</guid><title>a</title>", "urn:uuid:12"),
        ("<link>https://blog.lerat.fr/12</link><title>a</title>", "https://blog.lerat.fr/12"),
    ],
)
def test_an_entry_is_known_by_its_id_or_its_link(item: str, native_id: str) -> None:
    assert mention(item).native_id == native_id


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("https://www.google.com/url?url=https://lerat.fr/1&amp;ct=ga", "https://lerat.fr/1"),
        ("https://google.co.uk/url?q=http://lerat.fr/1", "http://lerat.fr/1"),
        ("https://www.google.com/url?url=javascript:x", "https://www.google.com/url?url=javascript:x"),
        ("https://www.google.com/url?sa=t", "https://www.google.com/url?sa=t"),
        ("https://www.google.com/url?url=http://[", "https://www.google.com/url?url=http://["),
        ("https://www.google.com/alerts", "https://www.google.com/alerts"),
        ("https://nogoogle.com/url?url=https://a/", "https://nogoogle.com/url?url=https://a/"),
    ],
)
def test_a_link_that_google_wrapped_is_unwrapped(link: str, url: str) -> None:
    found = mention(f"<title>a</title><link>{link}</link>")

    assert (found.url, found.native_id) == (url, url)


def test_an_entry_without_id_or_link_is_known_by_its_words() -> None:
    one, same, other = mention("<title>a</title>"), mention("<title>a</title>"), mention("<title>b</title>")

    assert one.native_id == same.native_id != other.native_id
    assert len(one.native_id) == 32


def test_an_overlong_id_keeps_its_identity() -> None:
    one = identity({"id": "https://x/" + "a" * 3_000}, "h")

    assert one != identity({"id": "https://x/" + "a" * 3_001}, "h")
    assert len(one) < 500


@pytest.mark.parametrize(
    "date", ["", "<pubDate>yesterday</pubDate>", "<pubDate>Fri, 21 Nov 2036 12:00:00 GMT</pubDate>",
             "<pubDate>Mon, 01 Jan 0001 00:00:00 GMT</pubDate>"]
)  # fmt: skip
def test_a_date_that_is_missing_wrong_or_to_come_is_now(date: str) -> None:
    assert mention(f"<title>a</title>{date}").created_at == NOW


@pytest.mark.parametrize(
    "parts", [None, (), (2026,), "2026", time.struct_time((9999, 99, 99, 99, 99, 99, 0, 0, 0))]
)
def test_damaged_dates_harm_nobody(parts: object) -> None:
    found = entry_mention({"title": "a", "published_parsed": parts}, ORIGIN, NOW)

    assert found is not None
    assert found.created_at == NOW


def test_an_update_s_date_stands_in_for_a_publication_s() -> None:
    atom = b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>urn:1</id><updated>2026-11-21T11:00:00Z</updated></entry></feed>"
    entry = feedparser.parse(io.BytesIO(atom)).entries[0]
    found = entry_mention({**entry, "title": "a"}, ORIGIN, NOW)

    assert found is not None
    assert found.created_at == 1_795_258_800_000


def test_words_come_from_where_they_are() -> None:
    assert mention("<title>T</title><description>T and more</description>").text == "T and more"
    assert mention("<link>https://x/1</link>").text == "https://x/1"
    namespace = "xmlns:content='http://purl.org/rss/1.0/modules/content/'"
    full = f"<content:encoded {namespace}>&lt;p&gt;Tout&lt;/p&gt;</content:encoded>"
    assert mention(f"<title>T</title>{full}").text == "T\nTout"


def test_plain_text_is_not_read_as_html() -> None:
    title = b"<title type='text'>if a &lt;b then</title>"
    atom = b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>urn:1</id>" + title + b"</entry></feed>"
    found = entry_mention(feedparser.parse(io.BytesIO(atom)).entries[0], ORIGIN, NOW)

    assert found is not None
    assert found.text == "if a <b then"


@pytest.mark.parametrize(
    "entry", [{}, {"title": ""}, {"title": None, "link": 5, "content": "x", "source": "y"}]
)
def test_an_entry_without_words_or_link_is_none(entry: dict[str, object]) -> None:
    assert entry_mention(entry, ORIGIN, NOW) is None


def test_the_origin_is_what_the_feed_says_of_itself() -> None:
    assert origin_of(parsed("").feed, "alerts", "blog.lerat.fr", 5_000) == ORIGIN
