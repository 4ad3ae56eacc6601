"""`cmconsole outbox` on a real store: what it lists, and what a person does about each."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import click
import pytest

from cmconsole.config.clock import SystemClock
from cmconsole.core import sending
from cmconsole.core.clock import HOUR
from cmconsole.core.errors import (
    IllegalMoveError,
    InputError,
    NotFoundError,
    PublishRefusedError,
    UnclearError,
)
from cmconsole.core.reply import Reply, ReplyStatus
from cmconsole.store.sqlite.store import SqliteStore
from tests.integration.cli.replying import ANSWER, Room

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


@pytest.fixture
def failed(room: Room, capsys: Capture) -> Room:
    room.there.before = [PublishRefusedError("The token is \x1b[31mvoid.", advice="Make a new one.")]
    with room.engine():
        room.run("reply", "1", "--text", ANSWER)
    capsys.readouterr()
    return room


@pytest.fixture
def unknown(room: Room, capsys: Capture) -> Room:
    room.there.after = [UnclearError("The answer was lost.")]
    with room.engine():
        room.run("reply", "1", "--text", ANSWER)
    capsys.readouterr()
    return room


@pytest.fixture
def held(room: Room, capsys: Capture) -> Room:
    room.settings(undo=300)
    with room.engine(idle=True):
        room.run("reply", "1", "--text", ANSWER, "--no-wait")
    capsys.readouterr()
    return room


def strand(room: Room) -> None:
    async def stranded(store: SqliteStore) -> Reply:
        now = SystemClock().now()
        return (await store.change_reply(1, partial(sending.strand, now=now), person="", now=now)).reply

    room.within(stranded)


def test_an_empty_one_says_so(room: Room, capsys: Capture) -> None:
    assert room.run("outbox") == 0
    assert room.run("outbox", "--json", person="") == 0

    assert capsys.readouterr().out == "The outbox is empty.\n"


def test_each_says_where_it_stands_and_what_to_type(failed: Room, capsys: Capture) -> None:
    other = failed.say("Where is my parcel?", thread="t2")
    failed.settings(undo=300)
    with failed.engine(idle=True):
        failed.run("reply", str(other), "--text", "It is on its way to you.", "--no-wait", person="Bruno")
    capsys.readouterr()
    failed.run("outbox")

    lines = capsys.readouterr().out.splitlines()
    assert lines[:6] == [
        "1: not published (main, LIVE, to @ada on x, conversation 1, by Alice)",
        f"    {ANSWER}",
        "    The token is ␛[31mvoid. Make a new one.",
        "    → send it again: cmconsole outbox retry 1",
        "    → make it a draft again: cmconsole outbox back 1",
        "    → drop it: cmconsole outbox discard 1",
    ]
    assert lines[6].startswith("2: leaves in ")
    assert lines[-1] == "    → take it back: cmconsole outbox back 2"


def test_programs_read_one_object_a_line(failed: Room, capsys: Capture) -> None:
    failed.run("outbox", "--json")

    [told] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (told["id"], told["status"], told["needs_person"], told["author"]) == (1, "failed", True, "ada")
    assert (told["stranded"], told["leaves_in_seconds"]) == (False, None)
    assert told["advice"] == "Make a new one."


def test_all_of_them_are_listed_on_request(room: Room, capsys: Capture) -> None:
    with room.engine():
        room.run("reply", "1", "--text", ANSWER)
    capsys.readouterr()
    room.run("outbox", "--all")
    room.run("outbox", "--all", "--json")

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("1: sent (")
    assert "    https://test.example/p1" in lines
    assert json.loads(lines[-1])["status"] == "sent"


def test_a_failed_one_is_sent_again(failed: Room, capsys: Capture) -> None:
    with failed.engine():
        assert failed.run("outbox", "retry", "1", person="Bruno") == 0

    assert "Sent as main, LIVE" in capsys.readouterr().out
    assert len(failed.there.posts) == 1


def test_a_failed_one_becomes_a_draft_or_is_dropped(failed: Room, capsys: Capture) -> None:
    assert failed.run("outbox", "back", "1") == 0
    assert capsys.readouterr().out == "It is a draft again.\n"
    assert failed.reply().status is ReplyStatus.DRAFT
    assert failed.run("outbox", "discard", "1", "--json") == 0
    assert json.loads(capsys.readouterr().out)["status"] == "discarded"


def test_an_unknown_one_is_sent_again_only_at_a_persons_word(unknown: Room, capsys: Capture) -> None:
    with unknown.engine(), pytest.raises(click.UsageError, match="--yes"):
        unknown.run("outbox", "retry", "1")
    assert "may stand there twice" in capsys.readouterr().err
    assert unknown.reply().status is ReplyStatus.UNKNOWN
    assert len(unknown.there.posts) == 1

    with unknown.engine():
        assert unknown.run("outbox", "retry", "1", "--yes") == 0
    assert len(unknown.there.posts) == 2


@pytest.mark.parametrize(("answer", "code", "posts"), [("", 1, 1), ("n", 1, 1), ("oui", 0, 2), ("Y", 0, 2)])
def test_at_a_terminal_it_is_asked_first(
    unknown: Room, monkeypatch: pytest.MonkeyPatch, answer: str, code: int, posts: int
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.prompt", lambda *_words, **_named: answer)
    with unknown.engine():
        assert unknown.run("outbox", "retry", "1") == code

    assert len(unknown.there.posts) == posts


def test_an_unknown_one_is_looked_up_or_settled(unknown: Room, capsys: Capture) -> None:
    with unknown.engine(idle=True):
        assert unknown.run("outbox", "look", "1") == 0
    assert unknown.reply().next_at is not None
    assert unknown.run("outbox", "settle", "1") == 0
    assert unknown.reply().status is ReplyStatus.SENT
    assert "It counts as sent." in capsys.readouterr().out


def test_one_that_is_held_is_taken_back(held: Room, capsys: Capture) -> None:
    assert held.run("outbox", "back", "1") == 0

    assert "nothing was published" in capsys.readouterr().out
    assert held.reply().status is ReplyStatus.DRAFT
    with pytest.raises(IllegalMoveError):
        held.run("outbox", "back", "1")


def test_one_that_was_stopped_says_so_and_leaves_at_a_persons_word(held: Room, capsys: Capture) -> None:
    strand(held)
    held.run("outbox")
    said = capsys.readouterr().out
    assert said.startswith("1: stopped inside its undo window (")
    assert "→ send it now: cmconsole outbox retry 1" in said

    held.settings()
    with held.engine():
        assert held.run("outbox", "retry", "1", person="Bruno") == 0
    assert held.reply().status is ReplyStatus.SENT


def test_who_does_something_has_a_name_and_names_what_there_is(held: Room) -> None:
    for verb in ("back", "discard", "look", "settle", "retry"):
        with pytest.raises(InputError, match="--as NAME"):
            held.run("outbox", verb, "1", person="")
        with held.engine(idle=True), pytest.raises(NotFoundError):
            held.run("outbox", verb, "404")
    assert held.reply().status is ReplyStatus.HOLDING


def test_it_speaks_french(failed: Room, french: None, capsys: Capture) -> None:
    failed.settings('language = "fr"')
    failed.run("outbox", language="fr")

    assert "cmconsole outbox retry 1" in capsys.readouterr().out


def test_those_of_long_ago_are_not_among_all(room: Room, capsys: Capture) -> None:
    room.run("reply", "1", "--text", ANSWER, "--ask")

    async def aged(store: SqliteStore) -> None:
        await store._database.write(
            lambda writer: writer.rows("UPDATE reply SET updated_at = ?", (SystemClock().now() - 200 * HOUR,))
        )

    room.within(aged)
    capsys.readouterr()
    room.run("outbox", "--all")

    assert capsys.readouterr().out == "The outbox is empty.\n"
