"""Where a long reply may be cut: between paragraphs, else lines, sentences, words, at worst characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Final

from cmconsole.core.autolinks import MASTODON, Place, X, places
from cmconsole.core.graphemes import clusters

_BLANK: Final = re.compile(r"\s+")
_UNBROKEN: Final = frozenset("\u00a0\u2007\u202f")
_PARAGRAPH: Final = re.compile(r"\n\s*\n")
_SENTENCE: Final = re.compile(r"(?:[!?…]|(?<!\b\w)\.)[\"'’”)\]]*(?:[\u00a0\u202f ]?»)?\Z")
_FULL_STOP: Final = re.compile(r"[。！？]+[」』）]*")
"""A sentence's end where no blank follows."""

_SENTENCE_REACH: Final = 16
"""How far back the end of a sentence is looked for."""

_ADDRESS: Final = re.compile(r"https?://[^\s<>\"«»“”]+", re.IGNORECASE)
_MENTION: Final = re.compile(r"(?<!\w)@\w[\w.-]*(?:@\w[\w.-]*)?")
_CLINGING: Final = frozenset("!?:;»%…")
"""Signs that French writes after a blank, but never at the beginning of a line."""


class Break(IntEnum):
    """How good a place is; a bad one has a blank where French allows no new line."""

    BAD = 0
    WORD = 1
    SENTENCE = 2
    LINE = 3
    PARAGRAPH = 4


class Cuts:
    """A text and the places where it may be cut: never in what its platform takes for address or mention."""

    def __init__(self, text: str, platform: str) -> None:
        self.text = text
        self._platform = platform
        found = dict(_breaks(text))
        self._places = [*sorted(found), len(text)]
        self._kinds = [found.get(place, Break.PARAGRAPH) for place in self._places]
        self._inner: dict[int, list[int]] = {}

    def words(self, start: int, end: int | None = None) -> str:
        """Return what stands between two places, its ends tidy."""
        return self.text[start:end].strip()

    def furthest(self, start: int, fits: Callable[[str], bool], *, is_whole: bool) -> int:
        """Return up to where a part goes that begins at a place: as far as it fits, to the best place near.

        At least one address, mention or character goes along, whether it fits or not. is_whole: it may be
        all that is left; else something stays, unless nothing can.
        """
        first = bisect_right(self._places, start)
        last = len(self._places) if is_whole else len(self._places) - 1
        reach = self._reach(self._places[first:last], start, fits)
        if reach < 0:
            inner = self._inside(self._places[first])
            ends = inner[bisect_right(inner, start) :]
            if not is_whole and first == len(self._places) - 1:
                ends = ends[:-1]
            reach = max(0, self._reach(ends, start, fits))
            return ends[reach] if ends else self._places[first]
        if self._places[first + reach] == len(self.text):
            return len(self.text)
        return self._best(first, first + reach, start)

    def _best(self, first: int, last: int, start: int) -> int:
        """Return the last place of the best kind in the second half of what fits."""
        half = (start + self._places[last]) // 2
        near = [at for at in range(first, last + 1) if self._places[at] > half] or [last]
        return self._places[max(near, key=lambda at: (self._kinds[at], at))]

    def _reach(self, ends: Sequence[int], start: int, fits: Callable[[str], bool]) -> int:
        """Return the number of the last end up to which a part fits, -1 where none does."""
        low, step = -1, 1
        while low + step < len(ends) and fits(self.words(start, ends[low + step])):
            low, step = low + step, 2 * step
        high = min(low + step, len(ends))
        while high - low > 1:
            middle = (low + high) // 2
            if fits(self.words(start, ends[middle])):
                low = middle
            else:
                high = middle
        return low

    def _inside(self, end: int) -> list[int]:
        """Return where the word may be cut that ends at a place, its end included."""
        if end not in self._inner:
            at = bisect_right(self._places, end - 1)
            start = self._places[at - 1] if at else 0
            self._inner[end] = [start + cut for cut in _cuts(self.text[start:end], self._platform)]
        return self._inner[end]


def _breaks(text: str) -> list[tuple[int, Break]]:
    """Return the places between words and how good each is; the later of two for one place counts."""
    found = [(stop.end(), Break.SENTENCE) for stop in _FULL_STOP.finditer(text) if stop.end() < len(text)]
    for blank in _BLANK.finditer(text):
        start, end = blank.span()
        if end < len(text) and not _UNBROKEN.issuperset(blank.group()):
            found.append((end, _kind(text, start, end)))
    return found


def _kind(text: str, start: int, end: int) -> Break:
    """Return how good it is to cut at a blank."""
    if "\n" in text[start:end]:
        return Break.PARAGRAPH if _PARAGRAPH.search(text, start, end) else Break.LINE
    if text[end] in _CLINGING or text[start - 1] == "«":
        return Break.BAD
    is_end = _SENTENCE.search(text, max(0, start - _SENTENCE_REACH), start)
    return Break.SENTENCE if is_end else Break.WORD


def _cuts(word: str, platform: str) -> list[int]:
    """Return where a word may be cut: between characters as people see them, but in no address or mention."""
    whole = _addresses(word, platform) + [found.span() for found in _MENTION.finditer(word)]
    within = {at for start, end in whole for at in range(start + 1, end)}
    cuts, at = [], 0
    for cluster in clusters(word):
        at += len(cluster)
        if at not in within:
            cuts.append(at)
    return cuts


def _addresses(word: str, platform: str) -> list[Place]:
    """Return where a platform sees addresses in a word."""
    match platform:
        case "x":
            return places(word, X)
        case "mastodon":
            return places(word, MASTODON)
        case _:
            return [found.span() for found in _ADDRESS.finditer(word)]
