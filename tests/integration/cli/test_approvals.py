"""`cmconsole approvals` on a real store: what waits, what an approver sees, says yes to, changes, refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cmconsole.core.errors import IllegalMoveError, InputError, NotFoundError
from cmconsole.core.reply import ReplyStatus
from tests.integration.cli.replying import ANSWER, SHOUTED, Room

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def room(tmp_path: Path, capsys: Capture) -> Room:
    """Return a room where a reply of Alice's awaits a second yes."""
    made = Room(tmp_path)
    made.settings("[approval]\nalways = true")
    made.run("reply", "1", "--text", ANSWER, "--ask")
    capsys.readouterr()
    return made


def test_what_waits_is_listed_with_its_age_and_what_to_type(room: Room, capsys: Capture) -> None:
    room.run("approvals", person="Bruno")
    room.run("approvals")
    room.run("approvals", "--json")

    theirs, text, show, mine, _text, own, record = capsys.readouterr().out.splitlines()
    assert theirs.startswith("1: awaits approval (main, LIVE, to @ada on x, conversation 1, by Alice), for ")
    assert text == f"    {ANSWER}"
    assert show == "    → cmconsole approvals show 1"
    assert mine == theirs
    assert own == "    You wrote this text: somebody else has to say yes."
    told = json.loads(record)
    assert (told["id"], told["status"], told["mine"], told["author"]) == (1, "awaiting", True, "ada")
    assert told["age_seconds"] >= 0


def test_where_nothing_waits_that_is_said(tmp_path: Path, capsys: Capture) -> None:
    Room(tmp_path).run("approvals")

    assert capsys.readouterr().out == "Nothing awaits approval.\n"


def test_an_approver_sees_the_post_why_and_what_changed(room: Room, capsys: Capture) -> None:
    changed = ANSWER.replace("today", "tomorrow")
    assert room.run("approvals", "amend", "1", "--text", changed, person="Chloé") == 0
    capsys.readouterr()
    room.run("approvals", "show", "1", person="Bruno")

    said = capsys.readouterr().out
    assert "by Alice, changed by Chloé)" in said
    assert f"    @ada {changed}" in said or f"    {changed}" in said
    assert "Changed since approval was asked for:" in said
    assert "[-today-]{+tomorrow+}." in said
    assert "A second yes is owed: every reply here is read by two." in said
    assert f"approvals approve 1 --hash {room.reply().hash}\n" in said


def test_programs_see_the_same(room: Room, capsys: Capture) -> None:
    room.run("approvals", "show", "1", "--json", person="Bruno")

    told = json.loads(capsys.readouterr().out)
    assert (told["text"], told["asked_text"], told["amended"]) == (ANSWER, ANSWER, False)
    assert (told["findings"], told["word"], len(told["owed"])) == ([], None, 1)


def test_a_yes_sends_it_and_names_both(room: Room, capsys: Capture) -> None:
    with room.engine():
        assert room.run("approvals", "approve", "1", person="Bruno") == 0

    assert "Sent as main, LIVE" in capsys.readouterr().out
    sent = room.reply()
    assert (sent.status, sent.writer, sent.approver) == (ReplyStatus.SENT, "Alice", "Bruno")


def test_nobody_approves_their_own(room: Room) -> None:
    with room.engine(), pytest.raises(IllegalMoveError, match="own text"):
        room.run("approvals", "approve", "1")
    assert room.reply().status is ReplyStatus.AWAITING


def test_a_yes_to_another_text_than_the_one_that_was_read_is_none(room: Room) -> None:
    was = room.reply().hash
    assert room.run("approvals", "amend", "1", "--text", "You will get a new one, Ada.", person="Chloé") == 0
    with room.engine():
        with pytest.raises(IllegalMoveError):
            room.run("approvals", "approve", "1", "--hash", was, person="Bruno")
        assert room.reply().status is ReplyStatus.AWAITING
        assert room.run("approvals", "approve", "1", "--hash", room.reply().hash[:8], person="Bruno") == 0


def test_what_came_up_since_is_confirmed_with_a_word(room: Room, capsys: Capture) -> None:
    room.say("Hello? Anybody there?")
    with room.engine():
        assert room.run("approvals", "approve", "1", person="Bruno") == 1
        said = capsys.readouterr().err
        assert "wrote-again (asks): " in said
        assert "cmconsole approvals approve 1 --confirm publish" in said
        assert room.run("approvals", "approve", "1", "--json", person="Bruno") == 1
        assert json.loads(capsys.readouterr().out)["word"] == "publish"
        assert room.reply().status is ReplyStatus.AWAITING
        assert room.run("approvals", "approve", "1", "--confirm", "publish", person="Bruno") == 0


def test_a_change_that_may_not_leave_is_not_made(room: Room, capsys: Capture) -> None:
    assert room.run("approvals", "amend", "1", "--text", "Hello {first_name}", person="Bruno") == 1
    assert "unfilled (stops it)" in capsys.readouterr().err
    assert room.reply().text == ANSWER
    assert room.run("approvals", "amend", "1", "--text", SHOUTED, "--json", person="Bruno") == 0
    assert json.loads(capsys.readouterr().out)["editor"] == "Bruno"


def test_a_refusal_goes_back_with_its_reason(room: Room, capsys: Capture) -> None:
    with pytest.raises(InputError):
        room.run("approvals", "refuse", "1", "--reason", " ", person="Bruno")
    assert room.run("approvals", "refuse", "1", "--reason", "Too cold", person="Bruno") == 0

    assert capsys.readouterr().out == "Given back to Alice, with your reason.\n"
    refused = room.reply()
    assert (refused.status, refused.refusal) == (ReplyStatus.DRAFT, "Too cold")
    for verb in ("show", "approve"):
        with pytest.raises(IllegalMoveError):
            room.run("approvals", verb, "1", person="Bruno")


def test_who_decides_has_a_name_and_names_what_there_is(room: Room) -> None:
    for words in (("approve", "1"), ("refuse", "1", "--reason", "x"), ("amend", "1", "--text", "x")):
        with pytest.raises(InputError, match="--as NAME"):
            room.run("approvals", *words, person="")
    with pytest.raises(NotFoundError):
        room.run("approvals", "show", "404")
    assert room.reply().status is ReplyStatus.AWAITING
