"""Single posts of Bluesky against the twin: there, changed, gone, withheld, or not for us to see."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from cmconsole.core.errors import SourceError, SourceRefusedError
from cmconsole.core.mention import Absence, Removed
from cmconsole.platforms.bluesky.client import BlueskyClient
from cmconsole.platforms.bluesky.lookup import BlueskyLookup
from tests.integration.platforms.test_bluesky_client import Drawer
from tests.twin.server import Twin, twin


@asynccontextmanager
async def looking() -> AsyncIterator[tuple[Twin, BlueskyLookup]]:
    async with twin("bluesky") as running:
        said, now = running.bluesky.credentials, running.world.now
        address = running.address["bluesky"]
        client = BlueskyClient(address, said["identifier"], said["password"], now=now, session=Drawer())
        try:
            yield running, BlueskyLookup(client, now)
        finally:
            await client.aclose()


async def test_posts_are_found_as_they_are_now_and_those_gone_are_told() -> None:
    async with looking() as (running, lookup):
        bluesky = running.bluesky
        there = bluesky.mention("Il fuit", author="lea", followers=12)
        edited = bluesky.mention("Servis froid")
        gone = bluesky.mention("Regretté")
        withheld = bluesky.mention("Interdit", labels=["!takedown"])
        blocked = bluesky.mention("Bloqué", author="troll", blocks_us=True)
        bluesky.edit(edited, "Servi froid")
        bluesky.delete(gone)
        found = await lookup.posts([there, edited, gone, withheld, blocked, "nonsense"])

    assert [(one.native_id, one.text) for one in found.mentions] == [
        (there, "Il fuit"),
        (edited, "Servi froid"),
    ]
    assert found.mentions[0].author.reach == 12
    assert set(found.removed) == {Removed("bluesky", gone), Removed("bluesky", withheld, Absence.WITHHELD)}


async def test_as_many_as_it_says_are_asked_for_at_once() -> None:
    async with looking() as (running, lookup):
        uris = [running.bluesky.mention(f"Message {number}") for number in range(lookup.most)]
        found = await lookup.posts(uris)

        assert [one.native_id for one in found.mentions] == uris
        assert len(running.world.seen("bluesky", path="/xrpc/app.bsky.feed.getPosts")) == 1
        assert (lookup.platform, lookup.most) == ("bluesky", 25)


async def test_a_post_is_found_by_the_address_a_browser_shows() -> None:
    async with looking() as (running, lookup):
        uri = running.bluesky.mention("Il fuit", author="lea")
        did, key = running.bluesky.person("lea").did, uri.rpartition("/")[2]
        for url in (
            f"https://bsky.app/profile/lea.test/post/{key}",
            f"https://bsky.app/profile/@lea.test/post/{key}/?ref=mail#x",
            f"https://bsky.app/profile/{did}/post/{key}",
            uri,
        ):
            found = await lookup.by_address(url)
            assert found is not None
            assert (found.native_id, found.text) == (uri, "Il fuit")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://bsky.app/profile/lea.test",
        "https://bsky.app/profile/lea.test/lists/3k",
        "https://bsky.app/profile/lea test/post/3k",
        "https://bsky.app/profile/lea.test/post/3k%2f..",
        "https://example.org/profile/lea.test/post/3k",
        "https://bsky.app.example.org/profile/lea.test/post/3k",
        "at://did:plc:x/app.bsky.feed.like/3k",
        "http://[::1/profile",
        "javascript:alert(1)",
    ],
)
async def test_what_leads_to_no_post_of_bluesky_is_not_asked_for(url: str) -> None:
    async with looking() as (running, lookup):
        assert await lookup.by_address(url) is None
        assert running.world.requests == []


async def test_an_address_whose_post_is_gone_is_told_in_words() -> None:
    async with looking() as (running, lookup):
        uri = running.bluesky.mention("Regretté", author="lea")
        running.bluesky.delete(uri)
        for url in (uri, "https://bsky.app/profile/nobody.test/post/3k"):
            with pytest.raises(SourceRefusedError, match="gone"):
                await lookup.by_address(url)


async def test_an_answer_that_does_not_come_removes_nothing() -> None:
    async with looking() as (running, lookup):
        uri = running.bluesky.mention("Il fuit")
        for path in (".*getPosts", ".*getPostThread"):
            running.world.faults.plant("bluesky", "html", path=path)
            with pytest.raises(SourceError):
                await lookup.posts([uri, "at://did:plc:x/app.bsky.feed.post/3k"])
