"""The conversation's status machine: pure moves from one state to the next, each with the fact it makes."""

from __future__ import annotations

from dataclasses import replace

from cmconsole.core.claim import CLAIM_HOLD, Claim
from cmconsole.core.clock import Instant, Millis
from cmconsole.core.conversation import Conversation, Outcome, Status
from cmconsole.core.errors import N_, ClaimHeldError, IllegalMoveError, InputError
from cmconsole.core.event import EventKind, Fact
from cmconsole.core.mention import Mention
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.value import dataclass
from cmconsole.core.verdict import Kind, Lane, Verdict

_KIND_RANK = {kind: rank for rank, kind in enumerate(Kind)}
_LANE_RANK = {lane: rank for rank, lane in enumerate(Lane)}


@dataclass(frozen=True, slots=True)
class Change:
    """A conversation after a move, and the facts to be recorded with it (none: nothing changed)."""

    conversation: Conversation
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mention with the verdict on it and the row ids the store gave to it and to its author."""

    mention: Mention
    verdict: Verdict
    mention_id: int
    author_id: int
    vip: bool = False


def opened(arrival: Arrival, policy: SlaPolicy, conversation_id: int) -> Conversation:
    """Return the conversation that a first mention opens."""
    mention, verdict = arrival.mention, arrival.verdict
    return Conversation(
        id=conversation_id,
        platform=mention.platform,
        thread=mention.thread or mention.native_id,
        author=mention.author,
        author_id=arrival.author_id,
        status=Status.OPEN,
        lane=verdict.lane,
        priority=verdict.priority,
        kind=verdict.kind,
        severity=verdict.severity,
        tone=verdict.tone,
        created_at=mention.created_at,
        updated_at=mention.created_at,
        waiting_since=mention.created_at,
        answer_by=policy.answer_by(mention.created_at, verdict.lane, verdict.priority),
        messages=1,
        text=mention.text,
        url=mention.url,
        last_mention=arrival.mention_id,
        last_at=mention.created_at,
        vip=arrival.vip,
        language=verdict.language,
        complaint=verdict.complaint,
        reasons=verdict.reasons,
    )


def received(conversation: Conversation, arrival: Arrival, policy: SlaPolicy) -> Conversation:
    """Return the conversation after one more mention: always open, never less pressing while it was waiting.

    A resolved or pending conversation starts a new wait at the mention's own time (the "next response" of an
    SLA); an open or snoozed one keeps the earlier wait, and its answer-by may only come nearer.
    """
    mention, verdict = arrival.mention, arrival.verdict
    newest = mention.created_at >= conversation.last_at
    base = replace(
        conversation,
        status=Status.OPEN,
        messages=conversation.messages + 1,
        text=mention.text if newest else conversation.text,
        url=mention.url if newest else conversation.url,
        last_mention=arrival.mention_id if newest else conversation.last_mention,
        last_at=max(conversation.last_at, mention.created_at),
        author=mention.author if newest else conversation.author,
        created_at=min(conversation.created_at, mention.created_at),
        updated_at=max(conversation.updated_at, mention.created_at),
        vip=arrival.vip,
        tone=verdict.tone,
        clock_left=None,
        snoozed_until=None,
        outcome=None,
        silence_reason="",
    )
    if conversation.status is Status.RESOLVED:
        return _judged_afresh(base, verdict, policy, mention.created_at)
    return _judged_further(base, conversation, verdict, policy, mention.created_at)


def _judged_afresh(base: Conversation, verdict: Verdict, policy: SlaPolicy, since: Instant) -> Conversation:
    return replace(
        base,
        lane=verdict.lane,
        priority=verdict.priority,
        kind=verdict.kind,
        severity=verdict.severity,
        language=verdict.language,
        complaint=verdict.complaint,
        reasons=verdict.reasons,
        waiting_since=since,
        answer_by=policy.answer_by(since, verdict.lane, verdict.priority),
    )


def _judged_further(
    base: Conversation, before: Conversation, verdict: Verdict, policy: SlaPolicy, since: Instant
) -> Conversation:
    lane = min(before.lane, verdict.lane, key=_LANE_RANK.__getitem__)
    priority = min(before.priority, verdict.priority)
    waiting_since = since if before.waiting_since is None else min(before.waiting_since, since)
    answer_by = policy.answer_by(waiting_since, lane, priority)
    if before.answer_by is not None:
        answer_by = min(answer_by, before.answer_by)
    stronger = (verdict.priority, _LANE_RANK[verdict.lane], _KIND_RANK[verdict.kind]) <= (
        before.priority,
        _LANE_RANK[before.lane],
        _KIND_RANK[before.kind],
    )
    return replace(
        base,
        lane=lane,
        priority=priority,
        kind=min(before.kind, verdict.kind, key=_KIND_RANK.__getitem__),
        severity=max(before.severity, verdict.severity),
        language=before.language if verdict.language == "other" else verdict.language,
        complaint=max(before.complaint, verdict.complaint),
        reasons=verdict.reasons if stronger else before.reasons,
        waiting_since=waiting_since,
        answer_by=answer_by,
    )


def _check_hold(conversation: Conversation, person: str, now: Instant) -> None:
    holder = conversation.holder(now)
    if holder and holder != person:
        raise ClaimHeldError(holder)


def _check_waiting(conversation: Conversation) -> None:
    if conversation.status is Status.RESOLVED:
        raise IllegalMoveError(N_("The conversation is resolved."), advice=N_("Reopen it first."))


def claim(conversation: Conversation, *, person: str, now: Instant, hold: Millis = CLAIM_HOLD) -> Change:
    """Hold the conversation for `person`, or longer; raises ClaimHeldError when somebody else does."""
    _check_waiting(conversation)
    _check_hold(conversation, person, now)
    after = replace(conversation, claim=Claim(person, now + hold))
    return Change(after, (Fact(EventKind.CONVERSATION_CLAIMED, {"until": now + hold}),))


def release(conversation: Conversation, *, person: str, now: Instant) -> Change:
    """Let go of one's own claim; nothing happens where there is none."""
    _check_hold(conversation, person, now)
    if conversation.claim is None:
        return Change(conversation)
    return Change(replace(conversation, claim=None), (Fact(EventKind.CLAIM_RELEASED),))


