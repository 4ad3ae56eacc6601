"""Clusters: how many conversations say nearly the same as one in its lane, and which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.core.conversation import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cmconsole.core.conversation import Conversation
    from cmconsole.desk.context import Desk

ASKED = 50
"""Most conversations asked about in one query: a screenful."""


async def sizes(desk: Desk, conversations: Iterable[Conversation]) -> dict[int, int]:
    """Return how many open ones the lane holds that say nearly the same, by conversation id, itself counted.

    Only open conversations in a cluster are told of; any other stands alone. Up to the store's SIZE_CAP.
    """
    asked = [it for it in conversations if it.cluster is not None and it.status is Status.OPEN]
    found: dict[int, int] = {}
    for start in range(0, len(asked), ASKED):
        found |= await desk.store.cluster_sizes(asked[start : start + ASKED])
    return found


async def members(desk: Desk, conversation: Conversation) -> list[Conversation]:
    """Return the open conversations of its cluster in its lane: the leading one, then the others by time.

    One that stands alone is the only member of its own.
    """
    if conversation.cluster is None:
        return [conversation]
    return await desk.store.cluster_members(conversation.cluster, conversation.lane)
