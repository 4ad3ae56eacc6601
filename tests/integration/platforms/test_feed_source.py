"""The feed source against servers on loopback: news, moves, refusals, bombs, and every recorded feed."""

import asyncio
import contextlib
import gzip
import logging
import tracemalloc
import zlib
from collections import Counter
from collections.abc import AsyncGenerator
from email.utils import formatdate
from pathlib import Path

import pytest

from cmconsole.core.errors import SourceError, SourceRefusedError
from cmconsole.core.source import BATCH_LIMIT, Batch
from cmconsole.platforms.feeds import place as places
from cmconsole.platforms.feeds.place import Place
from cmconsole.platforms.feeds.source import FeedSource
from tests.integration.platforms.loopback import Answer, Loopback, Request, serving

NOW = 1_795_280_000_000
SAMPLES = Path(__file__).resolve().parents[2] / "data" / "feeds"
BOMB = gzip.compress(b" " * 60_000_000)
XML = {"Content-Type": "application/rss+xml"}


def rss(*items: str) -> bytes:
    return f"<rss version='2.0'><channel><title>Le Rat</title>{''.join(items)}</channel></rss>".encode()


def item(number: int | str) -> str:
    return f"<item><guid>tag:{number}</guid><title>Titre {number}</title></item>"


async def no_sleep(_: float) -> None:
    await asyncio.sleep(0)


def source(
    site: Loopback, path: str = "/feed", *, timeout: float = 10, reach: int | None = None
) -> FeedSource:
    return FeedSource("blog", site.url + path, now=lambda: NOW, sleep=no_sleep, timeout=timeout, reach=reach)


async def look(stream: AsyncGenerator[Batch]) -> Batch:
    async with asyncio.timeout(30):
        return await anext(stream)


def is_empty(batch: Batch) -> bool:
    return not (batch.mentions or batch.set_aside) and batch.cursor is not None


def texts(batch: Batch) -> list[str]:
    return [mention.text for mention in batch.mentions]


async def once(answer: Answer, *, patience: float = 10) -> Batch:
    async with (
        serving(lambda _: answer) as site,
        contextlib.aclosing(source(site, timeout=patience).batches(None)) as stream,
    ):
        return await look(stream)


async def test_new_entries_only_oldest_first_even_without_an_etag() -> None:
    shown = [item(2), item(1)]
    async with serving(lambda _: Answer(body=rss(*shown), headers=XML)) as site:
        async with contextlib.aclosing(source(site).batches(None)) as stream:
            first = await look(stream)
            assert texts(first) == ["Titre 1", "Titre 2"]
            assert is_empty(await look(stream))
            shown.insert(0, item(3))
            second = await look(stream)
            assert texts(second) == ["Titre 3"]
        async with contextlib.aclosing(source(site).batches(first.cursor)) as stream:
            assert texts(await look(stream)) == ["Titre 3"]
        async with contextlib.aclosing(source(site).batches(second.cursor)) as stream:
            assert is_empty(await look(stream))


async def test_an_edited_entry_is_no_new_mention() -> None:
    bodies = [item(1), item(1).replace("Titre", "Titre corrigé")]
    async with (
        serving(lambda _: Answer(body=rss(bodies.pop(0)), headers=XML)) as site,
        contextlib.aclosing(source(site).batches(None)) as stream,
    ):
        assert texts(await look(stream)) == ["Titre 1"]
        assert (await look(stream)).mentions == ()


async def test_a_server_is_asked_only_for_what_changed() -> None:
    def respond(request: Request) -> Answer:
        if request.headers.get("if-none-match") == '"v1"':
            assert request.headers["if-modified-since"] == "Sat, 21 Nov 2026 12:00:00 GMT"
            return Answer(304)
        return Answer(
            body=rss(item(1)),
            headers={**XML, "ETag": '"v1"', "Last-Modified": "Sat, 21 Nov 2026 12:00:00 GMT"},
        )

    async with serving(respond) as site:
        async with contextlib.aclosing(source(site).batches(None)) as stream:
            first = await look(stream)
            assert is_empty(await look(stream))
        async with contextlib.aclosing(source(site).batches(first.cursor)) as stream:
            assert is_empty(await look(stream))
    assert [request.headers.get("if-none-match") for request in site.requests] == [None, '"v1"', '"v1"']


