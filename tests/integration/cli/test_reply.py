"""`cmconsole reply` on a real store beside an engine at work: what leaves, what does not, what is said."""

from __future__ import annotations

import asyncio
import io
import json
import signal
from pathlib import Path
from typing import Any

import click
import pytest

from cmconsole import wiring
from cmconsole.cli import reply_waiting
from cmconsole.cli.reply_seat import PATIENCE, EngineBeside, alive
from cmconsole.cli.scope import Scope
from cmconsole.config.tasks import spawn
from cmconsole.core.clock import SECOND
from cmconsole.core.errors import (
    CmconsoleError,
    InputError,
    NotFoundError,
    NotPublishedError,
    PublishRefusedError,
    UnclearError,
)
from cmconsole.core.reply import ReplyStatus
from cmconsole.desk.context import Desk
from cmconsole.desk.reply.send import send
from cmconsole.desk.reply.sheet import open_sheet
from cmconsole.store.contract import ENGINE_LEASE
from cmconsole.store.sqlite.store import SqliteStore
from tests.integration.cli.conftest import Home
from tests.integration.cli.replying import ANSWER, SHOUTED, Room
from tests.unit.desk.parts import MovableClock


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


Capture = pytest.CaptureFixture[str]


# ----------------------------------------------------------------------------------------------- what leaves


def test_a_reply_leaves_once_and_its_link_is_said(room: Room, capsys: Capture) -> None:
    with room.engine():
        assert room.run("reply", "1", "--text", ANSWER) == 0

    said = capsys.readouterr()
    assert said.out == "Sent as main, LIVE: https://test.example/p1\n"
    assert "\x1b" not in said.out + said.err
    [post] = room.there.posts
    assert ANSWER in post.text
    sent = room.reply()
    assert (sent.status, sent.writer, sent.in_reply_to) == (ReplyStatus.SENT, "Alice", "n1")
    assert room.within(lambda store: store.presences(0)) == []


def test_a_rehearsal_reaches_nobody_and_says_so(room: Room, capsys: Capture) -> None:
    with room.engine():
        assert room.run("reply", "1", "--text", ANSWER, "--account", "care", "--confirm", "publish") == 0

    assert "Rehearsed as care, REHEARSAL: nothing left" in capsys.readouterr().out
    assert room.there.made == 0
    assert room.reply().status is ReplyStatus.REHEARSED


def test_the_text_comes_from_standard_input_too(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(ANSWER.replace(". ", ".\r\n") + "\r\n\n"))
    with room.engine():
        assert room.run("reply", "1", "--text", "-") == 0

    assert room.reply().text == ANSWER.replace(". ", ".\n")


def test_programs_read_one_object(room: Room, capsys: Capture) -> None:
    with room.engine():
        assert room.run("reply", "1", "--text", ANSWER, "--json") == 0

    said = capsys.readouterr()
    told = json.loads(said.out)
    assert (told["id"], told["conversation"], told["status"], told["left"]) == (1, 1, "sent", True)
    assert (told["account"], told["mode"], told["writer"], told["approver"]) == (
        "main",
        "live",
        "Alice",
        None,
    )
    assert (told["native_ids"], told["url"]) == (["p1"], "https://test.example/p1")
    assert (told["findings"], told["word"], told["owed"]) == ([], None, [])
    assert told["hash"] == room.reply().hash


def test_without_waiting_it_says_when_it_leaves_and_how_to_take_it_back(room: Room, capsys: Capture) -> None:
    room.settings(undo=120)
    with room.engine(idle=True):
        assert room.run("reply", "1", "--text", ANSWER, "--no-wait") == 0

    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("It leaves in 1")
    assert said[1] == "    → take it back: cmconsole outbox back 1"
    held = room.reply()
    assert (held.status, held.console, held.turn > 0) == (ReplyStatus.HOLDING, "", True)


def test_a_failure_has_its_code_its_words_and_what_to_type(room: Room, capsys: Capture) -> None:
    room.there.before = [PublishRefusedError("The token is void.", advice="Make one.")]
    with room.engine():
        assert room.run("reply", "1", "--text", ANSWER) == 1

    said = capsys.readouterr()
    assert (said.out, room.reply().status, room.there.calls) == ("", ReplyStatus.FAILED, 1)
    assert "Not published.\n    The token is void.\n    Make one.\n    → send it again: " in said.err


def test_nobody_knows_has_a_code_of_its_own_and_is_not_sent_again(room: Room, capsys: Capture) -> None:
    room.there.after = [UnclearError("The answer was lost.")]
    with room.engine():
        assert room.run("reply", "1", "--text", ANSWER) == 6

    said = capsys.readouterr()
    assert (said.out, room.reply().status, room.there.calls) == ("", ReplyStatus.UNKNOWN, 1)
    assert "Nobody knows whether it was published; it is looked up." in said.err
    assert "The answer was lost." in said.err
    assert "→ have it looked up now: cmconsole outbox look 1" in said.err


