"""Resolve: close conversations as done, or by a recorded decision not to answer."""

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

REASON_LIMIT = 300
"""Most characters of a silence's reason."""


async def done(desk: Desk, ids: Sequence[int]) -> Deed:
    """Close the conversations as dealt with."""
    now = desk.now()

    def move(conversation: Conversation) -> Change:
        return moves.done(conversation, person=desk.person, now=now)

    return await act(desk, Verb.DONE, ids, move)


async def keep_silence(desk: Desk, ids: Sequence[int], reason: str) -> Deed:
    """Close the conversations without an answer; raises InputError where the reason is empty."""
    now, said = desk.now(), one_line(reason, REASON_LIMIT)
    if not said:
        raise InputError(
            _("A silence needs its reason."), advice=_("Choose one from the list or write it in a few words.")
        )

    def move(conversation: Conversation) -> Change:
        return moves.keep_silence(conversation, person=desk.person, now=now, reason=said)

    return await act(desk, Verb.SILENCE, ids, move)


def silence_reasons() -> tuple[str, ...]:
    """Return the reasons most silences have, in the reader's language; a person may write any other."""
    return (
        _("no answer is expected"),
        _("answered elsewhere"),
        _("insult or provocation"),
        _("spam or advertising"),
        _("not about us"),
        _("legal asked for silence"),
    )
