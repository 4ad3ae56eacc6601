"""What is pasted told apart from what is typed, so that no paste can press a key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from cmconsole.core.text import visible

START: Final = "\x1b[200~"
END: Final = "\x1b[201~"

QUIET: Final = 0.02
"""Seconds of silence after which a paste is over, or a lone Escape was really pressed.

A terminal sends a paste, with what was smuggled behind an END marker in it, in one go; a hand needs longer.
"""

LOST: Final = 2.0
"""Seconds of silence that end a paste whose END never came: the keyboard must not stay deaf."""

BURST: Final = 16
"""So many characters in one read, a line break among them, were pasted without bracketed paste."""

PASTE_LIMIT: Final = 100_000
"""Most characters taken from one paste; five times what is kept of the longest post."""

_REPORT = re.compile("\x1b\\[(?:<[0-9;-]+[Mm]|[IO]|\\?[0-9;]+\\$y|[0-9;:]+t)")
"""What a terminal says by itself and may say right behind a paste: mouse, focus, modes, size. Never a key."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Characters as the terminal sent them, key sequences and reports among them."""

    data: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """A pasted text, made safe and visible."""

    text: str


class PasteSplitter:
    """Splits what the terminal sends into typed and pasted parts.

    Textual's own parser turns an ESC or an END marker inside a paste back into keys, and the line break after
    it into Enter. Here a paste lasts until the terminal falls silent after an END marker, and holds no keys.
    """

    def __init__(self) -> None:
        self._held = ""
        self._paste: list[str] | None = None
        self._tail = ""
        self._size = 0

    @property
    def patience(self) -> float | None:
        """Seconds to wait for more before calling `silence`; None while nothing is held back."""
        if self._paste is not None:
            return QUIET if END in self._tail else LOST
        return QUIET if self._held else None

    def feed(self, data: str) -> list[Typed | Pasted]:
        """Take what arrived and return what is certain by now."""
        if self._paste is not None:
            self._keep(self._paste, data)
            return []
        data = self._held + data
        self._held = ""
        before, found, after = data.partition(START)
        if found:
            self._paste = []
            self._keep(self._paste, after)
            return self._typed(before)
        self._held = _marker_begun(before)
        return self._typed(before.removesuffix(self._held))

    def silence(self) -> list[Typed | Pasted]:
        """Return what was held back, now that nothing came for `patience` seconds."""
        if self._paste is None:
            held, self._held = self._held, ""
            return [Typed(held)] if held else []
        text, _end, behind = "".join(self._paste).rpartition(END)
        if not _end:
            text, behind = behind, ""
        self._paste, self._tail, self._size = None, "", 0
        reports = "".join(match.group() for match in _REPORT.finditer(behind))
        text += _REPORT.sub("", behind)
        found: list[Typed | Pasted] = [_pasted(text)]
        if reports:
            found.append(Typed(reports))
        return found

    def _keep(self, paste: list[str], data: str) -> None:
        """Add to the paste; beyond the limit only the end is kept, for the END marker is there."""
        self._tail = (self._tail[-len(END) :] if END not in self._tail else END) + data
        self._size += len(data)
        if self._size <= PASTE_LIMIT:
            paste.append(data)
        elif END in self._tail:
            paste.append(END)

    @staticmethod
    def _typed(data: str) -> list[Typed | Pasted]:
        if not data:
            return []
        if len(data) >= BURST and "\x1b" not in data and ("\r" in data or "\n" in data):
            return [_pasted(data)]
        return [Typed(data)]


def _marker_begun(data: str) -> str:
    """Return the end of `data` that may be the beginning of a START marker."""
    return next((START[:size] for size in range(len(START) - 1, 0, -1) if data.endswith(START[:size])), "")


def _pasted(text: str) -> Pasted:
    return Pasted(visible(text.replace(START, "").replace(END, "").replace("\0", ""))[:PASTE_LIMIT])
