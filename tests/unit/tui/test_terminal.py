"""The terminal is given back after every kind of end, and one line says what happened."""

import os
import signal
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.terminal import Terminal, terminal

PROGRAM = '''
"""A small console under guard, told on its command line how to misbehave."""
import asyncio, sys, time
from pathlib import Path
from textual.app import App
from textual.widgets import Input, Label
from cmconsole.config import language
from cmconsole.tui.terminal import Guard

language.install("en")
how = sys.argv[1]

class Console(App[None]):
    BINDINGS = [("f5", "misbehave", "")]
    def compose(self):
        yield Label("ready")
        yield Input()
        yield Label("", id="seen")
    def on_input_submitted(self, event):
        self.query_one("#seen", Label).update(f"submitted {event.value}")
    def action_misbehave(self):
        secret = "words of a mention"
        if how == "crash":
            raise KeyError(secret)
        if how == "bug-in-markup":
            self.query_one("#seen", Label).update("a [/] b " + secret)
        if how == "block":
            self.query_one("#seen", Label).update("blocked")
            self.call_after_refresh(lambda: time.sleep(600))
        if how == "block-in-python":
            end = time.monotonic() + 600
            while time.monotonic() < end: pass
        if how == "flood":
            def more():
                self.bell()
                for _ in range(40): self._driver.write("x" * 65536)
                self.call_later(more)
            more()
        if how == "exit":
            self.exit(return_code=3)

async def main(guard):
    if how == "early":
        print("starting", flush=True)
        await asyncio.sleep(600)
    app = Console()
    guard.attach(app)
    await app.run_async()
    if how == "late":
        print("closing the store", flush=True)
        time.sleep(600)

with Guard(Path(sys.argv[2]), grace=0.5) as guard:
    asyncio.run(main(guard))
sys.exit(guard.code)
'''


def console(tmp_path: Path, how: str) -> Terminal:
    script = tmp_path / "console.py"
    script.write_text(PROGRAM, encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONWARNINGS": "default"}
    return Terminal([sys.executable, script, how, tmp_path / "state"], env=env, columns=100, rows=20)


@pytest.fixture
def running(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Terminal]:
    opened = console(tmp_path, request.param)
    try:
        opened.wait_for("starting" if request.param == "early" else "ready")
        opened.settle()
        yield opened
    finally:
        opened.close()


def last_line(running: Terminal) -> str:
    return [line for line in running.screen() if line][-1]


def assert_restored(running: Terminal) -> None:
    assert running.modes_left() == set()
    assert running.attributes() == running.attributes_before
    assert b"Traceback" not in running.raw()


@pytest.mark.parametrize("running", ["exit"], indirect=True)
def test_an_orderly_end_restores_and_says_so(running: Terminal) -> None:
    assert running.modes_left() >= {"alternate screen", "mouse", "bracketed paste", "hidden cursor"}

    running.send("f5")

    assert running.wait_exit() == 3
    assert_restored(running)
    assert last_line(running) == "cmconsole: closed. Everything recorded is kept."


@pytest.mark.parametrize("running", ["idle"], indirect=True)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT])
def test_a_signal_ends_the_console_in_order(running: Terminal, number: signal.Signals) -> None:
    running.signal(number)

    assert running.wait_exit() == 128 + number
    assert_restored(running)
    assert last_line(running).startswith("cmconsole: ")
    assert number.name in last_line(running)


@pytest.mark.parametrize("running", ["block", "block-in-python", "flood"], indirect=True)
def test_a_signal_ends_a_console_whose_loop_is_blocked(running: Terminal) -> None:
    running.send("f5")
    time.sleep(0.5)
    running.signal(signal.SIGTERM)

    assert running.wait_exit() == 128 + signal.SIGTERM
    assert_restored(running)
    assert "ended by SIGTERM" in last_line(running)


