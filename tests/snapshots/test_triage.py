"""Pictures of a cluster and of a correction: every theme, two sizes, two languages. Look before accepting."""

from __future__ import annotations

from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from cmconsole.core.verdict import Lane
from tests.snapshots.pictures import SCENES, Picture, picture, scene
from tests.unit.tui.consoles import Console


async def to_the_cluster(shown: Console) -> None:
    """Go to the row that stands for several conversations."""
    for lane in Lane:
        for row in shown.app.session.views[lane].rows:
            if row.alike > 1:
                await shown.press(*(["l"] * list(Lane).index(lane)))
                shown.app.session.view.select(row.id)
                shown.app.show()
                return
    pytest.fail("no row stands for several conversations")


@pytest.mark.parametrize(("theme", "size", "language"), SCENES)
async def test_alike(
    theme: str, size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path
) -> None:
    async with scene(tmp_path, theme, size, language) as shown:
        await to_the_cluster(shown)
        await shown.press("=", "j", "space")

        assert await picture(shown) == snapshot(extension_class=Picture)


@pytest.mark.parametrize(("theme", "size", "language"), SCENES)
async def test_correct(
    theme: str, size: str, language: str, snapshot: SnapshotAssertion, tmp_path: Path
) -> None:
    async with scene(tmp_path, theme, size, language) as shown:
        await shown.place.store.set_meta("triage.anew", "45/100")
        await to_the_cluster(shown)
        await shown.read()
        await shown.press("m", "down")

        assert await picture(shown) == snapshot(extension_class=Picture)
