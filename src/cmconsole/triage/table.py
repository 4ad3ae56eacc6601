"""The cue table: what words and signs speak for, as data files a person can read and extend.

Form of data/*.tsv: `cue<TAB>strength<TAB>entry, entry, …`; `#` begins a comment. An entry is one to
five words; `*` ends a word of any ending, `…` stands for up to three words, a `!` at its end keeps it out of
texts in the other language. Strength: 1 a hint, 2 clear, 3 decisive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple
from zlib import crc32

from cmconsole.core.errors import N_, InputError
from cmconsole.core.text import fold
from cmconsole.triage.words import GAP, entry_words

MOST_BETWEEN: Final = 3
"""Words a gap in an entry may stand for."""

_SHORTEST_STEM: Final = 3
"""Letters that have to stand before a `*`: shorter stems begin too many words."""

LANGUAGES: Final = ("en", "fr")
_PLAIN: Final = re.compile(r"(?:[a-z]+\*?|0|…)(?: (?:[a-z]+\*?|0|…))*")
_STRENGTHS: Final = frozenset("123")
_APART: Final = "!"


class Cue(IntEnum):
    """What an entry speaks for; the index of its place in the sums of a reading."""

    COMPLAINT = 0
    PRAISE = 1
    THANKS = 2
    QUESTION = 3
    NEGATIVE = 4
    POSITIVE = 5
    SARCASM = 6
    NEUTRALIZER = 7
    SPAM = 8
    MAJOR = 9
    SAFETY = 10
    LEGAL = 11
    THREAT = 12
    RUDE = 13
    INSULT = 14
    HATEFUL = 15
    HARMLESS = 16

    @property
    def word(self) -> str:
        """Its name in the files."""
        return self.name.lower()


class Grammar(IntEnum):
    """What a word does to the words after it."""

    NEGATOR = 1
    BOOSTER = 2
    DAMPER = 3
    CONTRAST = 4


_WEIGHTS: Final = (0.0, 0.5, 1.0, 2.0)


def weight(strength: int) -> float:
    """Return what a strength weighs: a decisive cue is worth two clear ones, or four hints."""
    return _WEIGHTS[strength]


class Layer(IntEnum):
    """Entries of one layer use up the words they match; those of another may share them."""

    KIND = 0
    GUARD = 1
    THEME = 2


_DATA: Final = Path(__file__).parent / "data"
_GUARD: Final = frozenset(
    {Cue.SAFETY, Cue.LEGAL, Cue.THREAT, Cue.RUDE, Cue.INSULT, Cue.HATEFUL, Cue.HARMLESS}
)
_CUES: Final = {cue.word: cue for cue in Cue}
_GRAMMAR: Final = {grammar.name.lower(): grammar for grammar in Grammar}
_NEGATES: Final = frozenset({"pas", "jamais", "not", "never"})
"""An entry that ends so ("toujours pas") goes on negating."""

_THEME: Final = "theme."


class Line(NamedTuple):
    """One entry of a table. words: it as posts are cut into words. languages: the texts it is used in."""

    entry: str
    words: list[str]
    cue: str
    strength: int
    languages: tuple[str, ...]


@dataclass(slots=True)
class Entry:
    """What a sequence of words speaks for, all lines that name it taken together.

    negates: its last word is a negator, and goes on. open: it matches more than its own words.
    """

    text: str
    cues: list[tuple[int, float]] = field(default_factory=list)
    themes: list[tuple[str, int]] = field(default_factory=list)
    grammar: Grammar | None = None
    negates: bool = False
    open: bool = False

    def speak_for(self, cue: Cue, heft: float) -> None:
        """Add a cue; where several lines name it, the heaviest counts."""
        # Plain numbers: an IntEnum is four times slower as an index, and every cue found is one.
        held, place = dict(self.cues), int(cue)
        self.cues = list((held | {place: max(heft, held.get(place, 0.0))}).items())


class Node:
    """A place in the tree of entries: what ends here, and which words lead on."""

    __slots__ = ("entry", "gap", "next")

    def __init__(self) -> None:
        self.entry: Entry | None = None
        self.next: dict[str, Node] = {}
        self.gap: Node | None = None


class Tree:
    """The entries of one layer in one language, by their first word."""

    __slots__ = ("root", "stems", "words")

    def __init__(self) -> None:
        self.root: dict[str, Node] = {}
        self.words: set[str] = set()
        self.stems: set[str] = set()

    def add(self, line: Line) -> None:
        """Put a line where its words lead."""
        words = line.words
        for word in words:
            if word[-1] == "*":
                self.stems.add(word[:-1])
            else:
                self.words.add(word)
        node = self.root.setdefault(words[0], Node())
        for word in words[1:]:
            if word == GAP:
                node.gap = node.gap or Node()
                node = node.gap
            else:
                node = node.next.setdefault(word, Node())
        entry = node.entry = node.entry or Entry(line.entry)
        entry.negates = words[-1] in _NEGATES
        entry.open = "*" in line.entry or GAP in line.entry
        if line.cue in _GRAMMAR:
            entry.grammar = _GRAMMAR[line.cue]
        elif line.cue.startswith(_THEME):
            entry.themes.append((line.cue.removeprefix(_THEME), line.strength))
        else:
            entry.speak_for(_CUES[line.cue], weight(line.strength))


def parse(text: str, languages: Iterable[str], name: str = "") -> Iterator[Line]:
    """Yield the lines of a table's text; raises InputError that names the line."""
    of, both = tuple(languages), LANGUAGES
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw or raw.startswith("#"):
            continue
        cue, _tab, rest = raw.partition("\t")
        strength, _tab, entries = rest.partition("\t")
        known = cue in _CUES or cue in _GRAMMAR or cue.startswith(_THEME)
        if not known or strength not in _STRENGTHS or not entries.strip():
            raise InputError(
                N_("{file}, line {number}: this is no line of a cue table: {line}"),
                advice=N_(
                    "Write a cue, a strength from 1 to 3 and the entries, with tabs between the three."
                ),
                file=name,
                number=number,
                line=raw[:80],
            )
        for entry, folded in zip(entries.split(", "), _folded(entries).split(", "), strict=True):
            apart = entry.endswith(_APART)
            words = _words(folded[:-1] if apart else folded)
            kept = of if apart or cue in _GRAMMAR else both
            yield Line(entry[:-1] if apart else entry, words, cue, int(strength), kept)


