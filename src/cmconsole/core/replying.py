"""The reply's status machine as persons move it: pure moves from draft to hold and back, with their facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cmconsole.core.account import Mode
from cmconsole.core.clock import Instant
from cmconsole.core.conversation import Conversation
from cmconsole.core.errors import N_, AnsweredError, ClaimHeldError, IllegalMoveError, InputError
from cmconsole.core.event import EventKind, Fact
from cmconsole.core.reply import ANSWERED, FLYING, Act, Reply, ReplyStatus, new_key
from cmconsole.core.text import fold

_Is = ReplyStatus

_STANDS = {
    _Is.DRAFT: N_("This reply is a draft."),
    _Is.AWAITING: N_("This reply awaits a colleague's yes."),
    _Is.HOLDING: N_("This reply is on hold and has not left yet."),
    _Is.SENDING: N_("This reply is being sent."),
    _Is.SENT: N_("This reply is published."),
    _Is.FAILED: N_("This reply was not published, and is back with you."),
    _Is.UNKNOWN: N_("Nobody knows yet whether this reply is published."),
    _Is.DISCARDED: N_("This reply was discarded."),
    _Is.REHEARSED: N_("This reply was rehearsed, not published."),
}

_OPEN = frozenset({_Is.DRAFT, _Is.AWAITING})
_BACK = frozenset({_Is.FAILED, _Is.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Case:
    """What a move decides on, read in the transaction that commits it.

    others: the conversation's other replies that are on their way out, or that answered it.
    """

    reply: Reply
    conversation: Conversation
    others: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What a person had before them when they said that a reply may go; anything newer stops the move.

    mention: row id of the conversation's newest mention. replies: ids of replies it was answered with.
    version: of the reply; None where the person has just written it.
    """

    mention: int
    replies: frozenset[int] = frozenset()
    version: int | None = None


@dataclass(frozen=True, slots=True)
class ReplyChange:
    """A reply after a move, the facts to be recorded with it, and its conversation where that moves too."""

    reply: Reply
    facts: tuple[Fact, ...] = ()
    conversation: Conversation | None = None


def fact(kind: EventKind, reply: Reply, **more: str | int | None) -> Fact:
    """Return a fact with what the audit trail has to say of every step."""
    told = {
        "reply": reply.id,
        "act": reply.act.value,
        "account": reply.account,
        "platform": reply.platform,
        "mode": reply.mode.value,
        "hash": reply.hash,
        "writer": reply.writer,
        "approver": reply.approver,
        **more,
    }
    return Fact(kind, {key: value for key, value in told.items() if value not in {"", None}})


def check_status(reply: Reply, allowed: Iterable[ReplyStatus]) -> None:
    """Raise IllegalMoveError unless the reply is in one of the statuses."""
    if reply.status not in allowed:
        raise IllegalMoveError(
            _STANDS[reply.status], advice=N_("It may have changed meanwhile; nothing was done.")
        )


def check_alone(others: Iterable[Reply]) -> None:
    """Raise AnsweredError where one of a conversation's other replies is on its way out."""
    for other in others:
        if other.status in FLYING:
            raise AnsweredError(
                N_("{who} is answering this conversation just now."),
                advice=N_("Nothing was sent; your text is kept."),
                who=other.approver or other.editor or other.writer,
            )


def _check_known(case: Case, known: Known) -> None:
    """Raise unless nothing has come between what the person saw and now."""
    if known.version is not None and case.reply.version != known.version:
        raise IllegalMoveError(
            N_("The text has changed since you looked."), advice=N_("Read it again, then decide.")
        )
    if case.reply.act is not Act.REPLY:
        return
    check_alone(case.others)
    for other in case.others:
        if other.status in ANSWERED and other.id not in known.replies:
            raise AnsweredError(
                N_("{who} has answered this conversation meanwhile."),
                advice=N_("Nothing was sent; your text is kept. Read their answer first."),
                who=other.writer,
            )
    if case.conversation.last_mention != known.mention:
        raise IllegalMoveError(
            N_("The author has just written again."),
            advice=N_("Nothing was sent; your text is kept. Read theirs first."),
        )


def _check_mine(reply: Reply, person: str) -> None:
    if reply.writer != person:
        raise IllegalMoveError(
            N_("This draft is {writer}'s."), advice=N_("Begin one of your own."), writer=reply.writer
        )


def _check_parts(reply: Reply, parts: tuple[str, ...]) -> None:
    if reply.act is Act.REPLY and not any(part.strip() for part in parts):
        raise InputError(N_("There is nothing to publish yet."), advice=N_("Write the reply first."))


