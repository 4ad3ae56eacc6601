"""A shift from its start to its handover: the whole program, in both languages and at both sizes."""

import json
import os
import signal
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.journeys.conftest import Workplace
from tests.journeys.terminal import Terminal

NOON = "2026-03-02T12:00:00Z"
SIZES = [(80, 24), (160, 45)]


def mention(number: int, handle: str, text: str, **author: Any) -> dict[str, Any]:
    return {
        "id": f"m{number}",
        "platform": "x",
        "author": {"handle": handle, **author},
        "text": text,
        "created_at": NOON,
        "url": f"https://example.org/{number}",
    }


MENTIONS = [
    mention(1, "lemonde_tech", "Votre appli perd les commandes", followers=1_200_000, verified=True),
    mention(2, "ada", "My parcel was opened, I want a refund", followers=48_000),
    mention(3, "marc", "Toujours pas remboursé, troisième relance, arnaque", followers=80),
    mention(4, "zoe", "App down again, this is a scandal", followers=310),
    mention(5, "paul", "Do you ship to Belgium?", followers=12),
]


def begun(opened: Terminal, place: Workplace) -> None:
    """Wait until the lanes are there."""
    opened.wait_for("@lemonde_tech")
    opened.settle()


def last_line(opened: Terminal) -> str:
    return [line for line in opened.screen() if line][-1]


