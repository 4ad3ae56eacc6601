"""The Reddit client and lookup against the twin: who we are, what nobody else may set, single posts."""

import logging
from pathlib import Path

import pytest

from cmconsole.core.errors import SourceError, SourceRefusedError
from cmconsole.core.mention import Absence, Removed
from cmconsole.platforms.reddit.client import RedditClient, RedditSecrets
from cmconsole.platforms.reddit.lookup import RedditLookup
from tests.integration.platforms.test_reddit_publisher import secrets
from tests.integration.platforms.test_reddit_source import Desk, opened, texts


def client_of(desk: Desk, login: RedditSecrets) -> RedditClient:
    return RedditClient(login, now=desk.twin.world.now, server=desk.twin.address["reddit"])


async def refused(desk: Desk, login: RedditSecrets) -> SourceRefusedError:
    client = client_of(desk, login)
    with pytest.raises(SourceRefusedError) as raised:
        await client.identity()
    assert not client.accepted
    await client.aclose()
    return raised.value


async def test_reddit_says_who_we_are_and_hears_who_asks() -> None:
    async with opened() as desk:
        identity = await desk.client.identity()
        await desk.client.get("api/info", {"id": "t1_a"})

        assert (identity.handle, identity.native_id) == ("acme", "t2_4cixf")
        assert any("(by /u/acme)" in agent for agent in desk.reddit.agents)
        assert all(agent.startswith("python:cmconsole:") for agent in desk.reddit.agents)
        await desk.client.aclose()
        await desk.client.aclose()


async def test_a_script_app_is_let_in_by_name_and_password() -> None:
    async with opened() as desk:
        login = secrets(desk.reddit, refresh_token="", username="acme", password="twin-password")
        client = client_of(desk, login)
        assert (await client.identity()).handle == "acme"
        await client.aclose()

        assert all("(by /u/acme)" in agent for agent in desk.reddit.agents)
        error = await refused(desk, secrets(desk.reddit, refresh_token="", username="acme", password="no"))
        assert "invalid_grant" in error.message


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "nobody"},
        {"client_secret": "wrong"},
        {"refresh_token": "revoked"},
        {"refresh_token": "two\nlines"},
        {"client_secret": "é"},
        {"client_id": ""},
        {"refresh_token": ""},
        {"refresh_token": "", "username": "acme"},
    ],
)
async def test_wrong_secrets_are_refused_without_being_repeated(wrong: dict[str, str]) -> None:
    async with opened() as desk:
        error = await refused(desk, secrets(desk.reddit, **wrong))

        assert "accounts add" in error.advice
        seen: BaseException | None = error
        while seen is not None:
            said = f"{seen} {seen!r}"
            assert not [value for value in wrong.values() if len(value) > 4 and value in said]
            seen = seen.__cause__


async def test_no_praw_ini_no_variable_and_no_netrc_has_a_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ini = "[DEFAULT]\noauth_url=http://127.0.0.1:9\nreddit_url=http://127.0.0.1:9\nrefresh_token=other\n"
    (tmp_path / "praw.ini").write_text(ini, encoding="utf-8")
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login eve password eve\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("PRAW_ALLOW_ENDPOINT_OVERRIDE", "1")
    for name in ("client_id", "client_secret", "refresh_token", "username", "password"):
        monkeypatch.setenv(f"praw_{name}", "other")
    async with opened() as desk:
        assert (await desk.client.identity()).handle == "acme"


async def test_reading_at_debug_logs_neither_secret_nor_text(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with opened() as desk:
        desk.reddit.mention("A secret complaint")
        assert texts(await desk.round()) == ["A secret complaint"]
        hidden = [*desk.reddit.credentials.values(), "A secret complaint", "twin-access-"]
        hidden.remove(desk.reddit.handle)

    lines = [record.getMessage() for record in caplog.records]
    assert not [line for line in lines if any(secret in line for secret in hidden)]


async def test_posts_are_found_changed_or_gone_and_of_the_unknown_nothing_is_said() -> None:
    async with opened() as desk:
        lookup = RedditLookup(desk.client, desk.twin.world.now)
        kept, gone = desk.reddit.mention("It leaks"), desk.reddit.mention("Me too")
        post, taken = desk.reddit.submission("Title", "Text"), desk.reddit.submission("Gone", "Text")
        hidden = desk.reddit.mention("x", subreddit="secret")
        desk.reddit.edit(kept, "It works")
        desk.reddit.delete(gone)
        desk.reddit.delete(taken, by="[removed]")
        desk.reddit.closed["secret"] = "private"
        found = await lookup.posts([kept, gone, post, taken, hidden, "t1_0", "t4_x", "nonsense"])

        assert [mention.text for mention in found.mentions] == ["It works", "Title\n\nText"]
        assert found.mentions[0].edited_at is not None
        assert found.removed == (
            Removed("reddit", gone, Absence.DELETED),
            Removed("reddit", taken, Absence.WITHHELD),
        )
        assert (lookup.platform, lookup.most) == ("reddit", 100)


async def test_a_hundred_posts_are_one_question_and_none_is_no_question() -> None:
    async with opened() as desk:
        lookup = RedditLookup(desk.client, desk.twin.world.now)
        names = [desk.reddit.comment(str(number)) for number in range(100)]
        found = await lookup.posts(names)
        assert len(found.mentions) == 100
        before = len(desk.twin.world.requests)
        await lookup.posts([])
        await lookup.posts(["t4_message"])

        assert len(desk.twin.world.requests) == before


async def test_a_post_is_found_by_its_address_and_by_a_share_link() -> None:
    async with opened() as desk:
        lookup = RedditLookup(desk.client, desk.twin.world.now)
        name = desk.reddit.mention("It leaks")
        place = desk.reddit.data(name)["permalink"]
        desk.reddit.shares["nGnQE1QkLC"] = place
        for url in (
            f"https://www.reddit.com{place}",
            f"https://old.reddit.com{place}?context=3",
            "https://www.reddit.com/r/acme/s/nGnQE1QkLC",
        ):
            mention = await lookup.by_address(url)
            assert mention is not None
            assert mention.native_id == name
        assert await lookup.by_address("https://www.reddit.com/r/acme/") is None
        assert await lookup.by_address("https://www.reddit.com/r/acme/s/nobody") is None
        assert await lookup.by_address("https://example.org/comments/abc") is None


async def test_a_post_that_is_gone_or_unknown_is_refused_in_words() -> None:
    async with opened() as desk:
        lookup = RedditLookup(desk.client, desk.twin.world.now)
        gone = desk.reddit.submission("Title", "Text")
        desk.reddit.delete(gone)
        for url, said in (
            (f"https://redd.it/{gone[3:]}", "The post was deleted on Reddit."),
            ("https://redd.it/zzzzzz", "Reddit shows the account no such post."),
        ):
            with pytest.raises(SourceRefusedError) as raised:
                await lookup.by_address(url)
            assert raised.value.message == said


async def test_a_lookup_that_fails_is_a_source_error() -> None:
    async with opened() as desk:
        lookup = RedditLookup(desk.client, desk.twin.world.now)
        desk.twin.world.faults.plant("reddit", "html", method="GET", times=0)
        with pytest.raises(SourceError):
            await lookup.posts(["t1_a"])
        with pytest.raises(SourceError):
            await lookup.by_address("https://www.reddit.com/r/acme/s/nGnQE1QkLC")
