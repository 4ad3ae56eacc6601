"""Replies in a store, in whatever state a test is about, written by the moves that lead there."""

from __future__ import annotations

from functools import partial

from cmconsole.core import replying, sending
from cmconsole.core.account import AccountState, Mode, Speaker, Standing
from cmconsole.core.clock import SECOND, Millis
from cmconsole.core.conversation import Conversation
from cmconsole.core.reply import Act, Reply, ReplyStatus
from cmconsole.core.replying import Known
from cmconsole.desk.context import Desk
from cmconsole.desk.policy import ApprovalPolicy, ReplyPolicy
from cmconsole.store.replying import ReplyMove
from tests.unit.tui.desks import Place

MAIN = Speaker("main", "x", "@acme", Mode.LIVE)
POLICY = ReplyPolicy(speakers=(MAIN, Speaker("piaille", "mastodon", "acme@piaille.fr")))
READ_BY_TWO = ReplyPolicy(
    speakers=(MAIN, Speaker("piaille", "mastodon", "acme@piaille.fr")), approval=ApprovalPolicy(always=True)
)
WINDOW: Millis = 8 * SECOND


async def verified(where: Place) -> None:
    """Have the engine find both accounts to be ours."""
    now = where.clock.now()
    for it in POLICY.speakers:
        state = AccountState(
            it.name, it.platform, it.handle, it.mode.value, Standing.VERIFIED, it.handle, checked_at=now
        )
        await where.store.set_account(state, now, None)


async def moved(where: Place, reply: Reply, move: ReplyMove, person: str) -> Reply:
    """Move a reply as somebody."""
    return (await where.store.change_reply(reply.id, move, person=person, now=where.clock.now())).reply


async def draft(
    where: Place,
    talk: Conversation,
    person: str = "Alice",
    text: str = "Bonjour, nous regardons cela.",
    *,
    mode: Mode | None = None,
    act: Act = Act.REPLY,
) -> Reply:
    """Begin a reply, or another act; live on X, a rehearsal elsewhere, where nothing else is said."""
    now = where.clock.now()
    account = "piaille" if talk.platform == "mastodon" else "main"
    mode = mode or (Mode.REHEARSAL if account == "piaille" else Mode.LIVE)
    blank = Reply(
        id=0, conversation_id=talk.id, platform=talk.platform, account=account, in_reply_to="n", text=text,
        writer=person, editor=person, created_at=now, updated_at=now, mode=mode, act=act,
        seen=talk.last_mention,
    )  # fmt: skip
    return await where.store.new_reply(blank, person=person, now=now)


async def held(
    where: Place,
    talk: Conversation,
    person: str = "Alice",
    text: str = "Bonjour, nous regardons cela.",
    *,
    window: Millis = WINDOW,
    mode: Mode | None = None,
    act: Act = Act.REPLY,
    console: str = "",
) -> Reply:
    """Put a reply to hold."""
    reply = await draft(where, talk, person, text, mode=mode, act=act)
    now = where.clock.now()
    move = partial(
        replying.hold, person=person, now=now, until=now + window, console=console,
        known=await _known(where, talk), parts=(text,) if act is Act.REPLY else (),
    )  # fmt: skip
    return await moved(where, reply, move, person)


async def _known(where: Place, talk: Conversation) -> Known:
    """Return all there is, as somebody knows who has read it."""
    return Known(talk.last_mention, frozenset(it.id for it in await where.store.replies(talk.id)))


async def asked(
    where: Place, talk: Conversation, person: str = "Bruno", text: str = "Bonjour, nous regardons cela."
) -> Reply:
    """Ask for a second person's yes."""
    reply = await draft(where, talk, person, text)
    move = partial(
        replying.ask,
        person=person,
        now=where.clock.now(),
        parts=(f"{text} ^BR",),
        known=await _known(where, talk),
    )
    return await moved(where, reply, move, person)


async def sending_now(where: Place, reply: Reply) -> Reply:
    """Begin to send a reply, as the engine does once its window is over."""
    where.clock.at = max(where.clock.at, reply.hold_until or 0)
    return await moved(where, reply, partial(sending.begin, now=where.clock.now()), "")


async def stranded(where: Place, reply: Reply) -> Reply:
    """Stop a reply, as an engine does that finds nobody watching over its window."""
    return await moved(where, reply, partial(sending.strand, now=where.clock.now()), "")


async def failed(where: Place, reply: Reply, error: str = "X refuses: not allowed.") -> Reply:
    """Have the platform refuse a reply."""
    begun = await sending_now(where, reply)
    move = partial(sending.fail, now=where.clock.now(), error=error, advice="Ask the author to follow you.")
    return await moved(where, begun, move, "")


async def doubted(where: Place, reply: Reply, next_in: Millis | None = 20 * SECOND) -> Reply:
    """Lose the platform's answer; next_in None: the look-ups have given up."""
    begun = await sending_now(where, reply)
    now = where.clock.now()
    lost = partial(sending.doubt, now=now, next_at=now + (next_in or 0), error="X did not answer.")
    reply = await moved(where, begun, lost, "")
    if next_in is None:
        reply = await moved(where, reply, partial(sending.looked_up, now=now, next_at=None, absent=False), "")
    return reply


async def sent(where: Place, reply: Reply, native_id: str = "r1", after: str = "open") -> Reply:
    """Have the platform publish a reply."""
    begun = await sending_now(where, reply)
    now = where.clock.now()
    move = partial(
        sending.published, now=now, native_id=native_id, url="https://x.com/acme/r1", after_reply=after
    )
    return await moved(where, begun, move, "")


async def rehearsed(where: Place, reply: Reply) -> Reply:
    """End a reply of a rehearsal where it would have left."""
    where.clock.at = max(where.clock.at, reply.hold_until or 0)
    return await moved(
        where, reply, partial(sending.rehearsed, now=where.clock.now(), after_reply="open"), ""
    )


async def status(desk: Desk, reply: Reply) -> ReplyStatus:
    """Return where a reply stands by now."""
    return (await desk.store.reply(reply.id)).status
