"""The Reddit source in trouble: limits kept, each failure in words, asked for once, over when it is over."""

import asyncio
from typing import Any

import pytest

from cmconsole.core.errors import SourceError, SourceRefusedError
from cmconsole.core.source import Batch
from cmconsole.platforms.reddit.client import RESERVE
from tests.integration.platforms.test_reddit_source import collect, end, opened, texts


async def test_a_429_asks_for_exactly_the_pause_its_header_says() -> None:
    async with opened() as desk:
        await desk.client.identity()
        desk.twin.world.faults.plant("reddit", "limit", path="/message/.*", reset_after=297)
        with pytest.raises(SourceError) as raised:
            await desk.round()

        assert raised.value.retry_after == 297.0
        assert desk.asked() == 1


async def test_the_limit_is_not_broken_and_replies_keep_their_reserve() -> None:
    async with opened() as desk:
        desk.reddit.quota = 40
        desk.twin.world.shift = -desk.twin.world.now() % 600_000  # the window begins now
        source = desk.source(interval=1.0)
        with pytest.raises(SourceError) as raised:
            await collect(source, [])
        seen = desk.twin.world.seen("reddit", "GET")

        assert [one.status for one in seen].count(429) == 0
        assert len(seen) == 40 - RESERVE
        assert raised.value.retry_after is not None
        assert 550.0 < raised.value.retry_after <= 600.0
        assert any(1.0 < pause <= 10.0 for pause in desk.slept), "it slows down before"
        await desk.client.post("api/report/", {"thing_id": desk.reddit.comment("x"), "reason": "spam"})


@pytest.mark.parametrize(
    ("kind", "args", "said"),
    [
        ("html", {"status": 503}, "Reddit answers with an error (503)."),
        ("status", {"status": 500}, "Reddit answers with an error (500)."),
        ("garbage", {}, "Reddit answers with something that is not its data."),
        ("status", {"status": 200, "body": {"kind": "Listing"}}, "Reddit answers with something"),
        ("drop_before", {}, "The connection with Reddit broke."),
        ("hang", {}, "Reddit did not answer in time."),
        ("slow", {"bytes_per_second": 20}, "Reddit did not answer in time."),
        ("html", {"status": 403}, "Reddit blocks us (403)."),
    ],
)
async def test_trouble_is_told_in_words_asked_for_once_and_over_when_it_is_over(
    kind: str, args: dict[str, Any], said: str
) -> None:
    async with opened(patience=0.5) as desk:
        desk.reddit.mention("there")
        await desk.client.identity()
        desk.twin.world.faults.plant("reddit", kind, method="GET", path="/message/.*", times=0, **args)
        with pytest.raises(SourceError) as raised:
            await desk.round()
        assert said in raised.value.message
        assert isinstance(raised.value, SourceRefusedError) is ("blocks" in said)
        assert desk.asked() == min(desk.asked("/message/mentions"), 1) + min(
            desk.asked("/message/comments"), 1
        ) + min(desk.asked("/message/selfreply"), 1), "no list is asked twice"

        desk.twin.world.faults.clear()
        assert texts(await desk.round()) == ["there"]


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("private", "r/secret is private."),
        ("quarantined", "r/secret is quarantined."),
        ("banned", "r/secret was banned by Reddit."),
        ("missing", "There is no r/secret on Reddit."),
    ],
)
async def test_a_closed_community_is_named_and_holds_up_no_other(reason: str, said: str) -> None:
    async with opened() as desk:
        desk.reddit.closed["secret"] = reason
        desk.reddit.comment("open", subreddit="coffee")
        batches: list[Batch] = []
        with pytest.raises(SourceError) as raised:
            await collect(desk.source(mentions=False, subreddits=["secret", "coffee"]), batches)
        assert texts(batches) == ["open"]
        assert (raised.value.message, type(raised.value)) == (said, SourceError)

        with pytest.raises(SourceRefusedError) as refused:
            await desk.round(mentions=False, subreddits=["secret"])
        assert refused.value.message == said


async def test_a_queue_of_a_community_that_is_not_ours_is_refused() -> None:
    async with opened() as desk:
        with pytest.raises(SourceRefusedError) as raised:
            await desk.round(mentions=False, moderated=["coffee"])

        assert "r/coffee" in raised.value.message


async def test_a_revoked_app_is_refused_at_once_and_told_where_to_go() -> None:
    async with opened() as desk:
        cursor = end(await desk.round())
        desk.reddit.revoke()
        before = desk.asked()
        with pytest.raises(SourceRefusedError) as raised:
            await desk.round(cursor)

        assert "https://www.reddit.com/prefs/apps" in raised.value.advice
        assert desk.asked() - before <= 1


async def test_a_token_that_runs_out_is_renewed_without_a_word() -> None:
    async with opened() as desk:
        cursor = end(await desk.round())
        desk.reddit.expire()
        desk.reddit.mention("after")

        assert texts(await desk.round(cursor)) == ["after"]


@pytest.mark.parametrize("name", ["", "../api/v1/me", "a b", "coffee/new", "x" * 40])
async def test_what_is_no_community_is_refused_before_anything_is_asked(name: str) -> None:
    async with opened() as desk:
        with pytest.raises(SourceRefusedError):
            await desk.round(subreddits=[name])

        assert desk.twin.world.requests == []


async def test_reading_can_be_stopped_while_reddit_is_silent() -> None:
    async with opened(patience=0.5) as desk:
        desk.twin.world.faults.plant("reddit", "hang", times=0)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await desk.round()
