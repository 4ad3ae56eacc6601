"""`make demo-twin`: the settings and the secrets it makes for the console, and its whole life."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path

import httpx
import pytest

from cmconsole.config.loading import load
from tests.conftest import ROOT
from tests.integration.twin.dummy import GUARD
from tests.journeys.terminal import terminal
from tools.demo_twin import Account, environment, settings_text

ACCOUNTS = [
    Account("x", "http://127.0.0.1:1", "acme", {"consumer_key": "k", "bearer_token": "b"}),
    Account("reddit", "http://127.0.0.1:2", "acme", {"client_id": "c"}),
    Account("mastodon", "http://127.0.0.1:3", "acme", {"access_token": "t"}),
    Account("bluesky", "http://127.0.0.1:4", "acme.test", {"identifier": "acme.test", "password": "p"}),
]


def test_the_settings_are_such_as_the_console_takes(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(settings_text(ACCOUNTS, "live"), encoding="utf-8")
    settings = load(file, {})
    assert {name: (one.platform, one.mode, one.server) for name, one in settings.accounts.items()} == {
        f"{account.platform}-main": (account.platform, "live", account.server) for account in ACCOUNTS
    }
    assert set(settings.sources) == {"x", "reddit", "mastodon", "bluesky"}


def test_the_secrets_are_where_the_console_looks_and_nothing_of_the_users_own_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CMCONSOLE_CONFIG", "/home/somebody/settings.toml")
    monkeypatch.setenv("CMCONSOLE_SECRET_X_MAIN_ACCESS_TOKEN", "a real one")
    found = environment(tmp_path, ACCOUNTS)
    assert {name: value for name, value in found.items() if name.startswith("CMCONSOLE_")} == {
        "CMCONSOLE_SECRET_X_MAIN_CONSUMER_KEY": "k",
        "CMCONSOLE_SECRET_X_MAIN_BEARER_TOKEN": "b",
        "CMCONSOLE_SECRET_REDDIT_MAIN_CLIENT_ID": "c",
        "CMCONSOLE_SECRET_MASTODON_MAIN_ACCESS_TOKEN": "t",
        "CMCONSOLE_SECRET_BLUESKY_MAIN_APP_PASSWORD": "p",
    }
    assert found["XDG_STATE_HOME"].startswith(str(tmp_path))


def asked(address: str) -> set[str]:
    """Return the platforms of which anything was asked."""
    return {one["platform"] for one in httpx.get(f"{address}/requests", timeout=GUARD).json()["counts"]}


def test_a_person_sees_what_is_said_on_the_twin_and_leaves_nothing_behind(tmp_path: Path) -> None:
    environ = {
        **{name: value for name, value in os.environ.items() if name.startswith("PYTHON")},
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path),
        "LC_ALL": "en_GB.UTF-8",
        "PYTHONUTF8": "1",
    }
    with terminal([sys.executable, "-m", "tools.demo_twin", "--drip", "20"], env=environ) as console:
        console.wait_for("cafe_critique", patience=60)
        told = re.search(rb"http://127\.0\.0\.1:\d+", console.raw())
        assert told is not None
        address = told[0].decode()
        until = time.monotonic() + GUARD
        while asked(address) != {"x", "reddit", "mastodon", "bluesky"}:
            assert time.monotonic() < until
        console.send("q")
        assert console.wait_exit(60) == 0
        assert console.modes_left() == set()
    with pytest.raises(httpx.ConnectError):
        httpx.get(address, timeout=GUARD)
    assert list(tmp_path.glob("cmconsole-demo-twin-*")) == []
