"""Reads texts: cuts them into tokens, finds their language, and has their cues matched."""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import attrgetter
from typing import Final

from cmconsole.triage import language as tongue
from cmconsole.triage.matching import CLAUSE_END, UNMET, Reading, Row, Token, Word, gather
from cmconsole.triage.table import Cue, Entry, Layer, Line, Node, Tree, shipped, trees, weight
from cmconsole.triage.words import BREAKS, HANDLE, LINK, cut, elided, norm, shortened

READ_LIMIT: Final = 2_000
"""Characters of a text that are read: a cue further down does not change what a person sees first."""

_REMEMBERED: Final = 60_000
"""Most different tokens remembered; when there are more, remembering begins anew."""

_OPENERS: Final = frozenset({
    "am", "any", "anybody", "anyone", "are", "can", "could", "did", "do", "does", "has", "have", "how", "is",
    "should", "what", "when", "where", "which", "who", "will", "would",
    "combien", "comment", "est", "ou", "peut", "pourquoi", "pouvez", "puis", "quand", "quel", "quelle",
    "quelles", "quels", "qui", "quid", "savez",
})  # fmt: skip
"""Words that questions begin with."""

_GREETINGS: Final = frozenset(
    {HANDLE, "hi", "hello", "hey", "bonjour", "bonsoir", "salut", "slt", "bjr", "coucou"}
)
_QUOTATION: Final = re.compile(r"(?:\s|@\S+|RT\b|[:-])*+(?:«[^«»]{20,}»|“[^“”]{20,}”|\"[^\"]{20,}\")")
"""A quotation of a sentence's length at the beginning, after handles."""

_BLANK: Final = " \n.,;:!?…-"
_OPENING: Final = 6
"""Tokens in which a question may begin."""

_SHORTEST_STEM: Final = 3
_EN, _FR, _BOTH, _SIGNS = range(4)
_PLACE: Final = {"en": _EN, "fr": _FR}


_COUNT_BITS: Final = 16
_MOST_COUNTED: Final = (1 << _COUNT_BITS) - 1
_SPOKEN, _LINK, _HANDLE = (1 << tongue.LANES_END + _COUNT_BITS * place for place in range(3))
"""Counted above the marks of language, so that one sum over the tokens gives all: READ_LIMIT bounds them."""

_ATTRIBUTES: Final = ("en", "fr", "both", "signs")
_ROW: Final = tuple(map(attrgetter, _ATTRIBUTES))
_MARKS: Final = attrgetter("marks")


