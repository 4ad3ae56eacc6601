"""Replies in words: where one stands, what is about to leave, and the lines that keep both in sight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from cmconsole.config.language import _, ngettext
from cmconsole.core.account import Mode
from cmconsole.core.clock import SECOND
from cmconsole.core.reply import Act, ReplyStatus
from cmconsole.core.text import link
from cmconsole.desk.words import word
from cmconsole.tui.present.header import mode_label
from cmconsole.tui.present.lanes import joined
from cmconsole.tui.present.line import cells, clip, steady, width_of
from cmconsole.tui.present.times import span
from cmconsole.tui.present.words import account_name as account_of
from cmconsole.tui.present.words import author_name, network

if TYPE_CHECKING:
    from collections.abc import Collection

    from cmconsole.core.clock import Instant, Millis
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.reply import Reply
    from cmconsole.desk.board import Board
    from cmconsole.desk.context import Desk
    from cmconsole.desk.reply.outbox import Leaving
    from cmconsole.tui.present.line import Line, Span

LEAVING: Final = "→"
"""On its way out, or about to be: in a row, on the line that counts down, in a conversation."""

_SENT, _WRONG, _ASKS = "✓", "✕", "!"
_WHOM_LEAST: Final = 8


def handles(desk: Desk) -> dict[str, str]:
    """Return the desk's accounts' handles by the settings' names."""
    return {it.name: it.handle for it in desk.replying.speakers}


def account_name(reply: Reply, known: Mapping[str, str]) -> str:
    """Return whom a reply speaks as: `@acme`, `u/acme`; the account's name where its handle is unknown."""
    handle = known.get(reply.account, "")
    return account_of(handle) if handle else steady(reply.account)


def author(talk: Conversation | None) -> str:
    """Return whom a reply answers."""
    return _("somebody who is gone") if talk is None else author_name(talk.author)


def is_window(reply: Reply) -> bool:
    """Say whether a reply is inside its undo window: no attempt was made yet, and it leaves by itself."""
    return reply.status is ReplyStatus.HOLDING and not reply.is_stranded and not reply.attempts


def touches(reply: Reply, person: str) -> bool:
    """Say whether a reply is this person's to take back with one key."""
    return person in {reply.writer, reply.editor, reply.approver}


