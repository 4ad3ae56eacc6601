"""Explain: why triage decided as it did and what persons did, as sentences in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.config.language import N_, _
from cmconsole.core.account import Standing
from cmconsole.core.event import AUDITED, EventKind
from cmconsole.core.mention import Absence
from cmconsole.core.reply import Act
from cmconsole.core.verdict import Hostility, Kind, Lane, Priority, Severity, Tone
from cmconsole.desk import when
from cmconsole.desk.words import listed, quoted, reach, score, theme, word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo
    from enum import Enum

    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.event import Datum, Event
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
    "press": N_("Lane {lane}: the author is a journalist and well known."),
    "kind": N_("Lane {lane}: by what the message says."),
    "person": N_("Lane {lane}: a person decided so."),
}
_READS_AS = {
    "cue.complaint": N_("Reads as a complaint: {cues} (score {score})."),
    "cue.question": N_("Reads as a question: {cues}."),
    "cue.praise": N_("Reads as praise: {cues}."),
    "cue.spam": N_("Reads as spam: {cues}."),
    "cue.neutral": N_("Reads as news, an offer or an announcement, not as a word to us: {cues}."),
}
_LANGUAGE = {
    Hostility.RUDE: N_("Rude language: {cues} (score {score})."),
    Hostility.INSULTING: N_("Insulting language: {cues} (score {score})."),
    Hostility.HATEFUL: N_("Hateful or threatening language: {cues} (score {score})."),
}
_TAUGHT = {
    (True, True): N_("What people corrected here speaks for a complaint: {words} ({shift})."),
    (True, False): N_("What people corrected here speaks for a complaint ({shift})."),
    (False, True): N_("What people corrected here speaks against a complaint: {words} ({shift})."),
    (False, False): N_("What people corrected here speaks against a complaint ({shift})."),
}
"""What was learned, by whether it speaks for a complaint and whether single words of the text do."""

_BY_RULE = {
    "rule.lane": N_("Lane {lane}: rule {number}, {name}."),
    "rule.route": N_("Route {route}: rule {number}, {name}."),
    "rule.tag": N_("Tags {tags}: rule {number}, {name}."),
    "rule.silence": N_("No answer needed ({reason}): rule {number}, {name}."),
    "rule.priority.refused": N_(
        "Rule {number}, {name}, does not lower the priority: law or safety may be at stake, "
        "and it does not ask for these severities."
    ),
    "rule.also": N_("Rule {number}, {name}, holds too; what it gives was given before."),
}
_SILENCE_REFUSED = {
    "severity": N_("Rule {number}, {name}, asks for no answer: not where law or safety may be at stake."),
    "vip": N_("Rule {number}, {name}, asks for no answer: not to a VIP."),
}
_MOVED: dict[str, Mapping[str, Enum]] = {
    "kind": {it.value: it for it in Kind},
    "lane": {it.value: it for it in Lane},
    "priority": {str(it.value): it for it in Priority},
    "severity": {str(it.value): it for it in Severity},
}
"""What a correction or judging anew changes, by how events spell it."""

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


_ACT_STEPS = {
    EventKind.REPLY_DRAFTED: N_("asked for"),
    EventKind.REPLY_HELD: N_("about to be done"),
    EventKind.REPLY_STRANDED: N_("stopped inside its undo window"),
    EventKind.REPLY_TAKEN_BACK: N_("taken back"),
    EventKind.REPLY_SENDING: N_("being done"),
    EventKind.REPLY_SENT: N_("done"),
    EventKind.REPLY_REHEARSED: N_("rehearsed, not done"),
    EventKind.REPLY_PUT_OFF: N_("not done yet"),
    EventKind.REPLY_FAILED: N_("not done"),
    EventKind.REPLY_DOUBTED: N_("nobody knows whether it is done"),
    EventKind.REPLY_LOOKED_UP: N_("looked up"),
    EventKind.REPLY_RETRIED: N_("tried again"),
    EventKind.REPLY_SETTLED: N_("seen there by a person"),
    EventKind.REPLY_DISCARDED: N_("dropped"),
}
"""The steps of what is done to a post, where the event's own words speak of a reply."""


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
    severity = conversation.decided.severity
    if severity is None:
        return [sentence(reason) for reason in conversation.reasons]
    told = [sentence(reason) for reason in conversation.reasons if reason.code != "severity.cues"]
    return [*told, _("Severity {severity}: a person decided so.").format(severity=word(severity))]