def test_what_is_put_off_is_said_once_and_waited_for(room: Room, capsys: Capture) -> None:
    room.there.before = [NotPublishedError("X is busy.", retry_after=1)]
    with room.engine():
        assert room.run("reply", "1", "--text", ANSWER) == 0

    assert capsys.readouterr().err.count("X is busy.") == 1
    assert len(room.there.posts) == 1


# ------------------------------------------------------------------------------------------------ the guards


def test_a_guard_that_asks_tells_its_reason_and_what_to_type_and_the_draft_is_kept(
    room: Room, capsys: Capture
) -> None:
    with room.engine():
        assert room.run("reply", "1", "--text", SHOUTED) == 1
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.splitlines()[0].startswith("capitals (asks): it is all in capitals")
        assert "→ if it may leave all the same: cmconsole reply 1 --confirm publish" in said.err
        assert (room.reply().status, room.reply().text) == (ReplyStatus.DRAFT, SHOUTED)
        assert room.there.posts == []

        assert room.run("reply", "1", "--confirm", "publish") == 0
    sent = room.reply()
    assert (sent.status, sent.raised) == (ReplyStatus.SENT, ("capitals",))


def test_programs_get_the_guards_as_json(room: Room, capsys: Capture) -> None:
    with room.engine():
        assert room.run("reply", "1", "--text", SHOUTED, "--json") == 1

    told = json.loads(capsys.readouterr().out)
    assert (told["status"], told["left"], told["word"]) == ("draft", False, "publish")
    assert [(it["guard"], it["level"]) for it in told["findings"]] == [("capitals", "confirm")]


def test_no_word_helps_against_a_guard_that_blocks(room: Room, capsys: Capture) -> None:
    with room.engine():
        assert room.run("reply", "1", "--text", "Hello {first_name}", "--confirm", "publish") == 1

    said = capsys.readouterr().err
    assert "unfilled (stops it): " in said
    assert "--confirm" not in said
    assert room.reply().status is ReplyStatus.DRAFT
    assert room.there.posts == []


