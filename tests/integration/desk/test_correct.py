"""What a person says against triage stands, moves what it is about, and is taken back without a trace."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cmconsole.core.conversation import UNDECIDED, Conversation, Decided
from cmconsole.core.errors import ClaimHeldError, IllegalMoveError, ReadOnlyError
from cmconsole.core.event import EventKind
from cmconsole.core.verdict import Kind, Lane, Priority, Severity
from cmconsole.desk import claim, handover, resolve, shift, tag, vip, wait
from cmconsole.desk.context import Desk
from cmconsole.desk.correct import correct
from cmconsole.desk.deed import Verb
from cmconsole.desk.takeback import TakeBack
from cmconsole.engine.lessons import said
from cmconsole.store.contract import Learned
from cmconsole.store.sqlite.store import SqliteStore
from cmconsole.triage.judge import LEARNED
from cmconsole.triage.triage import Triage
from tests.integration.desk.conftest import Say
from tests.unit.desk.parts import MovableClock

BLAND = "the blue one from tuesday"
LEGAL = "You will hear from my lawyer, see you in court"


async def now_is(desk: Desk, key: int) -> Conversation:
    (found,) = await desk.store.conversations([key])
    return found


def as_it_stood(one: Conversation) -> Conversation:
    """Return everything about a conversation but when and how often it was written."""
    return replace(one, version=0, updated_at=0)


async def told(desk: Desk, key: int) -> list[dict[str, object]]:
    return [
        dict(event.data)
        for event in await desk.store.history(key)
        if event.kind is EventKind.CONVERSATION_CORRECTED
    ]


async def test_a_kind_that_is_said_stands_and_moves_the_conversation(alice: Desk, say: Say) -> None:
    key = await say(BLAND)
    before = await now_is(alice, key)
    deed = await correct(alice, [key], kind=Kind.COMPLAINT)

    assert (before.kind, before.lane) == (Kind.NEUTRAL, Lane.OTHERS)
    assert (deed.verb, [one.id for one in deed.changed]) == (Verb.CORRECT, [key])
    after = await now_is(alice, key)
    assert (after.kind, after.lane, after.priority) == (Kind.COMPLAINT, Lane.COMPLAINTS, Priority.MEDIUM)
    assert after.decided == Decided(kind=Kind.COMPLAINT)
    assert after.answer_by is not None
    assert before.answer_by is not None
    assert after.answer_by < before.answer_by
    assert "person" in [reason.code for reason in after.reasons]
    assert await told(alice, key) == [{"kind": "complaint", "was_kind": "neutral"}]


async def test_many_are_corrected_at_once_and_what_a_colleague_holds_is_refused(
    alice: Desk, bruno: Desk, say: Say
) -> None:
    keys = [await say(handle=f"a{number}") for number in range(3)]
    await claim.claim(bruno, [keys[1]])
    deed = await correct(alice, [*keys, keys[0]], kind=Kind.SPAM)

    assert [one.id for one in deed.changed] == [keys[0], keys[2]]
    assert {one.lane for one in deed.changed} == {Lane.OTHERS}
    ((refused, error),) = deed.refused
    assert refused == keys[1]
    assert isinstance(error, ClaimHeldError)


async def test_decisions_add_up(alice: Desk, say: Say) -> None:
    key = await say(BLAND)
    await correct(alice, [key], kind=Kind.QUESTION)
    await correct(alice, [key], lane=Lane.INFLUENCERS)

    after = await now_is(alice, key)
    assert after.decided == Decided(kind=Kind.QUESTION, lane=Lane.INFLUENCERS)
    assert (after.kind, after.lane, after.priority) == (Kind.QUESTION, Lane.INFLUENCERS, Priority.HIGH)

    await correct(alice, [key], kind=Kind.PRAISE)
    assert (await now_is(alice, key)).decided == Decided(kind=Kind.PRAISE, lane=Lane.INFLUENCERS)


async def test_only_a_severity_that_is_said_lowers_law_and_safety(alice: Desk, say: Say) -> None:
    key = await say(LEGAL)
    assert (await now_is(alice, key)).severity is Severity.LEGAL

    await correct(alice, [key], kind=Kind.SPAM)
    await correct(alice, [key], lane=Lane.OTHERS)
    kept = await now_is(alice, key)
    assert (kept.kind, kept.severity, kept.priority) == (Kind.SPAM, Severity.LEGAL, Priority.URGENT)

    await correct(alice, [key], severity=Severity.NONE)
    lowered = await now_is(alice, key)
    assert (lowered.severity, lowered.priority) == (Severity.NONE, Priority.LOW)


async def test_what_is_serious_is_a_complaint_and_what_is_none_is_no_longer_serious(
    alice: Desk, say: Say
) -> None:
    key = await say(BLAND)
    await correct(alice, [key], severity=Severity.MAJOR)
    serious = await now_is(alice, key)
    await correct(alice, [key], kind=Kind.PRAISE)
    praise = await now_is(alice, key)

    assert (serious.kind, serious.severity, serious.priority) == (
        Kind.COMPLAINT,
        Severity.MAJOR,
        Priority.HIGH,
    )
    assert (praise.kind, praise.severity, praise.priority) == (Kind.PRAISE, Severity.NONE, Priority.LOW)
    assert praise.decided == Decided(kind=Kind.PRAISE)


async def test_a_person_s_word_on_law_stands_whatever_kind_is_said_later(alice: Desk, say: Say) -> None:
    key = await say(BLAND)
    await correct(alice, [key], severity=Severity.LEGAL)
    await correct(alice, [key], kind=Kind.NEUTRAL)

    assert (await now_is(alice, key)).severity is Severity.LEGAL


async def test_what_is_already_as_was_said_is_kept_as_decided_and_nothing_is_learned(
    alice: Desk, say: Say
) -> None:
    key = await say()
    memory = TakeBack(alice)
    before = await now_is(alice, key)
    deed = await correct(alice, [key], kind=before.kind)
    memory.remember(deed)
    again = await correct(alice, [key], kind=before.kind)

    assert [one.decided for one in deed.changed] == [Decided(kind=before.kind)]
    assert [one.id for one in again.unchanged] == [key]
    assert await told(alice, key) == []

    await memory.undo()
    assert as_it_stood(await now_is(alice, key)) == as_it_stood(before)


@pytest.mark.parametrize(
    "decision",
    [
        Decided(kind=Kind.SPAM),
        Decided(kind=Kind.PRAISE, lane=Lane.INFLUENCERS),
        Decided(severity=Severity.SAFETY),
        Decided(lane=Lane.OTHERS),
    ],
)
@pytest.mark.parametrize("state", [None, wait.wait, resolve.done])
async def test_a_correction_is_taken_back_whole(
    alice: Desk, say: Say, decision: Decided, state: object
) -> None:
    key = await say("Broken again, I am furious, you idiots. Refund me!")
    if callable(state):
        await state(alice, [key])
    before = await now_is(alice, key)
    memory = TakeBack(alice)
    memory.remember(await tag.tag(alice, [key], "mine"))
    deed = await correct(alice, [key], kind=decision.kind, lane=decision.lane, severity=decision.severity)
    memory.remember(deed)
    undone = await memory.undo()
    await memory.undo()

    assert undone is not None
    assert undone.refused == ()
    assert as_it_stood(await now_is(alice, key)) == as_it_stood(before)


async def test_taking_back_tells_the_learner_the_contrary(alice: Desk, say: Say) -> None:
    key = await say(BLAND)
    memory = TakeBack(alice)
    memory.remember(await correct(alice, [key], kind=Kind.COMPLAINT))
    memory.remember(await correct(alice, [key], severity=Severity.MAJOR))
    await memory.undo()
    await memory.undo()

    events = [one for one in await alice.store.history(key) if one.kind is EventKind.CONVERSATION_CORRECTED]
    assert [said(event) for event in events] == [
        (Kind.COMPLAINT, None),
        (None, Severity.MAJOR),
        (None, Severity.MINOR),
        (Kind.NEUTRAL, None),
    ]
    assert [event.data.get("taken_back") for event in events] == [None, None, True, True]
    assert (await now_is(alice, key)).decided == UNDECIDED


async def test_after_a_vip_mark_a_decision_is_not_taken_back(alice: Desk, say: Say) -> None:
    key = await say(BLAND)
    memory = TakeBack(alice)
    memory.remember(await correct(alice, [key], kind=Kind.COMPLAINT))
    memory.remember(await vip.toggle(alice, [key]))
    undone = await memory.undo()

    assert undone is not None
    ((_key, error),) = undone.refused
    assert isinstance(error, IllegalMoveError)
    assert (await now_is(alice, key)).kind is Kind.COMPLAINT


async def test_a_vip_mark_leaves_what_was_decided(alice: Desk, say: Say) -> None:
    key = await say(BLAND)
    await correct(alice, [key], kind=Kind.COMPLAINT)
    await vip.toggle(alice, [key])

    after = await now_is(alice, key)
    assert (after.kind, after.lane) == (Kind.COMPLAINT, Lane.INFLUENCERS)
    assert after.decided == Decided(kind=Kind.COMPLAINT)


async def test_the_desk_judges_by_what_the_engine_has_learned(
    alice: Desk, say: Say, store: SqliteStore, clock: MovableClock
) -> None:
    key = await say(BLAND)
    taught = Triage()
    for _lesson in range(40):
        taught.teach(BLAND, kind=Kind.COMPLAINT)
    await store.save_learned(Learned(LEARNED, taught.remembered(), 7, clock.now()), None)

    await correct(alice, [key], lane=Lane.INFLUENCERS)

    assert (await now_is(alice, key)).kind is Kind.COMPLAINT
    assert alice.taught == 7

    await store.save_learned(Learned(LEARNED, "not JSON", 8, clock.now()), None)
    assert (await correct(alice, [key], lane=Lane.COMPLAINTS)).changed


async def test_nothing_is_corrected_after_the_handover(alice: Desk, say: Say, clock: MovableClock) -> None:
    key = await say()
    await shift.start(alice, clock.now() + 60_000)
    kept = await handover.save(alice, "all quiet")
    await handover.accept(alice, kept.id, "Bruno")

    with pytest.raises(ReadOnlyError):
        await correct(alice, [key], kind=Kind.SPAM)
