"""`make demo-twin`: the real console on the twin's four platforms, without the internet.

What is answered there is published on the twin, and on nothing else. All lives in a temporary
folder; nothing is left behind.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cmconsole.config import secrets

ROOT = Path(__file__).resolve().parent.parent

SHIFT = timedelta(hours=2)
"""How long the person's shift is said to last."""

_PATIENCE = 30.0
"""Seconds that a part has to start, or to end when it is asked to."""

_SOURCES: Mapping[str, Mapping[str, Any]] = {
    "x": {"keywords": ["acme"], "streaming": True, "interval_seconds": 15},
    "reddit": {"subreddits": ["acme"], "keywords": ["acme"], "interval_seconds": 30},
    "mastodon": {"interval_seconds": 15},
    "bluesky": {"keywords": ["acme"], "interval_seconds": 10},
}
"""What each source asks for besides its account: as often as may be, and by streams."""


_AT_WORK = " at work "
"""What the log of an engine has as soon as mentions are taken in."""

_TOLD_AS = {"app_password": "password"}
"""What the twin calls a secret otherwise than the console does."""


@dataclass(frozen=True, slots=True)
class Account:
    """Our account on one platform of the twin."""

    platform: str
    server: str
    handle: str
    credentials: Mapping[str, str]

    @property
    def name(self) -> str:
        """Its name in the settings."""
        return f"{self.platform}-main"

    def secrets(self) -> dict[str, str]:
        """Return its secrets as the environment variables in which the console looks for them."""
        return {
            secrets.variable(self.name, key.name): self.credentials[told]
            for key in secrets.KEYS[self.platform]
            if (told := _TOLD_AS.get(key.name, key.name)) in self.credentials
        }


def settings_text(accounts: Sequence[Account], mode: str) -> str:
    """Return the settings: an account and a source for each platform."""
    tables = [("brand", {"name": "Acme"})]
    for account in accounts:
        said = {
            "platform": account.platform,
            "handle": account.handle,
            "mode": mode,
            "server": account.server,
        }
        tables.append((f"accounts.{account.name}", said))
    for account in accounts:
        asked = {"type": account.platform, "account": account.name, **_SOURCES[account.platform]}
        tables.append((f"sources.{account.platform}", asked))
    # The strings, numbers and lists of JSON are TOML as well.
    return "\n".join(
        f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
        for name, table in tables
    )


def environment(folder: Path, accounts: Sequence[Account]) -> dict[str, str]:
    """Return the environment of the console: its folders are temporary, its secrets those of the twin."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CMCONSOLE_")}
    for kind in ("CONFIG", "DATA", "STATE", "CACHE"):
        kept[f"XDG_{kind}_HOME"] = str(folder / kind.lower())
    for account in accounts:
        kept.update(account.secrets())
    return kept


@contextmanager
def running(command: Sequence[str], errors: Path, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process beside the console until the block ends; Ctrl-C does not reach it."""
    with errors.open("wb") as stream:
        process = subprocess.Popen(  # noqa: S603 - our own modules, by this very Python
            [sys.executable, *command], cwd=ROOT, stderr=stream, start_new_session=True, **options
        )
    with process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def twin_running(options: argparse.Namespace, folder: Path) -> Iterator[tuple[str, list[Account]]]:
    """Run the twin; give the address of its control API and our accounts there. It ends with this process."""
    errors = folder / "twin.errors"
    command = [
        "-m",
        "tests.twin",
        "--while-stdin",
        f"--base-port={options.base_port}",
        f"--drip={options.drip}",
    ]
    with running(command, errors, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        line = process.stdout.readline().decode() if process.stdout else ""
        if not line.startswith("control http://"):
            raise SystemExit(
                f"The twin did not start.\n{errors.read_text(encoding='utf-8', errors='replace')}"
            )
        control = line.removeprefix("control ").strip()
        # No proxy of the environment stands between this machine and itself.
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"{control}/accounts", timeout=_PATIENCE) as answer:
            told = json.load(answer)
        yield (
            control,
            [Account(name, one["server"], one["handle"], one["credentials"]) for name, one in told.items()],
        )


@contextmanager
def engine_running(said: Sequence[str], folder: Path, environ: Mapping[str, str]) -> Iterator[None]:
    """Run an engine that is at work before the console looks for one, so that its end is ours to see to."""
    log, errors = folder / "engine.log", folder / "engine.errors"
    command = ["-m", "cmconsole", "engine", "--log", str(log), *said]
    silent = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "env": environ}
    with running(command, errors, **silent) as process:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and not (log.exists() and _AT_WORK in log.read_text(encoding="utf-8")):
            if process.poll() is not None:
                raise SystemExit(f"The engine ended.\n{errors.read_text(encoding='utf-8', errors='replace')}")
            time.sleep(0.05)
        yield


def demo(options: argparse.Namespace, folder: Path) -> int:
    """Run the twin, an engine and, in the foreground, the console; return the console's exit code."""
    settings = folder / "settings.toml"
    said = ["--config", str(settings), "--db", str(folder / "desk.db")]
    ends = (datetime.now().astimezone() + SHIFT).strftime("%H:%M")
    with twin_running(options, folder) as (control, accounts):
        settings.write_text(settings_text(accounts, options.mode), encoding="utf-8")
        environ = environment(folder, accounts)
        with engine_running(said, folder, environ):
            print(f"The twin's control API: {control}", flush=True)
            command = [sys.executable, "-m", "cmconsole", *said, "--as", options.person, "--until", ends]
            with subprocess.Popen(command, env=environ) as console:  # noqa: S603 - the same
                # The console ends in its own way, and the rest after it; the first two reach it anyhow.
                signal.signal(signal.SIGINT, lambda _number, _frame: None)
                signal.signal(signal.SIGHUP, lambda _number, _frame: None)
                signal.signal(signal.SIGTERM, lambda _number, _frame: console.terminate())
                return console.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(prog="make demo-twin", description=__doc__)
    parser.add_argument("--drip", type=float, default=0.5, metavar="N", help="scenes a second (0.5)")
    parser.add_argument(
        "--mode", choices=["live", "rehearsal"], default="live", help="publish on the twin, or not"
    )
    parser.add_argument("--as", dest="person", default="Alice", metavar="NAME", help="your name at the desk")
    parser.add_argument("--base-port", type=int, default=0, help="port of the twin's control API (0: any)")
    options = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="cmconsole-demo-twin-"))
    try:
        return demo(options, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
