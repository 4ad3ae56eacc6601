"""The lane's projection: nothing moves under the cursor by itself, and nothing is lost or shown twice."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cmconsole.core.claim import Claim
from cmconsole.core.conversation import Conversation, Status
from cmconsole.core.verdict import Lane, Priority
from cmconsole.desk.lanes import WINDOW, LaneView
from cmconsole.desk.rows import Absent, queue_key
from tests.unit.desk.parts import NOON, conversation

LANE = Lane.COMPLAINTS


def rows(*keys: int) -> list[Conversation]:
    return [conversation(key) for key in keys]


def view(*keys: int, capacity: int = 3, follow: bool = False) -> LaneView:
    made = LaneView(LANE, capacity=capacity, follow=follow)
    made.offer(rows(*keys))
    return made


def test_an_empty_lane_fills_at_once_with_the_cursor_at_the_top() -> None:
    lane = view(1, 2, 3, 4, 5)

    assert lane.ids == [1, 2, 3, 4, 5]
    assert lane.cursor == 1
    assert (lane.waiting_above, lane.waiting_below) == (0, 0)


def test_rows_above_the_cursor_wait_and_are_counted_until_the_person_moves() -> None:
    lane = view(10, 20, 30)
    lane.offer(rows(1, 2, 10, 15, 20, 30))

    assert lane.ids == [10, 20, 30]
    assert (lane.waiting_above, lane.waiting_below) == (2, 1)

    lane.move(1)

    assert lane.ids == [1, 2, 10, 15, 20, 30]
    assert lane.cursor == 15
    assert (lane.waiting_above, lane.waiting_below) == (0, 0)


def test_home_shows_what_waited_and_goes_to_the_top() -> None:
    lane = view(10, 20)
    lane.offer(rows(1, 10, 20))
    lane.home()

    assert (lane.cursor, lane.top) == (1, 0)
    assert lane.ids == [1, 10, 20]


def test_a_row_that_would_cross_the_cursor_waits_on_the_other_side() -> None:
    lane = view(1, 2, 3)
    lane.select(2)
    lane.offer(sorted([conversation(1), conversation(2), conversation(3, due=NOON)], key=queue_key))

    assert lane.ids == [1, 2, 3]
    assert (lane.waiting_above, lane.waiting_below) == (1, 0)


def test_rows_after_the_last_fill_free_space_and_no_more() -> None:
    lane = view(1, 2, capacity=4)
    lane.offer(rows(1, 2, 3, 4, 5))

    assert lane.ids == [1, 2, 3, 4]
    assert (lane.waiting_above, lane.waiting_below) == (0, 1)


def test_contents_change_in_place_and_only_their_rows_are_painted() -> None:
    lane = view(1, 2, 3)
    assert lane.changed_rows() is None
    lane.offer(rows(1, 2, 3))
    assert lane.changed_rows() == ()

    claimed = replace(conversation(2), claim=Claim("Bruno", NOON + 1), version=1)
    lane.offer([conversation(1), claimed, conversation(3)])

    assert lane.changed_rows() == (1,)
    assert lane.row(1).conversation is claimed


def test_what_a_colleague_resolved_stays_and_is_marked_gone_by_name_until_a_merge() -> None:
    lane = view(1, 2, 3)
    resolved = replace(conversation(1), status=Status.RESOLVED, version=1)
    lane.offer(rows(2, 3), {1: Absent(resolved, "Bruno", NOON)})

    assert lane.ids == [1, 2, 3]
    gone = lane.row(0).gone
    assert gone is not None
    assert gone.by == "Bruno"
    assert lane.cursor == 1

    lane.merge()

    assert lane.ids == [2, 3]
    assert lane.cursor == 2


def test_from_a_row_that_is_gone_one_step_down_is_the_next_row_and_one_step_up_the_former() -> None:
    for delta, expected in ((1, 3), (2, 4), (-1, 1)):
        lane = view(1, 2, 3, 4, capacity=9)
        lane.select(2)
        lane.offer(rows(1, 3, 4))
        lane.move(delta)
        assert lane.cursor == expected


def test_from_the_last_row_gone_the_cursor_goes_up() -> None:
    for delta, expected in ((1, 2), (-1, 2), (-2, 1)):
        lane = view(1, 2, 3)
        lane.select(3)
        lane.offer(rows(1, 2))
        lane.move(delta)
        assert lane.cursor == expected


def test_a_row_that_only_takes_the_cursor_over_is_not_counted_as_waiting() -> None:
    lane = view(1, 2)
    lane.select(2)
    lane.offer(rows(1))

    assert (lane.waiting_above, lane.waiting_below) == (0, 0)


def test_a_lane_at_its_top_goes_on_showing_the_top_while_the_cursor_fits() -> None:
    lane = view(10, 20, 30, capacity=3)
    lane.offer(rows(1, 10, 20, 30))
    lane.move(1)
    assert (lane.cursor, lane.top) == (20, 0)

    lane.offer(rows(1, 2, 3, 4, 10, 20, 30))
    lane.merge()
    assert (lane.cursor, lane.cursor_index, lane.top) == (20, 5, 3)


def test_a_scrolled_lane_keeps_the_cursor_at_its_height_when_rows_come_above() -> None:
    lane = view(*range(10, 20), capacity=4)
    lane.move(6)
    lane.move(-1)
    assert (lane.cursor, lane.top) == (15, 3)
    lane.offer(rows(1, 2, *range(10, 20)))
    lane.merge()

    assert (lane.cursor, lane.cursor_index, lane.top) == (15, 7, 5)


def test_own_deeds_above_the_cursor_leave_it_at_its_height() -> None:
    lane = view(*range(1, 21), capacity=4)
    lane.move(10)
    lane.move(-2)
    assert (lane.cursor_index, lane.top) == (8, 7)
    lane.apply([replace(conversation(2), status=Status.RESOLVED, version=1)])

    assert (lane.cursor, lane.cursor_index, lane.top) == (9, 7, 6)


def test_a_gone_row_that_comes_back_is_an_ordinary_row_again() -> None:
    lane = view(1, 2)
    lane.offer(rows(2))
    assert lane.row(0).gone is not None
    lane.offer(rows(1, 2))

    assert lane.row(0).gone is None


def test_a_row_pushed_below_the_window_is_not_gone() -> None:
    lane = view(10, 20, capacity=2)
    lane.select(20)
    lane.offer(rows(1, 10), limit=2)
    assert lane.row(1).gone is None

    lane.offer(rows(1, 10), {20: Absent(conversation(20, version=4))}, limit=2)
    assert lane.row(1).gone is None
    assert lane.row(1).conversation.version == 4

    lane.offer(rows(1, 10), limit=3)
    assert lane.row(1).gone is not None


def test_own_deeds_show_at_once_and_the_cursor_goes_to_the_next_row_at_the_same_height() -> None:
    lane = view(1, 2, 3, 4, 5, capacity=3)
    lane.move(3)
    index, top = lane.cursor_index, lane.top
    assert index is not None
    done = replace(conversation(4), status=Status.RESOLVED, version=1)
    lane.apply([done])

    assert lane.ids == [1, 2, 3, 5]
    assert lane.cursor == 5
    assert lane.cursor_index == index
    assert lane.top == top


def test_an_offer_read_before_ones_own_deed_does_not_bring_the_row_back() -> None:
    lane = view(1, 2, 3)
    lane.apply([replace(conversation(1), status=Status.RESOLVED, version=1)])
    lane.offer(rows(1, 2, 3))
    lane.merge()
    assert lane.ids == [2, 3]

    lane.offer([replace(conversation(1), version=2), *rows(2, 3)])
    lane.merge()
    assert lane.ids == [1, 2, 3]


def test_an_offer_read_before_ones_own_claim_does_not_undo_what_is_shown() -> None:
    lane = view(1, 2)
    claimed = replace(conversation(1), claim=Claim("Alice", NOON + 1), version=1)
    lane.apply([claimed])
    lane.offer(rows(1, 2))

    assert lane.row(0).conversation == claimed


def test_bulk_deeds_leave_together_and_the_selection_empties() -> None:
    lane = view(1, 2, 3, 4, 5, capacity=9)
    for key in (1, 3):
        lane.select(key)
        lane.toggle_selected()
    lane.select(5)
    assert lane.targets == [1, 3]
    lane.apply([replace(conversation(key), status=Status.SNOOZED, version=1) for key in (1, 3)])

    assert lane.ids == [2, 4, 5]
    assert lane.cursor == 5
    assert lane.targets == [5]


def test_a_deed_taken_back_is_brought_back_under_the_cursor() -> None:
    lane = view(1, 2, 3)
    lane.apply([replace(conversation(2), status=Status.RESOLVED, version=1)])
    reopened = conversation(2, version=2)
    lane.bring(reopened)

    assert lane.ids == [1, 2, 3]
    assert lane.cursor == 2
    lane.merge()
    assert lane.ids == [1, 2, 3]


def test_a_lane_without_focus_follows_the_top_until_its_cursor_is_moved() -> None:
    lane = view(10, 20, follow=True)
    lane.offer(rows(1, 10, 20))
    assert (lane.ids, lane.cursor) == ([1, 10, 20], 1)

    lane.move(1)
    lane.offer(rows(0, 1, 10, 20))
    assert (lane.ids, lane.cursor) == ([1, 10, 20], 10)

    lane.home()
    lane.offer(rows(-1, 0, 1, 10, 20))
    assert (lane.cursor, lane.waiting_above) == (-1, 0)


def test_a_held_stream_waits_while_the_person_walks() -> None:
    lane = view(1, 2, 3, capacity=9)
    lane.hold(held=True)
    lane.offer(rows(0, 1, 2, 3, 4))
    lane.move(1)
    assert (lane.ids, lane.cursor) == ([1, 2, 3], 2)
    assert (lane.waiting_above, lane.waiting_below) == (1, 1)

    lane.hold(held=False)
    assert lane.ids == [1, 2, 3, 4]
    lane.home()
    assert lane.ids == [0, 1, 2, 3, 4]


def test_pages_keep_one_row_in_sight_and_the_ends_hold() -> None:
    lane = view(*range(1, 11), capacity=4)
    lane.page(1)
    assert (lane.cursor, lane.top) == (4, 0)
    lane.page(1)
    assert (lane.cursor, lane.top) == (7, 3)
    lane.end()
    assert (lane.cursor, lane.top) == (10, 6)
    lane.move(5)
    assert lane.cursor == 10
    lane.page(-9)
    assert (lane.cursor, lane.top) == (1, 0)


def test_a_smaller_screen_keeps_the_cursor_in_sight() -> None:
    lane = view(*range(1, 11), capacity=8)
    lane.move(7)
    lane.resize(3)
    assert lane.cursor_index is not None
    assert lane.top <= lane.cursor_index < lane.top + 3


def test_walking_down_asks_for_more_than_the_first_window() -> None:
    lane = view(*range(1, WINDOW + 1), capacity=20)
    assert lane.wanted == WINDOW
    lane.end()
    assert lane.wanted == 2 * WINDOW


def test_cursor_and_selection_are_painted_row_by_row() -> None:
    lane = view(1, 2, 3)
    lane.changed_rows()
    lane.move(1)
    assert lane.changed_rows() == (0, 1)
    lane.toggle_selected()
    assert lane.changed_rows() == (1,)
    lane.clear_selected()
    assert lane.changed_rows() == (1,)
    assert lane.targets == [2]


def clustered(key: int, *, lead: bool = True) -> Conversation:
    return replace(conversation(key), cluster=1, lead=lead)


def alike(lane: LaneView) -> list[int]:
    return [row.alike for row in lane.rows]


def test_rows_tell_how_many_say_the_same_and_remember_it_until_counted_again() -> None:
    lane = view()
    lane.offer([clustered(1), clustered(2), conversation(3)], alike={1: 47, 2: 2, 3: 9})
    assert alike(lane) == [47, 2, 1]

    lane.changed_rows()
    lane.offer([clustered(1), clustered(2), conversation(3)], alike={1: 48})
    assert alike(lane) == [48, 2, 1]
    assert lane.changed_rows() == (0,)

    lane.move(2)
    lane.offer([clustered(1), clustered(5), clustered(2), conversation(3)], alike={5: 7})
    lane.move(-2)
    assert alike(lane) == [48, 7, 2, 1]


def test_numbers_of_rows_that_are_gone_are_forgotten() -> None:
    lane = view()
    lane.offer([clustered(1)], alike={1: 47, 99: 3})
    lane.offer([clustered(2)], alike={2: 3})
    lane.merge()
    lane.offer([clustered(2)])
    lane.offer([clustered(1), clustered(2)])
    lane.merge()

    assert alike(lane) == [1, 3]


def test_a_row_that_goes_behind_another_is_gone_until_it_leads_again() -> None:
    lane = view()
    lane.offer([clustered(1), clustered(2)])
    for _again in range(2):
        lane.offer([clustered(1)], {2: Absent(clustered(2, lead=False))}, limit=9)
        assert [row.gone is None for row in lane.rows] == [True, False]

    lane.offer([clustered(1)], {2: Absent(clustered(2))})
    assert lane.row(1).gone is None
    lane.apply([clustered(2, lead=False)])
    assert lane.ids == [1]
    lane.bring(clustered(2, lead=False))
    assert lane.ids == [1]


def test_what_is_in_sight_is_what_fits_on_the_screen() -> None:
    lane = view(1, 2, 3, 4, 5)
    assert lane.in_sight == [1, 2, 3]
    lane.move(3)
    assert lane.in_sight == [2, 3, 4]


class ALane(RuleBasedStateMachine):
    """Any order of offers, deeds and keys."""

    def __init__(self) -> None:
        super().__init__()
        self.lane = LaneView(LANE, capacity=4)
        self.store: dict[int, Conversation] = {}
        self.offered: list[int] = []

    @initialize(follow=st.booleans(), capacity=st.integers(1, 6))
    def begin(self, follow: bool, capacity: int) -> None:
        self.lane = LaneView(LANE, capacity=capacity, follow=follow)

    @rule(key=st.integers(0, 14), priority=st.sampled_from(Priority), due=st.integers(0, 6))
    def somebody_writes(self, key: int, priority: Priority, due: int) -> None:
        version = self.store[key].version + 1 if key in self.store else 0
        self.store[key] = conversation(key, priority=priority, due=NOON + due, version=version)

    @rule(key=st.integers(0, 14))
    def a_colleague_resolves(self, key: int) -> None:
        if key in self.store:
            version = self.store[key].version + 1
            self.store[key] = replace(self.store[key], status=Status.RESOLVED, version=version)

    @rule()
    def the_store_is_read(self) -> None:
        lane, before = self.lane, deepcopy(self.lane)
        newest = sorted((one for one in self.store.values() if one.status is Status.OPEN), key=queue_key)
        self.offered = [one.id for one in newest]
        lane.offer(newest)

        if before.cursor is None or (lane.follow and not before._touched and not lane.held):
            return
        assert lane.cursor == before.cursor
        assert lane.top == before.top
        assert lane.cursor_index == before.cursor_index
        assert lane.ids[: len(before)] == before.ids

    @precondition(lambda self: self.lane.cursor is not None)
    @rule()
    def the_person_resolves(self) -> None:
        current = self.lane.current
        assert current is not None
        known = self.store[current.id]
        after = replace(known, status=Status.RESOLVED, version=known.version + 1)
        self.store[current.id] = after
        self.offered = [key for key in self.offered if key != current.id]
        self.lane.apply([after])
        assert current.id not in self.lane.ids

    @rule(delta=st.integers(-3, 3))
    def the_person_moves(self, delta: int) -> None:
        self.lane.move(delta)
        if delta and not self.lane.held:
            assert self.lane.ids == self.offered

    @rule()
    def the_person_asks(self) -> None:
        expected = deepcopy(self.lane)
        above, below = expected.waiting_above, expected.waiting_below
        before = expected.ids
        index = expected.cursor_index
        self.lane.merge()

        assert self.lane.ids == self.offered
        assert not any(row.gone for row in self.lane.rows)
        assert (self.lane.waiting_above, self.lane.waiting_below) == (0, 0)
        split = len(before) if index is None else index
        after = self.lane.cursor_index
        new_above = set(self.lane.ids[:after]) - set(before[:split])
        below_now = set(self.lane.ids[after or 0 :]) - ({self.lane.cursor} & set(before))
        new_below = below_now - set(before[split:])
        assert above == len(new_above) if after is not None else above == 0
        assert below == len(new_below)

    @rule(held=st.booleans())
    def the_person_holds(self, held: bool) -> None:
        self.lane.hold(held)

    @rule(action=st.sampled_from(["home", "end", "toggle_selected"]))
    def the_person_presses(self, action: str) -> None:
        getattr(self.lane, action)()

    @rule(capacity=st.integers(1, 6))
    def the_screen_changes(self, capacity: int) -> None:
        self.lane.resize(capacity)

    @rule(follow=st.booleans())
    def the_focus_changes(self, follow: bool) -> None:
        self.lane.follow = follow

    @invariant()
    def nothing_is_shown_twice_and_the_cursor_is_in_sight(self) -> None:
        lane = self.lane
        assert len(set(lane.ids)) == len(lane.ids)
        assert lane.selected <= set(lane.ids)
        assert (lane.cursor is None) == (len(lane) == 0)
        if lane.cursor_index is not None:
            assert lane.top <= lane.cursor_index < lane.top + lane.capacity
        stale = deepcopy(lane).changed_rows()
        assert stale is None or all(index < len(lane) for index in stale)


TestAnyLane = ALane.TestCase