def _check_holder(case: Case, now: Instant, *persons: str) -> None:
    """Raise ClaimHeldError where somebody beside `persons` holds the conversation."""
    holder = case.conversation.holder(now)
    if case.reply.act is Act.REPLY and holder and holder not in persons:
        raise ClaimHeldError(holder)


def written(
    case: Case,
    *,
    person: str,
    now: Instant,
    text: str,
    account: str,
    mode: Mode,
    answers: tuple[str, str],
    seen: int,
    canned: str,
) -> ReplyChange:
    """Keep what is written so far, at every pause, without a fact of its own.

    answers: native ids of the mention it answers and of its thread.
    """
    check_status(case.reply, {_Is.DRAFT})
    _check_mine(case.reply, person)
    same = text == case.reply.text
    after = replace(
        case.reply,
        text=text,
        account=account,
        mode=mode,
        in_reply_to=answers[0],
        thread=answers[1],
        seen=seen,
        canned=canned,
        editor=case.reply.editor if same else person,
        updated_at=now,
        key=case.reply.key if same else new_key(),
    )
    return ReplyChange(after)


def ask(
    case: Case,
    *,
    person: str,
    now: Instant,
    parts: tuple[str, ...],
    known: Known,
    raised: tuple[str, ...] = (),
    language: str = "",
) -> ReplyChange:
    """Ask for a second person's yes. language: of the text, BCP 47, or empty."""
    check_status(case.reply, {_Is.DRAFT})
    _check_mine(case.reply, person)
    _check_parts(case.reply, parts)
    _check_known(case, known)
    after = replace(
        case.reply, status=_Is.AWAITING, parts=parts, asked_at=now, asked_text=case.reply.text, refusal="",
        raised=raised, language=language, seen=known.mention, updated_at=now,
    )  # fmt: skip
    return ReplyChange(after, (fact(EventKind.REPLY_ASKED, after, raised=", ".join(raised)),))


def amend(
    case: Case, *, person: str, now: Instant, text: str, parts: tuple[str, ...], language: str = ""
) -> ReplyChange:
    """Change the text of a reply that awaits approval: whoever changed it last cannot approve it.

    language: of the text, BCP 47, or empty.
    """
    check_status(case.reply, {_Is.AWAITING})
    if text == case.reply.text:
        return ReplyChange(case.reply)
    _check_parts(case.reply, parts)
    after = replace(
        case.reply,
        text=text,
        parts=parts,
        language=language,
        editor=person,
        approver="",
        key=new_key(),
        raised=(),
        updated_at=now,
    )
    return ReplyChange(after, (fact(EventKind.REPLY_AMENDED, after),))


def approve(
    case: Case, *, person: str, now: Instant, until: Instant, console: str, known: Known
) -> ReplyChange:
    """Say yes to a text that somebody else wrote last; its undo window begins."""
    check_status(case.reply, {_Is.AWAITING})
    if fold(person) == fold(case.reply.editor or case.reply.writer):
        raise IllegalMoveError(
            N_("Nobody approves their own text."), advice=N_("Ask a colleague to look at it.")
        )
    _check_known(case, known)
    _check_holder(case, now, person, case.reply.writer, case.reply.editor)
    after = replace(
        case.reply, status=_Is.HOLDING, approver=person, hold_until=until, console=console, updated_at=now
    )
    return ReplyChange(after, (fact(EventKind.REPLY_APPROVED, after, until=until),))


def refuse(case: Case, *, person: str, now: Instant, reason: str) -> ReplyChange:
    """Give a reply back to its writer, with the reason."""
    check_status(case.reply, {_Is.AWAITING})
    if not reason.strip():
        raise InputError(N_("A refusal needs its reason."), advice=N_("Say in a few words what to change."))
    after = replace(
        case.reply,
        status=_Is.DRAFT,
        parts=(),
        refusal=reason.strip(),
        updated_at=now,
    )
    return ReplyChange(
        after, (fact(EventKind.REPLY_REFUSED, after, refused_by=person, reason=reason.strip()),)
    )


def hold(
    case: Case,
    *,
    person: str,
    now: Instant,
    until: Instant,
    console: str,
    parts: tuple[str, ...],
    known: Known,
    raised: tuple[str, ...] = (),
    language: str = "",
) -> ReplyChange:
    """Send a draft on its way where no approval is owed: its undo window begins.

    language: of the text, BCP 47, or empty.
    """
    check_status(case.reply, {_Is.DRAFT})
    _check_mine(case.reply, person)
    _check_parts(case.reply, parts)
    _check_known(case, known)
    _check_holder(case, now, person)
    after = replace(
        case.reply, status=_Is.HOLDING, parts=parts, hold_until=until, console=console, raised=raised,
        refusal="", language=language, seen=known.mention, updated_at=now,
    )  # fmt: skip
    return ReplyChange(after, (fact(EventKind.REPLY_HELD, after, until=until, raised=", ".join(raised)),))


