"""The real Bluesky network on loopback: `make test-bluesky` starts it and runs this."""

import asyncio
import json
import os
import secrets
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from cmconsole.core.errors import PublishRefusedError, SourceRefusedError
from cmconsole.core.mention import Mention
from cmconsole.core.publishing import Outgoing
from cmconsole.platforms.bluesky import place as places
from cmconsole.platforms.bluesky.client import BlueskyClient
from cmconsole.platforms.bluesky.lookup import BlueskyLookup
from cmconsole.platforms.bluesky.mapping import date
from cmconsole.platforms.bluesky.place import ListPlace, Place
from cmconsole.platforms.bluesky.publisher import BlueskyPublisher
from cmconsole.platforms.bluesky.source import BlueskySource

pytestmark = pytest.mark.bluesky

SERVICE = os.environ.get("CMCONSOLE_BLUESKY", "http://localhost:2583")
PASSWORD = "hunter2"
POST = "app.bsky.feed.post"
T = TypeVar("T")


class Drawer:
    def __init__(self) -> None:
        self.text = ""

    async def load(self) -> str:
        return self.text

    async def save(self, text: str) -> None:
        self.text = text


def now() -> int:
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def account(handle: str, password: str = PASSWORD) -> AsyncIterator[BlueskyClient]:
    client = BlueskyClient(SERVICE, handle, password, now=now, session=Drawer())
    try:
        yield client
    finally:
        await client.aclose()


async def write(client: BlueskyClient, text: str, *people: tuple[str, str], at: int | None = None) -> str:
    """Post as an app would, naming people (their handle and DID); return the post's address."""
    session = await client.session()
    facets = []
    for handle, did in people:
        start = len(text[: text.index(f"@{handle}")].encode())
        feature = {"$type": "app.bsky.richtext.facet#mention", "did": did}
        index = {"byteStart": start, "byteEnd": start + len(handle) + 1}
        facets.append({"index": index, "features": [feature]})
    record = {"$type": POST, "text": text, "createdAt": date(at or now()), "facets": facets, "langs": ["fr"]}
    body = {"repo": session.did, "collection": POST, "record": record}
    answer = await client.write("com.atproto.repo.createRecord", body)
    assert answer is not None
    return str(answer["uri"])


async def until(found: Callable[[], Awaitable[T | None]]) -> T:
    """Return what is found; the network's index runs a moment behind."""
    async with asyncio.timeout(30):
        while (value := await found()) is None:  # noqa: ASYNC110 - another program has no event to wait for
            await asyncio.sleep(0.2)
        return value


async def in_source(client: BlueskyClient, uri: str, *searches: str) -> Mention:
    """Return a post as a source brings it."""
    source = BlueskySource("desk", client, now=now, mentions=not searches, searches=searches, interval=0.2)
    async with asyncio.timeout(30), aclosing(source.batches(None)) as batches:
        async for batch in batches:
            for mention in batch.mentions:
                if mention.native_id == uri:
                    return mention
    raise AssertionError


async def test_a_mention_comes_in_and_an_answer_goes_out_once() -> None:
    async with account("alice.test") as alice, account("bob.test") as bob:
        me = await bob.identity()
        assert me.handle == "bob.test"
        mark = secrets.token_hex(6)
        uri = await write(alice, f"👩‍🚀 Désolée @bob.test, ça fuit {mark}", ("bob.test", me.native_id))
        mention = await in_source(bob, uri)
        print(f"in: {mention.author.handle}: {mention.text} ({mention.url})")
        assert (mention.author.handle, mention.language, mention.can_reply) == ("alice.test", "fr", True)
        assert mention.text == f"👩‍🚀 Désolée @bob.test, ça fuit {mark}"

        publisher = BlueskyPublisher("brand", bob, now)
        outgoing = Outgoing(f"Nous regardons, @alice.test : https://acme.example/aide #{mark}", uri, mark)
        assert await publisher.look_up(outgoing, 0) is None
        published = await publisher.reply(outgoing)
        assert await publisher.reply(outgoing) == published
        assert await publisher.look_up(outgoing, 0) == published
        print(f"out: {published.url}")

        async def in_thread() -> list[str] | None:
            thread = await alice.ask("app.bsky.feed.getPostThread", ("uri", uri))
            return [reply["post"]["uri"] for reply in thread["thread"]["replies"]] or None

        assert await until(in_thread) == [published.native_id]
        seen = await in_source(alice, published.native_id)
        assert (seen.thread, seen.in_reply_to) == (uri, uri)
        assert seen.text == outgoing.text

        await publisher.delete(published.native_id)
        await publisher.delete(published.native_id)
        assert await publisher.look_up(outgoing, 0) is None
        lookup = BlueskyLookup(alice, now)

        async def gone() -> bool | None:
            return bool((await lookup.posts([published.native_id])).removed) or None

        assert await until(gone)
        found = await lookup.by_address(mention.url)
        assert found is not None
        assert found.native_id == uri
        with pytest.raises(SourceRefusedError):
            await lookup.by_address(published.url)
        print("deleted, and gone from the thread")


