"""A workplace for a journey: store, settings and state of its own, the real command in a real terminal."""

import contextlib
import gettext
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cmconsole.config.language import CATALOGUES, DOMAIN
from tests.journeys.terminal import Terminal, terminal

COMMAND = [sys.executable, "-m", "cmconsole"]


@dataclass(frozen=True)
class Workplace:
    """Everything the program reads and writes lies in `folder`; `language` is that of the interface.

    more: what else its environment holds.
    """

    folder: Path
    language: str = "en"
    more: dict[str, str] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        return self.folder / "desk.db"

    @property
    def state(self) -> Path:
        return self.folder / "state"

    @property
    def environ(self) -> dict[str, str]:
        """Return the environment: nothing of the person who runs the tests but the paths of Python."""
        locale = {"en": "en_GB.UTF-8", "fr": "fr_FR.UTF-8"}[self.language]
        kept = {name: value for name, value in os.environ.items() if name.startswith("PYTHON")}
        return {
            **kept,
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LC_ALL": locale,
            "PYTHONUTF8": "1",
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_STATE_HOME": str(self.state),
            "CMCONSOLE_ENGINE__IDLE_SECONDS": "5",
            "CMCONSOLE_BRAND__NAME": "Acme",
            # The bell is a control character, and rings when it likes.
            "CMCONSOLE_DESK__MUTE": "true",
            **self.more,
        }

    def write_settings(self, text: str) -> None:
        """Write the settings file, where the program looks for it."""
        file = self.folder / "config" / "cmconsole" / "settings.toml"
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")

    def words(self, message: str) -> str:
        """Return a message as the interface says it, and as `Terminal` reads it: with plain blanks."""
        said = gettext.translation(DOMAIN, CATALOGUES, [self.language], fallback=True)
        return said.gettext(message).replace("\N{NO-BREAK SPACE}", " ")

    def run(self, *arguments: str, typed: str = "") -> str:
        """Run a command to its end and return what it printed."""
        done = subprocess.run(
            [*COMMAND, "--db", str(self.store), *arguments],
            env=self.environ,
            input=typed.encode(),
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def ingest(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Take mentions in and return the totals."""
        # ASCII, so that lone surrogates and control characters travel as JSON escapes.
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        totals: dict[str, Any] = json.loads(self.run("ingest", "-", typed=lines).splitlines()[-1])
        return totals

    def queue(self) -> list[dict[str, Any]]:
        """Return every open conversation."""
        return [json.loads(line) for line in self.run("queue", "--json").splitlines()]

    def export(self) -> list[dict[str, Any]]:
        """Return every conversation whatever its status, with its history."""
        return [json.loads(line) for line in self.run("export").splitlines()]

    @contextlib.contextmanager
    def console(
        self,
        person: str = "Alice",
        *,
        left: timedelta = timedelta(hours=3),
        columns: int = 160,
        rows: int = 45,
    ) -> Iterator[Terminal]:
        """Open the console with so much of the shift left; without a person it asks, or remembers."""
        until = f"{datetime.now() + left:%H:%M}"  # noqa: DTZ005 - the clock on the wall
        known = ["--as", person, "--until", until] if person else []
        argv = [*COMMAND, "--db", str(self.store), *known]
        with terminal(argv, env=self.environ, columns=columns, rows=rows) as opened:
            yield opened


@pytest.fixture
def workplace(tmp_path: Path) -> Callable[[str], Workplace]:
    """Return a maker of workplaces, by language."""
    return lambda language: Workplace(tmp_path, language)
