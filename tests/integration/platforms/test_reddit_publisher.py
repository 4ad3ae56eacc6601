"""The Reddit publisher against the twin: one POST at most whatever goes wrong, and the true word about it."""

import asyncio
import contextlib
import json
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest

from cmconsole.core.errors import (
    NotPublishedError,
    PublishError,
    PublishRefusedError,
    SourceError,
    UnclearError,
)
from cmconsole.core.publishing import Outgoing, Published
from cmconsole.core.reply import Act
from cmconsole.platforms.reddit.client import RedditClient, RedditSecrets
from cmconsole.platforms.reddit.publisher import LAG, RedditPublisher
from tests.twin.reddit import RedditTwin
from tests.twin.server import Twin, twin

KEY = "0" * 32
TEXT = "Bonjour, nous regardons ça tout de suite."
COMMENT = "/api/comment/"
TOKEN = "/api/v1/access_token"


class Desk(NamedTuple):
    """A publisher on a running twin, and a mention to answer."""

    twin: Twin
    reddit: RedditTwin
    client: RedditClient
    publisher: RedditPublisher
    mention: str

    @property
    def posts(self) -> int:
        """How many times a reply was sent to Reddit."""
        return len(self.twin.world.seen("reddit", "POST", COMMENT))

    @property
    def there(self) -> int:
        """How many replies stand on Reddit."""
        return len(self.twin.world.published("reddit"))

    def outgoing(self, text: str = TEXT) -> Outgoing:
        return Outgoing(text, self.mention, KEY)


def secrets(reddit: RedditTwin, **other: str) -> RedditSecrets:
    login = reddit.credentials
    return RedditSecrets(
        **{**{name: login[name] for name in ("client_id", "client_secret", "refresh_token")}, **other}
    )


@asynccontextmanager
async def opened(patience: float = 5.0) -> AsyncIterator[Desk]:
    async with asyncio.timeout(30), twin("reddit") as running:
        reddit = running.reddit
        client = RedditClient(
            secrets(reddit), now=running.world.now, server=running.address["reddit"], timeout=patience
        )
        mention = reddit.mention("Bonjour u/acme, ma machine fuit")
        try:
            yield Desk(running, reddit, client, RedditPublisher("acme", client, running.world.now), mention)
        finally:
            await client.aclose()


async def refused(desk: Desk, text: str = TEXT) -> PublishError:
    with pytest.raises(PublishError) as raised:
        await desk.publisher.reply(desk.outgoing(text))
    return raised.value


async def test_a_reply_is_published_once_and_found_again() -> None:
    async with opened() as desk:
        began = desk.twin.world.now()
        published = await desk.publisher.reply(desk.outgoing())

        assert (desk.posts, desk.there) == (1, 1)
        assert published == await desk.publisher.look_up(desk.outgoing(), began)
        assert published.url.startswith("https://www.reddit.com/r/acme/comments/")
        assert desk.reddit.data(published.native_id)["body"] == TEXT
        assert desk.publisher.acts == {Act.DELETE, Act.REPORT, Act.REMOVE, Act.APPROVE, Act.LOCK}
        assert (desk.publisher.platform, desk.publisher.account) == ("reddit", "acme")


class Case(NamedTuple):
    """A fault, what must come of it: the error, POSTs sent, replies there, and the pause asked for."""

    fault: str
    args: dict[str, Any]
    error: type[PublishError]
    posts: int
    there: int
    pause: float | None = None
    path: str = COMMENT


