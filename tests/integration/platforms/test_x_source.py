"""The X source against the twin: pages, gaps, limits, faults, budget."""

import calendar
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from cmconsole.core.errors import BudgetSpentError, SourceError, SourceRefusedError
from cmconsole.core.mention import Absence
from cmconsole.core.source import BATCH_LIMIT, Batch
from cmconsole.platforms.x import lists, prices
from tests.integration.platforms.x_place import (
    MENTIONS,
    SEARCH,
    Purse,
    XPlace,
    ids,
    look,
    reading,
    texts,
    x_place,
)

HOUR = 3_600_000


@pytest.fixture
async def place() -> AsyncIterator[XPlace]:
    async with x_place() as opened:
        yield opened


async def test_the_first_start_takes_the_newest_page_of_each_list(place: XPlace) -> None:
    for number in range(150):
        place.x.mention(f"Message {number}")
    for number in range(150):
        place.x.post(f"Une cafetière {number}")
    batches = await look(place.source(keywords=["cafetière"]))

    assert texts(batches) == [
        *(f"Message {number}" for number in range(50, 150)),
        *(f"Une cafetière {number}" for number in range(50, 150)),
    ]
    assert len(place.asked(MENTIONS)) == len(place.asked(SEARCH)) == 1


async def test_a_first_start_on_an_empty_list_forgets_nothing_that_comes_after(place: XPlace) -> None:
    (empty,) = [batch for batch in await look(place.source()) if not batch.mentions]
    for number in range(150):
        place.x.mention(f"Message {number}")

    assert texts(await look(place.source(), empty.cursor)) == [f"Message {number}" for number in range(150)]


async def test_all_since_the_cursor_comes_oldest_first_and_every_cursor_resumes(place: XPlace) -> None:
    place.x.mention("Avant")
    cursor = (await look(place.source()))[0].cursor
    for number in range(1_320):
        place.x.mention(f"Message {number}")
    batches = await look(place.source(), cursor)

    assert texts(batches) == [f"Message {number}" for number in range(1_320)]
    assert all(len(batch.mentions) <= BATCH_LIMIT for batch in batches)
    for position in (1, len(batches) // 2, len(batches) - 1):
        rest = await look(place.source(), batches[position - 1].cursor)
        assert ids(rest) == ids(batches[position:])


async def test_six_hours_away_ten_thousand_mentions_killed_again_and_again(place: XPlace) -> None:
    place.x.mention("Avant")
    cursor = (await look(place.source()))[-1].cursor
    begun = place.now()
    place.world.shift += 6 * HOUR
    expected = {place.x.mention(f"Message {n}", at=begun + 1 + n * 2_159) for n in range(10_000)}
    committed: list[str] = []
    kills = 0
    done = False
    while not done:
        async with reading(place.source(), cursor) as batches:
            taken = 0
            async for batch in batches:
                committed += ids([batch])
                cursor = batch.cursor or cursor
                taken += 1
                done = not batch.mentions
                if done or taken == 37:
                    break
        kills += not done
    requests = len(place.asked(MENTIONS)) + len(place.asked(SEARCH))
    lost, doubled = len(expected - set(committed)), len(committed) - len(set(committed))
    print(
        f"\nbackfill: {len(expected)} mentions, {kills} kills, {requests} requests, lost {lost},"
        f" doubled {doubled}, {place.x.delivered} posts paid for"
    )

    assert (lost, doubled, kills) == (0, 0, 2)
    assert len(committed) == 10_000


@pytest.mark.parametrize("after", [1, 4, 9])
async def test_what_was_read_before_a_failure_is_kept_and_the_rest_comes_later(
    place: XPlace, after: int
) -> None:
    place.x.mention("Avant")
    cursor = (await look(place.source()))[-1].cursor
    expected = [place.x.mention(f"Message {number}") for number in range(1_200)]
    # Seven pages come from the list of mentions, the others are searched for.
    place.x.limits.update({"mentions": 1 + after, "search": max(0, after - 7)})
    committed: list[str] = []

    async def read() -> None:
        nonlocal cursor
        async with reading(place.source(), cursor) as batches:
            async for batch in batches:
                committed.extend(ids([batch]))
                cursor = batch.cursor

    with pytest.raises(SourceError, match="429"):
        await read()
    place.x.limits.update({"mentions": 300, "search": 300})
    place.world.shift += 15 * 60_000
    assert len(committed) == 100 * after
    committed += ids(await look(place.source(), cursor))

    assert len(committed) == len(set(committed))
    assert set(committed) == set(expected)


async def test_repeated_and_disordered_pages_give_every_mention_once_in_order(place: XPlace) -> None:
    known = [place.x.mention(f"Avant {number}") for number in range(20)]
    cursor = (await look(place.source()))[-1].cursor
    expected = [place.x.mention(f"Message {number}") for number in range(250)]
    place.world.faults.plant("x", "disorder", path=MENTIONS, times=3)
    place.world.faults.plant("x", "repeat", path=MENTIONS, times=2)
    found = ids(await look(place.source(), cursor))

    assert [native_id for native_id in found if native_id not in known] == expected
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    "item",
    [None, 7, "text", [], {}, {"id": "12"}, {"id": [], "text": {}}, {"id": "3" * 400}, {"text": "\ud800"}],
)
async def test_a_poison_item_is_set_aside_and_the_others_go_on(place: XPlace, item: object) -> None:
    expected = [place.x.mention(f"Message {number}") for number in range(30)]
    place.world.faults.plant("x", "poison", path=MENTIONS, item=item)
    batches = await look(place.source())

    assert ids(batches) == expected
    assert sum(len(batch.set_aside) for batch in batches) == 1


