"""`python -m tests.twin`: the twin as a process of its own, and what the four platforms must have for it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from cmconsole.config import secrets
from tests.conftest import ROOT
from tests.integration.twin.dummy import GUARD, EnoughError
from tests.twin import scenario
from tests.twin.server import PLATFORMS, twin
from tools.demo_twin import Account


@contextmanager
def alone(*arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, str]]]:
    """Run the twin as a process; give it and the addresses it told."""
    command = [sys.executable, "-m", "tests.twin", "--base-port", "0", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            told = [process.stdout.readline().decode().split() for _name in ("control", *PLATFORMS)]
            yield process, dict(told)
        finally:
            process.kill()


def test_it_tells_its_addresses_and_plays_the_scenario_until_its_parent_is_gone() -> None:
    with alone("--drip", "200", "--while-stdin") as (process, addresses):
        assert list(addresses) == ["control", *PLATFORMS]
        told = httpx.get(addresses["control"] + "/addresses", timeout=GUARD).json()
        assert told == addresses
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(GUARD) == 0


def test_a_signal_ends_it() -> None:
    with alone() as (process, _addresses):
        process.send_signal(signal.SIGTERM)
        assert process.wait(GUARD) == 0


@pytest.mark.parametrize("name", PLATFORMS)
async def test_every_platform_has_the_secrets_that_the_console_asks_for(name: str) -> None:
    async with twin(name) as running:
        platform = running.platforms[name]
        account = Account(name, running.address[name], platform.handle, platform.credentials)
        assert set(account.secrets()) >= {
            secrets.variable(account.name, key.name) for key in secrets.KEYS[name] if key.required
        }
        assert platform.name == name
        assert platform.limit_headers(running.world.now() + 60_000)


async def test_the_platforms_stand_three_rounds_of_the_scenario() -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3 * len(scenario.SCENES):
            raise EnoughError

    async with twin(*PLATFORMS) as running:
        with pytest.raises(EnoughError):
            await scenario.play(running, 1.0, sleep=sleep)
        hannah = running.mastodon.posts.account("hannahbrews")
        assert (hannah["display_name"], hannah["followers_count"]) == ("Hannah Brews", 54_000)
        assert running.x.user("cafe_critique").followers == 186_000
        assert running.bluesky.person("nadia").name == "Nadia B."
