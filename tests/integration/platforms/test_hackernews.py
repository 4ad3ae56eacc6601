"""The Hacker News source and lookup against an Algolia of our own on loopback, and every recorded answer."""

import asyncio
import contextlib
import json
import logging
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from cmconsole.core.errors import SourceError, SourceRefusedError
from cmconsole.core.mention import Removed
from cmconsole.core.source import BATCH_LIMIT, Batch
from cmconsole.platforms.hackernews import client as clients
from cmconsole.platforms.hackernews.lookup import HackerNewsLookup
from cmconsole.platforms.hackernews.source import HackerNewsSource
from tests.integration.platforms.algolia import NOW, SECONDS, Algolia
from tests.integration.platforms.instance import as_json
from tests.integration.platforms.loopback import Answer, Loopback, Request, serving


class Desk:
    """Our side: a source whose sleeps move the clock."""

    def __init__(self, site: Loopback, algolia: Algolia) -> None:
        self.site = site
        self.algolia = algolia
        self.time = NOW

    async def sleep(self, seconds: float) -> None:
        self.time += round(seconds * 1000)
        await asyncio.sleep(0)

    def source(self, *queries: str, timeout: float = 10) -> HackerNewsSource:
        return HackerNewsSource(
            "hn",
            queries or ("acme",),
            now=lambda: self.time,
            server=self.site.url,
            timeout=timeout,
            sleep=self.sleep,
        )

    async def looked(self, cursor: str | None = None, *queries: str) -> list[Batch]:
        async with reading(self.source(*queries), cursor) as batches:
            found = [await anext(batches)]
            while found[-1].mentions or found[-1].set_aside or found[-1].removed:
                found.append(await anext(batches))
        return found


@contextlib.asynccontextmanager
async def reading(source: HackerNewsSource, cursor: str | None) -> AsyncIterator[AsyncGenerator[Batch]]:
    async with contextlib.aclosing(source.batches(cursor)) as batches, asyncio.timeout(30):
        yield batches


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    algolia = Algolia()
    async with serving(algolia.respond) as site:
        yield Desk(site, algolia)


def ids(batches: list[Batch]) -> list[str]:
    return [mention.native_id for batch in batches for mention in batch.mentions]


async def test_the_newest_at_first_then_all_that_follows_oldest_first(desk: Desk) -> None:
    old = [desk.algolia.add(number, SECONDS - 10_000 + number) for number in range(200)]
    first = await desk.looked()
    assert ids(first) == old[-50:]
    new = [desk.algolia.add(number, SECONDS + number) for number in range(200, 230)]

    assert ids(await desk.looked(first[-1].cursor)) == new
    assert desk.site.requests[0].query == {
        "query": "acme",
        "tags": "(story,comment,poll)",
        "hitsPerPage": "50",
        "typoTolerance": "false",
        "advancedSyntax": "true",
    }


async def test_six_hours_and_ten_thousand_hits_later_none_is_lost_or_doubled(desk: Desk) -> None:
    desk.algolia.add(1, SECONDS)
    cursor = (await desk.looked())[-1].cursor
    # Three thousand in one minute, the others spread over six hours.
    dates = sorted([SECONDS + 1 + number % 60 for number in range(3_000)]
                   + [SECONDS + 61 + number * 3 for number in range(7_000)])  # fmt: skip
    written = [desk.algolia.add(2 + number, at) for number, at in enumerate(dates)]
    taken: list[str] = []
    kills = 0
    while len(taken) < len(written) and kills < 100:
        kills += 1
        async with reading(desk.source(), cursor) as batches:
            for _ in range(3):
                batch = await anext(batches)
                assert len(batch.mentions) <= BATCH_LIMIT
                taken += ids([batch])
                cursor = batch.cursor
    print(f"\nhackernews outage: {len(written)} written, {len(taken)} taken, lost "
          f"{len(set(written) - set(taken))}, doubled {len(taken) - len(set(taken))}, kills {kills}, "
          f"requests {len(desk.site.requests)}")  # fmt: skip

    assert sorted(taken, key=int) == written


