"""The twin around a tiny platform, and a plain client to ask it with."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.integration.twin.dummy import DummyTwin
from tests.twin.server import Twin, twin


@pytest.fixture
async def running() -> AsyncIterator[Twin]:
    """Run the twin with the dummy platform."""
    async with twin(also=[DummyTwin]) as running:
        yield running


@pytest.fixture
async def dummy(running: Twin) -> AsyncIterator[httpx.AsyncClient]:
    """Ask the dummy."""
    async with httpx.AsyncClient(base_url=running.address["dummy"], timeout=30) as client:
        yield client


@pytest.fixture
async def control(running: Twin) -> AsyncIterator[httpx.AsyncClient]:
    """Ask the control API."""
    async with httpx.AsyncClient(base_url=running.address["control"], timeout=30) as client:
        yield client