@pytest.mark.parametrize("seconds", [1, 61, 437, 900])
async def test_a_limit_is_waited_for_to_the_second(place: XPlace, seconds: int) -> None:
    place.world.faults.plant("x", "limit", path=MENTIONS, reset_after=seconds)
    with pytest.raises(SourceError, match="429") as raised:
        await look(place.source())

    # X's headers are in whole seconds: rounded up, and some milliseconds have passed.
    assert raised.value.retry_after is not None
    assert seconds - 1 < raised.value.retry_after <= seconds + 1


@pytest.mark.parametrize("off", [-24, 24])
async def test_a_limit_is_understood_with_a_clock_a_day_off(place: XPlace, off: int) -> None:
    client = place.client()
    client._now = lambda: place.world.now() + off * HOUR
    place.world.faults.plant("x", "limit", path=MENTIONS, reset_after=300)
    with pytest.raises(SourceError, match="429") as raised:
        await look(place.source(client))

    assert raised.value.retry_after is not None
    assert 297 <= raised.value.retry_after <= 302


async def test_after_the_last_request_that_was_granted_none_is_sent(place: XPlace) -> None:
    place.x.limits["mentions"] = 2
    client = place.client()
    cursor = (await look(place.source(client)))[-1].cursor
    await look(place.source(client), cursor)
    with pytest.raises(SourceError, match="429") as raised:
        await look(place.source(client), cursor)

    assert len(place.asked(MENTIONS)) == 2
    assert raised.value.retry_after is not None
    assert 0 < raised.value.retry_after <= 900


