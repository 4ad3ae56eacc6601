"""The words a rule asks for: how they are written, found in a text, and held by one another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from cmconsole.core.text import fold

_WORD: Final = re.compile(r"([^\W_]+)(\*?)")
_LETTER: Final = r"[^\W_]"
_GAP: Final = r"[\W_]+"


class Word(NamedTuple):
    """A folded word of a phrase; `open`: any ending may follow it."""

    text: str
    open: bool


class Phrase(NamedTuple):
    """A word, or words one after another; or, where it holds no letter, a sign such as an emoji."""

    words: tuple[Word, ...]
    sign: str = ""

    @property
    def stem(self) -> str:
        """What stands in every folded text that holds the phrase: its longest word, or the sign."""
        return max((word.text for word in self.words), key=len, default=self.sign)


def parsed(written: str) -> Phrase:
    """Return the phrase of a text as the settings hold it.

    Case, accents, and the signs and blanks around and between words do not count: `rappel produit` is found
    in “Rappel-Produit !”. `*` at the end of a word stands for any ending. Words are whole: `art` is not in
    “start”.
    """
    folded = fold(written)
    words = tuple(Word(text, bool(star)) for text, star in _WORD.findall(folded))
    return Phrase(words, "" if words else folded.replace("*", "").strip())


def finder(phrases: Iterable[Phrase]) -> re.Pattern[str]:
    """Return what finds any of the phrases in a folded text."""
    return re.compile("|".join(map(_pattern, phrases)))


def covers(wide: Phrase, narrow: Phrase) -> bool:
    """Say whether every text that holds `narrow` holds `wide` too, as “recalled products” holds `recall*`."""
    if wide.sign:
        return wide.sign in narrow.sign
    size = len(wide.words)
    return any(
        all(map(_word_covers, wide.words, narrow.words[at : at + size]))
        for at in range(len(narrow.words) - size + 1)
    )


def _word_covers(wide: Word, narrow: Word) -> bool:
    return narrow.text.startswith(wide.text) if wide.open else wide == narrow


def _pattern(phrase: Phrase) -> str:
    if phrase.sign:
        return re.escape(phrase.sign)
    inner = _GAP.join(re.escape(word.text) + (f"{_LETTER}*" if word.open else "") for word in phrase.words)
    return f"(?<!{_LETTER}){inner}(?!{_LETTER})"