UNCLEAR, REFUSED, NOT = UnclearError, PublishRefusedError, NotPublishedError
CASES = {
    "500 before accepting": Case("status", {"status": 500}, UNCLEAR, 1, 0),
    "500 after accepting": Case("error_after", {"status": 500}, UNCLEAR, 1, 1),
    "502 after accepting": Case("error_after", {"status": 502}, UNCLEAR, 1, 1),
    "503 HTML": Case("html", {"status": 503}, UNCLEAR, 1, 0),
    "504 HTML": Case("html", {"status": 504}, UNCLEAR, 1, 0),
    "520": Case("status", {"status": 520}, UNCLEAR, 1, 0),
    "408": Case("status", {"status": 408}, UNCLEAR, 1, 0),
    "dropped before": Case("drop_before", {}, UNCLEAR, 1, 0),
    "dropped answer": Case("drop_after", {}, UNCLEAR, 1, 1),
    "hang, then handled": Case("hang", {"after": True}, UNCLEAR, 1, 1),
    "hang, never handled": Case("hang", {}, UNCLEAR, 1, 0),
    "dripping answer": Case("slow", {"bytes_per_second": 20}, UNCLEAR, 1, 1),
    "wrong JSON": Case("garbage", {}, UNCLEAR, 1, 1),
    "redirect": Case("status", {"status": 302, "headers": {"location": "/login/"}}, UNCLEAR, 1, 0),
    "empty object": Case("status", {"status": 200, "body": {}}, UNCLEAR, 1, 0),
    "403": Case("status", {"status": 403, "body": {"message": "Forbidden", "error": 403}}, REFUSED, 1, 0),
    "403 HTML": Case("html", {"status": 403}, REFUSED, 1, 0),
    "404": Case("status", {"status": 404, "body": {"message": "Not Found", "error": 404}}, REFUSED, 1, 0),
    "413": Case("status", {"status": 413}, REFUSED, 1, 0),
    "400 with a reason": Case(
        "status", {"status": 400, "body": {"reason": "TOO_LONG", "fields": ["text"]}}, REFUSED, 1, 0
    ),
    "429": Case("limit", {"reset_after": 297}, NOT, 1, 0, 297.0),
    "RATELIMIT in a 200": Case("ratelimit", {"number": 9, "unit": "minutes"}, NOT, 1, 0, 540.0),
    "RATELIMIT, milliseconds": Case("ratelimit", {"number": 803, "unit": "milliseconds"}, NOT, 1, 0, 1.0),
    "RATELIMIT, exact": Case("ratelimit", {"exact": 530.5}, NOT, 1, 0, 530.5),
    "refusal in a 200": Case("error", {"word": "SUBREDDIT_NOTALLOWED"}, REFUSED, 1, 0),
    "unknown word in a 200": Case("error", {"word": "NEW_RULE", "message": "No."}, REFUSED, 1, 0),
    "401, new token good": Case("status", {"status": 401}, NOT, 1, 0, 1.0),
    "token: 503": Case("html", {"status": 503}, NOT, 0, 0, None, TOKEN),
    "token: 429": Case("limit", {"reset_after": 61}, NOT, 0, 0, 61.0, TOKEN),
    "token: dropped": Case("drop_after", {}, NOT, 0, 0, None, TOKEN),
    "token: garbage": Case("garbage", {}, NOT, 0, 0, None, TOKEN),
    "token: refused": Case("status", {"status": 400}, REFUSED, 0, 0, None, TOKEN),
}


@pytest.mark.parametrize("name", CASES)
async def test_every_fault_sends_one_post_at_most_and_tells_the_truth(name: str) -> None:
    case = CASES[name]
    async with opened(patience=0.5) as desk:
        if case.path == COMMENT:
            await desk.client.identity()  # the token is there: the fault meets the reply
        desk.twin.world.faults.plant(
            "reddit", case.fault, method="POST", path=case.path, times=0, **case.args
        )
        error = await refused(desk)

        print(
            f"{name:26}{desk.posts:>3}{desk.there:>3}  {type(error).__name__:20}{error.retry_after}  {error}"
        )
        assert type(error) is case.error
        assert (desk.posts, desk.there) == (case.posts, case.there)
        assert error.retry_after == case.pause
        assert error.message.endswith(".")
        assert TEXT not in f"{error!r} {error.__cause__!r}"