@pytest.mark.parametrize(
    ("kind", "args", "words"),
    [
        ("html", {"status": 503}, "error (503)"),
        ("status", {"status": 500, "body": "[1]", "content_type": "application/json"}, "error (500)"),
        ("status", {"status": 302, "headers": {"Location": "http://127.0.0.1:9/"}}, "error (302)"),
        ("garbage", {}, "not its data"),
        ("status", {"status": 200, "body": "[]"}, "not its data"),
        ("status", {"status": 200, "body": "<html>"}, "not its data"),
        ("hang", {"seconds": 3600}, "in time"),
        ("slow", {"bytes_per_second": 20}, "in time"),
        ("drop_before", {}, "connection with X broke"),
        ("drop_after", {}, "connection with X broke"),
    ],
)
async def test_trouble_is_told_in_words_and_over_when_it_is_over(
    place: XPlace, kind: str, args: dict[str, Any], words: str
) -> None:
    expected = place.x.mention("Message")
    place.world.faults.plant("x", kind, path=MENTIONS, **args)
    client = place.client(timeout=0.5)
    with pytest.raises(SourceError) as raised:
        await look(place.source(client))
    place.world.faults.clear()

    assert words in raised.value.message
    assert not isinstance(raised.value, SourceRefusedError)
    assert len(place.asked(MENTIONS)) == 1
    assert ids(await look(place.source())) == [expected]


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, {"title": "Unauthorized", "status": 401}, "Keys and tokens"),
        (402, {"title": "CreditsDepleted", "detail": "No credits."}, "Billing"),
        (
            403,
            {"detail": "Your client app is not configured", "type": "…/oauth1-permissions"},
            "Read and write",
        ),
        (404, {"title": "Not Found Error"}, "handle"),
        (400, {"errors": [{"message": "Invalid 'query'"}]}, "keywords"),
    ],
)
async def test_a_refusal_says_what_a_person_must_do(
    place: XPlace, status: int, body: dict[str, Any], words: str
) -> None:
    place.world.faults.plant("x", "status", path=MENTIONS, status=status, body=body)
    with pytest.raises(SourceRefusedError) as raised:
        await look(place.source())

    assert str(status) in raised.value.message
    assert words in raised.value.advice


async def test_a_clock_that_is_off_is_named_where_x_refuses_what_it_signed(place: XPlace) -> None:
    client = place.client()
    client._now = lambda: place.world.now() + 24 * HOUR
    place.world.faults.plant("x", "status", status=401, body={"title": "Unauthorized"})
    with pytest.raises(SourceRefusedError, match="1440 minutes off"):
        await client.identity()


async def test_keys_that_are_none_are_refused_without_a_word_of_them(place: XPlace) -> None:
    for wrong in ("", "s3cret key", "s3cret\nkey", "clé"):
        with pytest.raises(SourceRefusedError, match="401") as raised:
            await place.client(access_token=wrong).identity()
        assert "s3cret" not in repr(raised.value)
    with pytest.raises(SourceRefusedError, match="401"):
        await place.client(access_token="7700-wrong").identity()


async def test_keys_of_another_account_are_refused(place: XPlace) -> None:
    with pytest.raises(SourceRefusedError, match="those of @acme, not of @Rival"):
        await look(place.source(account_handle="@Rival"))
    assert ids(await look(place.source(account_handle="@ACME"))) == []


async def test_a_server_that_is_not_there(place: XPlace) -> None:
    with pytest.raises(SourceError, match="cannot be reached"):
        await look(place.source(place.client(server="http://127.0.0.1:9")))


async def test_a_restart_does_not_ask_more_often_than_the_interval(place: XPlace) -> None:
    cursor: str | None = None
    for _ in range(10):
        place.world.shift += 1_000
        asked = len(place.asked(MENTIONS))
        cursor = (await look(place.source(interval=60), cursor))[-1].cursor
        assert len(place.asked(MENTIONS)) == asked + 1

    assert len(place.slept) == 9
    assert all(57 <= pause <= 59 for pause in place.slept)


async def test_a_clock_that_was_put_back_does_not_stop_the_source(place: XPlace) -> None:
    cursor = (await look(place.source()))[-1].cursor
    place.world.shift -= 24 * HOUR
    await look(place.source(), cursor)

    assert place.slept == [60.0]


async def test_what_is_removed_edited_ours_or_only_passed_on(place: XPlace) -> None:
    parent = place.x.post("Une question", author="bob")
    place.x.mention("Réponse", parent=parent)
    withheld = place.x.mention("Retenu", withheld=["DE"])
    edited = place.x.mention("Avec une fautte")
    place.x.post("De nous", author="acme", mentions=[place.x.us])
    place.x.mention("Tel quel", repost=True)
    cursor = (await look(place.source()))[-1].cursor
    place.x.edit(edited, "Sans faute")
    place.x.delete(parent)
    place.x.mention("Encore", parent="")
    batches = await look(place.source(), cursor)
    (again, more) = [mention for batch in batches for mention in batch.mentions]

    assert (again.native_id, again.text, more.text) == (edited, "Sans faute", "Encore")
    assert again.edited_at is not None
    assert again.edited_at >= again.created_at
    first = await look(place.source())
    assert "De nous" not in texts(first)
    assert "Tel quel" not in texts(first)
    assert {(gone.native_id, gone.why) for batch in first for gone in batch.removed} == {
        (withheld, Absence.WITHHELD),
        (parent, Absence.DELETED),
    }


