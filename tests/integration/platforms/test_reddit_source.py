"""The Reddit source against the twin: nothing lost, nothing twice, whatever is deleted, late or broken."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest

from cmconsole.core.mention import Absence, Removed
from cmconsole.core.source import BATCH_LIMIT, Batch
from cmconsole.platforms.reddit.client import RedditClient
from cmconsole.platforms.reddit.source import RedditSource
from tests.integration.platforms.test_reddit_publisher import secrets
from tests.twin.reddit import RedditTwin
from tests.twin.server import Twin, twin

HOUR = 3_600_000


class Slept(list[float]):
    """The pauses a source made, in seconds; none of them takes any time."""

    async def __call__(self, seconds: float) -> None:
        self.append(seconds)
        await asyncio.sleep(0)


class Desk(NamedTuple):
    """A running twin, a client of it, and what sources on it slept."""

    twin: Twin
    reddit: RedditTwin
    client: RedditClient
    slept: Slept

    def source(self, **settings: Any) -> RedditSource:
        return RedditSource("reddit", self.client, now=self.twin.world.now, sleep=self.slept, **settings)

    async def round(self, cursor: str | None = None, **settings: Any) -> list[Batch]:
        """Return the batches of one round, the last of them its empty one."""
        batches = []
        async with contextlib.aclosing(self.source(**settings).batches(cursor)) as rounds:
            async for batch in rounds:
                batches.append(batch)
                if not batch.mentions and not batch.set_aside and not batch.removed:
                    break
        return batches

    def asked(self, path: str = "") -> int:
        """How often the lists were asked."""
        seen = self.twin.world.seen("reddit", "GET", path)
        return len([one for one in seen if one.path != "/api/v1/me"])


@asynccontextmanager
async def opened(patience: float = 5.0) -> AsyncIterator[Desk]:
    async with asyncio.timeout(60), twin("reddit") as running:
        client = RedditClient(
            secrets(running.reddit),
            now=running.world.now,
            server=running.address["reddit"],
            timeout=patience,
        )
        try:
            yield Desk(running, running.reddit, client, Slept())
        finally:
            await client.aclose()


def texts(batches: Sequence[Batch]) -> list[str]:
    return [mention.text for batch in batches for mention in batch.mentions]


async def collect(source: RedditSource, batches: list[Batch]) -> None:
    """Append what a source yields until it raises."""
    async for batch in source.batches(None):
        batches.append(batch)  # noqa: PERF401 - what came before it raised is kept


def numbered(start: int, stop: int) -> list[str]:
    return [f"u/acme {number}" for number in range(start, stop)]


def end(batches: Sequence[Batch]) -> str:
    cursor = batches[-1].cursor
    assert cursor is not None
    return cursor


async def test_the_first_start_takes_the_newest_page_and_then_all_that_comes() -> None:
    async with opened() as desk:
        for text in numbered(0, 250):
            desk.reddit.mention(text)
        first = await desk.round()
        for text in numbered(250, 620):
            desk.reddit.mention(text)
        second = await desk.round(end(first))
        third = await desk.round(end(second))

        assert texts(first) == numbered(150, 250)
        assert texts(second) == numbered(250, 620)
        assert max(len(batch.mentions) for batch in second) <= BATCH_LIMIT
        assert texts(third) == []


async def test_every_cursor_of_a_long_round_is_safe_at_any_kill() -> None:
    async with opened() as desk:
        desk.reddit.mention("before")
        cursor = end(await desk.round())
        for text in numbered(0, 730):
            desk.reddit.mention(text)
        whole = await desk.round(cursor)
        assert texts(whole) == numbered(0, 730)
        for position, batch in enumerate(whole[:-1], start=1):
            assert texts(await desk.round(batch.cursor)) == texts(whole[position:])


async def test_six_hours_of_outage_over_many_lists_lose_nothing_and_repeat_nothing() -> None:
    """12 communities: more than 10,000 things, each list within the 1,000 Reddit shows."""
    communities = [f"acme{number}" for number in range(12)]
    async with opened() as desk:
        settings: dict[str, Any] = {"subreddits": communities, "mentions": False}
        cursor = end(await desk.round(**settings))
        start = desk.twin.world.now() - 6 * HOUR
        expected = []
        for number in range(900):
            for community in communities:
                at = start + number * 24_000
                expected.append(desk.reddit.comment(f"{number}", subreddit=community, at=at))
        batches = await desk.round(cursor, **settings)
        taken = [mention.native_id for batch in batches for mention in batch.mentions]

        assert len(taken) == 10_800
        assert set(taken) == set(expected)
        assert texts(await desk.round(end(batches), **settings)) == []


async def test_what_lies_beyond_reddits_thousand_is_said() -> None:
    async with opened() as desk:
        desk.reddit.mention("known")
        cursor = end(await desk.round())
        for text in numbered(0, 1_500):
            desk.reddit.mention(text)
        batches = await desk.round(cursor)

        assert texts(batches) == numbered(500, 1_500)
        (told,) = [aside for batch in batches for aside in batch.set_aside]
        assert "Reddit lists only the newest 1000" in told.reason
        assert [aside for batch in await desk.round(end(batches)) for aside in batch.set_aside] == []


async def test_a_deleted_anchor_hides_nothing() -> None:
    """`before=` a deleted name answers nothing, for ever: praw's streams stop there."""
    async with opened() as desk:
        names = [desk.reddit.mention(text) for text in numbered(0, 120)]
        cursor = end(await desk.round())
        for name in names[-40:]:
            desk.reddit.delete(name)
        for text in numbered(120, 150):
            desk.reddit.mention(text)
        batches = await desk.round(cursor)

        assert texts(batches) == numbered(120, 150)


