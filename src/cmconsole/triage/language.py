"""In which language a short text is written, French, English or another, from its words; tiny and pure.

Each of a dozen languages has a table of its commonest words, of endings and beginnings for the words that
are not in it, and of accented letters (data/languages.tsv). The weights of all that a text holds add up,
language by language, and the heaviest language wins if it outweighs the words that say nothing.

What a word says is one whole number with a lane of 32 bits for each language, so that one addition counts a
word for all of them:

    total = 0
    for word in words:
        total += marks(word)  # remember the marks of a word: they never change
    language = decide(total, len(words), text, hint)
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

FRENCH: Final = "fr"
ENGLISH: Final = "en"
OTHER: Final = "other"

_LANES: Final = (FRENCH, ENGLISH, "es", "de", "nl", "it", "pt", "ca", "pl", "sv", "tr", "id", OTHER)
"""The languages weighed, each in its lane; the last takes the scripts and hints of all others."""

_LANE_BITS: Final = 32
_SUMS: Final = struct.Struct(f"<{len(_LANES)}I")
LANES_END: Final = _LANE_BITS * len(_LANES)
"""Bits that sums of marks take; a caller may count things of its own above them."""

_ALL: Final = (1 << LANES_END) - 1
_UNIT: Final = 10
"""Weights are counted in tenths: a text of a million words stays within its lane."""

_ENDINGS: Final = (4, 3, 2, 1)
_BEGINNINGS: Final = (3, 2)
"""Lengths of the endings and beginnings in the table, the longest first."""

_SHORTEST: Final = 3
"""Letters from which an unlisted word is judged by its ends."""

_LAST_LATIN: Final = "\u02af"
"""The letter after which other scripts begin; folding leaves a few Latin ones beyond ASCII (ı, þ)."""

_SCRIPT: Final = 10
"""Tenths for each letter of a word in another script: some scripts write a whole sentence as one word."""

_SCRIPT_MOST: Final = 120
"""Most tenths of one such word, so that one of a thousand letters stays within its lane."""

_DOUBT: Final = 2
"""Tenths that each word, whatever it is, adds to "other": what holds few known words is in none of ours."""

_HOME: Final = 5
"""Tenths French and English may lie behind: a desk that works in them is written to in them more often."""

_LEAST: Final = 15
"""Tenths below which nothing was said about the language: one common word is enough, one ending is not."""

_HINT: Final = 25
"""Tenths a platform's own tag is worth: one common word. It is right nine times in ten, so it decides texts
that say little and is outvoted by a sentence."""

_LETTERS_READ: Final = 600
"""Characters searched for accented letters: every language that has them shows them sooner."""

_DATA: Final = Path(__file__).parent / "data" / "languages.tsv"

_ALIASES: Final = MappingProxyType({"nb": "sv", "nn": "sv", "no": "sv", "da": "sv", "in": "id", "ms": "id"})
"""Tags of languages that share the lane of a sister; `in` is the old tag of Indonesian, still met on X."""

_UNKNOWN: Final = frozenset({"und", "zxx", "mul", "mis", "art"})
"""Tags that name no language (ISO 639-2); the private ones, qaa to qtz, name none either."""

_PRIVATE = re.compile("q[a-t][a-z]")

_TAG_READ: Final = 16
"""Characters of a hint that are read: no language subtag is longer than eight."""

_ACCENTED = re.compile("[\u00a1-\u024f]")


class _Table(NamedTuple):
    words: Mapping[str, int]
    endings: Mapping[str, int]
    beginnings: Mapping[str, int]
    letters: Mapping[str, int]


@cache
def _table() -> _Table:
    """Return the table of data/languages.tsv, whose head says how it is written; read when first needed."""
    words: dict[str, int] = {}
    endings: dict[str, int] = {}
    beginnings: dict[str, int] = {}
    letters: dict[str, int] = {}
    data = _DATA.read_text(encoding="utf-8")
    for line in data.splitlines():
        if not line or line.startswith("#"):
            continue
        language, weight, entries = line.split("\t")
        mark = _mark(language, round(float(weight) * _UNIT))
        for entry in entries.split():
            if not entry.isascii():
                letters[entry] = letters.get(entry, 0) + mark
            elif entry.startswith("-"):
                endings[entry[1:]] = endings.get(entry[1:], 0) + mark
            elif entry.endswith("-"):
                beginnings[entry[:-1]] = beginnings.get(entry[:-1], 0) + mark
            else:
                words[entry] = words.get(entry, 0) + mark
    capitals = {letter.upper(): mark for letter, mark in letters.items()}
    return _Table(words, endings, beginnings, {**capitals, **letters})


def _mark(language: str, tenths: int) -> int:
    """Return `tenths` in the lane of `language`."""
    return tenths << _LANE_BITS * _LANES.index(language)


def marks(word: str) -> int:
    """Return what one folded word says about the language, 0 if nothing; to be added up and never changing.

    `word` is lower case and without accents; an elision keeps its apostrophe (`j'`), a contraction loses it
    (`dont`).
    """
    table = _table()
    known = table.words.get(word)
    if known is not None:
        return known
    if not word.isascii() and max(word) > _LAST_LATIN:
        return _mark(OTHER, min(_SCRIPT * len(word), _SCRIPT_MOST))
    length = len(word)
    if length < _SHORTEST:
        return 0
    found = 0
    for size in _ENDINGS:
        if size < length and word[-size:] in table.endings:
            found = table.endings[word[-size:]]
            break
    for size in _BEGINNINGS:
        if size < length and word[:size] in table.beginnings:
            return found + table.beginnings[word[:size]]
    return found


def decide(total: int, words: int, text: str, hint: str = "") -> str:
    """Return "fr", "en" or "other" for a text whose words' marks add up to `total`.

    `words` is their number and `text` what was written, accents and all. `hint` is the platform's own BCP 47
    tag or empty. A text that says too little, or as much for French as for English, is "other".
    """
    if not text.isascii():
        letters = _table().letters
        for letter in set(_ACCENTED.findall(text, 0, _LETTERS_READ)):
            total += letters.get(letter, 0)
    if hint:
        total += _prior(hint)
    french, english, foreign = _weighed(total)
    best = max(french, english)
    if best < _LEAST or french == english or best + _HOME <= foreign + _DOUBT * words:
        return OTHER
    return FRENCH if french > english else ENGLISH


def _weighed(total: int) -> tuple[int, int, int]:
    """Return the tenths for French, for English and for the heaviest of the other languages."""
    french, english, *others = _SUMS.unpack((total & _ALL).to_bytes(_SUMS.size, "little"))
    return french, english, max(others)


def _prior(hint: str) -> int:
    """Return what a platform's tag says: a common word of its language, nothing if it names none."""
    language = hint[:_TAG_READ].lower().replace("_", "-").partition("-")[0]
    if language in _UNKNOWN or _PRIVATE.fullmatch(language):
        return 0
    language = _ALIASES.get(language, language)
    return _mark(language if language in _LANES else OTHER, _HINT)


def is_open(total: int) -> bool:
    """Say whether the words speak for no other language than ours: few or shared words, but none foreign."""
    french, english, foreign = _weighed(total)
    return max(french, english) + _HOME >= foreign
