"""The same screen for terminals without Unicode: every sign of ours has an ASCII one of the same width."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from rich.cells import cell_len

SIGNS: Final = {
    "▌": ">", "✓": "v", "×": "x", "≈": "~", "…": "~", "−": "-", "–": "-", "—": "-", "·": ".", "•":
    "*", "●": "*",
    "▪": "*", "→": ">", "←": "<", "↑": "^", "↓": "v", "─": "-", "━": "=", "│": "|", "┃": "|", "▓":
    "#", "░": ".",
    "▁": "_", "▂": ".", "▃": ":", "▄": "-", "▅": "=", "▆": "+", "▇": "*", "█": "#", "▊": "|", "▎":
    "|", "▏": "|",
    "▕": "|", "▔": "-", "▐": "|", "▀": "-", "≥": ">", "≤": "<", "“": '"', "”": '"', "«": '"', "»":
    '"', "‘": "'",
    "’": "'", "‹": "<", "›": ">", "␛": "^", "\u00a0": " ", "\u202f": " ", "œ": "o", "Œ": "O", "æ":
    "a", "Æ": "A",
    "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+", "┬": "+", "┴": "+", "┼": "+", "╭":
    "+", "╮": "+",
    "╰": "+", "╯": "+", "▲": "^", "▼": "v", "◆": "*", "▸": ">", "▾": "v", "▶": ">", "✕": "x", "✔":
    "v", "☐": "o", "⊘": "/",
}  # fmt: skip
"""Every sign the console draws by itself, and what stands for it; both are one cell wide (a test
checks it)."""

_FOREIGN: Final = re.compile(r"[^\x00-\x7f]")


def to_ascii(text: str) -> str:
    """Return the text in ASCII with the same width in cells: accents go, what has no letter becomes `?`."""
    return text if text.isascii() else _FOREIGN.sub(lambda match: _letter(match.group()), text)


@lru_cache(maxsize=4096)
def _letter(char: str) -> str:
    if char in SIGNS:
        return SIGNS[char]
    width = cell_len(char)
    base = unicodedata.normalize("NFKD", char)[:1]
    return base if base.isascii() and base.isprintable() and width == 1 else "?" * width
