"""Any life of competing replies, played against a model of the platform: what must never happen does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cmconsole.core import moves, replying, sending
from cmconsole.core.account import Mode
from cmconsole.core.conversation import Status
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.reply import ANSWERED, FLYING, Reply, ReplyStatus
from cmconsole.core.replying import Case, Known, ReplyChange
from tests.unit.core.replies import NOW, POLICY, reply, talk

IS = ReplyStatus
WINDOW = 10

people = st.sampled_from(["Alice", "Bruno", "Chloé"])
which = st.integers(0, 3)
_DISCARD = 5
rarely = st.sampled_from([True, False, False, False, False, False])
mostly = st.sampled_from([True, True, True, False])
texts = st.sampled_from(["un", "deux", "trois"])
afters = st.sampled_from(["wait", "done", "open"])


def _any(*statuses: ReplyStatus) -> Callable[[Life], bool]:
    """Say whether there is a reply for a rule: one that finds none would only waste a step."""
    return lambda life: any(it.status in statuses for it in life.replies.values())


class Life(RuleBasedStateMachine):
    """Four replies of one conversation (the last a rehearsal's); persons, the engine and the author at work.

    words: who wrote the present text of each. called: the platform is being called for it. said: a person
    spoke since the last doubt. asked: parts the platform was asked to publish, by reply, per part.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.talk = talk()
        self.replies = {
            number: reply(number, writer)
            for number, writer in ((1, "Alice"), (2, "Bruno"), (3, "Alice"), (4, "Chloé"))
        }
        self.replies[4] = replace(self.replies[4], mode=Mode.REHEARSAL)
        self.words = {number: it.writer for number, it in self.replies.items()}
        self.called = dict.fromkeys(self.replies, False)
        self.said = dict.fromkeys(self.replies, True)
        self.published: dict[int, list[int]] = {number: [] for number in self.replies}

    def _some(self, at: int, *statuses: ReplyStatus) -> int:
        """Return the id of a reply in one of the statuses; there is one."""
        found = [number for number, it in self.replies.items() if it.status in statuses]
        return found[at % len(found)]

    def _case(self, number: int) -> Case:
        """Return what the store would show: see ReplyStore.change_reply."""
        others = tuple(
            it for it in self.replies.values() if it.id != number and it.status in FLYING | ANSWERED
        )
        return Case(self.replies[number], self.talk, others)

    def _move(self, number: int, move: Callable[[Case], ReplyChange]) -> bool:
        """Apply a move as the store does; say whether it was allowed."""
        try:
            change = move(self._case(number))
        except CmconsoleError:
            return False
        if change.reply != self.replies[number] or change.facts:
            before = self.replies[number]
            self.replies[number] = replace(change.reply, version=before.version + 1)
        if change.conversation is not None:
            self.talk = replace(change.conversation, version=self.talk.version + 1)
        return True

    def _known(self, number: int, *, fresh: bool) -> Known:
        """Return what a person saw: all there is, or the conversation as it began."""
        if not fresh:
            return Known(5, version=0)
        read = frozenset(it.id for it in self.replies.values() if it.status in ANSWERED)
        return Known(self.talk.last_mention, read, self.replies[number].version)

    # ----------------------------------------------------------------------------------------------- persons

    @precondition(_any(IS.DRAFT))
    @rule(at=which, person=people, text=texts)
    def write(self, at: int, person: str, text: str) -> None:
        number = self._some(at, IS.DRAFT)
        before = self.replies[number]
        move = partial(
            replying.written, person=person, now=self.now, text=text, account="main", mode=before.mode,
            answers=("m1", "m1"), seen=self.talk.last_mention, canned="",
        )  # fmt: skip
        if self._move(number, move):
            assert person == before.writer
            self._note_words(before, person)

    @precondition(_any(IS.AWAITING))
    @rule(at=which, person=people, text=texts)
    def amend(self, at: int, person: str, text: str) -> None:
        number = self._some(at, IS.AWAITING)
        before = self.replies[number]
        if self._move(
            number, partial(replying.amend, person=person, now=self.now, text=text, parts=(text, "^A"))
        ):
            self._note_words(before, person)

    def _note_words(self, before: Reply, person: str) -> None:
        after = self.replies[before.id]
        assert (after.key == before.key) is (after.text == before.text)
        if after.text != before.text:
            self.words[before.id] = person

    @precondition(_any(IS.DRAFT))
    @rule(at=which, person=people, fresh=mostly)
    def ask(self, at: int, person: str, *, fresh: bool) -> None:
        number = self._some(at, IS.DRAFT)
        text = self.replies[number].text
        known = self._known(number, fresh=fresh)
        self._move(
            number, partial(replying.ask, person=person, now=self.now, parts=(text, "^A"), known=known)
        )

    @precondition(_any(IS.AWAITING))
    @rule(at=which, person=people, fresh=mostly)
    def approve(self, at: int, person: str, *, fresh: bool) -> None:
        number = self._some(at, IS.AWAITING)
        move = partial(
            replying.approve, person=person, now=self.now, until=self.now + WINDOW, console="c",
            known=self._known(number, fresh=fresh),
        )  # fmt: skip
        if self._leaves(number, move, fresh=fresh):
            assert person != self.words[number]
            assert self.replies[number].approver == person

    @precondition(_any(IS.DRAFT))
    @rule(at=which, person=people, fresh=mostly)
    def hold(self, at: int, person: str, *, fresh: bool) -> None:
        number = self._some(at, IS.DRAFT)
        text = self.replies[number].text
        move = partial(
            replying.hold, person=person, now=self.now, until=self.now + WINDOW, console="c",
            parts=(text, "^A"), known=self._known(number, fresh=fresh),
        )  # fmt: skip
        self._leaves(number, move, fresh=fresh)

    @precondition(_any(IS.FAILED, IS.UNKNOWN, IS.HOLDING))
    @rule(at=which, person=people, fresh=mostly, confirmed=st.booleans())
    def send_again(self, at: int, person: str, *, fresh: bool, confirmed: bool) -> None:
        number = self._some(at, IS.FAILED, IS.UNKNOWN, IS.HOLDING)
        move = partial(
            replying.confirm if confirmed else replying.retry, person=person, now=self.now,
            until=self.now + WINDOW, console="c", known=self._known(number, fresh=fresh),
        )  # fmt: skip
        self._leaves(number, move, fresh=fresh)

    def _leaves(self, number: int, move: Callable[[Case], ReplyChange], *, fresh: bool) -> bool:
        """Put one on its way; whoever did so had read every answer and every word of the author's."""
        case = self._case(number)
        if not self._move(number, move):
            return False
        assert not [it for it in case.others if it.status in FLYING]
        assert fresh or (self.talk.last_mention == 5 and not case.others)
        self.said[number] = True
        return True

    @precondition(_any(*IS))
    @rule(at=which, person=people, deed=st.integers(0, 6), sure=rarely, after=afters)
    def decide(self, at: int, person: str, deed: int, after: str, *, sure: bool) -> None:
        number = self._some(at, *IS)
        deeds: list[Callable[[Case], ReplyChange]] = [
            partial(replying.refuse, person=person, now=self.now, reason="non"),
            partial(replying.take_back, person=person, now=self.now),
            partial(replying.let_go, now=self.now),
            partial(replying.look_again, person=person, now=self.now),
            partial(replying.revise, person=person, now=self.now),
            partial(replying.discard, person=person, now=self.now),
            partial(sending.settle, person=person, now=self.now, after_reply=after),
        ]
        before = self.replies[number]
        if deed == _DISCARD and not sure:
            return
        if self._move(number, deeds[deed]) and before.doubted and before.status is IS.HOLDING:
            assert self.replies[number].status in {IS.HOLDING, IS.UNKNOWN, IS.DISCARDED}

    # -------------------------------------------------------------------------------------------- the engine

    @precondition(_any(IS.HOLDING))
    @rule(at=which, in_time=mostly)
    def begin(self, at: int, *, in_time: bool) -> None:
        number = self._some(at, IS.HOLDING)
        if in_time:
            self.now = max(self.now, self.replies[number].hold_until or 0)
        before = self.replies[number]
        if self._move(number, partial(sending.begin, now=self.now)):
            assert before.mode is Mode.LIVE
            assert before.hold_until is not None
            assert before.hold_until <= self.now
            assert self.said[number], "sent again after a doubt, and nobody had said so"
            assert not self.called[number]
            self.called[number] = True

    @precondition(_any(IS.SENDING))
    @rule(at=which, there=st.booleans(), told=st.booleans(), later=st.booleans(), after=afters)
    def answer(self, at: int, after: str, *, there: bool, told: bool, later: bool) -> None:
        """Let the platform take the part or not, and say so or not."""
        number = self._some(at, IS.SENDING)
        assert self.called[number]
        self.called[number] = False
        part = self.replies[number].part
        if there:
            self.published[number].append(part)
        if not told:
            moved = partial(sending.doubt, now=self.now, next_at=self.now + 1, error="?")
            self.said[number] = False
        elif there:
            moved = partial(
                sending.published, now=self.now, native_id=f"{number}.{part}", url="u", after_reply=after
            )
            self.said[number] = True
        elif later:
            moved = partial(sending.put_off, now=self.now, until=self.now + WINDOW, error="429", advice="")
        else:
            moved = partial(sending.fail, now=self.now, error="403", advice="")
        assert self._move(number, moved)

    @precondition(_any(IS.HOLDING))
    @rule(at=which, after=afters)
    def find_what_was_sent_again(self, at: int, after: str) -> None:
        """Find the first try of one that a person has just sent again: then it does not leave."""
        number = self._some(at, IS.HOLDING)
        if self.replies[number].doubted and self.replies[number].part in self.published[number]:
            move = partial(
                sending.published, now=self.now, native_id="f", url="u", after_reply=after, found=True
            )
            assert self._move(number, move)

    @precondition(_any(IS.UNKNOWN))
    @rule(at=which, after=afters, sees=st.booleans())
    def look_up(self, at: int, after: str, *, sees: bool) -> None:
        """Find a part where it is; say that it is absent after two looks in a row where it is not."""
        number = self._some(at, IS.UNKNOWN)
        it = self.replies[number]
        there = it.part in self.published[number]
        move: Callable[[Case], ReplyChange]
        if there and sees:
            move = partial(
                sending.published, now=self.now, native_id="f", url="u", after_reply=after, found=True
            )
            self.said[number] = True
        elif not there and it.absences >= 2:
            move = partial(sending.fail, now=self.now, error="absent", advice="")
        else:
            move = partial(sending.looked_up, now=self.now, next_at=self.now + 1, absent=not there and sees)
        assert self._move(number, move)

    @precondition(_any(IS.HOLDING))
    @rule(at=which, after=afters)
    def rehearse(self, at: int, after: str) -> None:
        number = self._some(at, IS.HOLDING)
        if self.replies[number].mode is Mode.REHEARSAL:
            self._move(number, partial(sending.rehearsed, now=self.now, after_reply=after))

    @precondition(_any(*set(IS) - {IS.SENDING, IS.UNKNOWN}))
    @rule(at=which)
    def hear_of_something_that_was_not_begun(self, at: int) -> None:
        number = self._some(at, *set(IS) - {IS.SENDING, IS.UNKNOWN})
        for move in (
            partial(sending.doubt, now=self.now, next_at=self.now, error=""),
            partial(sending.published, now=self.now, native_id="9", url="", after_reply="done"),
        ):
            assert not self._move(number, move)

    @precondition(_any(IS.HOLDING))
    @rule(at=which)
    def strand(self, at: int) -> None:
        number = self._some(at, IS.HOLDING)
        self._move(number, partial(sending.strand, now=self.now))

    # --------------------------------------------------------------------------------------------- the world

    @rule(much=rarely)
    def time_passes(self, *, much: bool) -> None:
        self.now += 2 * WINDOW if much else 1

    @precondition(_any(IS.SENDING, IS.UNKNOWN, IS.AWAITING))
    @rule()
    def author_writes_again(self) -> None:
        self.talk = replace(self.talk, last_mention=self.talk.last_mention + 1)

    @precondition(lambda self: self.talk.status is not Status.OPEN)
    @rule()
    def reopen(self) -> None:
        change = moves.reopen(self.talk, person="Alice", now=self.now, policy=POLICY)
        self.talk = change.conversation

    # -------------------------------------------------------------------------------------------- what holds

    @invariant()
    def one_flies_at_most(self) -> None:
        assert sum(it.status in FLYING for it in self.replies.values()) <= 1

    @invariant()
    def statuses_and_fields_agree(self) -> None:
        for it in self.replies.values():
            assert (it.status is IS.SENDING) is self.called[it.id]
            if it.status in {IS.DRAFT, IS.AWAITING}:
                assert (it.approver, it.hold_until, it.native_ids, it.doubted) == ("", None, (), False)
            if it.status in {IS.FAILED, IS.SENT, IS.REHEARSED}:
                assert not it.doubted
            if it.status in {*FLYING, IS.SENT, IS.AWAITING, IS.REHEARSED}:
                assert it.parts == (it.text, "^A")
            assert it.hold_until is None or it.status is IS.HOLDING
            assert it.next_at is None or it.status is IS.UNKNOWN
            assert it.approver != self.words[it.id] or not it.approver

    @invariant()
    def nothing_is_published_twice_unless_a_person_said_so(self) -> None:
        for number, parts in self.published.items():
            assert number != 4 or not parts
            if self.replies[number].status is IS.UNKNOWN:
                assert self.replies[number].doubted

    @invariant()
    def who_is_answered_does_not_wait(self) -> None:
        assert self.talk.status is not Status.PENDING or self.talk.answer_by is None


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=200, stateful_step_count=100, deadline=None)
