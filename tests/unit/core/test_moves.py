"""The status machine: no mention lost or counted twice, the clock stops while pending, a claim excludes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cmconsole.core import moves, placing
from cmconsole.core.claim import Claim
from cmconsole.core.clock import HOUR, MINUTE
from cmconsole.core.conversation import Conversation, Outcome, Status
from cmconsole.core.errors import ClaimHeldError, CmconsoleError, IllegalMoveError, InputError
from cmconsole.core.event import EventKind
from cmconsole.core.mention import Author, Mention
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.verdict import Kind, Lane, Priority, Severity, Verdict

POLICY = SlaPolicy()
ADA = Author("mastodon", "ada@piaille.fr", reach=48_000)


def arrival(
    number: int, at: int, *, lane: Lane = Lane.COMPLAINTS, priority: Priority = Priority.MEDIUM
) -> placing.Arrival:
    mention = Mention("mastodon", str(number), ADA, f"message {number}", at, thread="t")
    return placing.Arrival(mention, Verdict(lane, priority, Kind.COMPLAINT), mention_id=number, author_id=1)


def conversation(at: int = 0) -> Conversation:
    return placing.opened(arrival(1, at), POLICY, conversation_id=7)


lanes = st.sampled_from(Lane)
priorities = st.sampled_from(Priority)
people = st.sampled_from(["Alice", "Bruno", "Chloé"])


class StatusMachine(RuleBasedStateMachine):
    """Any sequence of mentions and acts; the truth is a plain list of what was received."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000
        self.received: list[int] = [1]
        self.conversation = conversation(self.now)

    @rule(minutes=st.integers(0, 600))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule(lane=lanes, priority=priorities, late=st.integers(0, 300))
    def mention_arrives(self, lane: Lane, priority: Priority, late: int) -> None:
        number = len(self.received) + 1
        before = self.conversation
        at = max(0, self.now - late * MINUTE)
        self.conversation = placing.received(
            before, arrival(number, at, lane=lane, priority=priority), POLICY
        )
        self.received.append(number)
        assert self.conversation.status is Status.OPEN
        if before.status in {Status.OPEN, Status.SNOOZED}:
            assert self.conversation.priority <= before.priority
            assert before.answer_by is not None
            assert self.conversation.answer_by is not None
            assert self.conversation.answer_by <= before.answer_by

    def _try(self, act: Callable[[], moves.Change]) -> None:
        before = self.conversation
        try:
            change = act()
        except CmconsoleError:
            assert self.conversation == before
            return
        assert change.conversation.messages == before.messages
        assert bool(change.facts) == (change.conversation != before) or before.claim is not None
        self.conversation = change.conversation

    @rule(person=people)
    def claim(self, person: str) -> None:
        holder = self.conversation.holder(self.now)
        self._try(lambda: moves.claim(self.conversation, person=person, now=self.now))
        if holder:
            assert self.conversation.holder(self.now) == holder

    @rule(person=people)
    def release(self, person: str) -> None:
        self._try(lambda: moves.release(self.conversation, person=person, now=self.now))

    @rule(person=people)
    def done(self, person: str) -> None:
        self._try(lambda: moves.done(self.conversation, person=person, now=self.now))

    @rule(person=people)
    def silence(self, person: str) -> None:
        self._try(lambda: moves.keep_silence(self.conversation, person=person, now=self.now, reason="troll"))

    @rule(person=people, minutes=st.integers(1, 300))
    def snooze(self, person: str, minutes: int) -> None:
        until = self.now + minutes * MINUTE
        self._try(lambda: moves.snooze(self.conversation, person=person, now=self.now, until=until))

    @rule()
    def wake(self) -> None:
        self._try(lambda: moves.wake(self.conversation, now=self.now))

    @rule(person=people)
    def wait(self, person: str) -> None:
        self._try(lambda: moves.wait(self.conversation, person=person, now=self.now))

    @rule(person=people)
    def reopen(self, person: str) -> None:
        self._try(lambda: moves.reopen(self.conversation, person=person, now=self.now, policy=POLICY))

    @invariant()
    def every_mention_is_counted_once(self) -> None:
        assert self.conversation.messages == len(self.received)

    @invariant()
    def the_clock_agrees_with_the_status(self) -> None:
        now = self.conversation
        runs = now.status in {Status.OPEN, Status.SNOOZED}
        assert (now.answer_by is not None) is runs
        assert (now.waiting_since is not None) is runs
        assert (now.clock_left is not None) is (now.status is Status.PENDING)
        assert (now.snoozed_until is not None) is (now.status is Status.SNOOZED)
        assert (now.outcome is not None) is (now.status is Status.RESOLVED)
        assert (now.silence_reason != "") is (now.outcome is Outcome.SILENCE)


