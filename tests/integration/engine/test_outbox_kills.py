"""A few kills of engine and consoles while replies leave: none twice, none lost (the drill has 300)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.reply_fire import SHARES, Fire
from tests.twin.server import twin


@pytest.mark.timeout(240)
async def test_a_few_kills_double_nothing_and_lose_nothing(tmp_path: Path) -> None:
    async with twin(*SHARES) as running:
        toll = await Fire(tmp_path, running).drill(5, 12, settle=150)

    assert sum(toll.kills.values()) == 5
    assert toll.acknowledged > 0
    assert (toll.doubled, toll.lost, toll.untrue) == ([], [], []), toll.table()
