"""Restoring: the move that brings a conversation back to how it was before a deed, made of ordinary moves."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from cmconsole.config.language import _
from cmconsole.core import moves
from cmconsole.core.conversation import Outcome, Status
from cmconsole.core.errors import IllegalMoveError
from cmconsole.core.event import EventKind, Fact
from cmconsole.core.moves import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.event import Datum
    from cmconsole.desk.context import Desk

    Step = Callable[[Conversation], Change]

_JUDGED = (
    "lane", "priority", "kind", "severity", "tone", "language", "complaint", "reasons", "hostility", "themes",
    "route", "answer_by", "decided",
)  # fmt: skip
"""What a decision of a person changes, its tags apart."""


def restored(conversation: Conversation, before: Conversation, desk: Desk, now: Instant) -> Change:
    """Return the conversation with the status, clock, claim, tags and decisions it had `before`.

    A clock that ran goes on as if nothing had happened; one that was stopped keeps what was left. Raises
    IllegalMoveError where the author was marked VIP (or unmarked) since a decision that is to be taken back.
    """
    facts: list[Fact] = []
    current = conversation
    for step in (
        *_status(conversation, before, desk, now),
        *_tags(conversation, before),
        *_judgement(conversation, before),
    ):
        change = step(current)
        current = change.conversation
        facts += change.facts
    return Change(current, tuple(facts))


def _status(conversation: Conversation, before: Conversation, desk: Desk, now: Instant) -> Iterator[Step]:
    """Yield the steps by way of an open conversation: open it, set the claim right, close it as it was."""
    person = desk.person
    moved = (conversation.status, conversation.snoozed_until) != (before.status, before.snoozed_until)
    if moved:
        yield lambda current: _opened(current, before, desk, now)
    mine_before, mine_now = before.holder(now) == person, conversation.holder(now) == person
    if mine_before and not mine_now and before.claim is not None:
        hold = before.claim.until - now
        yield lambda current: moves.claim(current, person=person, now=now, hold=hold)
    elif mine_now and not mine_before:
        yield lambda current: moves.release(current, person=person, now=now)
    if moved:
        yield lambda current: _closed(current, before, desk, now)


def _opened(current: Conversation, before: Conversation, desk: Desk, now: Instant) -> Change:
    """Open it with the clock it had: `moves.reopen` would count a wait that is taken back as time stopped."""
    change = moves.reopen(current, person=desk.person, now=now, policy=desk.policy)
    since, due = before.waiting_since, before.answer_by
    if before.clock_left is not None:
        since, due = now, now + before.clock_left
    return Change(replace(change.conversation, waiting_since=since, answer_by=due), change.facts)


def _closed(current: Conversation, before: Conversation, desk: Desk, now: Instant) -> Change:
    person, until = desk.person, before.snoozed_until
    if before.status is Status.PENDING:
        return moves.wait(current, person=person, now=now)
    if before.status is Status.SNOOZED and until is not None and until > now:
        return moves.snooze(current, person=person, now=now, until=until)
    if before.outcome is Outcome.SILENCE:
        return moves.keep_silence(current, person=person, now=now, reason=before.silence_reason)
    if before.outcome is Outcome.DONE:
        return moves.done(current, person=person, now=now)
    if before.outcome is Outcome.WIN:
        return Change(moves.resolved(current, Outcome.WIN), (Fact(EventKind.CONVERSATION_WON),))
    return Change(current)


def _tags(conversation: Conversation, before: Conversation) -> Iterator[Step]:
    for name in conversation.tags:
        if name not in before.tags:
            yield partial(moves.untag, name=name)
    for name in before.tags:
        if name not in conversation.tags:
            yield partial(moves.tag, name=name)


def _judgement(conversation: Conversation, before: Conversation) -> Iterator[Step]:
    """Yield the step that takes a decision back; where none was made since, other deeds left it alone."""
    if conversation.decided != before.decided:
        yield partial(_undecided, before=before)


def _undecided(current: Conversation, *, before: Conversation) -> Change:
    """Put it where it stood before a person decided, and tell so in a way that triage learns the contrary."""
    if current.vip is not before.vip:
        raise IllegalMoveError(
            _("The author's VIP mark was changed since: it is left as it is."),
            advice=_("Mark it anew as what it is."),
        )
    told: dict[str, Datum] = {}
    for name in ("kind", "lane", "severity"):
        was, become = getattr(current, name), getattr(before, name)
        if getattr(current.decided, name) is not getattr(before.decided, name) and was is not become:
            told |= {name: become.value, f"was_{name}": was.value}
    judged: dict[str, Any] = {name: getattr(before, name) for name in _JUDGED}
    fact = Fact(EventKind.CONVERSATION_CORRECTED, {**told, "taken_back": True})
    return Change(replace(current, **judged), (fact,) if told else ())
