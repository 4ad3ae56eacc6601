"""What a person does to conversations, on a real store."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from cmconsole.core.clock import HOUR, MINUTE
from cmconsole.core.conversation import Conversation, Outcome, Status
from cmconsole.core.errors import ClaimHeldError, IllegalMoveError, InputError, NotFoundError, ReadOnlyError
from cmconsole.core.verdict import Kind, Lane, Priority, Severity
from cmconsole.desk import claim, erase, handover, note, reopen, resolve, shift, snooze, tag, vip, wait
from cmconsole.desk.context import Desk
from cmconsole.desk.deed import Deed, Verb
from cmconsole.desk.takeback import TakeBack
from cmconsole.store.contract import StoredMention
from cmconsole.store.sqlite.store import SqliteStore
from tests.integration.desk.conftest import Say
from tests.unit.desk.parts import MovableClock


async def now_is(desk: Desk, key: int) -> Conversation:
    (found,) = await desk.store.conversations([key])
    return found


async def test_a_claim_is_held_against_a_colleague_and_toggles(alice: Desk, bruno: Desk, say: Say) -> None:
    key = await say()
    assert (await claim.toggle(alice, [key])).verb is Verb.CLAIM

    refused = await claim.claim(bruno, [key])
    assert refused.changed == ()
    ((refused_key, error),) = refused.refused
    assert refused_key == key
    assert isinstance(error, ClaimHeldError)
    assert error.holder == "Alice"

    assert (await claim.toggle(alice, [key])).verb is Verb.RELEASE
    assert (await now_is(alice, key)).claim is None


async def test_a_bulk_deed_changes_what_it_can_and_tells_the_rest(
    alice: Desk, bruno: Desk, say: Say, clock: MovableClock
) -> None:
    keys = [await say(handle=f"a{number}") for number in range(4)]
    await claim.claim(bruno, [keys[1]])
    await resolve.done(bruno, [keys[2]])

    deed = await resolve.done(alice, [*keys, keys[0], 9_999])

    assert [one.id for one in deed.changed] == [keys[0], keys[3]]
    assert [one.status for one in deed.before] == [Status.OPEN, Status.OPEN]
    assert {key: type(error) for key, error in deed.refused} == {
        keys[1]: ClaimHeldError,
        keys[2]: IllegalMoveError,
        9_999: NotFoundError,
    }


async def test_nothing_asked_is_nothing_done(alice: Desk) -> None:
    assert await resolve.done(alice, []) == Deed(Verb.DONE)


async def test_a_silence_keeps_its_reason_and_owes_one(alice: Desk, say: Say) -> None:
    key = await say()
    with pytest.raises(InputError):
        await resolve.keep_silence(alice, [key], " \n ")

    await resolve.keep_silence(alice, [key], " insult\x1b[31m or\nprovocation ")
    after = await now_is(alice, key)

    assert after.outcome is Outcome.SILENCE
    assert after.silence_reason == "insult␛[31m or provocation"


async def test_snoozing_by_words_wakes_at_that_moment(alice: Desk, say: Say, clock: MovableClock) -> None:
    key = await say()
    await snooze.snooze_said(alice, [key], "45m")
    assert (await now_is(alice, key)).snoozed_until == clock.now() + 45 * MINUTE
    with pytest.raises(InputError):
        await snooze.snooze(alice, [key], clock.now())


async def test_a_pending_conversation_goes_on_with_the_time_that_was_left(
    alice: Desk, say: Say, clock: MovableClock
) -> None:
    key = await say()
    due = (await now_is(alice, key)).answer_by
    assert due is not None
    left = due - clock.now()
    await wait.wait(alice, [key])
    clock.at += 5 * HOUR
    await reopen.reopen(alice, [key])

    assert (await now_is(alice, key)).answer_by == clock.now() + left


async def test_a_resolved_conversation_gets_its_clock_back(
    alice: Desk, bruno: Desk, say: Say, clock: MovableClock
) -> None:
    keys = [await say(), await say(handle="marc")]
    before = [await now_is(alice, key) for key in keys]
    await resolve.done(alice, keys)
    clock.at += HOUR
    deed = await reopen.reopen(bruno, keys)

    assert [(one.waiting_since, one.answer_by) for one in deed.changed] == [
        (one.waiting_since, one.answer_by) for one in before
    ]


async def test_tags_and_notes_are_cleaned_and_never_empty(alice: Desk, say: Say) -> None:
    key = await say()
    await tag.tag(alice, [key], " Delivery\n")
    assert (await now_is(alice, key)).tags == ("delivery",)
    assert (await tag.tag(alice, [key], "delivery")).unchanged
    await tag.untag(alice, [key], "delivery")
    assert (await now_is(alice, key)).tags == ()

    await note.note(alice, [key], "logistics told\x07")
    assert (await alice.store.history(key))[-1].data["text"] == "logistics told␇"
    for empty in (tag.tag(alice, [key], " "), note.note(alice, [key], "\n")):
        with pytest.raises(InputError):
            await empty


async def test_a_vip_stands_among_the_influencers_until_unmarked(alice: Desk, say: Say) -> None:
    first, second = await say(), await say(thread="other")
    deed = await vip.toggle(alice, [first])

    assert [one.id for one in deed.changed] == [first]
    for key in (first, second):
        after = await now_is(alice, key)
        assert (after.lane, after.vip) == (Lane.INFLUENCERS, True)
        assert after.priority is Priority.HIGH
        assert next(reason.code for reason in after.reasons) == "author.vip"

    await vip.toggle(alice, [first])
    after = await now_is(alice, second)
    assert (after.lane, after.priority, after.vip) == (Lane.COMPLAINTS, Priority.MEDIUM, False)


async def test_marking_a_vip_does_not_forget_what_an_earlier_message_said(alice: Desk, say: Say) -> None:
    key = await say("It caught fire and burned my hand", thread="fire")
    await say("ok thanks", thread="fire")
    await vip.mark(alice, [key], vip=True)
    after = await now_is(alice, key)

    assert (after.priority, after.severity, after.kind) == (Priority.URGENT, Severity.SAFETY, Kind.COMPLAINT)


async def test_a_message_that_comes_while_a_vip_is_marked_counts_too(
    alice: Desk, say: Say, store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = await say("Do you ship to Belgium?", thread="t")
    read = store.mentions

    async def interrupted(conversation_id: int, limit: int = 200) -> list[StoredMention]:
        found = await read(conversation_id, limit)
        await say("It caught fire and burned my hand", thread="t")
        return found

    monkeypatch.setattr(store, "mentions", interrupted)
    await vip.mark(alice, [key], vip=True)

    assert (await now_is(alice, key)).severity is Severity.SAFETY


async def test_what_was_resolved_for_good_counts_no_more(alice: Desk, say: Say) -> None:
    key = await say("It caught fire and burned my hand", thread="fire")
    await resolve.done(alice, [key])
    await say("ok thanks", thread="fire")
    await vip.mark(alice, [key], vip=True)

    assert (await now_is(alice, key)).severity is Severity.NONE


async def test_what_was_resolved_and_reopened_by_hand_still_counts(alice: Desk, say: Say) -> None:
    key = await say("It caught fire and burned my hand", thread="fire")
    await resolve.done(alice, [key])
    await reopen.reopen(alice, [key])
    await say("ok thanks", thread="fire")
    await vip.mark(alice, [key], vip=True)

    assert (await now_is(alice, key)).severity is Severity.SAFETY


Act = Callable[[Desk, list[int]], Awaitable[Deed]]


async def _silent(desk: Desk, keys: list[int]) -> Deed:
    return await resolve.keep_silence(desk, keys, "spam")


async def _asleep(desk: Desk, keys: list[int]) -> Deed:
    return await snooze.snooze_said(desk, keys, "2h")


async def _tagged(desk: Desk, keys: list[int]) -> Deed:
    return await tag.tag(desk, keys, "delivery")


def standing(one: Conversation) -> tuple[object, ...]:
    """Return what a person sees of where a conversation stands."""
    return (
        one.status,
        one.waiting_since,
        one.answer_by,
        one.clock_left,
        one.snoozed_until,
        one.claim,
        one.tags,
        one.outcome,
    )


@pytest.mark.parametrize("first", [None, wait.wait, _asleep, claim.claim, _tagged])
@pytest.mark.parametrize("deed", [claim.claim, resolve.done, _silent, _asleep, wait.wait, _tagged])
async def test_what_was_done_is_taken_back_as_it_was(
    alice: Desk, say: Say, first: Act | None, deed: Act
) -> None:
    keys = [await say(), await say(handle="marc")]
    if first is not None:
        await first(alice, keys)
    before = [standing(await now_is(alice, key)) for key in keys]
    memory = TakeBack(alice)
    memory.remember(await deed(alice, keys))
    undone = await memory.undo()

    assert undone is None or undone.refused == ()
    assert [standing(await now_is(alice, key)) for key in keys] == before
    assert memory.last is None


async def test_deeds_are_taken_back_one_after_another(alice: Desk, say: Say) -> None:
    key = await say()
    memory = TakeBack(alice)
    for deed in (claim.claim, _tagged, resolve.done):
        memory.remember(await deed(alice, [key]))
    memory.remember(await note.note(alice, [key], "a note changes nothing"))

    assert memory.last is Verb.DONE
    for expected in (Verb.TAG, Verb.CLAIM, None):
        undone = await memory.undo()
        assert undone is not None
        assert undone.refused == ()
        assert memory.last is expected
    after = await now_is(alice, key)
    assert (after.status, after.claim, after.tags) == (Status.OPEN, None, ())
    assert await memory.undo() is None


async def test_what_a_colleague_did_since_is_left_alone(alice: Desk, bruno: Desk, say: Say) -> None:
    key, other = await say(), await say(handle="marc")
    memory = TakeBack(alice)
    memory.remember(await wait.wait(alice, [key, other]))
    await resolve.done(bruno, [key])
    undone = await memory.undo()

    assert undone is not None
    assert [one.id for one in undone.changed] == [other]
    assert [refused for refused, _ in undone.refused] == [key]
    assert (await now_is(alice, key)).status is Status.RESOLVED


async def test_a_message_that_came_since_is_not_hidden_by_taking_back(alice: Desk, say: Say) -> None:
    key = await say(thread="t")
    memory = TakeBack(alice)
    memory.remember(await _asleep(alice, [key]))
    await say("and now?", thread="t")
    undone = await memory.undo()

    assert undone is not None
    assert undone.changed == ()
    assert (await now_is(alice, key)).messages == 2


async def test_after_the_handover_every_console_of_the_outgoing_person_is_read_only(
    alice: Desk, bruno: Desk, sit: Callable[[str], Desk], say: Say, clock: MovableClock
) -> None:
    key = await say()
    second = sit("Alice")
    for desk in (alice, second):
        await shift.start(desk, clock.now() + HOUR)
    await claim.claim(alice, [key])
    kept = await handover.save(alice, "All quiet.")
    await shift.start(bruno, clock.now() + 8 * HOUR)
    await handover.accept(bruno, kept.id, "Bruno")

    assert (await now_is(alice, key)).holder(clock.now()) == "Bruno"
    for desk in (alice, second):
        for command in (
            claim.claim(desk, [key]),
            resolve.done(desk, [key]),
            tag.tag(desk, [key], "x"),
            vip.toggle(desk, [key]),
            erase.erase(desk, "x", "ada"),
            handover.save(desk, "again"),
            shift.extend(desk, clock.now() + 2 * HOUR),
        ):
            with pytest.raises(ReadOnlyError):
                await command
    assert (await resolve.done(bruno, [key])).changed

    await shift.start(alice, clock.now() + HOUR)
    assert (await tag.tag(alice, [key], "back")).changed


async def test_erasing_names_an_author_or_says_that_there_is_none(alice: Desk, say: Say, path: Path) -> None:
    await say("secret words", handle="ada@piaille.fr")
    assert erase.named(" X:@ada@piaille.fr ") == ("x", "ada@piaille.fr")
    for wrong in ("ada", "x:", ":ada", ""):
        with pytest.raises(InputError):
            erase.named(wrong)
    with pytest.raises(NotFoundError):
        await erase.erase(alice, "x", "nobody")

    erased = await erase.erase(alice, "x", "ada@piaille.fr")
    assert (erased.authors, erased.conversations, erased.mentions) == (1, 1, 1)


async def test_a_busy_store_refuses_and_the_deed_stays_to_be_taken_back(
    alice: Desk, say: Say, path: Path
) -> None:
    key = await say()
    memory = TakeBack(alice)
    memory.remember(await resolve.done(alice, [key]))
    hasty = SqliteStore(path, busy_timeout=0.05)
    await hasty.open()
    patient, alice.store = alice.store, hasty
    stranger = sqlite3.connect(path, isolation_level=None)
    try:
        stranger.execute("BEGIN IMMEDIATE")
        undone = await memory.undo()
        stranger.execute("ROLLBACK")
        assert undone is not None
        assert undone.refused
        assert memory.last is Verb.DONE
        undone = await memory.undo()
        assert undone is not None
        assert undone.changed
    finally:
        alice.store = patient
        stranger.close()
        await hasty.close()
