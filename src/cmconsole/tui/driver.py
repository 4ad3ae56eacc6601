"""The driver between Textual and the terminal: pastes press no keys, a terminal that goes away is noticed."""

from __future__ import annotations

import os
import selectors
import signal
import termios
import time
from codecs import getincrementaldecoder
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TextIO, cast

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Paste

from cmconsole.tui.pastes import Pasted, PasteSplitter, Typed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from textual.app import App

_PATIENCE: Final = 0.1
"""Seconds between two looks at whether the input thread should end; Textual's own value."""

_CHUNK: Final = 4096

_PARTING: Final = 0.02
"""Seconds for an interrupted write to come to its end."""

_LEAVE: Final = "\x1b[?1016l\x1b[?1002l"
"""Mouse modes that Textual may switch on and does not switch off again."""


class _Forgiving:
    """A terminal to write to that may go away: what comes after that is dropped, and `lost` is told once."""

    def __init__(self, file: TextIO, lost: Callable[[], None]) -> None:
        self._file = file
        self._lost = lost
        self._gone = False

    def write(self, text: str) -> int:
        """Write, or drop the text where nobody reads any more."""
        if not self._gone:
            try:
                # A character that the terminal's own encoding has no byte for must not end the writer.
                self._file.write(text.encode(self._file.encoding, "replace").decode(self._file.encoding))
            except (OSError, ValueError):
                self._lose()
        return len(text)

    def flush(self) -> None:
        """Flush, or do nothing where nobody reads any more."""
        if not self._gone:
            try:
                self._file.flush()
            except (OSError, ValueError):
                self._lose()

    def fileno(self) -> int:
        """Return the descriptor behind it."""
        return self._file.fileno()

    def close_ears(self) -> None:
        """Drop all that is still to be written."""
        self._gone = True

    def _lose(self) -> None:
        if not self._gone:
            self._gone = True
            self._lost()


class ConsoleDriver(LinuxDriver):
    """Textual's driver for Linux and macOS with three differences.

    - Pastes go through `pastes.PasteSplitter`: no ESC, END marker or line break in one can become a key.
    - When the terminal is gone (end of file, EIO on reading or writing) `lost` is called, from any thread;
      Textual's own would spin on the end of file, and block for ever on a full queue of writes.
    - `restored` tells whether the terminal was given back.

    poke: a signal with a handler that does nothing; it interrupts a write that the terminal does not take.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
        lost: Callable[[], None],
        poke: signal.Signals,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._output = _Forgiving(cast("TextIO", self._file), lost)
        self._file = cast("Any", self._output)
        self._report_loss = lost
        self._poke = poke
        self.restored = True

    def start_application_mode(self) -> None:
        self.restored = False
        super().start_application_mode()  # type: ignore[no-untyped-call]

    def stop_application_mode(self) -> None:
        self.write(_LEAVE)
        super().stop_application_mode()

    def close(self) -> None:
        # Only now has the writer thread written everything.
        super().close()
        self.restored = True

    def abandon(self, data: bytes) -> None:
        """Write `data` as the last thing of all, without ever waiting for the terminal.

        From now on nothing else of this driver reaches it, and what it has not taken yet is thrown away.
        """
        self.restored = True
        self._output.close_ears()
        with suppress(OSError, ValueError, termios.error):
            if os.isatty(own := self._output.fileno()):
                self._write_last(own, data)

    def _write_last(self, own: int, data: bytes) -> None:
        # A descriptor of its own: O_NONBLOCK on the shared one would reach the shell behind us.
        terminal = os.open(os.ttyname(own), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        shared = os.dup(own)
        try:
            # The writer may be half-way through a block the terminal does not take: its rest goes nowhere.
            os.dup2(nowhere, own)
            if self._writer_thread is not None and self._writer_thread.ident is not None:
                signal.pthread_kill(self._writer_thread.ident, self._poke)
                time.sleep(_PARTING)
            termios.tcflush(terminal, termios.TCOFLUSH)
            os.write(terminal, data)
            os.dup2(shared, own)
        finally:
            for descriptor in (terminal, nowhere, shared):
                os.close(descriptor)

    def run_input_thread(self) -> None:
        """Read the terminal until `exit_event` is set, and dispatch what it sends as events."""
        splitter = PasteSplitter()
        parser = XTermParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                patience = splitter.patience
                if selector.select(_PATIENCE if patience is None else patience):
                    data = self._read()
                    if not data:
                        return
                    self._dispatch(parser, splitter.feed(decode(data)))
                elif patience is not None:
                    self._dispatch(parser, splitter.silence())
                for message in parser.tick():
                    self.process_message(message)

    def _read(self) -> bytes:
        """Return what the terminal sent; nothing once it is gone, which `lost` is told."""
        try:
            data = os.read(self.fileno, _CHUNK)
        except OSError:
            data = b""
        if not data and self.input_tty:
            self._report_loss()
        return data

    def _dispatch(self, parser: XTermParser, parts: Iterable[Typed | Pasted]) -> None:
        for part in parts:
            if isinstance(part, Pasted):
                self.process_message(Paste(part.text))
            elif part.data:
                for message in parser.feed(part.data):
                    self.process_message(message)