def _resolved(conversation: Conversation, outcome: Outcome, reason: str = "") -> Conversation:
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


def _before(conversation: Conversation) -> dict[str, int | str | None]:
    """Return what `reopen` needs to give the clock back as it stood."""
    return {
        "was": conversation.status.value,
        "waiting_since": conversation.waiting_since,
        "answer_by": conversation.answer_by,
    }


def done(conversation: Conversation, *, person: str, now: Instant) -> Change:
    """Resolve the conversation as dealt with."""
    _check_waiting(conversation)
    _check_hold(conversation, person, now)
    fact = Fact(EventKind.CONVERSATION_DONE, _before(conversation))
    return Change(_resolved(conversation, Outcome.DONE), (fact,))


def keep_silence(conversation: Conversation, *, person: str, now: Instant, reason: str) -> Change:
    """Resolve the conversation by a recorded decision not to answer; a reason is owed."""
    _check_waiting(conversation)
    _check_hold(conversation, person, now)
    if not reason.strip():
        raise InputError(
            N_("A silence needs its reason."),
            advice=N_("Choose one from the list or write it in a few words."),
        )
    fact = Fact(EventKind.SILENCE_KEPT, {"reason": reason.strip(), **_before(conversation)})
    return Change(_resolved(conversation, Outcome.SILENCE, reason.strip()), (fact,))


def snooze(conversation: Conversation, *, person: str, now: Instant, until: Instant) -> Change:
    """Put the conversation away until a later moment. The author still waits: answer-by runs on."""
    _check_waiting(conversation)
    _check_hold(conversation, person, now)
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
    _check_hold(conversation, person, now)
    if conversation.status is Status.PENDING:
        return Change(conversation)
    left = None if conversation.answer_by is None else conversation.answer_by - now
    after = replace(
        conversation,
        status=Status.PENDING,
        waiting_since=None,
        answer_by=None,
        clock_left=left,
        snoozed_until=None,
    )
    return Change(after, (Fact(EventKind.CONVERSATION_PENDING, {"left": left}),))


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
    _check_hold(conversation, person, now)
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


def rejudge(conversation: Conversation, verdict: Verdict, policy: SlaPolicy, *, vip: bool) -> Conversation:
    """Return the conversation where a new verdict puts it; a running clock keeps its start."""
    answer_by = conversation.answer_by
    if conversation.waiting_since is not None:
        answer_by = policy.answer_by(conversation.waiting_since, verdict.lane, verdict.priority)
    return replace(
        conversation,
        vip=vip,
        lane=verdict.lane,
        priority=verdict.priority,
        kind=verdict.kind,
        severity=verdict.severity,
        tone=verdict.tone,
        language=verdict.language,
        complaint=verdict.complaint,
        reasons=verdict.reasons,
        answer_by=answer_by,
    )
