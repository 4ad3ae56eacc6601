"""What a program sent to a terminal, taken apart: which control sequences, in which forms, and what text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

_SEQUENCE = re.compile(
    r"\x1b(?:"
    r"\[(?P<csi>[0-?]*[ -/]*[@-~])"
    r"|\](?P<osc>[^\x07\x1b]*)(?:\x07|\x1b\\)"
    r"|(?P<string>[PX^_])[^\x1b]*\x1b\\"
    r"|(?P<plain>[ -/]*[0-~])"
    r")"
)
_NUMBERS = re.compile(r"\d+")
_NUMBERS_DO_NOT_MATTER = frozenset("mHABCDGJKd")
"""Colours, places and erasing: their numbers are free. Of every other form the numbers are part of it."""


@dataclass
class Capture:
    """forms: control sequences, how often each. controls: control characters outside them. text: the rest."""

    forms: Counter[str] = field(default_factory=Counter)
    controls: Counter[str] = field(default_factory=Counter)
    text: str = ""


def taken_apart(raw: bytes) -> Capture:
    """Take the bytes apart; raises UnicodeDecodeError where they are not UTF-8."""
    sent = raw.decode("utf-8")
    found = Capture()
    for match in _SEQUENCE.finditer(sent):
        found.forms[_form(match)] += 1
    found.text = _SEQUENCE.sub("", sent)
    found.controls.update(char for char in found.text if _steers(char))
    return found


def _form(match: re.Match[str]) -> str:
    if (csi := match["csi"]) is not None:
        free = csi[-1] in _NUMBERS_DO_NOT_MATTER and csi[0] not in "<=>?"
        return "CSI " + (csi[-1] if free else csi)
    if (osc := match["osc"]) is not None:
        return "OSC " + osc.partition(";")[0]
    return "ESC " + (match["string"] or match["plain"])


def _steers(char: str) -> bool:
    """Tell whether a character steers the terminal, or what is seen and in which order.

    C0, DEL, C1; separators; bidi marks, overrides and isolates; what has no width; tags.
    """
    code = ord(char)
    return code < 0x20 or 0x7F <= code < 0xA0 or 0xE0000 <= code <= 0xE0FFF or char in _UNSEEN


_UNSEEN = frozenset(
    "\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\ufeff\ufff9\ufffa\ufffb"
) | {chr(code) for code in range(0x2060, 0x2070)}
