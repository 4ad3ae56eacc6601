"""An outbox under test: a real store, time moved by hand, and a platform that counts what it was sent."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random

from cmconsole.core import replying
from cmconsole.core.account import AccountState, Identity, Mode, Speaker, Standing
from cmconsole.core.clock import SECOND, Instant
from cmconsole.core.conversation import Conversation
from cmconsole.core.publishing import Outgoing, Published, Publisher
from cmconsole.core.reply import FLYING, Act, Reply, ReplyStatus
from cmconsole.core.replying import Known
from cmconsole.core.sla import SlaPolicy
from cmconsole.engine.outbox import AccountOutbox, Outbox
from cmconsole.engine.sending import Terms
from cmconsole.engine.speaking import Voice
from cmconsole.store.contract import ENGINE_LEASE, Intake, Lease, Presence
from tests.unit.engine.parts import PlainJudge, Time, mention
from tests.unit.engine.stored import FaultyStore

WORDS = "Pardon, on regarde ça."
WINDOW = 10 * SECOND
TTL = 3_600 * SECOND


@dataclass
class Platform:
    """A platform that publishes whatever it is sent, and can lose its answer.

    before, after: what goes wrong in turn, before and after the post is there. is_hiding: the list of our
    own posts does not show them (yet). during: what is waited for in a call, with the post there.
    """

    handle: str = "acme"
    posts: list[Outgoing] = field(default_factory=list)
    calls: int = 0
    done: list[tuple[Act, str, str]] = field(default_factory=list)
    before: list[BaseException | None] = field(default_factory=list)
    after: list[BaseException | None] = field(default_factory=list)
    looks: list[Exception | None] = field(default_factory=list)
    looked: int = 0
    identities: list[Exception | None] = field(default_factory=list)
    made: int = 0
    closed: int = 0
    making: Exception | None = None
    closing: Exception | None = None
    is_certain: bool = False
    is_hiding: bool = False
    during: Callable[[], Awaitable[object]] | None = None

    def publisher(self) -> FakePublisher:
        if self.making is not None:
            raise self.making
        self.made += 1
        return FakePublisher(self)

    def published(self, outgoing: Outgoing) -> Published:
        number = 1 + self.posts.index(outgoing)
        return Published(f"p{number}", f"https://test.example/p{number}", 0)


@dataclass
class FakePublisher:
    """Speaks to the platform above as a real one does: one call, one post at most."""

    there: Platform
    platform: str = "test"
    account: str = "main"
    acts: frozenset[Act] = frozenset(Act) - {Act.REPLY}

    @property
    def is_certain(self) -> bool:
        return self.there.is_certain

    async def identity(self) -> Identity:
        _raise_next(self.there.identities)
        return Identity(self.there.handle, "1")

    async def reply(self, outgoing: Outgoing) -> Published:
        self.there.calls += 1
        _raise_next(self.there.before)
        self.there.posts.append(outgoing)
        if self.there.during is not None:
            await self.there.during()
        _raise_next(self.there.after)
        return self.there.published(outgoing)

    async def look_up(self, outgoing: Outgoing, since: Instant) -> Published | None:
        self.there.looked += 1
        if self.there.during is not None:
            await self.there.during()
        _raise_next(self.there.looks)
        if self.there.is_hiding:
            return None
        same = [
            it
            for it in self.there.posts
            if (it.text, it.in_reply_to) == (outgoing.text, outgoing.in_reply_to)
        ]
        return self.there.published(same[-1]) if same else None

    async def perform(self, act: Act, native_id: str, words: str = "") -> None:
        self.there.calls += 1
        _raise_next(self.there.before)
        self.there.done.append((act, native_id, words))
        _raise_next(self.there.after)

    async def aclose(self) -> None:
        self.there.closed += 1
        if self.there.closing is not None:
            raise self.there.closing


def _raise_next(errors: list[BaseException | None] | list[Exception | None]) -> None:
    if errors and (error := errors.pop(0)) is not None:
        raise error


@dataclass
class Desk:
    """An engine's outbox on a store, with one live account, `main`.

    make: makes who speaks for it; the platform above where none is given.
    """

    store: FaultyStore
    lease: Lease
    time: Time
    there: Platform = field(default_factory=Platform)
    mode: Mode = Mode.LIVE
    terms: Terms = field(default_factory=Terms)
    more: list[Voice] = field(default_factory=list)
    platform: str = "test"
    handle: str = "@acme"
    make: Callable[[], Publisher] | None = None
    _mentions: int = 0

    def __post_init__(self) -> None:
        self.outbox = self.fresh()

    @property
    def main(self) -> AccountOutbox:
        return self.outbox.accounts["main"]

    def fresh(self) -> Outbox:
        """Return the outbox of a turn that begins now."""
        speaker = Speaker("main", self.platform, self.handle, self.mode)
        voices = [Voice(speaker, self.make or self.there.publisher), *self.more]
        return Outbox(
            self.store, voices, self.terms, self.time, lambda: self.lease, self.time.sleep, Random(7)
        )

    async def take_over(self) -> None:
        """Let another engine begin its turn where this one was killed."""
        lease = await self.store.acquire_lease(
            ENGINE_LEASE, f"engine{self.time.at}", self.lease.expires_at + 1, TTL
        )
        assert lease is not None
        self.lease = Lease(lease.name, lease.holder, lease.token, self.time.at + TTL)
        await self.store.renew_lease(self.lease, self.time.at, TTL)
        self.outbox = self.fresh()
        await self.main.begin()

    async def stand(self, standing: Standing = Standing.VERIFIED, **more: object) -> None:
        """Say how the account stands."""
        values: dict[str, object] = {"platform": self.platform, "handle": self.handle, "mode": "live", **more}
        state = AccountState("main", standing=standing, **values)  # type: ignore[arg-type]
        await self.store.set_account(state, self.time.at, None)

    async def hold(
        self, native_id: str = "", *, console: str = "", parts: tuple[str, ...] = (WORDS,), **more: object
    ) -> Reply:
        """Put a reply to a new mention to hold."""
        self._mentions += 1
        number = self._mentions
        judge = PlainJudge()
        native_id, thread = native_id or f"m{number}", "" if native_id else f"t{number}"
        post = mention(number, platform=self.platform, native_id=native_id, thread=thread)
        await self.store.ingest(
            Intake("script", self.platform, [(post, judge.judge(post))]), SlaPolicy(), self.time.at
        )
        about = await self.store.find_mention(self.platform, native_id)
        assert about is not None
        draft = Reply(
            0, about.conversation_id, self.platform, "main", native_id, WORDS, "Zoé", self.time.at,
            self.time.at, Mode.LIVE, thread=thread, seen=about.id,
        )  # fmt: skip
        draft = replace(draft, **more)  # type: ignore[arg-type]
        kept = await self.store.new_reply(draft, person="Zoé", now=self.time.at)
        move = partial(
            replying.hold, person="Zoé", now=self.time.at, until=self.time.at + WINDOW, console=console,
            parts=parts, known=Known(about.id), language=draft.language,
        )  # fmt: skip
        return await self.move(kept, move)

    async def again(self, first: Reply) -> Reply:
        """Put another reply to the same mention, with the same words, to hold."""
        now = self.time.at
        draft = Reply(
            0, first.conversation_id, "test", "main", first.in_reply_to, first.text, "Zoé", now, now,
            Mode.LIVE, seen=first.seen,
        )  # fmt: skip
        kept = await self.store.new_reply(draft, person="Zoé", now=now)
        move = partial(
            replying.hold, person="Zoé", now=now, until=now + WINDOW, console="", parts=first.parts,
            known=Known(first.seen, frozenset({first.id})),
        )  # fmt: skip
        return await self.move(kept, move)

    async def move(self, reply: Reply, move: Callable[..., replying.ReplyChange]) -> Reply:
        change = await self.store.change_reply(reply.id, move, person="Zoé", now=self.time.at)
        return change.reply

    async def beat(self, console: str = "c1") -> None:
        await self.store.beat(Presence(console, "Zoé", self.time.at, None))

    async def window(self) -> None:
        """Let an undo window run out, and the outbox look."""
        self.time.at += WINDOW
        await self.main.look()

    async def now(self, reply: Reply) -> Reply:
        return await self.store.reply(reply.id)

    async def settled(self, reply: Reply, *, within: Instant = 3_600 * SECOND) -> Reply:
        """Let time pass, the outbox looking again and again, until nothing more becomes of a reply."""
        end = self.time.at + within
        while self.time.at < end:
            await self.main.look()
            found = await self.now(reply)
            if found.status not in FLYING or (found.hold_until is None and found.next_at is None):
                return found
            due = found.hold_until or found.next_at or 0
            self.time.at = max(self.time.at + 200, min(due, self.time.at + 20 * SECOND))
        return await self.now(reply)

    async def talk(self, reply: Reply) -> Conversation:
        """Return a reply's conversation."""
        (found,) = await self.store.conversations([reply.conversation_id])
        return found

    async def trail(self, reply: Reply) -> list[str]:
        """Return what the audit trail tells of a reply, since it was put to hold."""
        lines = await self.store.audit(reply_id=reply.id)
        return [line.kind.removeprefix("reply.") for line in lines][2:]


@asynccontextmanager
async def opened(folder: Path, time: Time | None = None, **more: object) -> AsyncIterator[Desk]:
    """Open a store, and an outbox at work on it whose account is verified."""
    store, time = FaultyStore(folder / "desk.db"), time or Time()
    await store.open()
    try:
        lease = await store.acquire_lease(ENGINE_LEASE, "engine", time.at, TTL)
        assert lease is not None
        desk = Desk(store, lease, time, **more)  # type: ignore[arg-type]
        await desk.stand()
        yield desk
        await desk.outbox.aclose()
    finally:
        await store.close()


STRANDED = (ReplyStatus.HOLDING, None)


def place(reply: Reply) -> tuple[ReplyStatus, Instant | None]:
    return reply.status, reply.hold_until