async def test_a_long_feed_comes_in_batches_and_a_crash_between_them_loses_none() -> None:
    body = rss(*(item(number) for number in reversed(range(1_200))))
    headers = {**XML, "ETag": '"v1"'}

    def respond(request: Request) -> Answer:
        return Answer(304) if "if-none-match" in request.headers else Answer(body=body, headers=headers)

    async with serving(respond) as site:
        async with contextlib.aclosing(source(site).batches(None)) as stream:
            batches = [await look(stream) for _ in range(3)]
        assert [len(batch.mentions) for batch in batches] == [BATCH_LIMIT, BATCH_LIMIT, 200]
        async with contextlib.aclosing(source(site).batches(batches[0].cursor)) as stream:
            rest = [await look(stream) for _ in range(2)]
        assert [texts(batch) for batch in rest] == [texts(batch) for batch in batches[1:]]
        async with contextlib.aclosing(source(site).batches(batches[2].cursor)) as stream:
            assert is_empty(await look(stream))


async def test_only_the_newest_of_an_endless_feed_are_taken_and_remembered() -> None:
    body = rss(*(item(number) for number in range(5_000)))
    async with (
        serving(lambda _: Answer(body=body, headers=XML)) as site,
        contextlib.aclosing(source(site).batches(None)) as stream,
    ):
        batches = [await look(stream) for _ in range(4)]
        assert sum(len(batch.mentions) for batch in batches) == 2_000
        assert batches[-1].mentions[-1].text == "Titre 0"
        assert len(batches[-1].cursor or "") < 25_000
        assert is_empty(await look(stream))


@pytest.mark.parametrize(
    ("status", "asked_next"), [(301, "/new"), (308, "/new"), (302, "/feed"), (307, "/feed")]
)
async def test_a_move_for_good_is_remembered_and_one_for_now_is_not(status: int, asked_next: str) -> None:
    def respond(request: Request) -> Answer:
        if request.path == "/new":
            return Answer(body=rss(item(1)), headers=XML)
        return Answer(status, headers={"Location": "/new"})

    async with serving(respond) as site:
        async with contextlib.aclosing(source(site).batches(None)) as stream:
            first = await look(stream)
            assert texts(first) == ["Titre 1"]
        async with contextlib.aclosing(source(site).batches(first.cursor)) as stream:
            await look(stream)
        assert [request.path for request in site.requests][2] == asked_next


@pytest.mark.parametrize("target", ["/feed", "file:///etc/passwd", "gopher://x/", "", "http://[bad"])
async def test_redirects_end_and_stay_on_the_web(target: str) -> None:
    with pytest.raises(SourceError):
        await once(Answer(302, headers={"Location": target}))


@pytest.mark.parametrize(
    ("status", "headers", "error", "words", "retry_after"),
    [
        (410, {}, SourceRefusedError, "gone for good", None),
        (401, {}, SourceRefusedError, "does not let us read", None),
        (403, {}, SourceRefusedError, "does not let us read", None),
        (404, {}, SourceError, "no feed at this address", None),
        (429, {"Retry-After": "120"}, SourceError, "less often", 120),
        (503, {"Retry-After": formatdate(NOW / 1000 + 60, usegmt=True)}, SourceError, "error (503)", 60),
        (503, {"Retry-After": "99999999"}, SourceError, "error (503)", 86_400),
        (503, {"Retry-After": "soon"}, SourceError, "error (503)", None),
        (500, {}, SourceError, "error (500)", None),
    ],
)
async def test_refusals_are_told_in_words(
    status: int, headers: dict[str, str], error: type[SourceError], words: str, retry_after: float | None
) -> None:
    with pytest.raises(SourceError) as raised:
        await once(Answer(status, headers=headers))
    assert type(raised.value) is error
    assert words in raised.value.message
    assert raised.value.retry_after == retry_after


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            Answer(body=b"<html><body>Bonjour</body></html>", headers={"Content-Type": "text/html"}),
            "is not a feed",
        ),
        (Answer(body=b""), "is not a feed"),
        (Answer(body=bytes(range(256)) * 50), "is not a feed"),
        (Answer(body=rss(item(1)), cut=True), "connection"),
        (Answer(hang=True), "in time"),
        (Answer(body=b" " * 6_000_000), "more than 5 MB"),
        (
            Answer(body=gzip.compress(b" " * 60_000_000), headers={"Content-Encoding": "gzip"}),
            "more than 5 MB",
        ),
        (Answer(body=gzip.compress(rss())[:-9], headers={"Content-Encoding": "gzip"}), "broke off"),
        (Answer(body=b"no gzip", headers={"Content-Encoding": "gzip"}), "damaged"),
        (Answer(body=b"x", headers={"Content-Encoding": "br"}), "packs its answer"),
        (Answer(body=b"<rss><channel>" + b"<a>" * 200_000), "more tags than any real one"),
    ],
)
async def test_what_cannot_be_read_is_told_in_words(answer: Answer, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        await once(answer, patience=0.5 if answer.hang else 10)


async def test_a_bomb_of_gzip_never_fills_the_memory() -> None:
    bomb = Answer(body=BOMB, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        with pytest.raises(SourceError, match="more than 5 MB"):
            await once(bomb)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


async def test_packed_feeds_are_unpacked() -> None:
    for encoding, body in [("gzip", gzip.compress(rss(item(1)))), ("deflate", zlib.compress(rss(item(1))))]:
        assert texts(await once(Answer(body=body, headers={**XML, "Content-Encoding": encoding}))) == [
            "Titre 1"
        ]


@pytest.mark.parametrize("address", ["", "not an address", "ftp://example.org/feed", "http://"])
async def test_what_is_no_address_is_refused(address: str) -> None:
    stream = FeedSource("blog", address, now=lambda: NOW).batches(None)
    with pytest.raises(SourceRefusedError, match="address"):
        await look(stream)


async def test_secrets_in_the_address_are_neither_told_nor_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with serving(lambda _: Answer(403)) as site:
        with pytest.raises(SourceRefusedError) as raised:
            await look(source(site, "/feed?token=s3cret").batches(None))
    assert site.requests[0].query == {"token": "s3cret"}
    assert "s3cret" not in str(raised.value) + caplog.text


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        (
            "rss2.xml",
            ["Un billet sans titre, sans lien et sans date.", "Trois semaines sans colis\nToujours rien."],
        ),
        ("atom.xml", ["Charger recall?\nIt gets hot."]),
        ("bozo.xml", ["The end is missing", "Undefined entities é unclosed tags"]),
    ],
)
@pytest.mark.parametrize("encoding", ["", "utf-16", "utf-32"])
async def test_feeds_are_read_as_they_come(sample: str, expected: list[str], encoding: str) -> None:
    body = (SAMPLES / sample).read_bytes()
    if encoding:
        body = body.decode("utf-8").encode(encoding)
    batch = await once(Answer(body=body, headers={"Content-Type": "text/html"}))

    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in texts(batch)] == expected
    assert {mention.author.handle for mention in batch.mentions} == {"127.0.0.1"}


