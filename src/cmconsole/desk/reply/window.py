"""The undo window: how long a reply can be taken back before it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cmconsole.core.verdict import Hostility

if TYPE_CHECKING:
    from cmconsole.core.clock import Millis
    from cmconsole.core.conversation import Conversation
    from cmconsole.desk.policy import ReplyPolicy

_BY_REACH: Final = ((1_000_000, 2.0), (100_000, 1.0), (10_000, 0.5))
"""Reach from which the window is longer, and by how many times its length."""

_BY_HOSTILITY: Final = {Hostility.HATEFUL: 1.0, Hostility.INSULTING: 0.5}


def undo_window(policy: ReplyPolicy, conversation: Conversation) -> Millis:
    """Return the window for a reply: longer where many read along, or abuse tempts to answer in kind."""
    reach = conversation.author.reach or 0
    times = 1 + next((more for least, more in _BY_REACH if reach >= least), 0.0)
    times += _BY_HOSTILITY.get(conversation.hostility, 0.0)
    return max(policy.undo, min(round(policy.undo * times), policy.undo_most))
