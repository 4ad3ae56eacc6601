"""The scenario: it makes sense, goes round for ever, and keeps to the platforms that are there."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.integration.twin.dummy import DummyTwin, EnoughError
from tests.twin import scenario
from tests.twin.scenario import SCENES
from tests.twin.server import PLATFORMS, twin
from tests.twin.world import World


def platform_named(name: str) -> Any:
    """Return a dummy that goes by the name of a platform."""

    class Named(DummyTwin):
        def __init__(self, world: World) -> None:
            super().__init__(world)
            self.name = name

    return Named


async def played(scenes: int, *names: str) -> dict[str, list[dict[str, Any]]]:
    """Return what each platform shows after so many scenes."""
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == scenes:
            raise EnoughError

    async with twin(also=[platform_named(name) for name in names]) as running:
        with pytest.raises(EnoughError):
            await scenario.play(running, 4.0, sleep=sleep)
        assert set(pauses) == {0.25}
        async with httpx.AsyncClient() as client:
            return {name: (await client.get(f"{running.address[name]}/posts")).json() for name in names}


def test_every_edit_and_deletion_takes_up_what_was_written_before_on_the_same_platform() -> None:
    written: dict[str, str] = {}
    for scene in SCENES:
        if scene.does == "mention":
            assert scene.text
            if scene.key:
                assert scene.key not in written
                written[scene.key] = scene.platform
        else:
            assert written[scene.key] == scene.platform
    assert Counter(scene.does for scene in SCENES)["edit"] == 2
    assert Counter(scene.does for scene in SCENES)["delete"] == 1


def test_all_platforms_and_both_languages_take_part() -> None:
    assert {scene.platform for scene in SCENES} == set(PLATFORMS)
    assert {scene.language for scene in SCENES} == {"fr", "en"}
    assert any(scene.followers > 100_000 for scene in SCENES)


async def test_a_round_mentions_edits_and_deletes() -> None:
    shown = await played(len(SCENES), *PLATFORMS)
    texts = [one["text"] for posts in shown.values() for one in posts]
    mentions = sum(scene.does == "mention" for scene in SCENES)
    assert len(texts) == mentions - 1
    assert "Hey @acme, do you ship to Ireland? And to Malta?" in texts
    assert "Hey @acme, do you ship to Ireland?" not in texts
    assert any("u/acme" in one["text"] for one in shown["reddit"])
    assert not any("still hiding" in text for text in texts)
    critic = next(one for one in shown["x"] if one["author"] == "cafe_critique")
    assert (critic["followers"], critic["verified"]) == (186_000, True)


async def test_a_second_round_is_told_by_other_people() -> None:
    authors = [one["author"] for one in (await played(2 * len(SCENES), *PLATFORMS))["x"]]
    assert authors.count("lea_martin") == 1
    assert authors.count("lea_martin2") == 1


async def test_platforms_that_are_not_there_are_left_out() -> None:
    shown = await played(3, "bluesky")
    assert [one["author"] for one in shown["bluesky"]] == ["nadia", "ollie"]
    assert shown["bluesky"][1]["text"].endswith("Malta?")


async def test_playing_can_be_cancelled() -> None:
    async with twin(also=[platform_named("x")]) as running:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await scenario.play(running, 1_000.0)
