"""Asks an instance who the account's token is."""

from __future__ import annotations

from collections.abc import Callable

from cmconsole.core.account import Identity
from cmconsole.core.clock import Instant
from cmconsole.platforms.mastodon.client import TIMEOUT, MastodonClient, opened


class MastodonMember:
    """One account on one instance. address: such as `https://piaille.fr`. timeout: seconds a step may take.

    Raises SourceRefusedError where the token cannot be one.
    """

    def __init__(
        self, address: str, token: str, now: Callable[[], Instant], *, timeout: float = TIMEOUT
    ) -> None:
        self._http = opened(token, timeout)
        self._client = MastodonClient(self._http, address.rstrip("/"), now)

    async def identity(self) -> Identity:
        """Return whom the instance takes us for. Raises SourceError, SourceRefusedError for a bad token."""
        return await self._client.identity()

    async def most_characters(self) -> int:
        """Return how many characters a post may have there; raises SourceError."""
        return await self._client.most_characters()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()
