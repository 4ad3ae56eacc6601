"""Speaking on Bluesky against the twin: at most one post, whatever happens, and an honest word about it."""

import json
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from cmconsole.core.errors import (
    NotPublishedError,
    PublishError,
    PublishRefusedError,
    SourceError,
    UnclearError,
)
from cmconsole.core.publishing import Outgoing
from cmconsole.core.reply import Act
from cmconsole.platforms.bluesky.client import BlueskyClient
from cmconsole.platforms.bluesky.publisher import BlueskyPublisher
from cmconsole.platforms.bluesky.tid import tid_for
from tests.integration.platforms.test_bluesky_client import CREATE, REFRESH, Drawer
from tests.twin.bluesky import BlueskyTwin
from tests.twin.server import Twin, twin

PUT = "/xrpc/com.atproto.repo.putRecord"
GET = "/xrpc/com.atproto.repo.getRecord"
GET_POSTS = "/xrpc/app.bsky.feed.getPosts"
KEY = "0123456789abcdef0123456789abcdef"


@dataclass
class Scene:
    """Somebody asked, and we are about to answer."""

    running: Twin
    publisher: BlueskyPublisher
    question: str

    @property
    def bluesky(self) -> BlueskyTwin:
        return self.running.bluesky

    @property
    def published(self) -> list[dict[str, Any]]:
        return self.running.world.published("bluesky")

    @property
    def sent(self) -> int:
        """How many POSTs that publish were seen."""
        return len(self.running.world.seen("bluesky", "POST", PUT))

    def outgoing(self, text: str = "Nous regardons.", **more: str) -> Outgoing:
        return Outgoing(text, more.pop("in_reply_to", self.question), more.pop("key", KEY), **more)

    def fault(self, kind: str, path: str = PUT, **args: Any) -> None:
        self.running.world.faults.plant("bluesky", kind, path=path, **args)

    def record(self, uri: str) -> dict[str, Any]:
        value: dict[str, Any] = self.bluesky.records[uri][1]
        return value


@asynccontextmanager
async def asked(patience: float = 5.0, **more: Any) -> AsyncIterator[Scene]:
    async with twin("bluesky") as running:
        said, now = running.bluesky.credentials, running.world.now
        client = BlueskyClient(
            running.address["bluesky"],
            said["identifier"],
            said["password"],
            now=now,
            session=Drawer(),
            timeout=patience,
        )
        question = running.bluesky.mention("@acme.test il fuit", author="lea", **more)
        try:
            yield Scene(running, BlueskyPublisher("brand", client, now), question)
        finally:
            await client.aclose()


async def test_a_reply_names_its_parent_and_the_threads_first_post() -> None:
    async with asked() as scene:
        published = await scene.publisher.reply(scene.outgoing(language="fr"))
        again = scene.bluesky.mention("Merci", author="lea", parent=published.native_id)
        second = await scene.publisher.reply(
            scene.outgoing("De rien", in_reply_to=again, key="f" * 32, thread=scene.question)
        )

        first_record, second_record = scene.record(published.native_id), scene.record(second.native_id)
        cid = {uri: post.cid for uri, post in scene.bluesky.posts.items()}
        assert first_record["reply"] == {
            "root": {"uri": scene.question, "cid": cid[scene.question]},
            "parent": {"uri": scene.question, "cid": cid[scene.question]},
        }
        assert second_record["reply"] == {
            "root": {"uri": scene.question, "cid": cid[scene.question]},
            "parent": {"uri": again, "cid": cid[again]},
        }
        assert (first_record["text"], first_record["langs"]) == ("Nous regardons.", ["fr"])
        key = tid_for(KEY)
        assert published.native_id == f"at://{scene.bluesky.us.did}/app.bsky.feed.post/{key}"
        assert published.url == f"https://bsky.app/profile/acme.test/post/{key}"
        assert abs(published.at - scene.running.world.now()) < 60_000
        assert len(scene.published) == 2


async def test_links_people_and_tags_are_marked_on_bytes() -> None:
    async with asked() as scene:
        text = "👩‍🚀 désolés @lea.test : https://acme.example/aide #SAV @nobody.test"
        published = await scene.publisher.reply(scene.outgoing(text))
        raw = text.encode()
        facets = scene.record(published.native_id)["facets"]

        marked = [raw[one["index"]["byteStart"] : one["index"]["byteEnd"]].decode() for one in facets]
        assert marked == ["@lea.test", "https://acme.example/aide", "#SAV"]
        assert facets[0]["features"][0]["did"] == scene.bluesky.person("lea").did


@pytest.mark.parametrize("text", ["é" * 301, "👩‍👩‍👧‍👦" * 150, "  "])
async def test_what_is_too_long_is_refused_before_any_call(text: str) -> None:
    async with asked() as scene:
        with pytest.raises(PublishRefusedError):
            await scene.publisher.reply(scene.outgoing(text))

        assert scene.running.world.requests == []


