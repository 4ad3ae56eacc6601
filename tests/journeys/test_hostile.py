"""The hostile journey: no post reaches the terminal raw, presses a key, ends or stalls the console."""

import itertools
import json
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest

from tests.journeys.conftest import Workplace
from tests.journeys.sequences import Capture, taken_apart
from tests.journeys.terminal import Terminal

# On one worker, so that the harmless walk is walked once.
pytestmark = pytest.mark.xdist_group("hostile")

NOON = "2026-03-02T12:00:00Z"

WORST = [
    "\ud800 lone surrogate \udfff",
    "line\n" * 160_000,
    "Z" + "\u0300\u0301\u0302\u0303" * 500 + " zalgo",
    "\u202e\u2066 bidi \u2069\u200f\u061c",
    "\x1b[2J\x1b[H\x1b]0;owned\x07 esc",
    "\x9b2J\x9d0;owned\x9c\x90q\x9c c1",
    "a [/] b",
    "[@click=app.quit]click[/]",
    "[link='javascript:alert(1)']x[/link] [bold]x",
    "\x1b]52;c;b3duZWQ=\x07 osc 52",
    "\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1b[c\x1b[>c\x1b[6n\x1b[?2026$p\x05 queries",
    '\x1bP$q"p\x1b\\ \x1b_G\x1b\\ \x1b^x\x1b\\ dcs',
    "\x00\x07\x08\x0b\x0c\x0e\x0f\x7f nul",
    "\U000e0041\U000e0042 tags \ufeff\u2060\u180e",
    "👩‍👩‍👧‍👦🏳️‍🌈🇫🇷 ﷽ ﷺ 𒐫 wide",
    "q\rdcxq\n\x1b[13u",
]


def hostile_strings(shared: Path) -> Iterator[str]:
    """Yield every string of blns, every xterm escape file (as bytes and as UTF-8), and the worst we know."""
    yield from json.loads((shared / "hostile/blns/blns.json").read_text(encoding="utf-8"))
    for file in sorted((shared / "hostile/xterm-escape-files/escape_sequence_files").iterdir()):
        raw = file.read_bytes()
        yield raw.decode("latin-1")
        if not raw.isascii():
            yield raw.decode("utf-8", "replace")
    yield from WORST