@pytest.mark.parametrize("size", SIZES, ids=["narrow", "wide"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_shift_from_start_to_handover(
    workplace: Callable[[str], Workplace], language: str, size: tuple[int, int]
) -> None:
    place = workplace(language)
    assert place.ingest(MENTIONS)["new"] == 5
    say = place.words
    with place.console(columns=size[0], rows=size[1]) as console:
        begun(console, place)
        console.send("c")
        console.wait_for("AL")
        console.send("j", "c")
        console.settle()

        console.send("H")
        console.wait_for(say("Accepted by"))
        console.send("Tuesday was calm. ", "ctrl+s")
        console.wait_for(say("Kept at {time}.").partition("{")[0])
        console.send("tab", "Bruno", "enter", "enter")
        console.wait_for(say("Enter does not accept: press Ctrl+T."))
        assert {row["claimed_by"] for row in place.queue() if row["claimed_by"]} == {"Alice"}

        console.send("\x14")
        console.wait_for("Bruno", say("Ctrl+O earlier ones · Esc back to the desk"))
        console.send("escape")
        console.wait_for("@lemonde_tech")
        console.settle()
        console.send("d")
        console.wait_for(say("Your shift was handed over: this console may look, not act.")[:40])
        console.send("q")

        assert console.wait_exit() == 0
        assert console.modes_left() == set()
        assert console.attributes() == console.attributes_before
        assert last_line(console) == say("cmconsole: closed. Everything recorded is kept.")[: size[0]]

    held = [row for row in place.queue() if row["claimed_by"]]
    assert {row["claimed_by"] for row in held} == {"Bruno"}
    assert len(held) == 2
    assert len(place.queue()) == 5


@pytest.mark.parametrize("size", SIZES, ids=["narrow", "wide"])
def test_each_decision_is_recorded_and_can_be_taken_back(
    workplace: Callable[[str], Workplace], size: tuple[int, int]
) -> None:
    place = workplace("en")
    place.ingest(MENTIONS)

    # The first row, under the cursor: the most pressing one, overdue for months.
    first = place.queue()[0]["id"]

    def now(field: str) -> Any:
        return next(one for one in place.export() if one["id"] == first)[field]

    with place.console(columns=size[0], rows=size[1]) as console:
        begun(console, place)
        console.send("x")
        console.wait_for("why?")
        console.send("enter", "enter")
        console.settle()
        assert now("status") == "open"
        console.send("1")
        console.wait_gone("why?")
        console.settle()
        assert (now("status"), now("outcome")) == ("resolved", "silence")
        assert now("silence_reason")
        console.send("u")
        console.settle()

        console.send("d")
        console.settle()
        assert (now("status"), now("outcome")) == ("resolved", "done")
        console.send("u")
        console.settle()

        console.send("s")
        console.wait_for("Wake it up when?")
        console.send("2")
        console.wait_gone("Wake it up when?")
        console.settle()
        assert now("status") == "snoozed"
        console.send("u")
        console.settle()

        console.send("t")
        console.wait_for("Enter take")
        console.send("press", "enter")
        console.wait_gone("Enter take")
        console.settle()
        console.send("N")
        console.wait_for("PRIVATE NOTE")
        console.send("They called on Monday", "enter", "ask Zoé", "ctrl+s")
        console.wait_gone("PRIVATE NOTE")
        console.settle()
        console.send("v")
        console.settle()
        console.send("q")
        assert console.wait_exit() == 0

    assert now("status") == "open"
    assert now("tags") == ["press"]
    assert now("vip") is True
    assert "They called on Monday\\nask Zoé" in json.dumps(now("history"), ensure_ascii=False)


def test_a_quarter_of_an_hour_before_the_end_the_handover_opens_by_itself(
    workplace: Callable[[str], Workplace],
) -> None:
    place = workplace("en")
    place.ingest(MENTIONS)
    with place.console(left=timedelta(minutes=10)) as console:
        console.wait_for("HANDOVER · Alice", "A draft from what stands at the desk")
        # It came by itself, so that for a moment it takes no key: somebody may be typing.
        console.settle(1.5)
        console.send("escape")
        console.wait_for("@lemonde_tech")
        console.settle()
        console.send("q")
        assert console.wait_exit() == 0


def test_the_first_start_asks_and_the_second_remembers(workplace: Callable[[str], Workplace]) -> None:
    place = workplace("en")
    place.ingest(MENTIONS)
    until = f"{datetime.now() + timedelta(hours=3):%H:%M}"  # noqa: DTZ005 - the clock on the wall
    with place.console("", columns=80, rows=24) as console:
        console.wait_for("Welcome to the desk")
        console.send("Zoé", "enter", until, "enter")
        begun(console, place)
        console.wait_for(until)
        console.send("c")
        console.wait_for("ZO")
        console.send("q")
        assert console.wait_exit() == 0
    with place.console("", columns=80, rows=24) as console:
        begun(console, place)
        assert until in console.text()
        console.send("q")
        assert console.wait_exit() == 0
    assert {row["claimed_by"] for row in place.queue() if row["claimed_by"]} == {"Zoé"}


def test_leaving_the_first_question_leaves_the_program(workplace: Callable[[str], Workplace]) -> None:
    place = workplace("en")
    with place.console("", columns=80, rows=24) as console:
        console.wait_for("Welcome to the desk")
        console.settle()
        console.send("escape")

        assert console.wait_exit() == 0
        assert console.modes_left() == set()
        assert console.attributes() == console.attributes_before


def test_search_palette_and_help_lead_to_what_they_show(workplace: Callable[[str], Workplace]) -> None:
    place = workplace("en")
    place.ingest(MENTIONS)
    with place.console(columns=80, rows=24) as console:
        begun(console, place)
        console.send("?")
        console.wait_for("Moving about")
        console.send("escape")
        console.wait_gone("Moving about")
        console.send("/")
        console.wait_for("Looks through everything kept")
        console.send("belgium")
        console.wait_for("1 conversation")
        console.send("enter")
        console.wait_for("Do you ship to Belgium?")
        console.send("escape")
        console.settle()
        console.send(":")
        console.wait_for("What to do")
        console.send("help", "enter")
        console.wait_for("Moving about")
        console.send("q")
        console.wait_gone("Moving about")
        console.send("q")
        assert console.wait_exit() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_the_terminal_as_it_was(
    workplace: Callable[[str], Workplace], number: signal.Signals
) -> None:
    place = workplace("en")
    place.ingest(MENTIONS)
    with place.console() as console:
        begun(console, place)
        console.send("c")
        console.wait_for("AL")
        console.settle()
        console.signal(number)

        assert console.wait_exit() == 128 + number
        assert console.modes_left() == set()
        assert console.attributes() == console.attributes_before
        assert number.name in last_line(console)
    assert [row["claimed_by"] for row in place.queue() if row["claimed_by"]] == ["Alice"]


def test_a_closed_window_ends_the_console(workplace: Callable[[str], Workplace]) -> None:
    place = workplace("en")
    place.ingest(MENTIONS)
    with place.console() as console:
        begun(console, place)
        console.hang_up()
        assert console.wait_exit() == 128 + signal.SIGHUP


def test_a_paste_on_the_lanes_presses_no_key(workplace: Callable[[str], Workplace]) -> None:
    place = workplace("en")
    place.ingest(MENTIONS)
    with place.console() as console:
        begun(console, place)
        for text in ("dxcq", "d\x1b\rd", "\x1b[201~dcq\r", "q\n"):
            console.paste(text)
        console.settle()
        assert console.process.poll() is None
        console.send("q")
        assert console.wait_exit() == 0
    assert not any(row["claimed_by"] for row in place.queue())
    assert len(place.queue()) == 5


def test_two_people_never_hold_the_same_conversation(workplace: Callable[[str], Workplace]) -> None:
    place = workplace("en")
    place.ingest(MENTIONS)
    with place.console("Alice") as first, place.console("Bruno") as second:
        begun(first, place)
        begun(second, place)
        first.send("c")
        second.wait_for("AL")
        second.send("c")
        second.wait_for("Alice")
        second.settle()
        first.wait_for("Bruno")
        for console in (first, second):
            console.send("q")
            assert console.wait_exit() == 0
    assert [row["claimed_by"] for row in place.queue() if row["claimed_by"]] == ["Alice"]


def test_nothing_of_the_tester_is_touched(workplace: Callable[[str], Workplace]) -> None:
    place = workplace("en")

    assert place.environ["HOME"] != os.environ.get("HOME")
    assert str(place.folder) in place.environ["XDG_STATE_HOME"]
