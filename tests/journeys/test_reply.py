"""From a mention to the published reply, before a twin of Mastodon that counts what it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.journeys.conftest import Workplace
from tests.journeys.terminal import Terminal
from tests.journeys.test_shift import SIZES
from tests.twin.mastodon import MastodonTwin
from tests.twin.server import twin

CANNED: Final = """
[broken]
title = "Broken on arrival"
kinds = ["complaint"]
fr = ["Bonjour {first_name}, désolés pour ce colis : nous vous renvoyons tout dès demain."]
en = ["Hello {first_name}, we are sorry about this parcel: another one leaves tomorrow."]
"""
COMPLAINT: Final = "my parcel came broken, I want a refund, this is a shame"


@dataclass
class Scene:
    """A workplace whose one account lives on the twin."""

    place: Workplace
    platform: MastodonTwin
    posts: list[dict[str, Any]]

    def answered(self) -> bool:
        return bool(self.posts)


@asynccontextmanager
async def scene(
    place: Workplace, *, mode: str = "live", undo: int = 2, more: str = ""
) -> AsyncIterator[Scene]:
    async with twin("mastodon") as running:
        token = running.mastodon.credentials["access_token"]
        canned = place.folder / "canned"
        canned.mkdir()
        (canned / "ours.toml").write_text(CANNED, encoding="utf-8")
        place.write_settings(
            f"""
[accounts.main]
platform = "mastodon"
handle = "{running.mastodon.handle}"
server = "{running.address["mastodon"]}"
mode = "{mode}"
[sources.mastodon]
type = "mastodon"
account = "main"
interval_seconds = 15
[reply]
canned = "{canned}"
starter = false
undo_seconds = {undo}
undo_most_seconds = {undo}
{more}"""
        )
        place.more["CMCONSOLE_SECRET_MAIN_ACCESS_TOKEN"] = token
        running.mastodon.posts.account("ada").update(display_name="Ada Verlaine")
        running.mastodon.mention(COMPLAINT, author="ada")
        yield Scene(place, running.mastodon, running.world.published("mastodon"))


def answer(console: Terminal, place: Workplace) -> int:
    """Answer the conversation under the cursor with a canned response; return how many keys it took."""
    lane = place.words("Complaints")
    console.wait_until(lambda screen: f"{lane} 1" in screen or "@ada" in screen, what="the complaint")
    console.settle()
    keys = ["l", "1", "ctrl+s", place.words("y")]
    for key in keys:
        console.send(key)
        console.settle(0.5)
    return len(keys)


@pytest.mark.parametrize(("language", "size"), [("en", SIZES[0]), ("fr", SIZES[1])], ids=["en", "fr"])
async def test_from_a_mention_to_the_published_reply_in_four_keys(
    workplace: Callable[[str], Workplace], language: str, size: tuple[int, int]
) -> None:
    place = workplace(language)
    async with scene(place) as it:

        def alone() -> None:
            with place.console(columns=size[0], rows=size[1]) as console:
                assert answer(console, place) <= 4
                console.wait_for(place.words("LIVE"))
                assert not it.answered()
                console.wait_until(lambda _: it.answered(), what="the reply on the twin")
                console.settle()
                console.send("q")
                assert console.wait_exit() == 0

        await asyncio.to_thread(alone)

        (post,) = it.posts
        assert "Hello Ada, we are sorry about this parcel: another one leaves tomorrow." in str(post)
    (one,) = place.export()
    assert one["status"] == "pending"


async def test_a_second_person_says_yes_on_a_second_console(workplace: Callable[[str], Workplace]) -> None:
    place = workplace("en")
    async with scene(place, more="[approval]\nalways = true\n") as it:

        def together() -> None:
            with place.console("Alice") as alice, place.console("Bruno") as bruno:
                answer(alice, place)
                bruno.wait_for("APPROVALS")
                alice.send("A")
                alice.settle()
                alice.send("y")
                alice.settle()
                assert not it.answered()
                bruno.send("A")
                bruno.wait_for("another one leaves tomorrow", "Alice")
                bruno.settle()
                bruno.send("y")
                bruno.settle()
                bruno.send("y")
                bruno.wait_until(lambda _: it.answered(), what="the reply on the twin")
                for console in (alice, bruno):
                    console.send("escape", "q")

        await asyncio.to_thread(together)

        assert len(it.posts) == 1
    trail = place.run("audit", "--json")
    assert '"approver": "Bruno"' in trail or '"approver":"Bruno"' in trail


async def test_what_is_taken_back_inside_its_window_never_leaves(
    workplace: Callable[[str], Workplace],
) -> None:
    place = workplace("en")
    async with scene(place, undo=5) as it:

        def hesitating() -> None:
            with place.console() as console:
                answer(console, place)
                console.wait_for("u takes it back", "@ada")
                console.send("u")
                console.wait_gone("leaving")
                console.settle(6, patience=7)
                console.send("r")
                console.wait_for("another one leaves tomorrow")
                console.send("escape")
                console.settle()
                console.send("q")
                assert console.wait_exit() == 0

        await asyncio.to_thread(hesitating)

        assert it.posts == []


async def test_a_draft_survives_a_kill_of_the_console(workplace: Callable[[str], Workplace]) -> None:
    place = workplace("en")
    async with scene(place) as it:

        def killed() -> None:
            with place.console() as console:
                console.wait_for("@ada")
                console.settle()
                console.send("l", "r")
                console.settle()
                console.send(*"We look into it")
                console.settle(1.5)
                console.process.kill()
            with place.console() as console:
                console.wait_for("@ada")
                console.settle()
                console.send("l", "r")
                console.wait_for("We look into it")
                console.process.kill()

        await asyncio.to_thread(killed)

        assert it.posts == []


def test_the_own_library_is_found(tmp_path: Path) -> None:
    """Guard the scene: its responses are read by the program as it reads a person's."""
    place = Workplace(tmp_path)
    canned = tmp_path / "canned"
    canned.mkdir()
    (canned / "ours.toml").write_text(CANNED, encoding="utf-8")
    place.write_settings(f'[reply]\ncanned = "{canned}"\nstarter = false\n')
    assert "broken" in place.run("canned", "list")