async def test_a_search_a_like_a_hidden_answer_and_a_closed_thread() -> None:
    async with account("alice.test") as alice, account("bob.test") as bob:
        mark = secrets.token_hex(6)
        root = await write(bob, f"Nouveau café {mark}")
        found = await in_source(alice, root, mark)
        assert found.author.handle == "bob.test"
        answer = await BlueskyPublisher("a", alice, now).reply(Outgoing("Spam !", root, mark))
        publisher = BlueskyPublisher("brand", bob, now)
        await in_source(bob, answer.native_id)
        await publisher.like(answer.native_id)
        await publisher.like(answer.native_id)
        await publisher.hide(answer.native_id)
        await publisher.report(answer.native_id, "spam")

        async def hidden() -> bool | None:
            thread = await alice.ask("app.bsky.feed.getPostThread", ("uri", root))
            return answer.native_id in str(thread.get("threadgate")) or None

        assert await until(hidden)
        rules: dict[str, object] = {"$type": "app.bsky.feed.threadgate", "post": root, "allow": []}
        body = {
            "repo": (await bob.session()).did,
            "collection": "app.bsky.feed.threadgate",
            "rkey": root.rpartition("/")[2],
            "record": {**rules, "createdAt": date(now())},
        }
        await bob.write("com.atproto.repo.putRecord", body)

        async def closed() -> bool | None:
            (mention,) = (await BlueskyLookup(alice, now).posts([root])).mentions
            return None if mention.can_reply else True

        assert await until(closed)
        with pytest.raises(PublishRefusedError):
            await BlueskyPublisher("a", alice, now).reply(Outgoing("Encore", root, f"{mark}2"))
        print("liked, hidden, reported; a closed thread is known as closed")


async def test_a_session_is_renewed_by_the_real_server() -> None:
    async with account("bob.test") as bob:
        before = await bob.session()
        after = await bob._sessions.renewed(before)
        assert (after.did, after.pds) == (before.did, before.pds)
        assert after.refresh != before.refresh
        assert (await bob.identity()).native_id == before.did
        with pytest.raises(SourceRefusedError):
            async with account("bob.test", "wrong") as wrong:
                await wrong.identity()


async def test_a_backlog_with_posts_of_one_millisecond_is_filled_in_whole() -> None:
    async with account("alice.test") as alice, account("bob.test") as bob:
        me, began, mark = await bob.session(), now(), secrets.token_hex(6)
        wrote = [
            await write(alice, f"@bob.test {mark} {number}", ("bob.test", me.did), at=began + number // 40)
            for number in range(230)
        ]
        place = Place(me.did).with_list("notifications", ListPlace(began - 1_000))
        source = BlueskySource("desk", bob, now=now, interval=0.2)
        found: list[str] = []
        async with asyncio.timeout(60), aclosing(source.batches(places.written(place))) as batches:
            async for batch in batches:
                found += [mention.native_id for mention in batch.mentions if mark in mention.text]
                if len(found) >= len(wrote) and not batch.mentions:
                    break
        assert sorted(found) == sorted(wrote)
        print(f"{len(found)} of {len(wrote)}, each once, 40 to a millisecond")


async def test_a_mention_shows_up_in_the_lanes_of_the_whole_program(tmp_path: Path) -> None:
    """An engine of its own reads for bob; what it took in is asked of the command line, as a person would."""
    mark = secrets.token_hex(6)
    settings = tmp_path / "settings.toml"
    settings.write_text(
        f'[brand]\nname = "Acme"\n[accounts.bob]\nplatform = "bluesky"\nhandle = "bob.test"\n'
        f'server = "{SERVICE}"\n[sources.sky]\ntype = "bluesky"\naccount = "bob"\ninterval_seconds = 10\n'
    )
    environ = {**os.environ, "CMCONSOLE_SECRET_BOB_APP_PASSWORD": PASSWORD}
    environ |= {f"XDG_{kind}_HOME": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
    given = ["--config", str(settings), "--db", str(tmp_path / "desk.db")]

    async def cmconsole(*arguments: str) -> str:
        command = [sys.executable, "-m", "cmconsole", *arguments, *given]
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE, env=environ)
        said, _ = await process.communicate()
        return said.decode()

    async with account("alice.test") as alice, account("bob.test") as bob:
        me = await bob.identity()
        await write(alice, f"@bob.test toujours pas de remboursement {mark}", ("bob.test", me.native_id))
    engine = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cmconsole", "engine", "--stay", *given, env=environ, stderr=PIPE
    )
    try:

        async def in_lanes() -> dict[str, Any] | None:
            rows = map(json.loads, (await cmconsole("queue", "--json")).splitlines())
            return next((row for row in rows if mark in json.dumps(row)), None)

        row = await until(in_lanes)
        print(f"in the lanes: {row['lane']}, {row['kind']}: {row['text']}")
        assert (row["platform"], row["lane"], row["kind"]) == ("bluesky", "complaints", "complaint")
        assert '"verified"' in await cmconsole("accounts", "list", "--json")
    finally:
        engine.terminate()
        await engine.wait()