async def test_what_is_indexed_late_is_found_all_the_same(desk: Desk) -> None:
    desk.algolia.add(0, SECONDS - 1_000)
    desk.algolia.add(1, SECONDS)
    cursor = (await desk.looked())[-1].cursor
    late = desk.algolia.add(2, SECONDS - 600)
    batches = await desk.looked(cursor)

    assert ids(batches) == [late]
    assert ids(await desk.looked(batches[-1].cursor)) == []


async def test_words_nobody_had_used_lose_nothing_of_their_first_outage(desk: Desk) -> None:
    cursor = (await desk.looked())[-1].cursor
    written = [desk.algolia.add(number, SECONDS + number) for number in range(120)]

    assert ids(await desk.looked(cursor)) == written


async def test_several_searches_keep_a_place_each_and_the_interval_holds_over_restarts(desk: Desk) -> None:
    desk.algolia.add(1, SECONDS)
    batches = await desk.looked(None, "acme", '"acme corp"')
    assert ids(batches) == ["1", "1"]
    began, asked = desk.time, len(desk.site.requests)
    cursor = batches[-1].cursor
    for _ in range(10):
        cursor = (await desk.looked(cursor, "acme", '"acme corp"'))[-1].cursor

    assert len(desk.site.requests) - asked == 20
    assert desk.time - began == 10 * 120_000


async def test_deleted_items_go_and_poison_is_set_aside_once(desk: Desk) -> None:
    desk.algolia.add(1, SECONDS)
    desk.algolia.add(2, SECONDS, author=None)
    desk.algolia.add(3, SECONDS, dead=True)
    desk.algolia.add(4, SECONDS, comment_text=None)
    desk.algolia.hits.append({"created_at_i": SECONDS, "author": "x"})
    batches = await desk.looked()

    assert ids(batches) == ["1"]
    assert {removed.native_id for batch in batches for removed in batch.removed} == {"2", "3"}
    assert sorted(item.reason for batch in batches for item in batch.set_aside) == [
        "an item has no id",
        "item 4 has no words",
    ]
    assert len(await desk.looked(batches[-1].cursor)) == 1


@pytest.mark.parametrize(
    ("answer", "error", "words", "retry_after"),
    [
        (Answer(429, headers={"Retry-After": "77"}), SourceError, "slow down", 77),
        (Answer(400, b"{}"), SourceRefusedError, "does not understand", None),
        (Answer(503, b"<html>"), SourceError, "error (503)", None),
        (Answer(200, b"<html>"), SourceError, "not Hacker News' data", None),
        (Answer(200, b"[]"), SourceError, "not Hacker News' data", None),
        (Answer(404), SourceError, "not Hacker News' data", None),
        (Answer(200, b"{}", cut=True), SourceError, "connection", None),
        (Answer(hang=True), SourceError, "in time", None),
    ],
)
async def test_trouble_is_told_in_words(
    desk: Desk, answer: Answer, error: type[SourceError], words: str, retry_after: float | None
) -> None:
    desk.algolia.failing = [answer]
    with pytest.raises(SourceError) as raised:
        async with reading(desk.source(timeout=0.3), None) as batches:
            await anext(batches)

    assert type(raised.value) is error
    assert words in raised.value.message
    assert raised.value.retry_after == retry_after


async def test_no_more_is_asked_in_an_hour_than_is_granted(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clients, "MOST_AN_HOUR", 3)
    with pytest.raises(SourceError, match="3 times this hour") as raised:
        await desk.looked(None, "a", "b", "c", "d")

    assert raised.value.retry_after == 3_600
    assert len(desk.site.requests) == 3


# ---------------------------------------------------------------------------------------------------- lookup


