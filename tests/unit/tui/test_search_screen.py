"""Search: the last question has the last word, rows are like those of a lane, failures are said."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.widgets import Input, OptionList

from cmconsole.core.conversation import Conversation
from cmconsole.core.errors import StoreError
from cmconsole.desk import resolve
from cmconsole.tui.screens.search import SearchScreen
from tests.unit.tui.desks import NOON, place
from tests.unit.tui.stage import UNANSWERED, Stage


async def nothing(query: str) -> Sequence[Conversation]:
    return ()


def screen_of(find: object) -> SearchScreen:
    return SearchScreen(find, now=lambda: NOON, person="Alice", pause=0.001)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(80, 24), (160, 45)])
async def test_rows_are_found_and_opened(tmp_path: Path, size: tuple[int, int]) -> None:
    async with place(tmp_path) as desk_place:
        await desk_place.take("Mon colis est cassé", "App is down again", "Colis jamais reçu")
        desk = desk_place.desk("Alice")
        [done] = await desk_place.store.search("jamais")
        await resolve.done(desk, [done.id])
        stage = Stage(screen_of(desk_place.store.search))
        async with stage.run_test(size=size) as pilot:
            await pilot.press(*"colis")
            await pilot.pause(0.05)
            await stage.workers.wait_for_complete()
            await pilot.pause()
            assert "2 conversations" in stage.shown()
            assert "48k" in stage.shown()
            assert "done · " in stage.shown()
            await pilot.press("down", "enter")

            assert stage.answer in {found.id for found in await desk_place.store.search("colis")}


async def test_the_last_question_has_the_last_word() -> None:
    asked: list[str] = []
    slow = asyncio.Event()

    async def find(query: str) -> Sequence[Conversation]:
        asked.append(query)
        if query == "a":
            await slow.wait()
            raise AssertionError("an old question was answered")
        return ()

    stage = Stage(screen_of(find))
    async with stage.run_test() as pilot:
        await pilot.press("a")
        await pilot.pause(0.05)
        await pilot.press("b")
        await pilot.pause(0.05)
        slow.set()
        await stage.workers.wait_for_complete()
        await pilot.pause()

        assert asked == ["a", "ab"]
        assert "Nothing holds all these words" in stage.shown()


async def test_a_quick_writer_asks_once() -> None:
    asked: list[str] = []

    async def find(query: str) -> Sequence[Conversation]:
        asked.append(query)
        return ()

    stage = Stage(SearchScreen(find, now=lambda: NOON, person="Alice", pause=0.3))
    async with stage.run_test() as pilot:
        stage.question.query_one(Input).value = "c"
        stage.question.query_one(Input).value = "co"
        stage.question.query_one(Input).value = "col"
        await pilot.pause(0.5)
        await stage.workers.wait_for_complete()

        assert asked == ["col"]


async def test_a_failure_is_said_and_the_search_lives_on() -> None:
    async def find(query: str) -> Sequence[Conversation]:
        raise StoreError("The store is busy.", advice="Try again.")

    stage = Stage(screen_of(find))
    async with stage.run_test() as pilot:
        await pilot.press("a")
        await pilot.pause(0.05)
        await stage.workers.wait_for_complete()
        await pilot.pause()
        assert "The store is busy. Try again." in stage.shown()
        await pilot.press("enter")
        assert stage.answer == UNANSWERED
        await pilot.press("escape")

        assert stage.answer is None


async def test_an_empty_question_says_what_can_be_asked() -> None:
    stage = Stage(screen_of(nothing))
    async with stage.run_test() as pilot:
        assert "Looks through everything kept" in stage.shown()
        await pilot.press("a")
        await pilot.pause(0.05)
        await stage.workers.wait_for_complete()
        await pilot.press("backspace")
        await pilot.pause(0.05)
        await stage.workers.wait_for_complete()
        await pilot.pause()

        assert "Looks through everything kept" in stage.shown()
        assert stage.question.query_one(OptionList).option_count == 0
