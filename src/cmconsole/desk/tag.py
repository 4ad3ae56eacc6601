"""Tag: name what conversations are about, for colleagues and for finding them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core import moves
from cmconsole.core.errors import InputError
from cmconsole.core.text import one_line
from cmconsole.desk.deed import Deed, Verb, act

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmconsole.core.conversation import Conversation
    from cmconsole.core.moves import Change
    from cmconsole.desk.context import Desk

TAG_LIMIT = 40
"""Most characters of a tag."""


async def tag(desk: Desk, ids: Sequence[int], name: str) -> Deed:
    """Add a tag to the conversations; raises InputError where the name is empty."""
    clean = one_line(name, TAG_LIMIT)
    if not clean:
        raise InputError(_("A tag needs a name."), advice=_("Type a word such as “delivery”."))

    def move(conversation: Conversation) -> Change:
        return moves.tag(conversation, name=clean)

    return await act(desk, Verb.TAG, ids, move)


async def untag(desk: Desk, ids: Sequence[int], name: str) -> Deed:
    """Remove a tag from the conversations."""
    clean = one_line(name, TAG_LIMIT)

    def move(conversation: Conversation) -> Change:
        return moves.untag(conversation, name=clean)

    return await act(desk, Verb.UNTAG, ids, move)
