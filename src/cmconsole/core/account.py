"""An account: whom the desk may speak as, and whether the platform says that we are them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cmconsole.core.clock import Instant


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom a platform takes us for. handle: without a leading "@", in full (`acme@piaille.fr`).

    most: how many characters a post may have, where each server says so itself (Mastodon).
    """

    handle: str
    native_id: str
    name: str = ""
    most: int | None = None


class Member(Protocol):
    """Can ask its platform who the account's token is."""

    async def identity(self) -> Identity:
        """Return whom the platform takes us for. Raises SourceError, SourceRefusedError for a bad token."""
        ...


class Mode(StrEnum):
    """What an account is for: LIVE publishes for good, REHEARSAL records, shows and reaches nobody."""

    LIVE = "live"
    REHEARSAL = "rehearsal"


@dataclass(frozen=True, slots=True)
class Speaker:
    """An account of the settings as a person may speak with it. handle: as the settings have it."""

    name: str
    platform: str
    handle: str
    mode: Mode = Mode.REHEARSAL


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
    most: how many characters a post may have where each server says so itself (Mastodon); None elsewhere and
    where it is not known.
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
    most: int | None = None
