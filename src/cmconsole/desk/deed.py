"""A deed: what a command came to, conversation by conversation, and the one way every command acts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from cmconsole.core.errors import CmconsoleError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmconsole.core.conversation import Conversation
    from cmconsole.core.moves import Change
    from cmconsole.desk.context import Desk
    from cmconsole.store.contract import Move


class Verb(StrEnum):
    """What a person can do to conversations."""

    CLAIM = "claim"
    RELEASE = "release"
    DONE = "done"
    SILENCE = "silence"
    SNOOZE = "snooze"
    WAIT = "wait"
    REOPEN = "reopen"
    TAG = "tag"
    UNTAG = "untag"
    NOTE = "note"
    VIP = "vip"
    CORRECT = "correct"
    TAKE_BACK = "take_back"


@dataclass(frozen=True, slots=True)
class Deed:
    """The outcome of one command on one or many conversations.

    changed: those it changed, as they are now; before: the same ones, as they were (same order).
    unchanged: those that already were as asked. refused: (conversation id, why) of the others.
    """

    verb: Verb
    changed: tuple[Conversation, ...] = ()
    before: tuple[Conversation, ...] = ()
    unchanged: tuple[Conversation, ...] = ()
    refused: tuple[tuple[int, CmconsoleError], ...] = ()


async def act(desk: Desk, verb: Verb, ids: Sequence[int], move: Move) -> Deed:
    """Apply a move to each conversation and tell what came of it.

    Each one is changed or refused by itself; what the store refuses for one is in `refused`. Raises
    ReadOnlyError before anything is done when the shift was handed over.
    """
    await desk.check_may_act()
    wanted = list(dict.fromkeys(ids))
    before: dict[int, Conversation] = {}

    def seen(conversation: Conversation) -> Change:
        before[conversation.id] = conversation
        return move(conversation)

    return _told(verb, wanted, before, await _outcomes(desk, wanted, seen))


async def _outcomes(desk: Desk, ids: list[int], move: Move) -> list[Change | Exception]:
    if len(ids) != 1:
        return await desk.store.change_many(ids, move, person=desk.person, now=desk.now()) if ids else []
    try:
        return [await desk.store.change(ids[0], move, person=desk.person, now=desk.now())]
    except CmconsoleError as error:
        return [error]


def _told(
    verb: Verb, ids: list[int], before: dict[int, Conversation], outcomes: list[Change | Exception]
) -> Deed:
    changed, unchanged, refused = [], [], []
    for conversation_id, outcome in zip(ids, outcomes, strict=True):
        if isinstance(outcome, CmconsoleError):
            refused.append((conversation_id, outcome))
        elif isinstance(outcome, Exception):
            raise outcome
        elif outcome.facts or outcome.conversation.version != before[conversation_id].version:
            changed.append(outcome.conversation)
        else:
            unchanged.append(outcome.conversation)
    return Deed(
        verb=verb,
        changed=tuple(changed),
        before=tuple(before[conversation.id] for conversation in changed),
        unchanged=tuple(unchanged),
        refused=tuple(refused),
    )