def summary(conversation: Conversation) -> str:
    """Return what triage read in it in one line: `kind complaint .93 · tone negative .88 · rude .64 · price`.

    A score stands where it is that of the word before it; a kind that a person decided has none.
    """
    facts = {reason.code: dict(reason.facts) for reason in conversation.reasons}
    kind, tone, hostility = conversation.kind, conversation.tone, conversation.hostility
    if conversation.decided.kind is not None:
        what = _("kind {kind}, decided by a person").format(kind=word(kind))
    else:
        sure = score(conversation.complaint) if kind is Kind.COMPLAINT else ""
        what = _("kind {kind} {score}").format(kind=word(kind), score=sure)
    sure = _score_of(facts.get("tone", {}), "tone", tone.value)
    mood = _("tone {tone} {score}").format(tone=word(tone), score=sure)
    sure = _score_of(facts.get("hostility", {}), "hostility", hostility.word)
    parts = [what, mood, f"{word(hostility)} {sure}"]
    if conversation.themes:
        parts.append(", ".join(map(theme, conversation.themes)))
    return " · ".join(part.strip() for part in parts)


def _score_of(facts: Facts, name: str, value: str) -> str:
    """Return the score a reason gives, where it speaks of just this value; else nothing."""
    found = facts.get("score")
    return score(found) if isinstance(found, float) and facts.get(name) == value else ""


def deed_told(event: Event, now: Instant, zone: tzinfo) -> str:
    """Return what happened, as a few words without who and when; times as the reader's local ones."""
    said, data = _happened(event), event.data
    until = data.get("until")
    if event.kind in {EventKind.CONVERSATION_CLAIMED, EventKind.CONVERSATION_SNOOZED} and isinstance(
        until, int
    ):
        return _("{deed} until {time}").format(deed=said, time=when.shown(until, now, zone))
    detail = {
        EventKind.CONVERSATION_CORRECTED: _moved(data),
        EventKind.CONVERSATION_REJUDGED: _moved(data),
        EventKind.SILENCE_KEPT: data.get("reason"),
        EventKind.TAG_ADDED: data.get("tag"),
        EventKind.TAG_REMOVED: data.get("tag"),
        EventKind.NOTE_ADDED: data.get("text"),
        EventKind.SOURCE_PAUSED: data.get("source"),
        EventKind.SOURCE_RESUMED: data.get("source"),
        EventKind.ACCOUNT_CHECKED: _checked(data),
        EventKind.REPLY_ASKED: _in_spite_of(data),
        EventKind.REPLY_HELD: _in_spite_of(data),
        EventKind.REPLY_REFUSED: data.get("reason"),
        EventKind.REPLY_PUT_OFF: data.get("error"),
        EventKind.REPLY_FAILED: data.get("error"),
        EventKind.REPLY_DOUBTED: data.get("error"),
    }.get(event.kind)
    return _("{deed}: {detail}").format(deed=said, detail=detail) if detail else said


def _happened(event: Event) -> str:
    """Return the bare words for an event, by what its data says where that makes another thing of it."""
    data = event.data
    if event.kind is EventKind.CONVERSATION_CORRECTED and data.get("taken_back"):
        return _("correction taken back")
    if event.kind is EventKind.MENTION_REMOVED and data.get("why") == Absence.WITHHELD:
        return _("the platform withholds a post")
    if event.kind is EventKind.TIP_LINKED and data.get("by"):
        return _("forwarded by {person}").format(person=data["by"])
    return _step(event) if event.kind in AUDITED else word(event.kind)


def _step(event: Event) -> str:
    """Return the words for a step of a reply, or of an act on a post."""
    data = event.data
    if event.kind in _ACT_STEPS and data.get("act") in _ACTS:
        return _("{act}: {step}").format(act=word(Act(str(data["act"]))), step=_(_ACT_STEPS[event.kind]))
    if event.kind is EventKind.REPLY_HELD and data.get("confirmed_by"):
        return _("reply let go again")
    if event.kind is EventKind.REPLY_SENT and data.get("found"):
        return _("reply found published")
    return word(event.kind)


_ACTS = frozenset(it.value for it in Act) - {Act.REPLY.value}


def _in_spite_of(data: Mapping[str, Datum]) -> str:
    """Return which guards were raised and confirmed by a typed word."""
    return _("in spite of {guards}").format(guards=data["raised"]) if data.get("raised") else ""


