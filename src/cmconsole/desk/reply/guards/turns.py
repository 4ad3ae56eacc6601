"""Turns of phrase as the lists beside this file hold them, and what finds them in a text.

A turn is words as one says them. `*` ends a word of any ending, `…` stands for up to three words, `(a|b)` for
one of several, `(a|)` for a word that may be missing; `^` before a turn wants it to begin a sentence, `$`
after it to end one. Case, accents and apostrophes do not count, and no turn goes beyond a sentence's end.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cmconsole.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cmconsole.desk.reply.guards.quoting import Folded

_FOLDER: Final = Path(__file__).parent
_BETWEEN: Final = r"(?:[^\w.!?;:…\n]|(?<=\w)\.(?=\w))*+"
_GAP: Final = rf"(?:\w++{_BETWEEN}){{0,3}}"
_GREETING: Final = (
    r"(?:bonjour|bonsoir|hello|hi|hey|salut|merci|thanks|sorry|desole[es]*|oh|ah|eh bien|well|so|ok|okay"
    r"|alors|bon|dear|cher|chere)"
)
_BEGINNING: Final = rf"(?:\A|[.!?…;:\n)])\W*(?:{_GREETING}\b[^.!?;:,\n]{{0,30}},\W*)?"
"""Where a sentence begins; "Bonjour Ada," before it does not count."""

_END: Final = r"(?=\s*(?:[^\w\s,;:'\"()«»“”-]|\n|\Z))"
_HANDLES: Final = re.compile(r"\A(?:\s*@[\w.@-]+)+")
_PIECE: Final = re.compile(r"\(|\)|\||…|\^|\$|\?|!|\w+\*?|\*|'")
_GLUE: Final = frozenset("(|)'$?!")
"""Pieces beside which nothing is said of blanks: alternatives, elisions, ends."""


class Turns:
    """Finds any of some turns of phrase."""

    def __init__(self, turns: Iterable[str]) -> None:
        anywhere: list[str] = []
        beginning: list[str] = []
        for turn in turns:
            (beginning if turn.startswith("^") else anywhere).append(_pattern(turn.removeprefix("^")))
        self._patterns = [
            re.compile(rf"{before}(?P<said>{'|'.join(found)})")
            for before, found in ((r"(?<!\w)", anywhere), (_BEGINNING, beginning))
            if found
        ]

    def find(self, said: Folded) -> str:
        """Return the first turn found, as it was written; empty: there is none."""
        text = said.text
        if handles := _HANDLES.match(text):
            text = " " * handles.end() + text[handles.end() :]
        matches = [match for pattern in self._patterns if (match := pattern.search(text))]
        if not matches:
            return ""
        first = min(matches, key=lambda match: match.start("said"))
        return said.original(*first.span("said")).strip()

    def without(self, said: Folded) -> str:
        """Return the text as it was written without any of the turns, wherever they stand."""
        text, end = "", 0
        for match in self._patterns[0].finditer(said.text):
            start, stop = match.span("said")
            text += said.original(end, start) + " "
            end = stop
        return text + said.original(end, len(said.text))


@cache
def listed(name: str, group: str) -> Turns:
    """Return what finds the turns of one group of a list, in French and English."""
    told = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return Turns(turn for turns in told[group].values() for turn in turns)


def _pattern(turn: str) -> str:
    """Return one turn as a regular expression for folded text."""
    pieces = _PIECE.findall(fold(turn).replace("...", "…"))
    written: list[str] = []
    for place, piece in enumerate(pieces):
        before = pieces[place - 1] if place else ""
        after = pieces[place + 1] if place + 1 < len(pieces) else ""
        written.append(_written(piece, before, after))
        if (piece == ")" or piece not in _GLUE) and after and (after == "(" or after not in _GLUE):
            written.append(_BETWEEN)
    return "".join(written)


_SIGNS: Final = {
    "(": "(?:", ")": ")", "|": "|", "…": _GAP, "'": r"['\s]?", "?": r"\s*\?", "!": r"\s*!",
    "$": _END, "*": r"\w++", "^": r"(?:\A|(?<=[.!?…;:\n)])\W*)",
}  # fmt: skip


def _written(piece: str, before: str, after: str) -> str:
    """Return one piece as a regular expression; before, after: its neighbours, empty at the ends."""
    if piece in _SIGNS:
        return _SIGNS[piece]
    begins = "" if before == "'" else r"(?<!\w)"
    if piece.endswith("*"):
        return rf"{begins}{re.escape(piece[:-1])}\w*+"
    return f"{begins}{re.escape(piece)}" + ("" if after == "'" else r"(?!\w)")
