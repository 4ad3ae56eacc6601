"""The drill of issue 5: two consoles reply to the same conversation at the same moment, 1,000 times."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.two_consoles import race


@pytest.mark.drill
@pytest.mark.timeout(1_800)
async def test_of_two_replies_at_the_same_moment_one_leaves_and_the_other_is_told(tmp_path: Path) -> None:
    found = await race(tmp_path, 1_000)

    print(f"\n  {found}")
    assert found.flying == {1: 1_000}
    assert found.won.total() == found.told.total() == found.drafts_kept == 1_000
    assert all(told == "AnsweredError" or told.startswith("guards: colleague") for told in found.told)