def mentions(strings: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield a mention per string, with it in every place that is shown, by turns in one lane or the other."""
    for number, text in enumerate(strings):
        part = text[:2_000]
        yield {
            "id": f"{number}",
            "platform": "x" if number % 2 else part[:40] or "x",
            "author": {
                "handle": f"{part}{number}",
                "name": part,
                "bio": part,
                "url": part,
                "followers": 50_000 if number % 2 else 10,
            },
            "text": f"{text} arnaque remboursez-moi, refund" if text else "arnaque remboursez-moi",
            "created_at": NOON,
            "url": f"https://example.org/{part}",
            "lang": part[:10],
        }


def carried(text: str) -> str:
    """Return what XML can carry of a text: C1, bidi and markup, but neither C0 nor surrogates."""
    return escape(
        "".join(c for c in text[:2_000] if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff"))
    )


def feed(strings: Sequence[str], title: str) -> str:
    """Return an Atom feed whose title, authors and entries hold these strings, one in each place."""
    today = datetime.now(UTC).isoformat()
    entries = "".join(
        f"<entry><id>urn:{number}</id><updated>{today}</updated><title>{carried(text)}</title>"
        f"<author><name>{carried(text)}</name></author><summary>arnaque {carried(text)}</summary></entry>"
        for number, text in enumerate(strings)
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{carried(title)}</title>{entries}</feed>'


def walk(console: Terminal, steps: int) -> Capture:
    """Go through both lanes row by row, open, search, read help and handover; return what was sent."""
    console.wait_for("INFLUENCERS", "COMPLAINTS")
    console.settle()
    for lane in range(2):
        for step in range(steps):
            os.write(console._master, b"j")
            time.sleep(0.02)
            if step % 40 == 39:
                visit(console)
        console.send("g", "pagedown", "pagedown", "G", "i", "i")
        if lane == 0:
            console.send("l")
    for query in ("arnaque", "esc", "[/]"):
        console.send("/", query)
        console.settle(0.4)
        console.send("escape")
        console.settle(0.2)
    console.send("?")
    console.settle()
    # An Escape with a key right behind it reads as Alt and that key: each is given its time.
    for key in ("escape", ":", "x", "escape", "escape"):
        console.send(key)
        console.settle(0.3)
    console.send("H")
    console.wait_for("Accepted by")
    console.send("pagedown", "pagedown", "pagedown")
    console.settle()
    console.send("escape")
    console.settle()
    console.send("q")
    assert console.wait_exit() == 0
    return taken_apart(console.raw())


def visit(console: Terminal) -> None:
    """Open the conversation under the cursor, read on in it, and come back."""
    console.send("enter")
    console.settle(0.15)
    console.send("J", "J", "escape")
    console.settle(0.15)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Capture:
    """Return what the same walk sends over harmless text: the sequences that are the console's own."""
    place = Workplace(tmp_path_factory.mktemp("harmless"))
    place.ingest(list(mentions([f"harmless words {number}" for number in range(60)])))
    with place.console() as console:
        return walk(console, 45)


def test_nothing_hostile_reaches_the_terminal(
    workplace: Callable[[str], Workplace], harmless: Capture, shared_data: Path
) -> None:
    place = workplace("en")
    strings = list(hostile_strings(shared_data))
    rows = list(mentions(strings))
    totals = place.ingest(rows)
    assert totals["read"] == len(rows)
    # What is no JSON (a lone surrogate), and what has no platform once its blanks are gone.
    assert totals["new"] == len(rows) - totals["set_aside"]
    assert totals["set_aside"] <= 3

    with place.console() as console:
        sent = walk(console, len(rows) // 2 + 2)

    assert set(sent.forms) - set(harmless.forms) == set()
    assert set(sent.controls) - set(harmless.controls) == set()
    assert sent.forms["CSI c"] == 0
    assert not any(form.startswith("OSC 52") for form in sent.forms)
    events = [event for one in place.export() for event in one["history"]]
    assert [event for event in events if event.get("person")] == []
    assert len(place.queue()) == totals["new"]


def test_the_worst_is_walked_narrow_and_conversation_by_conversation(
    workplace: Callable[[str], Workplace], harmless: Capture
) -> None:
    place = workplace("en")
    place.ingest(list(mentions(WORST)))
    with place.console(columns=80, rows=24) as console:
        console.wait_for("Influencers")
        console.settle()
        for lane in range(2):
            for _ in range(len(WORST) // 2 + 1):
                visit(console)
                console.send("j")
            if lane == 0:
                console.send("l")
        console.settle()
        assert console.process.poll() is None
        console.send("q")
        assert console.wait_exit() == 0
        sent = taken_apart(console.raw())

    assert set(sent.forms) - set(harmless.forms) == set()
    assert set(sent.controls) - set(harmless.controls) == set()


@pytest.fixture
def feed_address(shared_data: Path) -> Iterator[str]:
    """Serve a hostile feed on loopback, and return its address."""
    worst = [text for text in WORST if len(text) < 5_000]
    strings = [*json.loads((shared_data / "hostile/blns/blns.json").read_text(encoding="utf-8"))[::4], *worst]
    content = feed(strings, "".join(worst)).encode()

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/atom+xml; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/feed"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_feed_with_hostile_titles_reaches_the_terminal_as_words(
    workplace: Callable[[str], Workplace], harmless: Capture, feed_address: str
) -> None:
    place = workplace("en")
    place.write_settings(f'[sources.blog]\ntype = "feed"\nurl = "{feed_address}"\nreach = 12000\n')
    with place.console() as console:
        # The engine beside the console has read the feed.
        console.wait_for("▌P", "blog")
        sent = walk(console, 60)

    assert set(sent.forms) - set(harmless.forms) == set()
    assert set(sent.controls) - set(harmless.controls) == set()
    assert place.queue()


def test_the_link_of_a_post_is_shown_and_copied_only_when_asked(
    workplace: Callable[[str], Workplace],
) -> None:
    place = workplace("en")
    place.ingest(
        [
            {"id": "1", "platform": "x", "author": {"handle": "a", "followers": 50_000}, "text": "arnaque",
             "created_at": NOON, "url": "https://example.org/a"},
        ]
    )  # fmt: skip
    with place.console() as console:
        console.wait_for("@a")
        console.settle()
        assert b"]52;" not in console.raw()
        console.send("o")
        console.wait_for("https://example.org/a")
        console.settle()
        assert console.raw().count(b"]52;c;") == 1


def test_the_instrument_sees_what_it_is_for() -> None:
    raw = "\x1b[1;31mred\x1b[3;4H\x1b]52;c;QQ==\x07\x1b[c\x9b2J\x1bP1q\x1b\\\u202e\x07".encode()
    seen = taken_apart(raw)

    assert set(seen.forms) == {"CSI m", "CSI H", "OSC 52", "CSI c", "ESC P"}
    assert set(seen.controls) == {"\x9b", "\u202e", "\x07"}
    assert "red" in seen.text
    assert list(itertools.chain(seen.text))[:3] == list("red")
