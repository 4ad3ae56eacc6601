"""How a text is cut into words: the same for posts and for the entries of the cue table."""

from __future__ import annotations

import re
from typing import Final

from cmconsole.core.text import fold

LINK: Final = "http"
HANDLE: Final = "@x"
NUMBER: Final = "0"
GAP: Final = "…"
"""In an entry: up to three words that may stand there."""

BREAKS: Final = frozenset(".,;:…!?()\n|")
"""What ends a clause: a negation does not reach beyond it, and no entry matches across it."""

_TOKEN: Final = re.compile(r"[@\w]+(?:'\w+)?|[^\s\w\"'#-]+|\n")
_LINK: Final = re.compile(r"(?:https?://|\bwww\.)\S+", re.IGNORECASE)
_ELISION: Final = re.compile(r"^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=\w)")
_SPELLED: Final = re.compile(r"(?<!\w)(?:[:;=]-?([DpPoO])|<3+)(?!\w)")
_SIGNS: Final = {"D": "😀", "p": "😛", "P": "😛", "o": "😮", "O": "😮", None: "❤"}
"""Emoticons with letters or figures in them, which would be taken for words."""

_REPEATED = re.compile(r"(.)\1{2,}")
_DIGITS = re.compile(r"\d+")


def cut(text: str) -> list[str]:
    """Return the words of a text, its handles, and its runs of signs; a link is the word `http`."""
    if "’" in text:
        text = text.replace("’", "'")
    if "://" in text or "www." in text:
        text = _LINK.sub(f" {LINK} ", text)
    if ":" in text or "<3" in text or "=" in text:
        text = _SPELLED.sub(_sign, text)
    return _TOKEN.findall(text)


def _sign(spelled: re.Match[str]) -> str:
    return _SIGNS[spelled.group(1)]


def norm(token: str) -> str:
    """Return a word as the table knows it.

    Folded; without its elision (`j'ai`: `ai`) and without apostrophes (`don't`: `dont`); any number is `0`.
    """
    word = _ELISION.sub("", fold(token), count=1).replace("'", "")
    if not word:
        return word
    if word[0].isdigit():
        return NUMBER if word.isdigit() else _DIGITS.sub(NUMBER, word)
    return word


def elided(token: str) -> str:
    """Return the elision a word begins with (`j'`), which only French has; or nothing."""
    found = _ELISION.match(fold(token))
    return found.group() if found else ""


def shortened(word: str) -> tuple[str, str] | None:
    """Return the two ways to read an elongated word (`sooo`: `soo`, `so`); None where nothing is long."""
    if not _REPEATED.search(word):
        return None
    return _REPEATED.sub(r"\1\1", word), _REPEATED.sub(r"\1", word)


def entry_words(entry: str) -> list[str]:
    """Return an entry of the table as its words: folded and cut as posts are; `*` and `…` are kept."""
    found: list[str] = []
    for part in entry.replace("’", "'").split():
        if part in {GAP, LINK, HANDLE}:
            found.append(part)
            continue
        words = [norm(token) for token in cut(part.removesuffix("*")) if token[0].isalnum()]
        if part.endswith("*") and words:
            words[-1] += "*"
        found += filter(None, words)
    return found
