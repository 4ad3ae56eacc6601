"""The Mastodon source against a server on loopback: pages, streams, gaps, limits, refusals."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator

import pytest

from cmconsole.config.tasks import spawn
from cmconsole.core.errors import SourceError, SourceRefusedError
from cmconsole.core.source import Batch
from cmconsole.platforms.mastodon.source import MastodonSource
from tests.integration.platforms.instance import TOKEN, InstanceServer, as_json, notification, status
from tests.integration.platforms.loopback import Answer, Loopback, serving

NOW = 1_795_280_000_000


@contextlib.asynccontextmanager
async def instance(server: InstanceServer) -> AsyncIterator[Loopback]:
    async with serving(server.respond) as site:
        server.url = site.url
        yield site


class Patience:
    """A clock and a sleep that moves it: nobody waits."""

    def __init__(self) -> None:
        self.time = NOW
        self.slept: list[float] = []

    def now(self) -> int:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += round(seconds * 1000)
        await asyncio.sleep(0)


def source(
    site: Loopback,
    patience: Patience | None = None,
    *,
    token: str = TOKEN,
    hashtags: tuple[str, ...] = (),
    streaming: bool = False,
    silence: float = 30,
) -> MastodonSource:
    patience = patience or Patience()
    return MastodonSource(
        "masto",
        site.url,
        token,
        now=patience.now,
        sleep=patience.sleep,
        hashtags=hashtags,
        streaming=streaming,
        silence=silence,
    )


async def take(stream: AsyncGenerator[Batch], count: int) -> tuple[list[str], str | None]:
    """Return the texts of the next mentions, at least `count`, and the cursor after them."""
    texts: list[str] = []
    cursor = None
    async with asyncio.timeout(20):
        while len(texts) < count:
            batch = await anext(stream)
            texts += [mention.text for mention in batch.mentions]
            cursor = batch.cursor or cursor
    return texts, cursor


@contextlib.asynccontextmanager
async def waiting(stream: AsyncGenerator[Batch], site: Loopback) -> AsyncIterator[asyncio.Task[Batch]]:
    """Wait for the next batch in a task, and begin the block once the list has been asked in vain."""
    before = len(site.asked("/api/v1/notifications"))
    task = spawn(coming(stream), name="waiting")
    async with asyncio.timeout(20):
        while len(site.asked("/api/v1/notifications")) == before:  # noqa: ASYNC110 - watched from outside
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
    yield task


async def coming(stream: AsyncGenerator[Batch]) -> Batch:
    async with asyncio.timeout(20):
        return await anext(stream)


def is_empty(batch: Batch) -> bool:
    return not (batch.mentions or batch.set_aside or batch.removed) and batch.cursor is not None


async def until_idle(stream: AsyncGenerator[Batch]) -> tuple[list[str], str | None]:
    """Return the texts up to the first batch that says there is nothing new, and the cursor."""
    texts: list[str] = []
    cursor = None
    async with asyncio.timeout(20):
        while True:
            batch = await anext(stream)
            if not batch.mentions and not batch.set_aside:
                return texts, batch.cursor or cursor
            texts += [mention.text for mention in batch.mentions]
            cursor = batch.cursor


async def test_the_newest_page_first_then_all_that_follows_in_order() -> None:
    server = InstanceServer()
    for number in range(100):
        server.add(f"n{number}")
    async with instance(server) as site, contextlib.aclosing(source(site).batches(None)) as stream:
        first, cursor = await take(stream, 40)
        assert first == [f"n{number}" for number in range(60, 100)]
        for number in range(100, 230):
            server.add(f"n{number}")
        more, _ = await take(stream, 130)
        assert more == [f"n{number}" for number in range(100, 230)]

        async with contextlib.aclosing(source(site).batches(cursor)) as again:
            assert (await until_idle(again))[0] == more


async def test_ids_that_are_no_numbers_are_never_compared() -> None:
    server = InstanceServer()
    ids = ["01J9ZZ", "9", "10", "01KA00", "0"]
    for native_id in ids:
        server.add(native_id)
    async with instance(server) as site, contextlib.aclosing(source(site).batches(None)) as stream:
        texts, cursor = await until_idle(stream)
        assert texts == ids
        server.add("8")
        async with contextlib.aclosing(source(site).batches(cursor)) as again:
            assert (await until_idle(again))[0] == ["8"]


async def test_a_server_that_ignores_min_id_repeats_nothing() -> None:
    server = InstanceServer(knows_min_id=False)
    server.add("a")
    server.add("b")
    async with instance(server) as site, contextlib.aclosing(source(site).batches(None)) as stream:
        assert (await take(stream, 2))[0] == ["a", "b"]
        server.add("c")
        assert (await take(stream, 1))[0] == ["c"]


async def test_another_instance_in_the_settings_starts_afresh() -> None:
    server = InstanceServer()
    server.add("a")
    async with (
        instance(server) as site,
        contextlib.aclosing(source(site).batches('{"instance":"x"}')) as stream,
    ):
        assert (await take(stream, 1))[0] == ["a"]


async def test_what_came_live_is_taken_at_once_and_not_again_from_the_list() -> None:
    server = InstanceServer()
    server.add("old")
    async with instance(server) as site:
        patience = Patience()
        async with contextlib.aclosing(source(site, patience, streaming=True).batches(None)) as stream:
            assert (await take(stream, 1))[0] == ["old"]
            async with waiting(stream, site) as next_batch:
                server.add("live")
                server.stream(server.notifications[0])
                server.stream(server.notifications[-1])
            assert is_empty(await next_batch)
            batch = await anext(stream)
            assert [mention.text for mention in batch.mentions] == ["live"]
            assert site.asked("/api/v1/notifications")[-1].query["min_id"] == "old"

        server.add("missed")
        patience.time += 30_000
        async with contextlib.aclosing(
            source(site, patience, streaming=True).batches(batch.cursor)
        ) as stream:
            assert (await until_idle(stream))[0] == ["missed"]


async def test_a_broken_stream_is_opened_again_and_the_gap_filled() -> None:
    server = InstanceServer()
    server.add("one")
    async with instance(server) as site:
        patience = Patience()
        async with contextlib.aclosing(source(site, patience, streaming=True).batches(None)) as stream:
            assert (await take(stream, 1))[0] == ["one"]
            assert is_empty(await anext(stream))
            server.add("in the gap")
            server.end_stream()
            patience.time += 30_000
            assert (await take(stream, 1))[0] == ["in the gap"]
            assert is_empty(await anext(stream))
            waited = spawn(take(stream, 1), name="waiting")
            while server.opened < 2:  # noqa: ASYNC110 - watched from outside
                await asyncio.sleep(0.01)
            server.add("two")
            server.stream(server.notifications[-1])
            assert (await waited)[0] == ["two"]
        assert server.opened == 2


async def test_a_stream_that_leaves_something_out_is_found_out_at_a_heartbeat() -> None:
    server = InstanceServer()
    async with instance(server) as site:
        patience = Patience()
        async with contextlib.aclosing(source(site, patience, streaming=True).batches(None)) as stream:
            assert is_empty(await anext(stream))
            server.add("left out")
            patience.time += 301_000
            server.live.put_nowait(b":thump\n\n")
            assert (await take(stream, 1))[0] == ["left out"]


async def test_a_silent_stream_is_dead() -> None:
    server = InstanceServer(silent_stream=True)
    async with instance(server) as site:
        stream = source(site, streaming=True, silence=0.05).batches(None)
        async with contextlib.aclosing(stream):
            assert is_empty(await anext(stream))
            server.add("meanwhile")
            assert (await take(stream, 1))[0] == ["meanwhile"]


async def test_without_a_stream_the_list_is_asked_at_intervals() -> None:
    server = InstanceServer(streams=False, version=1)
    async with instance(server) as site:
        patience = Patience()
        async with contextlib.aclosing(source(site, patience, streaming=True).batches(None)) as stream:
            for _ in range(12):
                assert is_empty(await anext(stream))
    asked = len(site.asked("/api/v1/notifications"))
    assert asked == 1 + (patience.time - NOW) // 30_000


async def test_other_events_and_damaged_ones_harm_nobody() -> None:
    server = InstanceServer()
    async with (
        instance(server) as site,
        contextlib.aclosing(source(site, streaming=True).batches(None)) as stream,
    ):
        assert is_empty(await anext(stream))
        server.stream(notification("f", status("x"), kind="favourite"))
        server.stream(status("u"), name="update")
        server.live.put_nowait(b"event: notification\ndata: {broken\n\n")
        batch = await anext(stream)
        assert [item.reason for item in batch.set_aside] == ["a notification holds no post"]
        server.stream(notification("gone", None))
        batch = await anext(stream)
        assert [item.reason for item in batch.set_aside] == ["a notification holds no post"]
        server.stream(notification("ok", status("ok")))
        assert (await take(stream, 1))[0] == ["ok"]


async def test_our_answer_and_their_next_question_stay_one_thread() -> None:
    server = InstanceServer()
    server.statuses = {
        "ours": status("ours", in_reply_to_id="sfirst"),
        "sfirst": status("sfirst"),
        "far": status("far", in_reply_to_id="gone"),
    }
    server.add("first", "Ma commande ?")
    server.add("second", "Et maintenant ?", in_reply_to_id="ours")
    server.add("third", "Toujours rien", in_reply_to_id="ssecond")
    server.add("stray", "Réponse à un message supprimé", in_reply_to_id="far")
    async with instance(server) as site, contextlib.aclosing(source(site).batches(None)) as stream:
        batch = await anext(stream)
    assert [(mention.thread, mention.in_reply_to) for mention in batch.mentions] == [
        ("", ""),
        ("sfirst", "ours"),
        ("sfirst", "ssecond"),
        ("gone", "far"),
    ]
    assert len(site.asked("/api/v1/statuses/ours")) == 1
    assert site.asked("/api/v1/statuses/sfirst") == []


async def test_hashtags_are_watched_and_our_own_posts_left_out() -> None:
    server = InstanceServer()
    ours = status("ours")
    ours["account"] = {**ours["account"], "id": "99"}
    server.tagged = [status("t1"), ours, status("t2", second=1)]
    async with instance(server) as site:
        async with contextlib.aclosing(source(site, hashtags=("#Été",)).batches(None)) as stream:
            texts, cursor = await until_idle(stream)
            assert texts == ["t1", "t2"]
        assert site.asked("/api/v1/timelines/tag/%C3%89t%C3%A9")
        server.tagged.append(status("t3", second=2))
        async with contextlib.aclosing(source(site, hashtags=("Été",)).batches(cursor)) as stream:
            assert (await until_idle(stream))[0] == ["t3"]


@pytest.mark.parametrize(
    ("answer", "error", "words", "retry_after"),
    [
        (as_json({"error": "x"}, 403), SourceRefusedError, "does not let this access token read", None),
        (as_json({"error": "x"}, 410), SourceRefusedError, "gone", None),
        (
            as_json({}, 429, **{"X-RateLimit-Reset": "2026-11-21T16:55:20.000000Z"}),
            SourceError,
            "slow down",
            120,
        ),
        (as_json({}, 429, **{"Retry-After": "7"}), SourceError, "slow down", 7),
        (Answer(503, b"<html>down</html>"), SourceError, "error (503)", None),
        (Answer(200, b"<html>captcha</html>"), SourceError, "not Mastodon's data", None),
        (Answer(200, b'[{"id": "1"'), SourceError, "not Mastodon's data", None),
        (Answer(200, b'{"error": "x"}'), SourceError, "not Mastodon's data", None),
        (Answer(200, b"[" * 100_000), SourceError, "not Mastodon's data", None),
        (Answer(200, b"[]", cut=True), SourceError, "connection", None),
        (Answer(200, b" " * 6_000_000), SourceError, "more than 5 MB", None),
        (Answer(302, headers={"Location": "https://elsewhere.example/"}), SourceError, "no Mastodon", None),
    ],
)
async def test_trouble_is_told_in_words(
    answer: Answer, error: type[SourceError], words: str, retry_after: float | None
) -> None:
    server = InstanceServer(failing=[answer])
    async with instance(server) as site, contextlib.aclosing(source(site).batches(None)) as stream:
        with pytest.raises(SourceError) as raised:
            await anext(stream)
    assert type(raised.value) is error
    assert words in str(raised.value)
    assert raised.value.retry_after == retry_after
    assert raised.value.advice or error is SourceError


async def test_a_wrong_token_is_refused_with_advice_and_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with instance(InstanceServer()) as site:
        with pytest.raises(SourceRefusedError, match="does not accept the access token") as raised:
            await anext(source(site, token="wr0ng-t0ken").batches(None))
    assert "Preferences → Development" in raised.value.advice
    assert "wr0ng" not in str(raised.value) + caplog.text


@pytest.mark.parametrize("token", ["", "two words", "é", "a\nb", "a\x00"])
async def test_what_is_no_token_is_never_sent(token: str) -> None:
    async with instance(InstanceServer()) as site:
        with pytest.raises(SourceRefusedError, match="is not one") as raised:
            await anext(source(site, token=token).batches(None))
        assert site.requests == []
    assert not token or token not in str(raised.value)


async def test_nobody_there() -> None:
    async with instance(InstanceServer()) as site:
        pass
    with pytest.raises(SourceError, match="cannot be reached"):
        await anext(source(site).batches(None))


async def test_logs_at_info_hold_no_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with instance(InstanceServer()) as site, contextlib.aclosing(source(site).batches(None)) as stream:
        await anext(stream)
    assert caplog.text == ""
