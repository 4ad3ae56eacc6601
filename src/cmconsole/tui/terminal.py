"""The terminal is given back as it was, whatever ends the console, and one line says what happened.

Textual restores it after an orderly exit only: SIGTERM, SIGHUP and a closed terminal end it without unmount
and without `finally`, and an exception prints a hundred lines of traceback that may show what people wrote.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, Self

from cmconsole.config.language import _, said
from cmconsole.core.errors import CmconsoleError

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType, TracebackType

    from textual.app import App

    from cmconsole.tui.driver import ConsoleDriver

GRACE: Final = 2.0
"""Seconds that an orderly end may take after a signal, before the terminal is restored by force."""

FAILED: Final = 1
"""Exit code after a failure inside the program; a signal gives 128 + its number, as shells have it."""

_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)

_POKE: Final = signal.SIGURG
"""Ignored by default and used by nobody here: it gets a handler so that it can interrupt a write."""

_RESTORE: Final = (
    b"\x1b\\"  # ends a sequence that was cut half-way
    b"\x1b[?2026l"  # synchronised output
    b"\x1b[?2004l\x1b[?7h\x1b[?2048l"  # bracketed paste, line wrap, resize reports
    b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?1016l"  # mouse
    b"\x1b[<u\x1b[?1004l"  # kitty keyboard, focus reports
    b"\x1b[0m\x1b[?1049l\x1b[?25h"  # colours, alternate screen, cursor
)


class Guard:
    """Watches over a console from before its start until after its end.

        with Guard(state_dir()) as guard:
            asyncio.run(console(guard))     # which calls guard.attach(app) before app.run_async()
        sys.exit(guard.code)

    code: what to exit with; 0, FAILED, 128 + signal, or what `App.exit(return_code=…)` said.
    farewell: the line after an orderly end; empty for none.
    """

    def __init__(self, crash_folder: Path, *, grace: float = GRACE) -> None:
        self.code = 0
        self.farewell = _("cmconsole: closed. Everything recorded is kept.")
        self._crash_folder = crash_folder
        self._grace = grace
        self._app: App[Any] | None = None
        self._driver: ConsoleDriver | None = None
        self._ended_by: signal.Signals | None = None
        self._failure: BaseException | None = None
        self._attributes: list[Any] | None = None
        self._former: dict[signal.Signals, Any] = {}
        self._alarm = os.pipe()
        self._all_clear = os.pipe()
        self._watchdog = threading.Thread(target=self._watch, name="terminal-watchdog", daemon=True)

    def attach(self, app: App[Any]) -> None:
        """Let the guard hear of the app's failures and of its terminal; call it before the app runs.

        One app after another may be attached, as the question of the first start before the console.
        """
        self._app, self._driver = app, None
        # Textual has no public hook for its last words: a traceback that would print what people wrote.
        # setattr, for these are methods to the type checker.
        setattr(app, "_fatal_error", app._close_messages_no_wait)  # noqa: B010, SLF001
        setattr(app, "_print_error_renderables", app._exit_renderables.clear)  # noqa: B010, SLF001
        app.driver_class = self._drive  # type: ignore[assignment] # a factory: it is only ever called

    def _drive(
        self, app: App[Any], *, debug: bool, mouse: bool, size: tuple[int, int] | None
    ) -> ConsoleDriver:
        from cmconsole.tui.driver import ConsoleDriver  # noqa: PLC0415 - Textual loads beside the store

        self._driver = ConsoleDriver(
            app, debug=debug, mouse=mouse, size=size, lost=self._terminal_lost, poke=_POKE
        )
        return self._driver

    def __enter__(self) -> Self:
        with suppress(termios.error, OSError, ValueError):
            self._attributes = termios.tcgetattr(0)
        self._watchdog.start()
        for number in _SIGNALS:
            self._former[number] = signal.signal(number, self._on_signal)
        self._former[_POKE] = signal.signal(_POKE, lambda *_: None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        os.write(self._all_clear[1], b".")
        self._watchdog.join()
        for number, handler in self._former.items():
            signal.signal(number, handler)
        for descriptor in (*self._alarm, *self._all_clear):
            os.close(descriptor)
        self._restore()
        if isinstance(error, CmconsoleError) and self._ended_by is None:
            # Said by whoever called, who also knows its exit code.
            return False
        app_error = None if self._app is None else self._app._exception  # noqa: SLF001 - no public name
        return self._conclude(error or app_error)

    def _conclude(self, error: BaseException | None) -> bool:
        """Set the exit code and say what happened; return whether `error` was dealt with."""
        if self._ended_by is not None:
            self.code = 128 + self._ended_by
            _say(self._signal_line(self._ended_by))
            return True
        if isinstance(error, CmconsoleError):
            self.code = FAILED
            _say(f"cmconsole: {said(error)}")
            return True
        if isinstance(error, Exception):
            self.code = FAILED
            _say(self._failure_line(error))
            return True
        if error is None:
            self.code = (self._app.return_code or 0) if self._app is not None else 0
            _say(self.farewell)
        return False

    # ------------------------------------------------------------------------------------------ what happened

    @staticmethod
    def _signal_line(number: signal.Signals) -> str:
        if number == signal.SIGHUP:
            return _("cmconsole: the terminal went away (SIGHUP). Everything recorded is kept.")
        return _("cmconsole: ended by {signal}. Everything recorded is kept.").format(signal=number.name)

    def _failure_line(self, error: Exception) -> str:
        from cmconsole.tui.crash import write_report  # noqa: PLC0415 - hardly ever needed

        kind = type(error).__name__
        try:
            path = write_report(error, self._crash_folder)
        except OSError:
            return _(
                "cmconsole: ended by an error of its own ({kind}). Everything recorded is kept; "
                "no report could be written."
            ).format(kind=kind)
        return _(
            "cmconsole: ended by an error of its own ({kind}). Everything recorded is kept. Report: {path}"
        ).format(kind=kind, path=path)

    # ----------------------------------------------------------------------------------------------- signals

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        """Begin an orderly end; a second signal, or GRACE without success, ends at once."""
        if self._ended_by is not None:
            self._abandon()
        self._begin_end(signal.Signals(number))
        if self._app is None or self._driver is None:
            # No screen yet: unwind what was begun.
            raise SystemExit(128 + number)

    def _terminal_lost(self) -> None:
        """End as on SIGHUP: nobody can read or type any more. Called from the driver's threads."""
        if self._ended_by is None:
            self._begin_end(signal.SIGHUP)

    def _begin_end(self, number: signal.Signals) -> None:
        """Ask the app to exit and wake the watchdog: only a pipe and the loop's own pipe are touched."""
        self._ended_by = number
        os.write(self._alarm[1], b"!")
        loop = None if self._app is None else self._app._loop  # noqa: SLF001 - no public name
        if self._app is not None and loop is not None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._app.exit, None, 128 + number)

    def _watch(self) -> None:
        """Wait for an alarm or the all-clear; after an alarm only so long, then end the process."""
        alarm, all_clear = self._alarm[0], self._all_clear[0]
        if all_clear in select.select([alarm, all_clear], [], [])[0]:
            return
        if not select.select([all_clear], [], [], self._grace)[0]:
            self._abandon()

    def _abandon(self) -> None:
        """Restore the terminal and end the process now: the loop is blocked, or somebody insists."""
        number = self._ended_by or signal.SIGTERM
        self._restore()
        _say(self._signal_line(number))
        os._exit(128 + number)

    # ---------------------------------------------------------------------------------------------- restoring

    def _restore(self) -> None:
        """Give the terminal back as it was found; does only what Textual has not done."""
        if self._driver is None:
            return
        # A process in the background would be stopped by SIGTTOU.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
        if not self._driver.restored:
            self._driver.abandon(_RESTORE)
        if self._attributes is not None:
            with suppress(termios.error, OSError, ValueError):
                termios.tcsetattr(0, termios.TCSANOW, self._attributes)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTTOU})


def _say(line: str) -> None:
    """Write a line to standard error, without waiting for a terminal that does not read."""
    stream = sys.__stderr__
    if not line or stream is None:
        return
    data = f"{line}\n".encode(stream.encoding or "utf-8", "replace")
    with suppress(OSError, ValueError):
        if select.select([], [stream.fileno()], [], 0.2)[1]:
            os.write(stream.fileno(), data)
