"""Lines of (text, meaning) spans, measured and cut in terminal cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from rich.cells import cell_len

Span: TypeAlias = tuple[str, str]
"""Some text and what it means to the reader: a name of `tui.palette`, such as `quiet` or `overdue`."""

Line: TypeAlias = tuple[Span, ...]

CUT: Final = "…"
"""The sign that ends a text which was cut; one cell wide."""

_SELECTORS: Final = "\u200c\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\u20e3"
_UNSTEADY: Final = re.compile(f"[{_SELECTORS}]|[\U0001f1e6-\U0001f1ff]")
_REGIONAL_A: Final = 0x1F1E6


def cells(text: str) -> int:
    """Return how many terminal cells the text takes."""
    return len(text) if text.isascii() else cell_len(text)


def steady(text: str) -> str:
    """Return the text such that every terminal gives it the same width.

    Terminals disagree on joined emoji, skin tones, presentation selectors and flags (one to four cells
    each): the joiners go, so that the parts stand side by side, and a flag becomes its two letters.
    """
    if text.isascii() or not _UNSTEADY.search(text):
        return text
    return _UNSTEADY.sub(_plain, text)


def _plain(match: re.Match[str]) -> str:
    code = ord(match.group())
    return chr(ord("A") + code - _REGIONAL_A) if code >= _REGIONAL_A and code < _REGIONAL_A + 26 else ""


def clip(text: str, width: int) -> str:
    """Return at most `width` cells of the text, the last one the cut sign where something is missing."""
    if width <= 0:
        return ""
    # A character takes at most two cells, so that nothing beyond twice the width needs measuring.
    if len(text) <= width and cells(text) <= width:
        return text
    if text.isascii():
        return text[: width - 1].rstrip() + CUT
    return _head(text, width - 1).rstrip() + CUT


def _head(text: str, width: int) -> str:
    """Return the longest beginning of the text that fits."""
    if text[:width].isascii():
        return text[:width]
    taken = 0
    for index, char in enumerate(text):
        taken += 1 if char.isascii() else cell_len(char)
        if taken > width:
            return text[:index]
    return text


def left(text: str, width: int) -> str:
    """Return the text cut and filled to exactly `width` cells, flush left."""
    cut = clip(text, width)
    return cut + " " * (width - cells(cut))


def right(text: str, width: int) -> str:
    """Return the text cut and filled to exactly `width` cells, flush right."""
    cut = clip(text, width)
    return " " * (width - cells(cut)) + cut


def width_of(line: Iterable[Span]) -> int:
    """Return how many cells a line takes."""
    return sum(cells(text) for text, _meaning in line)


def fitted(line: Iterable[Span], width: int, filler: str = "text") -> Line:
    """Return the line cut and filled to exactly `width` cells; `filler`: what the blank at its end means."""
    spans: list[Span] = []
    room = width
    for text, meaning in line:
        size = cells(text)
        if size > room:
            cut = clip(text, room) if text.strip() else text[:room]
            spans.append((cut, meaning))
            room -= cells(cut)
            break
        spans.append((text, meaning))
        room -= size
    if room > 0:
        spans.append((" " * room, filler))
    return tuple(spans)


def wrapped(text: str, width: int) -> Iterator[str]:
    """Yield the text's lines broken at blanks to at most `width` cells; a longer word is broken anywhere."""
    for paragraph in text.split("\n"):
        yield from _wrapped(paragraph, max(width, 2))


def _wrapped(paragraph: str, width: int) -> Iterator[str]:
    line, size = "", 0
    for word in paragraph.split(" "):
        length = cells(word)
        if line and size + 1 + length <= width:
            line, size = f"{line} {word}", size + 1 + length
            continue
        if line:
            yield line
        while length > width:
            head = _head(word, width)
            yield head
            word = word[len(head) :]  # noqa: PLW2901 - what is left of it
            length = cells(word)
        line, size = word, length
    yield line
