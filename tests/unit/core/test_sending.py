"""Replies as the engine moves them: begun before they are sent, never again by themselves once in doubt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from cmconsole.core import moves, sending
from cmconsole.core.account import Mode
from cmconsole.core.clock import MINUTE
from cmconsole.core.conversation import Outcome, Status
from cmconsole.core.errors import IllegalMoveError
from cmconsole.core.event import EventKind
from cmconsole.core.reply import Act, Reply, ReplyStatus
from cmconsole.core.replying import Case, ReplyChange
from tests.unit.core.replies import NOW, POLICY, UNTIL, case, reply, talk

IS = ReplyStatus
HELD = reply(status=IS.HOLDING, parts=("Bonjour",), hold_until=NOW, console="c1")
GONE = reply(status=IS.SENDING, parts=("Bonjour",), attempts=1, first_at=NOW)
LOST = replace(GONE, status=IS.UNKNOWN, next_at=NOW, doubted=True, error="Rien.")

begin = partial(sending.begin, now=NOW)
published = partial(sending.published, now=NOW, native_id="900", url="u", after_reply="wait")
rehearsed = partial(sending.rehearsed, now=NOW, after_reply="wait")
put_off = partial(sending.put_off, now=NOW, until=UNTIL, error="429", advice="")
fail = partial(sending.fail, now=NOW, error="403", advice="Voir.")
doubt = partial(sending.doubt, now=NOW, next_at=UNTIL, error="Rien.")
looked_up = partial(sending.looked_up, now=NOW, next_at=UNTIL, absent=True)
settle = partial(sending.settle, person="Alice", now=NOW, after_reply="wait")


def kinds(change: ReplyChange) -> list[EventKind]:
    return [it.kind for it in change.facts]


def test_the_intent_is_written_down_with_its_number() -> None:
    change = begin(case(HELD))
    again = begin(case(replace(HELD, attempts=1, first_at=NOW - 5)))

    assert (change.reply.status, change.reply.attempts, change.reply.first_at) == (IS.SENDING, 1, NOW)
    assert change.reply.hold_until is None
    assert (change.facts[0].data["part"], change.facts[0].data["attempt"]) == (0, 1)
    assert (again.reply.attempts, again.reply.first_at) == (2, NOW - 5)


@pytest.mark.parametrize("until", [NOW + 1, None])
def test_nothing_begins_inside_the_window_or_stranded(until: int | None) -> None:
    for move in (begin, rehearsed):
        with pytest.raises(IllegalMoveError):
            move(case(replace(HELD, hold_until=until)))


def test_nothing_of_a_rehearsal_ever_begins() -> None:
    with pytest.raises(IllegalMoveError, match="rehearsal"):
        begin(case(replace(HELD, mode=Mode.REHEARSAL)))
    change = rehearsed(case(replace(HELD, mode=Mode.REHEARSAL)))
    assert (change.reply.status, change.reply.sent_at) == (IS.REHEARSED, NOW)
    assert kinds(change) == [EventKind.REPLY_REHEARSED, EventKind.CONVERSATION_PENDING]


def test_a_window_nobody_watched_is_stranded_once() -> None:
    change = sending.strand(case(HELD), now=NOW)
    assert change.reply.is_stranded
    assert kinds(change) == [EventKind.REPLY_STRANDED]
    for it in (change.reply, GONE, reply()):
        assert sending.strand(case(it), now=NOW) == ReplyChange(it)


# -------------------------------------------------------------------------------------------------- answered


def test_published_it_is_sent_and_the_clock_of_its_conversation_stops() -> None:
    change = published(case(GONE))
    after = change.reply

    assert (after.status, after.native_ids, after.url, after.sent_at) == (IS.SENT, ("900",), "u", NOW)
    assert change.conversation == moves.paused(talk(), NOW)
    assert kinds(change) == [EventKind.REPLY_SENT, EventKind.CONVERSATION_PENDING]
    assert (change.facts[0].data["native_id"], "found" in change.facts[0].data) == ("900", False)
    assert change.conversation is not None
    assert change.facts[1].data == {"left": change.conversation.clock_left}


def test_found_by_a_look_up_it_is_sent_too() -> None:
    change = published(case(LOST), found=True)
    assert (change.reply.status, change.reply.doubted, change.reply.error) == (IS.SENT, False, "")
    assert change.reply.next_at is None
    assert change.facts[0].data["found"] == 1
    again = replace(HELD, doubted=True, hold_until=UNTIL)
    assert published(case(again), found=True).reply.status is IS.SENT
    with pytest.raises(IllegalMoveError):
        published(case(again))


def test_done_ends_the_conversation_with_the_clock_it_had() -> None:
    change = published(case(GONE), after_reply="done")
    assert change.conversation is not None
    assert (change.conversation.status, change.conversation.outcome) == (Status.RESOLVED, Outcome.DONE)
    told = change.facts[1]
    assert told.kind is EventKind.CONVERSATION_DONE
    assert (told.data["waiting_since"], told.data["answer_by"]) == (talk().waiting_since, talk().answer_by)


def test_the_conversation_stays_where_there_is_nothing_to_do() -> None:
    quiet: list[Callable[[], ReplyChange]] = [
        lambda: published(case(GONE), after_reply="open"),
        lambda: published(case(GONE, conversation=talk(6))),
        lambda: published(case(GONE, conversation=moves.resolved(talk(), Outcome.DONE))),
        lambda: published(case(GONE, conversation=moves.paused(talk(), NOW))),
        lambda: published(case(replace(GONE, act=Act.LIKE, parts=()))),
    ]
    for change in (make() for make in quiet):
        assert change.conversation is None
        assert kinds(change) == [EventKind.REPLY_SENT]


def test_a_snoozed_conversation_that_is_answered_is_pending() -> None:
    snoozed = moves.snooze(talk(), person="Alice", now=NOW, until=NOW + MINUTE).conversation
    change = published(case(GONE, conversation=snoozed))
    assert change.conversation is not None
    assert (change.conversation.status, change.conversation.snoozed_until) == (Status.PENDING, None)
    assert moves.reopen(change.conversation, person="Alice", now=NOW, policy=POLICY).conversation.answer_by


def test_a_thread_goes_on_with_its_next_part() -> None:
    thread = replace(GONE, parts=("a", "b"), doubted=True)
    change = published(case(thread))
    after = change.reply

    assert (after.status, after.part, after.hold_until, after.console) == (IS.HOLDING, 1, NOW, "")
    assert (after.attempts, after.first_at, after.doubted, after.sent_at) == (0, None, False, None)
    assert (kinds(change), change.conversation) == ([EventKind.REPLY_PART_SENT], None)
    last = published(case(begin(case(after)).reply), native_id="901", url="v").reply
    assert (last.status, last.native_ids, last.url) == (IS.SENT, ("900", "901"), "u")


# ----------------------------------------------------------------------------------------- what did not work


def test_put_off_it_waits_for_another_try_that_nobody_watches() -> None:
    change = put_off(case(GONE))
    after = change.reply
    assert (after.status, after.hold_until, after.console, after.attempts) == (IS.HOLDING, UNTIL, "", 1)
    assert (after.error, change.facts[0].data["until"]) == ("429", UNTIL)


def test_failed_it_is_back_with_the_person() -> None:
    for it in (HELD, GONE, LOST):
        change = fail(case(it))
        assert (change.reply.status, change.reply.error, change.reply.advice) == (IS.FAILED, "403", "Voir.")
        assert (change.reply.hold_until, change.reply.next_at, change.reply.doubted) == (None, None, False)
        assert kinds(change) == [EventKind.REPLY_FAILED]


def test_a_sure_failure_after_a_doubtful_try_is_still_a_doubt() -> None:
    """A person sent an unknown one again, and the platform calls it a duplicate: the first try is there."""
    for it in (replace(GONE, doubted=True), replace(HELD, doubted=True)):
        change = fail(case(it))
        assert (change.reply.status, change.reply.next_at, change.reply.error) == (IS.UNKNOWN, NOW, "403")
        assert kinds(change) == [EventKind.REPLY_DOUBTED]


def test_in_doubt_it_is_looked_up_and_stays_in_doubt() -> None:
    change = doubt(case(replace(GONE, looks=2, absences=1)))
    after = change.reply
    assert (after.status, after.next_at, after.looks, after.absences) == (IS.UNKNOWN, UNTIL, 0, 0)
    assert after.doubted


def test_look_ups_are_counted_and_absences_in_a_row() -> None:
    first = looked_up(case(LOST)).reply
    second = looked_up(case(first)).reply
    unsure = looked_up(case(second), absent=False, next_at=None, error="Panne.", advice="Voir.").reply

    assert [(it.looks, it.absences) for it in (first, second, unsure)] == [(1, 1), (2, 2), (3, 0)]
    assert (second.error, unsure.error, unsure.advice, unsure.next_at) == ("Rien.", "Panne.", "Voir.", None)
    assert unsure.status is IS.UNKNOWN


def test_a_person_who_saw_it_settles_it() -> None:
    change = settle(case(LOST))
    assert (change.reply.status, change.reply.sent_at, change.reply.doubted) == (IS.SENT, NOW, False)
    assert kinds(change) == [EventKind.REPLY_SETTLED, EventKind.CONVERSATION_PENDING]
    assert change.facts[0].data["settled_by"] == "Alice"


MOVES: list[tuple[Callable[[Case], ReplyChange], set[ReplyStatus]]] = [
    (begin, {IS.HOLDING}),
    (rehearsed, {IS.HOLDING}),
    (published, {IS.SENDING, IS.UNKNOWN}),
    (fail, {IS.HOLDING, IS.SENDING, IS.UNKNOWN}),
    (put_off, {IS.HOLDING, IS.SENDING}),
    (doubt, {IS.SENDING}),
    (looked_up, {IS.UNKNOWN}),
    (settle, {IS.UNKNOWN}),
]


@pytest.mark.parametrize(("move", "allowed"), MOVES)
def test_every_move_has_its_statuses(move: Callable[[Case], ReplyChange], allowed: set[ReplyStatus]) -> None:
    for status in IS:
        it: Reply = replace(HELD, status=status)
        if status in allowed:
            assert move(case(it)).reply.updated_at == NOW
        else:
            with pytest.raises(IllegalMoveError):
                move(case(it))
