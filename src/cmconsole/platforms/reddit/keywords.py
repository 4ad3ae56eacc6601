"""Brand keywords: whether one of them stands in a text, whatever its case, accents and escapes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from cmconsole.core.text import fold

_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()<>#+\-.!|~^])")
_WITHOUT_BLANKS: Final = range(0x0E00, 0xAC00)
"""Scripts from Thai to Yi, Chinese and Japanese among them, put no blanks between words."""


class Keywords:
    """Finds words and names as wholes: `acme` in "l'ACMÉ," and "acme's", not in "pacmen".

    Several words must follow each other. None at all is found everywhere.
    """

    def __init__(self, words: Sequence[str]) -> None:
        folded = [" ".join(fold(word).split()) for word in words]
        self._pattern = re.compile("|".join(_whole(word) for word in folded if word))

    def found_in(self, text: str) -> bool:
        r"""Say whether one of the keywords stands in a Markdown text (`acme\_corp` is `acme_corp`)."""
        return self._pattern.search(fold(_ESCAPE.sub(r"\1", text))) is not None


def _whole(word: str) -> str:
    """Return the expression that finds a word as a whole, where its script has wholes."""
    before = r"(?<!\w)" if _has_edge(word[0]) else ""
    after = r"(?!\w)" if _has_edge(word[-1]) else ""
    return before + r"\s+".join(re.escape(part) for part in word.split(" ")) + after


def _has_edge(sign: str) -> bool:
    return ord(sign) not in _WITHOUT_BLANKS
