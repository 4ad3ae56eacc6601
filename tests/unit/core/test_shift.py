"""The shift clock changes at T-30, T-15 and T-0, and stops once handed over."""

from __future__ import annotations

import pytest

from cmconsole.core.clock import HOUR, MINUTE
from cmconsole.core.shift import Shift, Stage


@pytest.mark.parametrize(
    ("left", "stage"),
    [
        (2 * HOUR, Stage.RUNNING),
        (30 * MINUTE + 1, Stage.RUNNING),
        (30 * MINUTE, Stage.LAST_HALF_HOUR),
        (15 * MINUTE + 1, Stage.LAST_HALF_HOUR),
        (15 * MINUTE, Stage.PREPARE_HANDOVER),
        (1, Stage.PREPARE_HANDOVER),
        (0, Stage.OVER),
        (-HOUR, Stage.OVER),
    ],
)
def test_stages(left: int, stage: Stage) -> None:
    shift = Shift(1, "Alice", started_at=0, ends_at=10 * HOUR)
    assert shift.stage(10 * HOUR - left) is stage
    assert shift.left(10 * HOUR - left) == left


def test_a_handed_over_shift_is_over_for_good() -> None:
    shift = Shift(1, "Alice", started_at=0, ends_at=10, handed_over_at=5)
    assert shift.stage(6) is Stage.HANDED_OVER
