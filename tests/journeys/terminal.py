"""A real pseudo-terminal to run a program in: the screen a person would see, and every byte that was sent."""

from __future__ import annotations

import contextlib
import copy
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyte

PATIENCE = 40.0
"""Seconds to wait for something before a journey fails: generous, for the machine may be busy."""

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "space": " ",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "pagedown": "\x1b[6~",
    "pageup": "\x1b[5~",
    "ctrl+c": "\x03",
    "ctrl+n": "\x0e",
    "ctrl+q": "\x11",
    "ctrl+s": "\x13",
    "f5": "\x1b[15~",
}

MODES = {
    "alternate screen": 1049,
    "hidden cursor": 25,
    "mouse": 1000,
    "mouse moves": 1003,
    "mouse urxvt": 1015,
    "mouse sgr": 1006,
    "mouse pixels": 1016,
    "focus reports": 1004,
    "bracketed paste": 2004,
    "resize reports": 2048,
    "synchronised output": 2026,
}


def _in_terminal(env: Mapping[str, str]) -> dict[str, str]:
    """Return the environment as it is in such a terminal; a size of somebody else's would win over ours."""
    kept = {name: value for name, value in env.items() if name not in {"COLUMNS", "LINES"}}
    return {"TERM": "xterm-256color", "COLORTERM": "truecolor", **kept}


class _Screen(pyte.Screen):
    """pyte's screen with the alternate screen that it lacks."""

    _main: tuple[Any, Any] | None = None

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        super().set_mode(*modes, **kwargs)
        if MODES["alternate screen"] in modes and self._main is None:
            self._main = (copy.deepcopy(self.buffer), copy.copy(self.cursor))
            self.erase_in_display(2)

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        super().reset_mode(*modes, **kwargs)
        if MODES["alternate screen"] in modes and self._main is not None:
            (self.buffer, self.cursor), self._main = self._main, None
            self.dirty.update(range(self.lines))


class Terminal:
    """A program in a pseudo-terminal: `send` what a person types, `wait_for` what they would read."""

    def __init__(
        self, argv: Sequence[str | Path], *, env: Mapping[str, str], columns: int = 160, rows: int = 45
    ) -> None:
        self._screen = _Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._changed = threading.Condition(threading.RLock())
        self._raw = bytearray()
        self._closing = threading.Event()
        self._master, self._slave = pty.openpty()
        self.resize(columns, rows)
        self.attributes_before = self.attributes()
        self.process = subprocess.Popen(
            [str(part) for part in argv],
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            env=_in_terminal(env),
            # Only system calls between fork and exec: the reader thread is not started yet.
            preexec_fn=self._take_terminal,  # noqa: PLW1509
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _take_terminal(self) -> None:
        os.setsid()
        fcntl.ioctl(self._slave, termios.TIOCSCTTY, 0)

    def _read(self) -> None:
        # Never left blocked in a read: that would keep the terminal open after it was closed.
        while not self._closing.is_set():
            if not select.select([self._master], [], [], 0.05)[0]:
                continue
            try:
                data = os.read(self._master, 65536)
            except OSError:
                return
            with self._changed:
                self._raw += data
                self._stream.feed(data)
                self._changed.notify_all()

    # ------------------------------------------------------------------------------------------------ looking

    def screen(self) -> list[str]:
        """Return the lines that are on the screen now; every blank is a plain one."""
        with self._changed:
            return [line.replace("\N{NO-BREAK SPACE}", " ").rstrip() for line in self._screen.display]

    def text(self) -> str:
        """Return the screen as one text."""
        return "\n".join(self.screen())

    def raw(self) -> bytes:
        """Return every byte the program has sent so far."""
        with self._changed:
            return bytes(self._raw)

    def wait_until(self, holds: Callable[[str], bool], *, what: str = "", patience: float = PATIENCE) -> str:
        """Wait until `holds` is true of the screen's text and return it; fail with the screen otherwise."""
        deadline = time.monotonic() + patience
        with self._changed:
            while True:
                text = self.text()
                if holds(text):
                    return text
                left = deadline - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"not seen in {patience:g} s: {what}\n{text}")
                self._changed.wait(min(left, 0.25))

    def wait_for(self, *texts: str, patience: float = PATIENCE) -> str:
        """Wait until every one of these texts is on the screen."""
        return self.wait_until(
            lambda screen: all(text in screen for text in texts), what=", ".join(texts), patience=patience
        )

    def wait_gone(self, text: str, *, patience: float = PATIENCE) -> str:
        """Wait until this text is not on the screen any more."""
        return self.wait_until(lambda screen: text not in screen, what=f"{text} gone", patience=patience)

    def settle(self, quiet: float = 0.3, *, patience: float = PATIENCE) -> str:
        """Wait until the program has sent nothing for `quiet` seconds, and return the screen's text."""
        deadline = time.monotonic() + patience
        with self._changed:
            size = -1
            while size != len(self._raw) and time.monotonic() < deadline:
                size = len(self._raw)
                self._changed.wait(quiet)
        return self.text()

    # ------------------------------------------------------------------------------------------------- acting

    def send(self, *keys: str) -> None:
        """Type keys by name (`enter`, `ctrl+s`), or texts as they are; each in a write of its own."""
        for key in keys:
            os.write(self._master, KEYS.get(key, key).encode())
            # Two keys of a hand never reach a program in one read, as a paste does; and a key right behind
            # Escape would be one with Alt.
            time.sleep(0.2 if key == "escape" else 0.03)

    def paste(self, text: str) -> None:
        """Paste as a terminal with bracketed paste does, in one go."""
        os.write(self._master, f"\x1b[200~{text}\x1b[201~".encode())

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size; the program is told."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        with self._changed:
            self._screen.resize(rows, columns)

    def signal(self, number: signal.Signals) -> None:
        """Send the program a signal."""
        self.process.send_signal(number)

    def hang_up(self) -> None:
        """Close the terminal under the program, as closing its window does."""
        self._closing.set()
        self._reader.join()
        os.close(self._slave)
        os.close(self._master)
        self._master = self._slave = -1

    def wait_exit(self, patience: float = PATIENCE) -> int:
        """Wait for the program's end and return its exit code."""
        code = self.process.wait(patience)
        if self._master >= 0:
            self.settle(0.2)
        return code

    # ---------------------------------------------------------------------------------------------- restored?

    def attributes(self) -> list[Any]:
        """Return the terminal's attributes (echo, line editing, …) as they are now."""
        return termios.tcgetattr(self._slave)

    def modes_left(self) -> set[str]:
        """Return the names of the modes that the bytes sent so far leave switched on."""
        raw = self.raw()
        left = set()
        for name, number in MODES.items():
            on, off = raw.rfind(b"\x1b[?%dh" % number), raw.rfind(b"\x1b[?%dl" % number)
            if (off > on) if name == "hidden cursor" else (on > off):
                left.add(name)
        if raw.count(b"\x1b[>") - raw.count(b"\x1b[<u") > 0 and b"\x1b[<u" not in raw:
            left.add("kitty keyboard")
        return left

    def close(self) -> None:
        """End the program if it still runs, and close the terminal."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self._master >= 0:
            self.hang_up()


@contextlib.contextmanager
def terminal(
    argv: Sequence[str | Path], *, env: Mapping[str, str], columns: int = 160, rows: int = 45
) -> Iterator[Terminal]:
    """Run a program in a pseudo-terminal for the length of a `with` block."""
    opened = Terminal(argv, env=env, columns=columns, rows=rows)
    try:
        yield opened
    finally:
        opened.close()
