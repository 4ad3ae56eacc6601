"""A conversation: the author's card on its rule, why it stands where it stands, and its messages in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cmconsole.config.language import N_, _, ngettext
from cmconsole.core.conversation import Status
from cmconsole.core.event import EventKind
from cmconsole.core.reply import ANSWERED, Act, ReplyStatus
from cmconsole.desk.explain import summary
from cmconsole.desk.words import newest_text, quoted, reach, word
from cmconsole.tui.present import replies
from cmconsole.tui.present.lanes import RULE, joined
from cmconsole.tui.present.line import cells, clip, left, steady, width_of, wrapped
from cmconsole.tui.present.rows import FORWARDED, MUTE, TIMES
from cmconsole.tui.present.times import clock, span
from cmconsole.tui.present.words import author_name, network

if TYPE_CHECKING:
    from datetime import tzinfo

    from cmconsole.core.clock import Instant
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.tip import StoredTip
    from cmconsole.desk.conversation import Dossier, Entry
    from cmconsole.tui.present.line import Line, Span

_WHO_LEAST, _WHO_MOST = 6, 16
_EARLIER_SHOWN: Final = 8
_HAPPENED_THERE: Final = frozenset({EventKind.MENTION_EDITED, EventKind.MENTION_REMOVED})
"""What its author or its platform did, not the desk."""
_NOT_ANSWERED: Final = {
    "x": N_("{network} does not let us answer: we were neither mentioned nor quoted."),
    "reddit": N_("{network} does not let us answer: the thread is locked or archived."),
    "bluesky": N_("{network} does not let us answer: its author closed the replies."),
}
"""Why we cannot answer, by platform: the one reason each of them has."""
_PRIORITY: Final = 7
"""Cells of ` P1 ` and of the gaps beside it."""
_PREVIEW: Final = 4_000
"""Characters of the newest message shown before the conversation is read: more than a screen holds."""


def heading(talk: Conversation, dossier: Dossier | None, now: Instant, zone: tzinfo, width: int) -> Line:
    """Return the rule above a conversation: who wrote, and until when an answer is due."""
    after = joined(_due(talk, now, zone))
    room = width - width_of(after) - 11
    card: list[Span] = []
    for part in _card(talk, dossier):
        taken = width_of(joined([*card, part]))
        if taken <= room:
            card.append(part)
        elif not card:
            card.append((clip(part[0], max(4, room)), part[1]))
    before = joined(card)
    line = RULE * max(1, width - width_of(before) - width_of(after) - 10)
    end = f" {RULE * 2} " if after else RULE * 4
    return (
        (f" {RULE * 2} ", "rule"),
        *before,
        (f" {line} " if after else f" {line}", "rule"),
        *after,
        (end, "rule"),
    )


def _card(talk: Conversation, dossier: Dossier | None) -> list[Span]:
    author = talk.author
    parts: list[Span] = [(author_name(author), "strong")]
    if author.name and author.name != author.handle:
        parts.append((steady(author.name), "text"))
    if author.reach is not None:
        parts.append((_("{reach} followers").format(reach=reach(author.reach)), "text"))
    if talk.vip:
        parts.append((_("VIP"), "accent"))
    if author.verified:
        parts.append((_("verified"), "text"))
    if dossier is not None:
        often = dossier.card.mentions_this_month
        if often > 1:
            words = ngettext("{n} mention this month", "{n} mentions this month", often)
            parts.append((words.format(n=often), "text"))
        if dossier.earlier:
            count = len(dossier.earlier)
            words = ngettext("{n} other conversation", "{n} other conversations", count)
            parts.append((words.format(n=count), "quiet"))
    parts.append((network(talk.platform), "quiet"))
    return parts


def _due(talk: Conversation, now: Instant, zone: tzinfo) -> list[Span]:
    parts: list[Span] = []
    if talk.status is not Status.OPEN:
        parts.append((_status(talk, now, zone), "success" if talk.status is Status.RESOLVED else "accent"))
    if talk.answer_by is not None:
        late = talk.answer_by < now
        words = _("answer by {time} ({span} late)") if late else _("answer by {time} ({span})")
        said = words.format(time=clock(talk.answer_by, now, zone), span=span(talk.answer_by - now))
        parts.append((said, "overdue" if late else "text"))
    if holder := talk.holder(now):
        parts.append((_("claimed by {person}").format(person=steady(holder)), "strong"))
    return parts


def _status(talk: Conversation, now: Instant, zone: tzinfo) -> str:
    if talk.status is Status.SNOOZED and talk.snoozed_until is not None:
        return _("snoozed until {time}").format(time=clock(talk.snoozed_until, now, zone))
    if talk.outcome is not None:
        said = word(talk.outcome)
        return f"{said}: {talk.silence_reason}" if talk.silence_reason else said
    return word(talk.status)


def standing(talk: Conversation, dossier: Dossier | None, width: int) -> Line:
    """Return on one line why a conversation stands where it stands and, on the right, what it is."""
    reasons = " ".join(dossier.reasons) if dossier is not None else ""
    said = " · ".join([summary(talk), *(f"#{steady(tag)}" for tag in talk.tags)])
    said = clip(said, width // 2 if reasons else width - _PRIORITY)
    priority: Span = (f" P{talk.priority.value} ", f"p{talk.priority.value}")
    room = width - cells(said) - width_of([priority]) - 3
    return (
        priority,
        (left(clip(steady(reasons), room), room), "quiet"),
        ("  ", "quiet"),
        (said, "quiet"),
        (" ", "quiet"),
    )


def noteworthy(talk: Conversation, dossier: Dossier | None, width: int, most: int) -> list[Line]:
    """Return what stands out about a conversation: that it cannot be answered, and who forwarded it.

    most: lines that the tips may take.
    """
    lines: list[Line] = []
    if not talk.can_reply:
        words = _(_NOT_ANSWERED.get(talk.platform, N_("{network} does not let us answer.")))
        said = words.format(network=network(talk.platform))
        lines.append(((f" {MUTE} ", "urgent"), (clip(said, width - 4), "urgent")))
    if dossier is not None and dossier.tips:
        names = ", ".join(map(_tip, dossier.tips))
        parts = list(wrapped(_("forwarded by {people}").format(people=names), width - 4))
        if len(parts) > most:
            parts = [*parts[: most - 1], clip(f"{parts[most - 1]} {parts[most]}", width - 4)]
        marks = [FORWARDED, *" " * len(parts)]
        lines += [((f" {mark} ", "accent"), (part, "text")) for mark, part in zip(marks, parts, strict=False)]
    return lines


def _tip(stored: StoredTip) -> str:
    """Return who forwarded it, with their note, and how often: `Paul (“answer him!”) ×2`."""
    said = steady(stored.tip.person)
    if stored.tip.note:
        said += f" ({quoted(steady(stored.tip.note))})"
    return f"{said} {TIMES}{stored.again + 1}" if stored.again else said


def reasons(dossier: Dossier, width: int) -> list[Line]:
    """Return in full why a conversation stands where it stands, and what is known of its author."""
    lines: list[Line] = []
    for reason in dossier.reasons:
        for index, part in enumerate(wrapped(steady(reason), width - 5)):
            lines.append(((" · " if not index else "   ", "accent"), (part, "text")))
    author = dossier.conversation.author
    if author.bio:
        lines += [((" ", "quiet"), (part, "quiet")) for part in wrapped(steady(author.bio), width - 2)]
    return lines


def fewer(lines: list[Line], most: int, key: str) -> list[Line]:
    """Return at most so many of the reasons' lines; the last one says how many more there are."""
    if len(lines) <= most:
        return lines
    hidden = len(lines) - most + 1
    words = ngettext("{n} more line · {key}", "{n} more lines · {key}", hidden).format(n=hidden, key=key)
    return [*lines[: most - 1], ((" · ", "accent"), (words, "accent"))]


