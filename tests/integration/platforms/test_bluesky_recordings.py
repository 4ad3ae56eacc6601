"""Every recording of the real Bluesky servers, served from loopback, through the client and the mapping."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from cmconsole.core.cleaning import cleaned
from cmconsole.core.errors import PublishError, PublishRefusedError, SourceRefusedError, UnclearError
from cmconsole.core.mention import Mention
from cmconsole.platforms.bluesky import place as places
from cmconsole.platforms.bluesky.client import BlueskyClient
from cmconsole.platforms.bluesky.lookup import BlueskyLookup
from cmconsole.platforms.bluesky.place import ListPlace, Place
from cmconsole.platforms.bluesky.source import BlueskySource
from tests.integration.platforms import bluesky_frames
from tests.integration.platforms.loopback import Answer, Request, serving
from tests.integration.platforms.test_bluesky_client import Drawer

NOW = 1_795_280_000_000
BRAND = "did:plc:p3vxnpu2sr3noi2c3pm4nj5y"
SESSION = {"did": BRAND, "handle": "brand.test", "accessJwt": "a.b.c", "refreshJwt": "d.e.f"}
FOLDER = "recordings/bsky-devenv-recordings"

Respond = Callable[[Request], Any]


@pytest.fixture
def recordings(shared_data: Path) -> Path:
    return shared_data / FOLDER


def recorded(path: Path) -> tuple[int, Any]:
    told = json.loads(path.read_text(encoding="utf-8"))
    return told["status"], told["json"]


@asynccontextmanager
async def served(respond: Callable[[str], tuple[int, Any] | None]) -> AsyncIterator[BlueskyClient]:
    """Serve what `respond` has for the name of a method, a session, and 501 for all else."""

    def answer(request: Request) -> Answer:
        name = request.path.removeprefix("/xrpc/")
        status, body = respond(name) or (
            (200, SESSION)
            if name.endswith("Session")
            else (501, {"error": "MethodNotImplemented", "message": "Method Not Implemented"})
        )
        return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json"})

    async with serving(answer) as site:
        client = BlueskyClient(site.url, "brand.test", "hunter2", now=lambda: NOW, session=Drawer())
        try:
            yield client
        finally:
            await client.aclose()


async def no_wait(_: float) -> None:
    """Wait for nothing."""


async def taken(
    client: BlueskyClient, *, mentions: bool, lists: tuple[str, ...]
) -> tuple[list[Mention], int]:
    """Return what a source takes from the beginning of its lists, and how much it sets aside."""
    place = Place(BRAND)
    for name in lists:
        place = place.with_list(name, ListPlace())
    searches = [name.removeprefix("search ") for name in lists if name.startswith("search ")]
    source = BlueskySource(
        "desk", client, now=lambda: NOW, mentions=mentions, searches=searches, sleep=no_wait
    )
    found: list[Mention] = []
    aside = 0
    async with aclosing(source.batches(places.written(place))) as batches:
        async for batch in batches:
            found += map(cleaned, batch.mentions)
            aside += len(batch.set_aside)
            if not batch.mentions and not batch.set_aside:
                break
    return found, aside


def told(name: str, responses: int, mentions: int, aside: int) -> None:
    print(f"{name:40} responses {responses:4}  mentions {mentions:4}  set aside {aside:2}  crashed 0")


async def test_notifications_page_by_page(recordings: Path) -> None:
    pages = [recorded(recordings / f"listNotifications_p{number}.json") for number in (1, 2, 3)]
    left = list(pages)

    def respond(name: str) -> tuple[int, Any] | None:
        return (left or [(200, {"notifications": []})]).pop(0) if name.endswith("listNotifications") else None

    async with served(respond) as client:
        found, aside = await taken(client, mentions=True, lists=("notifications",))
    posts = [one for _, page in pages for one in page["notifications"]]
    told("listNotifications_p1-3.json", len(pages), len(found), aside)

    wanted = {one["uri"] for one in posts if one["reason"] in {"mention", "reply", "quote"}}
    assert {mention.native_id for mention in found} == wanted
    assert len(found) == len(wanted) > 0
    assert aside == 0
    assert [one.created_at for one in found] == sorted(one.created_at for one in found)
    assert all("@brand.test" in mention.text or mention.thread for mention in found)
    assert {mention.author.handle for mention in found} <= {"alice.test", "bob.test"}


async def test_a_search(recordings: Path) -> None:
    answer = recorded(recordings / "searchPosts.json")
    async with served(lambda name: answer if name.endswith("searchPosts") else None) as client:
        found, aside = await taken(client, mentions=False, lists=("search refund",))
    told("searchPosts.json", 1, len(found), aside)

    assert [mention.text for mention in found] == [
        "@brand.test refund please #2",
        "@brand.test refund please #7",
    ]
    assert aside == 0


def posts_of(thread: dict[str, Any]) -> list[dict[str, Any]]:
    return [thread["post"], *(post for reply in thread.get("replies", []) for post in posts_of(reply))]


async def test_a_thread(recordings: Path) -> None:
    _, answer = recorded(recordings / "getPostThread.json")
    posts = posts_of(answer["thread"])

    def respond(name: str) -> tuple[int, Any] | None:
        return (200, {"posts": posts}) if name.endswith("getPosts") else None

    async with served(respond) as client:
        found = await BlueskyLookup(client, lambda: NOW).posts([post["uri"] for post in posts])
    told("getPostThread.json", 1, len(found.mentions), 0)

    assert len(found.mentions) == len(posts) > 1
    assert {mention.thread for mention in found.mentions[1:]} == {found.mentions[0].native_id}


async def test_the_firehose(recordings: Path) -> None:
    path = recordings / "subscribeRepos_cursor0.frames"
    posts = {}
    for uri, cid, value in bluesky_frames.records(path):
        if value.get("$type") == "app.bsky.feed.post":
            author = {"did": uri.split("/")[2], "handle": "handle.invalid"}
            posts[uri] = {
                "uri": uri,
                "cid": cid,
                "author": author,
                "record": value,
                "indexedAt": value["createdAt"],
            }
    newest = sorted(posts.values(), key=lambda post: str(post["indexedAt"]), reverse=True)

    def respond(name: str) -> tuple[int, Any] | None:
        return (200, {"posts": newest}) if name.endswith("searchPosts") else None

    async with served(respond) as client:
        found, aside = await taken(client, mentions=False, lists=("search a",))
    told(path.name, bluesky_frames.count(path), len(found), aside)

    others = [uri for uri in posts if BRAND not in uri]
    assert sorted(mention.native_id for mention in found) == sorted(others)
    assert len(others) > 50
    assert aside == 0


@pytest.mark.parametrize(
    "name",
    [
        "createRecord_ok",
        "reply_createRecord_rkey",
        "reply_putRecord_same_rkey_same_body",
        "err_putRecord_swapNull_exists",
        "deleteRecord",
        "threadgate",
        "createReport",
    ],
)
async def test_what_was_written_is_read(recordings: Path, name: str) -> None:
    answer = recorded(recordings / f"{name}.json")
    async with served(lambda asked: answer if "Session" not in asked else None) as client:
        assert await client.write("com.atproto.repo.putRecord", {}) == answer[1]
    told(f"{name}.json", 1, 0, 0)


@pytest.mark.parametrize(
    ("name", "raised", "words"),
    [
        ("err_bytes", PublishRefusedError, "maximum 3000, got 3750"),
        ("err_grapheme", PublishRefusedError, "maximum 300, got 301"),
        ("err_reply_same_rkey_createRecord", UnclearError, "500"),
    ],
)
async def test_what_was_refused_is_told(
    recordings: Path, name: str, raised: type[PublishError], words: str
) -> None:
    answer = recorded(recordings / f"{name}.json")
    async with served(lambda asked: answer if "Session" not in asked else None) as client:
        with pytest.raises(raised, match=words):
            await client.write("com.atproto.repo.createRecord", {})
    told(f"{name}.json", 1, 0, 0)


@pytest.mark.parametrize("name", ["err_badtoken", "createSession_wrong_pw_after_40"])
async def test_who_is_not_let_in_must_act(recordings: Path, name: str) -> None:
    answer = recorded(recordings / f"{name}.json")
    method = "createSession" if name.startswith("create") else "getSession"
    async with served(lambda asked: answer if asked.endswith(method) else None) as client:
        with pytest.raises(SourceRefusedError, match="does not accept"):
            await client.identity()
    told(f"{name}.json", 1, 0, 0)


def test_no_recording_is_left_out(recordings: Path) -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    names = [
        path.stem.rpartition("_p")[0] or path.stem for path in recordings.iterdir() if path.suffix != ".md"
    ]

    assert [name for name in names if name not in source] == []
