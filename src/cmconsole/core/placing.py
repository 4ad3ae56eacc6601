"""Where verdicts put a conversation: opened and moved by mentions, judged anew, corrected by persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cmconsole.core.clock import Instant
from cmconsole.core.conversation import UNDECIDED, Conversation, Decided, Outcome, Status
from cmconsole.core.event import Datum, EventKind, Fact
from cmconsole.core.mention import Mention
from cmconsole.core.moves import Change, check_hold, resolved
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.value import dataclass
from cmconsole.core.verdict import Kind, Lane, Severity, Verdict

_KIND_RANK = {kind: rank for rank, kind in enumerate(Kind)}
_LANE_RANK = {lane: rank for rank, lane in enumerate(Lane)}


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mention with the verdict on it and the row ids the store gave to it and to its author."""

    mention: Mention
    verdict: Verdict
    mention_id: int
    author_id: int
    vip: bool = False


def opened(arrival: Arrival, policy: SlaPolicy, conversation_id: int) -> Conversation:
    """Return the conversation that a first mention opens, or, where a rule says so, leaves unanswered."""
    mention, verdict = arrival.mention, arrival.verdict
    conversation = Conversation(
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
        hostility=verdict.hostility,
        themes=verdict.themes,
        tags=verdict.tags,
        route=verdict.route,
        can_reply=mention.can_reply,
    )
    if _silenced(verdict, vip=arrival.vip):
        return resolved(conversation, Outcome.SILENCE, verdict.silence)
    return conversation


def received(conversation: Conversation, arrival: Arrival, policy: SlaPolicy) -> Conversation:
    """Return the conversation after one more mention: always open, never less pressing while it was waiting.

    A resolved or pending conversation starts a new wait at the mention's own time (the "next response" of an
    SLA); an open or snoozed one keeps the earlier wait, and its answer-by may only come nearer. Thanks for an
    answer of ours do not open it again: it is a win. A rule's silence holds for a resolved one only.
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
        tags=_joined(conversation.tags, verdict.tags),
        gone=None if newest else conversation.gone,
        can_reply=conversation.can_reply or mention.can_reply,
    )
    if _is_win(conversation, verdict):
        return resolved(_judged_afresh(base, verdict, policy, mention.created_at), Outcome.WIN)
    if conversation.status is Status.RESOLVED:
        afresh = _judged_afresh(base, verdict, policy, mention.created_at)
        silenced = _silenced(verdict, vip=arrival.vip)
        return resolved(afresh, Outcome.SILENCE, verdict.silence) if silenced else afresh
    return _judged_further(base, conversation, verdict, policy, mention.created_at)


def edited(conversation: Conversation, arrival: Arrival, policy: SlaPolicy) -> Conversation:
    """Return the conversation after its author changed one of its mentions.

    A waiting one gets no less pressing: what was first said was read, here or elsewhere. A resolved one stays
    so unless the new words are more pressing than those that were dealt with: then it waits since the edit.
    """
    mention, verdict = arrival.mention, arrival.verdict
    since = mention.edited_at or mention.created_at
    base = conversation
    if conversation.last_mention == arrival.mention_id:
        base = replace(conversation, text=mention.text, url=mention.url, tone=verdict.tone)
    if conversation.status is not Status.RESOLVED:
        judged = _judged_further(base, conversation, verdict, policy, mention.created_at)
        if conversation.waiting_since is None:
            # Pending: an edit alone does not start the clock again.
            return replace(judged, waiting_since=None, answer_by=conversation.answer_by)
        return judged
    if verdict.priority >= conversation.priority or _silenced(verdict, vip=arrival.vip):
        return base
    again = replace(base, status=Status.OPEN, outcome=None, silence_reason="")
    return _judged_afresh(again, verdict, policy, since)


def left(conversation: Conversation, newest: tuple[int, str, str, Instant] | None) -> Conversation:
    """Return the conversation after mentions of it went from their platform.

    newest: row id, text, address and time of the newest one that is still there; None: nothing is left. What
    waited then waits no longer, for there is nothing to answer.
    """
    if newest is not None:
        last_mention, text, url, last_at = newest
        return replace(conversation, last_mention=last_mention, text=text, url=url, last_at=last_at)
    if conversation.status is Status.RESOLVED:
        return conversation
    return resolved(conversation, Outcome.GONE)


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
        hostility=verdict.hostility,
        themes=verdict.themes,
        route=verdict.route,
        decided=UNDECIDED,
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
        hostility=max(before.hostility, verdict.hostility),
        themes=_joined(before.themes, verdict.themes),
        route=verdict.route or before.route,
        waiting_since=waiting_since,
        answer_by=answer_by,
    )


def _silenced(verdict: Verdict, *, vip: bool) -> bool:
    """Say whether a rule may leave it unanswered: never what goes to a person in any case, never a VIP."""
    return bool(verdict.silence) and verdict.severity < Severity.LEGAL and not vip


def _is_win(before: Conversation, verdict: Verdict) -> bool:
    """Say whether this is thanks for an answer of ours: the next word was not ours, or it was done."""
    answered = before.status is Status.PENDING or before.outcome in {Outcome.DONE, Outcome.WIN}
    return (
        answered and verdict.thanks and verdict.kind in {Kind.PRAISE, Kind.NEUTRAL} and not verdict.severity
    )


def _joined(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return one if not other else tuple(dict.fromkeys((*one, *other)))


def by_itself(after: Conversation) -> tuple[Fact, ...]:
    """Return the facts of a conversation that was resolved without a person."""
    if after.outcome is Outcome.WIN:
        return (Fact(EventKind.CONVERSATION_WON),)
    if after.outcome is Outcome.GONE:
        return (Fact(EventKind.CONVERSATION_GONE),)
    if after.outcome is Outcome.SILENCE:
        return (Fact(EventKind.SILENCE_KEPT, {"reason": after.silence_reason, "by": "rule"}),)
    return ()


def strongest(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict that stands among those on one conversation's mentions, as `received` keeps it.

    Hostility is the greatest of them, and themes are those of all: a later thank-you lifts no veil.
    """
    found = min(
        verdicts, key=lambda one: (one.priority, _LANE_RANK[one.lane], _KIND_RANK[one.kind], -one.complaint)
    )
    if len(verdicts) == 1:
        return found
    themes = tuple(dict.fromkeys(theme for one in verdicts for theme in one.themes))
    return replace(found, hostility=max(one.hostility for one in verdicts), themes=themes)


