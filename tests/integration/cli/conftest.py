"""A home of its own for every test of the command line, and a way to run the real command in it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

MENTIONS = [
    {
        "id": "1",
        "platform": "x",
        "author": {"handle": "@ada", "name": "Ada", "followers": 48_000},
        "text": "My parcel was opened. This is unacceptable!",
        "created_at": "2026-03-02T12:00:00Z",
    },
    {
        "id": "2",
        "platform": "mastodon",
        "author": {"handle": "marc@piaille.fr", "followers": 12},
        "text": "Toujours pas remboursé, c'est honteux",
        "created_at": "2026-03-02T12:10:00Z",
    },
    {
        "id": "3",
        "platform": "x",
        "author": {"handle": "zoe", "followers": 12},
        "text": "do you ship to Belgium? \x1b]52;c;x\x07\x9b31m",
        "created_at": "2026-03-02T12:20:00Z",
    },
]


@dataclass(frozen=True)
class Home:
    """A user's home folder, and the command run in it."""

    folder: Path

    @property
    def environ(self) -> dict[str, str]:
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("CMCONSOLE_", "LC_"))
        }
        places = {f"XDG_{kind}_HOME": str(self.folder / kind) for kind in ("CONFIG", "DATA", "STATE")}
        return {**kept, **places, "HOME": str(self.folder), "LANG": "C.UTF-8", "TZ": "UTC", "TERM": "xterm"}

    def command(self, *arguments: str | Path) -> list[str]:
        return [sys.executable, "-m", "cmconsole", *map(str, arguments)]

    def run(
        self, *arguments: str | Path, stdin: str = "", **environ: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            input=stdin,
            env=self.environ | environ,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    def said(self, *arguments: str | Path, stdin: str = "", **environ: str) -> str:
        ended = self.run(*arguments, stdin=stdin, **environ)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def records(self, *arguments: str | Path) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.said(*arguments).splitlines()]

    @contextmanager
    def running(self, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
        process = subprocess.Popen(
            self.command(*arguments),
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def settings(self, text: str) -> Path:
        file = self.folder / "CONFIG" / "cmconsole" / "settings.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


@pytest.fixture
def mentions(tmp_path: Path) -> Path:
    file = tmp_path / "mentions.ndjson"
    file.write_text("".join(json.dumps(mention) + "\n" for mention in MENTIONS), encoding="utf-8")
    return file


@pytest.fixture
def desk(home: Home, mentions: Path) -> Home:
    """Return a home whose store holds three conversations."""
    home.said("ingest", mentions)
    return home


@pytest.fixture(scope="session")
def french() -> None:
    """Compile the French catalogue of this tree, as its installation does."""
    from hatch_build import compile_catalogue  # noqa: PLC0415 - only this fixture needs Babel

    root = Path(__file__).resolve().parents[3]
    compile_catalogue(root / "src" / "cmconsole" / "locale" / "fr" / "LC_MESSAGES" / "cmconsole.po")