def test_the_english_word_is_understood_in_every_language(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cmconsole.desk.reply.guards._", {"publish": "publier"}.get)
    with room.engine():
        assert room.run("reply", "1", "--text", SHOUTED, "--confirm", "oui") == 1
        assert room.run("reply", "1", "--text", SHOUTED, "--confirm", "publish") == 0

    assert room.reply().status is ReplyStatus.SENT


def test_the_same_text_again_is_not_taken_for_having_read_what_is_new(room: Room, capsys: Capture) -> None:
    with room.engine():
        assert room.run("reply", "1", "--text", SHOUTED) == 1
        room.say("Hello? Anybody there?")
        capsys.readouterr()
        assert room.run("reply", "1", "--text", SHOUTED) == 1
        assert "wrote-again" in capsys.readouterr().err
        # Whoever writes something else has read it.
        assert room.run("reply", "1", "--text", ANSWER) == 0

    assert "Your draft was: " + SHOUTED in capsys.readouterr().err
    assert room.reply().in_reply_to == "n2"


def test_a_draft_is_shown_as_what_it_is_not_as_said(room: Room, capsys: Capture) -> None:
    room.run("reply", "1", "--text", ANSWER, "--ask")
    capsys.readouterr()
    room.run("show", "1")
    room.run("show", "1", "--json")

    *lines, record = capsys.readouterr().out.splitlines()
    assert any(line.endswith(f"reply 1 as @acme, by Alice (awaits approval): {ANSWER}") for line in lines)
    [told] = [it for it in json.loads(record)["timeline"] if it["kind"] == "reply"]
    assert told["reply"] == {"id": 1, "act": "reply", "status": "awaiting", "deleted": False}


def test_the_second_of_two_is_told(room: Room, capsys: Capture) -> None:
    room.settings(undo=120)
    with room.engine(idle=True):
        assert room.run("reply", "1", "--text", ANSWER, "--no-wait") == 0
        assert room.run("reply", "1", "--text", "We look into it.", person="Bruno") == 1

    assert "Alice" in capsys.readouterr().err
    assert [it.status for it in room.replies()] == [ReplyStatus.HOLDING, ReplyStatus.DRAFT]


def test_a_second_yes_is_asked_for_without_any_engine(room: Room, capsys: Capture) -> None:
    room.settings("[approval]\nalways = true")
    with room.engine(idle=True):
        assert room.run("reply", "1", "--text", ANSWER) == 0

    said = capsys.readouterr()
    assert "A second yes is owed: every reply here is read by two." in said.err
    assert "cmconsole approvals show 1" in said.out
    assert room.reply().status is ReplyStatus.AWAITING


def test_a_second_yes_can_be_wished_for(room: Room) -> None:
    assert room.run("reply", "1", "--text", ANSWER, "--ask") == 0

    assert room.reply().status is ReplyStatus.AWAITING


# -------------------------------------------------------------------------------------- canned, and mistakes


def test_a_canned_response_is_filled_and_what_is_missing_is_asked_for(room: Room, capsys: Capture) -> None:
    folder = room.folder / "canned"
    folder.mkdir()
    (folder / "own.toml").write_text(
        '[late]\ntitle = "Late"\nen = "{hello}, your order {order} left today."\nowner = "Alice"\n'
        'ask = { order = "Which order?" }\n',
        encoding="utf-8",
    )
    with room.engine():
        with pytest.raises(InputError, match=r"order \(Which order\?\)"):
            room.run("reply", "1", "--canned", "/late")
        with pytest.raises(InputError, match="has no placeholder parcel"):
            room.run("reply", "1", "--canned", "late", "--set", "order=A-1", "--set", "parcel=2")
        with pytest.raises(NotFoundError, match="There is no canned response /lat"):
            room.run("reply", "1", "--canned", "lat")
        assert room.replies() == []
        words = ("--canned", "late", "--set", "order=A-1", "--confirm", "publish")
        assert room.run("reply", "1", *words) == 0

    sent = room.reply()
    assert (sent.text, sent.canned) == ("Hi Ada, your order A-1 left today.", "late")


@pytest.mark.parametrize(
    "words",
    [
        ("--text", "a", "--canned", "b"),
        ("--text", "a", "--set", "b=c"),
        ("--canned", "a", "--set", "b"),
        ("--text", "bell \x07"),
        ("--text", "\x9b31m"),
    ],
)
def test_what_cannot_be_meant_is_refused_and_nothing_kept(room: Room, words: tuple[str, ...]) -> None:
    with pytest.raises(click.UsageError):
        room.run("reply", "1", *words)
    assert room.replies() == []


def test_who_replies_has_a_name_and_something_to_say_as_somebody_there_is(room: Room) -> None:
    with pytest.raises(InputError, match="--as NAME"):
        room.run("reply", "1", "--text", ANSWER, person="")
    with pytest.raises(InputError, match="nothing to say"):
        room.run("reply", "1")
    with pytest.raises(NotFoundError, match="main, care"):
        room.run("reply", "1", "--text", ANSWER, "--account", "nobody")
    with pytest.raises(NotFoundError):
        room.run("reply", "404", "--text", ANSWER)
    assert room.replies() == []


# ------------------------------------------------------------------------------------ while it is waited for


@pytest.fixture
async def desk(room: Room) -> Any:
    clock = MovableClock(10**12)
    scope = Scope(db=room.db, config=room.settings(undo=10), person="Alice")
    async with wiring.open_store(scope.settings(), "console") as store:
        made = wiring.build_desk(scope.settings(), store)
        made.clock = clock
        yield made


class Engines:
    """Counts the engines that were to be started; the first one comes if it may."""

    def __init__(self, desk: Desk, *, comes: bool) -> None:
        self.desk, self.comes, self.started = desk, comes, 0

    def start(self, *_settings: object, **_named: object) -> None:
        self.started += 1

    async def sleep(self, seconds: float) -> None:
        assert isinstance(self.desk.clock, MovableClock)
        self.desk.clock.at += round(seconds * SECOND)
        if self.comes:
            store = self.desk.store
            assert isinstance(store, SqliteStore)
            await store.acquire_lease(ENGINE_LEASE, "engine", self.desk.now(), 60 * SECOND)

    def beside(self) -> EngineBeside:
        scope = Scope(db=None, person="Alice")
        return EngineBeside(scope, self.desk, start=self.start, sleep=self.sleep)


async def test_an_engine_is_started_once_where_none_is_at_work(desk: Desk) -> None:
    engines = Engines(desk, comes=True)
    beside = engines.beside()
    assert not await beside.look()
    await beside.at_work()

    assert engines.started == 1
    assert await beside.look()


async def test_where_no_engine_comes_that_is_said(desk: Desk) -> None:
    engines = Engines(desk, comes=False)
    begun = desk.now()

    with pytest.raises(CmconsoleError, match="No engine is at work"):
        await engines.beside().at_work()
    assert engines.started == 1
    assert desk.now() - begun > PATIENCE


async def test_ctrl_c_takes_it_back_and_says_so(desk: Desk, capsys: Capture) -> None:
    engines = Engines(desk, comes=True)
    await engines.sleep(0)
    reply = await send(desk, await open_sheet(desk, 1), ANSWER)
    waiting = spawn(
        reply_waiting.followed(desk, reply, engines.beside(), sleep=asyncio.sleep), name="followed"
    )
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    said = capsys.readouterr().err
    assert "Leaves in 10 s as main, LIVE. Ctrl-C takes it back." in said
    assert "Taken back: nothing was published, your text is a draft again." in said
    assert (await desk.store.reply(reply.id)).status is ReplyStatus.DRAFT


async def test_without_an_engine_it_is_taken_back_too(desk: Desk, capsys: Capture) -> None:
    engines = Engines(desk, comes=False)
    reply = await send(desk, await open_sheet(desk, 1), ANSWER)

    with pytest.raises(CmconsoleError):
        await reply_waiting.followed(desk, reply, engines.beside(), sleep=engines.sleep)

    said = capsys.readouterr().err
    assert said.index("Its window is over; the engine sends it.") < said.index("the engine has not sent it")
    assert (await desk.store.reply(reply.id)).status is ReplyStatus.DRAFT


async def test_it_gives_signs_of_life_as_a_console_does(desk: Desk) -> None:
    async with alive(desk):
        [present] = await desk.store.presences(0)
        assert (present.console, present.person) == (desk.console, "Alice")
    assert await desk.store.presences(0) == []


async def test_the_last_sign_of_life_is_given_when_the_window_is_over(desk: Desk, capsys: Capture) -> None:
    engines = Engines(desk, comes=True)
    await engines.sleep(0)
    reply = await send(desk, await open_sheet(desk, 1), ANSWER)
    over = reply.hold_until
    assert over is not None

    async def until_it_is_over(seconds: float) -> None:
        await engines.sleep(seconds)
        if desk.now() > over + SECOND:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await reply_waiting.followed(desk, reply, engines.beside(), sleep=until_it_is_over)
    [present] = await desk.store.presences(over)
    assert present.console == desk.console


# -------------------------------------------------------------------------------------------- real processes


def settings_of(home: Home, undo: int) -> None:
    home.settings(
        f"""
[accounts.main]
platform = "x"
handle = "@acme"
mode = "rehearsal"

[reply]
undo_seconds = {undo}
undo_most_seconds = {undo}

[engine]
idle_seconds = 5
"""
    )


def conversation_of(home: Home, author: str) -> str:
    return str(next(it["id"] for it in home.records("queue", "--json") if it["author"] == author))


def test_the_command_starts_an_engine_and_tells_what_came_of_it(home: Home, mentions: Path) -> None:
    home.said("ingest", mentions)
    settings_of(home, undo=1)
    asked = ("reply", conversation_of(home, "zoe"), "--text", "Yes, we ship to Belgium.", "--as", "Alice")
    ended = home.run(*asked)

    assert (ended.returncode, ended.stdout) == (
        0, "Rehearsed as main, REHEARSAL: nothing left, nobody reads it.\n",
    )  # fmt: skip
    assert "rehearsal (tells): " in ended.stderr
    assert "Leaves in 1 s as main, REHEARSAL. Ctrl-C takes it back." in ended.stderr
    kinds = [it["kind"] for it in home.records("audit", "--json")]
    assert kinds == ["reply.drafted", "reply.held", "reply.rehearsed"]
    [shown] = home.records("show", asked[1], "--json")
    [said] = [it for it in shown["timeline"] if it["kind"] == "reply"]
    assert (said["text"], said["reply"]["status"]) == ("Yes, we ship to Belgium.", "rehearsed")


def test_an_interrupt_takes_it_back(home: Home, mentions: Path) -> None:
    home.said("ingest", mentions)
    settings_of(home, undo=300)
    number = conversation_of(home, "zoe")
    with home.running("reply", number, "--text", "Yes, we ship to Belgium.", "--as", "Alice") as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith("Leaves in "):
                break
        process.send_signal(signal.SIGINT)
        said, errors = process.communicate(timeout=60)

    assert (process.returncode, said) == (130, "")
    assert "Taken back: nothing was published, your text is a draft again." in errors
    [reply] = home.records("outbox", "--all", "--json")
    assert (reply["status"], reply["text"]) == ("draft", "Yes, we ship to Belgium.")


def test_a_shell_completes_accounts_and_codes(home: Home) -> None:
    settings_of(home, undo=1)

    def completed(line: str) -> list[str]:
        environ = {"_CMCONSOLE_COMPLETE": "bash_complete", "COMP_WORDS": line, "COMP_CWORD": "3"}
        return home.said(**environ).split()

    assert completed("cmconsole reply --account m") == ["plain,main"]
    assert "plain,parcel-late" in completed("cmconsole reply --canned parcel")
    (home.folder / "CONFIG" / "cmconsole" / "settings.toml").write_text("wrong", encoding="utf-8")
    assert completed("cmconsole reply --account m") == completed("cmconsole reply --canned p") == []
