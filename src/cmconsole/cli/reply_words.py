"""How commands speak of replies: as one stable JSON object, and in words, with what to type next."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from cmconsole.config.language import _, said
from cmconsole.core.account import Mode
from cmconsole.core.clock import SECOND
from cmconsole.core.guard import Finding, GuardError, Level
from cmconsole.core.reply import Act, Reply, ReplyStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

    from cmconsole.core.clock import Instant, Millis

_CONFIRM = "publish"
_WORD = re.compile(r"\s+|[^\W_]+|[\W_]")


def record(reply: Reply) -> dict[str, object]:
    """Return a reply as docs/guide/outbox.md promises it to programs."""
    return {
        "id": reply.id,
        "conversation": reply.conversation_id,
        "status": reply.status.value,
        "stranded": reply.is_stranded,
        "act": reply.act.value,
        "account": reply.account or None,
        "platform": reply.platform,
        "mode": reply.mode.value,
        "in_reply_to": reply.in_reply_to or None,
        "text": reply.text,
        "parts": list(reply.parts),
        "hash": reply.hash,
        "canned": reply.canned or None,
        "writer": reply.writer,
        "editor": reply.editor or None,
        "approver": reply.approver or None,
        "asked_at": _moment(reply.asked_at),
        "asked_text": reply.asked_text or None,
        "amended": reply.is_amended,
        "refusal": reply.refusal or None,
        "raised": list(reply.raised),
        "hold_until": _moment(reply.hold_until),
        "attempts": reply.attempts,
        "next_look_at": _moment(reply.next_at),
        "error": reply.error or None,
        "advice": reply.advice or None,
        "native_ids": list(reply.native_ids),
        "url": reply.url or None,
        "created_at": _moment(reply.created_at),
        "updated_at": _moment(reply.updated_at),
        "sent_at": _moment(reply.sent_at),
    }


def findings_record(findings: Iterable[Finding]) -> list[dict[str, str]]:
    """Return the guards that were raised, for programs."""
    return [{"guard": it.guard, "level": it.level.value, "reason": it.reason} for it in findings]


def _moment(at: Instant | None) -> str | None:
    from cmconsole.desk import when  # noqa: PLC0415 - help does without

    return None if at is None else when.iso(at)


def findings_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield each guard that was raised, with what it does and its reason."""
    for it in findings:
        does = {Level.BLOCK: _("stops it"), Level.CONFIRM: _("asks"), Level.TELL: _("tells")}.get(it.level)
        yield _("{guard} ({does}): {reason}").format(guard=it.guard, does=does, reason=it.reason)


def confirming(typed: str, word: str) -> str:
    """Return the word as it is asked for: it is the reader's language's, and scripts may type the English."""
    return word if typed.strip().casefold() == _CONFIRM else typed


def stopped_lines(error: GuardError, command: str) -> Iterator[str]:
    """Yield what stands in the way of a reply, and what to type where that helps.

    command: what was typed, without the word.
    """
    yield from findings_lines(error.findings)
    if error.word:
        yield _("It needs a second look; nothing was sent.")
        typed = f"{command} --confirm {error.word}"
        yield "    → " + _("if it may leave all the same: {command}").format(command=typed)
    else:
        yield said(error)


def seconds(left: Millis) -> int:
    """Return whole seconds of a countdown: it shows 1 until it is over."""
    return -(-max(0, left) // SECOND)


def speaker(reply: Reply) -> str:
    """Return as whom a reply speaks, and whether anybody will read it: `main, REHEARSAL`."""
    mode = _("LIVE") if reply.mode is Mode.LIVE else _("REHEARSAL")
    return f"{reply.account or '–'}, {mode}"


def state(reply: Reply, now: Instant, zone: tzinfo) -> str:
    """Return where a reply stands, with the time of what happens next by itself."""
    from cmconsole.desk import when  # noqa: PLC0415 - help does without
    from cmconsole.desk.words import word  # noqa: PLC0415 - the same

    if reply.is_stranded:
        return _("stopped inside its undo window")
    if reply.status is ReplyStatus.HOLDING and reply.hold_until is not None:
        if reply.attempts:
            return _("not published yet, tried again at {time}").format(
                time=when.shown(reply.hold_until, now, zone)
            )
        return _("leaves in {n} s").format(n=seconds(reply.hold_until - now))
    if reply.status is ReplyStatus.UNKNOWN and reply.next_at is not None:
        return _("unknown, looked up at {time}").format(time=when.shown(reply.next_at, now, zone))
    return word(reply.status)


def headline(reply: Reply, now: Instant, zone: tzinfo, *, handle: str) -> str:
    """Return a reply in one line: its number, where it stands, as whom, to whom, by whom."""
    from cmconsole.desk.words import word  # noqa: PLC0415 - help does without

    to = _("to @{handle}").format(handle=handle) if handle else ""
    facts = [
        speaker(reply),
        " ".join(part for part in (to, _("on {platform}").format(platform=reply.platform)) if part),
        _("conversation {id}").format(id=reply.conversation_id),
        _("by {person}").format(person=reply.writer),
    ]
    if reply.act is not Act.REPLY:
        facts.insert(0, word(reply.act))
    if reply.editor not in {"", reply.writer}:
        facts.append(_("changed by {person}").format(person=reply.editor))
    if reply.approver:
        facts.append(_("approved by {person}").format(person=reply.approver))
    return _("{id}: {state} ({facts})").format(
        id=reply.id, state=state(reply, now, zone), facts=", ".join(facts)
    )


def what_to_type(reply: Reply) -> Iterator[str]:
    """Yield what a person can do about a reply that waits for them, as commands."""
    number = reply.id
    back = _("make it a draft again: cmconsole outbox back {id}").format(id=number)
    drop = _("drop it: cmconsole outbox discard {id}").format(id=number)
    again = _("send it again: cmconsole outbox retry {id}").format(id=number)
    if reply.is_stranded:
        yield _("send it now: cmconsole outbox retry {id}").format(id=number)
        yield back
    elif reply.status is ReplyStatus.HOLDING:
        yield _("take it back: cmconsole outbox back {id}").format(id=number)
    elif reply.status is ReplyStatus.FAILED:
        yield again
        if not reply.native_ids and reply.act is Act.REPLY:
            yield back
        yield drop
    elif reply.status is ReplyStatus.UNKNOWN:
        yield _("have it looked up now: cmconsole outbox look {id}").format(id=number)
        yield _("you saw it there: cmconsole outbox settle {id}").format(id=number)
        yield _("you are sure that it is not there: cmconsole outbox retry {id}").format(id=number)


def changed_words(before: str, after: str) -> str:
    """Return a text with what went as [-gone-] and what came as {+new+}, word by word."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    told = []
    for kind, start, end, begin, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, came = "".join(old[start:end]), "".join(new[begin:stop])
        if kind == "equal":
            told.append(gone)
            continue
        told += [f"[-{gone}-]"] if gone else []
        told += [f"{{+{came}+}}"] if came else []
    return "".join(told)


def indented(text: str) -> Iterator[str]:
    """Yield the lines of a text under a headline."""
    for line in text.splitlines():
        yield f"    {line}".rstrip()
