"""What every store promises to a person's console: moves that stick, lanes in order, history, search."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from cmconsole.core import moves, placing
from cmconsole.core.clock import DAY, HOUR, MINUTE
from cmconsole.core.conversation import Conversation, Outcome, Status
from cmconsole.core.errors import ClaimHeldError, IllegalMoveError, NotFoundError
from cmconsole.core.event import EventKind
from cmconsole.core.moves import Change
from cmconsole.core.verdict import Kind, Lane, Priority, Verdict
from cmconsole.store.contract import OVERDUE_CAP, Store
from tests.contract.samples import (
    COMPLAINT,
    NOW,
    POLICY,
    PRAISE,
    STAR,
    batch,
    claim,
    done,
    mention,
    note,
    only,
    silence,
    snooze,
    take,
    wait,
)  # fmt: skip


async def test_a_move_is_committed_with_its_fact(store: Store, second: Store) -> None:
    await take(store, mention(1))
    change = await store.change(1, claim("Zoé"), person="Zoé", now=NOW + 1)

    assert await only(second) == change.conversation
    assert (change.conversation.holder(NOW + 1), change.conversation.version) == ("Zoé", 1)
    assert change.conversation.updated_at == NOW + 1
    (event,) = await second.history(1)
    assert (event.kind, event.person, event.at) == (EventKind.CONVERSATION_CLAIMED, "Zoé", NOW + 1)
    assert event.data == {"until": NOW + 15 * MINUTE}


async def test_a_move_that_is_refused_changes_nothing(store: Store, second: Store) -> None:
    await take(store, mention(1))
    await store.change(1, claim("Zoé"), person="Zoé", now=NOW)
    before, seq = await only(store), await store.last_seq()

    with pytest.raises(ClaimHeldError, match="Zoé"):
        await second.change(1, claim("Ada"), person="Ada", now=NOW)
    with pytest.raises(NotFoundError):
        await second.change(7, claim("Ada"), person="Ada", now=NOW)
    assert (await only(store), await store.last_seq()) == (before, seq)


async def test_a_move_without_effect_writes_nothing(store: Store, second: Store) -> None:
    await take(store, mention(1))
    await second.changed()
    change = await store.change(1, Change, person="Zoé", now=NOW + 1)

    assert change == Change(await only(store))
    assert change.conversation.version == 0
    assert await store.last_seq() == 1


async def test_a_change_without_a_fact_is_written_silently(store: Store) -> None:
    await take(store, mention(1))
    rejudged = partial(placing.rejudge, verdict=STAR, policy=POLICY, vip=True)
    await store.change(1, lambda it: Change(rejudged(it)), person="Zoé", now=NOW)

    found = await only(store)
    assert (found.lane, found.vip, found.reasons, found.version) == (Lane.INFLUENCERS, True, STAR.reasons, 1)
    assert await store.last_seq() == 1
    await store.change(1, note("still here"), person="Zoé", now=NOW)
    assert (await only(store)).reasons == STAR.reasons


async def test_notes_and_tags_survive(store: Store) -> None:
    await take(store, mention(1))
    await store.change(1, partial(moves.tag, name="Livraison"), person="Zoé", now=NOW)
    await store.change(1, note("appelé à 14 h « promis »"), person="Zoé", now=NOW)

    assert (await only(store)).tags == ("livraison",)
    assert [dict(it.data) for it in await store.history(1)] == [
        {"tag": "livraison"},
        {"text": "appelé à 14 h « promis »"},
    ]
    assert (await only(store)).version == 2


async def test_every_field_of_a_conversation_survives_the_store(store: Store) -> None:
    await take(store, mention(1))
    await store.change(1, claim("Zoé"), person="Zoé", now=NOW)
    pending = await store.change(1, wait("Zoé", NOW + 5), person="Zoé", now=NOW + 5)
    assert pending.conversation.clock_left is not None
    assert await only(store) == pending.conversation

    silent = await store.change(1, silence("Zoé", NOW + 6, "troll, « déjà »"), person="Zoé", now=NOW + 6)
    assert await only(store) == silent.conversation
    assert (silent.conversation.outcome, silent.conversation.silence_reason) == (
        Outcome.SILENCE,
        "troll, « déjà »",
    )


async def test_a_resolved_conversation_can_get_its_clock_back(store: Store) -> None:
    await take(store, mention(1))
    before = await only(store)
    await store.change(1, done("Zoé"), person="Zoé", now=NOW)
    (event,) = await store.history(1)
    assert event.data == {"was": "open", "waiting_since": before.waiting_since, "answer_by": before.answer_by}

    back = partial(
        moves.reopen,
        person="Zoé",
        now=NOW,
        policy=POLICY,
        waiting_since=before.waiting_since,
        answer_by=before.answer_by,
    )
    after = (await store.change(1, back, person="Zoé", now=NOW)).conversation
    assert (after.status, after.waiting_since, after.answer_by) == (Status.OPEN, NOW, before.answer_by)


async def test_many_are_changed_with_an_answer_for_each(store: Store) -> None:
    await take(store, *(mention(n) for n in range(1_203)))
    await store.change(2, claim("Ada"), person="Ada", now=NOW)
    outcomes = await store.change_many(
        [1, 2, 9_999, 3, 3, *range(4, 1_204)], done("Zoé"), person="Zoé", now=NOW
    )

    assert [type(it) for it in outcomes[:5]] == [Change, ClaimHeldError, NotFoundError, Change, Change]
    assert all(isinstance(it, Change) for it in outcomes[5:])
    assert await store.status_counts() == {
        Status.OPEN: 1, Status.PENDING: 0, Status.SNOOZED: 0, Status.RESOLVED: 1_202,
    }  # fmt: skip
    assert len(await store.events(0, 5_000, kinds=[EventKind.CONVERSATION_DONE])) == 1_202
    assert await store.change_many([], done("Zoé"), person="Zoé", now=NOW) == []


async def test_two_people_at_once_never_both_get_a_conversation(store: Store, second: Store) -> None:
    await take(store, *(mention(n) for n in range(1, 41)))

    async def grab(where: Store, person: str) -> set[int]:
        mine = set()
        for number in range(1, 41):
            try:
                await where.change(number, claim(person), person=person, now=NOW)
            except ClaimHeldError:
                continue
            mine.add(number)
        return mine

    ada, zoe = await asyncio.gather(grab(store, "Ada"), grab(second, "Zoé"))
    assert not ada & zoe
    assert ada | zoe == set(range(1, 41))
    assert {it.id for it in await store.claimed_by("Ada", NOW)} == ada


def _verdict(lane: Lane, priority: Priority) -> Verdict:
    return Verdict(lane, priority, Kind.COMPLAINT if lane is Lane.COMPLAINTS else Kind.QUESTION)


async def test_lanes_are_in_the_order_of_the_queue_page_by_page(store: Store) -> None:
    for number in range(60):
        verdict = _verdict(list(Lane)[number % 3], list(Priority)[number * 7 % 4])
        await take(store, mention(number, at=NOW + number * 37 % 11), verdict=verdict)
    for lane in Lane:
        whole = await store.lane(lane, 100)
        assert len(whole) == 20
        assert whole == sorted(whole, key=lambda it: (it.priority, it.answer_by, it.id))
        paged: list[Conversation] = []
        while page := await store.lane(lane, 3, after=paged[-1] if paged else None):
            paged += page
        assert paged == whole


async def test_lanes_count_what_is_open_by_kind_and_what_is_late(store: Store) -> None:
    await take(store, mention(1), mention(2), mention(3))
    await take(store, mention(4), verdict=replace(COMPLAINT, kind=Kind.QUESTION, priority=Priority.URGENT))
    await take(store, mention(5), verdict=PRAISE)
    await store.change(1, done("Zoé"), person="Zoé", now=NOW)
    await store.change(2, snooze("Zoé", NOW + HOUR), person="Zoé", now=NOW)

    counts = await store.lane_counts(NOW + 20 * MINUTE)
    assert set(counts) == set(Lane)
    complaints = counts[Lane.COMPLAINTS]
    assert (complaints.open, complaints.overdue) == (2, 1)
    assert {kind: n for kind, n in complaints.kinds.items() if n} == {Kind.COMPLAINT: 1, Kind.QUESTION: 1}
    assert (counts[Lane.OTHERS].open, counts[Lane.INFLUENCERS].open) == (1, 0)


async def test_the_late_are_counted_up_to_the_cap(store: Store) -> None:
    await take(store, *(mention(n) for n in range(OVERDUE_CAP + 5)))

    assert (await store.lane_counts(NOW + DAY))[Lane.COMPLAINTS].overdue == OVERDUE_CAP
    assert (await store.lane_counts(NOW))[Lane.COMPLAINTS].overdue == 0


async def test_conversations_are_listed_by_status(store: Store) -> None:
    await take(store, *(mention(n) for n in range(1, 8)))
    for number, until in ((1, 30), (2, 10)):
        await store.change(number, snooze("Zoé", NOW + until), person="Zoé", now=NOW)
    for number, at in ((3, 5), (4, 9)):
        await store.change(number, done("Zoé"), person="Zoé", now=NOW + at)
    await store.change(5, wait("Zoé"), person="Zoé", now=NOW)

    found = {status: [it.id for it in await store.in_status(status, 10)] for status in Status}
    assert found == {
        Status.OPEN: [6, 7],
        Status.SNOOZED: [2, 1],
        Status.RESOLVED: [4, 3],
        Status.PENDING: [5],
    }
    assert len(await store.in_status(Status.OPEN, 1)) == 1
    assert [it.id for it in await store.conversations([7, 99, 3, 7])] == [7, 3]


async def test_expired_claims_are_nobody_s(store: Store) -> None:
    await take(store, mention(1), mention(2))
    await store.change(2, claim("Zoé"), person="Zoé", now=NOW)
    await store.change(1, claim("Zoé", NOW + HOUR), person="Zoé", now=NOW + HOUR)

    assert [it.id for it in await store.claimed_by("Zoé", NOW)] == [1, 2]
    assert [it.id for it in await store.claimed_by("Zoé", NOW + HOUR)] == [1]


async def test_decisions_are_told_by_when_they_were_taken(store: Store) -> None:
    await take(store, *(mention(n) for n in range(1, 5)))
    for number, at in ((1, 10), (2, 20), (3, 30)):
        await store.change(number, silence("Zoé", NOW + at), person="Zoé", now=NOW + at)
    await store.change(4, done("Zoé", NOW + 25), person="Zoé", now=NOW + 25)
    await store.change(1, note("later"), person="Zoé", now=NOW + 99)

    assert [it.id for it in await store.decisions(NOW + 20, Outcome.SILENCE)] == [3, 2]
    assert [it.id for it in await store.decisions(0, Outcome.SILENCE, 2)] == [3, 2]
    assert [it.id for it in await store.decisions(0, Outcome.DONE)] == [4]


async def test_the_newest_mentions_of_a_conversation_come_oldest_first(store: Store) -> None:
    await take(store, *(mention(n, thread="t", at=NOW + n) for n in range(10)))

    assert [it.mention.native_id for it in await store.mentions(1, 3)] == ["7", "8", "9"]
    assert await store.mentions(99) == []
    found = await store.find_mention("x", "4")
    assert found is not None
    assert (found.conversation_id, found.received_at, found.mention) == (
        1,
        NOW,
        mention(4, thread="t", at=NOW + 4),
    )
    assert await store.find_mention("x", "nowhere") is None


async def test_an_author_s_card_counts_the_month(store: Store) -> None:
    await take(
        store,
        mention(1, at=NOW - 40 * DAY),
        mention(2, thread="1"),
        mention(3, at=NOW + 1),
        mention(4, "bob"),
    )

    card = await store.author_card(1, NOW)
    assert (card.mentions, card.conversations, card.mentions_this_month) == (3, 2, 2)
    assert [it.thread for it in await store.author_conversations(1)] == ["3", "1"]
    assert len(await store.author_conversations(1, 1)) == 1
    with pytest.raises(NotFoundError):
        await store.author_card(99, NOW)


async def test_a_vip_s_unresolved_conversations_are_judged_anew(store: Store) -> None:
    await take(store, mention(1), mention(2), mention(3, "bob"))
    await store.change(2, done("Zoé"), person="Zoé", now=NOW)
    starred = partial(placing.rejudge, verdict=STAR, policy=POLICY, vip=True)
    await store.set_vip(1, lambda it: Change(starred(it)), vip=True, person="Zoé", now=NOW + 5)

    first, resolved, other = await store.conversations([1, 2, 3])
    assert (first.lane, first.vip, first.version) == (Lane.INFLUENCERS, True, 1)
    assert (resolved.lane, other.lane, other.vip) == (Lane.COMPLAINTS, Lane.COMPLAINTS, False)
    assert await store.vip_authors() == {("x", "ada")}
    assert (await store.author_card(1, NOW)).vip
    (event,) = await store.events(0, kinds=[EventKind.VIP_MARKED])
    assert (event.person, dict(event.data)) == ("Zoé", {"author": 1})

    await take(store, mention(9))
    assert (await only(store, 4)).vip
    await store.set_vip(1, Change, vip=False, person="Zoé", now=NOW + 6)
    assert await store.vip_authors() == set()
    with pytest.raises(NotFoundError):
        await store.set_vip(99, Change, vip=True, person="Zoé", now=NOW)


async def test_a_vip_mark_that_cannot_be_judged_is_not_set(store: Store) -> None:
    await take(store, mention(1))

    def refuse(conversation: Conversation) -> Change:
        raise IllegalMoveError("no")

    with pytest.raises(IllegalMoveError):
        await store.set_vip(1, refuse, vip=True, person="Zoé", now=NOW)
    assert await store.vip_authors() == set()
    assert await store.events(0, kinds=[EventKind.VIP_MARKED]) == []


async def test_the_feed_gives_every_event_once_in_order_by_kind_and_since(store: Store) -> None:
    await take(store, *(mention(n) for n in range(1, 6)))
    await store.change_many([1, 2, 3], done("Zoé"), person="Zoé", now=NOW + 10)
    whole = await store.events(0)
    read, last = [], 0
    while page := await store.events(last, 3):
        read += page
        last = page[-1].seq

    assert read == whole
    assert [it.seq for it in whole] == list(range(1, 9))
    assert [it.seq for it in await store.events(6, kinds=[EventKind.CONVERSATION_DONE, "no.such"])] == [7, 8]
    assert [it.seq for it in await store.events(0, since=NOW + 1)] == [6, 7, 8]
    assert await store.events(8) == []


async def _find(store: Store, query: str) -> list[int]:
    return [it.id for it in await store.search(query)]


async def test_search_finds_all_words_without_accents_and_a_beginning(store: Store) -> None:
    await take(
        store,
        mention(1, "marc_d", text="Où est MON colis déjà payé ?"),
        mention(2, "zoe", text="colis cassé; c'est l'été", at=NOW + 1),
        mention(3, "zoe", text="rien à voir", at=NOW + 2),
        mention(4, "zoe", thread="2", text="colis encore", at=NOW + 3),
    )

    assert await _find(store, "colis") == [2, 1]
    assert await _find(store, "DEJA col") == [1]
    assert await _find(store, "déjà PAYE") == [1]
    assert await _find(store, "colis casse ete") == [2]
    assert await _find(store, "l'été") == [2]
    assert await _find(store, "colis rien") == []
    assert await _find(store, "oli") == []
    assert [it.id for it in await store.search("colis", 1)] == [2]


async def test_search_finds_authors_by_the_beginning_of_handle_or_name(store: Store) -> None:
    await take(store, mention(1, "marc_d", text="a"), mention(2, "zoe", text="b"))

    assert await _find(store, "@MARC") == [1]
    assert await _find(store, "zoe dupre") == [2]
    assert await _find(store, "Zoe Dup") == [2]
    assert await _find(store, "arc_d") == []


@pytest.mark.parametrize(
    "query",
    [
        "", " ", '"', "*", "AND", "NOT colis", "colis OR", "NEAR(a b)", "text:colis", "^colis", "a* b*",
        "-", "(((", "\x00", "\ud800", "é", "don't", "🙂", "'; DROP TABLE mention; --",
        "col" * 5_000, "a " * 5_000,
        "\u0301", "％_", "日本語", "{colis}", "col\u200bis", "naïve-café", "\U0010ffff", "\u0967\u0968",
    ],
)  # fmt: skip
async def test_any_text_is_a_query(store: Store, query: str) -> None:
    await take(store, mention(1, text="le colis and not near or don't"))

    await store.search(query)


async def test_words_that_mean_something_to_the_engine_are_words(store: Store) -> None:
    await take(store, mention(1, text="this AND that"), mention(2, text="this that"))

    assert await _find(store, "this AND that") == [1]


async def test_history_is_what_persons_did(store: Store) -> None:
    await store.ingest(batch(mention(1)), POLICY, NOW)
    assert await store.history(1) == []
    assert await store.lane(Lane.OTHERS, 10) == []
