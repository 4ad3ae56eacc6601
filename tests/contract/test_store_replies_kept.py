"""What every store promises of replies it keeps: how they are found, told, exported, erased and trimmed."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import pytest

from cmconsole.core import replying, sending
from cmconsole.core.account import AccountState
from cmconsole.core.clock import DAY
from cmconsole.core.errors import (
    IllegalMoveError,
    NotFoundError,
)
from cmconsole.core.mention import Removed
from cmconsole.core.reply import OUTBOX, Act, ReplyStatus
from cmconsole.core.replying import Known
from cmconsole.store.contract import Intake, Store
from cmconsole.store.replying import Said
from tests.contract.replies import (
    WINDOW,
    WORDS,
    ask,
    away,
    become,
    begin,
    blank,
    doubt,
    drafted,
    fail,
    held,
    moved,
    sent,
    trail,
)
from tests.contract.samples import NOW, POLICY, claim, done, mention, only, take

LATER = NOW + WINDOW
IS = ReplyStatus


@pytest.fixture(autouse=True)
async def talk(store: Store) -> None:
    """Let Ada wait for an answer, in conversation 1."""
    await take(store, mention(1))


# ----------------------------------------------------------------------------------------------------- reads


async def test_what_is_due_comes_in_the_order_of_time(store: Store) -> None:
    await take(store, *(mention(n, f"p{n}") for n in range(2, 8)))
    replies = [await held(store, about=n, seen=n, now=NOW + n) for n in range(1, 7)]
    await held(store, about=7, seen=7, account="other")
    await moved(store, replies[1], partial(sending.strand, now=NOW))
    unknown = (await moved(store, replies[2], begin(LATER + 9), now=LATER + 9)).reply
    unknown = (await moved(store, unknown, doubt(next_at=LATER + 5))).reply
    given_up = (await moved(store, replies[3], begin(LATER + 9), now=LATER + 9)).reply
    given_up = (await moved(store, given_up, doubt())).reply
    quiet = partial(sending.looked_up, now=LATER, next_at=None, absent=False)
    await moved(store, given_up, quiet)
    await moved(store, replies[4], begin(LATER + 9), now=LATER + 9)

    assert await store.due_replies("main", NOW) == []
    assert await store.due_replies("main", LATER + 4) == [replies[0]]
    assert await store.due_replies("main", LATER + 6) == [replies[0], unknown, replies[5]]
    assert await store.due_replies("main", LATER + 6, limit=2) == [replies[0], unknown]


async def test_replies_are_listed_by_status_and_counted(store: Store) -> None:
    await take(store, *(mention(n, f"p{n}") for n in range(2, 6)))
    assert await store.reply_counts() == dict.fromkeys({IS.AWAITING, *OUTBOX}, 0)
    first = await drafted(store)
    first = (await moved(store, first, ask("Zoé", LATER), "Zoé", LATER)).reply
    other = await drafted(store, about=2, seen=2)
    other = (await moved(store, other, become(status=IS.AWAITING, updated_at=NOW + 5))).reply
    failed = await held(store, about=3, seen=3)
    failed = (await moved(store, failed, fail(), now=LATER)).reply
    like = await store.new_reply(
        blank(act=Act.LIKE, status=IS.HOLDING, hold_until=LATER), person="Zoé", now=NOW
    )

    assert await store.replies_in({IS.AWAITING}) == [other, first]
    assert await store.replies_in({IS.AWAITING, IS.FAILED}, 1) == [other]
    assert await store.replies_in({IS.AWAITING, IS.FAILED}, since=LATER) == [first, failed]
    assert await store.replies_in(OUTBOX) == [like, failed]
    assert await store.replies_in(set()) == []
    counts = {IS.AWAITING: 2, IS.FAILED: 1, IS.HOLDING: 1, IS.SENDING: 0, IS.UNKNOWN: 0}
    assert await store.reply_counts() == counts


async def test_what_was_said_and_is_about_to_be_is_found_by_account(store: Store) -> None:
    await take(store, *(mention(n, f"p{n}") for n in range(2, 8)))
    answer = (await moved(store, await away(store), sent(after="open"), now=LATER)).reply
    flying = await held(store, about=2, seen=2, canned="delay")
    await held(store, about=3, seen=3, account="other")
    await drafted(store, about=4)
    await store.new_reply(blank(act=Act.LIKE, status=IS.HOLDING, hold_until=LATER), person="Zoé", now=NOW)
    failed = await held(store, about=5, seen=5)
    await moved(store, failed, fail(NOW))
    begun = await held(store, about=6, seen=6)
    begun = (await moved(store, begun, become(parts=("1/2", "2/2"), native_ids=("7",)))).reply
    await moved(store, begun, fail(NOW))
    old = await held(store, about=7, seen=7)
    await moved(store, old, become(updated_at=NOW - 1))

    found = await store.said(["main", "nobody"], NOW)
    assert [(it.reply_id, it.text, it.at) for it in found] == [
        (answer.id, WORDS, LATER),
        (begun.id, "1/2", NOW),
        (flying.id, WORDS, NOW),
    ]
    assert found[2] == Said(flying.id, 2, "1", "main", "x", "delay", WORDS, NOW)
    assert [it.reply_id for it in await store.said(["main"], NOW, limit=1)] == [answer.id]
    assert len(await store.said(["main", "other"], NOW)) == 4
    assert await store.said([], NOW) == []


async def test_the_trail_is_read_by_reply_conversation_time_and_place(store: Store) -> None:
    await take(store, mention(2, "bob"))
    first = await away(store)
    other = await held(store, about=2, seen=2)
    lines = await store.audit()

    assert [line.seq for line in lines] == [1, 2, 3, 4, 5]
    assert [line.seq for line in await store.audit(3)] == [4, 5]
    assert [line.seq for line in await store.audit(limit=2)] == [1, 2]
    assert [line.reply_id for line in await store.audit(reply_id=other.id)] == [other.id] * 2
    assert [line.reply_id for line in await store.audit(conversation_id=1)] == [first.id] * 3
    assert [line.seq for line in await store.audit(since=LATER)] == [3]
    assert await store.audit(2, conversation_id=1, since=LATER + 1) == []


async def test_events_and_trail_never_hold_a_word_of_a_reply(store: Store) -> None:
    secret = "chut-lettre"
    reply = await drafted(store, text=secret)
    asked = partial(replying.ask, person="Zoé", now=NOW, parts=(f"{secret} ^ZD",), known=Known(1))
    await moved(store, reply, asked, "Zoé")
    other = partial(replying.amend, person="Léo", now=NOW, text=f"{secret} 2", parts=(f"{secret} 2 ^ZD",))
    reply = (await moved(store, reply, other, "Léo")).reply
    known = Known(1, version=reply.version)
    yes = partial(replying.approve, person="Ada", now=NOW, until=LATER, console="", known=known)
    await moved(store, reply, yes, "Ada")
    await moved(store, reply, begin(), now=LATER)
    await moved(store, reply, sent(), now=LATER)

    told = [dict(it.data) for it in await store.events(0)] + [dict(it.data) for it in await store.audit()]
    assert secret not in str(told)
    assert await trail(store, reply) == ["drafted", "asked", "amended", "approved", "sending", "sent"]
    last = (await store.audit(reply_id=reply.id))[-1]
    assert (last.data["approver"], last.data["writer"], last.data["native_id"]) == ("Ada", "Zoé", "900")
    assert last.data["hash"] == (await store.reply(reply.id)).hash


async def test_why_it_was_refused_is_the_writer_s_to_read_and_not_the_trail_s(store: Store) -> None:
    reply = await drafted(store)
    await moved(store, reply, ask("Zoé"), "Zoé")
    move = partial(replying.refuse, person="Léo", now=NOW, reason="trop sec pour M. Dupré")
    refused = (await moved(store, reply, move, "Léo")).reply

    assert refused.refusal == "trop sec pour M. Dupré"
    assert (await store.history(1))[-1].data["reason"] == refused.refusal
    line = (await store.audit())[-1]
    assert (line.person, line.data["refused_by"], "reason" in line.data) == ("Léo", "Léo", False)


# ------------------------------------------------------------------------------- what else happens meanwhile


async def test_an_edit_or_a_deletion_there_leaves_replies_alone(store: Store) -> None:
    reply = await held(store)
    await take(store, mention(1, text="en fait non", edited_at=LATER), now=LATER)
    await store.ingest(Intake("src", "x", (), removed=(Removed("x", "1"),)), POLICY, LATER)

    assert await store.reply(reply.id) == reply
    sending_now = (await moved(store, reply, begin(), now=LATER)).reply
    assert (await moved(store, sending_now, sent(), now=LATER)).reply.status is IS.SENT


async def test_an_erasure_takes_replies_along_and_ends_their_trail(store: Store) -> None:
    secret = "mot-secret"
    await take(store, mention(2, "bob"))
    answer = await away(store)
    await moved(store, answer, sent(), now=LATER)
    waits = await drafted(store, "Léo", text=secret)
    asked = partial(
        replying.ask, person="Léo", now=NOW, parts=(secret,), known=Known(1, frozenset({answer.id}))
    )
    await moved(store, waits, asked, "Léo")
    refused = partial(replying.refuse, person="Zoé", now=NOW, reason=secret)
    await moved(store, waits, refused, "Zoé")
    kept = await drafted(store, about=2)
    await store.erase_author("x", "ada", person="Eve", now=LATER)

    assert await store.replies(1) == []
    assert await store.replies(2) == [kept]
    assert [it.reply_id for it in await store.said(["main"], 0)] == []
    assert await trail(store, answer) == ["drafted", "held", "sending", "sent"]
    assert await trail(store, waits) == ["drafted", "asked", "refused", "discarded"]
    last = (await store.audit(reply_id=waits.id))[-1]
    assert (last.person, last.at, last.data["was"]) == ("Eve", LATER, "draft")
    events = [it for it in await store.events(0) if it.conversation_id == 1 and it.kind.startswith("reply.")]
    assert events
    assert not any(it.data for it in events)
    assert secret not in json.dumps([dict(it.data) for it in await store.audit()])


@pytest.mark.parametrize("status", [IS.SENDING, IS.UNKNOWN])
async def test_nobody_is_erased_while_a_reply_to_them_may_be_out(store: Store, status: ReplyStatus) -> None:
    reply = await away(store)
    await moved(store, reply, become(status=status))
    seq = await store.last_seq()
    with pytest.raises(IllegalMoveError, match="nothing was erased"):
        await store.erase_author("x", "ada", person="Eve", now=LATER)

    assert (await only(store)).text
    assert await store.last_seq() == seq
    await moved(store, reply, sent(), now=LATER)
    assert (await store.erase_author("x", "ada", person="Eve", now=LATER)).conversations == 1


async def test_retention_waits_for_what_is_on_its_way_and_takes_the_rest(store: Store) -> None:
    await take(store, mention(2, "bob"))
    flying = await held(store)
    old = await drafted(store, about=2)
    for about in (1, 2):
        await store.change(about, claim("Zoé"), person="Zoé", now=NOW)
        await store.change(about, done("Zoé"), person="Zoé", now=NOW)
    before = NOW + DAY
    while await store.trim(before):
        pass

    assert [it.id for it in await store.conversations([1, 2])] == [1]
    assert await store.replies(1) == [flying]
    assert await trail(store, old) == ["drafted"]
    with pytest.raises(NotFoundError):
        await store.reply(old.id)
    await moved(store, flying, fail(), now=LATER)
    while await store.trim(before):
        pass
    assert await store.conversations([1]) == []
    assert await trail(store, flying) == ["drafted", "held", "failed"]


async def test_an_export_holds_what_was_said(store: Store) -> None:
    await take(store, mention(2, "bob"))
    reply = await away(store)
    await moved(store, reply, sent(), now=LATER)
    dropped = await drafted(store, "Léo", text="non")
    await moved(store, dropped, partial(replying.discard, person="Léo", now=NOW), "Léo")
    exported = [json.loads(json.dumps(item)) async for item in store.export()]

    assert [[it["text"] for it in item["replies"]] for item in exported] == [[WORDS, "non"], []]
    told = exported[0]["replies"][0]
    assert (told["status"], told["native_ids"], told["mode"]) == ("sent", ["900"], "live")
    assert not {"key", "console", "turn"} & set(told)


async def test_how_long_a_post_may_be_is_kept_of_an_account(store: Store) -> None:
    state = AccountState("fedi", "mastodon", "acme@piaille.fr", "live", most=5_000)
    await store.set_account(state, NOW, None)
    assert await store.account_states() == [state]
    await store.set_account(replace(state, most=None), NOW, None)
    assert await store.account_states() == [replace(state, most=None)]
