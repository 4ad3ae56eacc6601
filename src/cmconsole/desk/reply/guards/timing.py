"""Guards of the moment: others who answer, an author who goes on writing, haste, a shift that is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cmconsole.config.language import _
from cmconsole.core.clock import MINUTE
from cmconsole.core.guard import Level
from cmconsole.core.reply import ANSWERED, FLYING, Act, ReplyStatus
from cmconsole.core.shift import Stage
from cmconsole.desk.reply.guards.guard import Raised
from cmconsole.desk.reply.guards.quoting import quote, span
from cmconsole.desk.words import reach

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cmconsole.core.clock import Millis
    from cmconsole.core.reply import Reply
    from cmconsole.desk.policy import GuardPolicy
    from cmconsole.desk.reply.candidate import Candidate

RIVAL: Final[Millis] = 10 * MINUTE
"""How long after its last change a colleague's draft counts as being written."""

WORDS_A_MINUTE: Final = 300
"""Faster than nearly everybody reads: most adults read 175 to 300 words of non-fiction a minute in silence
(Brysbaert, “How many words do we read per minute?”, Journal of Memory and Language 109, 2019)."""


def _replies(candidate: Candidate) -> Iterator[Reply]:
    return (it for it in candidate.others if it.act is Act.REPLY and it.id != candidate.reply.id)


def _ago(candidate: Candidate, at: int) -> str:
    return span(max(0, candidate.now - at))


def answered(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where the post was answered, or the conversation after it."""
    post = candidate.answered
    since = post.received_at if post is not None else candidate.conversation.last_at
    done = [
        (it.sent_at if it.sent_at is not None else it.updated_at, it)
        for it in _replies(candidate)
        if it.status in ANSWERED
    ]
    done = [(at, it) for at, it in done if at >= since or it.in_reply_to == candidate.reply.in_reply_to]
    if done:
        at, last = max(done, key=lambda pair: pair[0])
        if last.writer == candidate.person:
            told = _("you answered already, {span} ago: {text}")
        else:
            told = _("{who} answered already, {span} ago: {text}")
        yield Raised(told.format(who=last.writer, span=_ago(candidate, at), text=quote(last.text)))


def colleague(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where a reply is on its way already, or somebody else holds the conversation."""
    ours = {candidate.person, candidate.reply.writer, candidate.reply.editor}
    for it in _replies(candidate):
        if it.status in FLYING:
            who = it.approver or it.editor or it.writer
            told = _("a reply of {who} is on its way: {text}")
            yield Raised(told.format(who=who, text=quote(it.text)))
            return
    holder = candidate.conversation.holder(candidate.now)
    if holder and holder not in ours:
        yield Raised(_("{who} holds this conversation").format(who=holder))


def rival_draft(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where a colleague is writing a reply too, or has asked for a yes to theirs."""
    ours = {candidate.person, candidate.reply.writer, candidate.reply.editor}
    for it in _replies(candidate):
        if it.writer in ours:
            continue
        if it.status is ReplyStatus.AWAITING:
            told = _("{who}'s reply awaits approval: {text}")
            yield Raised(told.format(who=it.writer, text=quote(it.text)))
            return
        if it.status is ReplyStatus.DRAFT and candidate.now - it.updated_at < RIVAL:
            told = _("{who} is writing a reply too; last change {span} ago")
            yield Raised(told.format(who=it.writer, span=_ago(candidate, it.updated_at)))
            return


def wrote_again(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where the author wrote something the writer of the reply has not seen."""
    seen = candidate.reply.seen
    newer = [
        it
        for it in candidate.mentions
        if it.gone is None and (it.id > seen if seen else it.received_at > candidate.reply.created_at)
    ]
    if newer:
        told = _("the author has written again, {span} ago: {text}")
        last = newer[-1]
        yield Raised(told.format(span=_ago(candidate, last.received_at), text=quote(last.mention.text)))


def haste(candidate: Candidate, policy: GuardPolicy) -> Iterator[Raised]:
    """Raise where a reply that many will see was ready sooner than the post can be read."""
    followers = candidate.conversation.author.reach
    if candidate.answered is None or followers is None or followers < policy.haste_reach:
        return
    words = len(candidate.answered.mention.text.split())
    needed = words * MINUTE // WORDS_A_MINUTE
    taken = max(0, candidate.now - candidate.reply.created_at)
    if taken < needed:
        told = _("{reach} people follow the author: the post takes {needed} to read, this reply took {taken}")
        yield Raised(told.format(reach=reach(followers), needed=span(needed), taken=span(taken)))


def after_shift(candidate: Candidate, _policy: GuardPolicy) -> Iterator[Raised]:
    """Raise once the writer's shift is over; blocks once it was handed over."""
    standing = candidate.standing
    if standing is None:
        return
    if standing.stage is Stage.HANDED_OVER:
        yield Raised(_("your shift was handed over: the next person answers"), Level.BLOCK)
    elif standing.stage is Stage.OVER:
        told = _("your shift has been over for {span}: you may not be there for what comes back")
        yield Raised(told.format(span=span(max(0, -standing.left))))
