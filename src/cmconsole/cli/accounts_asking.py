"""Asks the platforms who the accounts' tokens are, all at once, each within a limit of time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from cmconsole.config import handles
from cmconsole.config.language import _
from cmconsole.core.account import Identity, Standing
from cmconsole.core.errors import CmconsoleError, SettingsError, SourceError, SourceRefusedError
from cmconsole.engine.redaction import in_words, redacted

if TYPE_CHECKING:
    from pathlib import Path

    from cmconsole.config.schema import Settings
    from cmconsole.config.sources import Account
    from cmconsole.core.clock import Clock

PATIENCE: Final = 10.0
"""Seconds a platform may take to answer."""


class OpenMember(Protocol):
    """Can ask its platform who the account's token is, and has connections to close."""

    async def identity(self) -> Identity:
        """Return whom the platform takes us for. Raises SourceError."""
        ...

    async def aclose(self) -> None:
        """Close its connections."""
        ...


MemberOf = Callable[["Settings", str, "Clock"], OpenMember]
"""Returns the member of an account by its name, with its secrets. Raises SettingsError."""


def member_of(config: Path | None) -> MemberOf:
    """Return how members are built for a settings file; a platform's library is loaded when one of it is."""
    from cmconsole.wiring.outside import Outside  # noqa: PLC0415 - help does without

    return lambda settings, name, clock: Outside(settings, None, clock, config).member(name)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a platform said of an account.

    seen: the handle it told. error, advice: why it is not verified, and what to do.
    """

    name: str
    platform: str
    handle: str
    mode: str
    standing: Standing
    seen: str = ""
    error: str = ""
    advice: str = ""


async def ask(
    settings: Settings, names: Sequence[str], clock: Clock, member_of: MemberOf, patience: float = PATIENCE
) -> list[Checked]:
    """Return what the platforms say of these accounts, in their order."""
    return await asyncio.gather(*(_ask(settings, name, clock, member_of, patience) for name in names))


async def _ask(settings: Settings, name: str, clock: Clock, member_of: MemberOf, patience: float) -> Checked:
    account = settings.accounts[name]
    try:
        async with asyncio.timeout(patience):
            # In a thread: a keyring may take seconds, and the others are not to wait for it.
            member = await asyncio.to_thread(member_of, settings, name, clock)
            try:
                identity = await member.identity()
            finally:
                await member.aclose()
    except TimeoutError:
        says = _("The platform did not answer within {seconds} seconds.").format(seconds=round(patience))
        return _failed(name, account, Standing.UNREACHED, says, _("Look at the network, and try again."))
    except SettingsError as error:
        return _failed(name, account, Standing.REFUSED, *told(error))
    except SourceRefusedError as error:
        return _failed(name, account, Standing.REFUSED, *told(error))
    except SourceError as error:
        says, advice = told(error)
        return _failed(
            name, account, Standing.UNREACHED, says, advice or _("Look at the network, and try again.")
        )
    except Exception as error:  # noqa: BLE001 - a fault of one adapter must not hide what the others say
        return _failed(name, account, Standing.UNREACHED, in_words(error), _("Please report this."))
    return _compared(name, account, identity)


def told(error: CmconsoleError) -> tuple[str, str]:
    """Return what an error says and advises, translated, without secrets."""
    message = _(error.template)
    says = message.format(**error.facts) if error.facts else message
    return redacted(says), redacted(_(error.advice) if error.advice else "")


def _compared(name: str, account: Account, identity: Identity) -> Checked:
    if handles.same(account.handle, identity.handle):
        return Checked(
            name, account.platform, account.handle, account.mode, Standing.VERIFIED, identity.handle
        )
    facts = {"seen": identity.handle, "handle": handles.bare(account.handle), "name": name}
    says = _("The platform takes us for @{seen}, the settings say @{handle}: nothing may leave.")
    advice = _(
        "Correct the handle in [accounts.{name}], or make a token of @{handle} and run "
        "`cmconsole accounts renew {name}`."
    )
    return replace(
        _failed(name, account, Standing.LOCKED, says.format(**facts), advice.format(**facts)),
        seen=identity.handle,
    )


def _failed(name: str, account: Account, standing: Standing, error: str, advice: str) -> Checked:
    return Checked(name, account.platform, account.handle, account.mode, standing, error=error, advice=advice)
