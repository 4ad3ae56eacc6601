"""The outbox screen's lines: what is on its way, what did not leave, and what a person can do about each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cmconsole.config.language import _, ngettext
from cmconsole.core.reply import Act, ReplyStatus
from cmconsole.core.text import link
from cmconsole.desk.reply.outbox import needs_person
from cmconsole.tui.actions import AMONG_REPLIES, key_name
from cmconsole.tui.present import replies
from cmconsole.tui.present.approvals import published, said
from cmconsole.tui.present.lanes import RULE, joined
from cmconsole.tui.present.line import clip, left, right, steady, width_of, wrapped
from cmconsole.tui.present.rows import CURSOR, first_words
from cmconsole.tui.present.times import clock, span
from cmconsole.tui.present.words import network, platform_letter

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from cmconsole.core.clock import Instant
    from cmconsole.core.reply import Reply
    from cmconsole.desk.reply.outbox import Leaving
    from cmconsole.tui.keymap import Keymap
    from cmconsole.tui.present.line import Line, Span

_AGE, _STATE, _STATE_WIDE, _WHOM = 7, 17, 32, 14
_ACCOUNT, _ACCOUNT_WIDE = 8, 18
_WIDE = 120
"""Columns from which a row has room for all its words."""


def title(box: Sequence[Leaving], width: int) -> Line:
    """Return the screen's rule: how many there are, and how many need a person."""
    count, needing = len(box), sum(needs_person(it.reply) for it in box)
    parts: list[Span] = [(ngettext("{n} reply", "{n} replies", count).format(n=count), "text")]
    if needing:
        words = ngettext("{n} needs a person", "{n} need a person", needing).format(n=needing)
        parts.append((words, "overdue"))
    spans = [(" " + _("OUTBOX"), "key"), ("  ", "quiet"), *joined(parts), (" ", "rule")]
    return (*spans, (RULE * max(0, width - width_of(spans) - 1), "accent"))


def empty(back_key: str) -> list[str]:
    """Return what is said where nothing is on its way."""
    return [_("Everything has left; nothing is on its way."), _("{key} to go back.").format(key=back_key)]


def row(it: Leaving, handles: Mapping[str, str], now: Instant, width: int, *, cursor: bool) -> Line:
    """Return one row: since when, where it stands, as whom, to whom, whose, first words."""
    reply = it.reply
    wide = _STATE if width < _WIDE else _STATE_WIDE
    words, meaning = replies.short(reply, now, wide)
    account = left(replies.account_name(reply, handles), _ACCOUNT if width < _WIDE else _ACCOUNT_WIDE)
    spans: list[Span] = [
        (CURSOR if cursor else " ", "mark"),
        (right(span(now - reply.updated_at), _AGE), "quiet"),
        ("  ", "quiet"),
        (left(words, wide), meaning),
        (f" {account} {platform_letter(reply.platform)} ", "text"),
        *replies.mode_column(reply),
        (" → ", "quiet"),
        (left(replies.author(it.conversation), _WHOM), "accent"),
        (" ", "quiet"),
    ]
    room = max(0, width - width_of(spans) - 1)
    what = said(reply) if reply.act is Act.REPLY else replies.act_words(reply)
    return (*spans, (first_words(f"{steady(reply.writer)}: {what}", room), "quiet"))


def heading(it: Leaving, handles: Mapping[str, str], width: int) -> Line:
    """Return the rule above what is looked at."""
    reply = it.reply
    what = _("as {account} on {network}").format(
        account=replies.account_name(reply, handles), network=network(reply.platform)
    )
    spans: list[Span] = [
        (f" {RULE * 2} ", "rule"),
        (what, "strong"),
        ("  ", "text"),
        *replies.mode_of(reply),
        ("  ", "text"),
        (_("to {whom}").format(whom=replies.author(it.conversation)), "strong"),
        (" ", "rule"),
    ]
    return (*spans, (RULE * max(0, width - width_of(spans) - 1), "rule"))


