"""The approvals screen's lines: who asks for a yes to what, and all that somebody has to see to say it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from cmconsole.config.language import _, ngettext
from cmconsole.core.guard import Level
from cmconsole.core.reply import Act, ReplyStatus
from cmconsole.desk.words import newest_text, quoted
from cmconsole.tui.present import replies
from cmconsole.tui.present.difference import difference, flowed
from cmconsole.tui.present.lanes import RULE
from cmconsole.tui.present.line import cells, clip, left, right, steady, width_of, wrapped
from cmconsole.tui.present.rows import CURSOR, first_words
from cmconsole.tui.present.times import clock, span
from cmconsole.tui.present.words import author_name, network, platform_letter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cmconsole.core.conversation import Conversation
    from cmconsole.core.guard import Finding
    from cmconsole.core.reply import Reply
    from cmconsole.desk.context import Desk
    from cmconsole.desk.reply.approval import Waiting
    from cmconsole.desk.reply.send import Clearance
    from cmconsole.store.contract import StoredMention
    from cmconsole.tui.present.line import Line, Span

MESSAGES: Final = 3
"""Newest messages shown above a reply: what it answers, and what came right before."""

_SIGNS: Final[Mapping[Level, Span]] = {
    Level.BLOCK: ("✕", "overdue"),
    Level.CONFIRM: ("!", "urgent"),
    Level.TELL: ("·", "quiet"),
}
_AGE, _WRITER = 7, 9
_ACCOUNT, _ACCOUNT_WIDE = 8, 18
_WHOM, _WHOM_WIDE = 13, 18
_WIDE: Final = 120
"""Columns from which a row has room for all its words."""


def together(waiting: Sequence[Waiting]) -> list[Waiting]:
    """Return what waits, the longest first, drafts that compete for one conversation one below the other."""
    first: dict[int, int] = {}
    for place, it in enumerate(waiting):
        first.setdefault(it.reply.conversation_id, place)
    return sorted(waiting, key=lambda it: first[it.reply.conversation_id])


def title(waiting: Sequence[Waiting], width: int) -> Line:
    """Return the screen's rule: how many wait, since when, how many this person cannot approve."""
    count = len(waiting)
    parts: list[Span] = [
        (ngettext("{n} reply awaits a yes", "{n} replies await a yes", count).format(n=count), "text")
    ]
    if waiting:
        parts.append((replies.oldest(max(it.age for it in waiting)), "text"))
    if mine := sum(it.mine for it in waiting):
        parts.append((ngettext("{n} of them yours", "{n} of them yours", mine).format(n=mine), "quiet"))
    (name, _meaning), *rest = replies.fitting(_("APPROVALS"), parts, width)
    spans: list[Span] = [(name, "key"), *rest, (" ", "rule")]
    return (*spans, (RULE * max(0, width - width_of(spans) - 1), "accent"))


def empty(back_key: str) -> list[str]:
    """Return what is said where nothing waits."""
    return [
        _("Nothing awaits a yes."),
        _("The settings say when a second person has to read a reply: [approval]."),
        _("{key} to go back.").format(key=back_key),
    ]


def row(
    it: Waiting, competing: tuple[int, int], handles: Mapping[str, str], width: int, *, cursor: bool
) -> Line:
    """Return one row: age, writer, as whom, to whom, first words. competing: which one of how many there."""
    reply = it.reply
    wide = width >= _WIDE
    account = left(replies.account_name(reply, handles), _ACCOUNT_WIDE if wide else _ACCOUNT)
    spans: list[Span] = [
        (CURSOR if cursor else " ", "mark"),
        (right(span(it.age), _AGE), "text"),
        ("  ", "quiet"),
        (left(steady(reply.writer), _WRITER), "strong"),
        (f" {account} {platform_letter(reply.platform)} ", "text"),
        *replies.mode_column(reply),
        (" → ", "quiet"),
        (left(author_name(it.conversation.author), _WHOM_WIDE if wide else _WHOM), "accent"),
        (" ", "quiet"),
    ]
    notes: list[Span] = []
    if competing[1] > 1:
        words = _("{number} of {count} drafts") if wide else "{number}/{count}"
        words = words.format(number=competing[0], count=competing[1])
        notes.append((f"{words} ", "urgent"))
    if it.mine:
        notes.append((_("yours") + " ", "quiet"))
    if reply.is_amended:
        notes.append((_("changed") + " ", "urgent"))
    room = width - width_of(spans) - width_of(notes) - 1
    return (*spans, *notes, (first_words(said(reply), max(0, room)), "quiet"))


def said(reply: Reply) -> str:
    """Return exactly what would be published, as one text."""
    return "\n\n".join(reply.parts) or reply.text


