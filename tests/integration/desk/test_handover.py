"""The handover, on a real store: what the brief holds, how it reads, who may accept it."""

from __future__ import annotations

import json

import pytest

from cmconsole.core.clock import HOUR, MINUTE
from cmconsole.core.errors import IllegalMoveError, InputError, NotFoundError
from cmconsole.core.source import Health
from cmconsole.core.verdict import Kind, Lane, Severity
from cmconsole.desk import claim, handover, note, resolve, shift, snooze
from cmconsole.desk.brief import markdown, to_json
from cmconsole.desk.context import Desk
from cmconsole.desk.correct import correct
from cmconsole.desk.takeback import TakeBack
from cmconsole.store.sqlite.store import SqliteStore
from tests.integration.desk.conftest import Say
from tests.unit.desk.parts import MovableClock

WORST = "It caught fire *now* [click](https://evil.example) <b>\n# Boss"


@pytest.fixture
async def busy(alice: Desk, bruno: Desk, say: Say, clock: MovableClock, store: SqliteStore) -> dict[str, int]:
    """Decide things all through a shift, and one before it."""
    keys = {"before": await say(handle="early")}
    await resolve.keep_silence(alice, [keys["before"]], "before the shift")
    await note.note(alice, [keys["before"]], "written before the shift")
    clock.at += HOUR
    await shift.start(alice, clock.now() + HOUR)
    keys |= {name: await say(handle=name) for name in ("mine", "asleep", "silent", "done", "plain")}
    keys["fire"] = await say(WORST, handle="ma_rc`", reach=48_000)
    await claim.claim(alice, [keys["mine"]])
    await snooze.snooze_said(alice, [keys["asleep"]], "2h")
    await resolve.keep_silence(bruno, [keys["silent"]], "insult_")
    await resolve.done(alice, [keys["done"]])
    keys["won"] = await say(handle="happy", thread="t")
    await resolve.done(alice, [keys["won"]])
    await say("Thank you so much, perfect!", handle="happy", thread="t")
    memory = TakeBack(bruno)
    for name in ("plain", "asleep"):
        memory.remember(await correct(bruno, [keys[name]], severity=Severity.MAJOR))
        memory.remember(await correct(bruno, [keys[name]], kind=Kind.QUESTION))
    await memory.undo()
    await memory.undo()
    await correct(alice, [keys["plain"]], lane=Lane.OTHERS)
    await note.note(bruno, [keys["plain"]], "logistics told\nsecond line")
    await store.set_source_health(
        "reddit", "reddit", Health.RETRYING, now=clock.now(), retry_at=clock.now() + MINUTE, error="timed out"
    )
    return keys


async def test_the_brief_holds_what_the_next_person_needs(alice: Desk, busy: dict[str, int]) -> None:
    brief = await handover.compose(alice)

    assert [one.id for one in brief.pressing.items] == [busy["fire"]]
    assert [one.id for one in brief.mine.items] == [busy["mine"]]
    assert [one.id for one in brief.snoozed.items] == [busy["asleep"]]
    assert [one.id for one in brief.silences.items] == [busy["silent"]]
    assert [one.id for one in brief.wins.items] == [busy["won"]]
    assert [one.id for one in brief.done.items] == [busy["done"]]
    assert [one.id for one in brief.corrected.items] == [busy["plain"]]
    assert [(written.person, written.text) for written in brief.notes] == [
        ("Bruno", "logistics told\nsecond line")
    ]
    assert [source.name for source in brief.sources] == ["reddit"]


