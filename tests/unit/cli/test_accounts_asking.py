"""Whatever happens while a platform is asked, each account gets its answer, and the others theirs."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from cmconsole.cli.accounts_asking import Checked, ask, member_of
from cmconsole.config import quiet
from cmconsole.config.clock import SystemClock
from cmconsole.config.loading import checked
from cmconsole.config.schema import Settings
from cmconsole.config.secrets import is_lent, lent
from cmconsole.core.account import Identity, Standing
from cmconsole.core.clock import Clock
from tests.integration.cli.platforms_on_loopback import TOKEN, Instance, instance
from tests.unit.config.keyring_backends import in_use, none


@pytest.fixture(autouse=True)
def no_keyring() -> Iterator[None]:
    with in_use(none()):
        yield
    quiet.forget()


def settings(**servers: str) -> Settings:
    text = "".join(
        f'[accounts.{name}]\nplatform = "mastodon"\nhandle = "@Acme"\nserver = "{server}"\n'
        for name, server in servers.items()
    )
    return checked(tomllib.loads(text), {}, Path("settings.toml"))


async def asked(of: Settings, *, token: str = TOKEN, patience: float = 10.0) -> list[Checked]:
    with lent("a", {"access_token": token}), lent("b", {"access_token": TOKEN}):
        assert is_lent("a")
        async with asyncio.timeout(30):
            return await ask(of, list(of.accounts), SystemClock(), member_of(None), patience)


async def test_whose_the_token_is_decides() -> None:
    async with instance() as (_, site):
        (found,) = await asked(settings(a=site.url))

    assert found == Checked("a", "mastodon", "@Acme", "rehearsal", Standing.VERIFIED, "acme@fedi.example")


@pytest.mark.parametrize(
    ("plays", "token", "standing", "words"),
    [
        (Instance(acct="rival"), TOKEN, Standing.LOCKED, "takes us for @rival@fedi.example"),
        (Instance(), "old-t0ken", Standing.REFUSED, "does not accept the access token"),
        (Instance(), "", Standing.REFUSED, "“a” lacks: access token"),
        (Instance(status=503), TOKEN, Standing.UNREACHED, "503"),
        (Instance(hang=True), TOKEN, Standing.UNREACHED, "did not answer within"),
    ],
)
async def test_each_failure_has_a_standing_a_cause_and_a_cure(
    plays: Instance, token: str, standing: Standing, words: str
) -> None:
    async with instance(**{name: getattr(plays, name) for name in ("acct", "status", "hang")}) as (_, site):
        patience = 0.3 if plays.hang else 10.0
        (found,) = await asked(settings(a=site.url), token=token, patience=patience)

    assert found.standing is standing
    assert words in found.error
    assert found.advice


async def test_one_that_hangs_does_not_keep_the_others_waiting() -> None:
    async with instance(hang=True) as (_, silent), instance() as (_, site):
        first, second = await asked(settings(a=silent.url, b=site.url), patience=3.0)

    assert (first.standing, second.standing) == (Standing.UNREACHED, Standing.VERIFIED)


class Faulty:
    """An adapter with a fault of its own, that still has connections to close."""

    def __init__(self) -> None:
        self.closed = False

    async def identity(self) -> Identity:
        raise KeyError(TOKEN)

    async def aclose(self) -> None:
        self.closed = True


async def test_a_fault_of_an_adapter_is_told_without_the_secret_in_it() -> None:
    quiet.hide(TOKEN)
    faulty = Faulty()

    def made(_settings: Settings, _name: str, _clock: Clock) -> Faulty:
        return faulty

    (found,) = await ask(settings(a="https://a.example"), ["a"], SystemClock(), made)

    assert found.standing is Standing.UNREACHED
    assert found.error == "KeyError: '•••'"
    assert faulty.closed
