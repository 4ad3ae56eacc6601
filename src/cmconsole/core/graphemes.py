"""Characters as people see them (grapheme clusters): how many there are, and where a text may be cut."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

_JOINER: Final = "\u200d"
_NON_JOINER: Final = "\u200c"
_LINKERS: Final = frozenset("\u094d\u09cd\u0acd\u0b4d\u0c4d\u0d4d")
"""Viramas that join two consonants into one sign (Indic_Conjunct_Break=Linker)."""

PICTURES: Final = (
    "00a9 00ae 203c 2049 2122 2139 2194-2199 21a9-21aa 231a-231b 2328 2388 23cf 23e9-23f3 23f8-23fa"
    " 24c2 25aa-25ab 25b6 25c0 25fb-25fe 2600-2605 2607-2612 2614-2685 2690-2705 2708-2712 2714 2716"
    " 271d 2721 2728 2733-2734 2744 2747 274c 274e 2753-2755 2757 2763-2767 2795-2797 27a1 27b0 27bf"
    " 2934-2935 2b05-2b07 2b1b-2b1c 2b50 2b55 3030 303d 3297 3299 1f000-1f0ff 1f10d-1f10f 1f12f"
    " 1f16c-1f171 1f17e-1f17f 1f18e 1f191-1f19a 1f1ad-1f1e5 1f201-1f20f 1f21a 1f22f 1f232-1f23a"
    " 1f23c-1f23f 1f249-1f3fa 1f400-1f53d 1f546-1f64f 1f680-1f6ff 1f774-1f77f 1f7d5-1f7ff 1f80c-1f80f"
    " 1f848-1f84f 1f85a-1f85f 1f888-1f88f 1f8ae-1f8ff 1f90c-1f93a 1f93c-1f945 1f947-1faff 1fc00-1fffd"
)
"""Extended_Pictographic: https://www.unicode.org/Public/UCD/latest/ucd/emoji/emoji-data.txt"""

_SPANS: Final = [
    (int(first, 16), int(last or first, 16))
    for first, _, last in (span.partition("-") for span in PICTURES.split())
]
_STARTS: Final = [first for first, _ in _SPANS]
_TOGETHER: Final = re.compile(r"\r\n|[^\x00-\xa8\xaa-\xad\xaf-\u02ff]+")
"""Where characters may belong together: below U+0300 only © and ® and the end of a line."""


def graphemes(text: str) -> int:
    """Return how many extended grapheme clusters a text has (Unicode Standard Annex 29).

    What Bluesky and Mastodon count; where a rare script differs, the platform refuses it in its own words.
    """
    if text.isascii():
        return len(text) - text.count("\r\n")
    return len(text) - sum(1 for _ in _joints(text))


def clusters(text: str) -> list[str]:
    """Return the grapheme clusters of a text: cut between them, it loses no sign."""
    joined = set(_joints(text))
    starts = [at for at in range(len(text)) if at not in joined]
    return [text[start:end] for start, end in pairwise([*starts, len(text)])]


def _joints(text: str) -> Iterator[int]:
    """Yield the place of each character that belongs to the one before it."""
    for found in _TOGETHER.finditer(text):
        if found.group() == "\r\n":
            yield found.start() + 1
        else:
            yield from _joined(text, *found.span())


def _joined(text: str, start: int, end: int) -> Iterator[int]:
    """Yield the places in a stretch whose characters belong to the one before."""
    before = text[start - 1] if start else ""
    flags, picture, conjunct = 0, bool(before) and _is_picture(before), False
    for at in range(start, end):
        sign = text[at]
        extends = _extends(sign)
        flag = "\U0001f1e6" <= sign <= "\U0001f1ff"
        if (
            extends
            or (before == _JOINER and picture and _is_picture(sign))
            or (flag and flags % 2 == 1)
            or (conjunct and _is_consonant(sign))
            or _hangul(before, sign)
        ) and not _ends_all(before):
            yield at
        flags = flags + 1 if flag else 0
        if not extends:
            picture, conjunct = _is_picture(sign), False
        elif sign in _LINKERS:
            conjunct = True
        elif unicodedata.category(sign) == "Mc":
            picture = conjunct = False
        elif sign == _JOINER == before:
            picture = False
        elif sign == _NON_JOINER:
            conjunct = False
        before = sign


def _ends_all(before: str) -> bool:
    """Say whether nothing belongs to a character: a control, or none."""
    return not before or (unicodedata.category(before) in {"Cc", "Cf", "Zl", "Zp"} and not _extends(before))


def _is_consonant(sign: str) -> bool:
    """Say whether a letter may be one of those that the scripts of India join to one sign."""
    return "\u0900" <= sign <= "\u0d7f" and unicodedata.category(sign) == "Lo"


def _extends(sign: str) -> bool:
    """Say whether a character belongs to the one before it, whatever that is."""
    if sign.isascii():
        return False
    return (
        unicodedata.category(sign) in {"Mn", "Me", "Mc"}
        or sign in "\u200c\u200d\uff9e\uff9f"
        or "\U0001f3fb" <= sign <= "\U0001f3ff"
        or "\U000e0020" <= sign <= "\U000e007f"
    )


def _is_picture(sign: str) -> bool:
    code = ord(sign)
    if code < _STARTS[0]:
        return False
    return code <= _SPANS[bisect_right(_STARTS, code) - 1][1]


def _hangul(before: str, sign: str) -> bool:
    """Say whether two Korean letters make one syllable (rules GB6 to GB8)."""
    if not ("\u1100" <= before <= "\u11ff" or "\uac00" <= before <= "\ud7fb"):
        return False
    vowel, final = "\u1160" <= sign <= "\u11a7", "\u11a8" <= sign <= "\u11ff"
    if "\u1100" <= before <= "\u115f":
        return "\u1100" <= sign <= "\u115f" or vowel or "\uac00" <= sign <= "\ud7a3"
    open_syllable = "\uac00" <= before <= "\ud7a3" and (ord(before) - 0xAC00) % 28 == 0
    if open_syllable or "\u1160" <= before <= "\u11a7":
        return vowel or final
    return final