async def test_a_reply_to_what_is_gone_closed_or_hidden_from_us_is_refused() -> None:
    async with asked() as scene:
        closed = scene.bluesky.mention("fermé", reply_disabled=True)
        blocked = scene.bluesky.mention("bloqué", author="troll", blocks_us=True)
        scene.bluesky.delete(scene.question)
        for uri in (scene.question, closed, blocked, "at://did:plc:x/app.bsky.feed.post/y"):
            with pytest.raises(PublishRefusedError):
                await scene.publisher.reply(scene.outgoing(in_reply_to=uri))

        assert (scene.sent, scene.published) == (0, [])


async def test_the_same_reply_twice_is_one_post() -> None:
    async with asked() as scene:
        first = await scene.publisher.reply(scene.outgoing())
        scene.running.world.shift += 5_000
        second = await scene.publisher.reply(scene.outgoing())

        assert first == second
        assert len(scene.published) == 1


@dataclass(frozen=True)
class Trouble:
    """A fault while publishing. sent: POSTs seen. posts: what came of it. raised: how it is told."""

    name: str
    kind: str
    args: dict[str, Any]
    raised: type[PublishError]
    posts: int
    path: str = PUT
    sent: int = 1


INVALID = {"error": "InvalidToken", "message": "Token could not be verified"}
EXPIRED = {"error": "ExpiredToken", "message": "Token has expired"}
BAD = {"error": "InvalidRequest", "message": "Invalid app.bsky.feed.post record: Record/langs must be …"}
TROUBLES = [
    Trouble("500 before accepting", "status", {"status": 500}, UnclearError, 0),
    Trouble("502 after accepting", "error_after", {"status": 502}, UnclearError, 1),
    Trouble("HTML 503", "html", {"status": 503}, UnclearError, 0),
    Trouble("HTML 403", "html", {"status": 403}, PublishRefusedError, 0),
    Trouble("redirected", "status", {"status": 302}, NotPublishedError, 0),
    Trouble("answer dropped", "drop_after", {}, UnclearError, 1),
    Trouble("request dropped", "drop_before", {}, UnclearError, 0),
    Trouble("time-out, accepted", "hang", {"seconds": 3, "after": True}, UnclearError, 1),
    Trouble("time-out, not accepted", "hang", {"seconds": 3}, UnclearError, 0),
    Trouble("429", "limit", {"reset_after": 90}, NotPublishedError, 0),
    Trouble("torn JSON", "garbage", {}, UnclearError, 1),
    Trouble("408", "status", {"status": 408}, UnclearError, 0),
    Trouble("400 refused", "status", {"status": 400, "body": BAD}, PublishRefusedError, 0),
    Trouble("token expired", "status", {"status": 400, "body": EXPIRED}, NotPublishedError, 0),
    Trouble("token revoked", "status", {"status": 400, "body": INVALID}, NotPublishedError, 0),
    Trouble("parent: HTML 503", "html", {"status": 503}, NotPublishedError, 0, GET_POSTS, 0),
    Trouble("parent: 429", "limit", {"reset_after": 90}, NotPublishedError, 0, GET_POSTS, 0),
]


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
async def test_every_trouble_is_told_as_it_is_and_makes_one_post_at_most(trouble: Trouble) -> None:
    async with asked(patience=0.5) as scene:
        await scene.publisher.look_up(scene.outgoing(), 0)
        scene.fault(trouble.kind, trouble.path, **trouble.args)
        with pytest.raises(PublishError) as raised:
            await scene.publisher.reply(scene.outgoing())

        assert type(raised.value) is trouble.raised
        assert scene.sent == trouble.sent
        if trouble.kind == "limit":
            assert raised.value.retry_after is not None
            assert 89 <= raised.value.retry_after <= 92
            scene.running.world.shift += 93_000
        found = await scene.publisher.look_up(scene.outgoing(), 0)
        assert len(scene.published) == trouble.posts == (found is not None)
        print(
            f"{trouble.name:24} sent {scene.sent}  posts {trouble.posts}  {trouble.raised.__name__:20}"
            f" look_up: {'there' if found else 'not there'}"
        )
        # Whatever it was: sent again later, there is one post and no second.
        published = await scene.publisher.reply(scene.outgoing())
        assert len(scene.published) == 1
        assert found in {None, published}


async def test_a_server_that_is_not_there_got_nothing() -> None:
    async with asked() as scene:
        await scene.publisher.look_up(scene.outgoing(), 0)
        await scene.running.down("bluesky")
        with pytest.raises(NotPublishedError, match="cannot be reached"):
            await scene.publisher.reply(scene.outgoing())
        with pytest.raises(SourceError):
            await scene.publisher.look_up(scene.outgoing(), 0)


async def test_a_session_that_ends_before_a_reply_is_renewed_without_a_second_try() -> None:
    async with asked() as scene:
        await scene.publisher.look_up(scene.outgoing(), 0)
        scene.bluesky.door.revoke()
        published = await scene.publisher.reply(scene.outgoing())

        assert published.native_id in scene.bluesky.records
        assert scene.sent == 1


