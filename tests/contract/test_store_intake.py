"""What every store promises to intake: whole batches, no mention twice, sources that keep their place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cmconsole.core.clock import MINUTE
from cmconsole.core.conversation import Status
from cmconsole.core.errors import InputError, LeaseLostError
from cmconsole.core.event import EventKind
from cmconsole.core.mention import SetAside
from cmconsole.core.source import Health
from cmconsole.core.verdict import Lane
from cmconsole.store.contract import Ingested, Store
from tests.contract.samples import (
    COMPLAINT,
    NOW,
    POLICY,
    PRAISE,
    STAR,
    author,
    batch,
    done,
    mention,
    only,
    snooze,
    take,
)


async def test_a_mention_opens_a_conversation_that_holds_all_it_said(store: Store) -> None:
    assert await take(store, mention(1, url="https://x.example/1")) == Ingested(1, 0, 0)

    (found,) = await store.lane(Lane.COMPLAINTS, 10)
    assert (found.thread, found.text, found.url) == (
        "1",
        "Le colis 1 n'est pas arrivé",
        "https://x.example/1",
    )
    assert (found.author, found.messages, found.version) == (author(), 1, 0)
    assert (found.severity, found.tone, found.language, found.complaint) == (
        COMPLAINT.severity, COMPLAINT.tone, COMPLAINT.language, COMPLAINT.complaint,
    )  # fmt: skip
    assert found.reasons == COMPLAINT.reasons
    assert found.answer_by == POLICY.answer_by(NOW, Lane.COMPLAINTS, COMPLAINT.priority)


async def test_no_mention_is_taken_twice_within_a_batch_or_later(store: Store) -> None:
    assert await take(store, mention(1), mention(2), mention(1)) == Ingested(2, 1, 0)
    assert await take(store, mention(2), mention(3)) == Ingested(1, 1, 0)

    assert await store.status_counts() == {**dict.fromkeys(Status, 0), Status.OPEN: 3}
    assert len(await store.events(0)) == 3


async def test_the_same_native_id_on_another_platform_is_another_mention(store: Store) -> None:
    other = replace(mention(1), platform="reddit", author=replace(author(), platform="reddit"))

    assert await take(store, mention(1), other) == Ingested(2, 0, 0)
    assert await store.find_mention("reddit", "1") != await store.find_mention("x", "1")


async def test_mentions_of_one_author_on_one_thread_are_one_conversation(store: Store) -> None:
    await take(store, mention(1), mention(2, thread="1", at=NOW + 5))
    await take(store, mention(3, thread="1", at=NOW + 9), mention(4, "bob", thread="1"))

    mine, theirs = await store.conversations([1, 2])
    assert (mine.messages, mine.text, mine.version) == (3, "Le colis 3 n'est pas arrivé", 1)
    assert (theirs.author.handle, theirs.messages) == ("bob", 1)
    assert [it.mention.native_id for it in await store.mentions(1)] == ["1", "2", "3"]


async def test_answers_to_oneself_stay_one_conversation_over_batches_and_backwards(store: Store) -> None:
    await take(store, mention(1))
    await take(
        store, mention(3, in_reply_to="2"), mention(2, in_reply_to="1"), mention(9, "bob", in_reply_to="1")
    )
    await take(store, mention(4, in_reply_to="3"), mention(5, in_reply_to="nowhere"))

    found = await store.conversations([1, 2, 3])
    assert [(it.author.handle, it.messages) for it in found] == [("ada", 4), ("bob", 1), ("ada", 1)]


async def test_posts_that_answer_each_other_in_a_ring_do_not_hang(store: Store) -> None:
    await take(store, mention(1, in_reply_to="2"), mention(2, in_reply_to="1"), mention(3, in_reply_to="3"))

    assert sum(it.messages for it in await store.conversations([1, 2, 3])) == 3


async def test_an_older_mention_that_comes_late_does_not_become_the_newest(store: Store) -> None:
    await take(store, mention(1, at=NOW + 100), mention(2, thread="1", at=NOW), verdict=PRAISE)

    found = await only(store)
    assert (found.text, found.last_at, found.created_at) == ("Le colis 1 n'est pas arrivé", NOW + 100, NOW)
    assert [it.mention.native_id for it in await store.mentions(1)] == ["2", "1"]


async def test_the_reasons_shown_are_those_of_the_verdict_that_decided(store: Store) -> None:
    await take(store, mention(1), verdict=PRAISE)
    await take(store, mention(2, thread="1"), verdict=STAR)
    assert (await only(store)).reasons == STAR.reasons

    await take(store, mention(3, thread="1"), verdict=PRAISE)
    assert (await only(store)).reasons == STAR.reasons


async def test_the_newest_profile_of_an_author_wins_and_gaps_do_not(store: Store) -> None:
    await take(store, mention(1, author("Ada", reach=10), at=NOW + 10))
    await take(store, mention(2, author("ada", name="Older", reach=99), at=NOW))
    await take(store, mention(3, author("ADA", name="", reach=None, verified=True, bio="bio"), at=NOW + 20))

    card = await store.author_card(1, NOW)
    assert card.author == author("ADA", name="Ada Dupré", reach=10, verified=True, bio="bio")
    assert (card.mentions, card.conversations, card.first_seen) == (3, 3, NOW + 10)
    assert (await only(store)).author == card.author


async def test_one_batch_with_two_profiles_keeps_the_newer_one(store: Store) -> None:
    await take(
        store, mention(1, author("ada", reach=5), at=NOW + 9), mention(2, author("ada", reach=3), at=NOW)
    )

    assert (await store.author_card(1, NOW)).author.reach == 5


@pytest.mark.parametrize("size", [1, 8, 9, 64, 65, 500, 513, 1_200])
async def test_batches_of_every_size_come_in_whole(store: Store, size: int) -> None:
    assert await take(store, *(mention(n, f"p{n % 7}") for n in range(size))) == Ingested(size, 0, 0)

    assert len(await store.lane(Lane.COMPLAINTS, 5_000)) == size
    assert [it.seq for it in await store.events(0, 5_000)] == list(range(1, size + 1))


async def test_a_new_mention_wakes_and_reopens_what_had_been_put_away(store: Store) -> None:
    await take(store, mention(1), mention(2))
    await store.change(1, done("Zoé"), person="Zoé", now=NOW)
    await store.change(2, snooze("Zoé", NOW + MINUTE), person="Zoé", now=NOW)
    await take(store, mention(3, thread="1", at=NOW + 5), mention(4, thread="2", at=NOW + 5))

    found = await store.conversations([1, 2])
    assert [it.status for it in found] == [Status.OPEN, Status.OPEN]
    assert (found[0].outcome, found[0].waiting_since, found[1].snoozed_until) == (None, NOW + 5, None)
    assert (await store.lane_counts(NOW))[Lane.COMPLAINTS].open == 2


async def test_a_source_keeps_cursor_counters_and_what_was_set_aside(store: Store) -> None:
    await store.ingest(batch(mention(1), set_aside=[SetAside("no id", "{}")], cursor="a"), POLICY, NOW)
    await store.ingest(batch(mention(1), mention(2, at=NOW - 9), cursor=None), POLICY, NOW + 1)

    (state,) = await store.source_states()
    assert (state.name, state.platform, state.health, state.cursor) == ("src", "x", Health.OK, "a")
    assert (state.taken, state.duplicate, state.set_aside) == (2, 1, 1)
    assert (state.newest_at, state.last_ok_at) == (NOW, NOW + 1)
    (item,) = await store.set_aside_items()
    assert (item.source, item.at, item.reason, item.raw) == ("src", NOW, "no id", "{}")


async def test_what_was_set_aside_is_listed_by_source_however_much_others_have(store: Store) -> None:
    await store.ingest(batch(set_aside=(SetAside("first", "ours"),)), POLICY, NOW)
    for number in range(60):
        other = replace(batch(set_aside=(SetAside("odd", str(number)),)), source="other")
        await store.ingest(other, POLICY, NOW)

    assert [it.raw for it in await store.set_aside_items(source="src")] == ["ours"]
    assert len(await store.set_aside_items(20, source="other")) == 20
    assert [it.raw for it in await store.set_aside_items(2)] == ["59", "58"]
    assert await store.set_aside_items(source="nobody") == []


async def test_an_empty_batch_says_that_the_source_was_looked_at(store: Store) -> None:
    assert await store.ingest(batch(cursor="z"), POLICY, NOW) == Ingested(0, 0, 0)

    (state,) = await store.source_states()
    assert (state.cursor, state.last_ok_at, state.newest_at) == ("z", NOW, None)


async def test_a_source_s_health_keeps_its_last_error(store: Store) -> None:
    await store.set_source_health("src", "x", Health.RETRYING, now=NOW, retry_at=NOW + 9, error="timed out")
    await store.set_source_health("src", "x", Health.OK, now=NOW + 20)

    (state,) = await store.source_states()
    assert (state.health, state.retry_at, state.last_error, state.last_ok_at) == (
        Health.OK,
        None,
        "timed out",
        NOW + 20,
    )


async def test_mentions_are_counted_by_the_minute_they_were_received(store: Store) -> None:
    start = NOW - NOW % MINUTE
    await take(store, mention(1), mention(2), now=start + 1)
    await take(store, mention(3), now=start + 2 * MINUTE)

    assert await store.per_minute(start + 30_000) == [(start, 2), (start + 2 * MINUTE, 1)]
    assert await store.per_minute(start + MINUTE) == [(start + 2 * MINUTE, 1)]


async def test_every_mention_makes_one_event_and_the_store_says_that_it_changed(
    store: Store, second: Store
) -> None:
    await second.changed()
    assert not await second.changed()
    await take(store, mention(1), mention(2))
    assert await second.changed()
    assert not await second.changed()

    events = await second.events(0)
    assert [(it.kind, it.conversation_id, it.person) for it in events] == [
        (EventKind.MENTION_TAKEN, 1, ""),
        (EventKind.MENTION_TAKEN, 2, ""),
    ]
    assert events[0].data == {"mention": 1, "lane": "complaints", "priority": 2}
    assert await second.last_seq() == 2


async def test_a_store_tells_of_its_own_changes_too(store: Store) -> None:
    await store.changed()
    await take(store, mention(1))
    assert await store.changed()


async def test_a_batch_that_fails_leaves_nothing(store: Store) -> None:
    bad = replace(mention(2), text="\ud800")
    with pytest.raises(InputError):
        await take(store, mention(1), bad)

    assert await store.events(0) == []
    assert await store.source_states() == []
    assert await take(store, mention(1)) == Ingested(1, 0, 0)


async def test_the_snoozed_are_woken_when_their_time_has_come(store: Store) -> None:
    await take(store, *(mention(n) for n in range(1, 5)))
    for number, until in ((1, 10), (2, 20), (3, 30)):
        await store.change(number, snooze("Zoé", NOW + until), person="Zoé", now=NOW)

    assert await store.wake_due(NOW + 5) == 0
    assert await store.wake_due(NOW + 25, limit=1) == 1
    assert await store.wake_due(NOW + 25) == 1
    assert [it.id for it in await store.in_status(Status.SNOOZED, 9)] == [3]
    woken = await store.events(0, kinds=[EventKind.CONVERSATION_WOKEN])
    assert [(it.conversation_id, it.person) for it in woken] == [(1, ""), (2, "")]


async def test_a_lease_has_one_holder_until_it_expires(store: Store, second: Store) -> None:
    first = await store.acquire_lease("engine", "a", NOW, 100)
    assert first is not None
    assert await second.acquire_lease("engine", "b", NOW + 99, 100) is None
    assert await store.acquire_lease("engine", "a", NOW + 50, 100) == replace(first, expires_at=NOW + 150)

    taken = await second.acquire_lease("engine", "b", NOW + 150, 100)
    assert taken is not None
    assert taken.token > first.token
    assert await store.lease("engine") == taken
    with pytest.raises(LeaseLostError):
        await store.renew_lease(first, NOW + 151, 100)
    assert (await second.renew_lease(taken, NOW + 160, 100)).expires_at == NOW + 260


async def test_a_lease_given_back_is_free_at_once_and_a_lost_one_stays_the_other_s(store: Store) -> None:
    first = await store.acquire_lease("engine", "a", NOW, 100)
    assert first is not None
    await store.release_lease(first)
    taken = await store.acquire_lease("engine", "b", NOW + 1, 100)
    assert taken is not None
    await store.release_lease(first)

    assert await store.lease("engine") == taken
    assert await store.lease("nobody's") is None


async def test_an_engine_that_lost_its_lease_commits_nothing(store: Store) -> None:
    old = await store.acquire_lease("engine", "a", NOW, 100)
    new = await store.acquire_lease("engine", "b", NOW + 200, 100)
    with pytest.raises(LeaseLostError):
        await store.ingest(batch(mention(1), lease=old), POLICY, NOW)
    assert await store.events(0) == []

    assert (await store.ingest(batch(mention(1), lease=new), POLICY, NOW)).new == 1
