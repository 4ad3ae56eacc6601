"""Settings become what reaches out: sources, accounts that can be asked, publishers, with their secrets."""

from __future__ import annotations

import os
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cmconsole.config.clock import SystemClock
from cmconsole.config.loading import checked
from cmconsole.core.account import AccountState, Mode, Speaker, Standing
from cmconsole.core.errors import SettingsError, SourceRefusedError
from cmconsole.platforms.feeds.source import FeedSource
from cmconsole.platforms.hackernews.source import HackerNewsSource
from cmconsole.platforms.ndjson.source import NdjsonSource
from cmconsole.store.sqlite.store import SqliteStore
from cmconsole.wiring.late import SessionFile
from cmconsole.wiring.outside import Outside

ACCOUNTS = """
[accounts.bird]
platform = "x"
handle = "@acme"
monthly_cap = 2.5
[accounts.red]
platform = "reddit"
handle = "u/acme"
[accounts.fedi]
platform = "mastodon"
handle = "@acme@fedi.example"
[accounts.sky]
platform = "bluesky"
handle = "acme.example"
[accounts.page]
platform = "facebook"
handle = "acme"
"""
SECRETS = {
    "bird": ("consumer_key", "consumer_secret", "access_token", "access_token_secret"),
    "red": ("client_id", "client_secret", "refresh_token"),
    "fedi": ("access_token",),
    "sky": ("app_password",),
}
SOURCES = """
[sources.s-x]
type = "x"
account = "bird"
[sources.s-red]
type = "reddit"
account = "red"
[sources.s-fedi]
type = "mastodon"
account = "fedi"
[sources.s-sky]
type = "bluesky"
account = "sky"
[sources.s-hn]
type = "hackernews"
keywords = ["acme"]
[sources.s-hook]
type = "webhook"
[sources.s-blog]
type = "feed"
url = "https://blog.example/atom.xml"
[sources.s-file]
type = "ndjson"
path = "/nowhere/m.ndjson"
platform = "reviews"
"""


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("CMCONSOLE_", "CREDENTIALS_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    for account, keys in SECRETS.items():
        for key in keys:
            monkeypatch.setenv(f"CMCONSOLE_SECRET_{account}_{key}".upper(), f"marked-{account}-{key}")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "desk.db", role="engine")
    await store.open()
    yield store
    await store.close()


def outside(text: str, tmp_path: Path, store: SqliteStore | None = None) -> Outside:
    settings = checked(tomllib.loads(text), {}, Path("settings.toml"))
    return Outside(settings, store, SystemClock(), tmp_path / "settings.toml")


def test_every_kind_of_source_is_built(tmp_path: Path) -> None:
    built = {it.name: it for it in outside(ACCOUNTS + SOURCES, tmp_path).sources()}

    assert {name: it.platform for name, it in built.items()} == {
        "s-x": "x",
        "s-red": "reddit",
        "s-fedi": "mastodon",
        "s-sky": "bluesky",
        "s-hn": "hackernews",
        "s-hook": "webhook",
        "s-blog": "feeds",
        "s-file": "reviews",
    }
    assert isinstance(built["s-hn"], HackerNewsSource)
    assert isinstance(built["s-blog"], FeedSource)
    assert isinstance(built["s-file"], NdjsonSource)


@pytest.mark.parametrize("name", ["s-x", "s-red", "s-fedi", "s-sky", "s-hook"])
async def test_a_source_without_its_secret_is_refused_in_words_when_it_is_read(
    tmp_path: Path, name: str
) -> None:
    source = next(it for it in outside(ACCOUNTS + SOURCES, tmp_path).sources() if it.name == name)
    with pytest.raises(SourceRefusedError) as raised:
        await anext(aiter(source.batches(None)))

    assert "CMCONSOLE_SECRET_" in raised.value.advice
    assert raised.value.message


async def test_nothing_is_read_with_an_account_that_is_somebody_elses(
    tmp_path: Path, store: SqliteStore, kept: None
) -> None:
    locked = AccountState("sky", "bluesky", "acme.example", "live", Standing.LOCKED, "other.example")
    await store.set_account(locked, 0, None)
    made = outside(ACCOUNTS + SOURCES, tmp_path, store).sources()
    source = next(it for it in made if it.name == "s-sky")
    with pytest.raises(SourceRefusedError, match=r"other\.example"):
        await anext(aiter(source.batches(None)))


async def test_every_account_that_can_be_asked_has_its_plan(
    tmp_path: Path, store: SqliteStore, kept: None
) -> None:
    made = outside(ACCOUNTS, tmp_path, store)
    plans = {plan.name: plan for plan in made.plans()}

    assert list(plans) == ["bird", "red", "fedi", "sky"]
    assert (plans["bird"].cap, plans["red"].cap) == (2_500_000, None)
    for name, plan in plans.items():
        member = plan.member()
        publisher = made.publisher(name)
        assert (publisher.account, publisher.platform) == (name, plan.platform)
        assert "marked-" not in repr(member) + repr(publisher)
        await member.aclose()
        await publisher.aclose()


def test_every_account_may_be_replied_as_but_in_a_rehearsal_nobody_can_be_made_to_speak(
    tmp_path: Path, kept: None
) -> None:
    live = ACCOUNTS.replace('handle = "@acme"', 'handle = "@acme"\nmode = "live"')
    voices = {it.speaker.name: it for it in outside(live, tmp_path).voices()}

    assert list(voices) == ["bird", "red", "fedi", "sky", "page"]
    assert voices["bird"].speaker == Speaker("bird", "x", "@acme", Mode.LIVE)
    assert [name for name, it in voices.items() if it.publisher is not None] == ["bird"]


def test_a_missing_secret_and_a_platform_without_a_publisher_are_said(tmp_path: Path) -> None:
    made = outside(ACCOUNTS, tmp_path)
    with pytest.raises(SettingsError, match="bird"):
        made.member("bird")
    with pytest.raises(SettingsError, match="facebook"):
        made.publisher("page")
    with pytest.raises(SettingsError, match="nobody"):
        made.member("nobody")


async def test_each_platform_is_asked_about_posts_by_its_first_account_with_secrets(
    tmp_path: Path, kept: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CMCONSOLE_SECRET_RED_CLIENT_ID")
    async with outside(ACCOUNTS, tmp_path).lookups() as lookups:
        assert {name: it.platform for name, it in lookups.items()} == {
            "x": "x",
            "mastodon": "mastodon",
            "bluesky": "bluesky",
        }


def test_an_instance_that_is_not_known_is_asked_for(tmp_path: Path, kept: None) -> None:
    made = outside('[accounts.fedi]\nplatform = "mastodon"\nhandle = "acme"', tmp_path)
    with pytest.raises(SettingsError, match="acme"):
        made.member("fedi")


async def test_a_session_outlives_the_engine_and_is_for_its_owner_only(tmp_path: Path) -> None:
    kept_in = SessionFile(tmp_path / "state" / "bluesky-sky.session")
    assert await kept_in.load() == ""
    await kept_in.save("a session")

    assert await SessionFile(kept_in.file).load() == "a session"
    assert kept_in.file.stat().st_mode & 0o777 == 0o600
    blocked = SessionFile(kept_in.file / "below" / "a-file")
    with pytest.raises(OSError, match=r"File exists|Not a directory"):
        await blocked.save("lost")
    with pytest.raises(NotADirectoryError):
        await blocked.load()
