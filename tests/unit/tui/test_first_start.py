"""The first start: a name, a time that may lie past midnight, and what was remembered."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from textual.widgets import Input

from cmconsole.core.clock import HOUR, MINUTE
from cmconsole.core.errors import InputError
from cmconsole.tui import themes
from cmconsole.tui.filter import LastFilter
from cmconsole.tui.palette import Palette
from cmconsole.tui.screens.first_start import Answers, FirstStart, FirstStartApp, answers
from tests.unit.tui.desks import NOON
from tests.unit.tui.stage import UNANSWERED, Stage


def question(person: str = "", until: str = "") -> FirstStart:
    return FirstStart(lambda: NOON, UTC, person=person, until=until)


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_a_name_and_a_time_are_asked(size: tuple[int, int]) -> None:
    stage = Stage(question())
    async with stage.run_test(size=size) as pilot:
        assert "Welcome to the desk" in stage.shown()
        await pilot.press("enter")
        assert "Type your name first." in stage.shown()
        await pilot.press(*"Alice", "enter", *"18:00", "enter")

        assert stage.answer == Answers("Alice", NOON + 6 * HOUR, "18:00")


async def test_a_time_that_is_not_understood_is_asked_again() -> None:
    stage = Stage(question("Alice"))
    async with stage.run_test() as pilot:
        await pilot.press(*"late", "enter")
        assert stage.answer == UNANSWERED
        assert "is not a time that is understood" in " ".join(stage.shown().split())
        stage.question.query_one("#until", Input).value = "18h30"
        await pilot.press("enter")

        assert stage.answer == Answers("Alice", NOON + 6 * HOUR + 30 * MINUTE, "18:30")


async def test_what_is_remembered_needs_one_key() -> None:
    stage = Stage(question("Alice", "18:00"))
    async with stage.run_test() as pilot:
        await pilot.press("enter")

        assert stage.answer == Answers("Alice", NOON + 6 * HOUR, "18:00")


async def test_without_a_name_no_shift_begins() -> None:
    stage = Stage(question())
    async with stage.run_test() as pilot:
        await pilot.press("tab", *"18:00", "enter")
        assert stage.answer == UNANSWERED
        await pilot.press("escape")

        assert stage.answer is None


def test_a_time_past_midnight_is_tomorrow() -> None:
    zone = ZoneInfo("Europe/Paris")
    found = answers("Alice", "02:00", NOON, zone)

    assert datetime.fromtimestamp(found.ends_at / 1000, zone).isoformat() == "2026-03-03T02:00:00+01:00"
    assert found.until == "02:00"


@pytest.mark.parametrize("until", ["25:00", "12:60", "", "noon"])
def test_only_times_are_taken(until: str) -> None:
    with pytest.raises(InputError):
        answers("Alice", until, NOON, UTC)


async def test_it_runs_as_an_app_of_its_own() -> None:
    theme = Palette(themes.load(themes.DEFAULT)).textual()
    app = FirstStartApp(question("Alice", "18:00"), theme, LastFilter())
    async with app.run_test() as pilot:
        await pilot.press("enter")

    assert app.return_value == Answers("Alice", NOON + 6 * HOUR, "18:00")
