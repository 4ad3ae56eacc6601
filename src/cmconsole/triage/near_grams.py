"""A text as near-duplicate search sees it: its words alone, and the set of their runs of four letters."""

from __future__ import annotations

import re
import string
import unicodedata

from cmconsole.core.text import fold

READ_LIMIT = 1_000
"""Characters of a text that are compared: two texts that agree so far are one to whoever reads the lane."""

FEWEST_GRAMS = 12
"""A text of fewer different four-letter runs (“thank you”, “où est-il”) says too little to be compared."""

LONGEST_WORD = 30
"""A text without a blank is one word up to so many runs, and not compared; beyond, its script has none."""

FEWEST_WORDS = 4
"""A text that says too little to be compared is repeated only by the very same words, at least so many."""

_HANDLE = re.compile(r"@[\w.@-]+")
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_RETWEET = re.compile(r"\brt\s+(?=@)")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_FOREIGN_SIGNS = range(0x80, 0xA4)

# Signs are numbered by how rare their letter is in French and English, the rarest first: read as numbers,
# runs sort by their last letters, rare ones first. All signs are below 64, so that a run of four is below
# 2**30, which CPython compares and stores fastest.
_RAREST_FIRST = b"zqxjkvbpygfwmucdlrhsnioate " + bytes(_FOREIGN_SIGNS)
_BLANK = _RAREST_FIRST.index(b" ") + 1

_LETTERS = b"".join(
    bytes((code,)) if code in string.ascii_lowercase.encode() or code in _FOREIGN_SIGNS else b" "
    for code in range(256)
)
_SIGNS = bytes(_RAREST_FIRST.find(code) + 1 for code in range(256))


def _spelt(match: re.Match[str]) -> str:
    """Return letters of other scripts as one of 36 signs each, anything else as blanks; marks on letters go.

    An alphabet of up to 36 letters in a row keeps its letters apart; of larger scripts two runs of four are
    taken for each other once in 1.7 million.
    """
    return "".join(map(_sign, match.group()))


def _sign(letter: str) -> str:
    if letter.isalpha():
        return chr(_FOREIGN_SIGNS[ord(letter) % len(_FOREIGN_SIGNS)])
    return "" if unicodedata.category(letter).startswith("M") else " "


def signs(text: str) -> bytes:
    """Return the words of a text, one byte a letter, one blank between words; empty where there are none.

    Case and accents are folded; handles, links, retweet marks, numbers, punctuation and emoji are left out.
    """
    words = fold(text[:READ_LIMIT])
    if "@" in words:
        if "rt @" in words:
            words = _RETWEET.sub("", words)
        words = _HANDLE.sub(" ", words)
    if "://" in words or "www." in words:
        words = _LINK.sub(" ", words)
    if not words.isascii():
        words = _FOREIGN.sub(_spelt, words)
    letters = words.encode("latin-1").translate(_LETTERS)
    return b" ".join(letters.split())[:READ_LIMIT].translate(_SIGNS)


def grams(text: bytes) -> set[int]:
    """Return the different runs of four signs of `signs(…)`, each as a number.

    Runs at every fourth place are the text itself read as numbers of four bytes; four readings, each a place
    further on, find all of them without a loop.
    """
    size = len(text)
    if size < 4:  # noqa: PLR2004 - a run of four
        return set()
    readings = b"".join(
        (
            text[: size & ~3],
            text[1 : 1 + (size - 1 & ~3)],
            text[2 : 2 + (size - 2 & ~3)],
            text[3 : 3 + (size - 3 & ~3)],
        )
    )
    return set(memoryview(readings).cast("I").tolist())


def says_enough(text: bytes, runs: int) -> bool:
    """Return whether a text with so many different runs can be compared with others at all."""
    return runs >= FEWEST_GRAMS and (_BLANK in text or runs > LONGEST_WORD)


def words(text: bytes) -> int:
    """Return how many words `signs(…)` holds."""
    return text.count(_BLANK) + 1 if text else 0
