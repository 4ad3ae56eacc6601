"""What every store promises to people: presence, shifts, and a handover that is taken over whole."""

from __future__ import annotations

import asyncio

import pytest

from cmconsole.core.clock import HOUR, MINUTE
from cmconsole.core.errors import IllegalMoveError, NotFoundError
from cmconsole.core.event import EventKind
from cmconsole.core.shift import Stage
from cmconsole.store.contract import Presence, Store
from tests.contract.samples import NOW, claim, mention, take


async def test_consoles_are_present_until_they_leave_or_fall_silent(store: Store) -> None:
    for console, person, at in (("c1", "Zoé", 0), ("c2", "Ada", 5), ("c3", "Max", 9), ("c1", "Zoé", 7)):
        await store.beat(Presence(console, person, NOW + at, None))
    await store.leave("c3")
    await store.leave("never there")

    assert [(it.person, it.seen_at) for it in await store.presences(NOW + 6)] == [("Zoé", NOW + 7)]
    assert [it.person for it in await store.presences(0)] == ["Ada", "Zoé"]


async def test_a_shift_goes_on_where_it_was_and_its_end_moves(store: Store) -> None:
    shift = await store.start_shift("Zoé", NOW, NOW + HOUR)
    assert await store.start_shift("Zoé", NOW + 5, NOW + HOUR) == shift
    longer = await store.start_shift("Zoé", NOW + 2 * HOUR, NOW + 3 * HOUR)

    assert (longer.id, longer.started_at, longer.ends_at) == (shift.id, NOW, NOW + 3 * HOUR)
    assert await store.shift(shift.id) == longer
    assert await store.running_shift("Zoé", NOW + 3 * HOUR) == longer
    assert await store.running_shift("Ada", NOW) is None
    assert [it.kind for it in await store.events(0)] == [EventKind.SHIFT_STARTED, EventKind.SHIFT_EXTENDED]
    with pytest.raises(NotFoundError):
        await store.shift(99)


async def test_a_shift_that_ended_twelve_hours_ago_is_over(store: Store) -> None:
    shift = await store.start_shift("Zoé", NOW, NOW + HOUR)

    assert await store.running_shift("Zoé", NOW + 13 * HOUR - 1) == shift
    assert await store.running_shift("Zoé", NOW + 13 * HOUR) is None
    assert (await store.start_shift("Zoé", NOW + 13 * HOUR, NOW + 20 * HOUR)).id != shift.id


async def test_a_brief_is_replaced_until_somebody_accepts_it(store: Store) -> None:
    shift = await store.start_shift("Zoé", NOW, NOW + HOUR)
    first = await store.save_handover(shift.id, "draft", NOW)
    second = await store.save_handover(shift.id, "« fini »", NOW + 1)

    assert (second.id, second.brief, second.saved_at, second.outgoing) == (
        first.id,
        "« fini »",
        NOW + 1,
        "Zoé",
    )
    assert await store.handovers() == [second]
    await store.accept_handover(second.id, "Ada", NOW + 2, MINUTE)
    with pytest.raises(IllegalMoveError):
        await store.save_handover(shift.id, "too late", NOW + 3)
    with pytest.raises(NotFoundError):
        await store.save_handover(99, "no shift", NOW)


async def test_who_accepts_a_handover_holds_what_the_other_held(store: Store) -> None:
    await take(store, *(mention(n) for n in range(1, 5)))
    shift = await store.start_shift("Zoé", NOW, NOW + HOUR)
    handover = await store.save_handover(shift.id, "brief", NOW)
    await store.change(1, claim("Zoé", NOW - HOUR), person="Zoé", now=NOW - HOUR)
    for number, person in ((2, "Zoé"), (3, "Max"), (4, "Zoé")):
        await store.change(number, claim(person), person=person, now=NOW)

    accepted = await store.accept_handover(handover.id, "Ada", NOW + 1, HOUR)
    assert (accepted.accepted_by, accepted.accepted_at) == ("Ada", NOW + 1)
    assert await store.handovers() == [accepted]
    assert [it.id for it in await store.claimed_by("Ada", NOW + 1)] == [2, 4]
    assert await store.claimed_by("Zoé", NOW + 1) == []
    assert [it.id for it in await store.claimed_by("Max", NOW + 1)] == [3]
    (expired,) = await store.conversations([1])
    assert expired.holder(NOW + 1) == ""
    assert (await store.conversations([2]))[0].claim is not None
    assert (await store.shift(shift.id)).stage(NOW + 2) is Stage.HANDED_OVER
    assert await store.running_shift("Zoé", NOW + 2) is None

    told = await store.events(0, since=NOW + 1)
    assert [it.kind for it in told] == [
        EventKind.CONVERSATION_CLAIMED,
        EventKind.CONVERSATION_CLAIMED,
        EventKind.HANDOVER_ACCEPTED,
        EventKind.SHIFT_ENDED,
    ]
    assert {it.person for it in told} == {"Ada"}
    assert dict(told[0].data) == {"until": NOW + 1 + HOUR, "from": "Zoé"}


async def test_a_handover_is_accepted_once_by_somebody_else(store: Store, second: Store) -> None:
    shift = await store.start_shift("Zoé", NOW, NOW + HOUR)
    handover = await store.save_handover(shift.id, "brief", NOW)
    with pytest.raises(IllegalMoveError):
        await store.accept_handover(handover.id, "Zoé", NOW, HOUR)
    with pytest.raises(NotFoundError):
        await store.accept_handover(99, "Ada", NOW, HOUR)

    results = await asyncio.gather(
        store.accept_handover(handover.id, "Ada", NOW, HOUR),
        second.accept_handover(handover.id, "Max", NOW, HOUR),
        return_exceptions=True,
    )
    assert sorted(type(it).__name__ for it in results) == ["Handover", "IllegalMoveError"]
