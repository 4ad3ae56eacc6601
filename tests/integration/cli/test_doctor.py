"""`cmconsole doctor` on broken setups: each finding names the cause and the cure."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import pty
import struct
import subprocess
import termios
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.cli.conftest import Home
from tests.integration.cli.platforms_on_loopback import TOKEN, Instance, instance

QUIET = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring", "NO_PROXY": "127.0.0.1"}
ACCOUNT = '[accounts.main]\nplatform = "mastodon"\nhandle = "acme@fedi.example"\nserver = "{server}"\n'
SOURCE = '[sources.fedi]\ntype = "mastodon"\naccount = "main"\n'
FEED = '[sources.blog]\ntype = "feed"\nurl = "{server}/gone.xml"\n'


@dataclass(frozen=True)
class Breakage:
    """One thing that is wrong, and what doctor has to say of it: where, the cause, the cure."""

    area: str
    cause: str
    cure: str
    settings: str = ACCOUNT + SOURCE
    token: str = TOKEN
    breaks: Callable[[Home, Instance], None] = lambda _home, _plays: None
    level: str = "error"


def _damaged(home: Home, _plays: Instance) -> None:
    store = home.folder / "DATA" / "cmconsole" / "cmconsole.db"
    store.write_bytes(store.read_bytes()[:5000] + b"\xff" * 8000)


def _open_store(home: Home, _plays: Instance) -> None:
    (home.folder / "DATA" / "cmconsole" / "cmconsole.db").chmod(0o644)


def _open_secrets(home: Home, _plays: Instance) -> None:
    file = home.folder / "CONFIG" / "cmconsole" / "secrets.toml"
    file.write_text('[main]\naccess_token = "in-the-file"\n', encoding="utf-8")
    file.chmod(0o644)


def _somebody_else(_home: Home, plays: Instance) -> None:
    plays.acct = "rival"


def _day_off(_home: Home, plays: Instance) -> None:
    plays.off = timedelta(days=1)


def _away(_home: Home, plays: Instance) -> None:
    plays.status = 503


BREAKAGES = {
    "settings typo": Breakage(
        "settings",
        "desk.them is not a setting. Did you mean desk.theme?",
        "docs/guide/settings.md",
        "[desk]\nthem = 1\n",
    ),
    "store damaged": Breakage("store", "is damaged", "bring back a backup", breaks=_damaged),
    "store open to others": Breakage("store", "mode 0644", "chmod 600", breaks=_open_store, level="warn"),
    "secrets open to others": Breakage(
        "secrets", "can be read by other users", "chmod 600", breaks=_open_secrets
    ),
    "secret missing": Breakage(
        "secrets", "“main” lacks: access token", "cmconsole accounts renew main", token=""
    ),
    "wrong token": Breakage(
        "accounts", "does not accept the access token (401)", "Preferences → Development", token="old-t0ken"
    ),
    "somebody else's token": Breakage(
        "accounts",
        "takes us for @rival@fedi.example, the settings say @acme@fedi.example",
        "Correct the handle",
        breaks=_somebody_else,
    ),
    "host unknown": Breakage(
        "sources",
        "No server of the name no-such-host.invalid",
        "Check the address",
        ACCOUNT.replace("{server}", "http://no-such-host.invalid") + SOURCE,
    ),
    "nobody listens": Breakage(
        "sources",
        "127.0.0.1:9 cannot be reached",
        "Look at the network",
        ACCOUNT.replace("{server}", "http://127.0.0.1:9") + SOURCE,
    ),
    "server in trouble": Breakage(
        "sources", "answers with an error (503)", "wait", breaks=_away, level="warn"
    ),
    "clock off by a day": Breakage("clock", "1 day ahead", "timedatectl set-ntp true", breaks=_day_off),
    "feed gone": Breakage("sources", "404", "Check", FEED),
    "unknown platform": Breakage(
        "accounts",
        "myspace is no platform with accounts",
        "x, reddit, mastodon, bluesky",
        '[accounts.old]\nplatform = "myspace"\nhandle = "acme"\n',
    ),
    "no cap where it costs": Breakage(
        "accounts",
        "no monthly cap is set",
        "monthly_cap = 50.0",
        '[accounts.shop]\nplatform = "x"\nhandle = "acme"\n',
        level="warn",
    ),
}


@asynccontextmanager
async def setup(home: Home, breakage: Breakage) -> AsyncIterator[dict[str, str]]:
    """Make everything right but for one thing; yields the environment the command runs in."""
    async with instance() as (plays, site):
        home.settings(breakage.settings.replace("{server}", site.url))
        breakage.breaks(home, plays)
        yield {**QUIET, "CMCONSOLE_SECRET_MAIN_ACCESS_TOKEN": breakage.token}


@pytest.mark.parametrize("breakage", BREAKAGES.values(), ids=BREAKAGES.keys())
async def test_each_breakage_has_its_cause_and_its_cure(desk: Home, breakage: Breakage) -> None:
    async with setup(desk, breakage) as environ:
        ended = await asyncio.to_thread(desk.run, "doctor", "--json", **environ)

    report = json.loads(ended.stdout)
    found = [it for it in report["findings"] if it["level"] != "ok" and it["area"] == breakage.area]
    assert any(
        it["level"] == breakage.level and breakage.cause in it["says"] and breakage.cure in it["advice"]
        for it in found
    ), report
    assert all(it["advice"] for it in report["findings"] if it["level"] != "ok"), report
    assert (ended.returncode == 1) == any(it["level"] == "error" for it in report["findings"])
    assert "in-the-file" not in ended.stdout + ended.stderr


async def test_a_setup_that_is_right_has_nothing_to_say_against_it(desk: Home) -> None:
    async with setup(desk, Breakage("", "", "")) as environ:
        ended = await asyncio.to_thread(desk.run, "doctor", "--json", **environ)

    report = json.loads(ended.stdout)
    said = {(it["area"], it["level"]) for it in report["findings"]}
    assert (ended.returncode, report["ok"]) == (0, True)
    assert {(area, "ok") for area in ("secrets", "accounts", "sources", "clock", "libraries")} <= said
    assert TOKEN not in ended.stdout + ended.stderr


async def test_offline_nobody_is_asked(desk: Home) -> None:
    async with instance() as (_, site):
        desk.settings((ACCOUNT + SOURCE).format(server=site.url))
        environ = {**QUIET, "CMCONSOLE_SECRET_MAIN_ACCESS_TOKEN": TOKEN}
        ended = await asyncio.to_thread(desk.run, "doctor", "--offline", **environ)

        assert site.requests == []
    assert ended.returncode == 0, ended.stdout
    assert "main: access token in the environment." in ended.stdout


@pytest.mark.parametrize(
    ("size", "term", "causes"),
    [((12, 40), "dumb", ("TERM is “dumb”", "The terminal is 40×12")), ((45, 160), "xterm", ())],
)
def test_a_tiny_or_dumb_terminal_is_told(
    desk: Home, size: tuple[int, int], term: str, causes: tuple[str, ...]
) -> None:
    findings = in_terminal(desk, size, term)
    warned = [it for it in findings if it["area"] == "terminal" and it["level"] == "warn"]

    assert [any(cause in it["says"] for it in warned) for cause in causes] == [True] * len(causes)
    assert all(it["advice"] for it in warned)
    assert bool(warned) == bool(causes)


def in_terminal(home: Home, size: tuple[int, int], term: str) -> list[dict[str, Any]]:
    """Run doctor in a pseudo-terminal of a size, which answers nothing it is asked."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    with subprocess.Popen(
        home.command("doctor", "--json", "--offline"),
        env=home.environ | QUIET | {"TERM": term},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
    ):
        os.close(theirs)
        said = b""
        while True:
            try:
                read = os.read(ours, 65_536)
            except OSError:
                break
            if not read:
                break
            said += read
    os.close(ours)
    findings: list[dict[str, Any]] = json.loads(said.decode().replace("\r\n", "\n"))["findings"]
    return findings
