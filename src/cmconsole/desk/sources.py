"""Sources and accounts: how they are in words, what to do about it, and a source's pause and resumption."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cmconsole.config.language import _, language
from cmconsole.core.account import Standing
from cmconsole.core.budget import DOLLAR
from cmconsole.core.clock import DAY
from cmconsole.core.errors import InputError, NotFoundError
from cmconsole.core.source import Health
from cmconsole.desk.words import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmconsole.core.account import AccountState
    from cmconsole.core.clock import Instant, Millis
    from cmconsole.core.source import SourceState
    from cmconsole.desk.context import Desk
    from cmconsole.store.contract import SetAsideItem

LOW = 0.8
"""From this share of an account's monthly money on the desk is warned: what is left is a few days' worth."""

BUSY = 100
"""A source that brought so many mentions is no seldom one: a day without any is told as unusual."""

ASIDE = 20
"""Most items set aside that are read of one source."""

_WRONG = frozenset({Standing.LOCKED, Standing.REFUSED})

_SENTENCE = re.compile(r"(.+?[.!?…])\s+(?=[A-ZÀ-Þ`“«])(.+)", re.DOTALL)
"""One sentence, and what comes after it."""


# ------------------------------------------------------------------------------------------------- commands


async def pause(desk: Desk, name: str) -> bool:
    """Ask the engine to read a source no more; False where somebody had paused it before.

    Raises ReadOnlyError once the shift was handed over, NotFoundError, InputError where nobody is named.
    """
    state = await _to_act_on(desk, name)
    if state.paused_by:
        return False
    await desk.store.pause_source(name, desk.person, desk.now())
    return True


async def resume(desk: Desk, name: str) -> bool:
    """Ask the engine to read a source again, from where it stopped; False where nobody had paused it.

    Raises as `pause` does.
    """
    state = await _to_act_on(desk, name)
    if not state.paused_by:
        return False
    await desk.store.resume_source(name, desk.person, desk.now())
    return True


async def _to_act_on(desk: Desk, name: str) -> SourceState:
    await desk.check_may_act()
    if not desk.person:
        raise InputError(
            _("It is recorded who pauses a source and who lets it go on, and you are not named."),
            advice=_("Say who you are: --as NAME."),
        )
    states = await desk.store.source_states()
    for state in states:
        if state.name == name:
            return state
    known = ", ".join(state.name for state in states)
    raise NotFoundError(
        _("No source of the name {name} has been read yet.").format(name=name),
        advice=_("There are: {names}.").format(names=known) if known else "",
    )


# ---------------------------------------------------------------------------------------------------- views


async def set_aside(desk: Desk, name: str) -> list[SetAsideItem]:
    """Return the newest items of a source that could not be read as mentions, newest first."""
    return await desk.store.set_aside_items(ASIDE, source=name)


def in_trouble(state: SourceState) -> bool:
    """Say whether a source is not read and should be: it fails, is refused, or its month's money is spent."""
    if state.health in {Health.RETRYING, Health.REFUSED}:
        return not state.paused_by
    return state.health is Health.PAUSED and state.retry_at is not None and not state.paused_by


def health(state: SourceState) -> str:
    """Return a source's health in words: `ok`, `refused`, `paused by Bob`."""
    if state.paused_by:
        return _("paused by {person}").format(person=state.paused_by)
    return word(state.health)


def what_to_do(state: SourceState) -> tuple[str, str]:
    """Return what went wrong with a source last, and what the person can do; both empty where nothing did."""
    error, advice = _parted(state.last_error)
    if not error or advice:
        return error, advice
    if state.health is Health.REFUSED:
        return error, _("Check its address and its token; the engine tries again by itself.")
    return error, _("It is tried again by itself.") if state.health is Health.RETRYING else ""


def _parted(told: str) -> tuple[str, str]:
    """Return an error as the engine keeps it in its two parts: what happened, and what to do about it."""
    found = _SENTENCE.fullmatch(told)
    return (found[1], found[2]) if found else (told, "")


def lag(state: SourceState, now: Instant) -> Millis | None:
    """Return how old the newest mention of a source is; None where it never brought one."""
    return None if state.newest_at is None else max(0, now - state.newest_at)


def unusually_quiet(state: SourceState, now: Instant) -> bool:
    """Say whether a source that is read brought nothing for a day though it is no seldom one."""
    age = lag(state, now)
    return state.health is Health.OK and state.taken >= BUSY and age is not None and age > DAY


def wrong_accounts(accounts: Sequence[AccountState]) -> list[AccountState]:
    """Return the accounts that cannot be used until a person acts: locked ones and refused ones."""
    return [account for account in accounts if account.standing in _WRONG]


def standing(account: AccountState) -> str:
    """Return how an account stands in words: `verified`, `token is @other, not @acme – locked`."""
    if account.standing is Standing.LOCKED:
        return _("token is @{seen}, not @{handle} – locked").format(
            seen=account.seen.removeprefix("@"), handle=account.handle.removeprefix("@")
        )
    return word(account.standing)


def account_trouble(account: AccountState) -> tuple[str, str]:
    """Return why an account cannot be used, and what to do about it; both empty where it can."""
    if account.standing is Standing.LOCKED:
        advice = _(
            "Correct the handle in [accounts.{name}], or make a token of @{handle} and run "
            "`cmconsole accounts renew {name}`."
        )
        return standing(account), advice.format(name=account.name, handle=account.handle.removeprefix("@"))
    if account.standing in {Standing.REFUSED, Standing.UNREACHED}:
        error, advice = _parted(account.error)
        return error or standing(account), advice
    return "", ""


def share(account: AccountState) -> float | None:
    """Return how much of its month's money an account has used, 1.0 at the cap; None without a cap."""
    if account.cap is None:
        return None
    return account.spent / account.cap if account.cap else 1.0


def money(account: AccountState) -> str:
    """Return what an account used this month of its cap: `$12/50`; without a cap the sum, empty for none.

    Rounded down to dollars, so that the cap is said to be reached only when it is; small sums to cents.
    """
    if account.cap is None:
        return _("${spent}").format(spent=_dollars(account.spent, cents=True)) if account.spent else ""
    cents = account.cap < 10 * DOLLAR or account.cap % DOLLAR != 0
    return _("${spent}/{cap}").format(
        spent=_dollars(account.spent, cents=cents), cap=_dollars(account.cap, cents=cents)
    )


def _dollars(micro: int, *, cents: bool) -> str:
    if not cents:
        return str(micro // DOLLAR)
    whole, rest = divmod(micro // (DOLLAR // 100), 100)
    return f"{whole}{',' if language() == 'fr' else '.'}{rest:02}"
