"""Note: leave words for colleagues beside a conversation; they are never published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core import moves
from cmconsole.core.errors import InputError
from cmconsole.core.text import body
from cmconsole.desk.deed import Deed, Verb, act

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmconsole.core.conversation import Conversation
    from cmconsole.core.moves import Change
    from cmconsole.desk.context import Desk


async def note(desk: Desk, ids: Sequence[int], text: str) -> Deed:
    """Leave a note on the conversations; raises InputError where it is empty."""
    said = body(text)
    if not said:
        raise InputError(_("The note is empty."), advice=_("Write a few words, or press Escape."))

    def move(conversation: Conversation) -> Change:
        return moves.note(conversation, text=said)

    return await act(desk, Verb.NOTE, ids, move)
