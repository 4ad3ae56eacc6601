"""The reply's status machine as the engine moves it: from hold to the platform's answer, with its facts."""

from __future__ import annotations

from dataclasses import replace

from cmconsole.core import moves
from cmconsole.core.account import Mode
from cmconsole.core.clock import Instant
from cmconsole.core.conversation import Conversation, Outcome, Status
from cmconsole.core.errors import N_, IllegalMoveError
from cmconsole.core.event import EventKind, Fact
from cmconsole.core.reply import Act, Reply, ReplyStatus
from cmconsole.core.replying import Case, ReplyChange, check_status, doubtful, fact

_Is = ReplyStatus


def strand(case: Case, *, now: Instant) -> ReplyChange:
    """Stop a reply whose window nobody watched over: a person has to confirm it."""
    if case.reply.status is not _Is.HOLDING or case.reply.is_stranded:
        return ReplyChange(case.reply)
    after = replace(case.reply, hold_until=None, updated_at=now)
    return ReplyChange(after, (fact(EventKind.REPLY_STRANDED, after),))


def _check_over(reply: Reply, now: Instant) -> None:
    """Raise IllegalMoveError unless the undo window is over, and a person was there to use it."""
    if reply.status is not _Is.HOLDING or reply.hold_until is None or reply.hold_until > now:
        check_status(reply, ())


def begin(case: Case, *, now: Instant) -> ReplyChange:
    """Write down that the platform is about to be called: committed, on disk, before the call."""
    reply = case.reply
    _check_over(reply, now)
    if reply.mode is not Mode.LIVE:
        raise IllegalMoveError(
            N_("This reply is of a rehearsal."), advice=N_("It never leaves; nothing was sent.")
        )
    after = replace(
        reply, status=_Is.SENDING, attempts=reply.attempts + 1, hold_until=None,
        first_at=now if reply.first_at is None else reply.first_at, looks=0, absences=0, next_at=None,
        updated_at=now,
    )  # fmt: skip
    return ReplyChange(
        after, (fact(EventKind.REPLY_SENDING, after, part=after.part, attempt=after.attempts),)
    )


def published(
    case: Case, *, now: Instant, native_id: str, url: str, after_reply: str, found: bool = False
) -> ReplyChange:
    """Take note that the present part is published; after the last one the author has been answered.

    after_reply: what becomes of the conversation then: `wait`, `done` or `open`. found: by a look-up, which
    keeps one from leaving that a person has just sent on its way again.
    """
    check_status(case.reply, {_Is.SENDING, _Is.UNKNOWN, *({_Is.HOLDING} if found else ())})
    reply = replace(
        case.reply, native_ids=(*case.reply.native_ids, native_id), url=case.reply.url or url, attempts=0,
        first_at=None, next_at=None, doubted=False, error="", advice="", updated_at=now,
    )  # fmt: skip
    told: dict[str, str | int | None] = {
        "native_id": native_id,
        "part": case.reply.part,
        "found": 1 if found else None,
    }
    if reply.act is Act.REPLY and reply.part < len(reply.parts):
        after = replace(reply, status=_Is.HOLDING, hold_until=now, console="")
        return ReplyChange(after, (fact(EventKind.REPLY_PART_SENT, after, **told),))
    after = replace(reply, status=_Is.SENT, sent_at=now, hold_until=None)
    return _told(case, after, fact(EventKind.REPLY_SENT, after, **told), now=now, after_reply=after_reply)


def rehearsed(case: Case, *, now: Instant, after_reply: str) -> ReplyChange:
    """End a reply of a rehearsal where it would have left; the platform is never called."""
    _check_over(case.reply, now)
    after = replace(case.reply, status=_Is.REHEARSED, sent_at=now, hold_until=None, updated_at=now)
    return _told(case, after, fact(EventKind.REPLY_REHEARSED, after), now=now, after_reply=after_reply)