@pytest.mark.parametrize("running", ["block"], indirect=True)
def test_a_second_signal_ends_at_once(running: Terminal) -> None:
    running.send("f5")
    running.wait_for("blocked")
    started = time.monotonic()
    running.signal(signal.SIGTERM)
    time.sleep(0.1)
    running.signal(signal.SIGTERM)

    assert running.wait_exit() == 128 + signal.SIGTERM
    assert time.monotonic() - started < 0.5
    assert_restored(running)


@pytest.mark.parametrize("running", ["early"], indirect=True)
def test_a_signal_before_the_screen_unwinds(running: Terminal) -> None:
    running.signal(signal.SIGTERM)

    assert running.wait_exit() == 128 + signal.SIGTERM
    assert_restored(running)
    assert "ended by SIGTERM" in last_line(running)


@pytest.mark.parametrize("running", ["late"], indirect=True)
def test_a_signal_while_closing_does_not_wait_for_ever(running: Terminal) -> None:
    running.signal(signal.SIGTERM)

    assert running.wait_exit() == 128 + signal.SIGTERM
    assert_restored(running)


@pytest.mark.parametrize("running", ["crash", "bug-in-markup"], indirect=True)
def test_an_exception_gives_one_line_and_a_private_report(running: Terminal, tmp_path: Path) -> None:
    running.send("f5")

    assert running.wait_exit() == 1
    assert_restored(running)
    reports = list((tmp_path / "state").iterdir())
    assert len(reports) == 1
    assert "".join(running.screen()).endswith(f"Everything recorded is kept. Report: {reports[0]}")
    assert stat.S_IMODE(reports[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(reports[0].parent.stat().st_mode) == 0o700
    report = reports[0].read_text(encoding="utf-8")
    assert "in action_misbehave" in report
    assert "a mention" not in report.replace('secret = "words of a mention"', "")
    assert b"words of a mention" not in running.raw()


@pytest.mark.parametrize("how", ["idle", "block", "flood"])
def test_a_closed_terminal_ends_the_console(tmp_path: Path, how: str) -> None:
    opened = console(tmp_path, how)
    try:
        opened.wait_for("ready")
        opened.send("f5")
        opened.settle(patience=1)
        opened.hang_up()

        assert opened.wait_exit() == 128 + signal.SIGHUP
    finally:
        opened.close()


def test_a_closed_terminal_is_noticed_without_a_signal(tmp_path: Path) -> None:
    """A process that left the terminal's session gets no SIGHUP from the kernel."""
    code = tmp_path / "code"
    script = tmp_path / "console.py"
    apart = PROGRAM.replace(
        "with Guard(", "import os\nif os.fork(): time.sleep(60)\nos.setsid()\nwith Guard("
    )
    script.write_text(apart.replace("sys.exit(", f"Path({str(code)!r}).write_text(str("), encoding="utf-8")
    script.write_text(script.read_text(encoding="utf-8").rstrip() + ")\n", encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with terminal([sys.executable, script, "idle", tmp_path], env=env) as opened:
        opened.wait_for("ready")
        opened.hang_up()
        deadline = time.monotonic() + 10
        while not code.exists() and time.monotonic() < deadline:
            time.sleep(0.05)

    assert code.read_text(encoding="utf-8") == str(128 + signal.SIGHUP)


@pytest.mark.parametrize("running", ["idle"], indirect=True)
@pytest.mark.parametrize(
    "hostile",
    [
        "one\r",
        "one\rtwo\r",
        "one\x1b\rtwo",
        "one\x1b[201~\rtwo\r",
        "one\x1b[201~\x1b[13u",
        "one\x1b",
        "one\x1b[15~",
    ],
)
def test_no_paste_presses_enter(running: Terminal, hostile: str) -> None:
    running.paste(hostile)
    running.wait_for("one")
    running.settle()

    assert "submitted" not in running.text()

    running.send("enter")
    running.wait_for("submitted one")
