"""The part of a store's contract about the world outside: accounts, their money, sources, tips, posts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from cmconsole.core.account import AccountState
from cmconsole.core.budget import Used
from cmconsole.core.clock import Instant
from cmconsole.core.tip import StoredTip, Tip, TipState
from cmconsole.store.values import Lease, Seen, StoredMention


class OutsideStore(Protocol):
    """What engine and consoles keep of the platforms."""

    async def account_states(self) -> list[AccountState]:
        """Return the accounts as the engine last found them, by name, with what they used this month.

        The month is that of their newest use: it is the engine that counts.
        """
        ...

    async def set_account(self, state: AccountState, now: Instant, lease: Lease | None) -> None:
        """Keep how an account was found; an event `account.checked` tells where its standing changed."""
        ...

    async def forget_accounts(self, but: Sequence[str], lease: Lease | None) -> None:
        """Forget the accounts that are no longer in the settings; what they used stays."""
        ...

    async def spend(self, account: str, month: str, item: str, count: int, cost: int) -> None:
        """Add what an account used of a thing in a month (`2026-11`), in micro-dollars."""
        ...

    async def used(self, month: str) -> list[Used]:
        """Return what was used in a month, by account and item."""
        ...

    async def pause_source(self, name: str, person: str, now: Instant) -> None:
        """Ask the engine to read a source no more; raises NotFoundError."""
        ...

    async def resume_source(self, name: str, person: str, now: Instant) -> None:
        """Ask the engine to read a source again, from where it stopped; raises NotFoundError."""
        ...

    async def add_tip(self, tip: Tip, now: Instant) -> StoredTip:
        """Keep a tip, and return what is known of it.

        The same address from the same person again is counted (`again`), never kept twice.
        """
        ...

    async def waiting_tips(self, limit: int = 50) -> list[StoredTip]:
        """Return the oldest tips that nobody has looked at."""
        ...

    async def settle_tip(
        self, tip_id: int, state: TipState, conversation_id: int, now: Instant, lease: Lease | None
    ) -> None:
        """Link a tip to its conversation, which counts it; an event `tip.linked` says who forwarded it.

        Raises LeaseLostError; does nothing for a tip or a conversation that is gone.
        """
        ...

    async def tips(self, conversation_id: int) -> list[StoredTip]:
        """Return the tips linked to a conversation, oldest first."""
        ...

    async def find_mention(self, platform: str, native_id: str) -> StoredMention | None:
        """Return a mention by its identity."""
        ...

    async def mention_at(self, url: str) -> StoredMention | None:
        """Return the newest mention with exactly this address; not of platforms that are asked by id."""
        ...

    async def seen_mentions(self, after: int, rows: int, since: Instant) -> tuple[list[Seen], int]:
        """Return the next `rows` mentions by id that are not gone, and the last id looked at, 0 at the end.

        after: the last id looked at before; 0: begin with the first mention received at or after `since`.
        """
        ...

    async def rechecked(self, mention_ids: Sequence[int], now: Instant) -> None:
        """Take note that a platform was asked for these."""
        ...
