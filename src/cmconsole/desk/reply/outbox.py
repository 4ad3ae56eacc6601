"""The outbox as a person sees it: what is on its way, what came back, and what they can do about each."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core import replying, sending
from cmconsole.core.errors import IllegalMoveError, InputError, NotFoundError
from cmconsole.core.reply import ANSWERED, OUTBOX, Act, Reply, ReplyStatus
from cmconsole.core.replying import Known
from cmconsole.desk.reply.window import undo_window

if TYPE_CHECKING:
    from collections.abc import Callable

    from cmconsole.core.clock import Millis
    from cmconsole.core.conversation import Conversation
    from cmconsole.core.replying import Case, ReplyChange
    from cmconsole.desk.context import Desk


@dataclass(frozen=True, slots=True)
class Leaving:
    """A reply of the outbox. left: milliseconds until it leaves or is tried again; None: no clock runs."""

    reply: Reply
    conversation: Conversation | None
    left: Millis | None


async def read(desk: Desk, limit: int = 200) -> tuple[Leaving, ...]:
    """Return the outbox: first what needs a person, then what leaves by itself."""
    found = await desk.store.replies_in(OUTBOX, limit)
    talks = {it.id: it for it in await desk.store.conversations([it.conversation_id for it in found])}
    now = desk.now()
    leaving = [
        Leaving(
            it,
            talks.get(it.conversation_id),
            None if it.hold_until is None else max(0, it.hold_until - now),
        )
        for it in found
    ]
    return tuple(
        sorted(leaving, key=lambda it: (not needs_person(it.reply), it.reply.updated_at, it.reply.id))
    )


def needs_person(reply: Reply) -> bool:
    """Say whether nothing more happens to a reply unless a person does something."""
    given_up = reply.status is ReplyStatus.UNKNOWN and reply.next_at is None
    return reply.status is ReplyStatus.FAILED or reply.is_stranded or given_up


async def newest_held(desk: Desk) -> Reply | None:
    """Return the reply that `u` would take back: this person's newest inside its window."""
    held = await desk.store.replies_in({ReplyStatus.HOLDING})
    mine = [
        it
        for it in held
        if desk.person in {it.writer, it.editor, it.approver} and not it.is_stranded and not it.attempts
    ]
    return max(mine, key=lambda it: (it.updated_at, it.id), default=None)


async def take_back(desk: Desk, reply_id: int) -> Reply:
    """Take a reply back inside its window: a draft again. Raises IllegalMoveError once it is being sent."""
    return await _moved(desk, reply_id, partial(replying.take_back, person=desk.person, now=desk.now()))


async def let_go(desk: Desk) -> int:
    """Let the windows of this console run out although it is left; return how many."""
    held = await desk.store.replies_in({ReplyStatus.HOLDING})
    mine = [it for it in held if it.console == desk.console and not it.is_stranded]
    gone = 0
    for it in mine:
        # Its window may have run out meanwhile: then nothing holds it any more.
        with suppress(IllegalMoveError):
            await _moved(desk, it.id, partial(replying.let_go, now=desk.now()))
            gone += 1
    return gone


async def confirm(desk: Desk, reply_id: int, *, watched: bool = True) -> Reply:
    """Send a stranded reply on, with a new window. Raises AnsweredError, IllegalMoveError."""
    return await _off(desk, reply_id, replying.confirm, watched=watched)


async def retry(desk: Desk, reply_id: int, *, watched: bool = True) -> Reply:
    """Send a failed or an unknown reply again, with a new window; a stranded one is confirmed.

    Raises AnsweredError, IllegalMoveError.
    """
    if (await desk.store.reply(reply_id)).is_stranded:
        return await confirm(desk, reply_id, watched=watched)
    return await _off(desk, reply_id, replying.retry, watched=watched)


async def look_again(desk: Desk, reply_id: int) -> Reply:
    """Have an unknown reply looked up at once."""
    return await _moved(desk, reply_id, partial(replying.look_again, person=desk.person, now=desk.now()))


async def settle(desk: Desk, reply_id: int) -> Reply:
    """Say of an unknown reply that one saw it there: it counts as sent."""
    move = partial(sending.settle, person=desk.person, now=desk.now(), after_reply=desk.replying.after)
    return await _moved(desk, reply_id, move)


async def revise(desk: Desk, reply_id: int) -> Reply:
    """Make a failed reply a draft again, to change its text."""
    return await _moved(desk, reply_id, partial(replying.revise, person=desk.person, now=desk.now()))


async def discard(desk: Desk, reply_id: int) -> Reply:
    """Drop a reply for good; what may be on the platform stays there."""
    return await _moved(desk, reply_id, partial(replying.discard, person=desk.person, now=desk.now()))


async def perform(
    desk: Desk, conversation_id: int, act: Act, native_id: str, *, account: str, words: str = ""
) -> Reply:
    """Have the engine do something to a post on its platform, after the undo window.

    native_id: of the mention, or of our own post for DELETE. words: a report's reason.
    Raises NotFoundError, InputError (an account of another platform), ReadOnlyError, StoreError.
    """
    await desk.check_may_act()
    speaker = next((it for it in desk.replying.speakers if it.name == account), None)
    found = await desk.store.conversations([conversation_id])
    if speaker is None or not found:
        raise NotFoundError(
            _("There is no account for this, or the conversation is gone."),
            advice=_("Look at `cmconsole accounts`; nothing was done."),
        )
    if speaker.platform != found[0].platform:
        raise InputError(
            _("{account} is on {own}, this conversation on {platform}.").format(
                account=speaker.name, own=speaker.platform, platform=found[0].platform
            ),
            advice=_("Choose an account of that platform; nothing was done."),
        )
    now = desk.now()
    asked = Reply(
        id=0, conversation_id=conversation_id, platform=speaker.platform, account=speaker.name,
        in_reply_to=native_id, text=words, writer=desk.person, editor=desk.person, created_at=now,
        updated_at=now, mode=speaker.mode, act=act, seen=found[0].last_mention,
    )  # fmt: skip
    kept = await desk.store.new_reply(asked, person=desk.person, now=now)
    move = partial(
        replying.hold,
        person=desk.person,
        now=now,
        until=now + undo_window(desk.replying, found[0]),
        console=desk.console,
        parts=(),
        known=Known(found[0].last_mention),
    )
    return (await desk.store.change_reply(kept.id, move, person=desk.person, now=now)).reply


async def _off(desk: Desk, reply_id: int, move: Callable[..., ReplyChange], *, watched: bool) -> Reply:
    """Give a reply a new window, if nothing has come in between."""
    reply = await desk.store.reply(reply_id)
    others = await desk.store.replies(reply.conversation_id)
    found = await desk.store.conversations([reply.conversation_id])
    if not found:
        raise NotFoundError(_("The conversation is gone."), advice=_("Discard the reply."))
    now = desk.now()
    known = Known(
        mention=reply.seen,
        replies=frozenset(
            it.id for it in others if it.status in ANSWERED and it.updated_at <= reply.updated_at
        ),
        version=reply.version,
    )
    bound = partial(
        move,
        person=desk.person,
        now=now,
        until=now + undo_window(desk.replying, found[0]),
        console=desk.console if watched else "",
        known=known,
    )
    return await _moved(desk, reply_id, bound)


async def _moved(desk: Desk, reply_id: int, move: Callable[[Case], ReplyChange]) -> Reply:
    await desk.check_may_act()
    return (await desk.store.change_reply(reply_id, move, person=desk.person, now=desk.now())).reply