def heading(it: Waiting, handles: Mapping[str, str], width: int) -> Line:
    """Return the rule above what is looked at: as whom, where, live or not, to whom."""
    reply = it.reply
    what = _("{person}: as {account} on {network}").format(
        person=steady(reply.writer),
        account=replies.account_name(reply, handles),
        network=network(reply.platform),
    )
    whom = _("to {whom}").format(whom=author_name(it.conversation.author))
    spans: list[Span] = [
        (f" {RULE * 2} ", "rule"),
        (what, "strong"),
        ("  ", "text"),
        *replies.mode_of(reply),
        ("  ", "text"),
        (whom, "strong"),
        (" ", "rule"),
    ]
    return (*spans, (RULE * max(0, width - width_of(spans) - 1), "rule"))


def detail(it: Waiting, seen: Clearance | None, desk: Desk, width: int) -> list[Line]:
    """Return all that somebody has to see before they say yes. seen: None while it is being read."""
    lines: list[Line] = []
    if it.mine:
        said_so = _("You changed this text last: a colleague has to approve it.")
        lines += [((" ! ", "urgent"), (part, "urgent")) for part in wrapped(said_so, width - 4)]
    mentions = () if seen is None else seen.sheet.mentions[-MESSAGES:]
    lines += _messages(it.conversation, mentions, desk, width)
    lines += published(it.reply, width)
    if it.reply.is_amended:
        by = _("CHANGED since approval was asked for, by {person}:").format(
            person=steady(it.reply.editor or it.reply.writer)
        )
        lines += [(), ((f" {by}", "urgent"),)]
        spans = difference(it.reply.asked_text, it.reply.text)
        lines += [(("   ", "text"), *line) for line in flowed(spans, width - 4)]
    if seen is None:
        return [*lines, (), ((" " + _("Reading…"), "quiet"),)]
    if seen.owed:
        why = _("A second person has to say yes: {reasons}.").format(reasons="; ".join(seen.owed))
        lines += [(), *(((" ", "text"), (part, "text")) for part in wrapped(steady(why), width - 2))]
    lines += guards(seen.findings, it.reply, width)
    return [*lines, *_others(it, seen.sheet.others, desk, width)]


def _messages(talk: Conversation, mentions: Sequence[StoredMention], desk: Desk, width: int) -> list[Line]:
    told = [(it.mention.created_at, it.mention.text) for it in mentions if it.gone is None]
    lines: list[Line] = []
    for at, text in told or [(talk.last_at, newest_text(talk))]:
        head = f" {clock(at, desk.now(), desk.zone)}  {author_name(talk.author)}  "
        for index, part in enumerate(wrapped(steady(text), width - cells(head) - 1)):
            lead: Span = (head, "accent") if not index else (" " * cells(head), "quiet")
            lines.append((lead, (part, "text")))
    return lines


def published(reply: Reply, width: int) -> list[Line]:
    """Return exactly what is to be published, one block a post."""
    parts = reply.parts or (reply.text,)
    if reply.act is not Act.REPLY:
        return [(), ((f" {replies.act_words(reply)}", "strong"),)]
    lines: list[Line] = [(), ((" " + _("Exactly what is published:"), "strong"),)]
    for number, part in enumerate(parts, start=1):
        if len(parts) > 1:
            words = _("post {number} of {count}").format(number=number, count=len(parts))
            lines.append(((f" {words}", "quiet"),))
        lines += [((" │ ", "accent"), (it, "text")) for it in wrapped(steady(part), width - 4)]
    return lines


def guards(findings: Sequence[Finding], reply: Reply, width: int) -> list[Line]:
    """Return the guards that are raised now, with their reasons, and which of them the writer confirmed."""
    lines: list[Line] = [()] if findings else []
    for finding in findings:
        sign, meaning = _SIGNS[finding.level]
        reason = steady(finding.reason)
        if finding.guard in reply.raised and finding.level is Level.TELL:
            by = steady(reply.editor or reply.writer)
            reason = _("{reason} ({person} confirmed it)").format(reason=reason, person=by)
        elif finding.level is Level.CONFIRM:
            reason = _("{reason} (new: it asks for a typed word)").format(reason=reason)
        for index, part in enumerate(wrapped(reason, width - 5)):
            lines.append(((f" {sign} " if not index else "   ", meaning), (part, "text")))
    return lines


def _others(it: Waiting, others: Sequence[Reply], desk: Desk, width: int) -> list[Line]:
    """Return what else was written for the same author: drafts that compete, and what was sent before."""
    found = [
        other
        for other in others
        if other.act is Act.REPLY and other.id != it.reply.id and said(other).strip()
    ]
    if not found:
        return []
    now, person = desk.now(), desk.person
    lines: list[Line] = [(), ((" " + _("Also written for this conversation:"), "strong"),)]
    for other in found:
        words, meaning = replies.state(other, now)
        mine = other.writer == person and other.status is ReplyStatus.DRAFT
        who = _("you") if mine else steady(other.writer)
        head: tuple[Span, ...] = (
            (f"   {clock(other.updated_at, now, desk.zone)}  ", "quiet"),
            (words, meaning),
            (f" · {who}: ", "quiet"),
        )
        room = width - width_of(head) - 1
        lines.append((*head, (clip(quoted(first_words(said(other), max(8, room - 2))), room), "text")))
    return lines
