"""Pictures of main screen and conversation: every theme, two sizes, two languages. Look before accepting."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from cmconsole.tui import themes
from tests.snapshots.pictures import LANGUAGES, SIZES, Picture, picture, scene

SCENES = [
    pytest.param(theme, size, language, id=f"{theme}-{size}-{language}")
    for theme in themes.names()
    for size in SIZES
    for language in LANGUAGES
]


@pytest.mark.parametrize(("theme", "size", "language"), SCENES)
async def test_main(
    theme: str, size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path
) -> None:
    async with scene(tmp_path, theme, size, language) as shown:
        await shown.press("j")

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize(("theme", "size", "language"), SCENES)
async def test_conversation(
    theme: str, size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path
) -> None:
    async with scene(tmp_path, theme, size, language, live=True) as shown:
        await shown.press("j", "enter")

        assert await picture(shown) == snapshot(extension_class=Picture)