def seconds(until: Instant, now: Instant) -> str:
    """Return a countdown in whole seconds, rounded up: what has 0 s left is about to leave."""
    return _("{n} s").format(n=max(0, -(-(until - now) // SECOND)))


# ------------------------------------------------------------------------------------------- where one stands


_SIGNS: Final[Mapping[ReplyStatus, Span]] = {
    ReplyStatus.DRAFT: ("…", "quiet"),
    ReplyStatus.AWAITING: (_ASKS, "urgent"),
    ReplyStatus.HOLDING: (LEAVING, "accent"),
    ReplyStatus.SENDING: (LEAVING, "accent"),
    ReplyStatus.SENT: (_SENT, "success"),
    ReplyStatus.FAILED: (_WRONG, "overdue"),
    ReplyStatus.UNKNOWN: (_ASKS, "urgent"),
    ReplyStatus.DISCARDED: ("–", "quiet"),
    ReplyStatus.REHEARSED: ("=", "rehearsal"),
}


def brief(reply: Reply) -> Span:
    """Return where a reply stands in a sign and a word or two, as a lane's row has room for."""
    sign, meaning = _SIGNS[reply.status]
    if reply.is_stranded:
        return (f"{_ASKS} " + _("stopped"), "overdue")
    if reply.status is ReplyStatus.HOLDING:
        return (f"{sign} " + (_("leaving") if is_window(reply) else _("tried again soon")), meaning)
    given_up = reply.status is ReplyStatus.UNKNOWN and reply.next_at is None
    return (f"{sign} {_said(reply)}", "overdue" if given_up else meaning)


def short(reply: Reply, now: Instant, room: int) -> Span:
    """Return where a reply stands in few words, with what the clock says where there is room for it."""
    if reply.status is ReplyStatus.HOLDING and not reply.is_stranded:
        if is_window(reply):
            return _holding(reply, now)
        left = seconds(reply.hold_until or now, now)
        return (f"{LEAVING} " + _("next try in {left}").format(left=left), "urgent")
    words, meaning = brief(reply)
    if reply.status is ReplyStatus.UNKNOWN and reply.next_at is not None:
        long = f"{words} · {_next_look(reply.next_at, now)}"
        return (long if cells(long) <= room else words, meaning)
    return words, meaning


def state(reply: Reply, now: Instant) -> Span:
    """Return where a reply stands, with what the clock says; one line."""
    if reply.status is ReplyStatus.HOLDING:
        return _holding(reply, now)
    if reply.status is ReplyStatus.UNKNOWN:
        said = _("nobody knows whether it is published") if reply.act is Act.REPLY else _doubt()
        if reply.next_at is not None:
            return (f"{_ASKS} {said} · {_next_look(reply.next_at, now)}", "urgent")
        looks = ngettext("looked up {n} time", "looked up {n} times", reply.looks).format(n=reply.looks)
        return (f"{_ASKS} {said} · {looks}", "overdue")
    return brief(reply)


def _said(reply: Reply) -> str:
    if reply.act is Act.REPLY:
        return word(reply.status)
    return {
        ReplyStatus.SENT: _("done"),
        ReplyStatus.FAILED: _("not done"),
        ReplyStatus.SENDING: _("being done"),
        ReplyStatus.REHEARSED: _("rehearsal: not done"),
    }.get(reply.status) or word(reply.status)


def _doubt() -> str:
    return _("nobody knows whether it is done")


def _next_look(at: Instant, now: Instant) -> str:
    if at <= now:
        return _("being looked up")
    return _("looked up in {span}").format(span=span(at - now))


def _holding(reply: Reply, now: Instant) -> Span:
    if reply.hold_until is None:
        return (f"{_ASKS} " + _("stopped: the desk went down inside its undo window"), "overdue")
    if not is_window(reply):
        left = seconds(reply.hold_until, now)
        said = _("not published yet") if reply.act is Act.REPLY else _("not done yet")
        return (f"{LEAVING} {said} · " + _("next try in {left}").format(left=left), "urgent")
    if reply.hold_until <= now:
        return (f"{LEAVING} " + _("leaves now"), "accent")
    left = seconds(reply.hold_until, now)
    return (f"{LEAVING} " + _("leaves in {left}").format(left=left), "accent")


def trail(reply: Reply, *, deleted: bool = False) -> Line:
    """Return who wrote a reply and who said yes, that we deleted it since, and its link."""
    by = _("by {person}").format(person=steady(reply.writer))
    if reply.editor and reply.editor != reply.writer:
        by += ", " + _("changed by {person}").format(person=steady(reply.editor))
    if reply.approver:
        by += ", " + _("approved by {person}").format(person=steady(reply.approver))
    parts: list[Span] = [(by, "quiet")]
    if deleted:
        parts.append((_("deleted by us since"), "overdue"))
    if url := link(reply.url):
        parts.append((url, "accent"))
    return joined(parts)


def act_words(reply: Reply) -> str:
    """Return what is done to a post, with the reason where one was given: `report: “spam”`."""
    said = word(reply.act)
    return _("{act}: “{reason}”").format(act=said, reason=steady(reply.text)) if reply.text else said


def mode_of(reply: Reply) -> Line:
    """Return the label that says whether a reply is published for good."""
    return mode_label(live=reply.mode is Mode.LIVE)


def mode_column(reply: Reply) -> Line:
    """Return the label as wide as the wider of the two, for rows that line up."""
    label = mode_of(reply)
    wide = max(width_of(mode_label(live=live)) for live in (True, False))
    return (*label, (" " * (wide - width_of(label)), "text"))


# ------------------------------------------------------------------------------------- lines always in sight


def countdown(
    leaving: Sequence[Leaving], desk: Desk, now: Instant, keys: tuple[str, str], width: int
) -> Line | None:
    """Return what leaves next, counted down: this person's newest first; None where nothing leaves.

    keys: that take back, and that open the outbox.
    """
    going = [
        it
        for it in leaving
        if is_window(it.reply) or it.reply.status is ReplyStatus.SENDING or _due(it.reply, now)
    ]
    if not going:
        return None
    going.sort(
        key=lambda it: (
            not is_window(it.reply),
            not touches(it.reply, desk.person),
            -it.reply.updated_at,
            -it.reply.id,
        )
    )
    first, take_back, more = going[0], keys[0], len(going) - 1
    own = touches(first.reply, desk.person) and is_window(first.reply)
    after: list[Span] = []
    if own:
        after += [(" · ", "quiet"), (_("{key} takes it back").format(key=take_back), "strong")]
    if more:
        words = ngettext("{n} more: {key}", "{n} more: {key}", more).format(n=more, key=keys[1])
        after += [(" · ", "quiet"), (words, "quiet")]
    label = (("  ", "text"), *mode_of(first.reply))
    room = width - 4 - width_of(after) - width_of(label)
    said = _leaves(first, desk, now, room, own=own or touches(first.reply, desk.person))
    return ((f" {LEAVING} ", "accent"), (said, "strong"), *label, *after)


def _due(reply: Reply, now: Instant) -> bool:
    """Say whether a reply that was put off is tried again at this very moment."""
    return reply.status is ReplyStatus.HOLDING and reply.hold_until is not None and reply.hold_until <= now


def _leaves(it: Leaving, desk: Desk, now: Instant, room: int, *, own: bool) -> str:
    """Return what leaves when, as whom, to whom; where room is short whom is cut, then the account goes."""
    reply = it.reply
    until = reply.hold_until
    left = "" if until is None or until <= now else seconds(until, now)
    account, on = account_name(reply, handles(desk)), network(reply.platform)
    whom = author(it.conversation)
    long, short = _sentences(reply, own=own, left=bool(left))
    facts = {"left": left, "account": account, "network": on, "person": steady(reply.writer)}
    facts["act"] = word(reply.act)
    needed = cells(long.format(**facts, whom=""))
    if needed + min(cells(whom), _WHOM_LEAST) <= room:
        return long.format(**facts, whom=clip(whom, room - needed))
    needed = cells(short.format(**facts, whom=""))
    return clip(short.format(**facts, whom=clip(whom, max(_WHOM_LEAST, room - needed))), room)


def _sentences(reply: Reply, *, own: bool, left: bool) -> tuple[str, str]:
    """Return the sentence for what leaves, in many words and in few."""
    if reply.act is not Act.REPLY:
        if not left:
            return _("{act} as {account} on {network}, now: {whom}"), _("{act}, now: {whom}")
        return _("{act} in {left} as {account} on {network}: {whom}"), _("{act} in {left}: {whom}")
    if not left:
        return _("Leaving now as {account} on {network} to {whom}"), _("Leaving now to {whom}")
    if own:
        return _("Leaves in {left} as {account} on {network} to {whom}"), _("Leaves in {left} to {whom}")
    return (
        _("{person}'s reply leaves in {left} as {account} on {network} to {whom}"),
        _("{person}'s leaves in {left} to {whom}"),
    )


def fitting(title: str, parts: Sequence[Span], width: int) -> Line:
    """Return a title and as many of its parts, the first ones first, as there is room for."""
    shown = list(parts)
    while len(shown) > 1 and cells(title) + width_of(joined(shown)) + 3 > width:
        shown.pop()
    return ((f" {title}", "strong"), ("  ", "quiet"), *joined(shown))


def approvals(board: Board, key: str, width: int) -> tuple[Line, Span] | None:
    """Return the rule of what awaits approval, and its key (shown flush right); None where nothing does."""
    waiting = board.waiting
    if not waiting:
        return None
    others = [it for it in waiting if not it.mine]
    count = len(waiting)
    words = ngettext("{n} reply awaits a yes", "{n} replies await a yes", count).format(n=count)
    parts: list[Span] = [(words, "urgent" if others else "text")]
    if others:
        parts.append((oldest(max(it.age for it in others)), "text"))
    if mine := count - len(others):
        words = ngettext("{n} of them yours", "{n} of them yours", mine).format(n=mine)
        parts.append((words if others else _("yours: a colleague says it"), "quiet"))
    return fitting(_("APPROVALS"), parts, width), (_("{key} to look").format(key=key), "quiet")


def oldest(age: Millis) -> str:
    """Return since when the longest waiting one waits."""
    return _("the oldest for {span}").format(span=span(age))


def trouble(board: Board, key: str, width: int) -> tuple[Line, Span] | None:
    """Return the rule of an outbox that a person should know of, and its key; None where all leaves well."""
    found = [it.reply for it in board.replies]
    stranded = sum(it.is_stranded for it in found)
    failed = sum(it.status is ReplyStatus.FAILED for it in found)
    unknown = [it for it in found if it.status is ReplyStatus.UNKNOWN]
    delayed = [
        it for it in found if it.status is ReplyStatus.HOLDING and not it.is_stranded and not is_window(it)
    ]
    parts: list[Span] = []
    if stranded:
        words = ngettext(
            "{n} stopped: the desk went down inside its window; {key} to say",
            "{n} stopped: the desk went down inside their window; {key} to say",
            stranded,
        )
        parts.append((f"{_ASKS} " + words.format(n=stranded, key=key), "overdue"))
    if failed:
        words = ngettext("{n} not published", "{n} not published", failed).format(n=failed)
        parts.append((f"{_WRONG} {words}", "overdue"))
    if unknown:
        words = ngettext("{n} unknown", "{n} unknown", len(unknown)).format(n=len(unknown))
        given_up = any(it.next_at is None for it in unknown)
        parts.append((f"{_ASKS} {words}", "overdue" if given_up else "urgent"))
    if delayed:
        words = ngettext("{n} tried again soon", "{n} tried again soon", len(delayed)).format(n=len(delayed))
        parts.append((f"{LEAVING} {words}", "text"))
    if not parts:
        return None
    title = _("OUTBOX")
    if stranded and cells(title) + width_of(joined(parts)) + 3 > width:
        words = ngettext("{n} stopped: {key} to say", "{n} stopped: {key} to say", stranded)
        parts[0] = (f"{_ASKS} " + words.format(n=stranded, key=key), "overdue")
    return fitting(title, parts, width), (_("{key} to look").format(key=key), "quiet")


def bar(
    board: Board | None, desk: Desk, keys: tuple[str, str, str], width: int, *, shown: Collection[str] = ()
) -> list[Line]:
    """Return the lines about replies that are always in sight; none where there is nothing to say.

    keys: that take back, open the approvals, open the outbox. shown: what of `approvals` and `outbox` has
    another place on the screen.
    """
    if board is None:
        return []
    take_back, approve, out = keys
    lines: list[Line] = []
    first = countdown(board.replies, desk, desk.now(), (take_back, out), width)
    if first is not None:
        lines.append(first)
    rules = [
        None if "approvals" in shown else approvals(board, approve, width),
        None if "outbox" in shown else trouble(board, out, width),
    ]
    lines += [flush(*rule, width) for rule in rules if rule is not None]
    return lines


def flush(line: Line, hint: Span, width: int) -> Line:
    """Return a line with its hint flush right; where there is no room for it, without."""
    gap = width - width_of(line) - width_of([hint]) - 1
    return line if gap < 1 else (*line, (" " * gap, "quiet"), hint)
