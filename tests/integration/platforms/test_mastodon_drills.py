"""The Mastodon source against its twin: outages, limits, trouble, searches, servers of other makes."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from cmconsole.core.errors import SourceError
from cmconsole.platforms.mastodon.searches import NOTHING
from tests.integration.platforms.mastodon_desk import (
    HOUR,
    NOTIFICATIONS,
    Desk,
    ids,
    looked,
    reading,
)
from tests.twin.server import twin


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with twin("mastodon") as running:
        yield Desk(running.mastodon, running.address["mastodon"])


# --------------------------------------------------------------------------------------------------- outages


async def test_six_hours_and_ten_thousand_mentions_later_none_is_lost_or_doubled(desk: Desk) -> None:
    desk.instance.mention("before")
    cursor = (await looked(desk))[-1].cursor
    began = desk.world.now()
    desk.world.shift += 6 * HOUR
    written = [
        desk.instance.mention(f"{number}", author=f"a{number % 50}", at=began + 1 + number * 2_000)
        for number in range(10_000)
    ]
    taken: list[str] = []
    kills = 0
    while len(taken) < len(written):
        # The engine is killed every forty batches, and has committed all but the last.
        kills += 1
        async with reading(desk.source(), cursor) as batches:
            for _ in range(40):
                batch = await anext(batches)
                taken += [mention.native_id for mention in batch.mentions]
                cursor = batch.cursor
            await anext(batches)

    refused = [seen for seen in desk.world.requests if seen.status == 429]
    print(f"\nmastodon outage: {len(written)} written, {len(taken)} taken, lost "
          f"{len(set(written) - set(taken))}, doubled {len(taken) - len(set(taken))}, "
          f"kills {kills}, 429s {len(refused)}, requests {len(desk.world.requests)}")  # fmt: skip
    assert taken == written
    assert not refused


async def test_an_account_nobody_had_mentioned_loses_nothing_of_its_first_outage(desk: Desk) -> None:
    cursor = (await looked(desk, hashtags=("acme",)))[-1].cursor
    written = [desk.instance.mention(f"{number} #acme") for number in range(150)]

    assert ids(await looked(desk, cursor)) == written
    assert ids(await looked(desk, cursor, hashtags=("acme",)))[150:] == written


async def test_repeats_disorder_and_poison_cost_nothing_but_themselves(desk: Desk) -> None:
    desk.instance.mention("before")
    cursor = (await looked(desk))[-1].cursor
    written = [desk.instance.mention(f"{number}") for number in range(400)]
    for kind in ("repeat", "disorder", "poison"):
        desk.world.faults.plant("mastodon", kind, path=NOTIFICATIONS, times=5)
    batches = await looked(desk, cursor)

    assert set(ids(batches)) == set(written)
    assert [item.reason for batch in batches for item in batch.set_aside] == [
        "a notification holds no post"
    ] * 5


async def test_a_page_in_any_order_is_taken_in_the_order_of_writing(desk: Desk) -> None:
    desk.instance.mention("before")
    cursor = (await looked(desk))[-1].cursor
    began = desk.world.now()
    written = [desk.instance.mention(f"{number}", at=began + number) for number in range(200)]
    desk.world.faults.plant("mastodon", "disorder", path=NOTIFICATIONS, times=0)

    assert ids(await looked(desk, cursor)) == written


async def test_an_engine_started_every_second_asks_no_more_often_than_one_that_runs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(Exception):
        pass

    async def killed(seconds: float) -> None:
        desk.world.shift += min(1_000, round(seconds * 1_000))
        if seconds > 1:
            raise KilledError

    monkeypatch.setattr(desk, "sleep", killed)
    desk.instance.mention("one")
    cursor: str | None = None
    began = desk.world.now()
    starts = 0
    while desk.world.now() - began < 600_000:
        starts += 1
        with contextlib.suppress(KilledError):
            async with reading(desk.source(), cursor) as batches:
                async for batch in batches:
                    cursor = batch.cursor

    polls = desk.asked(NOTIFICATIONS)
    print(f"\nmastodon restarts: {starts} starts in 600 s, {polls} questions to the list, "
          f"{len(desk.world.requests)} requests in all")  # fmt: skip
    assert starts > 500
    # The first look asks twice: for the newest page, and for what follows it.
    assert polls <= 600 / 60 + 2
    assert len(desk.world.requests) <= 4 * polls


# ---------------------------------------------------------------------------------------------------- limits


@pytest.mark.parametrize("skew", [0, 24 * HOUR, -24 * HOUR])
async def test_a_429_is_waited_out_to_the_second_by_the_server_s_clock(desk: Desk, skew: int) -> None:
    desk.skew = skew
    desk.world.faults.plant("mastodon", "limit", path=NOTIFICATIONS, reset_after=137)
    with pytest.raises(SourceError, match="slow down") as raised:
        await looked(desk)

    assert raised.value.retry_after == pytest.approx(137, abs=1.5)


async def test_a_limit_that_is_used_up_is_waited_out_before_it_says_429(desk: Desk) -> None:
    desk.instance.limit = 5
    desk.instance.mention("before")
    cursor = (await looked(desk))[-1].cursor
    for number in range(500):
        desk.instance.mention(f"{number}")
    began = desk.world.now()

    assert len(ids(await looked(desk, cursor))) == 500
    assert not [seen for seen in desk.world.requests if seen.status == 429]
    assert desk.world.now() - began >= 10 * 60_000


async def test_with_few_requests_left_threads_are_not_looked_up(desk: Desk) -> None:
    root = desk.instance.post("a question")
    parent = desk.instance.post("an answer", in_reply_to_id=root)
    desk.instance.mention("and now?", in_reply_to_id=parent)
    desk.instance.limit = 90

    assert [mention.thread for batch in await looked(desk) for mention in batch.mentions] == [parent]
    desk.instance.limit = 300
    assert [mention.thread for batch in await looked(desk) for mention in batch.mentions] == [root]


@pytest.mark.parametrize(
    ("kind", "args", "words"),
    [
        ("html", {"status": 503}, "error (503)"),
        ("hang", {}, "in time"),
        ("garbage", {}, "not Mastodon's data"),
        ("drop_before", {}, "connection"),
        ("drop_after", {}, "connection"),
        ("error_after", {"status": 500}, "error (500)"),
        ("status", {"status": 401, "body": {"error": "The access token was revoked"}}, "(401)"),
        ("status", {"status": 422, "body": {"error": "This method requires…"}}, "speaks for nobody"),
    ],
)
async def test_trouble_ends_a_look_and_the_next_one_is_whole(
    desk: Desk, kind: str, args: dict[str, Any], words: str
) -> None:
    written = [desk.instance.mention("one"), desk.instance.mention("two")]
    desk.world.faults.plant("mastodon", kind, path=NOTIFICATIONS, **args)
    source = desk.source(timeout=0.3)
    with pytest.raises(SourceError) as raised:
        async with reading(source) as batches:
            await anext(batches)

    assert words in raised.value.message
    assert ids(await looked(desk)) == written


# ------------------------------------------------------------------------------------- hashtags and searches


async def test_words_are_searched_for_and_an_outage_is_read_through_in_steps(desk: Desk) -> None:
    known = [desk.instance.post(f"{number} about Acme") for number in range(50)]
    ours = desk.instance.posts.id_text(
        desk.instance.posts.post("Acme writes", desk.instance.posts.own, None, {})
    )
    batches = await looked(desk, searches=("acme",))
    assert set(ids(batches)) == set(known[-39:])
    cursor = batches[-1].cursor
    written = [desk.instance.post(f"{number} again about Acme") for number in range(300)]
    taken: list[str] = []
    while len(taken) < 300:
        async with reading(desk.source(searches=("acme",)), cursor) as stream:
            for _ in range(2):
                batch = await anext(stream)
                taken += ids([batch])
                cursor = batch.cursor or cursor

    assert sorted(taken) == written
    assert ids(await looked(desk, cursor, searches=("acme",))) == []
    assert ours not in taken


async def test_a_server_without_full_text_search_is_told_of_once(desk: Desk) -> None:
    desk.instance.full_text_search = False
    first = await looked(desk, searches=("acme",))
    assert [(item.reason, item.raw) for batch in first for item in batch.set_aside] == [(NOTHING, "acme")]

    assert len(await looked(desk, first[-1].cursor, searches=("acme",))) == 1


# -------------------------------------------------------------------------------------- what is not Mastodon


async def test_a_server_with_ulids_and_web_sockets_only_is_served_like_any_other(desk: Desk) -> None:
    desk.instance.posts.ulids = True
    desk.instance.server_sent = False
    first = [desk.instance.mention(f"{number}") for number in range(3)]
    batches = await looked(desk)
    assert ids(batches) == first
    assert all(len(native_id) == 26 for native_id in first)
    missed = [desk.instance.mention(f"{number}") for number in range(100)]

    assert ids(await looked(desk, batches[-1].cursor)) == missed


async def test_a_server_that_knows_no_id_before_all_others_gives_its_newest_page(desk: Desk) -> None:
    cursor = (await looked(desk))[-1].cursor
    native_id = desk.instance.mention("first of all")
    desk.world.faults.plant("mastodon", "status", path=NOTIFICATIONS, status=400, body={"error": "min_id"})

    assert ids(await looked(desk, cursor)) == [native_id]
