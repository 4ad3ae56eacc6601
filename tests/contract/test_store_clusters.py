"""What every store promises of clusters: who joins which, who leads it in a lane, who is counted behind."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest

from cmconsole.core import moves, placing
from cmconsole.core.clock import HOUR
from cmconsole.core.conversation import Status
from cmconsole.core.errors import LeaseLostError
from cmconsole.core.event import EventKind
from cmconsole.core.moves import Change
from cmconsole.core.verdict import Lane, Priority
from cmconsole.store.contract import LEADING_REACH, SIZE_CAP, Move, Store
from tests.contract.samples import (
    COMPLAINT,
    NOW,
    POLICY,
    PRAISE,
    STAR,
    author,
    done,
    mention,
    note,
    only,
    snooze,
    take,
    wait,
)  # fmt: skip

LOUD = author("loud", reach=LEADING_REACH)
URGENT = replace(COMPLAINT, priority=Priority.URGENT)


async def _clusters(store: Store, *ids: int) -> list[int | None]:
    return [it.cluster for it in await store.conversations(ids)]


async def _leads(store: Store, lane: Lane = Lane.COMPLAINTS) -> list[int]:
    return [it.id for it in await store.lane(lane, 100)]


async def _storm(store: Store, size: int = 4) -> None:
    """Take `size` complaints, each by somebody else and later than the one before, in cluster 1."""
    await take(store, *(mention(n, f"p{n}", at=NOW + n) for n in range(1, size + 1)))
    await store.cluster([(n, 1) for n in range(2, size + 1)], NOW, None)


async def test_who_says_the_same_shares_the_first_one_s_id(store: Store, second: Store) -> None:
    await take(store, *(mention(n) for n in range(1, 6)))
    before = await store.conversations([2, 4])

    assert await store.cluster([(4, 2), (5, 4), (4, 4), (3, 99), (99, 3)], NOW + 7, None) == 3
    assert await _clusters(second, 1, 2, 3, 4, 5) == [None, 2, None, 2, 2]
    events = await second.events(0, kinds=[EventKind.CONVERSATION_CLUSTERED])
    assert [(it.conversation_id, it.person, it.at, dict(it.data)) for it in events] == [
        (n, "", NOW + 7, {"cluster": 2}) for n in (2, 4, 5)
    ]
    after = await store.conversations([2, 4])
    assert [it.version for it in after] == [it.version for it in before]
    assert [it.updated_at for it in after] == [it.updated_at for it in before]
    assert await store.cluster([(4, 2)], NOW, None) == 0
    assert await store.cluster([], NOW, None) == 0


async def test_two_clusters_become_one_with_the_smaller_id(store: Store) -> None:
    await take(store, *(mention(n) for n in range(1, 9)))
    await store.cluster([(2, 1), (4, 3), (6, 5)], NOW, None)
    await store.change(2, done("Zoé"), person="Zoé", now=NOW)

    assert await store.cluster([(2, 4)], NOW, None) == 2
    assert [it.lead for it in await store.conversations([1, 2, 3, 4])] == [True, True, False, False]
    assert await _clusters(store, 1, 2, 3, 4, 5, 6) == [1, 1, 1, 1, 5, 5]
    assert await store.cluster([(7, 6), (3, 7), (8, 3)], NOW, None) == 4
    assert await _clusters(store, *range(1, 9)) == [1] * 8
    assert await _leads(store) == [1]


async def test_chains_within_one_batch_of_pairs_end_in_one_cluster(store: Store) -> None:
    await take(store, *(mention(n) for n in range(1, 8)))
    await store.cluster([(6, 5), (7, 6), (4, 3), (5, 4), (2, 1), (4, 2)], NOW, None)

    assert await _clusters(store, *range(1, 8)) == [1] * 7


async def test_a_lane_shows_a_cluster_once_and_counts_it_all(store: Store) -> None:
    await _storm(store)
    await take(store, mention(9, "bob", at=NOW))

    assert await _leads(store) == [5, 1]
    lane = await store.lane(Lane.COMPLAINTS, 100)
    assert await store.cluster_sizes(lane) == {1: 4}
    assert [it.id for it in await store.lane(Lane.COMPLAINTS, 9, after=lane[0])] == [1]
    counts = (await store.lane_counts(NOW + 30 * HOUR))[Lane.COMPLAINTS]
    assert (counts.open, counts.overdue) == (5, 5)
    members = await store.cluster_members(1, Lane.COMPLAINTS)
    assert [(it.id, it.lead, it.cluster) for it in members] == [
        (1, True, 1), (2, False, 1), (3, False, 1), (4, False, 1),
    ]  # fmt: skip
    assert [it.id for it in await store.cluster_members(1, Lane.COMPLAINTS, 2)] == [1, 2]
    assert [it.id for it in await store.in_status(Status.OPEN, 4)] == [5, 1, 2, 3]


async def test_sizes_are_those_of_each_one_s_lane(store: Store) -> None:
    await _storm(store, 5)
    await store.change(4, partial(placing.rejudged, verdict=PRAISE, policy=POLICY), person="Zoé", now=NOW)
    await store.change(5, done("Zoé"), person="Zoé", now=NOW)
    await take(store, mention(9))

    everyone = await store.conversations(range(1, 7))
    assert await store.cluster_sizes(everyone) == {1: 3, 2: 3, 3: 3, 4: 1, 5: 3}
    assert await store.cluster_sizes([]) == {}
    assert (await _leads(store, Lane.OTHERS), (await only(store, 4)).lead) == ([4], True)


async def test_sizes_are_counted_up_to_a_cap(store: Store) -> None:
    await take(store, *(mention(n, at=NOW) for n in range(1, SIZE_CAP + 3)))
    assert await store.cluster([(n, 1) for n in range(2, SIZE_CAP + 3)], NOW, None) == SIZE_CAP + 2

    assert await store.cluster_sizes([await only(store)]) == {1: SIZE_CAP}
    assert await _leads(store) == [1]
    assert len(await store.cluster_members(1, Lane.COMPLAINTS)) == 500


async def test_the_most_pressing_leads_then_the_loud_then_the_earliest(store: Store) -> None:
    await take(store, mention(1, at=NOW + 1), mention(2, at=NOW), mention(5, at=NOW + 9))
    await take(store, mention(3, LOUD, at=NOW + 3), mention(4, LOUD, at=NOW + 2))
    await store.cluster([(1, 2), (3, 2)], NOW, None)
    assert await _leads(store) == [2, 5, 4]
    await store.cluster([(4, 2), (5, 2)], NOW, None)
    assert await _leads(store) == [5]

    urgent = partial(placing.rejudged, verdict=URGENT, policy=POLICY)
    change = await store.change(3, urgent, person="Zoé", now=NOW)
    assert (await _leads(store), change.conversation.lead) == ([3], True)
    assert await only(store, 3) == change.conversation


async def test_a_verified_voice_is_loud_and_a_profile_may_become_so(store: Store) -> None:
    await _storm(store)
    assert await _leads(store) == [1]
    await take(store, mention(8, author("p3", reach=LEADING_REACH), at=NOW + 90))
    assert await _leads(store) == [3, 5]
    await take(store, mention(9, author("p2", verified=True), at=NOW + 90))
    assert await _leads(store) == [2, 5, 6]
    await take(store, mention(10, author("p2", reach=LEADING_REACH - 1), at=NOW + 91))
    assert (await _leads(store))[0] == 3


@pytest.mark.parametrize("move", [done("Zoé"), wait("Zoé"), snooze("Zoé", NOW + HOUR)])
async def test_when_the_leading_one_is_put_away_the_next_one_leads(store: Store, move: Move) -> None:
    await _storm(store)
    change = await store.change(1, move, person="Zoé", now=NOW)

    assert await _leads(store) == [2]
    assert await only(store) == change.conversation
    assert await store.cluster_sizes([await only(store, 2)]) == {2: 3}


async def test_who_comes_back_leads_again_or_stands_behind(store: Store) -> None:
    await _storm(store)
    await store.change(1, snooze("Zoé", NOW + HOUR), person="Zoé", now=NOW)
    await store.change(3, snooze("Zoé", NOW + HOUR), person="Zoé", now=NOW)
    assert await store.wake_due(NOW + HOUR) == 2
    assert await _leads(store) == [1]

    await store.change_many([1, 2, 3, 4], done("Zoé"), person="Zoé", now=NOW)
    assert await _leads(store) == []
    reopen = partial(moves.reopen, person="Zoé", now=NOW, policy=POLICY)
    change = await store.change(4, reopen, person="Zoé", now=NOW)
    assert (await _leads(store), change.conversation.lead) == ([4], True)
    change = await store.change(2, reopen, person="Zoé", now=NOW)
    assert (await _leads(store), change.conversation.lead) == ([2], True)
    change = await store.change(3, reopen, person="Zoé", now=NOW)
    assert (await _leads(store), change.conversation.lead) == ([2], False)
    assert await only(store, 3) == change.conversation


async def test_a_new_mention_in_a_cluster_settles_it(store: Store) -> None:
    await _storm(store)
    await take(store, mention(9, "p3", thread="3", at=NOW + 50), verdict=URGENT)
    assert await _leads(store) == [3]
    await take(store, mention(10, "p2", thread="2", at=NOW + 51), verdict=STAR)
    assert (await _leads(store), await _leads(store, Lane.INFLUENCERS)) == ([3], [2])
    await store.change(4, done("Zoé"), person="Zoé", now=NOW)
    await take(store, mention(11, "p4", thread="4", at=NOW + 52), verdict=URGENT)
    assert await _leads(store) == [3]
    assert (await only(store, 4)).cluster == 1


async def test_another_judgement_and_a_vip_settle_it(store: Store) -> None:
    await _storm(store)
    anew = partial(placing.rejudged, verdict=STAR, policy=POLICY)
    await store.rejudge([(1, anew)], NOW, None)
    assert (await _leads(store), await _leads(store, Lane.INFLUENCERS)) == ([2], [1])
    star = (await only(store, 4)).author_id
    await store.set_vip(star, anew, vip=True, person="Zoé", now=NOW)
    assert await _leads(store, Lane.INFLUENCERS) == [1]
    await store.change(1, done("Zoé"), person="Zoé", now=NOW)
    assert await _leads(store, Lane.INFLUENCERS) == [4]


async def test_what_is_erased_or_trimmed_leads_no_longer(store: Store) -> None:
    await _storm(store)
    await store.erase_author("x", "p1", person="Zoé", now=NOW)
    assert await _leads(store) == [2]

    await store.change(2, done("Zoé"), person="Zoé", now=NOW + 2)
    assert await store.trim(NOW + HOUR) > 0
    assert await store.conversations([1, 2]) == []
    assert await _leads(store) == [3]
    assert await store.cluster([(4, 1), (3, 2)], NOW, None) == 0


async def test_a_move_cannot_say_who_leads(store: Store) -> None:
    await _storm(store)
    change = await store.change(
        2, lambda it: Change(replace(it, lead=True, cluster=None, tags=("t",))), person="Zoé", now=NOW
    )
    assert (change.conversation.lead, change.conversation.cluster) == (False, 1)
    assert await only(store, 2) == change.conversation
    await store.change(2, note("still behind"), person="Zoé", now=NOW)
    assert await _leads(store) == [1]


async def test_an_engine_that_lost_its_lease_joins_nothing(store: Store) -> None:
    await take(store, mention(1), mention(2))
    old = await store.acquire_lease("engine", "a", NOW, 100)
    new = await store.acquire_lease("engine", "b", NOW + 200, 100)
    with pytest.raises(LeaseLostError):
        await store.cluster([(2, 1)], NOW, old)
    assert await _clusters(store, 1, 2) == [None, None]

    assert await store.cluster([(2, 1)], NOW, new) == 2


async def test_texts_come_by_id_and_only_those_created_since(store: Store, second: Store) -> None:
    assert await store.newest_mention_id() == 0
    await take(
        store, mention(1, at=NOW), mention(2, "bob", at=NOW - HOUR), mention(3, thread="1", at=NOW + 5)
    )

    assert await second.texts_after(0, 9, NOW) == [
        (1, 1, "Le colis 1 n'est pas arrivé", NOW), (3, 1, "Le colis 3 n'est pas arrivé", NOW + 5),
    ]  # fmt: skip
    assert [it[0] for it in await second.texts_after(0, 2, 0)] == [1, 2]
    assert await second.texts_after(3, 9, 0) == []
    await store.change(1, done("Zoé"), person="Zoé", now=NOW)
    while await store.trim(NOW + HOUR):
        pass
    assert await second.newest_mention_id() == 3
    assert [it[0] for it in await second.texts_after(0, 9, 0)] == [2]