def _folded(entries: str) -> str:
    # Folding spells the gap out as three dots.
    return fold(entries).replace("...", GAP)


def _words(folded: str) -> list[str]:
    """Return a folded entry as its words; nearly all are plain ones with blanks between them."""
    return folded.split() if _PLAIN.fullmatch(folded) else entry_words(folded)


@cache
def shipped() -> tuple[tuple[Line, ...], Mapping[str, tuple[tuple[Cue, int], ...]]]:
    """Return the lines we ship, and what signs (emoji, emoticons) speak for."""
    lines: list[Line] = []
    for path in sorted(_DATA.glob("*.??.tsv")):
        language = path.name.split(".")[1]
        lines += parse(path.read_text(encoding="utf-8"), (language,), path.name)
    signs: dict[str, tuple[tuple[Cue, int], ...]] = {}
    for line in parse((_DATA / "signs.tsv").read_text(encoding="utf-8"), LANGUAGES, "signs.tsv"):
        signs[line.entry] = (*signs.get(line.entry, ()), (_CUES[line.cue], line.strength))
    return tuple(lines), signs


def layer_of(cue: str) -> Layer:
    """Return the layer that entries of a cue belong to."""
    if cue.startswith(_THEME):
        return Layer.THEME
    return Layer.GUARD if _CUES.get(cue) in _GUARD else Layer.KIND


def trees(lines: Iterable[Line], language: str) -> dict[Layer, Tree]:
    """Return the trees of the lines used in texts of a language (empty: of neither)."""
    found = {layer: Tree() for layer in Layer}
    for line in lines:
        if (language in line.languages) if language else len(line.languages) == len(LANGUAGES):
            found[layer_of(line.cue)].add(line)
    return found


def own(words: Iterable[str], cue: str, strength: int = 2) -> Iterator[Line]:
    """Yield the lines of a brand's own words, used in every language."""
    for word in words:
        if cut_up := entry_words(word):
            yield Line(fold(word), cut_up, cue, strength, LANGUAGES)


def fingerprint() -> str:
    """Return a text that changes with the shipped files."""
    told = 0
    for path in sorted(_DATA.glob("*.tsv")):
        told = crc32(path.read_bytes(), told)
    return f"{told:08x}"