async def test_a_password_that_is_taken_back_is_for_a_person() -> None:
    async with asked() as scene:
        await scene.publisher.look_up(scene.outgoing(), 0)
        scene.bluesky.door.revoke()
        scene.bluesky.credentials["password"] = "another"
        with pytest.raises(PublishRefusedError) as raised:
            await scene.publisher.reply(scene.outgoing())

        assert "App passwords" in raised.value.advice
        assert scene.sent == 0


async def test_look_up_cannot_be_misled_and_says_when_it_does_not_know() -> None:
    async with asked() as scene:
        await scene.publisher.reply(scene.outgoing(key="a" * 32))

        assert await scene.publisher.look_up(scene.outgoing(), 0) is None
        scene.fault("html", GET)
        with pytest.raises(SourceError):
            await scene.publisher.look_up(scene.outgoing(), 0)


async def test_only_our_own_posts_are_deleted_and_twice_is_no_error() -> None:
    async with asked() as scene:
        published = await scene.publisher.reply(scene.outgoing())
        await scene.publisher.delete(published.native_id)
        await scene.publisher.delete(published.native_id)
        with pytest.raises(PublishRefusedError):
            await scene.publisher.delete(scene.question)

        assert await scene.publisher.look_up(scene.outgoing(), 0) is None
        assert scene.question in scene.bluesky.posts
        scene.fault("drop_after", ".*deleteRecord")
        with pytest.raises(UnclearError):
            await scene.publisher.delete(published.native_id)


async def test_answers_in_our_own_threads_are_hidden_one_after_the_other() -> None:
    async with asked() as scene:
        root = scene.bluesky.post("Nouveau café", author="acme.test")
        first, second = (scene.bluesky.mention(text, parent=root) for text in ("spam", "encore"))
        await scene.publisher.perform(Act.HIDE, first)
        await scene.publisher.hide(second)
        await scene.publisher.perform(Act.HIDE, first)
        with pytest.raises(PublishRefusedError, match="thread we began"):
            await scene.publisher.hide(scene.question)

        gate = scene.record(root.replace("feed.post", "feed.threadgate"))
        assert (gate["post"], gate["hiddenReplies"]) == (root, [first, second])
        scene.fault("status", status=400, body={"error": "InvalidSwap", "message": "Record was at x"})
        with pytest.raises(NotPublishedError):
            await scene.publisher.hide(scene.bluesky.mention("toujours", parent=root))
        gate["hiddenReplies"] = [f"at://{number}" for number in range(300)]
        with pytest.raises(PublishRefusedError, match="300"):
            await scene.publisher.hide(scene.bluesky.mention("trop", parent=root))


async def test_a_like_and_a_report_name_the_post() -> None:
    async with asked() as scene:
        await scene.publisher.perform(Act.LIKE, scene.question)
        await scene.publisher.perform(Act.LIKE, scene.question)
        await scene.publisher.perform(Act.REPORT, scene.question, "spam")
        await scene.publisher.perform(Act.REPORT, scene.question, "Menace notre équipe")
        with pytest.raises(PublishRefusedError):
            await scene.publisher.like("at://did:plc:x/app.bsky.feed.post/y")

        subject = {"uri": scene.question, "cid": scene.bluesky.posts[scene.question].cid}
        likes = [value for _, value in scene.bluesky.records.values() if "subject" in value]
        assert [like["subject"] for like in likes] == [subject]
        spam, threat = scene.bluesky.reports
        assert (spam["reasonType"], "reason" in spam) == ("com.atproto.moderation.defs#reasonSpam", False)
        assert threat["reasonType"] == "com.atproto.moderation.defs#reasonOther"
        assert threat["reason"] == "Menace notre équipe"
        assert threat["subject"] == {"$type": "com.atproto.repo.strongRef", **subject}
        assert scene.publisher.acts == {Act.DELETE, Act.HIDE, Act.LIKE, Act.REPORT}


async def test_no_secret_and_no_words_of_ours_are_in_a_log_or_an_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    told = []
    # Not spelt out in the line that a traceback shows.
    words = KEY[::-1]
    async with asked() as scene:
        faults: list[tuple[str, dict[str, Any]]] = [("drop_after", {}), ("html", {}), ("garbage", {})]
        for kind, args in faults:
            scene.fault(kind, **args)
            with pytest.raises(PublishError) as raised:
                await scene.publisher.reply(scene.outgoing(words, key=kind))
            told.append("".join(traceback.format_exception(raised.value)))
        tokens = [*scene.bluesky.door.access, *scene.bluesky.door.refresh]
        scene.fault("status", status=400, body={"error": "InvalidRequest", "message": json.dumps(tokens)})
        with pytest.raises(PublishRefusedError) as refused:
            await scene.publisher.reply(scene.outgoing())
        told += [str(refused.value), "".join(traceback.format_exception(refused.value)), caplog.text]
        secrets = [*tokens, scene.bluesky.credentials["password"], words]

        for secret in secrets:
            assert not any(secret in text for text in told)
        assert len(scene.running.world.seen("bluesky", path=CREATE)) == 1
        assert scene.running.world.seen("bluesky", path=REFRESH) == []
