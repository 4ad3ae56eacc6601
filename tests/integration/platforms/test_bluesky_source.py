"""Bluesky's intake against the twin: nothing lost, nothing twice, whatever happens on the way."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from cmconsole.core.clock import HOUR, MINUTE
from cmconsole.core.errors import SourceError, SourceRefusedError
from cmconsole.core.mention import Mention
from cmconsole.core.source import BATCH_LIMIT, Batch
from cmconsole.platforms.bluesky.client import BlueskyClient
from cmconsole.platforms.bluesky.source import BlueskySource
from tests.integration.platforms.test_bluesky_client import Drawer
from tests.twin.server import Twin, twin

NOTIFICATIONS = "/xrpc/app.bsky.notification.listNotifications"
SEARCH = "/xrpc/app.bsky.feed.searchPosts"
GET_POSTS = "/xrpc/app.bsky.feed.getPosts"


class AsleepError(Exception):
    """The source wanted to wait."""


class Desk:
    """An engine that commits each batch with its cursor, and can be killed anywhere."""

    def __init__(self, running: Twin, *, searches: Sequence[str] = (), mentions: bool = True) -> None:
        self.running = running
        self.drawer = Drawer()
        self.searches = searches
        self.mentions = mentions
        self.cursor: str | None = None
        self.batches: list[Batch] = []
        self.slept: list[float] = []
        self.patience = 5.0
        self.stops_when_asleep = False

    @property
    def taken(self) -> list[Mention]:
        return [mention for batch in self.batches for mention in batch.mentions]

    @property
    def texts(self) -> list[str]:
        return [mention.text for mention in self.taken]

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncIterator[Batch]]:
        said = self.running.bluesky.credentials
        now = self.running.world.now
        client = BlueskyClient(
            self.running.address["bluesky"],
            said["identifier"],
            said["password"],
            now=now,
            session=self.drawer,
            timeout=self.patience,
        )
        source = BlueskySource(
            "desk", client, now=now, mentions=self.mentions, searches=self.searches, sleep=self._sleep
        )
        try:
            async with aclosing(source.batches(self.cursor)) as batches:
                yield batches
        finally:
            await client.aclose()

    async def look(self, *, killed_after: int = 0) -> None:
        """Take what is there; killed after so many commits where told."""
        commits = 0
        async with self.reading() as batches, asyncio.timeout(60):
            async for batch in batches:
                self.cursor = batch.cursor or self.cursor
                self.batches.append(batch)
                commits += 1
                if commits == killed_after or not (batch.mentions or batch.set_aside):
                    return

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.stops_when_asleep:
            raise AsleepError
        await asyncio.sleep(0)


def storm(running: Twin, count: int, *, length: int = 6 * HOUR, start: int = 0) -> list[str]:
    """Let people mention us, evenly over some hours that end now; return their words."""
    now = running.world.now()
    texts = [f"Message {number}" for number in range(start, start + count)]
    for number, text in enumerate(texts):
        at = now - length + (number + 1) * length // count
        running.bluesky.mention(text, author=f"person{number % 300}", at=at)
    return texts


async def test_the_first_start_takes_the_newest_page_only() -> None:
    async with twin("bluesky") as running:
        texts = storm(running, 350)
        desk = Desk(running)
        await desk.look()
        await desk.look()

    assert desk.texts == texts[-100:]


async def test_six_hours_are_filled_in_oldest_first_without_loss_or_repetition() -> None:
    async with twin("bluesky") as running:
        desk = Desk(running)
        running.bluesky.mention("Avant", at=running.world.now() - 7 * HOUR)
        await desk.look()
        texts = storm(running, 10_500)
        await desk.look()
        asked = len(running.world.seen("bluesky", path=NOTIFICATIONS))
        await desk.look()
        asked_again = len(running.world.seen("bluesky", path=NOTIFICATIONS)) - asked

        assert desk.texts == ["Avant", *texts]
        # 105 pages of a hundred, each twice at most, and those that overlap; then only these.
        assert asked < 250
        assert asked_again < 7
        assert max(len(batch.mentions) for batch in desk.batches) <= BATCH_LIMIT
        assert max(len(batch.cursor or "") for batch in desk.batches) < 20_000
        assert len(running.world.requests) < 3_000
        assert running.bluesky.door.opened == 1
        print(
            f"10,500 after an outage: {asked} pages, {len(running.world.requests)} requests, 0 lost, 0 twice"
        )


async def test_killed_between_any_two_batches_nothing_is_lost_or_taken_twice() -> None:
    async with twin("bluesky") as running:
        desk = Desk(running, searches=("Message",))
        running.bluesky.mention("Avant", at=running.world.now() - 9 * HOUR)
        await desk.look()
        texts = storm(running, 2_600)
        while len(desk.taken) < 2 * 2_600 + 1:
            await desk.look(killed_after=1 + len(desk.batches) % 3)
        await desk.look()

    assert sorted(desk.texts) == sorted(["Avant", *texts, *texts])
    assert running.bluesky.door.opened == 1


async def test_posts_that_share_a_millisecond_are_not_passed_over() -> None:
    async with twin("bluesky") as running:
        desk = Desk(running, searches=("burst",))
        await desk.look()
        at = running.world.now()
        for number in range(450):
            running.bluesky.mention(f"burst {number}", at=at - number // 30)
        await desk.look()

    assert len(desk.texts) == 900
    assert len(set(desk.texts)) == 450


async def test_repeats_and_disorder_change_nothing() -> None:
    async with twin("bluesky") as running:
        desk = Desk(running, searches=("Message",))
        await desk.look()
        for kind, path in (("repeat", NOTIFICATIONS), ("disorder", SEARCH), ("disorder", NOTIFICATIONS)):
            running.world.faults.plant("bluesky", kind, path=path, times=6)
        texts = storm(running, 1_000, length=HOUR // 2)
        await desk.look()
        await desk.look()

    assert sorted(desk.texts) == sorted([*texts, *texts])


async def test_a_post_that_comes_late_is_taken_although_newer_ones_are_known() -> None:
    async with twin("bluesky") as running:
        desk = Desk(running)
        storm(running, 5, length=MINUTE)
        await desk.look()
        running.bluesky.mention("Par la passerelle", at=running.world.now() - 40 * MINUTE)
        await desk.look()
        await desk.look()

    assert desk.texts[5:] == ["Par la passerelle"]


async def test_a_poison_item_is_set_aside_once_and_the_others_go_on() -> None:
    known = {"uri": "at://did:plc:ada/app.bsky.feed.post/1", "author": {"did": "did:plc:ada"}}
    poison: list[Any] = [
        7,
        [],
        {"no": "reason"},
        {"uri": 5, "reason": "mention"},
        {"reason": "reply", "record": {"text": 9}},
        {**known, "reason": "quote", "indexedAt": "soon", "record": {"text": {}}},
    ]
    async with twin("bluesky") as running:
        desk = Desk(running)
        await desk.look()
        running.bluesky.mention("Avant")
        for raw in poison:
            running.bluesky.poison(raw)
        running.bluesky.mention("Après")
        for _ in range(3):
            await desk.look()

    # What names no reason is no mention, whatever it is.
    assert desk.texts == ["Avant", "Après"]
    assert sum(len(batch.set_aside) for batch in desk.batches) == 5


async def test_what_was_looked_for_is_found_in_both_lists_and_ours_is_left_out() -> None:
    async with twin("bluesky") as running:
        desk = Desk(running, searches=("café", " café ", ""), mentions=False)
        running.bluesky.post("Un café pour Acme", author="ada", followers=321)
        running.bluesky.post("Notre café", author="acme.test")
        running.bluesky.mention("@acme.test bonjour")
        await desk.look()

    (mention,) = desk.taken
    assert (mention.text, mention.author.reach) == ("Un café pour Acme", 321)


async def test_a_thread_a_quote_and_who_may_answer_are_told() -> None:
    async with twin("bluesky") as running:
        bluesky = running.bluesky
        desk = Desk(running)
        ours = bluesky.post("Nouveau café", author="acme.test")
        answer = bluesky.mention("Il fuit", parent=ours, author="lea", followers=90_000, verified=True)
        bluesky.mention("Moi aussi", parent=answer)
        bluesky.mention("Voyez ça", quote=ours, langs=["fr"])
        bluesky.mention("Fermé", reply_disabled=True)
        bluesky.mention("Nous bloque", author="troll", blocks_us=True)
        await desk.look()

    leak, too, quote, closed, blocked = desk.taken
    assert (leak.thread, leak.in_reply_to, too.thread, too.in_reply_to) == (ours, ours, ours, answer)
    assert (leak.author.reach, leak.author.verified) == (90_000, True)
    assert quote.text == "Voyez ça\n[quote: @acme.test: Nouveau café]"
    assert quote.language == "fr"
    assert [one.can_reply for one in desk.taken] == [True, True, True, False, False]
    assert (closed.text, blocked.text) == ("Fermé", "Nous bloque")


async def test_an_edit_comes_again_with_its_time() -> None:
    async with twin("bluesky") as running:
        desk = Desk(running)
        uri = running.bluesky.mention("Servis froid")
        await desk.look()
        running.bluesky.edit(uri, "Servi froid")
        await desk.look()
        await desk.look()

    before, after = desk.taken
    assert (before.native_id, before.edited_at) == (after.native_id, None)
    assert after.text == "Servi froid"
    assert after.edited_at is not None


async def test_what_is_gone_again_comes_but_cannot_be_answered() -> None:
    async with twin("bluesky") as running:
        desk = Desk(running)
        running.world.faults.plant("bluesky", "status", path=GET_POSTS, status=200, body={"posts": []})
        running.bluesky.mention("Bonjour")
        await desk.look()

    (mention,) = desk.taken
    assert (mention.text, mention.can_reply) == ("Bonjour", False)


async def test_details_that_cannot_be_had_hold_no_mention_up() -> None:
    async with twin("bluesky") as running:
        desk = Desk(running)
        running.world.faults.plant("bluesky", "html", path=GET_POSTS, times=0)
        running.world.faults.plant("bluesky", "limit", path=".*getProfiles", times=0)
        running.bluesky.mention("Bonjour")
        await desk.look()

    (mention,) = desk.taken
    assert (mention.text, mention.author.reach, mention.can_reply) == ("Bonjour", None, True)


@pytest.mark.parametrize(
    ("kind", "args", "words"),
    [
        ("html", {"status": 503}, "error (503)"),
        ("html", {"status": 404}, "no Bluesky"),
        ("garbage", {}, "not Bluesky's data"),
        ("drop_before", {}, "broke"),
        ("hang", {"seconds": 30}, "in time"),
        ("limit", {"reset_after": 77}, "slow down"),
    ],
)
async def test_trouble_is_said_in_words_and_over_when_it_is_over(
    kind: str, args: dict[str, Any], words: str
) -> None:
    async with twin("bluesky") as running:
        desk = Desk(running)
        await desk.look()
        texts = storm(running, 250)
        running.world.faults.plant("bluesky", kind, path=NOTIFICATIONS, **args)
        desk.patience = 0.3
        with pytest.raises(SourceError) as raised:
            await desk.look()

        assert words in raised.value.message
        assert not isinstance(raised.value, SourceRefusedError)
        if kind == "limit":
            assert raised.value.retry_after is not None
            assert 76 <= raised.value.retry_after <= 79
        await desk.look()

    assert desk.texts == texts
    assert running.bluesky.door.opened == 1


async def test_in_the_middle_of_a_backlog_a_limit_costs_nothing() -> None:
    async with twin("bluesky") as running:
        desk = Desk(running)
        running.bluesky.mention("Avant", at=running.world.now() - 9 * HOUR)
        await desk.look()
        texts = storm(running, 6_000)
        running.bluesky.door.limits["all"] = (200, 300_000)
        pauses = []
        for _ in range(20):
            try:
                await desk.look()
            except SourceError as error:
                pauses.append(error.retry_after or 0)
                running.world.shift += int(pauses[-1] * 1_000)
        statuses = [seen.status for seen in running.world.requests]

    assert desk.texts == ["Avant", *texts]
    assert all(pauses)
    assert pauses
    # Seen coming: the server never had to say no.
    assert 429 not in statuses


async def test_a_session_grows_old_and_is_revoked_while_reading() -> None:
    async with twin("bluesky") as running:
        desk = Desk(running)
        await desk.look()
        texts = storm(running, 300)
        running.bluesky.door.expire()
        await desk.look()
        running.bluesky.door.revoke()
        texts += storm(running, 5, length=1_000, start=300)
        await desk.look()

    assert desk.texts == texts
    assert running.bluesky.door.opened == 2


async def test_a_program_that_starts_anew_each_second_asks_no_more_often() -> None:
    async with twin("bluesky") as running:
        desk = Desk(running)
        await desk.look()
        desk.slept.clear()
        desk.stops_when_asleep = True
        for _ in range(5):
            running.world.shift += 1_000
            with pytest.raises(AsleepError):
                await desk.look()
        desk.stops_when_asleep = False
        running.world.shift -= 24 * HOUR
        await desk.look()

    assert all(0 < pause <= 30 for pause in desk.slept)
    assert desk.slept[0] > 25


@pytest.mark.parametrize("cursor", ["", "{}", "\ud800", "[]", json.dumps({"account": "did:plc:other"})])
async def test_a_cursor_that_is_not_ours_means_from_the_beginning(cursor: str) -> None:
    async with twin("bluesky") as running:
        desk = Desk(running)
        texts = storm(running, 3)
        desk.cursor = cursor
        await desk.look()

    assert desk.texts == texts


async def test_a_clock_a_day_off_loses_nothing() -> None:
    async with twin("bluesky") as running:
        desk = Desk(running)
        running.bluesky.mention("Avant", at=running.world.now() - HOUR)
        await desk.look()
        texts = storm(running, 150, length=HOUR // 2)
        shifted = running.world.now
        running.world.now = lambda: shifted() - 24 * HOUR  # type: ignore[method-assign] # ours, not the twin's
        desk_now = Desk(running)
        desk_now.cursor, desk_now.drawer = desk.cursor, desk.drawer
        await desk_now.look()

    assert desk_now.texts == texts
