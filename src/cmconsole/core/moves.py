"""The conversation's status machine: pure moves from one state to the next, each with the fact it makes."""

from __future__ import annotations

from dataclasses import replace

from cmconsole.core.claim import CLAIM_HOLD, Claim
from cmconsole.core.clock import Instant, Millis
from cmconsole.core.conversation import Conversation, Outcome, Status
from cmconsole.core.errors import N_, ClaimHeldError, IllegalMoveError, InputError
from cmconsole.core.event import EventKind, Fact
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.value import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """A conversation after a move, and the facts to be recorded with it (none: nothing changed)."""

    conversation: Conversation
    facts: tuple[Fact, ...] = ()


def check_hold(conversation: Conversation, person: str, now: Instant) -> None:
    """Raise ClaimHeldError when somebody else than `person` holds the conversation at `now`."""
    holder = conversation.holder(now)
    if holder and holder != person:
        raise ClaimHeldError(holder)


def _check_waiting(conversation: Conversation) -> None:
    if conversation.status is Status.RESOLVED:
        raise IllegalMoveError(N_("The conversation is resolved."), advice=N_("Reopen it first."))


def claim(conversation: Conversation, *, person: str, now: Instant, hold: Millis = CLAIM_HOLD) -> Change:
    """Hold the conversation for `person`, or longer; raises ClaimHeldError when somebody else does."""
    _check_waiting(conversation)
    check_hold(conversation, person, now)
    after = replace(conversation, claim=Claim(person, now + hold))
    return Change(after, (Fact(EventKind.CONVERSATION_CLAIMED, {"until": now + hold}),))


def release(conversation: Conversation, *, person: str, now: Instant) -> Change:
    """Let go of one's own claim; nothing happens where there is none."""
    check_hold(conversation, person, now)
    if conversation.claim is None:
        return Change(conversation)
    return Change(replace(conversation, claim=None), (Fact(EventKind.CLAIM_RELEASED),))


def resolved(conversation: Conversation, outcome: Outcome, reason: str = "") -> Conversation:
    """Return the conversation resolved: nobody waits, nobody holds it, no clock runs."""
    return replace(
        conversation,
        status=Status.RESOLVED,
        outcome=outcome,
        silence_reason=reason,
        waiting_since=None,
        answer_by=None,
        clock_left=None,
        snoozed_until=None,
        claim=None,
    )


def clock_kept(conversation: Conversation) -> dict[str, int | str | None]:
    """Return what `reopen` needs to give the clock back as it stood."""
    return {
        "was": conversation.status.value,
        "waiting_since": conversation.waiting_since,
        "answer_by": conversation.answer_by,
    }


def done(conversation: Conversation, *, person: str, now: Instant) -> Change:
    """Resolve the conversation as dealt with."""
    _check_waiting(conversation)
    check_hold(conversation, person, now)
    fact = Fact(EventKind.CONVERSATION_DONE, clock_kept(conversation))
    return Change(resolved(conversation, Outcome.DONE), (fact,))


def keep_silence(conversation: Conversation, *, person: str, now: Instant, reason: str) -> Change:
    """Resolve the conversation by a recorded decision not to answer; a reason is owed."""
    _check_waiting(conversation)
    check_hold(conversation, person, now)
    if not reason.strip():
        raise InputError(
            N_("A silence needs its reason."),
            advice=N_("Choose one from the list or write it in a few words."),
        )
    fact = Fact(EventKind.SILENCE_KEPT, {"reason": reason.strip(), **clock_kept(conversation)})
    return Change(resolved(conversation, Outcome.SILENCE, reason.strip()), (fact,))


def snooze(conversation: Conversation, *, person: str, now: Instant, until: Instant) -> Change:
    """Put the conversation away until a later moment. The author still waits: answer-by runs on."""
    _check_waiting(conversation)
    check_hold(conversation, person, now)
    if until <= now:
        raise InputError(N_("The wake-up time is in the past."), advice=N_("Choose a later time."))
    if conversation.snoozed_until == until:
        return Change(conversation)
    running = _running(conversation, now)
    after = replace(running, status=Status.SNOOZED, snoozed_until=until)
    return Change(after, (Fact(EventKind.CONVERSATION_SNOOZED, {"until": until}),))


