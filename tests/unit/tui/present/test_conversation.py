"""The conversation: its rule, its reasons, its messages in time."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from cmconsole.core.claim import Claim
from cmconsole.core.clock import DAY, HOUR, MINUTE
from cmconsole.core.conversation import Conversation, Outcome, Status
from cmconsole.core.verdict import Lane
from cmconsole.desk import claim, conversation, note
from cmconsole.tui.present import conversation as present
from cmconsole.tui.present.line import Line, width_of
from tests.unit.tui.desks import NOON, place
from tests.unit.tui.talks import TALK, talk


def words(line: Line) -> str:
    return "".join(text for text, _meaning in line)


def heading(talk_: Conversation, width: int = 158) -> str:
    return words(present.heading(talk_, None, NOON, UTC, width))


def test_the_rule_says_who_and_until_when() -> None:
    said = heading(talk(claim=Claim("Alice", NOON + 1), vip=True))

    for part in (
        "@ada@piaille.fr · Ada Verlaine · 48k followers",
        "VIP",
        "answer by 12:08 (8 min)",
        "claimed by Alice",
    ):
        assert part in said


@pytest.mark.parametrize("width", range(60, 200, 9))
def test_the_rule_is_exactly_as_wide_as_the_screen(width: int) -> None:
    assert width_of(present.heading(TALK, None, NOON, UTC, width)) == width
    assert width_of(present.standing(TALK, None, width)) <= width


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (talk(answer_by=NOON - 5 * MINUTE), "answer by 11:55 (5 min late)"),
        (talk(status=Status.SNOOZED, snoozed_until=NOON + HOUR), "snoozed until 13:00"),
        (
            talk(status=Status.RESOLVED, outcome=Outcome.SILENCE, silence_reason="troll", answer_by=None),
            "no answer: troll",
        ),
        (talk(status=Status.RESOLVED, outcome=Outcome.DONE, answer_by=None), "done"),
        (talk(status=Status.PENDING, answer_by=None), "pending"),
    ],
)
def test_the_rule_says_where_it_stands(changed: Conversation, said: str) -> None:
    assert said in heading(changed)


def test_one_line_says_kind_tone_and_tags() -> None:
    said = words(present.standing(talk(tags=("delivery",)), None, 120))

    assert "kind complaint .93 · tone negative" in said
    assert said.rstrip().endswith("#delivery")


def test_with_no_reasons_beside_it_the_summary_has_the_line() -> None:
    said = words(present.standing(talk(themes=("delivery", "refund", "price")), None, 100))

    assert "delivery" in said
    assert "price" in said


def test_reasons_that_find_no_room_are_counted() -> None:
    assert present.fewer(numbered(3), 3, "i") == numbered(3)
    shown = present.fewer(numbered(9), 4, "i")
    assert [words(line) for line in shown] == ["0", "1", "2", " · 6 more lines · i"]


async def test_messages_notes_and_deeds_stand_in_time(tmp_path: Path) -> None:
    async with place(tmp_path) as where:
        await where.take("My parcel was opened.\n\nAgain.")
        desk = where.desk("Alice")
        [row] = await where.store.lane(Lane.INFLUENCERS, 5)
        where.clock.move(MINUTE)
        await claim.claim(desk, [row.id])
        where.clock.move(MINUTE)
        await note.note(desk, [row.id], "same carrier as Tuesday")
        dossier = await conversation.read(desk, row.id)

    lines, newest = present.messages(dossier, where.clock.now(), UTC, 100)
    said = [words(line).rstrip() for line in lines]

    assert said[0] == " 12:00  @marc0  My parcel was opened."
    assert [line.split() for line in said[1:3]] == [[], ["Again."]]
    assert said[3].startswith(" 12:01  Alice   claimed until")
    assert said[4] == " 12:02  note    Alice: same carrier as Tuesday"
    assert newest == 0
    said_why = words(present.standing(dossier.conversation, dossier, 300))
    assert said_why.startswith(f" P{dossier.conversation.priority.value} Reach 48k: high")
    assert len(present.reasons(dossier, 80)) >= len(dossier.reasons)


async def test_other_conversations_of_the_author_are_listed(tmp_path: Path) -> None:
    async with place(tmp_path) as where:
        await where.take("where is my refund?")
        where.clock.move(DAY)
        await where.take("still no refund!")
        rows = await where.store.lane(Lane.INFLUENCERS, 5)
        dossier = await conversation.read(where.desk("Alice"), rows[-1].id)

    said = [words(line) for line in present.earlier(dossier, where.clock.now(), UTC, 80)]

    assert len(said) == 3
    assert "refund" in said[2]
    assert said[2].rstrip().endswith("open")


def numbered(count: int) -> list[Line]:
    return [((str(number), "text"),) for number in range(count)]


def test_reading_begins_at_the_end_but_not_past_the_newest_message() -> None:
    assert words(present.window(numbered(30), 25, 10, 0, "J")[0]) == "20"
    assert words(present.window(numbered(30), 5, 10, 0, "J")[0]) == "5"
    assert present.window(numbered(3), 0, 10, 0, "J") == numbered(3)


def test_what_is_hidden_below_is_counted() -> None:
    shown = present.window(numbered(30), 5, 10, 0, "J")

    assert words(shown[-1]) == " ↓ 16 more lines · J"
    assert words(present.window(numbered(30), 5, 10, 15, "J")[-1]) == "29"


def test_a_message_is_shown_before_it_is_read() -> None:
    lines = present.preview(TALK, NOON, UTC, 80)

    assert words(lines[0]).rstrip().endswith("My parcel was opened. Photos below.")
