"""Pictures of main screen and conversation: every theme, two sizes, two languages. Look before accepting."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.snapshots.pictures import SCENES, Picture, picture, scene


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
