"""Doctor measures what a terminal draws, in a real pseudo-terminal whose other end is played here."""

from __future__ import annotations

import os
import pty
import sys
import termios
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cmconsole.cli import doctor_terminal
from cmconsole.cli.doctor_terminal import clipboard, measure, widths
from cmconsole.cli.findings import Level

RIGHT = [1, 2, 2, 2]


class Terminal:
    """The other end: says that each sample took so many cells. None: a terminal that never answers."""

    def __init__(self, drawn: list[int] | None) -> None:
        self.ours, self.theirs = pty.openpty()
        self.drawn = drawn
        self.written = b""
        self.thread = threading.Thread(target=self._play, daemon=True)
        self.thread.start()

    def _play(self) -> None:
        asked = 0
        while True:
            try:
                read = os.read(self.ours, 1024)
            except OSError:
                return
            if not read:
                return
            self.written += read
            while self.drawn is not None and self.written.count(b"\x1b[6n") > asked:
                # What was typed before the answer must not be taken for it.
                os.write(self.ours, b"x\x1b[1;%dR" % (self.drawn[asked] + 1))
                asked += 1

    def close(self) -> None:
        os.close(self.theirs)
        self.thread.join(10)
        os.close(self.ours)


@pytest.fixture
def terminal(request: pytest.FixtureRequest) -> Iterator[Terminal]:
    played = Terminal(getattr(request, "param", RIGHT))
    yield played
    played.close()


@pytest.mark.parametrize(
    ("terminal", "found"), [(RIGHT, RIGHT), ([1, 2, 2, 4], [1, 2, 2, 4])], indirect=["terminal"]
)
def test_the_terminal_is_asked_what_it_drew(terminal: Terminal, found: list[int]) -> None:
    before = termios.tcgetattr(terminal.theirs)

    assert measure(terminal.theirs, terminal.theirs) == found
    assert termios.tcgetattr(terminal.theirs) == before


@pytest.mark.parametrize("terminal", [None], indirect=True)
def test_a_terminal_that_does_not_answer_is_left_alone(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_terminal, "ANSWER_WITHIN", 0.05)

    assert measure(terminal.theirs, terminal.theirs) is None
    assert terminal.written.count(b"\x1b[6n") <= 1


@pytest.mark.parametrize(
    ("terminal", "level", "words"),
    [(RIGHT, Level.OK, "as wide as"), ([1, 2, 1, 4], Level.WARN, "emoji (1 cells, not 2), joined emoji (4")],
    indirect=["terminal"],
)
def test_what_it_draws_otherwise_is_told(
    terminal: Terminal, level: Level, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with (
        os.fdopen(os.dup(terminal.theirs), "w", encoding="utf-8") as shown,
        os.fdopen(os.dup(terminal.theirs), encoding="utf-8") as given,
    ):
        monkeypatch.setattr(sys, "stdout", shown)
        monkeypatch.setattr(sys, "stdin", given)
        (found,) = widths()
        monkeypatch.undo()

    assert found.level is level
    assert words in found.says


def test_nobody_is_asked_where_there_is_no_terminal() -> None:
    assert list(widths()) == []
    assert list(clipboard({})) == []


@pytest.mark.parametrize(
    ("environ", "level"),
    [
        ({"TERM": "xterm-kitty"}, Level.OK),
        ({"TERM_PROGRAM": "iTerm.app"}, Level.OK),
        ({"TERM_PROGRAM": "Apple_Terminal"}, Level.WARN),
        ({"VTE_VERSION": "7600", "TERM": "xterm-256color"}, Level.WARN),
        ({"TERM": "screen.xterm"}, Level.WARN),
        ({"TERM": "linux"}, Level.WARN),
        ({"TERM": "xterm"}, Level.OK),
    ],
)
def test_copying_is_judged_by_what_the_terminal_is(
    environ: dict[str, str], level: Level, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)

    (found,) = clipboard(environ)

    assert found.level is level
    assert bool(found.advice) == (level is Level.WARN)


@pytest.mark.parametrize(
    ("says", "level", "words"),
    [
        ("on", Level.OK, "passes it on"),
        ("off", Level.WARN, "set-clipboard off"),
        ("", Level.WARN, "did not say"),
    ],
)
def test_tmux_is_asked_itself(
    tmp_path: Path, says: str, level: Level, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tmux = tmp_path / "tmux"
    tmux.write_text(f"#!/bin/sh\necho {says}\n", encoding="utf-8")
    tmux.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)

    (found,) = clipboard({"TMUX": "/tmp/tmux", "TERM": "tmux-256color"})

    assert found.level is level
    assert words in found.says
