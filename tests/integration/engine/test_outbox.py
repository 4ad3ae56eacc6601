"""The outbox before each platform's twin: what the platform saw, what is there, what the person reads."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

import pytest

from cmconsole.core.account import Mode, Standing
from cmconsole.core.clock import SECOND
from cmconsole.core.reply import Act, ReplyStatus
from tests.contract.adapters import ADAPTERS, Adapter
from tests.twin.world import World
from tests.unit.engine.outboxes import WORDS, Desk, opened
from tests.unit.engine.parts import Time

Opened: TypeAlias = Callable[..., AbstractAsyncContextManager[Desk]]


class WorldTime(Time):
    """The twin's time, moved by hand: what is not moved goes on by itself."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    def now(self) -> int:
        return self._world.now()

    @property
    def at(self) -> int:
        return self._world.now() if hasattr(self, "_world") else 0

    @at.setter
    def at(self, at: int) -> None:
        if hasattr(self, "_world"):
            self._world.shift += at - self._world.now()


@pytest.fixture(params=sorted(ADAPTERS))
async def adapter(request: pytest.FixtureRequest) -> AsyncIterator[Adapter]:
    async with ADAPTERS[request.param]() as running:
        yield running


@pytest.fixture
def desk_of(adapter: Adapter, tmp_path: Path) -> Opened:
    """Return what opens a desk whose account speaks on the adapter's twin."""
    handle = {"handle": adapter.platform.handle, "platform": adapter.kind}
    make = {"make": lambda: adapter.doors()[1]}
    time = WorldTime(adapter.running.world)
    return lambda **more: opened(tmp_path, time, **{**handle, **make, **more})


async def test_a_reply_and_what_is_done_about_it_reach_the_platform_once(
    adapter: Adapter, desk_of: Opened
) -> None:
    async with desk_of() as desk:
        question = adapter.platform.mention("Où est mon colis ?")
        sent = await desk.settled(await desk.hold(question))
        assert sent.status is ReplyStatus.SENT, sent.error
        assert sent.url.startswith("http")
        (post,) = adapter.published()
        assert WORDS in str(post)

        gone = await desk.hold(sent.native_ids[0], act=Act.DELETE, parts=())
        assert (await desk.settled(gone)).status is ReplyStatus.SENT
        assert adapter.posts_seen() == 1


class Case(NamedTuple):
    """A fault in the route that publishes: what becomes of the reply, the POSTs seen, the posts there."""

    fault: str
    args: dict[str, Any]
    status: ReplyStatus
    seen: int
    there: int
    told: str


CASES: Final = [
    Case("error_after", {"status": 500}, ReplyStatus.SENT, 1, 1, ""),
    Case("drop_after", {}, ReplyStatus.SENT, 1, 1, ""),
    Case("garbage", {}, ReplyStatus.SENT, 1, 1, ""),
    Case("drop_before", {}, ReplyStatus.FAILED, 1, 0, "surely not there"),
    Case("status", {"status": 500}, ReplyStatus.FAILED, 1, 0, "surely not there"),
    Case("html", {"status": 503}, ReplyStatus.FAILED, 1, 0, "surely not there"),
    Case("status", {"status": 401, "body": "{}"}, ReplyStatus.FAILED, 1, 0, ""),
    Case("status", {"status": 403, "body": "{}"}, ReplyStatus.FAILED, 1, 0, ""),
    Case("limit", {"reset_after": 90}, ReplyStatus.SENT, 2, 1, ""),
]


@pytest.mark.parametrize("case", CASES, ids=lambda it: f"{it.fault}-{it.args.get('status', '')}")
async def test_whatever_a_platform_does_there_is_one_post_at_most_and_the_truth_is_told(
    adapter: Adapter, desk_of: Opened, case: Case
) -> None:
    async with desk_of() as desk:
        adapter.fault(case.fault, **case.args)
        ended = await desk.settled(await desk.hold(adapter.platform.mention("Où est mon colis ?")))

        status, seen, there = case.status, case.seen, case.there
        if adapter.kind in {"bluesky", "reddit"} and case.args.get("status") == 401:
            # The session was over: it is renewed, and the reply surely had not been taken.
            status, seen, there = ReplyStatus.SENT, 2, 1
            assert await desk.trail(ended) == ["sending", "put_off", "sending", "sent"]
        assert (ended.status, adapter.posts_seen(), len(adapter.published())) == (status, seen, there)
        assert (bool(ended.error), bool(ended.advice)) == (status is ReplyStatus.FAILED,) * 2
        assert case.told in ended.error


async def test_the_pause_a_platform_asks_for_is_kept(adapter: Adapter, desk_of: Opened) -> None:
    async with desk_of() as desk:
        adapter.fault("limit", reset_after=90)
        reply = await desk.hold(adapter.platform.mention("Où ?"))
        await desk.window()
        waiting = await desk.now(reply)

        assert waiting.status is ReplyStatus.HOLDING
        assert waiting.hold_until is not None
        assert waiting.hold_until - waiting.updated_at >= 88 * SECOND
        assert waiting.error


async def test_a_token_of_somebody_else_never_publishes(adapter: Adapter, desk_of: Opened) -> None:
    async with desk_of(handle="@brand") as desk:
        ended = await desk.settled(await desk.hold(adapter.platform.mention("Où ?")))

        assert ended.status is ReplyStatus.FAILED
        assert adapter.platform.handle in ended.error
        (state,) = await desk.store.account_states()
        assert state.standing is Standing.LOCKED
        asked = len(adapter.running.world.requests)
        again = await desk.settled(await desk.hold(adapter.platform.mention("Et ?", author="bob")))
        assert again.status is ReplyStatus.FAILED
        assert len(adapter.running.world.requests) == asked
        assert adapter.posts_seen() == 0


async def test_a_rehearsal_asks_nobody_anything(adapter: Adapter, desk_of: Opened) -> None:
    async with desk_of(mode=Mode.REHEARSAL) as desk:
        held = partial(desk.hold, adapter.platform.mention("Où ?"), mode=Mode.REHEARSAL)
        assert (await desk.settled(await held())).status is ReplyStatus.REHEARSED
        assert adapter.running.world.requests == []


async def test_a_platform_that_was_away_gets_the_reply_in_the_end(adapter: Adapter, desk_of: Opened) -> None:
    async with desk_of() as desk:
        reply = await desk.hold(adapter.platform.mention("Où ?"))
        await adapter.running.down(adapter.kind)
        await desk.window()
        assert (await desk.now(reply)).status is ReplyStatus.HOLDING
        assert (await desk.now(reply)).error
        await adapter.running.up(adapter.kind)

        assert (await desk.settled(reply)).status is ReplyStatus.SENT
        assert (adapter.posts_seen(), len(adapter.published())) == (1, 1)