TestStatusMachine = StatusMachine.TestCase


@given(left=st.integers(-5 * HOUR, 5 * HOUR), pause=st.integers(0, 100 * HOUR))
def test_answer_by_stops_while_pending(left: int, pause: int) -> None:
    start = conversation(at=10 * HOUR)
    assert start.answer_by is not None
    asked_at = start.answer_by - left
    pending = moves.wait(start, person="Alice", now=asked_at).conversation
    assert pending.answer_by is None
    again = moves.reopen(pending, person="Alice", now=asked_at + pause, policy=POLICY).conversation
    assert again.answer_by == asked_at + pause + left


@given(
    tries=st.lists(st.tuples(people, st.integers(0, 40 * MINUTE)), min_size=2, max_size=20),
)
def test_two_claims_never_both_succeed(tries: list[tuple[str, int]]) -> None:
    held = conversation()
    now, winner, until = 0, "", 0
    for person, pause in tries:
        now += pause
        if now < until and person != winner:
            with pytest.raises(ClaimHeldError) as refusal:
                moves.claim(held, person=person, now=now)
            assert refusal.value.holder == winner
        else:
            held = moves.claim(held, person=person, now=now).conversation
            winner, until = person, now + 15 * MINUTE
        assert held.claim == Claim(winner, until)


ACTS = [
    lambda c: moves.claim(c, person="Bruno", now=1),
    lambda c: moves.done(c, person="Bruno", now=1),
    lambda c: moves.keep_silence(c, person="Bruno", now=1, reason="troll"),
    lambda c: moves.snooze(c, person="Bruno", now=1, until=2),
    lambda c: moves.wait(c, person="Bruno", now=1),
]


@pytest.mark.parametrize("act", ACTS)
def test_nobody_acts_on_what_a_colleague_holds(act: Callable[[Conversation], moves.Change]) -> None:
    held = moves.claim(conversation(), person="Alice", now=0).conversation
    with pytest.raises(ClaimHeldError, match="Alice"):
        act(held)


@pytest.mark.parametrize("act", ACTS)
def test_resolved_conversations_refuse_moves(act: Callable[[Conversation], moves.Change]) -> None:
    resolved = moves.done(conversation(), person="Bruno", now=0).conversation
    with pytest.raises(IllegalMoveError):
        act(resolved)


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_silence_owes_a_reason(reason: str) -> None:
    with pytest.raises(InputError, match="reason"):
        moves.keep_silence(conversation(), person="Alice", now=0, reason=reason)


def test_silence_keeps_its_reason_and_reopening_gives_the_clock_back() -> None:
    start = conversation()
    change = moves.keep_silence(start, person="Alice", now=5, reason=" troll ")
    assert change.conversation.silence_reason == "troll"
    data = change.facts[0].data
    back = moves.reopen(
        change.conversation,
        person="Alice",
        now=9,
        policy=POLICY,
        waiting_since=start.waiting_since,
        answer_by=start.answer_by,
    ).conversation
    assert (data["waiting_since"], data["answer_by"]) == (start.waiting_since, start.answer_by)
    assert (back.status, back.answer_by) == (Status.OPEN, start.answer_by)


