"""Pausing and resuming sources, accounts on the board, and what came from outside in a conversation."""

from __future__ import annotations

import pytest

from cmconsole.core.account import AccountState, Standing
from cmconsole.core.clock import HOUR
from cmconsole.core.errors import InputError, NotFoundError, ReadOnlyError
from cmconsole.core.event import EventKind
from cmconsole.core.mention import Absence, Removed, SetAside
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import Health, SourceState
from cmconsole.core.tip import Tip, TipState
from cmconsole.desk import board, brief, conversation, handover, shift, sources
from cmconsole.desk.context import Desk
from cmconsole.store.contract import Intake
from cmconsole.store.sqlite.store import SqliteStore
from tests.integration.desk.conftest import Say
from tests.unit.desk.parts import MovableClock


@pytest.fixture
async def blog(store: SqliteStore, clock: MovableClock) -> str:
    await store.set_source_health("blog", "feeds", Health.OK, now=clock.now())
    return "blog"


async def only(store: SqliteStore) -> SourceState:
    [state] = await store.source_states()
    return state


async def test_a_pause_is_recorded_with_who_and_when(
    alice: Desk, store: SqliteStore, clock: MovableClock, blog: str
) -> None:
    assert await sources.pause(alice, blog)

    state = await only(store)
    assert (state.paused_by, state.paused_at) == ("Alice", clock.now())
    [told] = [it for it in await store.events(0) if it.kind is EventKind.SOURCE_PAUSED]
    assert (told.person, told.data["source"]) == ("Alice", blog)


async def test_the_first_to_pause_it_stays_named(
    alice: Desk, bruno: Desk, store: SqliteStore, blog: str
) -> None:
    await sources.pause(bruno, blog)

    assert not await sources.pause(alice, blog)
    assert (await only(store)).paused_by == "Bruno"


async def test_anybody_lets_it_go_on(alice: Desk, bruno: Desk, store: SqliteStore, blog: str) -> None:
    assert not await sources.resume(alice, blog)
    await sources.pause(bruno, blog)

    assert await sources.resume(alice, blog)
    assert (await only(store)).paused_by == ""


async def test_a_shift_that_was_handed_over_pauses_nothing(
    alice: Desk, store: SqliteStore, clock: MovableClock, blog: str
) -> None:
    await shift.start(alice, clock.now() + HOUR)
    saved = await handover.save(alice, "all quiet")
    await handover.accept(alice, saved.id, "Bruno")

    for deed in (sources.pause, sources.resume):
        with pytest.raises(ReadOnlyError):
            await deed(alice, blog)
    assert (await only(store)).paused_by == ""


async def test_an_unknown_source_is_named_with_those_that_are_known(alice: Desk, blog: str) -> None:
    with pytest.raises(NotFoundError, match=r"nope.*blog"):
        await sources.pause(alice, "nope")


async def test_whoever_has_no_name_pauses_nothing(alice: Desk, store: SqliteStore, blog: str) -> None:
    alice.person = ""
    with pytest.raises(InputError, match="--as NAME"):
        await sources.pause(alice, blog)
    assert (await only(store)).paused_by == ""


async def test_a_sources_own_items_set_aside_newest_first(alice: Desk, store: SqliteStore, blog: str) -> None:
    for source, count in ((blog, 2), (blog, sources.ASIDE), ("other", 3)):
        aside = [SetAside(f"{source} {number}", "{}") for number in range(count)]
        await store.ingest(Intake(source, "feeds", [], set_aside=aside), SlaPolicy(), alice.now())

    found = await sources.set_aside(alice, blog)

    assert len(found) == sources.ASIDE
    assert {item.source for item in found} == {blog}
    assert found[0].reason == f"blog {sources.ASIDE - 1}"


async def test_the_board_carries_the_accounts(alice: Desk, store: SqliteStore) -> None:
    state = AccountState("main", "x", "@acme", "live", Standing.LOCKED, seen="other", cap=5)
    await store.set_account(state, alice.now(), None)
    await store.spend("main", "2026-03", "read", 1, 4)

    [found] = (await board.read(alice)).accounts

    assert (found.name, found.standing, found.seen, found.spent, found.cap) == (
        "main",
        Standing.LOCKED,
        "other",
        4,
        5,
    )


async def test_a_paused_source_is_in_the_handover(alice: Desk, blog: str) -> None:
    await shift.start(alice, alice.now() + HOUR)
    await sources.pause(alice, blog)

    composed = await handover.compose(alice)

    assert "- blog · paused by Alice" in brief.markdown(composed)
    [told] = brief.to_json(composed)["sources"]  # type: ignore[misc]
    assert told["paused_by"] == "Alice"  # type: ignore[has-type]


async def test_a_conversation_tells_its_tips_and_what_is_gone(
    alice: Desk, store: SqliteStore, say: Say
) -> None:
    ours = await say("My order is broken", thread="t")
    await say("I want a refund", thread="t")
    for person in ("Paul", "Marie", "Marie"):
        tip = await store.add_tip(Tip("https://x.com/ada/1", person, alice.now(), "answer him!"), alice.now())
        await store.settle_tip(tip.id, TipState.LINKED, ours, alice.now(), None)
    await store.ingest(
        Intake("x", "x", [], removed=[Removed("x", "n1", Absence.WITHHELD)]), SlaPolicy(), alice.now()
    )

    found = await conversation.read(alice, ours)

    assert [(it.tip.person, it.again) for it in found.tips] == [("Paul", 0), ("Marie", 1)]
    said = [entry.text for entry in found.entries]
    assert said[0] == "[withheld by the platform]"
    assert "forwarded by Marie" in said
    assert "the platform withholds a post" in said


async def test_nothing_left_is_told_as_taken_back(alice: Desk, store: SqliteStore, say: Say) -> None:
    ours = await say()
    await store.ingest(Intake("x", "x", [], removed=[Removed("x", "n1")]), SlaPolicy(), alice.now())

    said = [entry.text for entry in (await conversation.read(alice, ours)).entries]

    assert said[-2:] == ["nothing is left to answer", "its author deleted a post"]
