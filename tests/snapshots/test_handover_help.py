"""Pictures of the handover and of help: every theme, two sizes, two languages. Look before accepting."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from cmconsole.tui import themes
from tests.snapshots.pictures import LANGUAGES, SCENES, SIZES, Picture, picture, scene


@pytest.mark.parametrize(("theme", "size", "language"), SCENES)
async def test_handover(
    theme: str, size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path
) -> None:
    async with scene(tmp_path, theme, size, language) as shown:
        await shown.press("H", "tab", "B", "r", "u")

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_handed_over(size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path) -> None:
    async with scene(tmp_path, themes.DEFAULT, size, language) as shown:
        await shown.press("H", "tab", *"Bruno", "ctrl+t")

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize(("theme", "size", "language"), SCENES)
async def test_help(
    theme: str, size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path
) -> None:
    async with scene(tmp_path, theme, size, language) as shown:
        await shown.press("question_mark")

        assert await picture(shown) == snapshot(extension_class=Picture)