def correct(
    conversation: Conversation,
    verdict: Verdict,
    decided: Decided,
    policy: SlaPolicy,
    *,
    person: str,
    now: Instant,
) -> Change:
    """Put the conversation where a person says it belongs.

    verdict: triage's, made under what the person `decided` (all of it, former decisions included).
    The fact names what was changed, from what to what: the desk learns from it. Raises ClaimHeldError.
    """
    check_hold(conversation, person, now)
    after = replace(rejudge(conversation, verdict, policy, vip=conversation.vip), decided=decided)
    told: dict[str, Datum] = {}
    for name in ("kind", "lane", "severity"):
        was, become = getattr(conversation, name), getattr(after, name)
        if getattr(decided, name) is not None and was is not become:
            told |= {name: become.value, f"was_{name}": was.value}
    if not told:
        return Change(replace(conversation, decided=decided))
    return Change(after, (Fact(EventKind.CONVERSATION_CORRECTED, told),))


def rejudged(conversation: Conversation, verdict: Verdict, policy: SlaPolicy) -> Change:
    """Return the conversation judged anew by the engine (rules or table changed); told where it moved."""
    after = rejudge(conversation, verdict, policy, vip=conversation.vip)
    if after == conversation:
        return Change(conversation)
    told: dict[str, Datum] = {}
    for name in ("kind", "lane", "priority", "severity"):
        was, become = getattr(conversation, name), getattr(after, name)
        if was is not become:
            told |= {name: become.value, f"was_{name}": was.value}
    return Change(after, (Fact(EventKind.CONVERSATION_REJUDGED, told),))


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
        hostility=verdict.hostility,
        themes=verdict.themes,
        route=verdict.route,
        tags=_joined(conversation.tags, verdict.tags),
        answer_by=answer_by,
    )