def _checked(data: Mapping[str, Datum]) -> str:
    """Return how which account was found: `main, locked`."""
    standing = str(data.get("standing"))
    known = standing in {it.value for it in Standing}
    return f"{data.get('account')}, {word(Standing(standing)) if known else standing}"


def _moved(data: Mapping[str, Datum]) -> str:
    """Return what became what: `complaint instead of question, Complaints instead of Others`."""
    told = []
    for name, members in _MOVED.items():
        become, was = (members.get(str(data.get(key))) for key in (name, f"was_{name}"))
        if become is not None and was is not None:
            told.append(_("{new} instead of {old}").format(new=word(become), old=word(was)))
    return ", ".join(told)


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


def _reads_as(code: str) -> Callable[[Facts], str]:
    return lambda facts: _(_READS_AS[code]).format(
        cues=_words_of(facts), score=score(float(facts["score"])) if code == "cue.complaint" else ""
    )


def _person(facts: Facts) -> str:
    return _("Kind {kind}: a person decided so.").format(kind=word(Kind(str(facts["kind"]))))


def _tone(facts: Facts) -> str:
    tone = word(Tone(str(facts["tone"])))
    return _("Tone {tone} (score {score}).").format(tone=tone, score=score(float(facts["score"])))


def _hostility(facts: Facts) -> str:
    said = _LANGUAGE[Hostility[str(facts["hostility"]).upper()]]
    return _(said).format(cues=_words_of(facts), score=score(float(facts["score"])))


def _themes(facts: Facts) -> str:
    return _("About: {themes}.").format(themes=", ".join(map(theme, str(facts["themes"]).split(", "))))


def _taught(facts: Facts) -> str:
    words, shift = str(facts["words"]), float(facts["shift"])
    return _(_TAUGHT[shift > 0, bool(words)]).format(
        words=listed(words.split(", ")), shift=("+" if shift > 0 else "−") + score(abs(shift))
    )


def _severity(facts: Facts) -> str:
    severity = word(Severity[str(facts["severity"]).upper()])
    if not facts["cues"]:
        return _("Severity {severity}: by what people corrected here.").format(severity=severity)
    return _("Severity {severity}: {cues}.").format(severity=severity, cues=_words_of(facts))


def _lane(facts: Facts) -> str:
    return _(_LANE_BECAUSE[str(facts["because"])]).format(lane=word(Lane(str(facts["lane"]))))


def _rule(facts: Facts) -> str:
    priority = word(Priority[str(facts["priority"]).upper()])
    if not facts["number"]:
        return _("Priority {priority}: no rule of the table applies.").format(priority=priority)
    return _("Priority {priority}: rule {number}, {name}.").format(
        priority=priority, number=facts["number"], name=quoted(rule_name(str(facts["name"])))
    )


def rule_name(name: str) -> str:
    """Return a rule's name: a built-in one in the reader's language, any other as the desk gave it."""
    return _(name) if name in _RULES else name


def _by_rule(code: str) -> Callable[[Facts], str]:
    return lambda facts: _with_rule(_BY_RULE[code], facts)


def _silence_refused(facts: Facts) -> str:
    return _with_rule(_SILENCE_REFUSED[str(facts["because"])], facts)


def _with_rule(template: str, facts: Facts) -> str:
    return _(template).format(
        number=facts["number"],
        name=quoted(rule_name(str(facts["name"]))),
        lane=word(Lane(str(facts["lane"]))) if "lane" in facts else "",
        tags=listed(str(facts.get("tags", "")).split(", ")),
        route=quoted(str(facts.get("route", ""))),
        reason=facts.get("reason", ""),
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
    **{code: _reads_as(code) for code in _READS_AS},
    "cue.none": lambda _facts: _("No cue says what kind of message it is."),
    "person": _person,
    "tone": _tone,
    "hostility": _hostility,
    "themes": _themes,
    "author.press": lambda facts: _("The profile says journalist: {cue}.").format(
        cue=quoted(str(facts["cue"]))
    ),
    "quotation": lambda _facts: _("It begins with a quotation: what follows decides what it is."),
    "elsewhere": lambda facts: _("Said to {handle}, not to us.").format(handle=facts["handle"]),
    "learned": _taught,
    "severity.cues": _severity,
    "lane": _lane,
    "rule": _rule,
    **{code: _by_rule(code) for code in _BY_RULE},
    "rule.silence.refused": _silence_refused,
    "language": _language,
}