async def test_a_token_that_has_just_been_fetched_and_is_refused_needs_a_person() -> None:
    async with opened() as desk:
        desk.twin.world.faults.plant("reddit", "status", path=COMMENT, times=0, status=401)
        error = await refused(desk)

        assert isinstance(error, PublishRefusedError)
        assert "https://www.reddit.com/prefs/apps" in error.advice
        assert desk.posts == 1


async def test_a_revoked_token_is_refused_with_the_page_to_go_to() -> None:
    async with opened() as desk:
        await desk.client.identity()
        desk.reddit.revoke()
        error = await refused(desk)

        assert isinstance(error, PublishRefusedError)
        assert "https://www.reddit.com/prefs/apps" in error.advice
        assert (desk.posts, desk.there) == (1, 0)


async def test_a_token_that_ran_out_is_renewed_and_the_next_attempt_publishes() -> None:
    async with opened() as desk:
        await desk.client.identity()
        desk.reddit.expire()
        error = await refused(desk)
        assert type(error) is NotPublishedError

        await desk.publisher.reply(desk.outgoing())
        assert (desk.posts, desk.there) == (2, 1)


async def test_a_closed_door_is_surely_nothing_published() -> None:
    async with opened() as desk:
        await desk.client.identity()
        await desk.twin.down("reddit")
        error = await refused(desk)

        assert type(error) is NotPublishedError
        assert desk.there == 0


async def test_a_reply_goes_over_a_connection_of_its_own() -> None:
    """A kept connection may be dead: then nobody could say whether the reply was sent."""
    earlier: list[int] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests = 0
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
                await reader.readexactly(int(length[1]) if length else 0)
                if head.startswith(f"POST {COMMENT}"):
                    earlier.append(requests)
                requests += 1
                token = {"access_token": "x", "token_type": "bearer", "expires_in": 3600, "scope": "*"}
                body = json.dumps({**token, "name": "acme", "id": "1"}).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
                await writer.drain()
        writer.close()

    async with asyncio.timeout(30), await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        address = "http://{}:{}".format(*server.sockets[0].getsockname())
        client = RedditClient(RedditSecrets("id", "secret", "refresh"), now=lambda: 0, server=address)
        await client.identity()
        with pytest.raises(UnclearError):
            await RedditPublisher("acme", client, lambda: 0).reply(Outgoing(TEXT, "t1_a", KEY))
        await client.aclose()

    assert earlier == [0]


@pytest.mark.parametrize(
    ("data", "text", "said"),
    [
        ({"locked": True, "can_mod_post": False}, TEXT, "The thread is locked."),
        ({"archived": True}, TEXT, "The thread is archived."),
        ({"author": "[deleted]"}, TEXT, "The comment was deleted."),
        ({}, "   ", "The reply is empty."),
        ({}, "x" * 10_001, "The reply has 10001 characters"),
    ],
)
async def test_what_reddit_takes_no_answer_to_is_refused_in_words(
    data: dict[str, Any], text: str, said: str
) -> None:
    async with opened() as desk:
        desk.reddit.change(desk.mention, **data)
        error = await refused(desk, text)

        assert isinstance(error, PublishRefusedError)
        assert said in error.message
        assert desk.posts <= 1
        assert desk.there == 0


@pytest.mark.parametrize("reason", ["private", "banned"])
async def test_a_community_that_closed_refuses(reason: str) -> None:
    async with opened() as desk:
        desk.reddit.closed["acme"] = reason

        assert isinstance(await refused(desk), PublishRefusedError)


