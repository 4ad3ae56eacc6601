"""Explain: why triage decided as it did and what persons did, as sentences in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.config.language import N_, _
from cmconsole.core.event import EventKind
from cmconsole.core.verdict import Lane, Priority, Severity
from cmconsole.desk import when
from cmconsole.desk.words import listed, quoted, reach, word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.event import Event
    from cmconsole.core.verdict import Fact, Reason

    Facts = Mapping[str, Fact]

_TIERS = {
    "low": N_("Reach {reach}: low."),
    "known": N_("Reach {reach}: known (from {floor})."),
    "high": N_("Reach {reach}: high (from {floor})."),
    "very_high": N_("Reach {reach}: very high (from {floor})."),
}
_LANE_BECAUSE = {
    "vip": N_("Lane {lane}: the author is a VIP."),
    "reach": N_("Lane {lane}: the author reaches many people."),
    "verified": N_("Lane {lane}: the author is verified and well known."),
    "kind": N_("Lane {lane}: by what the message says."),
}
_READS_AS = {
    "cue.question": N_("Reads as a question: {cues}."),
    "cue.praise": N_("Reads as praise: {cues}."),
    "cue.spam": N_("Reads as spam: {cues}."),
}
_RULES = frozenset(
    {
        N_("safety or legal"),
        N_("widely heard complaint"),
        N_("serious, from an influencer"),
        N_("complaint from an influencer"),
        N_("serious complaint"),
        N_("question from an influencer"),
        N_("complaint"),
        N_("spam"),
        N_("influencer"),
        N_("question"),
    }
)
"""Names of the rules in use where the settings give none; a desk's own rules keep the names it gave them."""


def sentence(reason: Reason) -> str:
    """Return a reason as one sentence; a code or facts not known here are shown as they are."""
    facts = dict(reason.facts)
    teller = _TELLERS.get(reason.code)
    try:
        return _bare(reason.code, facts) if teller is None else teller(facts)
    except (KeyError, TypeError, ValueError):
        return _bare(reason.code, facts)


def sentences(conversation: Conversation) -> list[str]:
    """Return why a conversation stands where it stands, one sentence a reason."""
    return [sentence(reason) for reason in conversation.reasons]


def deed_told(event: Event, now: Instant, zone: tzinfo) -> str:
    """Return what a person did, as a few words without who and when; times as the reader's local ones."""
    said, data = word(event.kind), event.data
    until = data.get("until")
    if event.kind in {EventKind.CONVERSATION_CLAIMED, EventKind.CONVERSATION_SNOOZED} and isinstance(
        until, int
    ):
        return _("{deed} until {time}").format(deed=said, time=when.shown(until, now, zone))
    detail = {
        EventKind.SILENCE_KEPT: data.get("reason"),
        EventKind.TAG_ADDED: data.get("tag"),
        EventKind.TAG_REMOVED: data.get("tag"),
        EventKind.NOTE_ADDED: data.get("text"),
    }.get(event.kind)
    return _("{deed}: {detail}").format(deed=said, detail=detail) if detail else said


def _bare(code: str, facts: Facts) -> str:
    told = ", ".join(f"{name} {value}" for name, value in facts.items())
    return f"{code}: {told}" if told else code


def _words_of(facts: Facts) -> str:
    return listed(str(facts["cues"]).split(", "))


def _tier(facts: Facts) -> str:
    return _(_TIERS[str(facts["tier"])]).format(
        reach=reach(int(facts["reach"])), floor=reach(int(facts["floor"]))
    )


def _vip(facts: Facts) -> str:
    if facts["by"] == "desk":
        return _("The author is a VIP, marked at the desk.")
    return _("The author is a VIP by the settings.")


def _complaint(facts: Facts) -> str:
    percent = round(100 * float(facts["score"]))
    return _("Reads as a complaint: {cues} (score {percent} of 100).").format(
        cues=_words_of(facts), percent=percent
    )


def _reads_as(code: str) -> Callable[[Facts], str]:
    return lambda facts: _(_READS_AS[code]).format(cues=_words_of(facts))


def _severity(facts: Facts) -> str:
    severity = word(Severity[str(facts["severity"]).upper()])
    return _("Severity {severity}: {cues}.").format(severity=severity, cues=_words_of(facts))


def _lane(facts: Facts) -> str:
    return _(_LANE_BECAUSE[str(facts["because"])]).format(lane=word(Lane(str(facts["lane"]))))


def _rule(facts: Facts) -> str:
    priority, name = word(Priority[str(facts["priority"]).upper()]), str(facts["name"])
    if not facts["number"]:
        return _("Priority {priority}: no rule of the table applies.").format(priority=priority)
    shown = quoted(_(name) if name in _RULES else name)
    return _("Priority {priority}: rule {number}, {name}.").format(
        priority=priority, number=facts["number"], name=shown
    )


def _language(facts: Facts) -> str:
    if facts["language"] == "other":
        return _("The language was not recognised: French and English cues may miss what it says.")
    return _("Language: {language}.").format(language=facts["language"])


_TELLERS: dict[str, Callable[[Facts], str]] = {
    "reach.tier": _tier,
    "reach.unknown": lambda _facts: _("The platform does not tell the author's reach."),
    "author.verified": lambda _facts: _("The author is verified."),
    "author.vip": _vip,
    "cue.complaint": _complaint,
    "cue.question": _reads_as("cue.question"),
    "cue.praise": _reads_as("cue.praise"),
    "cue.spam": _reads_as("cue.spam"),
    "cue.none": lambda _facts: _("No word in it speaks for a complaint, a question or praise."),
    "severity.cues": _severity,
    "lane": _lane,
    "rule": _rule,
    "language": _language,
}
