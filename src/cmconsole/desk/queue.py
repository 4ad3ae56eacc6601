"""The queue for programs and for screen readers: one JSON object, or one plain line, a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.config.language import _, ngettext
from cmconsole.core.clock import HOUR, MINUTE
from cmconsole.core.text import one_line
from cmconsole.desk import when
from cmconsole.desk.explain import sentences
from cmconsole.desk.words import newest_text, reach, word

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant, Millis
    from cmconsole.core.conversation import Conversation

LINE_LIMIT = 100
"""Most characters of a message in a plain line."""

_DAYS_FROM: Millis = 48 * HOUR
_HOURS_FROM: Millis = 2 * HOUR


def record(conversation: Conversation, now: Instant, alike: int = 1) -> dict[str, object]:
    """Return a conversation as a JSON object; keys and codes are stable, reasons in the reader's language.

    Instants are ISO 8601 in UTC; what is unknown or does not apply is null. alike: how many say nearly the
    same (`clusters.sizes`).
    """
    return {
        "id": conversation.id,
        "lane": conversation.lane.value,
        "status": conversation.status.value,
        "priority": conversation.priority.word,
        "kind": conversation.kind.value,
        "answer_by": _moment(conversation.answer_by),
        "platform": conversation.platform,
        "author": conversation.author.handle,
        "reach": conversation.author.reach,
        "messages": conversation.messages,
        "text": conversation.text,
        "claimed_by": conversation.holder(now) or None,
        "reasons": sentences(conversation),
        "reason_codes": [reason.code for reason in conversation.reasons],
        "overdue": conversation.overdue(now),
        "severity": conversation.severity.word,
        "tone": conversation.tone.value,
        "language": conversation.language,
        "name": conversation.author.name,
        "verified": conversation.author.verified,
        "vip": conversation.vip,
        "waiting_since": _moment(conversation.waiting_since),
        "snoozed_until": _moment(conversation.snoozed_until),
        "outcome": conversation.outcome.value if conversation.outcome is not None else None,
        "silence_reason": conversation.silence_reason or None,
        "last_at": _moment(conversation.last_at),
        "tags": list(conversation.tags),
        "hostility": conversation.hostility.word,
        "themes": list(conversation.themes),
        "route": conversation.route or None,
        "cluster": conversation.cluster,
        "alike": alike,
        "url": conversation.url or None,
        "can_reply": conversation.can_reply,
        "gone": conversation.gone.value if conversation.gone is not None else None,
        "tips": conversation.tips,
    }


def line(conversation: Conversation, now: Instant, alike: int = 1) -> str:
    """Return a conversation as one line of words, without alignment or signs; alike as for `record`."""
    author = conversation.author
    said = [
        f"{conversation.id}",
        word(conversation.lane),
        word(conversation.priority),
        due(conversation, now),
        _("{handle} on {platform}").format(handle=author.handle, platform=conversation.platform),
    ]
    if author.reach is not None:
        said.append(_("reach {reach}").format(reach=reach(author.reach)))
    if author.verified:
        said.append(_("verified"))
    if conversation.messages > 1:
        count = conversation.messages
        said.append(ngettext("{count} message", "{count} messages", count).format(count=count))
    if alike > 1:
        said.append(_("one of {count} alike").format(count=alike))
    if conversation.tips:
        count = conversation.tips
        said.append(ngettext("forwarded {count} time", "forwarded {count} times", count).format(count=count))
    if not conversation.can_reply:
        said.append(_("no answer possible"))
    if holder := conversation.holder(now):
        said.append(_("held by {person}").format(person=holder))
    return f"{', '.join(said)}: {one_line(newest_text(conversation), LINE_LIMIT)}"


def due(conversation: Conversation, now: Instant) -> str:
    """Return in words how long there is to answer or it is overdue; the status where no clock runs."""
    if conversation.answer_by is None:
        return word(conversation.status)
    left = conversation.answer_by - now
    if left < 0:
        return _("overdue by {time}").format(time=length(-left))
    return _("answer within {time}").format(time=length(left))


def length(span: Millis) -> str:
    """Return a length of time: minutes under two hours, hours under two days, then days; rounded down."""
    if span < _HOURS_FROM:
        return _("{count} min").format(count=span // MINUTE)
    if span < _DAYS_FROM:
        return _("{count} h").format(count=span // HOUR)
    return _("{count} d").format(count=span // (24 * HOUR))


def _moment(at: Instant | None) -> str | None:
    return None if at is None else when.iso(at)
