"""`cmconsole tip` on a real store: what it keeps, and what it says at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import click
import pytest

from cmconsole.cli.scope import Scope
from cmconsole.cli.tip import command
from cmconsole.config.clock import SystemClock
from cmconsole.config.language import speaking
from cmconsole.core import moves
from cmconsole.core.clock import MINUTE
from cmconsole.core.errors import StoreError
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.tip import StoredTip
from cmconsole.engine.tips import Tips
from cmconsole.store.contract import ENGINE_LEASE
from cmconsole.store.sqlite.store import SqliteStore
from tests.integration.cli.conftest import Home
from tests.unit.engine.parts import PlainJudge, Time

POST = "https://x.com/ada/status/1"
ELSEWHERE = "https://forum.example.org/t/12"

_T = TypeVar("_T")


class Desk:
    """A store with three conversations, and the command on it in this process."""

    def __init__(self, folder: Path) -> None:
        (folder / "empty.toml").touch()
        self.scope = Scope(db=folder / "DATA" / "cmconsole" / "desk.db", config=folder / "empty.toml")

    def tip(self, *arguments: str) -> None:
        with speaking("en"):
            command.main(list(arguments), standalone_mode=False, obj=self.scope)

    def within(self, work: Callable[[SqliteStore], Awaitable[_T]]) -> _T:
        async def opened() -> _T:
            assert self.scope.db is not None
            store = SqliteStore(self.scope.db, role="engine")
            await store.open()
            try:
                return await work(store)
            finally:
                await store.close()

        return asyncio.run(opened())

    def waiting(self) -> list[StoredTip]:
        return self.within(lambda store: store.waiting_tips())


@pytest.fixture
def at(desk: Home) -> Desk:
    found = Desk(desk.folder)
    stores = sorted(desk.folder.rglob("*.db"))
    assert len(stores) == 1
    found.scope.db = stores[0]
    return found


async def claim(store: SqliteStore, conversation_id: int) -> None:
    now = SystemClock().now()
    move = partial(moves.claim, person="Bob", now=now, hold=15 * MINUTE)
    await store.change(conversation_id, move, person="Bob", now=now)


async def start_engine(store: SqliteStore) -> None:
    await store.acquire_lease(ENGINE_LEASE, "somebody", SystemClock().now(), 60 * MINUTE)


async def follow_up(store: SqliteStore) -> int:
    class NoVips:
        authors: frozenset[tuple[str, str]] = frozenset()

    time = Time(SystemClock().now())
    return await Tips(store, {}, PlainJudge(), NoVips(), SlaPolicy(), time, lambda: None, time.sleep).look()


def test_a_known_post_names_its_conversation_and_who_has_it(
    at: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    at.tip(f"{POST}?s=20", "--from", "Eve", "--note", "big\x1b[31m customer")
    at.within(lambda store: claim(store, 1))
    at.tip("https://twitter.com/ada/status/1/photo/2", "--from", "Jo")

    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "Known: conversation 1, open.",
        "Known: conversation 1, in the hands of Bob.",
    ]
    assert [(it.tip.url, it.tip.person, it.tip.note) for it in at.waiting()] == [
        (POST, "Eve", "big␛[31m customer"),
        (POST, "Jo", ""),
    ]


def test_another_post_is_taken_for_the_engine_to_look_up(
    at: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    at.tip(ELSEWHERE, "--from", "Eve")
    without = capsys.readouterr()
    at.within(start_engine)
    at.tip(ELSEWHERE, "--from", "Jo")
    beside = capsys.readouterr()

    assert without.out == beside.out == "Taken: the engine looks it up.\n"
    assert without.err.startswith("No engine is at work")
    assert beside.err == ""


def test_forwarding_twice_is_counted(at: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        at.tip(ELSEWHERE, "--from", "Eve")

    assert capsys.readouterr().out.splitlines() == [
        "Taken: the engine looks it up.",
        "Taken: the engine looks it up.",
        "You had forwarded it 1 time before.",
        "Taken: the engine looks it up.",
        "You had forwarded it 2 times before.",
    ]
    assert [it.again for it in at.waiting()] == [2]


def test_json_tells_programs_the_same(at: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    at.tip(ELSEWHERE, "--from", "Eve", "--json", "--note", "angry")
    first = json.loads(capsys.readouterr().out)
    assert at.within(follow_up) == 1
    at.tip(ELSEWHERE, "--from", "Eve", "--json")
    second = json.loads(capsys.readouterr().out)

    assert (first["url"], first["from"], first["note"]) == (ELSEWHERE, "Eve", "angry")
    assert (first["state"], first["again"], first["conversation"]) == ("waiting", 0, None)
    assert (second["id"], second["state"], second["again"]) == (first["id"], "taken", 1)
    assert second["conversation"] == {"id": 4, "status": "open", "lane": "others", "claimed_by": None}


@pytest.mark.parametrize(
    "arguments",
    [
        ["not an address", "--from", "Eve"],
        ["javascript:alert(1)", "--from", "Eve"],
        ["https://ada:secret@example.org/", "--from", "Eve"],
        [POST],
        [POST, "--from", " "],
    ],
)
def test_what_cannot_be_forwarded_is_refused_and_not_kept(at: Desk, arguments: list[str]) -> None:
    with pytest.raises(click.UsageError) as raised:
        at.tip(*arguments)

    assert "secret" not in raised.value.format_message()
    assert at.waiting() == []


def test_without_a_store_there_is_nowhere_to_forward_to(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        Desk(tmp_path).tip(POST, "--from", "Eve")
