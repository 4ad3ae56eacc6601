"""Any story of clusters: in each lane of each exactly one open conversation leads: the right one."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cmconsole.core import moves, placing
from cmconsole.core.clock import MINUTE
from cmconsole.core.conversation import Conversation, Decided, Status
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.mention import Author, Mention
from cmconsole.core.verdict import Kind, Lane, Priority, Severity, Verdict
from cmconsole.store.contract import LEADING_REACH, Move
from tests.contract.conftest import FACTORIES
from tests.contract.samples import COMPLAINT, NOW, POLICY, PRAISE, STAR, batch

VERDICTS = (
    COMPLAINT,
    PRAISE,
    STAR,
    replace(COMPLAINT, priority=Priority.URGENT),
    replace(PRAISE, thanks=True),
    replace(PRAISE, silence="contest"),
)
HANDLES = ["ada", "bob", "eve", "joe"]
POSTS = st.lists(
    st.tuples(
        st.sampled_from(HANDLES), st.sampled_from(["", "t1", "t2"]), st.integers(-9, 9),
        st.integers(0, len(VERDICTS) - 1), st.sampled_from([None, 5, LEADING_REACH]), st.booleans(),
    ),
    min_size=1,
    max_size=5,
)  # fmt: skip
WHICH = st.integers(0, 30)


class Storm(RuleBasedStateMachine):
    """Does to a store all that touches clusters, keeps count of who belongs together, and looks who leads."""

    kind = "sqlite"

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.store = FACTORIES[self.kind](self.folder)
        self.runner.run(self.store.open())
        self.now = NOW
        self.taken = 0
        self.cluster: dict[int, int | None] = {}

    def teardown(self) -> None:
        self.runner.run(self.store.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    def _all(self) -> list[Conversation]:
        return self.runner.run(self.store.conversations(list(range(1, 500))))

    def _some(self, which: int) -> int:
        known = sorted(self.cluster)
        return known[which % len(known)]

    def _take_stock(self) -> None:
        """Learn of new conversations, and forget those that are gone."""
        self.cluster = {it.id: self.cluster.get(it.id) for it in self._all()}

    @rule(items=POSTS)
    def ingest(self, items: list[tuple[str, str, int, int, int | None, bool]]) -> None:
        batched: list[tuple[Mention, Verdict]] = []
        for handle, thread, at, which, reach, verified in items:
            self.taken += 1
            author = Author("x", handle, reach=reach, verified=verified)
            mention = Mention("x", str(self.taken), author, "mot", self.now + at, source="src", thread=thread)
            batched.append((mention, VERDICTS[which]))
        self.runner.run(self.store.ingest(replace(batch(), items=batched), POLICY, self.now))
        self._take_stock()

    @precondition(lambda self: self.cluster)
    @rule(pairs=st.lists(st.tuples(WHICH, WHICH), min_size=1, max_size=4))
    def join(self, pairs: list[tuple[int, int]]) -> None:
        named = [(self._some(one), self._some(other)) for one, other in pairs]
        before = dict(self.cluster)
        for later, earlier in named:
            if later != earlier:
                self._join(later, earlier)
        changed = self.runner.run(self.store.cluster(named, self.now, None))
        assert changed == sum(before[it] != self.cluster[it] for it in before)

    def _join(self, later: int, earlier: int) -> None:
        theirs, mine = self.cluster[earlier] or earlier, self.cluster[later]
        home = theirs if mine is None else min(theirs, mine)
        self.cluster[later] = self.cluster[earlier] = home
        for it, cluster in self.cluster.items():
            if cluster is not None and cluster in {theirs, mine}:
                self.cluster[it] = home

    @precondition(lambda self: self.cluster)
    @rule(which=st.lists(WHICH, min_size=1, max_size=5), deed=st.integers(0, 6))
    def move(self, which: list[int], deed: int) -> None:
        choices: list[Move] = [
            partial(moves.done, person="Zoé", now=self.now),
            partial(moves.snooze, person="Zoé", now=self.now, until=self.now + MINUTE),
            partial(moves.wait, person="Zoé", now=self.now),
            partial(moves.reopen, person="Zoé", now=self.now, policy=POLICY),
            partial(moves.reopen, person="Zoé", now=self.now, policy=POLICY),
            partial(moves.tag, name="t"),
            partial(
                placing.correct, verdict=PRAISE, policy=POLICY, person="Zoé", now=self.now,
                decided=Decided(Kind.PRAISE, severity=Severity.NONE),
            ),
        ]  # fmt: skip
        ids = list(dict.fromkeys(map(self._some, which)))
        outcomes = self.runner.run(self.store.change_many(ids, choices[deed], person="Zoé", now=self.now))
        stored = {it.id: it for it in self._all()}
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                assert isinstance(outcome, CmconsoleError)
            else:
                assert outcome.conversation == stored[outcome.conversation.id]

    @precondition(lambda self: self.cluster)
    @rule(which=WHICH, verdict=st.sampled_from(VERDICTS[:4]))
    def judge_anew(self, which: int, verdict: Verdict) -> None:
        anew: Move = partial(placing.rejudged, verdict=verdict, policy=POLICY)
        self.runner.run(self.store.rejudge([(self._some(which), anew)], self.now, None))

    @precondition(lambda self: self.cluster)
    @rule(which=WHICH, vip=st.booleans())
    def mark(self, which: int, *, vip: bool) -> None:
        (it,) = self.runner.run(self.store.conversations([self._some(which)]))
        anew: Move = partial(placing.rejudged, verdict=STAR if vip else PRAISE, policy=POLICY)
        self.runner.run(self.store.set_vip(it.author_id, anew, vip=vip, person="Zoé", now=self.now))

    @rule(minutes=st.integers(1, 3))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE
        self.runner.run(self.store.wake_due(self.now))

    @rule(handle=st.sampled_from(HANDLES))
    def erase(self, handle: str) -> None:
        self.runner.run(self.store.erase_author("x", handle, person="Zoé", now=self.now))
        self._take_stock()

    @rule()
    def trim(self) -> None:
        self.runner.run(self.store.trim(self.now - 2 * MINUTE))
        self._take_stock()

    @invariant()
    def one_leads_and_it_is_the_right_one(self) -> None:
        groups: dict[tuple[int, Lane], list[Conversation]] = {}
        everyone = self._all()
        for it in everyone:
            assert it.cluster == self.cluster[it.id]
            if it.status is Status.OPEN and it.cluster is not None:
                groups.setdefault((it.cluster, it.lane), []).append(it)
            else:
                assert it.lead
        for (cluster, lane), members in groups.items():
            first = min(members, key=_rank)
            assert [it.id for it in members if it.lead] == [first.id]
            found = self.runner.run(self.store.cluster_members(cluster, lane))
            behind = sorted((it for it in members if it is not first), key=lambda it: (it.created_at, it.id))
            assert [it.id for it in found] == [first.id, *(it.id for it in behind)]
        open_ = [it for it in everyone if it.status is Status.OPEN]
        sizes = {it.id: len(groups[it.cluster, it.lane]) for it in open_ if it.cluster is not None}
        assert self.runner.run(self.store.cluster_sizes(open_)) == sizes

    @invariant()
    def lanes_show_who_leads_and_count_everybody(self) -> None:
        open_ = [it for it in self._all() if it.status is Status.OPEN]
        later = self.now + 90 * MINUTE
        counts = self.runner.run(self.store.lane_counts(later))
        listed: list[int] = []
        for lane in Lane:
            here = sorted((it for it in open_ if it.lane is lane), key=_place)
            listed += [it.id for it in here]
            shown = self.runner.run(self.store.lane(lane, 100))
            assert [it.id for it in shown] == [it.id for it in here if it.lead]
            assert (counts[lane].open, counts[lane].overdue) == (
                len(here),
                sum(it.overdue(later) for it in here),
            )
        for limit in (3, 100):
            found = self.runner.run(self.store.in_status(Status.OPEN, limit))
            assert [it.id for it in found] == listed[:limit]


def _rank(it: Conversation) -> tuple[int, bool, int, int]:
    loud = it.author.verified or (it.author.reach or 0) >= LEADING_REACH
    return it.priority, not loud, it.created_at, it.id


def _place(it: Conversation) -> tuple[int, int, int]:
    assert it.answer_by is not None
    return it.priority, it.answer_by, it.id


TestStorm = Storm.TestCase
TestStorm.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
