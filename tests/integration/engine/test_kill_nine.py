"""Kill -9 of engines and consoles, the short form: nothing lost or doubled, a standby within 10 s."""

from __future__ import annotations

from pathlib import Path

from tests.integration.engine.under_fire import drill


async def test_a_few_kills_lose_nothing_and_a_standby_takes_over_within_ten_seconds(tmp_path: Path) -> None:
    figures = await drill(tmp_path, kills=2)

    print("\n" + figures.table())
    assert figures.engine_kills == figures.console_kills == 2
    assert (figures.lost, figures.doubled, figures.seen_and_gone) == (0, 0, 0)
    assert (figures.claims_lost, figures.double_claims) == (0, 0)
    assert figures.stored == figures.written > 1_000
    assert figures.claims > 10
    assert max(figures.takeovers) <= 10