async def test_the_interval_is_kept_between_looks() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with serving(lambda _: Answer(body=rss(item(1)), headers=XML)) as site:
        feed = FeedSource("blog", site.url, now=lambda: NOW, interval=120, sleep=sleep)
        async with contextlib.aclosing(feed.batches(None)) as stream:
            for _ in range(3):
                await look(stream)
    assert slept == [0, 120, 120]


@pytest.mark.parametrize("cursor", ["", "nonsense", "{}", '{"configured":"x","address":"y","seen":"%%%"}'])
async def test_a_cursor_that_cannot_be_read_means_from_the_beginning(cursor: str) -> None:
    async with (
        serving(lambda _: Answer(body=rss(item(1)), headers=XML)) as site,
        contextlib.aclosing(source(site).batches(cursor)) as stream,
    ):
        assert texts(await look(stream)) == ["Titre 1"]


# ------------------------------------------------------------------------------------------------- recordings


async def test_no_xml_bomb_goes_off(shared_data: Path) -> None:
    bombs = sorted((shared_data / "hostile" / "xml-bombs").glob("*.xml"))
    for bomb in bombs:
        for body in (bomb.read_bytes(), bomb.read_text(encoding="utf-8").encode("utf-16")):
            with contextlib.suppress(SourceError):
                batch = await once(Answer(body=body, headers=XML))
                assert sum(len(text) for text in texts(batch)) < 10_000
    assert len(bombs) >= 8


async def test_every_recorded_feed_is_read_over_http(shared_data: Path) -> None:
    root = shared_data / "recordings" / "feeds-feedparser"
    files = sorted(path.relative_to(root).as_posix() for path in root.rglob("*.xml"))
    counts: Counter[str] = Counter()

    def respond(request: Request) -> Answer:
        return Answer(
            body=(root / request.path[1:]).read_bytes(), headers={"Content-Type": "application/xml"}
        )

    async with serving(respond) as site:
        for path in files:
            # As if looked at before: the recordings are years old, and the first look takes a week's.
            cursor = places.written(Place(f"{site.url}/{path}", f"{site.url}/{path}"))
            async with contextlib.aclosing(source(site, f"/{path}").batches(cursor)) as stream:
                try:
                    batch = await look(stream)
                except SourceError:
                    counts["documents refused"] += 1
                    continue
            counts["feeds read"] += 1
            counts["feeds without entries"] += not batch.mentions and not batch.set_aside
            counts["entries taken"] += len(batch.mentions)
            counts["entries set aside"] += len(batch.set_aside)
    print(f"\nfeeds-feedparser over HTTP: {len(files)} files, {dict(counts)}, crashed 0")
    assert counts["feeds read"] + counts["documents refused"] == len(files) > 1_600
    assert counts["documents refused"] <= 12
    assert counts["entries taken"] >= 400