async def test_the_brief_reads_one_line_an_item_and_shows_untrusted_words_as_they_are(
    alice: Desk, busy: dict[str, int]
) -> None:
    lines = markdown(await handover.compose(alice)).splitlines()
    (fire,) = [line for line in lines if line.endswith(f"#{busy['fire']}")]

    assert fire.startswith(
        "- **urgent** · x · ma\\_rc\\` · 48k · “It caught fire \\*now\\* \\[click\\](https\\://evil"
    )
    assert "\\<b\\> \\# Boss” · open · held by nobody · answer by " in fire
    assert [line for line in lines if line.startswith("#")] == [
        "# Handover of Alice, 14:01 to 15:01",
        "## Where the desk stands (14:09)",
        "## Urgent and high, open (1)",
        "## Held by me (1)",
        "## Snoozed (1)",
        "## Left without an answer (1)",
        "## Wins (1)",
        "## Replies (0)",
        "## Notes (1)",
        "## Sources in trouble (1)",
    ]
    assert any("wakes at 16:07" in line for line in lines)
    assert any("reason: insult\\_" in line for line in lines)
    assert any(f"Bruno · logistics told second line · plain · #{busy['plain']}" in line for line in lines)
    assert any("reddit · retrying · tried again at 14:10 · timed out" in line for line in lines)
    assert any("done this shift: 1" in line for line in lines)
    assert any("triage corrected this shift: 1" in line for line in lines)


async def test_the_brief_as_json_holds_the_records_of_the_queue(alice: Desk, busy: dict[str, int]) -> None:
    told = json.loads(json.dumps(to_json(await handover.compose(alice))))

    assert told["pressing"]["items"][0]["id"] == busy["fire"]
    assert told["silences"]["items"][0]["silence_reason"] == "insult_"
    assert told["wins"]["items"][0]["outcome"] == "win"
    assert (told["corrected"]["count"], told["corrected"]["at_least"]) == (1, False)
    assert told["notes"][0]["conversation"] == busy["plain"]
    assert told["sources"][0]["health"] == "retrying"
    assert told["lanes"]["complaints"]["open"] == 1


async def test_an_empty_desk_has_a_brief_too(alice: Desk, clock: MovableClock) -> None:
    await shift.start(alice, clock.now() + HOUR)
    text = markdown(await handover.compose(alice))

    assert text.count("Nothing.") == 8


async def test_more_than_a_section_holds_is_counted(alice: Desk, say: Say, clock: MovableClock) -> None:
    await shift.start(alice, clock.now() + HOUR)
    for number in range(handover.SECTION + 2):
        await say("It caught fire", handle=f"a{number}")
        clock.at -= MINUTE
    brief = await handover.compose(alice)

    assert len(brief.pressing.items) == handover.SECTION
    assert (brief.pressing.count, brief.pressing.at_least) == (handover.SECTION + 2, False)
    assert "- … and 2 more" in markdown(brief)


async def test_without_a_shift_there_is_no_brief(alice: Desk) -> None:
    with pytest.raises(NotFoundError):
        await handover.compose(alice)


async def test_a_brief_is_kept_as_edited_until_it_is_accepted_by_another(
    alice: Desk, bruno: Desk, busy: dict[str, int], clock: MovableClock
) -> None:
    with pytest.raises(InputError):
        await handover.save(alice, "  ")
    first = await handover.save(alice, "first")
    kept = await handover.save(alice, "second\x1b[2J")

    assert kept.id == first.id
    assert kept.brief == "second␛[2J"
    assert await handover.saved(alice) == kept
    assert await handover.unaccepted(alice) == []
    assert await handover.unaccepted(bruno) == [kept]
    with pytest.raises(InputError):
        await handover.accept(bruno, kept.id, " ")
    for own in ("Alice", "alice", "  ALICE "):
        with pytest.raises(IllegalMoveError):
            await handover.accept(alice, kept.id, own)
    with pytest.raises(NotFoundError):
        await handover.accept(bruno, 999, "Bruno")

    accepted = await handover.accept(bruno, kept.id, " Bruno ")

    assert (accepted.accepted_by, accepted.accepted_at) == ("Bruno", clock.now())
    assert await handover.unaccepted(bruno) == []
    assert [one.id for one in await bruno.store.claimed_by("Bruno", clock.now())] == [busy["mine"]]
    with pytest.raises(IllegalMoveError):
        await handover.accept(bruno, kept.id, "Chloé")