def take_back(case: Case, *, person: str, now: Instant) -> ReplyChange:
    """Take a reply back inside its window: it is a draft again, as if it had never been sent.

    Of a thread that has begun to be published the rest goes back to the person as failed; one that an
    earlier try may have published is unknown again.
    """
    check_status(case.reply, {_Is.HOLDING})
    if case.reply.act is not Act.REPLY:
        return discard(case, person=person, now=now)
    if case.reply.doubted:
        after = doubtful(case.reply, now)
        return ReplyChange(after, (fact(EventKind.REPLY_TAKEN_BACK, after, taken_by=person),))
    status = _Is.FAILED if case.reply.native_ids else _Is.DRAFT
    after = replace(
        case.reply, status=status, approver="", hold_until=None, console="", turn=0, attempts=0,
        first_at=None, error="", advice="", updated_at=now,
        parts=case.reply.parts if case.reply.native_ids else (),
    )  # fmt: skip
    return ReplyChange(after, (fact(EventKind.REPLY_TAKEN_BACK, after, taken_by=person),))


def doubtful(reply: Reply, now: Instant) -> Reply:
    """Return a reply whose latest try came to nothing, while an earlier one may have: it is looked up."""
    return replace(
        reply, status=_Is.UNKNOWN, hold_until=None, console="", turn=0, next_at=now, looks=0, absences=0,
        updated_at=now,
    )  # fmt: skip


def let_go(case: Case, *, now: Instant) -> ReplyChange:
    """Let a window run out although its console is left: said by its person on leaving."""
    check_status(case.reply, {_Is.HOLDING})
    return ReplyChange(replace(case.reply, console="", updated_at=now))


def confirm(
    case: Case, *, person: str, now: Instant, until: Instant, console: str, known: Known
) -> ReplyChange:
    """Send a stranded reply on: a new window begins."""
    if not case.reply.is_stranded:
        check_status(case.reply, ())
    _check_known(case, known)
    after = replace(case.reply, hold_until=until, console=console, updated_at=now)
    return ReplyChange(after, (fact(EventKind.REPLY_HELD, after, until=until, confirmed_by=person),))


def look_again(case: Case, *, person: str, now: Instant) -> ReplyChange:
    """Have an unknown reply looked up at once, at a person's word."""
    check_status(case.reply, {_Is.UNKNOWN})
    after = replace(case.reply, next_at=now, looks=0, absences=0, updated_at=now)
    return ReplyChange(after, (fact(EventKind.REPLY_LOOKED_UP, after, asked_by=person),))


def retry(
    case: Case, *, person: str, now: Instant, until: Instant, console: str, known: Known
) -> ReplyChange:
    """Send a failed or an unknown reply again, at a person's word; the key stays the same.

    An unknown one keeps the time of its first try: a look-up has to find that one, too.
    """
    check_status(case.reply, _BACK)
    _check_known(case, known)
    _check_holder(case, now, person, case.reply.writer)
    after = replace(
        case.reply, status=_Is.HOLDING, hold_until=until, console=console, attempts=0, next_at=None,
        first_at=case.reply.first_at if case.reply.status is _Is.UNKNOWN else None,
        looks=0, absences=0, error="", advice="", updated_at=now,
    )  # fmt: skip
    was = case.reply.status.value
    return ReplyChange(
        after, (fact(EventKind.REPLY_RETRIED, after, until=until, retried_by=person, was=was),)
    )


def revise(case: Case, *, person: str, now: Instant) -> ReplyChange:
    """Make a failed reply a draft again, for its text to be changed."""
    check_status(case.reply, {_Is.FAILED})
    if case.reply.native_ids or case.reply.act is not Act.REPLY:
        raise IllegalMoveError(
            N_("A part of this thread is published already."),
            advice=N_("Send the rest again, or discard it."),
        )
    after = replace(
        case.reply, status=_Is.DRAFT, parts=(), approver="", key=new_key(), attempts=0,
        first_at=None, error="", advice="", updated_at=now,
    )  # fmt: skip
    return ReplyChange(after, (fact(EventKind.REPLY_TAKEN_BACK, after, taken_by=person),))


def discard(case: Case, *, person: str, now: Instant) -> ReplyChange:
    """Drop a reply for good. One that is being sent cannot be; an unknown one stays as it may be there."""
    check_status(case.reply, {*_OPEN, *_BACK, _Is.HOLDING})
    was = case.reply.status.value
    after = replace(case.reply, status=_Is.DISCARDED, hold_until=None, next_at=None, updated_at=now)
    return ReplyChange(after, (fact(EventKind.REPLY_DISCARDED, after, discarded_by=person, was=was),))