def earlier(dossier: Dossier, now: Instant, zone: tzinfo, width: int) -> list[Line]:
    """Return the author's other conversations, newest first."""
    if not dossier.earlier:
        return []
    lines: list[Line] = [(), ((" " + _("Other conversations with this author"), "strong"),)]
    for talk in dossier.earlier[:_EARLIER_SHOWN]:
        when = clock(talk.last_at, now, zone)
        state = _status(talk, now, zone) if talk.status is not Status.OPEN else word(talk.status)
        text = clip(
            steady(" ".join(newest_text(talk)[: 4 * width].split())),
            max(0, width - cells(when) - cells(state) - 8),
        )
        lines.append((((f" {when}  "), "quiet"), (text, "text"), (f"  {state}", "quiet")))
    return lines


def preview(talk: Conversation, now: Instant, zone: tzinfo, width: int) -> list[Line]:
    """Return the newest message alone, for the moment before the conversation is read."""
    return _entry(
        clock(talk.last_at, now, zone),
        (author_name(talk.author), "accent"),
        newest_text(talk)[:_PREVIEW],
        width,
        _WHO_MOST,
        quiet=talk.gone is not None,
    )


def messages(dossier: Dossier, now: Instant, zone: tzinfo, width: int) -> tuple[list[Line], int]:
    """Return the messages, notes and deeds in time, and at which line the newest message begins."""
    times = [clock(entry.at, now, zone) for entry in dossier.entries]
    clocks = max((len(time) for time in times), default=5)
    names = [_who(entry, dossier.conversation.platform) for entry in dossier.entries]
    wide = min(_WHO_MOST, max([_WHO_LEAST, *(cells(name) for name, _meaning in names)]))
    lines: list[Line] = []
    newest = 0
    for entry, time, who in zip(dossier.entries, times, names, strict=True):
        if entry.mention is not None:
            newest = len(lines)
        quiet = not _is_note(entry) and (entry.mention is None or entry.mention.gone is not None)
        if entry.reply is not None:
            quiet = entry.reply.status not in ANSWERED or entry.deleted
        lines += _entry(time.rjust(clocks), who, _text(entry), width, wide, quiet=quiet)
        if (edited := _edited(entry, now, zone)) and width_of(lines[-1]) + cells(edited) + 3 <= width:
            lines[-1] = (*lines[-1], (f"  {edited}", "quiet"))
        elif edited:
            lines.append(((" " * (clocks + wide + 5), "quiet"), (edited, "quiet")))
        lines += _became(entry, now, width, clocks + wide + 5)
    return lines, newest


