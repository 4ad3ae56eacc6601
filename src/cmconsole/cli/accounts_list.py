"""The accounts of the settings with what is known of them, and how one is removed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from cmconsole import wiring
from cmconsole.cli import accounts_settings, accounts_words
from cmconsole.config import handles, secrets
from cmconsole.config.language import _
from cmconsole.config.secrets import Place
from cmconsole.config.toml_text import header
from cmconsole.core.account import AccountState, Standing
from cmconsole.core.budget import DOLLAR
from cmconsole.core.errors import SettingsError
from cmconsole.desk.when import iso

if TYPE_CHECKING:
    from cmconsole.cli.scope import Scope
    from cmconsole.config.schema import Settings
    from cmconsole.config.sources import Account

WRONG: Final = frozenset({Standing.LOCKED, Standing.REFUSED})


@dataclass(frozen=True, slots=True)
class Listed:
    """An account as settings and engine know it. trouble: why its secrets could not be looked for."""

    state: AccountState
    places: Mapping[str, Place]
    trouble: str = ""


async def listed(scope: Scope) -> list[Listed]:
    """Return the accounts of the settings, in their order."""
    settings = scope.settings()
    states = await states_of(settings)
    return [_listed(states[name], scope) for name in settings.accounts]


async def states_of(settings: Settings) -> dict[str, AccountState]:
    """Return each account of the settings as the store knows it. Raises StoreError."""
    if not wiring.store_path(settings).exists():
        return as_known(settings, ())
    async with wiring.open_store(settings, "console", make=False) as store:
        return as_known(settings, await store.account_states())


def as_known(settings: Settings, kept: Sequence[AccountState]) -> dict[str, AccountState]:
    """Return each account of the settings as the engine last found it; unchecked where it has not yet.

    What the engine found of another handle tells nothing of this one.
    """
    known = {state.name: state for state in kept}
    return {name: _now(name, account, known.get(name)) for name, account in settings.accounts.items()}


def record(it: Listed) -> dict[str, Any]:
    """Return an account as programs read it; money in dollars."""
    state = it.state
    return {
        "name": state.name,
        "platform": state.platform,
        "handle": state.handle,
        "mode": state.mode,
        "standing": state.standing.value,
        "seen": state.seen or None,
        "checked_at": None if state.checked_at is None else iso(state.checked_at),
        "error": state.error or None,
        "secrets": {key: place.value for key, place in it.places.items()},
        "secrets_error": it.trouble or None,
        "spent": state.spent / DOLLAR,
        "cap": None if state.cap is None else state.cap / DOLLAR,
    }


def lines(it: Listed) -> Iterator[str]:
    """Yield an account in words, its name first."""
    state = it.state
    mode = _("live") if state.mode == "live" else _("rehearsal")
    yield _("{name}: @{handle} on {platform}, {mode}: {standing}").format(
        name=state.name,
        handle=handles.bare(state.handle),
        platform=accounts_words.platform(state.platform),
        mode=mode,
        standing=accounts_words.standing(state.standing),
    )
    if state.error:
        yield state.error
    yield it.trouble or _("Secrets: {secrets}.").format(
        secrets=accounts_words.secrets(state.platform, it.places) or _("none needed")
    )
    if state.cap is not None:
        yield _("Spent this month: {spent} of {cap}").format(
            spent=accounts_words.money(state.spent), cap=accounts_words.money(state.cap)
        )
    elif state.spent:
        yield _("Spent this month: {spent}").format(spent=accounts_words.money(state.spent))


def remove(scope: Scope, name: str) -> Iterator[str]:
    """Remove an account, its secrets and its sources; yield what was done, and what is left to do."""
    settings, file = scope.settings(), secrets.beside(scope.config)
    platform = settings.accounts[name].platform
    secrets.forget(name, file=file)
    accounts_settings.forget_session(name, platform)
    left = {
        key: place
        for key, place in secrets.where(name, platform, file=file).items()
        if place is not Place.NOWHERE
    }
    yield _("The secrets of {name} are forgotten.").format(name=name)
    for key, place in left.items():
        yield _("{key} is still {place}: remove it there.").format(
            key=secrets.variable(name, key) if place is Place.ENVIRONMENT else secrets.credential(name, key),
            place=accounts_words.place(place),
        )
    tables = accounts_settings.tables_of(settings, name)
    by_hand = accounts_settings.remove(scope.config, tables)
    if not by_hand:
        yield _("Removed from the settings: {tables}.").format(
            tables=", ".join(header(names) for names in tables)
        )
        return
    yield _("The settings hold more than plain lines there: delete this yourself.")
    yield from by_hand


def _listed(state: AccountState, scope: Scope) -> Listed:
    try:
        places = secrets.where(state.name, state.platform, file=secrets.beside(scope.config))
    except SettingsError as error:
        return Listed(state, {}, str(error))
    return Listed(state, places)


def _now(name: str, account: Account, kept: AccountState | None) -> AccountState:
    cap = None if account.monthly_cap is None else round(account.monthly_cap * DOLLAR)
    fresh = AccountState(name, account.platform, account.handle, account.mode, cap=cap)
    if kept is None:
        return fresh
    if (kept.platform, kept.handle) != (account.platform, account.handle):
        return replace(fresh, spent=kept.spent)
    return replace(kept, mode=account.mode, cap=cap)
