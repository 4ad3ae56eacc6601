"""What a person says against triage's word, and a storm of the same words: the whole program."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.journeys.conftest import Workplace
from tests.journeys.terminal import Terminal
from tests.journeys.test_shift import SIZES, mention

WRONG = mention(1, "lea", "Toujours pas remboursé, troisième relance, c'est une arnaque", followers=80)
OTHER = mention(2, "paul", "Do you ship to Belgium?", followers=90_000)


def storm() -> list[dict[str, Any]]:
    """Return five mentions of just now that say nearly the same: old ones are no storm."""
    now = datetime.now(UTC).isoformat()
    words = "@acme your app is down again, fix it now"
    return [
        mention(10 + number, f"storm{number}", f"{'RT ' * (number % 2)}{words}") | {"created_at": now}
        for number in range(5)
    ]


def begun(opened: Terminal, place: Workplace) -> None:
    """Wait until the lanes are there, and an engine works."""
    opened.wait_for("@paul")
    opened.wait_gone(place.words("engine starting"))
    opened.settle()


def kept(place: Workplace, handle: str) -> dict[str, Any]:
    """Return a conversation as it stands in the store."""
    return next(one for one in place.export() if one["author"]["handle"] == handle)


@pytest.mark.parametrize("size", SIZES, ids=["narrow", "wide"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_marked_moves_and_comes_back(
    workplace: Callable[[str], Workplace], language: str, size: tuple[int, int]
) -> None:
    place = workplace(language)
    place.ingest([WRONG, OTHER])
    assert kept(place, "lea")["lane"] == "complaints"
    say = place.words
    with place.console(columns=size[0], rows=size[1]) as console:
        begun(console, place)
        console.send("l")
        console.wait_until(lambda screen: "▌P" in screen and "@lea" in screen, what="the complaint")
        console.send("m")
        console.wait_for(say("Severity"), say("question"))
        console.send("enter", "enter")
        console.settle()
        assert kept(place, "lea")["kind"] == "complaint"
        console.send("2")
        console.wait_for(say("triage learns from it"))
        console.settle()
        moved = kept(place, "lea")
        assert (moved["kind"], moved["lane"]) == ("question", "others")
        console.send("u")
        console.wait_gone(say("triage learns from it"))
        console.settle()
        back = kept(place, "lea")
        assert (back["kind"], back["lane"]) == ("complaint", "complaints")
        console.send("q")
        assert console.wait_exit() == 0


@pytest.mark.parametrize("size", SIZES, ids=["narrow", "wide"])
def test_a_storm_is_one_row_and_is_left_unanswered_as_a_whole(
    workplace: Callable[[str], Workplace], size: tuple[int, int]
) -> None:
    place = workplace("en")
    place.ingest([*storm(), OTHER])
    with place.console(columns=size[0], rows=size[1]) as console:
        begun(console, place)
        console.send("l")
        # The engine joins them a moment after it came to work.
        console.wait_for("≈5")
        console.send("g")
        console.wait_until(
            lambda screen: screen.count("@storm") == 1 or "── @storm" in screen, what="one row"
        )
        console.settle()
        console.send("=")
        console.wait_for("≈ 5 conversations say nearly the same", *(f"@storm{number}" for number in range(5)))
        console.send("*", "x")
        console.wait_for("Leave 5 conversations without an answer")
        console.send("1")
        console.wait_for("No answer to 5 conversations")
        console.settle()
        silent = [one for one in place.export() if one["author"]["handle"].startswith("storm")]
        assert {(one["status"], one["outcome"]) for one in silent} == {("resolved", "silence")}
        console.send("u")
        console.wait_for("≈5")
        console.send("q")
        assert console.wait_exit() == 0
    assert {one["status"] for one in place.export()} == {"open"}