def wake(conversation: Conversation, *, now: Instant) -> Change:
    """Reopen a snoozed conversation whose time has come; any other stays as it is."""
    due = conversation.snoozed_until is not None and conversation.snoozed_until <= now
    if conversation.status is not Status.SNOOZED or not due:
        return Change(conversation)
    after = replace(conversation, status=Status.OPEN, snoozed_until=None)
    return Change(after, (Fact(EventKind.CONVERSATION_WOKEN),))


def wait(conversation: Conversation, *, person: str, now: Instant) -> Change:
    """Set the conversation pending (the next word is not ours): the answer-by clock stops."""
    _check_waiting(conversation)
    check_hold(conversation, person, now)
    if conversation.status is Status.PENDING:
        return Change(conversation)
    after = paused(conversation, now)
    return Change(after, (Fact(EventKind.CONVERSATION_PENDING, {"left": after.clock_left}),))


def paused(conversation: Conversation, now: Instant) -> Conversation:
    """Return the conversation pending: its clock stopped with what is left of it."""
    if conversation.status is Status.PENDING:
        return conversation
    return replace(
        conversation,
        status=Status.PENDING,
        waiting_since=None,
        answer_by=None,
        clock_left=None if conversation.answer_by is None else conversation.answer_by - now,
        snoozed_until=None,
    )


def _running(conversation: Conversation, now: Instant) -> Conversation:
    """Return the conversation with its clock running: a stopped one goes on with what was left."""
    if conversation.clock_left is None:
        return conversation
    return replace(conversation, waiting_since=now, answer_by=now + conversation.clock_left, clock_left=None)


def reopen(
    conversation: Conversation,
    *,
    person: str,
    now: Instant,
    policy: SlaPolicy,
    waiting_since: Instant | None = None,
    answer_by: Instant | None = None,
) -> Change:
    """Open the conversation again by hand.

    A pending one goes on with the time that was left; a resolved one gets back the clock it had when it was
    resolved (`waiting_since`, `answer_by`, from the resolving event), or a new one from now.
    """
    check_hold(conversation, person, now)
    if conversation.status is Status.OPEN:
        return Change(conversation)
    if conversation.status is Status.RESOLVED:
        since = now if waiting_since is None else waiting_since
        due = (
            policy.answer_by(since, conversation.lane, conversation.priority)
            if answer_by is None
            else answer_by
        )
        running = replace(conversation, waiting_since=since, answer_by=due)
    else:
        running = _running(conversation, now)
    after = replace(running, status=Status.OPEN, snoozed_until=None, outcome=None, silence_reason="")
    return Change(after, (Fact(EventKind.CONVERSATION_REOPENED),))


def tag(conversation: Conversation, *, name: str) -> Change:
    """Add a tag (lower case, no blanks at the ends); a tag it has already changes nothing."""
    clean = name.strip().lower()
    if not clean:
        raise InputError(N_("A tag needs a name."), advice=N_("Type a word such as “delivery”."))
    if clean in conversation.tags:
        return Change(conversation)
    after = replace(conversation, tags=(*conversation.tags, clean))
    return Change(after, (Fact(EventKind.TAG_ADDED, {"tag": clean}),))


def untag(conversation: Conversation, *, name: str) -> Change:
    """Remove a tag; one it has not changes nothing."""
    clean = name.strip().lower()
    if clean not in conversation.tags:
        return Change(conversation)
    after = replace(conversation, tags=tuple(tag for tag in conversation.tags if tag != clean))
    return Change(after, (Fact(EventKind.TAG_REMOVED, {"tag": clean}),))


def note(conversation: Conversation, *, text: str) -> Change:
    """Leave a note for colleagues; it is never published."""
    if not text.strip():
        raise InputError(N_("The note is empty."), advice=N_("Write a few words, or press Escape."))
    return Change(conversation, (Fact(EventKind.NOTE_ADDED, {"text": text.strip()}),))
