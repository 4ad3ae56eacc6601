"""Snooze: put conversations away until a later moment; their answer-by runs on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core import moves
from cmconsole.core.clock import HOUR, MINUTE
from cmconsole.core.errors import InputError
from cmconsole.desk import when
from cmconsole.desk.deed import Deed, Verb, act

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.moves import Change
    from cmconsole.desk.context import Desk


@dataclass(frozen=True, slots=True)
class Choice:
    """A moment offered by name. `id` is stable, `label` in the reader's language."""

    id: str
    label: str
    until: Instant


def choices(now: Instant, shift_end: Instant | None, zone: tzinfo) -> tuple[Choice, ...]:
    """Return the usual moments: 15 minutes, 1 hour, end of shift while it lies ahead, tomorrow 9:00."""
    offered = [
        Choice("15m", _("15 minutes"), now + 15 * MINUTE),
        Choice("1h", _("1 hour"), now + HOUR),
        Choice("tomorrow", _("tomorrow 9:00"), when.tomorrow(now, zone)),
    ]
    if shift_end is not None and shift_end > now:
        offered.insert(2, Choice("shift-end", _("end of shift"), shift_end))
    return tuple(offered)


async def snooze(desk: Desk, ids: Sequence[int], until: Instant) -> Deed:
    """Put the conversations away until then; raises InputError where that is past."""
    now = desk.now()
    if until <= now:
        raise InputError(_("This time is in the past."), advice=_("Choose a later time."))

    def move(conversation: Conversation) -> Change:
        return moves.snooze(conversation, person=desk.person, now=now, until=until)

    return await act(desk, Verb.SNOOZE, ids, move)


async def snooze_said(desk: Desk, ids: Sequence[int], text: str) -> Deed:
    """Put the conversations away until the moment a person wrote (see `when.parse`); raises InputError."""
    return await snooze(desk, ids, when.parse(text, desk.now(), desk.zone))
