"""What the desk offers to do to posts is just what each platform's publisher can do."""

from __future__ import annotations

import pytest

from cmconsole.desk.reply.post_acts import ACTS
from tests.contract.adapters import ADAPTERS


@pytest.mark.parametrize("platform", sorted(ADAPTERS))
async def test_what_is_offered_is_what_the_publisher_can_do(platform: str) -> None:
    async with ADAPTERS[platform]() as adapter:
        _member, publisher, _lookup = adapter.doors()

        assert set(ACTS[platform]) == publisher.acts


def test_every_platform_that_can_be_written_to_is_there() -> None:
    assert set(ACTS) == set(ADAPTERS)