async def test_all_that_was_known_is_deleted_and_still_nothing_old_comes() -> None:
    async with opened() as desk:
        now = desk.twin.world.now()
        names = [
            desk.reddit.mention(text, at=now - HOUR + place * 1_000)
            for place, text in enumerate(numbered(0, 300))
        ]
        cursor = end(await desk.round())
        for name in names[-100:]:
            desk.reddit.delete(name)
        desk.reddit.mention("new")

        assert texts(await desk.round(cursor)) == ["new"]
        assert desk.asked("/message/mentions") == 2


@pytest.mark.parametrize("among", [250_000, 151_500])
async def test_a_known_thing_among_what_is_new_ends_nothing(among: int) -> None:
    """What a moderator approves anew may stand where it does not belong: on top, or at the end of a page."""
    async with opened() as desk:
        start = desk.twin.world.now()
        known = desk.reddit.mention("known", at=start - 1_000)
        cursor = end(await desk.round())
        for number, text in enumerate(numbered(0, 250)):
            desk.reddit.mention(text, at=start + number * 1_000)
        line = desk.reddit._lines["inbox/mentions"]
        line.discard(known)
        line.add(known, (start + among, 0))

        assert texts(await desk.round(cursor)) == numbered(0, 250)


async def test_the_last_thing_of_a_page_deleted_while_paging_breaks_nothing() -> None:
    async with opened() as desk:
        desk.reddit.mention("known")
        cursor = end(await desk.round())
        names = [desk.reddit.mention(text) for text in numbered(0, 350)]

        ask = desk.client.get

        async def asked(path: str, params: Any = None, subject: str = "") -> Any:
            answer = await ask(path, params, subject)
            if path == "message/mentions" and "after" not in params:
                desk.reddit.delete(names[250])
            return answer

        desk.client.get = asked  # type: ignore[method-assign]
        taken = texts(await desk.round(cursor))

        assert taken == numbered(0, 350)


@pytest.mark.parametrize("kind", ["repeat", "disorder"])
async def test_repeats_and_disorder_come_to_each_once(kind: str) -> None:
    async with opened() as desk:
        desk.reddit.mention("known")
        cursor = end(await desk.round())
        for text in numbered(0, 260):
            desk.reddit.mention(text)
        desk.twin.world.faults.plant("reddit", kind, path="/message/.*", times=0)
        batches = await desk.round(cursor)

        assert sorted(texts(batches)) == sorted(numbered(0, 260))
        assert texts(await desk.round(end(batches))) == []


async def test_what_arrives_late_at_its_own_place_is_taken() -> None:
    """A post that a filter held back appears, once approved, at the time it was written."""
    async with opened() as desk:
        now = desk.twin.world.now()
        for number in range(30):
            desk.reddit.mention(f"{number}", at=now - (30 - number) * 60_000)
        cursor = end(await desk.round())
        desk.reddit.mention("late", at=now - 20 * 60_000)

        assert texts(await desk.round(cursor)) == ["late"]


async def test_a_poison_item_is_set_aside_once_and_the_others_go_on() -> None:
    async with opened() as desk:
        desk.reddit.mention("before")
        dateless = {"kind": "t1", "data": {"name": "t1_x", "created_utc": "?"}}
        poisons: list[Any] = [None, [], dateless, {"kind": "t9"}]
        for thing in poisons:
            desk.reddit.poison(thing)
        desk.reddit.mention("after")
        batches = await desk.round()

        assert texts(batches) == ["before", "after"]
        assert len([aside for batch in batches for aside in batch.set_aside]) == 4
        again = await desk.round(end(batches))
        assert (texts(again), [aside for batch in again for aside in batch.set_aside]) == ([], [])