class Reader:
    """Reads texts by the shipped table and a brand's own lines."""

    def __init__(self, own: Iterable[Line] = ()) -> None:
        lines, signs = shipped()
        self._lines = (*lines, *own)
        self._sign_nodes = {sign: _sign(sign, cues) for sign, cues in signs.items()}
        self._trees: list[dict[Layer, Tree] | None] = [None, None, None]
        self._met: dict[str, Token] = {}

    def read(self, text: str, hint: str = "") -> Reading:
        """Return what a cleaned text says; hint: the platform's BCP 47 tag for it, or empty.

        Where it begins with a quotation and goes on, only what it goes on with is its author's word; danger,
        law and abuse are looked for in all of it.
        """
        text = text[:READ_LIMIT]
        whole = self._read(text, hint)
        after = _QUOTATION.match(text)
        if after is None or not text[after.end() :].strip(_BLANK):
            return whole
        own = self._read(text[after.end() :], hint)
        own.quoting(whole)
        return own

    def _read(self, text: str, hint: str) -> Reading:
        met = self._met.get
        meet = self._meet
        words = cut(text)
        tokens = [met(word) or meet(word) for word in words]
        total = sum(map(_MARKS, tokens))
        counts = total >> tongue.LANES_END
        language = tongue.decide(total, counts & _MOST_COUNTED, text, hint)
        place = _PLACE.get(language)
        if place is None:
            place = _BOTH if tongue.is_open(total) else _SIGNS
        counts >>= _COUNT_BITS
        reading = Reading(language, tokens, counts & _MOST_COUNTED, counts >> _COUNT_BITS)
        reading.asks = "?" in text
        reading.opens = _opens(tokens)
        row = list(map(_ROW[place], tokens))
        if UNMET in row:
            row = self._look_up(tokens, place)
        gather(reading, row, words, shouted=text.isupper())
        return reading

    def _meet(self, raw: str) -> Token:
        """Return a token that was not met yet. Handles and numbers, of which each is another, are all one."""
        if len(self._met) >= _REMEMBERED:
            self._met.clear()
        if raw[0] == "@" and len(raw) > 1:
            return self._known(HANDLE, _HANDLE)
        if raw[0].isdigit():
            return self._known(norm(raw), 0)
        if not (raw[0].isalnum() or raw[0] == "_"):
            token = self._met[raw] = Token(self._sign(raw))
            return token
        if raw == LINK:
            return self._known(LINK, _LINK)
        token = self._met[raw] = self._token(norm(raw))
        if token.norm[:1].isalpha():
            token.marks = _SPOKEN + tongue.marks(token.norm)
            if elision := elided(raw):
                token.marks += tongue.marks(elision)
        token.loud = raw.isupper() and len(raw) > 2  # noqa: PLR2004 - "I", "A", "OK" are no shouts
        return token

    def _known(self, text: str, counted: int) -> Token:
        """Return the one token of all that read as `text`."""
        token = self._met.get(text)
        if token is None:
            token = self._met[text] = self._token(text)
            token.marks = counted
        return token

    @staticmethod
    def _token(text: str) -> Token:
        token = Token(UNMET)
        token.signs, token.norm = None, text
        return token

    def _sign(self, run: str) -> Word | None:
        """Return what a run of signs speaks for: the first sign known in it, or the end of a clause."""
        run = run.replace("\ufe0f", "")
        for sign in (run, *run):
            if sign in self._sign_nodes:
                return self._sign_nodes[sign]
        return None if BREAKS.isdisjoint(run) else CLAUSE_END

    def _look_up(self, tokens: list[Token], place: int) -> Row:
        """Return the tokens as one language knows them, those looked up that no such text has held before."""
        language = _ATTRIBUTES[place]
        for token in tokens:
            if getattr(token, language) is UNMET:
                setattr(token, language, self._word(token, place))
        return list(map(_ROW[place], tokens))

    def _word(self, token: Token, place: int) -> Word | None:
        word, loud = self._as_written(token.norm, place), token.loud
        if word is None and (shorter := shortened(token.norm)):
            word = self._as_written(shorter[0], place) or self._as_written(shorter[1], place)
            loud = True
        if word is not None:
            word.loud = loud
        return word

    def _as_written(self, text: str, place: int) -> Word | None:
        found = self._trees[place]
        if found is None:
            found = self._trees[place] = trees(self._lines, ("en", "fr", "")[place])
        starts: list[tuple[int, Node]] = []
        forms: list[str] = []
        for layer, tree in found.items():
            stems = [text[:length] for length in range(len(text), _SHORTEST_STEM - 1, -1)]
            written = [text] if text in tree.words else []
            written += [f"{stem}*" for stem in stems if stem in tree.stems]
            forms += written
            starts += [(layer, tree.root[form]) for form in written if form in tree.root]
        if not forms:
            return None
        return Word(text, tuple(dict.fromkeys(forms)), tuple(starts))


def _opens(tokens: list[Token]) -> bool:
    """Say whether the first word, after a greeting and handles, is one that questions begin with."""
    for token in tokens[:_OPENING]:
        if token.norm in _OPENERS:
            return True
        if token.norm and token.norm not in _GREETINGS:
            return False
    return False


def _sign(sign: str, cues: Iterable[tuple[Cue, int]]) -> Word:
    node = Node()
    node.entry = Entry(sign)
    for cue, strength in cues:
        node.entry.speak_for(cue, weight(strength))
    return Word(sign, (), ((Layer.KIND, node),))