def detail(it: Leaving, keymap: Keymap, zone: tzinfo, now: Instant, width: int) -> list[Line]:
    """Return where it stands since when, what went wrong, what can be done with which key, and its text."""
    reply = it.reply
    words, meaning = replies.state(reply, now)
    since = _("since {time}").format(time=clock(reply.updated_at, now, zone))
    lines: list[Line] = [((f" {words}", meaning), (f" · {since} · ", "quiet"), *replies.trail(reply))]
    for text, how in ((_explained(reply), "text"), (reply.error, "overdue"), (reply.advice, "accent")):
        lines += [((" ", "text"), (part, how)) for part in (wrapped(steady(text), width - 2) if text else ())]
    if reply.attempts:
        tries = ngettext("tried {n} time", "tried {n} times", reply.attempts).format(n=reply.attempts)
        lines.append(((f" {tries}", "quiet"),))
    if reply.native_ids:
        count, whole = len(reply.native_ids), max(1, len(reply.parts))
        there = _("{n} of {count} posts are published already").format(n=count, count=whole)
        lines.append(((f" {there}", "urgent"),))
    lines += _keys(reply, keymap, width)
    lines += published(reply, width)
    if url := link(reply.url or (it.conversation.url if it.conversation is not None else "")):
        lines += [(), ((" ", "text"), (clip(url, width - 2), "accent"))]
    return lines


def _explained(reply: Reply) -> str:
    """Return what a state means to a person, where its words are not enough."""
    if reply.is_stranded:
        return _("It was on hold when the desk or its console went down: it leaves only if somebody says so.")
    if reply.status is ReplyStatus.UNKNOWN and reply.next_at is None:
        return _("The look-ups could not tell. Look there yourself, then say what you saw.")
    if reply.status is ReplyStatus.UNKNOWN:
        return _(
            "The platform's answer was lost. It is looked up by itself; nothing is sent again meanwhile."
        )
    if reply.status is ReplyStatus.SENDING:
        return _("The platform is being asked at this moment: it can no longer be taken back.")
    return ""


def possible(reply: Reply) -> tuple[str, ...]:
    """Return the ids of the actions that mean something to a reply as it stands."""
    if reply.is_stranded:
        return ("yes", "take-back", "discard")
    whole = not reply.native_ids and reply.act is Act.REPLY
    return {
        ReplyStatus.HOLDING: ("take-back",),
        ReplyStatus.UNKNOWN: ("look-up", "seen-there", "retry", "discard"),
        ReplyStatus.FAILED: (*(("edit",) if whole else ()), "retry", "discard"),
    }.get(reply.status, ())


def meaningless(reply: Reply | None) -> frozenset[str]:
    """Return the ids that the footer leaves out for what is under the cursor."""
    return (AMONG_REPLIES | {"take-back"}) - set(() if reply is None else possible(reply))


def _keys(reply: Reply, keymap: Keymap, width: int) -> list[Line]:
    words = {
        "yes": _("let it leave after all"),
        "take-back": _("take it back: it becomes a draft"),
        "look-up": _("look it up again now"),
        "seen-there": _("I saw it there: it counts as sent"),
        "retry": _("send it again"),
        "edit": _("change the text, then send"),
        "discard": _("drop it"),
    }
    if reply.act is not Act.REPLY:
        words["take-back"] = _("take it back: it is dropped")
        words["retry"] = _("try it again")
    lines: list[Line] = []
    line: list[Span] = []
    for action_id in possible(reply):
        if not (key := key_name(keymap.first(action_id))):
            continue
        item: list[Span] = [(f" {key}", "key"), (f" {words[action_id]} ", "text")]
        if line and width_of([*line, *item]) > width - 1:
            lines.append(tuple(line))
            line = []
        line += item
    return [*lines, tuple(line)] if line else lines