@pytest.fixture
async def lookup(desk: Desk) -> AsyncIterator[HackerNewsLookup]:
    made = HackerNewsLookup(lambda: desk.time, server=desk.site.url)
    yield made
    await made.aclose()


def item(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "author": "pg", "text": "<p>Hi</p>", "created_at_i": SECONDS, **more}


async def test_items_are_there_or_gone(desk: Desk, lookup: HackerNewsLookup) -> None:
    desk.algolia.items = {"1": item(1), "2": item(2, author=None, text=None)}
    found = await lookup.posts(["1", "2", "3"])

    assert [mention.native_id for mention in found.mentions] == ["1"]
    assert found.removed == (Removed("hackernews", "2"), Removed("hackernews", "3"))
    assert (lookup.platform, lookup.most) == ("hackernews", 10)


async def test_what_fails_is_neither_there_nor_gone(desk: Desk, lookup: HackerNewsLookup) -> None:
    desk.algolia.items = {"1": item(1)}
    desk.algolia.failing = [Answer(500)]
    with pytest.raises(SourceError):
        await lookup.posts(["1"])


async def test_an_address_leads_to_its_item_or_the_comment_it_names(
    desk: Desk, lookup: HackerNewsLookup
) -> None:
    desk.algolia.items = {"1": item(1, title="Acme"), "2": item(2, parent_id=1, story_id=1)}
    story = await lookup.by_address("https://news.ycombinator.com/item?id=1")
    comment = await lookup.by_address("http://news.ycombinator.com/item?id=1&p=2#2")
    assert story is not None
    assert comment is not None
    assert (story.native_id, story.text, story.thread) == ("1", "Acme\nHi", "")
    assert (comment.native_id, comment.thread, comment.in_reply_to) == ("2", "1", "1")
    with pytest.raises(SourceRefusedError, match="gone"):
        await lookup.by_address("https://news.ycombinator.com/item?id=9")


@pytest.mark.parametrize(
    "url",
    [
        "https://news.ycombinator.com/user?id=pg",
        "https://news.ycombinator.com/item",
        "https://news.ycombinator.com/item?id=x",
        "https://example.org/item?id=1",
        "https://[::1/item?id=1",
        "ftp://news.ycombinator.com/item?id=1",
    ],
)
async def test_other_addresses_are_not_asked_for(desk: Desk, lookup: HackerNewsLookup, url: str) -> None:
    assert await lookup.by_address(url) is None
    assert desk.site.requests == []


# ------------------------------------------------------------------------------------------------ recordings


async def test_every_recorded_answer_goes_through(
    shared_data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    recorded = json.loads((shared_data / "recordings" / "hn-algolia" / "fixtures.json").read_text("utf-8"))
    counts: Counter[str] = Counter()
    answers: list[Any] = []

    def respond(_: Request) -> Answer:
        return as_json(answers[0])

    async with serving(respond) as site:
        for each in recorded:
            answers[:] = [each["reply"]]
            counts["responses"] += 1
            if "/items/" in each["url"]:
                asked = HackerNewsLookup(lambda: NOW, server=site.url)
                found = await asked.posts([each["url"].rpartition("/")[2]])
                await asked.aclose()
                counts["mentions"] += len(found.mentions)
                continue
            source = HackerNewsSource("hn", ["apple"], now=lambda: NOW, server=site.url)
            async with reading(source, None) as batches:
                try:
                    batch = await anext(batches)
                except SourceError:
                    counts["refused (an author, no search)"] += 1
                    continue
            counts["mentions"] += len(batch.mentions)
            counts["set aside"] += len(batch.set_aside)
            for mention in batch.mentions:
                assert mention.url == f"https://news.ycombinator.com/item?id={mention.native_id}"
                assert "<p>" not in mention.text
                assert mention.created_at < NOW
    print(f"\nhn-algolia: {dict(counts)}, crashed 0")
    assert counts["responses"] == len(recorded) == 26
    assert counts["mentions"] == 25
    assert counts["set aside"] == 0
    assert caplog.text == ""
