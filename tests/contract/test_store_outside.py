"""What every store promises of the world outside: edits, deletions, tips, accounts, money, pauses."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cmconsole.core.account import AccountState, Standing
from cmconsole.core.budget import Used
from cmconsole.core.clock import MINUTE, SECOND
from cmconsole.core.conversation import Outcome, Status
from cmconsole.core.errors import LeaseLostError, NotFoundError
from cmconsole.core.event import EventKind
from cmconsole.core.mention import Absence, Mention, Removed
from cmconsole.core.reasons import WrittenReasons
from cmconsole.core.source import Health
from cmconsole.core.tip import Tip, TipState
from cmconsole.core.verdict import Lane, Priority, Verdict
from cmconsole.store.contract import ENGINE_LEASE, Intake, Store
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
    silence,
    take,
    wait,
)

LATER = NOW + MINUTE
GONE = "secret-word"


async def edit(store: Store, it: Mention, verdict: Verdict = COMPLAINT) -> None:
    """Deliver a mention again, changed a minute after it was written."""
    await take(store, replace(it, edited_at=LATER), verdict=verdict, now=LATER)


async def remove(store: Store, *native_ids: str, why: Absence = Absence.DELETED) -> None:
    gone = tuple(Removed("x", it, why) for it in native_ids)
    await store.ingest(Intake("src", "x", (), removed=gone), POLICY, LATER)


async def kinds(store: Store) -> list[EventKind]:
    return [event.kind for event in await store.events(0)]


# ------------------------------------------------------------------------------------------------------ edits


async def test_an_edit_changes_words_lane_and_search_and_is_told(store: Store) -> None:
    await take(store, mention(1, text="merci beaucoup"), verdict=PRAISE)
    await edit(store, mention(1, text="en fait tout est cassé"))

    found = await only(store)
    assert (found.text, found.lane, found.priority) == (
        "en fait tout est cassé",
        Lane.COMPLAINTS,
        Priority.HIGH,
    )
    assert found.reasons == COMPLAINT.reasons
    assert found.messages == 1
    (stored,) = await store.mentions(1)
    assert stored.mention.edited_at == LATER
    assert [it.id for it in await store.search("cassé")] == [1]
    assert await store.search("merci") == []
    assert EventKind.MENTION_EDITED in await kinds(store)
    assert [it.kind for it in await store.history(1)] == [EventKind.MENTION_EDITED]
    assert (await store.lane_counts(LATER))[Lane.COMPLAINTS].open == 1


async def test_the_same_edit_again_and_an_older_one_change_nothing(store: Store) -> None:
    await take(store, mention(1))
    await edit(store, mention(1, text="deux"))
    seq, version = await store.last_seq(), (await only(store)).version
    await edit(store, mention(1, text="trois"))
    await take(store, mention(1, text="zéro", edited_at=NOW + 1))
    await take(store, mention(1, text="zéro"))

    assert await store.last_seq() == seq
    assert ((await only(store)).text, (await only(store)).version) == ("deux", version)


async def test_one_that_comes_edited_the_first_time_keeps_its_time(store: Store) -> None:
    await take(store, mention(1, edited_at=NOW + 5))
    (stored,) = await store.mentions(1)

    assert stored.mention.edited_at == NOW + 5
    assert await kinds(store) == [EventKind.MENTION_TAKEN]


async def test_of_a_mention_twice_in_a_batch_the_later_edit_counts(store: Store) -> None:
    await take(store, mention(1), mention(1, text="neuf", edited_at=LATER), mention(1, text="vieux"))

    assert (await only(store)).text == "neuf"


async def test_an_edit_never_makes_a_waiting_one_less_pressing(store: Store) -> None:
    await take(store, mention(1), verdict=STAR)
    before = await only(store)
    await edit(store, mention(1, text="rien"), PRAISE)
    after = await only(store)

    assert (after.lane, after.priority, after.answer_by) == (before.lane, before.priority, before.answer_by)


async def test_an_edit_wakes_a_resolved_one_only_when_it_presses_more(store: Store) -> None:
    await take(store, mention(1), verdict=PRAISE)
    await store.change(1, done("Ada"), person="Ada", now=NOW)
    await edit(store, mention(1, text="coquille corrigée"), PRAISE)
    assert ((await only(store)).status, (await only(store)).text) == (Status.RESOLVED, "coquille corrigée")

    await take(store, mention(1, text="au feu", edited_at=LATER + 1), verdict=STAR, now=LATER + 1)
    found = await only(store)
    assert (found.status, found.lane, found.outcome) == (Status.OPEN, Lane.INFLUENCERS, None)
    assert found.waiting_since == LATER + 1


async def test_an_edit_does_not_start_the_clock_of_a_pending_one(store: Store) -> None:
    await take(store, mention(1))
    await store.change(1, wait("Ada"), person="Ada", now=NOW)
    before = await only(store)
    await edit(store, mention(1, text="plus clair"))
    after = await only(store)

    assert after.status is Status.PENDING
    assert (after.waiting_since, after.answer_by, after.clock_left) == (None, None, before.clock_left)


async def test_an_older_mention_that_is_edited_leaves_the_newest_in_front(store: Store) -> None:
    await take(store, mention(1), mention(2, thread="1", at=NOW + 1))
    await edit(store, mention(1, text="autre"))

    assert "colis 2" in (await only(store)).text
    assert [it.mention.text[:5] for it in await store.mentions(1)] == ["autre", "Le co"]


# -------------------------------------------------------------------------------------------------- deletions


async def test_a_deleted_mention_leaves_no_word_and_nobody_waits(store: Store) -> None:
    await take(store, mention(1, text=f"{GONE} cassé"))
    await remove(store, "1")

    found = await only(store)
    assert (found.text, found.gone, found.outcome) == ("", Absence.DELETED, Outcome.GONE)
    assert (found.status, found.answer_by, found.reasons) == (Status.RESOLVED, None, WrittenReasons("[]"))
    assert await store.search(GONE) == []
    (stored,) = await store.mentions(1)
    assert (stored.mention.text, stored.gone) == ("", Absence.DELETED)
    assert [it.kind for it in await store.history(1)] == [
        EventKind.CONVERSATION_GONE,
        EventKind.MENTION_REMOVED,
    ]
    assert (await store.lane_counts(LATER))[Lane.COMPLAINTS].open == 0
    exported = [item async for item in store.export()]
    assert GONE not in str(exported)


async def test_what_is_left_stands_in_front_and_still_waits(store: Store) -> None:
    await take(store, mention(1), mention(2, thread="1", at=NOW + 1))
    await remove(store, "2", why=Absence.WITHHELD)

    found = await only(store)
    assert (found.status, found.gone) == (Status.OPEN, None)
    assert "colis 1" in found.text
    assert [it.gone for it in await store.mentions(1)] == [None, Absence.WITHHELD]
    await remove(store, "1")
    assert (await only(store)).outcome is Outcome.GONE


async def test_a_deletion_leaves_what_was_decided_before(store: Store) -> None:
    await take(store, mention(1))
    await store.change(1, silence("Ada"), person="Ada", now=NOW)
    await remove(store, "1")

    assert ((await only(store)).outcome, (await only(store)).silence_reason) == (Outcome.SILENCE, "troll")


async def test_a_deletion_of_something_unknown_or_gone_already_means_nothing(store: Store) -> None:
    await take(store, mention(1))
    await remove(store, "nobody")
    await store.ingest(Intake("src", "x", (), removed=(Removed("reddit", "1"),)), POLICY, LATER)
    assert (await only(store)).gone is None
    await remove(store, "1")
    seq = await store.last_seq()
    await remove(store, "1")
    await edit(store, mention(1, text=GONE))

    assert await store.last_seq() == seq
    assert (await only(store)).text == ""


async def test_a_mention_and_its_deletion_in_one_batch_leave_nothing(store: Store) -> None:
    intake = replace(batch(mention(1)), removed=(Removed("x", "1"),))
    await store.ingest(intake, POLICY, NOW)

    assert (await only(store)).gone is Absence.DELETED


async def test_a_later_mention_brings_a_conversation_that_was_gone_back(store: Store) -> None:
    await take(store, mention(1))
    await remove(store, "1")
    await take(store, mention(2, thread="1", at=LATER + 1), now=LATER + 1)

    found = await only(store)
    assert (found.status, found.gone, found.outcome) == (Status.OPEN, None, None)


# --------------------------------------------------------------------------------------- what may be answered


async def test_whether_it_can_be_answered_is_kept(store: Store) -> None:
    await take(store, mention(1, can_reply=False), mention(2, "bob"))
    assert [it.can_reply for it in await store.conversations([1, 2])] == [False, True]
    assert [it.mention.can_reply for it in await store.mentions(1)] == [False]
    await store.change(1, done("Ada"), person="Ada", now=NOW)
    assert not (await only(store)).can_reply

    await take(store, mention(3, thread="1", at=NOW + 1))
    assert (await only(store)).can_reply


# ------------------------------------------------------------------------------------------------------- tips

URL = "https://blog.example/post"
TIP = Tip(URL, "Paul", NOW, "réponds-lui !")


async def test_a_tip_waits_until_it_is_linked_and_is_counted(store: Store) -> None:
    first = await store.add_tip(TIP, NOW)
    assert (first.state, first.conversation_id, first.again) == (TipState.WAITING, None, 0)
    assert (await store.add_tip(replace(TIP, note=""), NOW)).again == 1
    other = await store.add_tip(replace(TIP, person="Marie"), NOW)
    waiting = await store.waiting_tips()
    assert [(it.id, it.tip.note) for it in waiting] == [
        (first.id, "réponds-lui !"),
        (other.id, "réponds-lui !"),
    ]

    await take(store, mention(1))
    await store.settle_tip(first.id, TipState.LINKED, 1, LATER, None)
    assert [it.id for it in await store.waiting_tips()] == [other.id]
    assert (await only(store)).tips == 2
    await store.settle_tip(first.id, TipState.LINKED, 1, LATER, None)
    assert (await only(store)).tips == 2
    assert (await store.add_tip(TIP, LATER)).conversation_id == 1
    assert (await only(store)).tips == 3
    assert [(it.tip.person, it.again) for it in await store.tips(1)] == [("Paul", 2)]
    assert [it.kind for it in await store.history(1)] == [EventKind.TIP_LINKED] * 2


async def test_a_tip_to_nowhere_goes_on_waiting(store: Store) -> None:
    tip = await store.add_tip(TIP, NOW)
    await store.settle_tip(tip.id, TipState.TAKEN, 99, NOW, None)

    assert [it.id for it in await store.waiting_tips()] == [tip.id]


async def test_tips_come_in_with_a_batch_and_leave_with_the_conversation(store: Store) -> None:
    await store.ingest(replace(batch(mention(1)), tips=(TIP,)), POLICY, NOW)
    (tip,) = await store.waiting_tips()
    await store.settle_tip(tip.id, TipState.LINKED, 1, NOW, None)
    await store.erase_author("x", "ada", person="Bob", now=LATER)

    assert (await store.tips(1), await store.waiting_tips()) == ([], [])


async def test_a_mention_is_found_by_its_address(store: Store) -> None:
    it = replace(mention(1, url=URL), platform="feeds", author=replace(author(), platform="feeds"))
    await take(store, it)

    found = await store.mention_at(URL)
    assert found is not None
    assert found.mention.native_id == "1"
    assert await store.mention_at(URL + "/") is None


# --------------------------------------------------------------------------------------------------- accounts

STATE = AccountState("main", "x", "@acme", "live", Standing.VERIFIED, "acme", "17", NOW, cap=50_000_000)


async def test_accounts_are_kept_as_found_and_a_change_of_standing_is_told(store: Store) -> None:
    assert await store.account_states() == []
    await store.set_account(STATE, NOW, None)
    await store.set_account(replace(STATE, checked_at=LATER), LATER, None)
    assert await store.account_states() == [replace(STATE, checked_at=LATER)]
    assert await kinds(store) == [EventKind.ACCOUNT_CHECKED]

    locked = replace(STATE, standing=Standing.LOCKED, seen="other", error="Other.")
    await store.set_account(locked, LATER, None)
    (event,) = await store.events(1)
    assert event.data == {"account": "main", "standing": "locked"}
    await store.forget_accounts(["other"], None)
    assert await store.account_states() == []


async def test_money_is_added_up_by_month_and_thing(store: Store) -> None:
    await store.set_account(STATE, NOW, None)
    await store.spend("main", "2026-10", "read", 100, 500_000)
    await store.spend("main", "2026-11", "read", 2, 10_000)
    await store.spend("main", "2026-11", "read", 3, 15_000)
    await store.spend("main", "2026-11", "write", 1, 200_000)
    await store.spend("other", "2026-12", "read", 1, 5_000)

    assert await store.used("2026-11") == [
        Used("main", "2026-11", "read", 5, 25_000),
        Used("main", "2026-11", "write", 1, 200_000),
    ]
    assert [it.spent for it in await store.account_states()] == [225_000]


async def test_only_the_engine_at_work_says_how_accounts_stand(store: Store) -> None:
    old = await store.acquire_lease(ENGINE_LEASE, "one", NOW, SECOND)
    await store.acquire_lease(ENGINE_LEASE, "two", LATER, SECOND)
    with pytest.raises(LeaseLostError):
        await store.set_account(STATE, LATER, old)
    with pytest.raises(LeaseLostError):
        await store.forget_accounts([], old)
    tip = await store.add_tip(TIP, NOW)
    await take(store, mention(1))
    with pytest.raises(LeaseLostError):
        await store.settle_tip(tip.id, TipState.LINKED, 1, NOW, old)

    assert await store.account_states() == []


# ---------------------------------------------------------------------------------------------------- sources


async def test_a_source_is_paused_by_somebody_and_resumed(store: Store) -> None:
    with pytest.raises(NotFoundError):
        await store.pause_source("src", "Ada", NOW)
    await take(store, mention(1))
    await store.pause_source("src", "Ada", NOW)
    (state,) = await store.source_states()
    assert (state.paused_by, state.paused_at) == ("Ada", NOW)
    await store.set_source_health("src", "x", Health.PAUSED, now=LATER)
    await take(store, mention(2))
    assert [it.paused_by for it in await store.source_states()] == ["Ada"]
    await store.resume_source("src", "Bob", LATER)

    (state,) = await store.source_states()
    assert (state.paused_by, state.paused_at, state.taken) == ("", None, 2)
    assert [(it.kind, it.person) for it in await store.events(0) if it.person] == [
        (EventKind.SOURCE_PAUSED, "Ada"),
        (EventKind.SOURCE_RESUMED, "Bob"),
    ]


async def test_what_the_engine_asks_for_by_itself_is_no_source(store: Store) -> None:
    await store.ingest(replace(batch(mention(1)), source=""), POLICY, NOW)

    assert await store.source_states() == []
    assert await store.per_minute(NOW) == [(NOW - NOW % MINUTE, 1)]


# ---------------------------------------------------------------------------------------------- looking again


async def test_mentions_are_looked_at_again_in_steps(store: Store) -> None:
    await take(store, mention(1), now=NOW - MINUTE)
    await take(store, *(mention(number, f"a{number}") for number in range(2, 6)))
    await store.change(2, done("Ada"), person="Ada", now=NOW)
    await remove(store, "3")
    first, after = await store.seen_mentions(0, 3, NOW)
    rest, end = await store.seen_mentions(after, 3, NOW)

    assert [(it.native_id, it.at, it.waits) for it in first] == [("2", NOW, False), ("4", NOW, True)]
    assert ([it.native_id for it in rest], end) == (["5"], 0)
    assert [it.native_id for it in (await store.seen_mentions(0, 9, 0))[0]] == ["1", "2", "4", "5"]
    await store.rechecked([first[0].id], LATER)
    assert [it.at for it in (await store.seen_mentions(0, 3, NOW))[0]] == [LATER, NOW]


async def test_there_may_be_nothing_to_look_at(store: Store) -> None:
    assert await store.seen_mentions(0, 10, NOW) == ([], 0)
    await take(store, mention(1), now=NOW - 1)
    assert await store.seen_mentions(0, 10, NOW) == ([], 0)
