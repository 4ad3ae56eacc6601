"""The guard before the feed parser: harmless documents pass, declared entities never do, however encoded."""

import pytest

from cmconsole.platforms.feeds.guard import UnsafeFeedError, guarded

FEED = "<rss version='2.0'><channel><title>{}</title></channel></rss>"
BOMB = "<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]>" + FEED.format("&b;")
XML = {"content-type": "application/xml"}


@pytest.mark.parametrize(
    "document",
    [
        FEED.format("plain"),
        "<?xml version='1.0'?>\n<!-- <!DOCTYPE x [ ]> -->\n" + FEED.format("in a comment"),
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://example.org/rss-0.91.dtd">'
        + FEED.format("0.91"),
        '<!DOCTYPE rss SYSTEM "a>b[c">' + FEED.format("signs in a name"),
        FEED.format("<![CDATA[how to write <!DOCTYPE x [<!ENTITY y 'z'>]>]]>"),
    ],
)
def test_harmless_documents_pass(document: str) -> None:
    assert b"<rss" in guarded(document.encode(), XML)


@pytest.mark.parametrize(
    "encoded",
    [
        BOMB.encode(),
        BOMB.replace("DOCTYPE", "doctype").replace("ENTITY", "entity").encode(),
        b"\xef\xbb\xbf" + BOMB.encode(),
        b"<?xml version='1.0'?> <!-- x --> <?y z?>\n" + BOMB.encode(),
        b"<!-- <a --> " + BOMB.encode(),
        b"noise " + BOMB.encode(),
        b"<!-- the parser reads it here too: <!ENTITY a 'b'> -->" + FEED.encode(),
        BOMB.encode().replace(b"<!", b"<\0!"),
        BOMB.encode("utf-16"),
        BOMB.encode("utf-16-be"),
        BOMB.encode("utf-32"),
        b"<?xml version='1.0' encoding='utf-7'?>" + BOMB.replace("<!", "+ADwAIQ-").encode(),
        ("<?xml version='1.0' encoding='cp037'?>" + BOMB).encode("cp037"),
        b"<!DOCTYPE rss [ ]>" + FEED.format("empty subset").encode(),
        b"<!DOCTYPE rss " + b"x" * 9_000 + b">" + FEED.format("overlong").encode(),
        b"<!DOCTYPE rss 'unclosed",
    ],
)
def test_declarations_are_refused_in_every_encoding(encoded: bytes) -> None:
    with pytest.raises(UnsafeFeedError):
        guarded(encoded, XML)


def test_the_charset_of_the_answer_counts_too() -> None:
    hidden = BOMB.replace("<!", "+ADwAIQ-").encode()
    with pytest.raises(UnsafeFeedError):
        guarded(hidden, {"content-type": "application/xml; charset=utf-7"})


def test_a_document_of_nothing_but_tags_is_refused() -> None:
    with pytest.raises(UnsafeFeedError, match="tags"):
        guarded(b"<a>" * 200_000, XML)
