"""What every source promises, asked of each adapter in the same words: on real files, over real HTTP."""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Protocol

import pytest

from cmconsole.config.tasks import spawn
from cmconsole.core.cleaning import cleaned
from cmconsole.core.errors import SourceError
from cmconsole.core.source import BATCH_LIMIT, Batch, Source
from cmconsole.platforms.feeds.source import FeedSource
from cmconsole.platforms.hackernews.source import HackerNewsSource
from cmconsole.platforms.mastodon.source import MastodonSource
from cmconsole.platforms.ndjson.source import NdjsonSource
from tests.contract.adapters import ADAPTERS, Adapter
from tests.integration.platforms.algolia import Algolia
from tests.integration.platforms.instance import TOKEN, InstanceServer
from tests.integration.platforms.loopback import Answer, serving

NOW = 1_795_280_000_000
HOSTILE = [
    "\x1b]52;c;aGk=\x07",
    "[/] [@click=app.quit] [link='javascript:x']",
    "'; DROP TABLE mentions; --",
    "\u202egnp.exe ﷽ Z\u0334\u0354\u0305a\u0337",
    "{{7*7}} ${jndi:ldap://x} %s %n",
    "\u202e\u200b\ufeff｡･:*:･ﾟ",
    "😀👩‍👩‍👧‍👦🏳️‍🌈",
]


class Place(Protocol):
    """Where mentions come from in one case, and the source that reads it.

    most: how many mentions the platform itself keeps for somebody who was away; beyond that none can be had.
    """

    @property
    def kind(self) -> str: ...

    @property
    def most(self) -> int: ...

    def now(self) -> int: ...

    def source(self) -> Source:
        """Return a new source that does not wait between two looks."""
        ...

    def publish(self, texts: Sequence[str]) -> None:
        """Add mentions, oldest first."""
        ...

    def take_away(self) -> None:
        """Make the place fail."""
        ...


async def at_once(_: float) -> None:
    await asyncio.sleep(0)


