"""Doctor's closer look at the terminal: how wide it draws, and whether it takes what is copied."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from cmconsole.cli.findings import Finding, ok, warn
from cmconsole.config.language import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ANSWER_WITHIN: Final = 0.7
"""Seconds a terminal may take to say where its cursor is; over SSH across an ocean it takes 0.3."""

_SAMPLES: Final = (
    ("e\N{COMBINING ACUTE ACCENT}", 1, N_("accents")),
    ("漢", 2, N_("Chinese and Japanese")),
    ("\N{GRINNING FACE}", 2, N_("emoji")),
    ("\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}", 2, N_("joined emoji")),
)
"""What is drawn, how many cells the console counts for it (Unicode Standard Annex 11), what it stands for."""

_CURSOR: Final = re.compile(rb"\x1b\[(\d{1,5});(\d{1,5})R")
_ASK: Final = "\x1b[6n"
_CLEAR: Final = "\r\x1b[2K"

_TAKES_COPIES: Final = frozenset(
    {
        "iterm.app",
        "wezterm",
        "ghostty",
        "kitty",
        "alacritty",
        "foot",
        "contour",
        "rio",
        "vscode",
        "warpterminal",
    }
)
_REFUSES_COPIES: Final = frozenset({"apple_terminal"})


def widths() -> Iterator[Finding]:
    """Draw a few signs, ask where the cursor went, and wipe them away; nothing where nobody can tell."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM", "") in {"", "dumb"}:
        return
    measured = measure(sys.stdin.fileno(), sys.stdout.fileno())
    if measured is None:
        yield ok("terminal", _("The terminal does not say how wide it draws signs."))
        return
    wrong = [
        _("{what} ({drawn} cells, not {counted})").format(what=_(what), drawn=drawn, counted=counted)
        for (_text, counted, what), drawn in zip(_SAMPLES, measured, strict=True)
        if drawn != counted
    ]
    if wrong:
        yield warn(
            "terminal",
            _("The terminal draws some signs otherwise than the console counts: {what}.").format(
                what=", ".join(wrong)
            ),
            _("Lines may be out of place: use another terminal or font, or set ascii = true in [desk]."),
        )
    else:
        yield ok("terminal", _("Accents, Chinese and emoji are as wide as the console counts."))


def measure(given: int, shown: int) -> list[int] | None:
    """Return how many cells the terminal takes for each sample; None where it does not answer.

    given, shown: the descriptors it is read from and written to.
    """
    found: list[int] = []
    with _raw(given):
        for text, _counted, _what in _SAMPLES:
            os.write(shown, f"{_CLEAR}{text}{_ASK}".encode())
            column = _answer(given)
            if column is None:
                break
            found.append(column - 1)
        os.write(shown, _CLEAR.encode())
    return found if len(found) == len(_SAMPLES) else None


def clipboard(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Guess whether the terminal takes what the console copies (OSC 52); no terminal tells it reliably."""
    if not sys.stdout.isatty():
        return
    program = environ.get("TERM_PROGRAM", "").lower()
    term = environ.get("TERM", "").lower()
    advice = _(
        "Select with the mouse (Shift held down) instead; the link of a conversation is shown in full."
    )
    if environ.get("TMUX"):
        yield _in_tmux(advice)
    elif term.startswith("screen") and not environ.get("TMUX"):
        yield warn("terminal", _("GNU screen does not pass on what is copied."), advice)
    elif program in _REFUSES_COPIES or environ.get("VTE_VERSION") or term == "linux":
        yield warn("terminal", _("This terminal does not take what is copied (OSC 52)."), advice)
    elif program in _TAKES_COPIES or environ.get("WT_SESSION") or _named(term):
        yield ok("terminal", _("Copying: this terminal takes it (OSC 52)."))
    else:
        yield ok("terminal", _("Copying: whether this terminal takes it (OSC 52) is not known."))


def _in_tmux(advice: str) -> Finding:
    setting = _tmux_setting()
    if setting in {"on", "external"}:
        return ok("terminal", _("Copying: tmux passes it on (set-clipboard {value}).").format(value=setting))
    if setting == "off":
        return warn(
            "terminal",
            _("tmux does not pass on what is copied (set-clipboard off)."),
            _("Put `set -g set-clipboard on` into ~/.tmux.conf, and run: tmux source ~/.tmux.conf"),
        )
    return warn("terminal", _("tmux did not say whether it passes on what is copied."), advice)


def _tmux_setting() -> str:
    try:
        asked = subprocess.run(
            ["tmux", "show-options", "-gsv", "set-clipboard"],  # noqa: S607 - the person's own tmux, by PATH
            capture_output=True,
            text=True,
            timeout=2,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stdout.strip()


def _named(term: str) -> bool:
    return any(name in term for name in ("kitty", "alacritty", "foot", "ghostty", "wezterm", "contour"))


@contextmanager
def _raw(given: int) -> Iterator[None]:
    """Let the terminal's answer come at once, and be shown to nobody."""
    import termios  # noqa: PLC0415 - not on every system
    import tty  # noqa: PLC0415 - the same

    before = termios.tcgetattr(given)
    try:
        tty.setcbreak(given)
        yield
    finally:
        termios.tcsetattr(given, termios.TCSAFLUSH, before)


def _answer(given: int) -> int | None:
    """Return the column the cursor is in, counted from 1; what a person typed meanwhile is lost."""
    said, until = b"", time.monotonic() + ANSWER_WITHIN
    while (left := until - time.monotonic()) > 0:
        ready, _, _ = select.select([given], [], [], left)
        if not ready:
            return None
        said += os.read(given, 64)
        if found := _CURSOR.search(said):
            return int(found[2])
    return None
