"""The conversation: its rule, its reasons, its messages in time."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest

from cmconsole.core.claim import Claim
from cmconsole.core.clock import DAY, HOUR, MINUTE
from cmconsole.core.conversation import Conversation, Outcome, Status
from cmconsole.core.mention import Absence, Author, Mention, Removed
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.tip import Tip, TipState
from cmconsole.core.verdict import Lane
from cmconsole.desk import claim, conversation, note
from cmconsole.store.contract import Intake
from cmconsole.triage.triage import Triage
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


@pytest.mark.parametrize("width", [40, 80, 160])
@pytest.mark.parametrize(
    ("platform", "said"),
    [
        ("x", "X does not let us answer: we were neither mentioned nor quoted."),
        ("reddit", "Reddit does not let us answer: the thread is locked or archived."),
        ("bluesky", "Bluesky does not let us answer: its author closed the replies."),
        ("facebook", "Facebook does not let us answer."),
    ],
)
def test_the_head_says_why_it_cannot_be_answered(width: int, platform: str, said: str) -> None:
    [line] = present.noteworthy(talk(platform=platform, can_reply=False), None, width, 1)

    assert width_of(line) <= width
    assert words(line) == f" ⊘ {said}" or (width == 40 and words(line).endswith("…"))
    assert present.noteworthy(talk(platform=platform), None, width, 1) == []


async def test_the_head_says_who_forwarded_it(tmp_path: Path) -> None:
    async with place(tmp_path) as where:
        await where.take("My parcel was opened.")
        [row] = await where.store.lane(Lane.INFLUENCERS, 5)
        for person, remark in (("Paul", "answer him!"), ("Marie", ""), ("Marie", ""), ("Zoé", "x" * 400)):
            tip = await where.store.add_tip(Tip("https://x.com/1", person, NOON, remark), NOON)
            await where.store.settle_tip(tip.id, TipState.LINKED, row.id, NOON, None)
        dossier = await conversation.read(where.desk("Alice"), row.id)

    lines = present.noteworthy(dossier.conversation, dossier, 80, 3)

    assert words(lines[0]).startswith(" ▸ forwarded by Paul (“answer him!”), Marie ×2, Zoé")
    assert len(lines) == 3
    assert words(lines[2]).endswith("…")
    assert max(map(width_of, lines)) <= 80
    assert len(present.noteworthy(dossier.conversation, dossier, 80, 1)) == 1
    said = [words(line).split(maxsplit=1)[1] for line in present.messages(dossier, NOON, UTC, 80)[0]]
    assert "desk    forwarded by Paul" in said


async def test_messages_that_were_edited_or_are_gone_say_so_quietly(tmp_path: Path) -> None:
    async with place(tmp_path) as where:
        judge, ada = Triage(), Author("x", "ada", reach=48_000)

        async def take(number: str, text: str, edited_at: int | None = None) -> None:
            mention = Mention("x", number, ada, text, NOON, thread="t", edited_at=edited_at)
            item = (mention, judge.judge(mention))
            await where.store.ingest(Intake("x", "x", [item]), SlaPolicy(), where.clock.now())

        await take("1", "You are thieves")
        await take("2", "My parcel was opened", NOON + 2 * HOUR)
        await take("3", "long" * 15, NOON + 3 * HOUR)
        await where.store.ingest(
            Intake("x", "x", [], removed=[Removed("x", "1", Absence.WITHHELD)]), SlaPolicy(), NOON
        )
        [row] = await where.store.lane(Lane.INFLUENCERS, 5)
        dossier = await conversation.read(where.desk("Alice"), row.id)

    lines, newest = present.messages(dossier, where.clock.now(), UTC, 80)
    said = [words(line) for line in lines]

    assert (lines[0][-1]) == ("[withheld by the platform]", "quiet")
    assert said[1].endswith("My parcel was opened  edited 14:00")
    assert said[3].strip() == "edited 15:00"
    assert newest == 2
    assert max(map(width_of, lines)) <= 80
    assert any(line.split()[1:] == ["X", "the", "platform", "withholds", "a", "post"] for line in said)
    assert "thieves" not in "".join(said)


def test_before_it_is_read_what_is_gone_says_so_too() -> None:
    [line] = present.preview(talk(text="", gone=Absence.DELETED), NOON, UTC, 80)

    assert line[-1] == ("[deleted by its author]", "quiet")


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
