"""Correct: say what conversations are against triage's word; it stands, and triage learns from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cmconsole.core import placing
from cmconsole.core.conversation import Decided
from cmconsole.core.verdict import Kind, Lane, Severity
from cmconsole.desk import judging
from cmconsole.desk.deed import Deed, Verb, act

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmconsole.core.conversation import Conversation
    from cmconsole.core.moves import Change
    from cmconsole.desk.context import Desk

_OF_COMPLAINTS = frozenset({Severity.MINOR, Severity.MAJOR})


async def correct(
    desk: Desk,
    ids: Sequence[int],
    *,
    kind: Kind | None = None,
    lane: Lane | None = None,
    severity: Severity | None = None,
) -> Deed:
    """Decide the conversations' kind, lane or severity; None leaves it to triage, or as decided before.

    All else follows: they are judged anew under every decision made on them. What is as it was said already
    is kept as decided, and nothing is learned from it. Taking it back lets triage learn the contrary.
    """
    known = await judging.standing(desk, ids)
    now = desk.now()

    def move(conversation: Conversation) -> Change:
        decided = _decided(conversation, kind, lane, severity)
        verdict = judging.verdict(
            desk, conversation, known.get(conversation.id, ()), vip=conversation.vip, decided=decided
        )
        return placing.correct(conversation, verdict, decided, desk.policy, person=desk.person, now=now)

    return await act(desk, Verb.CORRECT, ids, move)


def _decided(
    conversation: Conversation, kind: Kind | None, lane: Lane | None, severity: Severity | None
) -> Decided:
    """Return all that was decided of a conversation, this decision included.

    What is serious is a complaint, or no rule would hurry with it. What is said to be none is not serious any
    more; but where law or safety may be at stake only a severity that is said changes it.
    """
    former = conversation.decided
    if kind is None and severity and conversation.kind is not Kind.COMPLAINT:
        kind = Kind.COMPLAINT
    if kind not in {None, Kind.COMPLAINT} and former.severity in _OF_COMPLAINTS:
        former = replace(former, severity=None)
    return Decided(
        kind=kind or former.kind,
        lane=lane or former.lane,
        severity=former.severity if severity is None else severity,
    )
