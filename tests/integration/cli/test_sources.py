"""`cmconsole sources`: how sources and accounts are, and a source paused and resumed, in real processes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from cmconsole.core.account import AccountState, Standing
from cmconsole.core.clock import HOUR
from cmconsole.core.source import Health
from cmconsole.core.tip import Tip, TipState
from cmconsole.store.sqlite.store import SqliteStore
from tests.integration.cli.conftest import Home

SETTINGS = """
[accounts.main]
platform = "mastodon"
handle = "@acme@piaille.fr"

[sources.fediverse]
type = "mastodon"
account = "main"

[sources.later]
type = "feed"
url = "https://blog.example.org/atom.xml"
"""


def change(home: Home, job: Callable[[SqliteStore], Awaitable[Any]]) -> Any:
    """Do something in the home's store, as the engine does."""

    async def done() -> Any:
        store = SqliteStore(home.folder / "DATA" / "cmconsole" / "cmconsole.db")
        await store.open()
        try:
            return await job(store)
        finally:
            await store.close()

    return asyncio.run(done())


@pytest.fixture
def outside(desk: Home) -> Home:
    """Return a home whose engine found a source and an account that are in trouble."""
    desk.settings(SETTINGS)

    async def found(store: SqliteStore) -> None:
        await store.set_source_health(
            "fediverse", "mastodon", Health.REFUSED, now=1, error="The token is void. Make a new one."
        )
        locked = AccountState("main", "mastodon", "@acme@piaille.fr", "live", Standing.LOCKED, seen="other")
        await store.set_account(locked, 1, None)
        await store.spend("main", "2026-11", "read", 1, 1_250_000)

    change(desk, found)
    return desk


def test_each_source_and_account_says_how_it_is_and_what_to_do(outside: Home) -> None:
    lines = outside.said("sources").splitlines()

    assert lines[:3] == [
        "fediverse (mastodon, main): refused, no mention yet, 0 taken, 0 known already, 0 set aside",
        "    The token is void.",
        "    → Make a new one.",
    ]
    assert lines[3].startswith("ingest (ndjson): ended, newest mention ")
    assert lines[3].endswith("3 taken, 0 known already, 0 set aside")
    assert lines[4] == "later: not read yet."
    assert lines[5] == (
        "Account main (mastodon, @acme@piaille.fr): LIVE, "
        "token is @other, not @acme@piaille.fr – locked, $1.25 this month"
    )
    assert lines[6].startswith("    → Correct the handle in [accounts.main]")
    assert outside.said("sources", "list").splitlines() == lines


@pytest.mark.parametrize(
    "words", [("sources", "--json"), ("sources", "list", "--json"), ("sources", "--json", "list")]
)
def test_programs_get_the_same_as_json(outside: Home, words: tuple[str, ...]) -> None:
    refused, ended, later, account = outside.records(*words)

    assert (refused["type"], refused["name"], refused["account"]) == ("source", "fediverse", "main")
    assert (refused["health"], refused["in_trouble"]) == ("refused", True)
    assert (refused["last_error"], refused["advice"]) == ("The token is void.", "Make a new one.")
    assert refused["lag_seconds"] is None
    assert (ended["taken"], ended["in_trouble"], ended["paused_by"]) == (3, False, None)
    assert ended["newest_at"] == "2026-03-02T12:20:00Z"
    assert later == {"type": "source", "name": "later", "account": None, "health": None}
    assert (account["type"], account["standing"], account["seen"]) == ("account", "locked", "other")
    assert (account["spent_micro_dollars"], account["cap_micro_dollars"]) == (1_250_000, None)


def test_a_source_is_paused_and_resumed_by_name(outside: Home) -> None:
    said = outside.said("--as", "Bob", "sources", "pause", "fediverse")
    assert said == "fediverse is paused; to go on: cmconsole sources resume fediverse\n"
    assert "fediverse (mastodon, main): paused by Bob, " in outside.said("sources")
    assert "was paused before" in outside.said("sources", "pause", "fediverse", "--as", "Ann")
    assert outside.records("sources", "--json")[0]["paused_by"] == "Bob"

    assert "is read again" in outside.said("sources", "resume", "fediverse", "--as", "Ann")
    assert "was not paused" in outside.said("sources", "resume", "fediverse", "--as", "Ann")
    assert outside.records("sources", "--json")[0]["paused_by"] is None


def test_an_unknown_source_ends_with_its_own_code_and_the_known_names(outside: Home) -> None:
    ended = outside.run("sources", "pause", "nope", "--as", "Bob")

    assert ended.returncode == 5
    assert len(ended.stderr.splitlines()) == 1
    assert "nope" in ended.stderr
    assert "fediverse" in ended.stderr


def test_whoever_pauses_has_a_name(outside: Home) -> None:
    ended = outside.run("sources", "pause", "fediverse")

    assert ended.returncode == 2
    assert "--as NAME" in ended.stderr


def test_without_sources_it_says_what_to_do(home: Home) -> None:
    async def made(_store: SqliteStore) -> None:
        """Leave the store as it is made."""

    (home.folder / "DATA" / "cmconsole").mkdir(parents=True)
    change(home, made)

    assert home.said("sources") == "No source is set. Add one to the settings, see docs/guide/settings.md.\n"
    assert home.said("sources", "--json") == ""


def test_show_and_queue_tell_what_came_from_outside(desk: Home) -> None:
    [first, *_others] = desk.records("queue", "--json")

    async def forwarded(store: SqliteStore) -> None:
        for _time in range(2):
            tip = await store.add_tip(Tip("https://piaille.fr/@ada/1", "Paul", HOUR, "answer him!"), HOUR)
            await store.settle_tip(tip.id, TipState.LINKED, first["id"], HOUR, None)

    change(desk, forwarded)

    assert "forwarded 2 times" in desk.said("queue").splitlines()[0]
    assert desk.records("queue", "--json")[0]["tips"] == 2
    said = desk.said("show", str(first["id"]))
    assert "Forwarded by Paul (“answer him!”) ×2" in said
    [record] = desk.records("show", str(first["id"]), "--json")
    assert record["tips"] == [
        {
            "person": "Paul",
            "at": "1970-01-01T01:00:00Z",
            "url": "https://piaille.fr/@ada/1",
            "note": "answer him!",
            "times": 2,
        }
    ]
    entry = next(it for it in record["timeline"] if it["kind"] == "mention")
    assert (entry["edited_at"], entry["gone"], entry["can_reply"]) == (None, None, True)