class NdjsonPlace:
    kind = "ndjson"

    most = 1_300

    def __init__(self, path: Path, *, follow: bool) -> None:
        self.path = path
        self.follow = follow
        self.path.touch()

    def now(self) -> int:
        return NOW

    def source(self) -> Source:
        return NdjsonSource("place", self.path, now=lambda: NOW, follow=self.follow, sleep=at_once)

    def publish(self, texts: Sequence[str]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            for text in texts:
                file.write(json.dumps({"text": text, "author": "ada", "created_at": NOW}) + "\n")

    def take_away(self) -> None:
        self.path.unlink()


class FeedPlace:
    kind = "feeds"
    most = 1_300

    def now(self) -> int:
        return NOW

    def __init__(self) -> None:
        self.url = ""
        self.items: list[str] = []
        self.status = 200

    def source(self) -> Source:
        return FeedSource("place", self.url, now=lambda: NOW, sleep=at_once)

    def publish(self, texts: Sequence[str]) -> None:
        for text in texts:
            number = len(self.items)
            # XML has no control characters, escaped or not.
            visible = "".join(sign for sign in text if sign.isprintable() or ord(sign) > 0x9F)
            self.items.append(
                f"<item><guid>urn:{number}</guid><title>{escape(escape(visible))}</title></item>"
            )

    def take_away(self) -> None:
        self.status = 500

    def respond(self, _: object) -> Answer:
        items = "".join(reversed(self.items))
        body = f"<rss version='2.0'><channel><title>Le Rat</title>{items}</channel></rss>"
        return Answer(self.status, body.encode(), {"Content-Type": "application/rss+xml"})


class MastodonPlace:
    kind = "mastodon"
    most = 1_300

    def now(self) -> int:
        return NOW

    def __init__(self, server: InstanceServer) -> None:
        self.server = server

    def source(self) -> Source:
        return MastodonSource(
            "place", self.server.url, TOKEN, now=lambda: NOW, sleep=at_once, streaming=False
        )

    def publish(self, texts: Sequence[str]) -> None:
        for text in texts:
            self.server.add(f"n{len(self.server.notifications)}", escape(text))

    def take_away(self) -> None:
        self.server.failing = [Answer(500)]


class HackerNewsPlace:
    kind = "hackernews"
    most = 1_300

    def __init__(self, algolia: Algolia, url: str) -> None:
        self.algolia = algolia
        self.url = url
        self.time = NOW

    def now(self) -> int:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += round(seconds * 1000)
        await asyncio.sleep(0)

    def source(self) -> Source:
        return HackerNewsSource("place", ("acme",), now=self.now, server=self.url, sleep=self.sleep)

    def publish(self, texts: Sequence[str]) -> None:
        for text in texts:
            number = len(self.algolia.hits)
            self.algolia.add(number, NOW // 1000 - 20_000 + number, comment_text=escape(text))

    def take_away(self) -> None:
        self.algolia.failing = [Answer(500)] * 9


@dataclass
class TwinPlace:
    """A platform of the twin. X hands out the last 800 mentions, Reddit the last 1,000."""

    adapter: Adapter

    @property
    def kind(self) -> str:
        return self.adapter.kind

    @property
    def most(self) -> int:
        return {"x": 780, "reddit": 950}.get(self.kind, 1_300)

    def now(self) -> int:
        return self.adapter.running.world.now()

    def source(self) -> Source:
        return self.adapter.make_source(sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        """Let time pass on both sides, for what is due by the clock."""
        self.adapter.running.world.shift += round(seconds * 1000)
        await asyncio.sleep(0)

    def publish(self, texts: Sequence[str]) -> None:
        for text in texts:
            self.adapter.platform.mention(text)

    def take_away(self) -> None:
        self.adapter.running.world.faults.plant(self.kind, "html", times=0)


@contextlib.asynccontextmanager
async def ndjson(tmp_path: Path) -> AsyncIterator[Place]:
    yield NdjsonPlace(tmp_path / "mentions.ndjson", follow=False)


@contextlib.asynccontextmanager
async def ndjson_followed(tmp_path: Path) -> AsyncIterator[Place]:
    yield NdjsonPlace(tmp_path / "mentions.ndjson", follow=True)


@contextlib.asynccontextmanager
async def feed(tmp_path: Path) -> AsyncIterator[Place]:
    place = FeedPlace()
    async with serving(place.respond) as site:
        place.url = f"{site.url}/feed"
        yield place


@contextlib.asynccontextmanager
async def mastodon(tmp_path: Path) -> AsyncIterator[Place]:
    server = InstanceServer()
    async with serving(server.respond) as site:
        server.url = site.url
        yield MastodonPlace(server)


Opening = Callable[[Path], AbstractAsyncContextManager[Place]]


@contextlib.asynccontextmanager
async def hackernews(tmp_path: Path) -> AsyncIterator[Place]:
    algolia = Algolia()
    async with serving(algolia.respond) as site:
        yield HackerNewsPlace(algolia, site.url)


def on_twin(kind: str) -> Opening:
    @contextlib.asynccontextmanager
    async def opening(tmp_path: Path) -> AsyncIterator[Place]:
        async with ADAPTERS[kind]() as adapter:
            yield TwinPlace(adapter)

    return opening


OPENINGS: dict[str, Opening] = {
    "ndjson": ndjson,
    "ndjson_followed": ndjson_followed,
    "feed": feed,
    "mastodon": mastodon,
    "hackernews": hackernews,
    **{f"{kind}_twin": on_twin(kind) for kind in ADAPTERS},
}


@pytest.fixture(params=sorted(OPENINGS))
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    async with OPENINGS[request.param](tmp_path) as opened:
        yield opened


@contextlib.asynccontextmanager
async def reading(place: Place, cursor: str | None = None) -> AsyncIterator[AsyncIterator[Batch]]:
    batches = place.source().batches(cursor)
    assert isinstance(batches, AsyncGenerator)
    async with contextlib.aclosing(batches):
        yield batches


async def new(place: Place, cursor: str | None = None) -> list[Batch]:
    """Return what is new after a cursor: the batches before the first that holds nothing, or the end."""
    found = []
    async with reading(place, cursor) as batches, asyncio.timeout(30):
        async for batch in batches:
            if not batch.mentions and not batch.set_aside:
                break
            found.append(batch)
    return found


def texts(batches: Sequence[Batch]) -> list[str]:
    """Return what was said, without our handle before it, which the twin of Mastodon writes as people do."""
    return [
        mention.text.removeprefix("@acme ").removeprefix("@acme@127.0.0.1 ")
        for batch in batches
        for mention in batch.mentions
    ]


def ids(batches: Sequence[Batch]) -> list[str]:
    return [mention.native_id for batch in batches for mention in batch.mentions]


def numbered(start: int, stop: int) -> list[str]:
    return [f"Message {number}" for number in range(start, stop)]


async def test_a_source_has_the_settings_name_and_a_lower_case_platform(place: Place) -> None:
    source = place.source()

    assert source.name == "place"
    assert source.platform == source.platform.lower() != ""


async def test_mentions_come_once_in_order_and_say_where_from(place: Place) -> None:
    place.publish(numbered(0, 30))
    batches = await new(place)
    mentions = [mention for batch in batches for mention in batch.mentions]

    assert texts(batches) == numbered(0, 30)
    assert len(set(ids(batches))) == 30
    platform = place.source().platform
    assert {(mention.source, mention.platform, mention.author.platform) for mention in mentions} == {
        ("place", platform, platform)
    }
    assert all(mention.author.handle and 0 < mention.created_at <= place.now() for mention in mentions)


async def test_every_cursor_resumes_after_its_batch(place: Place) -> None:
    place.publish(numbered(0, 20))
    first = await new(place)
    end = 20 + place.most
    place.publish(numbered(20, end))
    cursor = first[-1].cursor
    assert cursor is not None
    batches = await new(place, cursor)

    assert [len(batch.mentions) <= BATCH_LIMIT for batch in batches] == [True] * len(batches)
    assert texts(batches) == numbered(20, end)
    for position, batch in enumerate(batches, start=1):
        if batch.cursor is not None and position in {1, len(batches) // 2, len(batches)}:
            assert ids(await new(place, batch.cursor)) == ids(batches[position:])


async def test_nothing_new_is_said_with_an_empty_batch(place: Place) -> None:
    place.publish(numbered(0, 3))
    (batch,) = await new(place)
    async with reading(place, batch.cursor) as batches, asyncio.timeout(30):
        first = await anext(batches)

    assert (first.mentions, first.set_aside) == ((), ())


@pytest.mark.parametrize("cursor", ["", "nonsense", "{}", "[]", "\ud800", "9" * 5_000])
async def test_a_cursor_that_cannot_be_read_means_from_the_beginning(place: Place, cursor: str) -> None:
    place.publish(numbered(0, 3))

    assert ids(await new(place, cursor)) == ids(await new(place))


async def test_hostile_text_comes_through_and_is_cleaned_like_any_other(place: Place) -> None:
    place.publish(HOSTILE)
    batches = await new(place)
    mentions = [mention for batch in batches for mention in batch.mentions]

    assert len(mentions) == len(HOSTILE)
    for mention in map(cleaned, mentions):
        assert not any(ord(sign) < 0x20 and sign != "\n" for sign in mention.text)


async def test_trouble_is_a_source_error_in_words_and_over_when_it_is_over(place: Place) -> None:
    place.publish(numbered(0, 3))
    place.take_away()
    with pytest.raises(SourceError) as raised:
        await new(place)

    assert raised.value.message.endswith(".")
    assert "Traceback" not in str(raised.value)
    assert raised.value.__cause__ is not None or place.kind != "ndjson"


async def test_reading_can_be_stopped_at_any_moment(place: Place) -> None:
    place.publish(numbered(0, 1_200))

    async def read() -> None:
        async with reading(place) as batches:
            async for _ in batches:
                await asyncio.sleep(0)

    for steps in range(0, 40, 5):
        task = spawn(read(), name="reading")
        for _ in range(steps):
            await asyncio.sleep(0.001)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        assert task.done()
