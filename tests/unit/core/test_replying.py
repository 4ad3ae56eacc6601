"""Replies as persons move them: nobody approves their own, nobody is overtaken unseen, nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from cmconsole.core import replying
from cmconsole.core.account import Mode
from cmconsole.core.claim import Claim
from cmconsole.core.errors import AnsweredError, ClaimHeldError, IllegalMoveError, InputError
from cmconsole.core.event import AUDITED, EventKind
from cmconsole.core.reply import ANSWERED, FLYING, Act, Reply, ReplyStatus
from cmconsole.core.replying import Case, Known, ReplyChange
from tests.unit.core.replies import NOW, UNTIL, case, reply, talk

IS = ReplyStatus
KNOWN = Known(5)

hold = partial(
    replying.hold, person="Alice", now=NOW, until=UNTIL, console="c1", parts=("Bonjour ^A",), known=KNOWN
)
ask = partial(replying.ask, person="Alice", now=NOW, parts=("Bonjour ^A",), known=KNOWN, raised=("haste",))
approve = partial(
    replying.approve, person="Bruno", now=NOW, until=UNTIL, console="c2", known=Known(5, version=0)
)
confirm = partial(
    replying.confirm, person="Bruno", now=NOW, until=UNTIL, console="c2", known=Known(5, version=0)
)
retry = partial(replying.retry, person="Bruno", now=NOW, until=UNTIL, console="c2", known=Known(5, version=0))
amend = partial(replying.amend, person="Bruno", now=NOW, text="Bonsoir", parts=("Bonsoir ^A",))
refuse = partial(replying.refuse, person="Bruno", now=NOW, reason=" trop sec ")
take_back = partial(replying.take_back, person="Alice", now=NOW)
revise = partial(replying.revise, person="Alice", now=NOW)
discard = partial(replying.discard, person="Alice", now=NOW)


def written(it: Case, person: str = "Alice", text: str = "Bonsoir", **more: object) -> ReplyChange:
    told: dict[str, object] = {
        "account": "main", "mode": Mode.LIVE, "answers": ("m1", "m1"), "seen": 5, "canned": "", **more
    }  # fmt: skip
    return replying.written(it, person=person, now=NOW, text=text, **told)  # type: ignore[arg-type]


def kinds(change: ReplyChange) -> list[EventKind]:
    return [it.kind for it in change.facts]


# --------------------------------------------------------------------------------------------------- writing


def test_what_is_written_is_kept_without_a_fact() -> None:
    change = written(case(), account="two", mode=Mode.REHEARSAL, answers=("m2", "m0"), seen=6, canned="delay")
    after = change.reply

    assert change.facts == ()
    assert (after.text, after.account, after.mode, after.seen) == ("Bonsoir", "two", Mode.REHEARSAL, 6)
    assert (after.in_reply_to, after.thread, after.canned) == ("m2", "m0", "delay")


def test_a_new_text_has_a_new_key_and_the_same_one_keeps_it() -> None:
    assert written(case()).reply.key != reply().key
    assert written(case(), text="Bonjour", account="two").reply.key == reply().key


def test_only_its_writer_writes_a_draft_and_sends_it_on() -> None:
    for move in (
        partial(written, person="Bruno"),
        partial(hold, person="Bruno"),
        partial(ask, person="Bruno"),
    ):
        with pytest.raises(IllegalMoveError, match=r"Alice's"):
            move(case())


def test_the_platform_gets_a_key_of_its_own_for_each_part() -> None:
    parts = [replace(reply(parts=("a", "b", "c")), native_ids=("1", "2")[:n]) for n in range(3)]
    keys = [it.part_key for it in parts]
    assert keys[0] == reply().key
    assert len({*keys}) == 3
    assert all(len(key) == 32 for key in keys)


# -------------------------------------------------------------------------------------------------- approval


def test_asking_keeps_what_was_asked_for() -> None:
    change = ask(case(reply(refusal="trop sec")))
    after = change.reply

    assert (after.status, after.asked_text, after.asked_at, after.refusal) == (
        IS.AWAITING,
        "Bonjour",
        NOW,
        "",
    )
    assert (after.parts, after.raised, after.is_amended) == (("Bonjour ^A",), ("haste",), False)
    assert kinds(change) == [EventKind.REPLY_ASKED]
    assert change.facts[0].data["raised"] == "haste"


def test_a_second_person_says_yes() -> None:
    change = approve(case(ask(case()).reply))

    assert (change.reply.status, change.reply.approver, change.reply.editor) == (IS.HOLDING, "Bruno", "Alice")
    assert (change.reply.hold_until, change.reply.console) == (UNTIL, "c2")
    assert change.facts[0].data["approver"] == "Bruno"


def test_nobody_approves_their_own_words() -> None:
    waits = ask(case()).reply
    with pytest.raises(IllegalMoveError, match="their own"):
        approve(case(waits), person="Alice")
    amended = amend(case(waits)).reply
    assert amended.is_amended
    with pytest.raises(IllegalMoveError, match="their own"):
        approve(case(amended))
    assert approve(case(amended), person="Chloé").reply.approver == "Chloé"


@pytest.mark.parametrize("back", ["refused", "taken back", "failed"])
def test_words_stay_their_author_s_through_every_return(back: str) -> None:
    """Bruno amends, the reply comes back to Alice, who asks again without a change: Bruno cannot approve."""
    amended = amend(case(ask(case()).reply)).reply
    if back == "refused":
        draft = refuse(case(amended), person="Chloé").reply
    else:
        held = approve(case(amended), person="Chloé").reply
        draft = take_back(case(held)).reply
        if back == "failed":
            draft = revise(case(replace(held, status=IS.FAILED)), person="Chloé").reply
    draft = written(case(draft), text=draft.text, account="two").reply
    waits = ask(case(draft)).reply

    assert (waits.text, waits.status) == ("Bonsoir", IS.AWAITING)
    with pytest.raises(IllegalMoveError, match="their own"):
        approve(case(waits))


def test_an_amended_text_has_a_new_key_and_the_same_text_changes_nothing() -> None:
    waits = replace(ask(case()).reply, approver="")
    change = amend(case(waits))

    assert change.reply.key != waits.key
    assert (change.reply.raised, kinds(change)) == ((), [EventKind.REPLY_AMENDED])
    assert amend(case(waits), text="Bonjour") == ReplyChange(waits)


def test_who_approves_has_read_this_very_text() -> None:
    with pytest.raises(IllegalMoveError, match="changed since you looked"):
        approve(case(replace(ask(case()).reply, version=1)))


def test_a_refusal_has_its_reason() -> None:
    waits = ask(case()).reply
    with pytest.raises(InputError):
        refuse(case(waits), reason=" ")
    change = refuse(case(waits))

    assert (change.reply.status, change.reply.refusal, change.reply.parts) == (IS.DRAFT, "trop sec", ())
    assert change.facts[0].data["refused_by"] == "Bruno"


def test_an_approver_may_hold_the_conversation_and_a_third_may_not() -> None:
    waits = ask(case()).reply
    for holder in ("Alice", "Bruno"):
        approve(case(waits, conversation=replace(talk(), claim=Claim(holder, NOW + 1))))
    with pytest.raises(ClaimHeldError):
        approve(case(waits, conversation=replace(talk(), claim=Claim("Chloé", NOW + 1))))
    approve(case(waits, conversation=replace(talk(), claim=Claim("Chloé", NOW))))


# ------------------------------------------------------------------------------------- nothing comes between

LEAVING: list[tuple[Callable[[Case], ReplyChange], Reply]] = [
    (hold, reply()),
    (ask, reply()),
    (approve, ask(case()).reply),
    (confirm, reply(status=IS.HOLDING, parts=("Bonjour",))),
    (retry, reply(status=IS.FAILED)),
    (retry, reply(status=IS.UNKNOWN)),
]


@pytest.mark.parametrize(("move", "it"), LEAVING)
def test_a_colleague_who_is_answering_stops_it(move: Callable[[Case], ReplyChange], it: Reply) -> None:
    for status in FLYING:
        with pytest.raises(AnsweredError) as caught:
            move(case(it, reply(2, "Chloé", status=status, editor="", approver="Denis")))
        assert caught.value.who == "Denis"


@pytest.mark.parametrize(("move", "it"), LEAVING)
def test_an_answer_that_was_not_read_stops_it(move: Callable[..., ReplyChange], it: Reply) -> None:
    for status in ANSWERED:
        other = reply(2, "Chloé", status=status)
        with pytest.raises(AnsweredError, match="Chloé has answered"):
            move(case(it, other))
        assert move(case(it, other), known=Known(5, frozenset({2}))).reply.status in {IS.HOLDING, IS.AWAITING}


@pytest.mark.parametrize(("move", "it"), LEAVING)
def test_an_author_who_wrote_again_stops_it(move: Callable[[Case], ReplyChange], it: Reply) -> None:
    with pytest.raises(IllegalMoveError, match="written again"):
        move(case(it, conversation=talk(6)))


def test_an_act_is_no_answer_and_waits_for_nobody() -> None:
    like = reply(act=Act.LIKE, status=IS.FAILED, parts=())
    held = replace(talk(6), claim=Claim("Chloé", NOW + 1))
    assert retry(case(like, reply(2, status=IS.SENDING), conversation=held)).reply.status is IS.HOLDING


def test_who_holds_the_conversation_is_asked_first() -> None:
    claimed = replace(talk(), claim=Claim("Chloé", NOW + 1))
    for move, it in ((hold, reply()), (retry, reply(status=IS.FAILED))):
        with pytest.raises(ClaimHeldError):
            move(case(it, conversation=claimed))


# ------------------------------------------------------------------------------------------ window and after


def test_nothing_is_sent_on_without_words() -> None:
    for move in (hold, ask):
        with pytest.raises(InputError, match="nothing to publish"):
            move(case(), parts=(" ",))
    with pytest.raises(InputError):
        amend(case(ask(case()).reply), parts=())


def test_holding_begins_the_window() -> None:
    change = hold(case(reply(refusal="trop sec")), raised=("haste", "caps"))
    after = change.reply

    assert (after.status, after.hold_until, after.console, after.refusal) == (IS.HOLDING, UNTIL, "c1", "")
    assert (change.facts[0].data["until"], change.facts[0].data["raised"]) == (UNTIL, "haste, caps")


def test_taken_back_it_is_a_draft_as_if_never_sent() -> None:
    held = approve(case(ask(case()).reply)).reply
    change = take_back(case(held))
    after = change.reply

    assert (after.status, after.approver, after.parts, after.hold_until) == (IS.DRAFT, "", (), None)
    assert (after.console, after.turn, after.text) == ("", 0, "Bonjour")
    assert change.facts[0].data["taken_by"] == "Alice"


def test_the_rest_of_a_thread_goes_back_as_failed() -> None:
    thread = reply(status=IS.HOLDING, parts=("a", "b"), native_ids=("1",), hold_until=NOW)
    after = take_back(case(thread)).reply
    assert (after.status, after.parts, after.native_ids) == (IS.FAILED, ("a", "b"), ("1",))


def test_another_act_taken_back_is_dropped() -> None:
    assert take_back(case(reply(act=Act.HIDE, status=IS.HOLDING))).reply.status is IS.DISCARDED


def test_a_window_let_go_runs_out_by_itself() -> None:
    held = hold(case()).reply
    change = replying.let_go(case(held), now=NOW)
    assert change == ReplyChange(replace(held, console=""))


def test_only_a_stranded_reply_is_confirmed() -> None:
    stranded = replace(hold(case()).reply, hold_until=None)
    change = confirm(case(stranded))

    assert (change.reply.hold_until, change.reply.console) == (UNTIL, "c2")
    assert change.facts[0].data["confirmed_by"] == "Bruno"
    with pytest.raises(IllegalMoveError):
        confirm(case(hold(case()).reply))


def test_a_failed_one_is_sent_again_under_its_key() -> None:
    failed = reply(
        status=IS.FAILED,
        parts=("a",),
        attempts=3,
        first_at=NOW - 9,
        error="Non.",
        advice="Voir.",
        approver="B",
    )
    change = retry(case(failed))
    after = change.reply

    assert (after.status, after.key, after.approver) == (IS.HOLDING, failed.key, "B")
    assert (after.attempts, after.first_at, after.error, after.advice) == (0, None, "", "")
    assert (change.facts[0].data["retried_by"], change.facts[0].data["was"]) == ("Bruno", "failed")


def test_an_unknown_one_sent_again_stays_in_doubt() -> None:
    """Its first try may be there: look-ups go back to it, and taken back it is no innocent draft."""
    unknown = reply(status=IS.UNKNOWN, parts=("a",), first_at=NOW - 9, next_at=NOW + 9, looks=3, doubted=True)
    again = retry(case(unknown)).reply
    assert (again.status, again.first_at, again.doubted, again.looks) == (IS.HOLDING, NOW - 9, True, 0)
    back = take_back(case(again)).reply

    assert (back.status, back.next_at, back.parts, back.key) == (IS.UNKNOWN, NOW, ("a",), unknown.key)
    assert (back.hold_until, back.console) == (None, "")


def test_a_person_has_an_unknown_one_looked_up_at_once() -> None:
    unknown = reply(status=IS.UNKNOWN, next_at=None, looks=4, absences=1)
    change = replying.look_again(case(unknown), person="Alice", now=NOW)
    assert (change.reply.next_at, change.reply.looks, change.reply.absences) == (NOW, 0, 0)
    assert change.facts[0].data["asked_by"] == "Alice"


def test_a_failed_one_becomes_a_draft_with_another_key() -> None:
    failed = reply(status=IS.FAILED, parts=("a",), approver="Bruno", attempts=2, first_at=NOW, error="Non.")
    after = revise(case(failed)).reply
    assert (after.status, after.parts, after.approver, after.error) == (IS.DRAFT, (), "", "")
    assert (after.attempts, after.first_at) == (0, None)
    assert after.key != failed.key
    with pytest.raises(IllegalMoveError, match="published already"):
        revise(case(replace(failed, native_ids=("1",))))


@pytest.mark.parametrize("status", IS)
def test_what_is_done_with_is_not_dropped_any_more(status: ReplyStatus) -> None:
    it = reply(status=status, hold_until=UNTIL, next_at=UNTIL)
    if status in {IS.SENDING, IS.SENT, IS.REHEARSED, IS.DISCARDED}:
        with pytest.raises(IllegalMoveError):
            discard(case(it))
    else:
        change = discard(case(it))
        assert (change.reply.status, change.reply.hold_until) == (IS.DISCARDED, None)
        assert (change.facts[0].data["was"], change.facts[0].data["discarded_by"]) == (status.value, "Alice")


MOVES: list[tuple[Callable[[Case], ReplyChange], set[ReplyStatus]]] = [
    (written, {IS.DRAFT}),
    (ask, {IS.DRAFT}),
    (hold, {IS.DRAFT}),
    (amend, {IS.AWAITING}),
    (approve, {IS.AWAITING}),
    (refuse, {IS.AWAITING}),
    (take_back, {IS.HOLDING}),
    (partial(replying.let_go, now=NOW), {IS.HOLDING}),
    (confirm, {IS.HOLDING}),
    (partial(replying.look_again, person="Alice", now=NOW), {IS.UNKNOWN}),
    (retry, {IS.FAILED, IS.UNKNOWN}),
    (revise, {IS.FAILED}),
]


@pytest.mark.parametrize(("move", "allowed"), MOVES)
def test_every_move_has_its_statuses(move: Callable[[Case], ReplyChange], allowed: set[ReplyStatus]) -> None:
    for status in IS:
        it = reply(status=status)
        if status in allowed:
            change = move(case(it))
            assert change.conversation is None
            assert all(told.kind in AUDITED for told in change.facts)
        else:
            with pytest.raises(IllegalMoveError):
                move(case(it))


def test_a_fact_says_who_as_whom_and_what_without_a_word_of_it() -> None:
    told = hold(case()).facts[0]
    assert told.data == {
        "reply": 1, "act": "reply", "account": "main", "platform": "mastodon", "mode": "live",
        "hash": hold(case()).reply.hash, "writer": "Alice", "until": UNTIL,
    }  # fmt: skip
    assert "Bonjour" not in str(told)
    assert reply(parts=("a", "b")).hash != reply(parts=("ab",)).hash