def _told(case: Case, reply: Reply, told: Fact, *, now: Instant, after_reply: str) -> ReplyChange:
    """Return an answer with what it made of the conversation, told as any other end or pause of its clock."""
    talk = answered(case, now=now, after_reply=after_reply)
    if talk is None or talk == case.conversation:
        return ReplyChange(reply, (told,))
    if talk.status is Status.RESOLVED:
        ended = Fact(EventKind.CONVERSATION_DONE, moves.clock_kept(case.conversation))
    else:
        ended = Fact(EventKind.CONVERSATION_PENDING, {"left": talk.clock_left})
    return ReplyChange(reply, (told, ended), talk)


def answered(case: Case, *, now: Instant, after_reply: str) -> Conversation | None:
    """Return the conversation after its author was answered.

    It stays as it is where the author has written again meanwhile: they wait for another word.
    """
    talk = case.conversation
    unread = talk.last_mention != case.reply.seen
    if case.reply.act is not Act.REPLY or talk.status is Status.RESOLVED or after_reply == "open" or unread:
        return None
    if after_reply == "done":
        return moves.resolved(talk, Outcome.DONE)
    return moves.paused(talk, now)


def put_off(case: Case, *, now: Instant, until: Instant, error: str, advice: str) -> ReplyChange:
    """Keep a reply that was surely not published for another try at `until`: one that was begun, or due."""
    check_status(case.reply, () if case.reply.is_stranded else {_Is.SENDING, _Is.HOLDING})
    after = replace(
        case.reply,
        status=_Is.HOLDING,
        hold_until=until,
        console="",
        error=error,
        advice=advice,
        updated_at=now,
    )
    return ReplyChange(after, (fact(EventKind.REPLY_PUT_OFF, after, until=until, error=error),))


def fail(case: Case, *, now: Instant, error: str, advice: str) -> ReplyChange:
    """Give a reply that was surely not published back to the person.

    Where only the latest try is sure, and an earlier one is in doubt, it is unknown and looked up.
    """
    check_status(case.reply, {_Is.HOLDING, _Is.SENDING, _Is.UNKNOWN})
    if case.reply.doubted and case.reply.status is not _Is.UNKNOWN:
        after = replace(doubtful(case.reply, now), error=error, advice=advice)
        return ReplyChange(after, (fact(EventKind.REPLY_DOUBTED, after, error=error),))
    after = replace(
        case.reply,
        status=_Is.FAILED,
        hold_until=None,
        next_at=None,
        doubted=False,
        error=error,
        advice=advice,
        updated_at=now,
    )
    return ReplyChange(after, (fact(EventKind.REPLY_FAILED, after, error=error),))


def doubt(case: Case, *, now: Instant, next_at: Instant | None, error: str, advice: str = "") -> ReplyChange:
    """Take note that nobody knows whether it is published: it is looked up from `next_at` on.

    next_at: None for what cannot be looked up.
    """
    check_status(case.reply, {_Is.SENDING})
    after = replace(
        case.reply, status=_Is.UNKNOWN, next_at=next_at, looks=0, absences=0, doubted=True, error=error,
        advice=advice, updated_at=now,
    )  # fmt: skip
    return ReplyChange(after, (fact(EventKind.REPLY_DOUBTED, after, error=error),))


def looked_up(
    case: Case, *, now: Instant, next_at: Instant | None, absent: bool, error: str = "", advice: str = ""
) -> ReplyChange:
    """Take note of a look-up that settled nothing. next_at: the next one; None: no more by itself."""
    check_status(case.reply, {_Is.UNKNOWN})
    reply = case.reply
    after = replace(
        reply, looks=reply.looks + 1, absences=reply.absences + 1 if absent else 0, next_at=next_at,
        error=error or reply.error, advice=advice or reply.advice, updated_at=now,
    )  # fmt: skip
    return ReplyChange(after, (fact(EventKind.REPLY_LOOKED_UP, after, look=after.looks, error=error),))


def settle(case: Case, *, person: str, now: Instant, after_reply: str) -> ReplyChange:
    """End an unknown reply as sent, because a person saw it there."""
    check_status(case.reply, {_Is.UNKNOWN})
    after = replace(
        case.reply, status=_Is.SENT, sent_at=now, next_at=None, doubted=False, error="", advice="",
        updated_at=now,
    )  # fmt: skip
    settled = fact(EventKind.REPLY_SETTLED, after, settled_by=person)
    return _told(case, after, settled, now=now, after_reply=after_reply)