async def test_an_unclear_reply_is_found_where_it_is_and_surely_not_where_it_is_not() -> None:
    async with opened() as desk:
        began = desk.twin.world.now()
        desk.reddit.comment("Something else", author="acme")
        desk.twin.world.faults.plant("reddit", "drop_after", path=COMMENT)
        await refused(desk)
        found = await desk.publisher.look_up(desk.outgoing(f" {TEXT}\r\n"), began)
        assert isinstance(found, Published)

        elsewhere = Outgoing(TEXT, desk.reddit.mention("u/acme"), KEY)
        with pytest.raises(SourceError):
            await desk.publisher.look_up(elsewhere, began)
        with pytest.raises(SourceError) as raised:
            await desk.publisher.look_up(desk.outgoing("Never sent"), began)
        assert raised.value.retry_after is not None
        desk.twin.world.shift = LAG
        assert await desk.publisher.look_up(desk.outgoing("Never sent"), began) is None


async def test_a_look_that_fails_says_so_and_does_not_say_none() -> None:
    async with opened() as desk:
        desk.twin.world.faults.plant("reddit", "html", path="/user/.*", times=0)
        with pytest.raises(SourceError):
            await desk.publisher.look_up(desk.outgoing(), desk.twin.world.now())


async def test_a_look_past_what_the_pages_show_is_an_error_and_not_none() -> None:
    async with opened() as desk:
        now = desk.twin.world.now()
        line = desk.reddit._lines["user/acme"]
        for number in range(301):
            name = desk.reddit.comment(f"Answer {number}", author="acme", at=now)
            line.add(name, desk.reddit._keys[name])
        with pytest.raises(SourceError):
            await desk.publisher.look_up(desk.outgoing(), now)
        desk.twin.world.shift = 4_000_000
        assert await desk.publisher.look_up(desk.outgoing(), now + 3_600_000) is None


async def test_deleting_reporting_and_moderating() -> None:
    async with opened() as desk:
        published = await desk.publisher.reply(desk.outgoing())
        await desk.publisher.delete(published.native_id)
        await desk.publisher.delete(published.native_id)
        assert desk.reddit.data(published.native_id)["body"] == "[deleted]"

        await desk.publisher.perform(Act.REPORT, desk.mention, "spam " * 50)
        ((reason, *_),) = desk.reddit.data(desk.mention)["user_reports"]
        assert len(reason) == 100

        await desk.publisher.perform(Act.APPROVE, desk.mention)
        await desk.publisher.perform(Act.LOCK, desk.mention)
        assert desk.reddit.data(desk.mention)["locked"]
        await desk.publisher.perform(Act.REMOVE, desk.mention)
        assert desk.reddit.data(desk.mention)["removed"]


async def test_what_is_not_ours_to_moderate_or_no_name_is_refused() -> None:
    async with opened() as desk:
        elsewhere = desk.reddit.mention("u/acme", subreddit="tea")
        for act in (desk.publisher.remove, desk.publisher.approve, desk.publisher.lock):
            with pytest.raises(PublishRefusedError):
                await act(elsewhere)
        before = len(desk.twin.world.requests)
        with pytest.raises(PublishRefusedError):
            await desk.publisher.delete("t1_../x")
        assert len(desk.twin.world.requests) == before


async def test_neither_secret_nor_reply_is_in_a_log_or_an_error(caplog: pytest.LogCaptureFixture) -> None:
    """Everything at DEBUG: praw and prawcore would print both."""
    caplog.set_level(logging.DEBUG)
    said: list[str] = []
    async with opened(patience=0.5) as desk:
        hidden = [*desk.reddit.credentials.values(), TEXT, "twin-access-"]
        hidden.remove(desk.reddit.handle)
        await desk.publisher.reply(desk.outgoing())
        for kind in ("drop_after", "hang", "garbage", "html", "limit", "ratelimit"):
            desk.twin.world.faults.plant("reddit", kind, path=COMMENT)
            error: BaseException | None = await refused(desk)
            while error is not None:
                said += [str(error), repr(error)]
                error = error.__cause__
        said += [repr(desk.client), repr(desk.publisher), repr(secrets(desk.reddit))]
        said += [record.getMessage() for record in caplog.records]
    for secret in hidden:
        assert not [line for line in said if secret in line]
