"""What changed from one text to another, word by word, in signs as well as in colours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cmconsole.tui.present.line import cells, steady

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cmconsole.tui.present.line import Line, Span

_PIECES: Final = re.compile(r"\n|[^\S\n]+|\S+")
_WORDS: Final = re.compile(r"\n|\S+")
_MOST: Final = 4_000
"""Words compared at most: beyond, a comparison is felt, and both texts are shown one after the other."""


def difference(old: str, new: str) -> list[Span]:
    """Return the new text with what is gone from the old one: `[-gone-]`, `{+come+}`, the rest as it was.

    Blanks are not compared: between words there is one.
    """
    import difflib  # noqa: PLC0415 - only where a text was changed

    before, after = _WORDS.findall(steady(old)), _WORDS.findall(steady(new))
    if len(before) + len(after) > _MOST:
        return [*_gone(before), *_come(after)]
    spans: list[Span] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for what, begin, end, start, stop in matcher.get_opcodes():
        if what == "equal":
            spans += [(f"{_joined(after[start:stop])} ", "text")]
        else:
            spans += [*_gone(before[begin:end]), *_come(after[start:stop])]
    return spans


def _gone(words: list[str]) -> list[Span]:
    said = _joined(words).strip()
    return [(f"[-{said}-]", "overdue"), (" ", "text")] if said else []


def _come(words: list[str]) -> list[Span]:
    said = _joined(words).strip()
    if not said:
        return [("\n" * len(words), "text")] if words else []
    return [(f"{{+{said}+}}", "success"), (" ", "text")]


def _joined(words: list[str]) -> str:
    return " ".join(words).replace(" \n ", "\n").replace("\n ", "\n").replace(" \n", "\n")


def flowed(spans: Iterable[Span], width: int) -> list[Line]:
    """Return spans as lines of at most `width` cells, broken at blanks; a longer word is broken anywhere."""
    lines: list[Line] = []
    line: list[Span] = []
    room = width
    for piece, meaning in _pieces(spans):
        if piece == "\n":
            lines.append(tuple(line))
            line, room = [], width
            continue
        text = piece
        if cells(text) > room and line:
            lines.append(tuple(line))
            line, room = [], width
        while cells(text) > width:
            lines.append(((text[: width // 2], meaning),))
            text = text[width // 2 :]
        if line or text.strip():
            line.append((text, meaning))
            room -= cells(text)
    lines.append(tuple(line))
    return lines


def _pieces(spans: Iterable[Span]) -> Iterator[Span]:
    for text, meaning in spans:
        for piece in _PIECES.findall(text):
            yield piece, meaning