async def test_edits_come_again_once_and_deletions_seen_are_told_once() -> None:
    async with opened() as desk:
        name, other = desk.reddit.mention("It leaks"), desk.reddit.mention("Me too")
        cursor = end(await desk.round())
        desk.twin.world.shift += 5_000
        desk.reddit.edit(name, "It works now")
        desk.reddit.change(other, author="[deleted]", body="[removed]")
        batches = await desk.round(cursor)
        again = await desk.round(end(batches))

        (mention,) = [mention for batch in batches for mention in batch.mentions]
        assert (mention.native_id, mention.text) == (name, "It works now")
        assert mention.edited_at is not None
        assert [gone for batch in batches for gone in batch.removed] == [
            Removed("reddit", other, Absence.WITHHELD)
        ]
        assert [batch for batch in again if batch.mentions or batch.removed] == []


async def test_answers_to_us_come_and_our_own_posts_never_do() -> None:
    async with opened() as desk:
        ours = desk.reddit.comment("We look into it", author="acme")
        desk.reddit.comment("And now?", parent=ours, author="ada")
        desk.reddit.mention("u/acme says u/acme", author="ACME")
        batches = await desk.round(subreddits=["acme"])

        assert texts(batches) == ["And now?"]


async def test_communities_are_filtered_by_keywords_and_the_inbox_is_not() -> None:
    async with opened() as desk:
        desk.reddit.comment("My ACMÉ leaks", subreddit="coffee")
        desk.reddit.comment("My pacmen leak", subreddit="coffee")
        desk.reddit.submission("Which one?", "Acme or other", subreddit="coffee")
        desk.reddit.submission("Look", subreddit="coffee", url="https://acme.example/")
        desk.reddit.mention("hello", subreddit="coffee")
        batches = await desk.round(subreddits=["/r/coffee/"], keywords=["acme"])

        assert sorted(texts(batches)) == [
            "Look\n\nhttps://acme.example/",
            "My ACMÉ leaks",
            "Which one?\n\nAcme or other",
            "hello",
        ]
        thread = {mention.thread for batch in batches for mention in batch.mentions if mention.in_reply_to}
        assert "" not in thread


async def test_a_queue_tells_each_report_once_even_of_what_is_old_and_known() -> None:
    async with opened() as desk:
        now = desk.twin.world.now()
        old = desk.reddit.comment("Buy pills", at=now - 90 * 24 * HOUR)
        for number in range(5):
            desk.reddit.report(desk.reddit.comment(f"{number}"), "rude")
        settings: dict[str, Any] = {"mentions": False, "moderated": ["acme"]}
        first = await desk.round(**settings)
        desk.reddit.report(old, "This is spam", times=3)
        second = await desk.round(end(first), **settings)
        third = await desk.round(end(second), **settings)

        assert texts(first) == [f"{number}\n\n[reported: rude]" for number in range(5)]
        assert texts(second) == ["Buy pills\n\n[reported: This is spam ×3]"]
        (mention,) = second[0].mentions
        assert mention.edited_at is not None
        assert mention.edited_at >= now
        assert texts(third) == []


async def test_a_restart_within_the_interval_waits_for_the_rest_of_it() -> None:
    async with opened() as desk:
        cursor = end(await desk.round(interval=60.0))
        desk.slept.clear()
        desk.twin.world.shift += 20_000
        await desk.round(cursor, interval=60.0)

        assert 39.0 <= desk.slept[0] <= 40.0


@pytest.mark.parametrize("shift", [-24 * HOUR, 24 * HOUR])
async def test_a_clock_a_day_off_waits_an_interval_at_most_and_loses_nothing(shift: int) -> None:
    async with opened() as desk:
        name = desk.reddit.mention("first")
        cursor = end(await desk.round())
        desk.slept.clear()
        desk.reddit.mention("second")
        desk.reddit.change(name, body="edited", edited=desk.twin.world.now() // 1000 + 1)
        skewed = RedditSource(
            "reddit", desk.client, now=lambda: desk.twin.world.now() + shift, sleep=desk.slept
        )
        async with contextlib.aclosing(skewed.batches(cursor)) as rounds:
            batch = await anext(rounds)

        assert texts([batch]) == ["edited", "second"]
        assert 0.0 <= desk.slept[0] <= 60.0
