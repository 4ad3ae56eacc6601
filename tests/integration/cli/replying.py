"""A desk for commands that reply: a real store, the real commands in this process, an engine beside them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TypeVar

from cmconsole.cli.scope import Scope
from cmconsole.config.clock import SystemClock
from cmconsole.config.language import speaking
from cmconsole.config.tasks import spawn
from cmconsole.core.account import AccountState, Mode, Speaker, Standing
from cmconsole.core.clock import HOUR
from cmconsole.core.mention import Author, Mention
from cmconsole.core.reply import Reply
from cmconsole.core.sla import SlaPolicy
from cmconsole.engine.outbox import Outbox
from cmconsole.engine.sending import Terms
from cmconsole.engine.speaking import Voice
from cmconsole.store.contract import ENGINE_LEASE, Intake
from cmconsole.store.sqlite.store import SqliteStore
from cmconsole.triage.triage import Triage
from tests.unit.engine.outboxes import Platform

_T = TypeVar("_T")

JUDGE = Triage()
"""It takes a while to make, and nobody teaches it."""

ANSWER = "I am sorry to hear that. We will send you a new one today."
SHOUTED = "WE WILL SEND YOU A NEW ONE TODAY"
SETTINGS = """
[accounts.main]
platform = "x"
handle = "@acme"
mode = "live"

[accounts.care]
platform = "x"
handle = "@acme_care"
mode = "rehearsal"

[reply]
undo_seconds = {undo}
undo_most_seconds = {undo}

[desk]
timezone = "UTC"
{more}
"""


@dataclass
class Room:
    """A store with conversations of Ada's, and the commands on it. there: the platform beside the engine."""

    folder: Path
    there: Platform = field(default_factory=Platform)
    written: int = 0

    def __post_init__(self) -> None:
        self.settings()
        self.within(lambda store: store.set_account(self._state(), SystemClock().now(), None))
        self.say("My order is broken, I want a refund")

    @property
    def db(self) -> Path:
        return self.folder / "desk.db"

    @staticmethod
    def _state() -> AccountState:
        return AccountState("main", "x", "@acme", "live", Standing.VERIFIED)

    def settings(self, more: str = "", *, undo: int = 0) -> Path:
        file = self.folder / "settings.toml"
        file.write_text(SETTINGS.format(undo=undo, more=more), encoding="utf-8")
        return file

    def run(self, *words: str, person: str = "Alice", language: str = "en") -> int:
        """Run a command in this process and return its exit code."""
        scope = Scope(db=self.db, config=self.folder / "settings.toml", person=person)
        command = import_module(f"cmconsole.cli.{words[0]}").command
        with speaking(language):
            code: int | None = command.main(list(words[1:]), standalone_mode=False, obj=scope)
        return code or 0

    def within(self, work: Callable[[SqliteStore], Awaitable[_T]]) -> _T:
        async def opened() -> _T:
            store = SqliteStore(self.db)
            await store.open()
            try:
                return await work(store)
            finally:
                await store.close()

        return asyncio.run(opened())

    def say(self, text: str, *, thread: str = "t1", name: str = "Ada Byron") -> int:
        """Let Ada write on X; returns the conversation's id."""
        self.written += 1
        author = Author("x", "ada", name=name, reach=50)
        now = SystemClock().now()
        mention = Mention("x", f"n{self.written}", author, text, now, source="scripted", thread=thread)

        async def taken(store: SqliteStore) -> int:
            item = (mention, JUDGE.judge(mention))
            await store.ingest(Intake("scripted", "x", [item]), SlaPolicy(), now)
            stored = await store.find_mention("x", mention.native_id)
            assert stored is not None
            return stored.conversation_id

        return self.within(taken)

    def reply(self, reply_id: int = 1) -> Reply:
        return self.within(lambda store: store.reply(reply_id))

    def replies(self, conversation_id: int = 1) -> list[Reply]:
        return self.within(lambda store: store.replies(conversation_id))

    @contextmanager
    def engine(self, *, idle: bool = False) -> Iterator[None]:
        """Have an engine at work that sends to `there`; idle: it holds the lease, and sends nothing."""
        started, ended = threading.Event(), threading.Event()
        thread = threading.Thread(target=lambda: asyncio.run(self._work(started, ended, idle=idle)))
        thread.start()
        assert started.wait(30)
        try:
            yield
        finally:
            ended.set()
            thread.join(30)

    async def _work(self, started: threading.Event, ended: threading.Event, *, idle: bool) -> None:
        store, clock = SqliteStore(self.db, role="engine"), SystemClock()
        await store.open()
        lease = await store.acquire_lease(ENGINE_LEASE, "engine", clock.now(), HOUR)
        assert lease is not None
        voices = [
            Voice(Speaker("main", "x", "@acme", Mode.LIVE), self.there.publisher),
            Voice(Speaker("care", "x", "@acme_care", Mode.REHEARSAL), None),
        ]
        outbox = Outbox(store, voices, Terms(), clock, lambda: lease)
        workers = [] if idle else [spawn(_kept(work), name=name) for name, work in outbox.workers()]
        started.set()
        await asyncio.to_thread(ended.wait)
        for worker in workers:
            worker.cancel()
        if workers:
            await asyncio.wait(workers)
        await store.release_lease(lease)
        await store.close()


async def _kept(work: Callable[[], Awaitable[None]]) -> None:
    await work()
