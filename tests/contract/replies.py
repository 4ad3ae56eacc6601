"""Replies and their moves to try a store with."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from cmconsole.core import replying, sending
from cmconsole.core.account import Mode
from cmconsole.core.reply import Reply
from cmconsole.core.replying import Case, Known, ReplyChange
from cmconsole.store.contract import Lease, Store
from cmconsole.store.replying import ReplyMove
from tests.contract.samples import NOW

WINDOW = 10_000
WORDS = "Pardon, on regarde ça."


def blank(writer: str = "Zoé", about: int = 1, **more: object) -> Reply:
    """Return a draft as a composer begins it."""
    plain = Reply(0, about, "x", "main", "1", WORDS, writer, NOW, NOW, Mode.LIVE, thread="1", seen=1)
    return replace(plain, **more)  # type: ignore[arg-type]


async def drafted(store: Store, writer: str = "Zoé", about: int = 1, **more: object) -> Reply:
    """Keep a draft."""
    return await store.new_reply(blank(writer, about, **more), person=writer, now=NOW)


async def moved(
    store: Store,
    reply: Reply,
    move: ReplyMove,
    person: str = "",
    now: int = NOW,
    *,
    lease: Lease | None = None,
) -> ReplyChange:
    """Commit a move."""
    return await store.change_reply(reply.id, move, person=person, now=now, lease=lease)


async def held(store: Store, writer: str = "Zoé", about: int = 1, now: int = NOW, **more: object) -> Reply:
    """Keep a draft and put it to hold."""
    reply = await drafted(store, writer, about, **more)
    return (await moved(store, reply, hold(writer, now, known=reply.seen), writer, now)).reply


def hold(
    person: str, now: int = NOW, *, known: int = 1, read: frozenset[int] = frozenset(), said: str = WORDS
) -> ReplyMove:
    return partial(
        replying.hold, person=person, now=now, until=now + WINDOW, console="c1", parts=(said,),
        known=Known(known, read),
    )  # fmt: skip


def ask(person: str, now: int = NOW) -> ReplyMove:
    return partial(replying.ask, person=person, now=now, parts=(WORDS,), known=Known(1))


def begin(now: int = NOW + WINDOW) -> ReplyMove:
    return partial(sending.begin, now=now)


def sent(now: int = NOW + WINDOW, *, native_id: str = "900", after: str = "wait") -> ReplyMove:
    return partial(
        sending.published, now=now, native_id=native_id, url="https://x.example/900", after_reply=after
    )


def doubt(now: int = NOW + WINDOW, *, next_at: int = NOW + 2 * WINDOW) -> ReplyMove:
    return partial(sending.doubt, now=now, next_at=next_at, error="Nobody knows.")


def fail(now: int = NOW + WINDOW) -> ReplyMove:
    return partial(sending.fail, now=now, error="Refused.", advice="Look.")


def become(**fields: object) -> ReplyMove:
    """Return a move that looks at nothing and sets fields: what no program of ours does."""

    def move(case: Case) -> ReplyChange:
        return ReplyChange(replace(case.reply, **fields))  # type: ignore[arg-type]

    return move


async def away(store: Store, *, about: int = 1) -> Reply:
    """Put a reply to hold and begin to send it."""
    reply = await held(store, about=about)
    return (await moved(store, reply, begin(), now=NOW + WINDOW)).reply


async def trail(store: Store, reply: Reply) -> list[str]:
    """Return what the audit trail tells of a reply."""
    return [line.kind.removeprefix("reply.") for line in await store.audit(reply_id=reply.id)]
