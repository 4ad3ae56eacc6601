"""The drill of issue 5: 300 kills of engine and consoles across every state of the outbox."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.reply_fire import SHARES, Fire
from tests.twin.server import twin


@pytest.mark.drill
@pytest.mark.timeout(3_600)
async def test_three_hundred_kills_double_nothing_and_lose_nothing(tmp_path: Path) -> None:
    async with twin(*SHARES) as running:
        toll = await Fire(tmp_path, running).drill(300, 940, settle=900)

    print("\n" + toll.table())
    assert sum(toll.kills.values()) == 300
    assert (toll.doubled, toll.lost, toll.untrue) == ([], [], [])
