"""Two consoles, two processes: of two replies at the same moment one leaves (the drill has 1,000 of them)."""

from __future__ import annotations

from pathlib import Path

from tests.drills.two_consoles import race


async def test_of_two_replies_at_the_same_moment_one_leaves_and_the_other_is_told(tmp_path: Path) -> None:
    found = await race(tmp_path, 30)

    assert found.flying == {1: 30}
    assert found.won.total() == found.told.total() == found.drafts_kept == 30
    assert all(told == "AnsweredError" or told.startswith("guards: colleague") for told in found.told)
