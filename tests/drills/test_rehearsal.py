"""The drill of issue 5: 10,000 random keys in rehearsal, and nothing at the routes that publish."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journeys.conftest import Workplace
from tests.journeys.fuzzing import fuzz


@pytest.mark.drill
@pytest.mark.timeout(3_600)
async def test_ten_thousand_random_keys_in_rehearsal_publish_nothing(tmp_path: Path) -> None:
    found = await fuzz(Workplace(tmp_path), 10_000)

    print(f"\n  {found}")
    assert found.keys == 10_000
    assert found.statuses["rehearsed"] > 0
    assert (found.calls, found.published) == (0, 0)