def test_snooze_wakes_at_its_time_and_not_before() -> None:
    asleep = moves.snooze(conversation(), person="Alice", now=0, until=HOUR).conversation
    assert moves.wake(asleep, now=HOUR - 1) == moves.Change(asleep)
    woken = moves.wake(asleep, now=HOUR)
    assert woken.conversation.status is Status.OPEN
    assert [fact.kind for fact in woken.facts] == [EventKind.CONVERSATION_WOKEN]
    assert woken.conversation.answer_by == conversation().answer_by


def test_snoozing_to_the_same_time_again_changes_nothing() -> None:
    asleep = moves.snooze(conversation(), person="Alice", now=0, until=HOUR).conversation
    assert moves.snooze(asleep, person="Alice", now=1, until=HOUR) == moves.Change(asleep)


def test_snooze_into_the_past_is_refused() -> None:
    with pytest.raises(InputError, match="past"):
        moves.snooze(conversation(), person="Alice", now=HOUR, until=HOUR)


def test_a_new_message_on_a_resolved_conversation_starts_a_new_wait() -> None:
    resolved = moves.done(conversation(), person="Alice", now=5).conversation
    again = placing.received(resolved, arrival(2, HOUR, priority=Priority.LOW), POLICY)
    assert (again.status, again.priority, again.waiting_since) == (Status.OPEN, Priority.LOW, HOUR)
    assert again.answer_by == POLICY.answer_by(HOUR, Lane.COMPLAINTS, Priority.LOW)


def test_a_late_delivery_does_not_replace_the_newest_words() -> None:
    first = conversation(at=HOUR)
    late = placing.received(first, arrival(2, 0), POLICY)
    assert (late.text, late.last_mention, late.waiting_since) == ("message 1", 1, 0)


def test_a_mild_word_does_not_soften_a_complaint() -> None:
    first = placing.opened(arrival(1, 0, priority=Priority.URGENT), POLICY, conversation_id=7)
    mild = Verdict(Lane.OTHERS, Priority.LOW, Kind.PRAISE, severity=Severity.NONE)
    second = placing.Arrival(Mention("mastodon", "2", ADA, "thanks", 9), mild, mention_id=2, author_id=1)
    after = placing.received(first, second, POLICY)
    assert (after.lane, after.priority, after.kind) == (Lane.COMPLAINTS, Priority.URGENT, Kind.COMPLAINT)
    assert after.reasons == first.reasons


def test_tags_are_clean_and_unique() -> None:
    tagged = moves.tag(conversation(), name=" Delivery ").conversation
    assert tagged.tags == ("delivery",)
    assert moves.tag(tagged, name="DELIVERY").facts == ()
    assert moves.untag(tagged, name="delivery").conversation.tags == ()
    assert moves.untag(tagged, name="refund").facts == ()
    with pytest.raises(InputError, match="name"):
        moves.tag(tagged, name="  ")


def test_notes_change_nothing_but_are_recorded() -> None:
    change = moves.note(conversation(), text=" told logistics ")
    assert change.conversation == conversation()
    assert dict(change.facts[0].data) == {"text": "told logistics"}
    with pytest.raises(InputError, match="empty"):
        moves.note(conversation(), text=" ")


def test_rejudging_keeps_the_start_of_the_wait() -> None:
    after = placing.rejudge(
        conversation(HOUR), Verdict(Lane.INFLUENCERS, Priority.URGENT, Kind.COMPLAINT), POLICY, vip=True
    )
    assert (after.lane, after.vip) == (Lane.INFLUENCERS, True)
    assert after.answer_by == POLICY.answer_by(HOUR, Lane.INFLUENCERS, Priority.URGENT)


def test_overdue_and_holder_are_of_their_moment() -> None:
    held = moves.claim(conversation(), person="Alice", now=0, hold=10).conversation
    assert (held.holder(9), held.holder(10)) == ("Alice", "")
    assert held.answer_by is not None
    assert not held.overdue(held.answer_by)
    assert held.overdue(held.answer_by + 1)
