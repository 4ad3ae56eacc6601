"""Reopen: bring pending, snoozed and resolved conversations back to their lanes, with the clock they had."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.core import moves
from cmconsole.core.conversation import Outcome, Status
from cmconsole.core.event import RESOLVING, EventKind
from cmconsole.desk.deed import Deed, Verb, act

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.event import Datum
    from cmconsole.core.moves import Change
    from cmconsole.desk.context import Desk

_RESOLVED_BY = {Outcome.DONE: EventKind.CONVERSATION_DONE, Outcome.SILENCE: EventKind.SILENCE_KEPT}
"""The deed that kept the clock, by the outcome it led to; thanks that make a win stop none."""


async def reopen(desk: Desk, ids: Sequence[int]) -> Deed:
    """Open the conversations again. A resolved one gets back the clock it had when it was resolved."""
    now = desk.now()
    clocks = await _clocks(desk, ids)

    def move(conversation: Conversation) -> Change:
        since, due = clocks.get(conversation.id, (None, None))
        return moves.reopen(
            conversation, person=desk.person, now=now, policy=desk.policy, waiting_since=since, answer_by=due
        )

    return await act(desk, Verb.REOPEN, ids, move)


async def _clocks(desk: Desk, ids: Sequence[int]) -> dict[int, tuple[Instant | None, Instant | None]]:
    """Return, for each resolved conversation, (waiting_since, answer_by) as its resolving event kept them."""
    clocks = {}
    for conversation in await desk.store.conversations(ids):
        if conversation.status is Status.RESOLVED:
            history = await desk.store.history(conversation.id)
            last = next((event for event in reversed(history) if event.kind in RESOLVING), None)
            if last is not None and last.kind is _RESOLVED_BY.get(conversation.outcome or Outcome.DONE):
                clocks[conversation.id] = (
                    _instant(last.data.get("waiting_since")),
                    _instant(last.data.get("answer_by")),
                )
    return clocks


def _instant(datum: Datum) -> Instant | None:
    return datum if isinstance(datum, int) else None
