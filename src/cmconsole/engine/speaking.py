"""Who speaks for an account: made when first needed, and heard only once the platform says that it is us."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from cmconsole.config.language import _
from cmconsole.core.account import AccountState, Speaker, Standing
from cmconsole.core.clock import Clock
from cmconsole.core.errors import NotPublishedError, PublishRefusedError, SettingsError, SourceRefusedError
from cmconsole.core.publishing import Publisher
from cmconsole.engine.accounts import judged
from cmconsole.engine.redaction import in_two
from cmconsole.store.contract import Lease, OutsideStore

_log = logging.getLogger(__name__)

PATIENCE: Final = 60.0
"""Seconds a platform has to say who we are."""


@dataclass(frozen=True, slots=True)
class Voice:
    """An account that may be spoken as.

    publisher: makes who speaks; raises SettingsError for a missing secret. None: nobody does, for a rehearsal
    and for an account that the settings no longer have.
    """

    speaker: Speaker
    publisher: Callable[[], Publisher] | None


@dataclass(slots=True)
class Spokesman:
    """Keeps the publisher of one account.

    The standing in the store may be a day old, and was found with the secrets of then: a publisher is made
    with those of now, so it has to say itself who it is before its first word.
    """

    voice: Voice
    store: OutsideStore
    clock: Clock
    lease: Callable[[], Lease]
    patience: float = PATIENCE
    _publisher: Publisher | None = None

    async def ready(self) -> Publisher:
        """Return who speaks for the account, which is ours.

        Raises PublishRefusedError where a person must act first, NotPublishedError where trying again later
        may help: nothing was sent in either case.
        """
        us, make = self.voice.speaker, self.voice.publisher
        if make is None:
            raise PublishRefusedError(
                _("The settings have no account {account} (any more).").format(account=us.name),
                advice=_("Nothing was sent. Put it back, or write as another account."),
            )
        state = await self._verified()
        if self._publisher is None:
            publisher = await _made(make)
            try:
                await self._check(publisher, state)
            except BaseException:
                await publisher.aclose()
                raise
            self._publisher = publisher
        return self._publisher

    async def dismiss(self) -> None:
        """Let go of the publisher: the next one is made with the secrets as they are then."""
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            try:
                await publisher.aclose()
            except Exception:  # noqa: BLE001 - what it said before counts, however it takes its leave
                _log.exception("publisher not closed account=%s", self.voice.speaker.name)

    async def _verified(self) -> AccountState:
        """Return the account's state; raises unless the engine found the account to be ours."""
        us = self.voice.speaker
        states = await self.store.account_states()
        ours = (us.name, us.platform, us.handle)
        state = next((it for it in states if (it.name, it.platform, it.handle) == ours), None)
        if state is not None and state.standing is Standing.VERIFIED:
            return state
        if state is not None and state.standing is Standing.LOCKED:
            raise _somebody_else(state)
        if state is not None and state.standing is Standing.REFUSED:
            raise PublishRefusedError(
                state.error or _("The platform does not take our token."),
                advice=_("Nothing was sent. Put the token right, then send it again."),
            )
        raise NotPublishedError(
            _("It is not known yet whether the account {account} is ours.").format(account=us.name),
            advice=state.error if state is not None else "",
        )

    async def _check(self, publisher: Publisher, state: AccountState) -> None:
        """Raise unless the platform takes this very publisher for the account of the settings."""
        try:
            async with asyncio.timeout(self.patience):
                identity = await publisher.identity()
        except SourceRefusedError as error:
            raise _refusal(error) from error
        except TimeoutError as error:
            raise NotPublishedError(_("The platform did not answer in time.")) from error
        except Exception as error:
            pause = getattr(error, "retry_after", None)
            message, advice = in_two(error)
            raise NotPublishedError(message, advice=advice, retry_after=pause) from error
        now = self.clock.now()
        found = replace(judged(state, identity), checked_at=now)
        if found.standing is Standing.LOCKED:
            _log.error("account is somebody else's name=%s", state.name)
            await self.store.set_account(found, now, self.lease())
            raise _somebody_else(found)


async def _made(make: Callable[[], Publisher]) -> Publisher:
    try:
        # Elsewhere, for a keyring that waits for its owner would hold up the engine for seconds.
        return await asyncio.to_thread(make)
    except (SettingsError, SourceRefusedError) as error:
        raise _refusal(error) from error


def _refusal(error: SettingsError | SourceRefusedError) -> PublishRefusedError:
    message, advice = in_two(error)
    return PublishRefusedError(message, advice=advice)


def _somebody_else(state: AccountState) -> PublishRefusedError:
    return PublishRefusedError(
        _("The token of {account} is @{handle}'s: nothing was sent.").format(
            account=state.name, handle=state.seen
        ),
        advice=_("Put the right token or the right handle; `cmconsole accounts check` tells more."),
    )