def _became(entry: Entry, now: Instant, width: int, margin: int) -> list[Line]:
    """Return, beneath a reply, where it stands, by whom, its link, and what went wrong with it."""
    reply = entry.reply
    if reply is None:
        return []
    label = replies.mode_of(reply) if reply.status is not ReplyStatus.DRAFT else ()
    told = (replies.state(reply, now), *((" ", "quiet"), *label) * bool(label), (" · ", "quiet"))
    lines: list[Line] = [((" " * margin, "quiet"), *told, *replies.trail(reply, deleted=entry.deleted))]
    if reply.status not in {ReplyStatus.FAILED, ReplyStatus.UNKNOWN, ReplyStatus.HOLDING}:
        return lines
    for text, meaning in ((reply.error, "overdue"), (reply.advice, "text")):
        parts = wrapped(steady(text), width - margin - 1) if text else ()
        lines += [((" " * margin, "quiet"), (part, meaning)) for part in parts]
    return lines


def _edited(entry: Entry, now: Instant, zone: tzinfo) -> str:
    """Return when the author last changed a message that is still there; empty where they did not."""
    if entry.mention is None or entry.mention.gone is not None or entry.mention.mention.edited_at is None:
        return ""
    return _("edited {time}").format(time=clock(entry.mention.mention.edited_at, now, zone))


def _who(entry: Entry, platform: str) -> Span:
    if entry.mention is not None:
        return (author_name(entry.mention.mention.author), "accent")
    if entry.reply is not None:
        if entry.reply.status is ReplyStatus.DRAFT:
            return (_("draft"), "quiet")
        return (replies.account_name(entry.reply, {entry.reply.account: entry.who}), "strong")
    if _is_note(entry):
        return (_("note"), "success")
    if entry.event is not None and entry.event.kind in _HAPPENED_THERE:
        return (network(platform), "quiet")
    return (steady(entry.who) or _("desk"), "quiet")


def _text(entry: Entry) -> str:
    if entry.reply is not None and entry.reply.act is not Act.REPLY:
        return replies.act_words(entry.reply)
    return f"{entry.who}: {entry.text}" if _is_note(entry) and entry.who else entry.text


def _is_note(entry: Entry) -> bool:
    return entry.event is not None and entry.event.kind is EventKind.NOTE_ADDED


def _entry(time: str, who: Span, text: str, width: int, wide: int, *, quiet: bool = False) -> list[Line]:
    """Return one message: time and writer once, its text broken to the width beside them."""
    name, meaning = who
    lead = f" {time}  "
    margin = cells(lead) + wide + 2
    lines: list[Line] = []
    for index, part in enumerate(wrapped(steady(text), width - margin - 1)):
        if index:
            lines.append(((" " * margin, "quiet"), (part, "quiet" if quiet else "text")))
        else:
            head: tuple[Span, ...] = ((lead, "quiet"), (left(name, wide), meaning), ("  ", "quiet"))
            lines.append((*head, (part, "quiet" if quiet else "text")))
    return lines


def window(lines: list[Line], newest: int, height: int, scroll: int, key: str) -> list[Line]:
    """Return the `height` lines to show of the messages, `scroll` lines away from where reading begins.

    Reading begins at the end, but never past the beginning of the newest message. The last line says what
    is hidden.
    """
    if height <= 0:
        return []
    if len(lines) <= height:
        return lines
    top = max(0, min(start(lines, newest, height) + scroll, len(lines) - height))
    shown = lines[top : top + height]
    hidden = len(lines) - top - height
    if hidden and height > 1:
        words = ngettext("↓ {n} more line · {key}", "↓ {n} more lines · {key}", hidden + 1)
        shown[-1] = ((" " + words.format(n=hidden + 1, key=key), "accent"),)
    return shown


def start(lines: list[Line], newest: int, height: int) -> int:
    """Return the line at which reading begins."""
    return max(0, min(newest, len(lines) - height))
