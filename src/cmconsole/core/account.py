"""An account: whom the desk may speak as, and whether the platform says that we are them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cmconsole.core.clock import Instant


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a platform takes us for. handle: without a leading "@", in full (`acme@piaille.fr`)."""

    handle: str
    native_id: str
    name: str = ""


class Member(Protocol):
    """Can ask its platform who the account's token is."""

    async def identity(self) -> Identity:
        """Return whom the platform takes us for. Raises SourceError, SourceRefusedError for a bad token."""
        ...


class Standing(StrEnum):
    """What is known of an account.

    LOCKED: the platform takes us for somebody else than the settings say: nothing may leave.
    REFUSED: the platform takes the token for none. UNREACHED: it could not be asked.
    """

    UNCHECKED = "unchecked"
    VERIFIED = "verified"
    LOCKED = "locked"
    REFUSED = "refused"
    UNREACHED = "unreached"


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account as the engine last found it.

    handle: as the settings have it. seen: the handle the platform told, or empty. error: why it is not
    verified, in words. spent, cap: micro-dollars used this month and allowed (None: no cap).
    """

    name: str
    platform: str
    handle: str
    mode: str
    standing: Standing = Standing.UNCHECKED
    seen: str = ""
    native_id: str = ""
    checked_at: Instant | None = None
    error: str = ""
    spent: int = 0
    cap: int | None = None
