"""`cmconsole audit` on a real store: every step in words, and exactly what the store holds as JSON."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cmconsole.core.errors import InputError
from tests.integration.cli.replying import ANSWER, Room

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def room(tmp_path: Path, capsys: Capture) -> Room:
    """Return a room where a reply was sent, with a second yes."""
    made = Room(tmp_path)
    with made.engine():
        made.run("reply", "1", "--text", ANSWER, "--ask")
        made.run("approvals", "approve", "1", person="Bruno")
    capsys.readouterr()
    return made


def test_every_step_is_told_in_words_and_holds_no_word_of_the_text(room: Room, capsys: Capture) -> None:
    assert room.run("audit", person="") == 0

    said = capsys.readouterr().out
    lines = said.splitlines()
    assert [line.partition("  ")[2].partition(" (")[0] for line in lines] == [
        "Alice: reply begun",
        "Alice: approval asked for",
        "Bruno: reply approved",
        "cmconsole: reply being sent",
        "cmconsole: reply sent",
    ]
    digest = room.reply().hash
    assert lines[-1].endswith(
        f"(reply 1, conversation 1, as main on x, LIVE, written by Alice, approved by Bruno, "
        f"platform id p1, text {digest})"
    )
    assert "sorry" not in said
    assert "\x1b" not in said


def test_json_is_exactly_what_the_store_holds(room: Room, capsys: Capture) -> None:
    room.run("audit", "--json")

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    kept = room.within(lambda store: store.audit())
    assert [(it["seq"], it["at"], it["kind"], it["person"], it["data"]) for it in told] == [
        (it.seq, it.at, it.kind, it.person, dict(it.data)) for it in kept
    ]
    assert {(it["reply"], it["conversation"]) for it in told} == {(1, 1)}


def test_it_is_narrowed_by_reply_conversation_and_time(room: Room, capsys: Capture) -> None:
    other = room.say("Where is my parcel?", thread="t2")
    room.run("reply", str(other), "--text", "It is on its way to you.", "--ask", "--confirm", "publish")
    capsys.readouterr()

    for words, count in (
        (("--reply", "2"), 2),
        (("--conversation", "1"), 5),
        (("--since", "2h"), 7),
        (("--since", "today", "--reply", "1"), 5),
        (("--reply", "404"), 0),
    ):
        room.run("audit", "--json", *words)
        assert len(capsys.readouterr().out.splitlines()) == count
    room.run("audit", "--reply", "404")
    assert capsys.readouterr().out == "There is nothing in the trail.\n"
    with pytest.raises(InputError):
        room.run("audit", "--since", "tomorrow")


def test_a_long_trail_is_told_whole(room: Room, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cmconsole.cli.audit._PAGE", 2)
    room.run("audit", "--json")

    seqs = [json.loads(line)["seq"] for line in capsys.readouterr().out.splitlines()]
    assert seqs == [1, 2, 3, 4, 5]


def test_it_is_followed_until_interrupted(room: Room) -> None:
    command = [
        sys.executable, "-m", "cmconsole", "audit", "--follow", "--json",
        "--db", str(room.db), "--config", str(room.folder / "settings.toml"),
    ]  # fmt: skip
    environ = os.environ | {"HOME": str(room.folder), "LANG": "C.UTF-8"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environ, text=True, encoding="utf-8")
    assert process.stdout is not None
    try:
        first = [json.loads(process.stdout.readline())["kind"] for _ in range(5)]
        other = room.say("Where is my parcel?", thread="t2")
        room.run("reply", str(other), "--text", "It is on its way.", "--ask", "--confirm", "publish")
        added = json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
    assert first[-1] == "reply.sent"
    assert (added["kind"], added["reply"], added["seq"]) == ("reply.drafted", 2, 6)
