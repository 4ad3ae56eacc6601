"""Asks each platform who our tokens are: an account that is somebody else's is locked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from cmconsole.config.handles import same
from cmconsole.core.account import AccountState, Identity, Member, Mode, Standing
from cmconsole.core.clock import DAY, MINUTE, SECOND, Clock, Millis
from cmconsole.core.errors import CmconsoleError, SettingsError, SourceRefusedError
from cmconsole.core.text import one_line
from cmconsole.engine.options import Sleep
from cmconsole.engine.redaction import in_words
from cmconsole.store.contract import Lease, OutsideStore

_log = logging.getLogger(__name__)

AGAIN: Final[Millis] = DAY
"""How long a verified account is trusted: X takes money for each question."""

SOON: Final[Millis] = 5 * MINUTE
"""How soon one that is not verified is asked for again."""

LOOK: Final[Millis] = MINUTE

PATIENCE: Final = 10.0
"""Seconds that the start of the engine waits for the platforms' words; what comes later counts later."""


class Closing(Member, Protocol):
    """A member that can be let go of."""

    async def aclose(self) -> None:
        """Close what it holds open."""
        ...


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """An account of the settings. member: makes who can ask; raises SettingsError where a secret is missing.

    cap: micro-dollars a month, or None.
    """

    name: str
    platform: str
    handle: str
    mode: str
    cap: int | None
    member: Callable[[], Closing]


@dataclass(slots=True)
class Accounts:
    """Keeps the standing of every account in the store."""

    store: OutsideStore
    plans: Sequence[AccountPlan]
    clock: Clock
    lease: Callable[[], Lease | None]
    sleep: Sleep = asyncio.sleep

    async def begin(self) -> None:
        """Check what is due before the sources are read, as far as the platforms answer in time."""
        await self.store.forget_accounts([plan.name for plan in self.plans], self.lease())
        try:
            async with asyncio.timeout(PATIENCE):
                await self.look()
        except TimeoutError:
            _log.warning("accounts not all checked at the start")

    async def follow(self) -> None:
        """Check what is due, again and again; runs for ever."""
        while True:
            await self.sleep(LOOK / SECOND)
            await self.look()

    async def look(self) -> None:
        """Check every account that is due, all at once."""
        known = {state.name: state for state in await self.store.account_states()}
        due = [plan for plan in self.plans if self._is_due(plan, known.get(plan.name))]
        await asyncio.gather(*(self._check(plan) for plan in due))

    def _is_due(self, plan: AccountPlan, state: AccountState | None) -> bool:
        if state is None or state.checked_at is None or _settings(state) != _settings(_as_set(plan)):
            return True
        trusted = AGAIN if state.standing is Standing.VERIFIED else SOON
        return not 0 <= self.clock.now() - state.checked_at < trusted

    async def _check(self, plan: AccountPlan) -> None:
        state = await checked(plan)
        now = self.clock.now()
        _log.info("account name=%s standing=%s %s", plan.name, state.standing.value, state.error)
        await self.store.set_account(replace(state, checked_at=now), now, self.lease())


def _as_set(plan: AccountPlan) -> AccountState:
    return AccountState(plan.name, plan.platform, plan.handle, plan.mode, cap=plan.cap)


def _settings(state: AccountState) -> tuple[str, str, str, int | None]:
    return state.platform, state.handle, state.mode, state.cap


async def checked(plan: AccountPlan) -> AccountState:
    """Return how an account stands, from its platform's own word; whatever fails is told in it."""
    state = _as_set(plan)
    try:
        identity = await _asked(plan)
    except SettingsError as error:
        # A rehearsal does without a token: nobody refused one.
        standing = Standing.UNCHECKED if plan.mode == Mode.REHEARSAL else Standing.REFUSED
        return replace(state, standing=standing, error=in_words(error))
    except SourceRefusedError as error:
        return replace(state, standing=Standing.REFUSED, error=in_words(error))
    except CmconsoleError as error:
        return replace(state, standing=Standing.UNREACHED, error=in_words(error))
    except Exception as error:  # noqa: BLE001 - a fault of a library must not end the others' check
        return replace(state, standing=Standing.UNREACHED, error=in_words(error))
    return judged(state, identity)


async def _asked(plan: AccountPlan) -> Identity:
    # Elsewhere, for a keyring that waits for its owner would hold up the engine for seconds.
    member = await asyncio.to_thread(plan.member)
    try:
        return await member.identity()
    finally:
        await member.aclose()


def judged(state: AccountState, identity: Identity) -> AccountState:
    """Return how an account stands whose platform takes us for this one."""
    seen = one_line(identity.handle).removeprefix("@")
    standing = Standing.VERIFIED if same(state.handle, seen) else Standing.LOCKED
    return replace(
        state,
        standing=standing,
        seen=seen,
        native_id=one_line(identity.native_id),
        most=identity.most,
    )
