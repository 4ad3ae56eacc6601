"""Tips find their conversation, or become one, on a real store; the platforms are played."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cmconsole.core.clock import MINUTE
from cmconsole.core.conversation import Conversation, Status
from cmconsole.core.errors import (
    BudgetSpentError,
    LeaseLostError,
    SourceError,
    SourceRefusedError,
    StoreBusyError,
)
from cmconsole.core.lookup import Found, Lookup
from cmconsole.core.mention import Author, Mention
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import Batch
from cmconsole.core.tip import StoredTip, Tip, TipState
from cmconsole.engine.intake import drain
from cmconsole.engine.tips import PATIENCE, Tips
from cmconsole.store.contract import Intake, Lease
from cmconsole.store.sqlite.store import SqliteStore
from tests.unit.engine.parts import NOON, PlainJudge, ScriptedSource, StillTime, Time
from tests.unit.engine.stored import FaultyStore

X = "https://x.com/marc_d/status/1859"
POST = Mention("x", "1859", Author("x", "marc_d"), "Toujours rien reçu", NOON, url=X)
BLOG = "https://blog.example.org/2026/11/acme"


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[FaultyStore]:
    store = FaultyStore(tmp_path / "desk.db")
    await store.open()
    yield store
    await store.close()


class NoVips:
    authors: frozenset[tuple[str, str]] = frozenset()


@dataclass
class Platform:
    """Plays a platform: what it has by address, and what it fails with first."""

    platform: str = "x"
    most: int = 100
    posts_by_address: dict[str, Mention] = field(default_factory=dict)
    failures: list[Exception] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    async def posts(self, native_ids: Sequence[str]) -> Found:
        return Found()

    async def by_address(self, url: str) -> Mention | None:
        self.asked.append(url)
        if self.failures:
            raise self.failures.pop(0)
        return self.posts_by_address.get(url)


def worker(
    store: SqliteStore, *platforms: Lookup, time: Time | None = None, judge: PlainJudge | None = None
) -> Tips:
    time = time or Time()
    lookups = {it.platform: it for it in platforms}
    return Tips(store, lookups, judge or PlainJudge(), NoVips(), SlaPolicy(), time, lambda: None, time.sleep)


async def taken(store: SqliteStore, *mentions: Mention) -> None:
    await drain(ScriptedSource([Batch(mentions)]), store, PlainJudge(), SlaPolicy(), StillTime())


async def forwarded(store: SqliteStore, url: str, person: str = "Bob", note: str = "") -> int:
    return (await store.add_tip(Tip(url, person, NOON, note), NOON)).id


async def conversations(store: SqliteStore) -> list[Conversation]:
    return sorted(await store.in_status(Status.OPEN, 100), key=lambda it: it.id)


async def only(store: SqliteStore) -> tuple[Conversation, list[StoredTip]]:
    (found,) = await conversations(store)
    return found, await store.tips(found.id)


async def test_a_known_post_is_linked_and_counted(store: FaultyStore) -> None:
    await taken(store, POST)
    await forwarded(store, X)
    await forwarded(store, X, "Eve", "big customer!")
    lookup = Platform()

    assert await worker(store, lookup).look() == 2
    conversation, tips = await only(store)
    assert [(it.tip.person, it.state) for it in tips] == [("Bob", TipState.LINKED), ("Eve", TipState.LINKED)]
    assert tips[1].tip.note == "big customer!"
    assert conversation.tips == 2
    assert lookup.asked == []


async def test_the_same_tip_again_is_counted_and_nothing_else(store: FaultyStore) -> None:
    await taken(store, POST)
    for _ in range(3):
        await forwarded(store, X)
    work = worker(store)

    assert [await work.look(), await work.look()] == [1, 0]
    conversation, tips = await only(store)
    assert ([it.again for it in tips], conversation.tips) == ([2], 3)


@pytest.mark.parametrize(
    "url",
    [BLOG, f"{BLOG}/", "http://www.blog.example.org/2026/11/acme/", f"{BLOG}?utm_source=mail&fbclid=1"],
)
async def test_a_post_known_by_its_address_is_found_under_any_spelling(store: FaultyStore, url: str) -> None:
    await taken(store, Mention("feeds", "urn:1", Author("feeds", "blog"), "Acme", NOON, url=f"{BLOG}/"))
    await forwarded(store, url)

    assert await worker(store).look() == 1
    _, (tip,) = await only(store)
    assert tip.state is TipState.LINKED


async def test_an_unknown_post_is_fetched_from_its_platform(store: FaultyStore) -> None:
    await forwarded(store, f"{X}?s=20")
    lookup = Platform(posts_by_address={X: POST})

    assert await worker(store, lookup).look() == 1
    conversation, (tip,) = await only(store)
    assert (conversation.text, conversation.author.handle, conversation.can_reply) == (
        POST.text,
        "marc_d",
        True,
    )
    assert tip.state is TipState.TAKEN
    # What the platform itself delivers later is the same post.
    await taken(store, POST)
    assert len(await conversations(store)) == 1


async def test_a_post_the_platform_names_otherwise_is_still_the_known_one(store: FaultyStore) -> None:
    url = "https://bsky.app/profile/ada.example.org/post/3kabc"
    known = Mention("bluesky", "at://did:plc:1/app.bsky.feed.post/3kabc", Author("bluesky", "ada"), "a", NOON)
    await taken(store, known)
    await forwarded(store, url)

    assert await worker(store, Platform("bluesky", posts_by_address={url: known})).look() == 1
    _, (tip,) = await only(store)
    assert tip.state is TipState.LINKED


@pytest.mark.parametrize(
    ("url", "platform", "handle"),
    [
        ("https://www.facebook.com/acme/posts/12", "facebook", "facebook.com"),
        ("https://forum.example.org/t/12", "link", "forum.example.org"),
        ("https://www.tiktok.com/@ada/video/1", "tiktok", "ada"),
        (X, "x", "marc_d"),
    ],
)
@pytest.mark.parametrize("note", ["", "Answer her!"])
async def test_where_nobody_can_be_asked_the_link_stands_for_itself(
    store: FaultyStore, url: str, platform: str, handle: str, note: str
) -> None:
    await forwarded(store, url, note=note)
    await forwarded(store, url, "Eve")

    assert await worker(store).look() == 2
    conversation, tips = await only(store)
    assert (conversation.platform, conversation.author.handle) == (platform, handle)
    assert (conversation.text, conversation.url, conversation.can_reply) == (note or url, url, False)
    assert [it.state for it in tips] == [TipState.TAKEN, TipState.LINKED]
    (mention,) = await store.mentions(conversation.id)
    assert (mention.mention.source, mention.mention.native_id) == ("tips", url)


async def test_a_platform_that_does_not_know_the_address_leaves_the_link(store: FaultyStore) -> None:
    await forwarded(store, X)
    lookup = Platform()

    assert await worker(store, lookup).look() == 1
    assert (await only(store))[0].can_reply is False
    assert lookup.asked == [X]


@pytest.mark.parametrize("refusal", [SourceRefusedError("Forbidden."), BudgetSpentError("Spent.")])
async def test_what_is_refused_is_not_waited_for(store: FaultyStore, refusal: SourceError) -> None:
    await forwarded(store, X)

    assert await worker(store, Platform(failures=[refusal])).look() == 1
    assert (await only(store))[1][0].state is TipState.TAKEN


async def test_a_platform_that_is_down_is_asked_again_and_others_are_not_held_up(store: FaultyStore) -> None:
    down = Platform(posts_by_address={X: POST}, failures=[SourceError("Down."), ValueError("garbage")])
    await forwarded(store, X)
    await forwarded(store, BLOG)
    time = Time()
    work = worker(store, down, time=time)

    assert await work.look() == 1
    assert len(await store.waiting_tips()) == 1
    while not await work.look():
        time.at += 500
    assert time.at - NOON < MINUTE
    assert [it.text for it in await conversations(store)] == [BLOG, POST.text]
    assert len(down.asked) == 3


async def test_what_a_platform_asks_for_is_honoured_for_all_its_tips(store: FaultyStore) -> None:
    limited = Platform(posts_by_address={X: POST}, failures=[SourceError("Slowly.", retry_after=60)])
    await forwarded(store, X)
    time = Time()
    work = worker(store, limited, time=time)
    await work.look()
    await forwarded(store, "https://x.com/eve/status/1860")
    for _ in range(59):
        time.at += 1000
        await work.look()

    assert len(limited.asked) == 1
    time.at += 1000
    assert await work.look() == 2
    assert len(limited.asked) == 3


async def test_after_ten_minutes_the_link_stands_for_itself(store: FaultyStore) -> None:
    down = Platform(failures=[SourceError("Down.")] * 1000)
    await forwarded(store, X)
    time = Time()
    work = worker(store, down, time=time)
    while not await work.look():
        time.at += 2000

    assert PATIENCE <= time.at - NOON <= PATIENCE + 2000
    assert (await only(store))[0].can_reply is False
    assert 5 < len(down.asked) < 40


async def test_tips_that_wait_leave_room_for_those_behind_them(store: FaultyStore) -> None:
    for number in range(120):
        await forwarded(store, f"https://x.com/a/status/{number + 1}")
    await forwarded(store, BLOG)
    down = Platform(failures=[SourceError("Down.")] * 1000)
    work = worker(store, down)

    assert sum([await work.look() for _ in range(4)]) == 1
    assert len(down.asked) == 1
    assert [it.text for it in await conversations(store)] == [BLOG]


async def test_a_post_that_cannot_be_judged_leaves_the_link_and_a_link_that_cannot_stops_no_other(
    store: FaultyStore,
) -> None:
    await forwarded(store, X)
    await forwarded(store, "https://stumble.example.org")
    await forwarded(store, BLOG)
    broken = Mention("x", "1859", Author("x", "marc_d"), "stumble", NOON)
    work = worker(store, Platform(posts_by_address={X: broken}))

    assert [await work.look(), await work.look()] == [2, 0]
    assert [it.text for it in await conversations(store)] == [X, BLOG]
    assert len(await store.waiting_tips()) == 1


async def test_an_address_too_long_to_be_an_id_is_one_conversation_all_the_same(store: FaultyStore) -> None:
    long = f"https://forum.example.org/{'a' * 1500}"
    await forwarded(store, f"{long}b")
    await forwarded(store, f"{long}c")
    work = worker(store)
    await work.look()
    await forwarded(store, f"{long}b", "Eve")
    await work.look()

    assert [it.tips for it in await conversations(store)] == [2, 1]


async def test_a_crash_between_intake_and_link_costs_nothing(
    store: FaultyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await forwarded(store, X)

    async def crash(*_: object) -> None:
        raise LeaseLostError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(store, "settle_tip", crash)
        with pytest.raises(LeaseLostError):
            await worker(store).look()

    assert await worker(store).look() == 1
    conversation, (tip,) = await only(store)
    assert (tip.state, conversation.tips, conversation.messages) == (TipState.LINKED, 1, 1)


async def test_a_busy_store_is_the_supervisor_s_business(store: FaultyStore) -> None:
    await forwarded(store, X)
    store.faults.ingest = [StoreBusyError("busy")]
    with pytest.raises(StoreBusyError):
        await worker(store).look()

    assert await worker(store).look() == 1


async def test_what_is_written_is_written_under_the_lease(store: FaultyStore) -> None:
    await forwarded(store, BLOG)
    work = worker(store)
    work.lease = lambda: Lease("engine", "somebody", 7, NOON)
    with pytest.raises(LeaseLostError):
        await work.look()

    assert await conversations(store) == []


async def test_following_looks_again_and_again(store: FaultyStore) -> None:
    time = Time()
    work = worker(store, time=time)
    looks = 0

    class EnoughError(Exception):
        pass

    async def sleep(seconds: float) -> None:
        nonlocal looks
        assert seconds == 2
        looks += 1
        if looks == 2:
            await forwarded(store, BLOG)
        if looks == 4:
            raise EnoughError

    work.sleep = sleep
    with pytest.raises(EnoughError):
        await work.follow()
    assert len(await conversations(store)) == 1


def poison(intake: Intake) -> Exception | None:
    bad = any("bad" in mention.text for mention, _ in intake.items)
    return OverflowError("too big") if bad else None


async def test_a_link_the_store_cannot_take_stops_no_other(store: FaultyStore) -> None:
    store.faults.poison = poison
    await forwarded(store, "https://bad.example.org")
    await forwarded(store, BLOG)
    work = worker(store)

    assert [await work.look(), await work.look()] == [1, 0]
    assert [it.text for it in await conversations(store)] == [BLOG]
