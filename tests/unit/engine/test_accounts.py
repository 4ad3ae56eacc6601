"""Accounts: whom platforms take us for, asked at the start and now and then, and never mistaken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from cmconsole.core.account import Identity, Standing
from cmconsole.core.errors import SettingsError, SourceError, SourceRefusedError
from cmconsole.engine.accounts import AGAIN, SOON, AccountPlan, Accounts
from cmconsole.store.sqlite.store import SqliteStore
from tests.unit.engine.parts import Time


@dataclass
class Member:
    """Answers with a handle, or raises."""

    answer: str | Exception
    asked: int = 0
    closed: int = 0
    wait: bool = False
    most: int | None = None

    async def identity(self) -> Identity:
        self.asked += 1
        if self.wait:
            await asyncio.Event().wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return Identity(self.answer, "17", most=self.most)

    async def aclose(self) -> None:
        self.closed += 1


@dataclass
class Desk:
    store: SqliteStore
    time: Time = field(default_factory=Time)

    def accounts(self, *plans: AccountPlan) -> Accounts:
        return Accounts(self.store, plans, self.time, lambda: None, self.time.sleep)

    async def standing(self, name: str = "main") -> tuple[Standing, str, str]:
        state = next(it for it in await self.store.account_states() if it.name == name)
        return state.standing, state.seen, state.error


def plan(member: Callable[[], Member] | Member, handle: str = "@acme", name: str = "main") -> AccountPlan:
    made = (lambda: member) if isinstance(member, Member) else member
    return AccountPlan(name, "x", handle, "live", None, made)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    store = SqliteStore(tmp_path / "desk.db", role="engine")
    await store.open()
    yield Desk(store)
    await store.close()


@pytest.mark.parametrize("seen", ["acme", "Acme", "@ACME"])
async def test_an_account_that_is_who_the_settings_say_is_verified(desk: Desk, seen: str) -> None:
    member = Member(seen)
    await desk.accounts(plan(member)).begin()

    assert await desk.standing() == (Standing.VERIFIED, seen.removeprefix("@"), "")
    assert member.closed == 1


async def test_how_much_a_post_may_hold_is_kept_where_the_server_says_it(desk: Desk) -> None:
    await desk.accounts(plan(Member("acme", most=5_000)), plan(Member("acme"), name="other")).begin()

    assert {it.name: it.most for it in await desk.store.account_states()} == {"main": 5_000, "other": None}


async def test_an_account_that_is_somebody_else_is_locked(desk: Desk) -> None:
    await desk.accounts(plan(Member("other"))).begin()

    assert await desk.standing() == (Standing.LOCKED, "other", "")


@pytest.mark.parametrize(
    ("error", "standing"),
    [
        (SourceRefusedError("The token is refused."), Standing.REFUSED),
        (SourceError("No answer."), Standing.UNREACHED),
        (ZeroDivisionError("a library"), Standing.UNREACHED),
    ],
)
async def test_what_keeps_it_from_being_verified_is_told(
    desk: Desk, error: Exception, standing: Standing
) -> None:
    member = Member(error)
    await desk.accounts(plan(member), plan(Member("acme"), name="other")).begin()
    found, seen, words = await desk.standing()

    assert (found, seen) == (standing, "")
    assert str(error).split()[0] in words
    assert (await desk.standing("other"))[0] is Standing.VERIFIED
    assert member.closed == 1


async def test_a_missing_secret_is_told_too(desk: Desk) -> None:
    def lacking() -> Member:
        raise SettingsError("There is no token.", advice="Put one.")

    await desk.accounts(plan(lacking)).begin()

    assert await desk.standing() == (Standing.REFUSED, "", "There is no token. Put one.")


async def test_a_rehearsal_does_without_a_token(desk: Desk) -> None:
    def lacking() -> Member:
        raise SettingsError("There is no token.", advice="Put one.")

    await desk.accounts(replace(plan(lacking), mode="rehearsal")).begin()

    assert await desk.standing() == (Standing.UNCHECKED, "", "There is no token. Put one.")


async def test_verified_ones_are_asked_once_a_day_and_others_soon_again(desk: Desk) -> None:
    well, ill = Member("acme"), Member(SourceError("away"))
    accounts = desk.accounts(plan(well), plan(ill, name="other"))
    await accounts.begin()
    desk.time.at += SOON - 1
    await accounts.look()
    assert (well.asked, ill.asked) == (1, 1)
    desk.time.at += 1
    await accounts.look()
    assert (well.asked, ill.asked) == (1, 2)
    desk.time.at += AGAIN
    await accounts.look()
    assert (well.asked, ill.asked) == (2, 3)


async def test_an_engine_that_starts_again_trusts_what_was_found_until_the_settings_change(
    desk: Desk,
) -> None:
    member = Member("acme")
    await desk.accounts(plan(member)).begin()
    await desk.accounts(plan(member)).begin()
    assert member.asked == 1
    await desk.accounts(plan(member, "@other")).begin()

    assert member.asked == 2
    assert (await desk.standing())[0] is Standing.LOCKED


async def test_an_account_that_left_the_settings_is_forgotten(desk: Desk) -> None:
    await desk.accounts(plan(Member("acme"))).begin()
    await desk.accounts().begin()

    assert await desk.store.account_states() == []


async def test_a_platform_that_does_not_answer_does_not_hold_up_the_engine(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cmconsole.engine.accounts.PATIENCE", 0.05)
    slow = Member("acme", wait=True)
    await desk.accounts(plan(slow), plan(Member("acme"), name="other")).begin()

    assert [state.name for state in await desk.store.account_states()] == ["other"]
    assert slow.closed == 1
