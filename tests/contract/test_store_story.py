"""Any story of batches, moves and wakings: every store tells it as the pure domain does."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cmconsole.core import moves, placing
from cmconsole.core.clock import MINUTE
from cmconsole.core.conversation import Conversation, Decided, Status
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.event import Event, EventKind
from cmconsole.core.mention import Author, Mention
from cmconsole.core.placing import Arrival
from cmconsole.core.verdict import Hostility, Kind, Lane, Severity, Verdict
from cmconsole.store.contract import Move
from tests.contract.conftest import FACTORIES
from tests.contract.samples import COMPLAINT, NOW, POLICY, PRAISE, STAR, batch

VERDICTS = (
    COMPLAINT,
    PRAISE,
    STAR,
    replace(COMPLAINT, severity=COMPLAINT.severity, complaint=0.9, language="en"),
    replace(PRAISE, silence="contest", tags=("contest",), themes=("price",)),
    replace(PRAISE, thanks=True),
    replace(COMPLAINT, hostility=Hostility.INSULTING, themes=("delivery", "staff"), route="legal"),
)
PEOPLE = st.sampled_from(["Zoé", "Ada"])
posts = st.lists(
    st.tuples(
        st.integers(0, 30), st.sampled_from(["ada", "Bob", "bob"]), st.sampled_from(["", "t1", "t2"]),
        st.integers(-50, 50), st.integers(0, len(VERDICTS) - 1),
    ),
    max_size=8,
)  # fmt: skip


class Story(RuleBasedStateMachine):
    """Plays the same story to a store and to the domain's own functions, and compares."""

    kind = "sqlite"

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.store = FACTORIES[self.kind](self.folder)
        self.runner.run(self.store.open())
        self.now = NOW
        self.expected: dict[int, Conversation] = {}
        self.places: dict[tuple[str, str], int] = {}
        self.known: dict[str, int] = {}
        self.followed: list[Event] = []
        self.by_itself: list[tuple[int, str]] = []

    def teardown(self) -> None:
        self.runner.run(self.store.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    @rule(items=posts)
    def ingest(self, items: list[tuple[int, str, str, int, int]]) -> None:
        batched: list[tuple[Mention, Verdict]] = []
        touched: dict[int, int] = {}
        for number, handle, thread, at, which in items:
            author = Author("x", handle, name=handle)
            mention = Mention(
                "x", str(number), author, f"mot{number} été", NOW + at, source="src", thread=thread
            )
            batched.append((mention, VERDICTS[which]))
        for mention, verdict in batched:
            if mention.native_id in self.known:
                continue
            key = (mention.author.handle.lower(), mention.thread or mention.native_id)
            arrival = Arrival(mention, verdict, len(self.known) + 1, 0)
            number = self.places.setdefault(key, len(self.places) + 1)
            self.known[mention.native_id] = number
            if number in self.expected:
                touched.setdefault(number, self.expected[number].version)
                self.expected[number] = placing.received(self.expected[number], arrival, POLICY)
            else:
                self.expected[number] = placing.opened(arrival, POLICY, number)
                touched[number] = -1
        for number, version in touched.items():
            self.expected[number] = replace(self.expected[number], version=version + 1)
            facts = placing.by_itself(self.expected[number])
            self.by_itself += [(number, fact.kind) for fact in facts]
        intake = replace(batch(), items=batched)
        self.runner.run(self.store.ingest(intake, POLICY, self.now))

    @precondition(lambda self: self.expected)
    @rule(data=st.data(), person=PEOPLE)
    def move(self, data: st.DataObject, person: str) -> None:
        number = data.draw(st.sampled_from(sorted(self.expected)))
        now = self.now
        move: Move = data.draw(
            st.sampled_from(
                [
                    partial(moves.claim, person=person, now=now),
                    partial(moves.release, person=person, now=now),
                    partial(moves.done, person=person, now=now),
                    partial(moves.keep_silence, person=person, now=now, reason="troll"),
                    partial(moves.snooze, person=person, now=now, until=now + 5 * MINUTE),
                    partial(moves.wait, person=person, now=now),
                    partial(moves.reopen, person=person, now=now, policy=POLICY),
                    partial(moves.tag, name="t"),
                    partial(moves.untag, name="t"),
                    partial(moves.note, text="n"),
                    partial(
                        placing.correct,
                        verdict=PRAISE,
                        policy=POLICY,
                        person=person,
                        now=now,
                        decided=Decided(Kind.PRAISE, severity=Severity.NONE),
                    ),
                    partial(placing.rejudged, verdict=STAR, policy=POLICY),
                ]
            )
        )
        before = self.expected[number]
        try:
            wanted = move(before)
        except CmconsoleError as error:
            with pytest.raises(type(error)):
                self.runner.run(self.store.change(number, move, person=person, now=now))
            return
        self.runner.run(self.store.change(number, move, person=person, now=now))
        self._changed(before, wanted)

    def _changed(self, before: Conversation, wanted: moves.Change) -> None:
        if wanted.facts or wanted.conversation != before:
            after = wanted.conversation
            self.expected[before.id] = replace(
                after, version=before.version + 1, updated_at=max(after.updated_at, self.now)
            )

    @rule(minutes=st.integers(1, 20))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE
        for before in list(self.expected.values()):
            self._changed(before, moves.wake(before, now=self.now))
        self.runner.run(self.store.wake_due(self.now))

    @invariant()
    def the_store_tells_the_same(self) -> None:
        found = self.runner.run(self.store.conversations(list(self.expected)))
        assert [_bare(it) for it in found] == [_bare(it) for it in self.expected.values()]
        for lane in Lane:
            open_ = [it for it in self.expected.values() if it.status is Status.OPEN and it.lane is lane]
            wanted = [it.id for it in sorted(open_, key=lambda it: (it.priority, it.answer_by, it.id))]
            assert [it.id for it in self.runner.run(self.store.lane(lane, 100))] == wanted

    @invariant()
    def counts_are_right(self) -> None:
        counts = self.runner.run(self.store.lane_counts(self.now))
        for lane, count in counts.items():
            open_ = [it for it in self.expected.values() if it.status is Status.OPEN and it.lane is lane]
            assert count.open == len(open_)
            assert {kind: n for kind, n in count.kinds.items() if n} == Counter(it.kind for it in open_)
            assert count.overdue == sum(it.overdue(self.now) for it in open_)
        statuses = self.runner.run(self.store.status_counts())
        assert statuses == {
            status: sum(it.status is status for it in self.expected.values()) for status in Status
        }

    @invariant()
    def every_mention_is_in_one_conversation_once(self) -> None:
        found = [
            (stored.mention.native_id, stored.conversation_id)
            for number in self.expected
            for stored in self.runner.run(self.store.mentions(number))
        ]
        assert sorted(found) == sorted(self.known.items())

    @invariant()
    def every_event_is_followed_once(self) -> None:
        last = self.followed[-1].seq if self.followed else 0
        self.followed += self.runner.run(self.store.events(last))
        assert [it.seq for it in self.followed] == list(range(1, len(self.followed) + 1))
        taken = [it.conversation_id for it in self.followed if it.kind is EventKind.MENTION_TAKEN]
        assert taken == list(self.known.values())
        alone = {EventKind.CONVERSATION_WON, EventKind.SILENCE_KEPT}
        told = [(it.conversation_id, it.kind) for it in self.followed if it.kind in alone and not it.person]
        assert told == self.by_itself


def _bare(it: Conversation) -> Conversation:
    """Leave out what the domain's functions do not decide: author rows and ids are the store's."""
    return replace(it, author=Author("", ""), author_id=0)


TestStory = Story.TestCase
TestStory.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
