"""HTML to text: what a reader sees, Mastodon's links, and bounded time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmconsole.platforms.html import MARKUP_LIMIT, to_text

MASTODON_LINK = (
    '<a href="https://www.example.com/very/long/path" rel="nofollow"><span class="invisible">https://www.</span>'
    '<span class="ellipsis">example.com/very</span><span class="invisible">/long/path</span></a>'
)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain &amp; simple", "plain & simple"),
        ("<p>one<br>two<br />three</p><p>four</p>", "one\ntwo\nthree\n\nfour"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("a  \n b <b> c </b> d", "a b c d"),
        ("<ul><li>one</li><li>two</li></ul>after", "- one\n- two\nafter"),
        ("<blockquote><p>said</p></blockquote>mine", "> said\n\nmine"),
        ("<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        ("x &lt;script&gt; &eacute;&#233;&#x1f600;", "x <script> éé😀"),
        ("<script>x</script><style>y</style><!-- z -->seen", "seen"),
        ('<img alt="a cat"><img alt=":blob:"><img src="x">', "[image: a cat]:blob:"),
        ("1<br><br><br><br>2", "1\n\n2"),
        ('<span class="invisible">hidden</span>shown', "shown"),
        ('<span class="ellipsis">cut</span>', "cut…"),
        ("<p>unclosed <b>tags", "unclosed tags"),
        ("", ""),
        ("<p></p>", ""),
    ],
)
def test_text_as_a_reader_sees_it(markup: str, text: str) -> None:
    assert to_text(markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (MASTODON_LINK, "https://www.example.com/very/long/path"),
        ('<a href="https://m.s/@ada" class="u-url mention">@<span>ada</span></a>', "@ada"),
        ('<a href="https://m.s/tags/x" class="mention hashtag" rel="tag">#<span>x</span></a>', "#x"),
        (
            '<a href="https://evil.example">https://bank.example</a>',
            "https://bank.example (https://evil.example)",
        ),
        ('<a href="https://example.org/">example.org</a>', "https://example.org/"),
        ('<a href="https://example.org/">the page</a>', "the page (https://example.org/)"),
        ('<a href="https://example.org/"><img alt="logo"></a>', "[image: logo] (https://example.org/)"),
        ('<a href="https://example.org/"></a>', "https://example.org/"),
        ('<a href="javascript:alert(1)">click</a>', "click"),
        ("<a>nowhere</a>", "nowhere"),
    ],
)
def test_links_say_where_they_lead(markup: str, text: str) -> None:
    assert to_text(markup, addresses=True) == text


@pytest.mark.parametrize(
    "piece",
    [
        "<div>",
        "<b>",
        "<p>",
        "<a href=x>",
        "<table><tr><td>",
        "<b><p>",
        "<font>",
        "<",
        "&amp;",
        "<!--",
        "<li>",
        "<x ",
    ],
)
def test_nothing_takes_long(piece: str) -> None:
    started = time.process_time()
    to_text("seen " + piece * 200_000, addresses=True)
    assert time.process_time() - started < 1


def test_what_is_too_long_keeps_its_beginning() -> None:
    assert to_text("<p>seen</p>" + "<i>x</i>" * 100_000).startswith("seen")
    assert len(to_text("word " * 100_000)) <= MARKUP_LIMIT


@given(st.text(st.sampled_from("<>/abipre &;#x\n\"'=\0\ud800é"), max_size=80))
def test_no_markup_crashes(markup: str) -> None:
    to_text(markup, addresses=True)


@given(st.text(st.characters(exclude_characters="<&", exclude_categories=["C", "Z"])))
def test_text_without_markup_stays_as_it_is(text: str) -> None:
    assert to_text(text) == text
