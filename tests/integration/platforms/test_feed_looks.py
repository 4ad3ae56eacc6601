"""The feed source's first look, its pace over restarts, and Google's alerts."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from email.utils import formatdate

from cmconsole.core.source import BATCH_LIMIT, Batch
from cmconsole.platforms.feeds.source import FIRST_AGE, FeedSource
from tests.integration.platforms.loopback import Answer, Loopback, serving

NOW = 1_795_280_000_000
XML = {"Content-Type": "application/rss+xml"}


def rss(*items: str) -> bytes:
    return f"<rss version='2.0'><channel><title>Le Rat</title>{''.join(items)}</channel></rss>".encode()


def item(number: int) -> str:
    return f"<item><guid>tag:{number}</guid><title>Titre {number}</title></item>"


async def no_sleep(_: float) -> None:
    await asyncio.sleep(0)


def source(site: Loopback) -> FeedSource:
    return FeedSource("blog", f"{site.url}/feed", now=lambda: NOW, sleep=no_sleep)


async def look(stream: AsyncGenerator[Batch]) -> Batch:
    async with asyncio.timeout(30):
        return await anext(stream)


def texts(batch: Batch) -> list[str]:
    return [mention.text for mention in batch.mentions]


def dated(number: int, age: int) -> str:
    date = formatdate((NOW - age) / 1000, usegmt=True)
    return item(number).replace("</item>", f"<pubDate>{date}</pubDate></item>")


async def test_the_first_look_takes_a_week_and_remembers_the_rest() -> None:
    shown = [item(4), dated(3, 0), dated(2, FIRST_AGE - 60_000), dated(1, FIRST_AGE + 60_000)]
    async with serving(lambda _: Answer(body=rss(*shown), headers=XML)) as site:
        async with contextlib.aclosing(source(site).batches(None)) as stream:
            first = await look(stream)
            assert texts(first) == ["Titre 2", "Titre 3", "Titre 4"]
            assert first.set_aside == ()
            shown.insert(0, dated(5, 2 * FIRST_AGE))
            later = await look(stream)
            assert texts(later) == ["Titre 5"]
        async with contextlib.aclosing(source(site).batches(later.cursor)) as stream:
            assert (await look(stream)).mentions == ()


async def test_a_crash_in_a_long_first_look_brings_no_old_entries_back() -> None:
    shown = [dated(number, number * 60_000) for number in range(800)]
    shown += [dated(number, FIRST_AGE + number) for number in range(800, 900)]
    async with serving(lambda _: Answer(body=rss(*shown), headers=XML)) as site:
        async with contextlib.aclosing(source(site).batches(None)) as stream:
            first = await look(stream)
        async with contextlib.aclosing(source(site).batches(first.cursor)) as stream:
            second = await look(stream)
    assert len(first.mentions) == BATCH_LIMIT
    assert sorted(texts(first) + texts(second)) == sorted(f"Titre {number}" for number in range(800))


async def test_an_engine_started_every_second_looks_no_more_often_than_one_that_runs() -> None:
    time = NOW
    cursor: str | None = None

    class KilledError(Exception):
        pass

    async def killed(seconds: float) -> None:
        nonlocal time
        time += 1_000
        if seconds > 1:
            raise KilledError

    async with serving(lambda _: Answer(body=rss(item(1)), headers=XML)) as site:
        while time - NOW < 600_000:
            feed = FeedSource("blog", site.url, now=lambda: time, interval=120, sleep=killed)
            with contextlib.suppress(KilledError):
                async with contextlib.aclosing(feed.batches(cursor)) as stream:
                    async for batch in stream:
                        cursor = batch.cursor
    assert len(site.requests) == 5


async def test_a_google_alert_s_entries_are_the_pages_they_lead_to() -> None:
    wrapped = "https://www.google.com/url?rct=j&amp;sa=t&amp;url=https://www.lerat.fr/colis%3Fid%3D1%26x&amp;ct=ga&amp;usg=A"
    alert = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><title>Google Alert - acme</title><entry>"
        f"<id>tag:google.com,2013:googlealerts/feed:12</id><link href='{wrapped}'/>"
        "<title type='html'>&lt;b&gt;Acme&lt;/b&gt; perd un colis</title>"
        "<content type='html'>Le &lt;b&gt;colis&lt;/b&gt;&amp;nbsp;...</content>"
        "<author><name></name></author></entry></feed>"
    )
    async with (
        serving(lambda _: Answer(body=alert.encode(), headers=XML)) as site,
        contextlib.aclosing(source(site).batches(None)) as stream,
    ):
        (mention,) = (await look(stream)).mentions

    assert mention.url == "https://www.lerat.fr/colis?id=1&x"
    assert mention.native_id == "tag:google.com,2013:googlealerts/feed:12"
    assert mention.text.replace("\N{NO-BREAK SPACE}", " ") == "Acme perd un colis\nLe colis ..."
    assert (mention.author.handle, mention.author.name) == ("lerat.fr", "lerat.fr")