async def test_new_keywords_begin_where_the_old_ones_stood(place: XPlace) -> None:
    place.x.post("une cafetière d'abord")
    cursor = (await look(place.source(keywords=["cafetière"], mentions=False)))[-1].cursor
    place.x.post("une cafetière")
    place.x.post("un moulin")
    found = await look(place.source(keywords=["cafetière", "moulin"], mentions=False), cursor)

    assert texts(found) == ["une cafetière", "un moulin"]


async def test_posts_too_old_to_be_searched_for_are_told(
    place: XPlace, caplog: pytest.LogCaptureFixture
) -> None:
    place.x.post("une cafetière d'abord")
    source = place.source(keywords=["cafetière"])
    cursor = (await look(source))[-1].cursor
    place.world.shift += 9 * 24 * HOUR
    place.x.post("une cafetière perdue", at=place.now() - 8 * 24 * HOUR)
    place.x.post("une cafetière", at=place.now() - 6 * 24 * HOUR)
    with caplog.at_level(logging.WARNING):
        batches = await look(source, cursor)
    later = await look(source, batches[-1].cursor)

    assert texts(batches) == ["une cafetière"]
    (note,) = [note for batch in batches for note in batch.set_aside]
    assert "7 days" in note.reason
    assert "7 days" in caplog.text
    assert [note for batch in later for note in batch.set_aside] == []


async def test_the_cap_asks_for_fewer_then_pauses_until_the_month_turns(place: XPlace) -> None:
    for number in range(60):
        place.x.mention(f"Message {number}")
    purse = Purse(cap=10_000 + 47 * 5_000 + 4_999)
    client = place.client(purse=purse)
    cursor = (await look(place.source(client)))[-1].cursor
    with pytest.raises(BudgetSpentError) as raised:
        await look(place.source(client), cursor)

    assert "max_results=47" in place.asked(MENTIONS)[0]
    assert purse.spent == [("read", 1, 10_000), ("read", 47, 47 * 5_000)]
    assert len(place.asked(MENTIONS)) == 1
    moment = datetime.fromtimestamp(place.now() / 1000, UTC)
    days = calendar.monthrange(moment.year, moment.month)[1]
    turn = moment.replace(day=days, hour=23, minute=59, second=59, microsecond=999_999)
    assert raised.value.retry_after == pytest.approx((turn - moment).total_seconds(), abs=5)


async def test_the_cap_x_itself_has_is_waited_for_until_the_month_turns(place: XPlace) -> None:
    body = {"title": "UsageCapExceeded", "type": "https://api.twitter.com/2/problems/usage-capped"}
    place.world.faults.plant("x", "status", path=MENTIONS, status=429, body=body)
    with pytest.raises(BudgetSpentError, match="in a month") as raised:
        await look(place.source())

    assert raised.value.retry_after == pytest.approx(prices.until_next_month(place.now()), abs=5)


async def test_a_whole_page_costs_what_was_delivered(place: XPlace) -> None:
    purse = Purse(cap=100_000_000)
    client = place.client(purse=purse)
    for number in range(7):
        place.x.mention(f"Message {number}")
    await look(place.source(client))

    assert purse.cost == 10_000 + place.x.delivered * 5_000 == 45_000


async def test_more_than_is_held_back_comes_newest_first_meanwhile(
    place: XPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST_HELD", 200)
    place.x.mention("Avant")
    cursor = (await look(place.source()))[-1].cursor
    expected = [place.x.mention(f"Message {number}") for number in range(1_000)]
    committed: list[str] = []
    done = False
    while not done:
        # Killed after every single batch.
        async with reading(place.source(), cursor) as batches:
            batch: Batch = await anext(batches)
            committed += ids([batch])
            cursor = batch.cursor
            done = not batch.mentions
    assert sorted(committed, key=int) == expected
