"""What every store promises of replies: drafts, the way out, who is first, and the trail of it all."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, replace
from functools import partial

import pytest

from cmconsole.core import replying, sending
from cmconsole.core.account import Mode
from cmconsole.core.clock import MINUTE
from cmconsole.core.conversation import Outcome, Status
from cmconsole.core.errors import (
    AnsweredError,
    IllegalMoveError,
    LeaseLostError,
    NotFoundError,
)
from cmconsole.core.event import EventKind
from cmconsole.core.reply import Act, ReplyStatus
from cmconsole.core.replying import Case, Known, ReplyChange
from cmconsole.core.verdict import Lane
from cmconsole.store.contract import ENGINE_LEASE, Store
from tests.contract.conftest import Another
from tests.contract.replies import (
    WINDOW,
    WORDS,
    away,
    become,
    begin,
    blank,
    drafted,
    held,
    hold,
    moved,
    sent,
    trail,
)
from tests.contract.samples import NOW, mention, only, take

LATER = NOW + WINDOW
IS = ReplyStatus


@pytest.fixture(autouse=True)
async def talk(store: Store) -> None:
    """Let Ada wait for an answer, in conversation 1."""
    await take(store, mention(1))


# ---------------------------------------------------------------------------------------------------- drafts


async def test_a_draft_is_kept_and_told_without_its_words(store: Store) -> None:
    kept = await drafted(store)

    assert kept == blank(id=1, key=kept.key)
    assert await store.reply(1) == kept
    assert await store.draft(1, "Zoé") == kept
    (event,) = await store.history(1)
    (line,) = await store.audit()
    assert (event.kind, event.person, event.at) == (EventKind.REPLY_DRAFTED, "Zoé", NOW)
    assert (line.at, line.kind, line.reply_id, line.conversation_id, line.person) == (
        NOW,
        "reply.drafted",
        1,
        1,
        "Zoé",
    )
    assert line.data == event.data
    assert (line.data["account"], line.data["mode"], line.data["hash"]) == ("main", "live", kept.hash)


async def test_a_person_has_one_draft_a_conversation_and_drafts_of_several_compete(store: Store) -> None:
    first = await drafted(store)
    again = await store.new_reply(blank(text="autre"), person="Zoé", now=LATER)
    other = await drafted(store, "Léo")

    assert again == first
    assert other.id != first.id
    assert [it.writer for it in await store.replies(1)] == ["Zoé", "Léo"]
    assert await store.draft(1, "Léo") == other
    assert await store.draft(1, "Ada") is None
    assert len(await store.audit()) == 2


async def test_a_draft_outlives_its_console(store: Store, another: Another) -> None:
    kept = await drafted(store)
    move = partial(
        replying.written, person="Zoé", now=LATER, text="Bonjour œ 👩🏽‍💻", account="two",
        mode=Mode.REHEARSAL, answers=("7", "6"), seen=1, canned="delay",
    )  # fmt: skip
    after = (await moved(store, kept, move, "Zoé", LATER)).reply
    seq = await store.last_seq()
    await store.close()
    reopened = another()
    await reopened.open()
    try:
        assert await reopened.draft(1, "Zoé") == after
        assert (after.text, after.account, after.version) == ("Bonjour œ 👩🏽‍💻", "two", 1)
        assert after.key != kept.key
        assert await reopened.last_seq() == seq
        assert len(await reopened.audit()) == 1
    finally:
        await reopened.close()


async def test_a_reply_taken_back_while_its_writer_began_another_is_a_draft_too(store: Store) -> None:
    first = await held(store)
    second = await drafted(store, text="mieux")
    assert second.id != first.id
    move = partial(replying.take_back, person="Zoé", now=LATER)
    back = (await moved(store, first, move, "Zoé", LATER)).reply

    assert back.status is IS.DRAFT
    assert await store.draft(1, "Zoé") == back
    assert [it.status for it in await store.replies(1)] == [IS.DRAFT, IS.DRAFT]
    await moved(store, back, partial(replying.discard, person="Zoé", now=LATER), "Zoé", LATER)
    assert await store.draft(1, "Zoé") == second
    assert await store.replies(1) == [second]


async def test_every_field_comes_back_as_it_was_written(store: Store) -> None:
    kept = await drafted(store)
    full = blank(
        id=1, conversation_id=1, act=Act.REPORT, status=IS.FAILED, parts=("a", "b"), language="fr", key="k",
        canned="c", editor="Léo", approver="Ada", asked_at=1, asked_text="t", refusal="r",
        raised=("haste", "caps"), hold_until=2, console="c9", turn=3, attempts=4, first_at=5, next_at=6,
        looks=7, absences=8, doubted=True, error="e", advice="v", native_ids=("9", "10"), url="u", sent_at=11,
    )  # fmt: skip
    untouched = [name for name, value in asdict(full).items() if value == asdict(blank(id=9))[name]]
    assert set(untouched) == {
        "conversation_id", "platform", "account", "in_reply_to", "text", "writer", "created_at", "updated_at",
        "mode", "thread", "seen", "version",
    }  # fmt: skip
    await moved(store, kept, become(**{name: getattr(full, name) for name in asdict(full)}))

    assert await store.reply(1) == replace(full, version=1)


async def test_another_act_is_kept_beside_a_draft(store: Store) -> None:
    await drafted(store)
    like = await store.new_reply(
        blank(act=Act.LIKE, status=IS.HOLDING, hold_until=LATER), person="Zoé", now=NOW
    )
    again = await store.new_reply(blank(act=Act.LIKE), person="Zoé", now=NOW)

    assert {like.id, again.id} == {2, 3}
    assert await store.due_replies("main", LATER) == [like]
    draft = await store.draft(1, "Zoé")
    assert draft is not None
    assert draft.id == 1


async def test_what_is_gone_is_not_answered(store: Store) -> None:
    with pytest.raises(NotFoundError):
        await drafted(store, about=99)
    with pytest.raises(NotFoundError):
        await store.reply(1)
    with pytest.raises(NotFoundError):
        await store.change_reply(1, begin(), person="", now=NOW)
    assert await store.replies(99) == []
    assert await store.draft(99, "Zoé") is None


# --------------------------------------------------------------------------------------------------- changes


async def test_a_move_writes_reply_conversation_events_and_trail_at_once(store: Store, second: Store) -> None:
    reply = await away(store)
    change = await moved(store, reply, sent(after="wait"), now=LATER)

    assert change.reply == await second.reply(reply.id)
    assert (change.reply.status, change.reply.native_ids, change.reply.version) == (IS.SENT, ("900",), 3)
    assert change.conversation == await only(second)
    assert change.conversation is not None
    assert (change.conversation.status, change.conversation.version) == (Status.PENDING, 1)
    assert change.conversation.updated_at == LATER
    assert (await second.status_counts())[Status.PENDING] == 1
    assert (await second.lane_counts(LATER))[Lane.COMPLAINTS].open == 0
    assert await trail(second, reply) == ["drafted", "held", "sending", "sent"]


async def test_what_the_engine_does_is_told_in_the_history(store: Store) -> None:
    await moved(store, await away(store), sent(after="done"), now=LATER)

    told = [(event.kind, event.person) for event in await store.history(1)]
    assert told == [
        (EventKind.REPLY_DRAFTED, "Zoé"),
        (EventKind.REPLY_HELD, "Zoé"),
        (EventKind.REPLY_SENDING, ""),
        (EventKind.REPLY_SENT, ""),
        (EventKind.CONVERSATION_DONE, ""),
    ]
    found = await only(store)
    assert (found.status, found.outcome) == (Status.RESOLVED, Outcome.DONE)
    assert [it.id for it in await store.decisions(LATER, Outcome.DONE)] == [1]
    assert all(line.kind.startswith("reply.") for line in await store.audit())


async def test_a_conversation_that_waits_again_is_left_open(store: Store) -> None:
    reply = await away(store)
    await take(store, mention(2, thread="1", at=LATER))
    before = await only(store)
    change = await moved(store, reply, sent(after="done"), now=LATER)

    assert change.conversation is None
    assert await only(store) == before


async def test_who_led_a_cluster_leads_no_longer_once_answered(store: Store) -> None:
    await take(store, mention(2, "bob", at=NOW + 1))
    await store.cluster([(2, 1)], NOW, None)
    change = await moved(store, await away(store), sent(), now=LATER)

    assert change.conversation == await only(store)
    assert [it.id for it in await store.lane(Lane.COMPLAINTS, 5)] == [2]


async def test_a_move_that_raises_changes_nothing(store: Store) -> None:
    reply = await held(store)
    seq = await store.last_seq()
    with pytest.raises(IllegalMoveError):
        await moved(store, reply, begin(NOW), now=NOW)

    assert await store.reply(reply.id) == reply
    assert (await store.last_seq(), len(await store.audit())) == (seq, 2)


async def test_a_move_that_changes_nothing_writes_nothing(store: Store) -> None:
    reply = await drafted(store)
    seq = await store.last_seq()
    change = await moved(store, reply, ReplyChangeless())

    assert change == ReplyChange(reply)
    assert await store.reply(reply.id) == reply
    assert await store.last_seq() == seq


class ReplyChangeless:
    """A move that leaves everything as it is."""

    def __call__(self, case: Case) -> ReplyChange:
        return ReplyChange(case.reply)


async def test_a_move_sees_the_conversation_and_what_else_is_said_there(store: Store) -> None:
    seen: list[Case] = []

    def look(case: Case) -> ReplyChange:
        seen.append(case)
        return ReplyChange(case.reply)

    mine = await drafted(store)
    flying = await held(store, "Léo")
    await drafted(store, "Ada")
    await store.new_reply(blank(act=Act.HIDE, status=IS.HOLDING, hold_until=LATER), person="Léo", now=NOW)
    await moved(store, mine, look)
    answer = (await moved(store, flying, begin(), now=LATER)).reply
    answer = (await moved(store, answer, sent(after="open"), now=LATER)).reply
    await moved(store, mine, look)
    await moved(store, answer, look)

    assert [case.reply.id for case in seen] == [mine.id, mine.id, answer.id]
    assert seen[0].conversation == await only(store)
    assert [case.others for case in seen] == [(flying,), (answer,), ()]


# ---------------------------------------------------------------------------------------------- who is first


async def test_two_consoles_at_the_same_moment_and_one_wins(store: Store, second: Store) -> None:
    await take(store, *(mention(n, f"p{n}") for n in range(2, 202)))
    outcomes = []
    for about in range(2, 202):
        mine, theirs = await drafted(store, about=about), await drafted(second, "Léo", about)
        outcomes.append(
            await asyncio.gather(
                moved(store, mine, hold("Zoé", known=about), "Zoé"),
                moved(second, theirs, hold("Léo", known=about), "Léo"),
                return_exceptions=True,
            )
        )

    for pair in outcomes:
        (winner,) = [it.reply for it in pair if isinstance(it, ReplyChange)]
        (told,) = [it for it in pair if isinstance(it, AnsweredError)]
        assert told.who == winner.writer
    assert (await store.reply_counts())[IS.HOLDING] == 200
    drafts = await second.replies_in({IS.DRAFT})
    assert len(drafts) == 200
    assert {it.text for it in drafts} == {WORDS}


@pytest.mark.parametrize("status", [IS.HOLDING, IS.SENDING, IS.UNKNOWN])
async def test_a_second_one_never_flies_whatever_the_move_says(store: Store, status: ReplyStatus) -> None:
    reply = await drafted(store)
    flying = await held(store, "Léo")
    await moved(store, flying, become(status=status, approver="Ada"))
    with pytest.raises(AnsweredError) as caught:
        await moved(store, reply, become(status=IS.SENDING))
    with pytest.raises(AnsweredError):
        await store.new_reply(blank("Eve", status=IS.HOLDING, hold_until=LATER), person="Eve", now=NOW)

    assert caught.value.who == "Ada"
    assert (await store.reply(reply.id)).status is IS.DRAFT


async def test_an_answer_nobody_had_read_stops_a_colleague_s(store: Store) -> None:
    mine = await drafted(store, "Léo")
    answer = await away(store)
    await moved(store, answer, sent(after="open"), now=LATER)
    with pytest.raises(AnsweredError) as caught:
        await moved(store, mine, hold("Léo"), "Léo")
    assert caught.value.who == "Zoé"

    after = await moved(store, mine, hold("Léo", read=frozenset({answer.id})), "Léo")
    assert after.reply.status is IS.HOLDING


# ------------------------------------------------------------------------------------------ leases and turns


async def test_an_engine_that_lost_its_lease_writes_nothing(store: Store) -> None:
    old = await store.acquire_lease(ENGINE_LEASE, "one", NOW, MINUTE)
    reply = await held(store)
    await store.acquire_lease(ENGINE_LEASE, "two", NOW + MINUTE, MINUTE)
    with pytest.raises(LeaseLostError):
        await moved(store, reply, begin(), now=LATER, lease=old)

    assert await store.reply(reply.id) == reply
    assert await trail(store, reply) == ["drafted", "held"]


async def test_a_hold_says_in_whose_turn_it_began(store: Store) -> None:
    await take(store, mention(2, "bob"), mention(3, "eve"))
    assert (await held(store)).turn == 0

    first = await store.acquire_lease(ENGINE_LEASE, "one", NOW, MINUTE)
    assert first is not None
    reply = await held(store, about=2, seen=2)
    assert reply.turn == first.token
    now = NOW + 2 * MINUTE
    assert (await held(store, about=3, seen=3, now=now)).turn == 0

    second = await store.acquire_lease(ENGINE_LEASE, "two", now, MINUTE)
    assert second is not None
    reply = (await moved(store, reply, partial(replying.let_go, now=now), "Zoé", now)).reply
    assert (reply.turn, reply.console) == (first.token, "")
    reply = (await moved(store, reply, begin(now), now=now, lease=second)).reply
    later = partial(sending.put_off, now=now, until=now + WINDOW, error="429", advice="")
    assert (await moved(store, reply, later, now=now, lease=second)).reply.turn == second.token


async def test_a_reply_somebody_confirms_is_in_the_present_turn(store: Store) -> None:
    reply = await held(store)
    reply = (await moved(store, reply, partial(sending.strand, now=LATER), now=LATER)).reply
    assert reply.is_stranded
    lease = await store.acquire_lease(ENGINE_LEASE, "one", LATER, MINUTE)
    assert lease is not None
    move = partial(
        replying.confirm,
        person="Zoé",
        now=LATER,
        until=LATER,
        console="c1",
        known=Known(1, version=reply.version),
    )
    assert (await moved(store, reply, move, "Zoé", LATER)).reply.turn == lease.token
