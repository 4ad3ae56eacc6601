"""Export: everything the store holds, conversation by conversation, for another program or for the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cmconsole.store.contract import DeskStore


async def export(store: DeskStore) -> AsyncIterator[dict[str, object]]:
    """Yield every conversation with its author, mentions and history as a JSON-ready object, by id."""
    async for conversation in store.export():
        yield conversation
