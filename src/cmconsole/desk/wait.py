"""Wait: set conversations pending, for the next word is not ours; the answer-by clock stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.core import moves
from cmconsole.desk.deed import Deed, Verb, act

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmconsole.core.conversation import Conversation
    from cmconsole.core.moves import Change
    from cmconsole.desk.context import Desk


async def wait(desk: Desk, ids: Sequence[int]) -> Deed:
    """Set the conversations pending until their author writes again or somebody reopens them."""
    now = desk.now()

    def move(conversation: Conversation) -> Change:
        return moves.wait(conversation, person=desk.person, now=now)

    return await act(desk, Verb.WAIT, ids, move)
