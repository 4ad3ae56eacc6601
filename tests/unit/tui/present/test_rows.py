"""Rows: fixed columns that shrink in the promised order, and what each of them says."""

from __future__ import annotations

from typing import Any

import pytest

from cmconsole.core.claim import Claim
from cmconsole.core.clock import MINUTE
from cmconsole.core.conversation import Conversation, Outcome, Status
from cmconsole.core.mention import Absence, Author
from cmconsole.core.verdict import Lane, Priority
from cmconsole.desk.rows import Absent, Row
from cmconsole.tui.ascii import to_ascii
from cmconsole.tui.present.line import width_of
from cmconsole.tui.present.rows import columns, row
from tests.unit.tui.desks import NOON
from tests.unit.tui.talks import TALK, talk


def shown(conversation: Conversation, width: int = 79, **marks: Any) -> str:
    line = row(Row(conversation), columns(width), NOON, "Alice", **marks)
    return "".join(text for text, _meaning in line)


def meanings(conversation: Conversation, **marks: Any) -> dict[str, str]:
    line = row(Row(conversation), columns(79), NOON, "Alice", **marks)
    return {text.strip(): meaning for text, meaning in line}


def test_a_row_says_all_in_order() -> None:
    held = talk(claim=Claim("Bruno", NOON + MINUTE), messages=3)

    said = shown(held, 120, cursor=True)

    assert said.startswith("▌P1    8m  M  @ada@piaille.fr")
    places = [
        said.index(part) for part in ("P1", "8m", "M", "@ada@piaille.fr", "48k", "BR", "×3", "My parcel")
    ]
    assert places == sorted(places)


@pytest.mark.parametrize("width", range(44, 161))
def test_a_row_never_exceeds_its_lane(width: int) -> None:
    author = Author("mastodon", "山田太郎" * 9, reach=1_234_567, verified=True)
    long = talk(author=author, text="荷物 " * 400, messages=1000, answer_by=NOON - 119 * MINUTE)

    assert width_of(row(Row(long), columns(width), NOON, "Alice")) <= width


def test_words_shrink_first_then_author_then_reach() -> None:
    wide, smaller, small, least = (columns(width) for width in (79, 59, 51, 44))

    assert wide.words > smaller.words
    assert smaller.author >= 12
    assert small.author < smaller.author
    assert least.reach < small.reach


def test_priority_time_and_platform_stay_at_any_width() -> None:
    assert shown(TALK, 30).startswith(" P1    8m M ")


def test_overdue_is_red_soon_is_urgent_and_neither_by_colour_alone() -> None:
    assert meanings(talk(answer_by=NOON - MINUTE))["−1m"] == "overdue"
    assert meanings(talk(answer_by=NOON + 4 * MINUTE))["4m"] == "urgent"
    assert meanings(talk(answer_by=NOON + 40 * MINUTE))["40m"] == "text"


@pytest.mark.parametrize(
    ("platform", "handle", "start"),
    [
        ("x", "acme", "X  @acme"),
        ("reddit", "marc_d", "R  u/marc_d"),
        ("bluesky", "lou.bsky", "B  lou.bsky"),
        ("hackernews", "pg", "H  pg"),
    ],
)
def test_authors_are_written_as_their_platform_does(platform: str, handle: str, start: str) -> None:
    assert start in shown(talk(platform=platform, author=Author(platform, handle)))


def test_my_claims_stand_out_and_expired_ones_are_gone() -> None:
    assert meanings(talk(claim=Claim("Alice", NOON + 1)))["AL"] == "key"
    assert meanings(talk(claim=Claim("Jean-Paul", NOON + 1)))["JP"] == "strong"
    assert "AL" not in meanings(talk(claim=Claim("Alice", NOON)))


def test_a_vip_without_known_reach_is_told() -> None:
    assert "VIP" in shown(talk(vip=True, author=Author("x", "ada")))


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (talk(status=Status.RESOLVED, outcome=Outcome.DONE), "done · Bruno"),
        (talk(status=Status.RESOLVED, outcome=Outcome.SILENCE), "no answer · Bruno"),
        (talk(status=Status.SNOOZED), "snoozed · Bruno"),
        (talk(status=Status.PENDING), "waits for the author · Bruno"),
        (talk(lane=Lane.COMPLAINTS), "now in Complaints · Bruno"),
        (None, "erased · Bruno"),
    ],
)
def test_a_row_that_left_its_lane_says_what_became_of_it(now: Conversation | None, words: str) -> None:
    line = row(Row(TALK, Absent(now, "Bruno", NOON)), columns(100), NOON, "Alice")

    assert words in "".join(text for text, _meaning in line)
    assert {meaning for text, meaning in line if text.strip()} == {"quiet"}


def counted(alike: int, messages: int = 1, width: int = 79) -> str:
    line = row(Row(talk(messages=messages), alike=alike), columns(width), NOON, "Alice")
    return line[-2][0].strip()


@pytest.mark.parametrize(
    ("alike", "said"), [(1, ""), (2, "≈2"), (47, "≈47"), (999, "≈999"), (1_000, "≈1k"), (9_999, "≈9k")]
)
def test_a_row_says_how_many_it_stands_for(alike: int, said: str) -> None:
    assert counted(alike) == said
    assert counted(alike, width=44) == said


def test_how_many_it_stands_for_comes_before_how_many_messages_it_holds() -> None:
    assert counted(1, messages=3) == "×3"
    assert counted(47, messages=3) == "≈47"


def test_rows_stand_in_line_whatever_they_count() -> None:
    for alike, messages in ((1, 1), (1, 100), (47, 1), (9_999, 2)):
        line = row(Row(talk(messages=messages), alike=alike), columns(79), NOON, "Alice")
        assert width_of(line[:-1]) == width_of(row(Row(TALK), columns(79), NOON, "Alice")[:-1])


@pytest.mark.parametrize("width", [44, 60, 79, 160])
def test_what_cannot_be_answered_has_a_sign_beside_its_platform(width: int) -> None:
    free, mute = shown(talk(platform="x"), width), shown(talk(platform="x", can_reply=False), width)

    assert " X⊘" in mute
    assert mute.replace("⊘", " ") == free
    assert "X/" in to_ascii(mute)


def test_how_often_it_was_forwarded_stands_before_its_words() -> None:
    line = row(Row(talk(tips=3)), columns(79), NOON, "Alice")

    assert line[-2:] == (("▸3 ", "accent"), (line[-1][0], "text"))
    assert line[-1][0].startswith("My parcel")
    assert "▸99 " in shown(talk(tips=1_000))
    assert "▸" not in shown(TALK)


@pytest.mark.parametrize("width", range(30, 161, 5))
def test_its_marks_never_make_a_row_wider_than_its_lane(width: int) -> None:
    marked = talk(tips=120, can_reply=False, text="荷物 " * 400)
    plain = talk(text="荷物 " * 400)

    sizes = [width_of(row(Row(it), columns(width), NOON, "Alice")) for it in (marked, plain)]
    assert sizes[0] <= max(sizes[1], width)


def test_a_text_that_is_gone_is_told_quietly() -> None:
    line = row(Row(talk(text="", gone=Absence.DELETED)), columns(120), NOON, "Alice")

    assert line[-1] == ("[deleted by its author]", "quiet")


def test_hostile_words_stay_on_one_line() -> None:
    said = shown(talk(text="a\n\n\tb   c" + "x" * 10_000, priority=Priority.LOW))

    assert "a b c" in said
    assert len(said) < 200
