"""Approval: when a second person must say yes, and what that person can do."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from cmconsole.config.language import _, ngettext
from cmconsole.core import replying
from cmconsole.core.reply import ReplyStatus
from cmconsole.core.text import fold, one_line
from cmconsole.desk.policy import ANY
from cmconsole.desk.words import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmconsole.core.clock import Millis
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.reply import Reply
    from cmconsole.desk.context import Desk
    from cmconsole.desk.policy import ApprovalPolicy

REASON_LIMIT: Final = 300
"""Most characters of a refusal's reason."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reply that awaits a second person's yes. age: milliseconds since it was asked for.

    mine: this person changed its text last, so that they cannot approve it.
    """

    reply: Reply
    conversation: Conversation
    age: Millis
    mine: bool


def owed(
    policy: ApprovalPolicy, conversation: Conversation, reply: Reply, raised: Sequence[str], alike: int
) -> tuple[str, ...]:
    """Return why a second person must say yes, in words; empty: nobody must.

    raised: names of the guards that were raised. alike: how many conversations say nearly the same.
    """
    reach = conversation.author.reach or 0
    guards = sorted(raised if ANY in policy.guards else policy.guards & set(raised))
    told = (
        (policy.always, _("every reply here is read by two")),
        (
            conversation.priority in policy.priorities,
            _("its priority is {priority}").format(priority=word(conversation.priority)),
        ),
        (
            policy.min_reach is not None and reach >= policy.min_reach,
            _("{n} people follow the author").format(n=reach),
        ),
        (
            policy.hostility is not None and conversation.hostility >= policy.hostility,
            _("the author's words are abusive"),
        ),
        (
            policy.min_alike is not None and alike >= policy.min_alike,
            ngettext("{n} conversation says the same", "{n} conversations say the same", alike).format(
                n=alike
            ),
        ),
        (
            fold(reply.writer) in {fold(name) for name in policy.trainees},
            _("{person} is learning").format(person=reply.writer),
        ),
        (reply.account in policy.accounts, _("it speaks as {account}").format(account=reply.account)),
        (bool(guards), _("guards were raised: {names}").format(names=", ".join(guards))),
    )
    return tuple(words for is_so, words in told if is_so)


async def lane(desk: Desk, limit: int = 200) -> tuple[Waiting, ...]:
    """Return what awaits approval, the longest waiting first."""
    found = await desk.store.replies_in({ReplyStatus.AWAITING}, limit)
    talks = {it.id: it for it in await desk.store.conversations([it.conversation_id for it in found])}
    now = desk.now()
    waiting = [
        Waiting(
            it,
            talks[it.conversation_id],
            max(0, now - (it.asked_at if it.asked_at is not None else it.updated_at)),
            (it.editor or it.writer) == desk.person,
        )
        for it in found
        if it.conversation_id in talks
    ]
    return tuple(sorted(waiting, key=lambda it: -it.age))


async def refuse(desk: Desk, reply_id: int, reason: str) -> Reply:
    """Give a waiting reply back to its writer. Raises InputError without a reason, ReadOnlyError."""
    await desk.check_may_act()
    now = desk.now()
    move = partial(replying.refuse, person=desk.person, now=now, reason=one_line(reason, REASON_LIMIT))
    return (await desk.store.change_reply(reply_id, move, person=desk.person, now=now)).reply
