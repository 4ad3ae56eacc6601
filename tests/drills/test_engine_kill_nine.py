"""The drill of issue 2: 50 kills of the engine during ingest, and 50 of consoles during claims."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.engine.under_fire import drill


@pytest.mark.drill
async def test_fifty_kills_lose_nothing(tmp_path: Path) -> None:
    figures = await drill(tmp_path, kills=50)

    print("\n" + figures.table())
    assert figures.engine_kills == figures.console_kills == 50
    assert (figures.lost, figures.doubled, figures.seen_and_gone) == (0, 0, 0)
    assert (figures.claims_lost, figures.double_claims) == (0, 0)
    assert max(figures.takeovers) <= 10
