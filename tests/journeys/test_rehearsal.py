"""In rehearsal nothing leaves, whatever keys are pressed (the drill presses 10,000)."""

from __future__ import annotations

from collections.abc import Callable

from tests.journeys.conftest import Workplace
from tests.journeys.fuzzing import fuzz


async def test_random_keys_in_rehearsal_publish_nothing(workplace: Callable[[str], Workplace]) -> None:
    found = await fuzz(workplace("en"), 600)

    assert found.keys == 600
    assert (found.calls, found.published) == (0, 0)
