"""What stands around the rows of a lane."""

from cmconsole.core.clock import MINUTE
from cmconsole.core.verdict import Kind, Lane
from cmconsole.store.contract import LaneCount
from cmconsole.tui.present import lanes
from cmconsole.tui.present.line import Line, width_of

MANY = LaneCount(Lane.COMPLAINTS, 41, 3, {Kind.COMPLAINT: 41})


def words(line: Line) -> str:
    return "".join(text for text, _meaning in line)


def test_a_rule_names_the_lane_and_counts() -> None:
    line = lanes.title(Lane.COMPLAINTS, MANY, 60, active=True)

    assert words(line).startswith(" COMPLAINTS  41 open · 3 overdue ─")
    assert ("3 overdue", "overdue") in line
    assert width_of(line) <= 60


def test_overdue_is_counted_only_so_far() -> None:
    line = lanes.title(Lane.OTHERS, LaneCount(Lane.OTHERS, 5000, 1000), 60, active=False)

    assert "1000+ overdue" in words(line)


def test_what_waits_is_counted_and_how_to_see_it() -> None:
    assert words(lanes.notice(3, 12, "g", held=False)) == "3 new above · 12 new below · g to see"
    assert words(lanes.notice(0, 12, "g", held=False)) == "12 new below"
    assert words(lanes.notice(0, 0, "g", held=False)) == ""
    assert words(lanes.notice(0, 0, "g", held=True)) == "stream held"


def test_an_empty_lane_says_what_to_do_next() -> None:
    assert lanes.empty(Lane.COMPLAINTS, 4 * MINUTE, "H") == [
        "No complaint waits.",
        "Last mention 4 min ago.",
        "H to hand over.",
    ]
    assert "No mention yet." in lanes.empty(Lane.COMPLAINTS, None, "H")


def test_the_others_are_told_by_kind() -> None:
    count = LaneCount(Lane.OTHERS, 18, 0, {Kind.QUESTION: 7, Kind.PRAISE: 9, Kind.NEUTRAL: 2})

    line, hint = lanes.others(count, "O", opened=False, active=False)

    assert words(line) == " OTHERS  7 questions · 9 praise · 2 neutral"
    assert hint == ("O to open", "quiet")


def test_tabs_tell_the_active_lane_by_brackets_and_overdue_by_a_sign() -> None:
    counts = {Lane.INFLUENCERS: LaneCount(Lane.INFLUENCERS, 6, 1), Lane.COMPLAINTS: MANY}

    line = lanes.tabs(counts, Lane.INFLUENCERS, 80)

    assert words(line).rstrip() == " [Influencers 6!1]  Complaints 41!3   Others"
    assert width_of(line) == 80
