"""Matches the entries of the table in a row of words, and adds up what they speak for.

One pass: the longest entry wins, a negator turns what follows it, boosters and dampers change the next cue, a
"but" takes weight from what came before. The rules are VADER's (Hutto & Gilbert 2014), for two languages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from cmconsole.triage.table import MOST_BETWEEN, Cue, Entry, Grammar, Layer, Node

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEGATION_REACH: Final = 4
"""Words after a negator whose cues it turns, as long as no clause ends between ("not at all happy")."""

_BOOST: Final = 1.3
_DAMP: Final = 0.65
_LOUD: Final = 1.2
"""For a cue in capitals (in a text that is not all in capitals) or elongated."""

_BEFORE_CONTRAST: Final = 0.6
"""What is left of the cues before a "but": what counts comes after it."""

_TURNED: Final = 0.75
"""Weight of praise that was negated, as a complaint: "not good" is milder than "bad"."""

_LONGEST_SAID: Final = 40
"""Characters of a cue's words that are shown."""

_AFTER: Final = frozenset({"pas", "jamais", "guere"})
"""French: the negation stands after the verb ("recommande pas")."""

_TURNS: Final = {
    int(Cue.PRAISE): int(Cue.COMPLAINT),
    int(Cue.THANKS): int(Cue.COMPLAINT),
    int(Cue.POSITIVE): int(Cue.NEGATIVE),
}
_FALLS: Final = frozenset(
    map(
        int,
        (Cue.COMPLAINT, Cue.NEGATIVE, Cue.MAJOR, Cue.SPAM, Cue.SARCASM, Cue.RUDE),
    )
)
_FIRST_GUARD: Final = int(Cue.SAFETY)
"""From here on cues are of danger, law and abuse."""

_DECISIVE: Final = 2.0
"""Weight from which a complaint stands though a negator is near: "never, worst airline" stays one."""

_MOOD: Final = tuple(map(int, (Cue.COMPLAINT, Cue.PRAISE, Cue.THANKS, Cue.NEGATIVE, Cue.POSITIVE)))


Starts: TypeAlias = tuple[tuple[int, Node], ...]
Matches: TypeAlias = list[tuple[int, Entry, int]]
"""Entries that match somewhere: layer, entry, number of words."""


class Word:
    """A token as one language knows it.

    forms: how entries may spell it (`rembours*`). starts: where entries that begin with it lead, by layer.
    leads: the forms that may follow it there; gap: anything may. alone: the entries it is by itself.
    loud: in capitals, or elongated.
    """

    __slots__ = ("alone", "forms", "gap", "leads", "loud", "norm", "starts")

    def __init__(self, text: str, forms: tuple[str, ...] = (), starts: Starts = ()) -> None:
        self.norm = text
        self.forms = forms
        self.starts = starts
        self.leads = frozenset[str]().union(*(node.next for _, node in starts))
        self.gap = any(node.gap is not None for _, node in starts)
        self.alone: Matches = [(layer, node.entry, 1) for layer, node in starts if node.entry is not None]
        self.loud = False


class Token:
    """A token, met once: its marks of language (see `language`), and what each language knows of it.

    en, fr, both, signs: None where no entry holds it; UNMET until a text of that language asks.
    """

    __slots__ = ("both", "en", "fr", "loud", "marks", "norm", "signs")

    def __init__(self, known: Word | None) -> None:
        self.norm = ""
        self.marks = 0
        self.loud = False
        self.en = self.fr = self.both = self.signs = known


UNMET: Final = Word("")
CLAUSE_END: Final = Word(".")
"""Stands for every mark that ends a clause."""

Found: TypeAlias = tuple[int, str, float]
"""A cue found: which, the words that spoke for it, its weight."""

Row: TypeAlias = "list[Word | None]"
"""A text's words as one language knows them; None for those that are in no entry."""


class Reading:
    """What a text says.

    sums: weight by cue. found: what spoke for it. lifted: cues that a negation took away, with the weight
    they would have had. themes: strength by name. asks: it has a question mark. opens: it begins like one.
    quotes: it begins with a quotation, whose words are not its author's.
    """

    __slots__ = (
        "asks",
        "found",
        "handles",
        "language",
        "lifted",
        "links",
        "negations",
        "opens",
        "quotes",
        "sums",
        "themes",
        "tokens",
    )

    def __init__(self, language: str, tokens: Sequence[Token], links: int, handles: int) -> None:
        self.language = language
        self.tokens = tokens
        self.links = links
        self.handles = handles
        self.asks = False
        self.opens = False
        self.quotes = False
        self.negations = 0
        self.sums = [0.0] * len(Cue)
        self.found: list[Found] = []
        self.lifted: tuple[Found, ...] = ()
        self.themes: dict[str, int] = {}

    @property
    def vocabulary(self) -> list[str]:
        """Return the words of the text as the table knows them, in order; signs are left out."""
        return [token.norm for token in self.tokens if token.norm]

    def quoting(self, whole: Reading) -> None:
        """Take over what stands in the quotation too: danger, law and abuse, and what the text is about."""
        self.quotes, self.themes, self.tokens = True, whole.themes, whole.tokens
        self.language, self.handles = whole.language, whole.handles
        self.sums[_FIRST_GUARD:] = whole.sums[_FIRST_GUARD:]
        own = [one for one in self.found if one[0] < _FIRST_GUARD]
        self.found = own + [one for one in whole.found if one[0] >= _FIRST_GUARD]

    def said(self, *cues: Cue) -> str:
        """Return the words that spoke for any of the cues, heaviest first, each once, at most four."""
        heavy = [(-heft, entry) for cue, entry, heft in self.found if cue in cues]
        if len(heavy) > 1:
            heavy.sort()
            return ", ".join(list(dict.fromkeys([entry for _, entry in heavy]))[:4])
        return heavy[0][1] if heavy else ""


def _matches(word: Word, row: Row, at: int) -> Matches:
    """Return the longest entry of each layer that begins with a word."""
    found: Matches = []
    for layer, node in word.starts:
        entry, end = _longest(node, row, at)
        if entry is not None:
            found.append((layer, entry, end - at))
    return found


def _longest(node: Node, row: Row, at: int) -> tuple[Entry | None, int]:
    """Return the longest entry from `node` on, and the place after its last word."""
    best, end, stop = node.entry, at + 1, len(row)
    at += 1
    while at < stop and (node.next or node.gap is not None):
        following = _step(node, row[at])
        if following is None and node.gap is not None:
            for ahead in range(at, min(at + MOST_BETWEEN + 1, stop)):
                if row[ahead] is CLAUSE_END:
                    break
                following = _step(node.gap, row[ahead])
                if following is not None:
                    at = ahead
                    break
        if following is None:
            break
        node, at = following, at + 1
        if node.entry is not None:
            best, end = node.entry, at
    return best, end


def _step(node: Node, word: Word | None) -> Node | None:
    if word is not None:
        for form in word.forms:
            following = node.next.get(form)
            if following is not None:
                return following
    return None


def gather(reading: Reading, row: Row, words: Sequence[str], *, shouted: bool) -> None:  # noqa: C901 - one pass
    """Add up the cues of a text's words; words: as they were written."""
    taken = [0] * len(Layer)
    negated_until, factor, last = -1, 1.0, len(row) - 1
    for at, word in enumerate(row):
        if word is None:
            continue
        if word is CLAUSE_END:
            negated_until = -1
            continue
        following = row[at + 1] if at < last else None
        if word.gap or (following is not None and not word.leads.isdisjoint(following.forms)):
            matches = _matches(word, row, at)
        else:
            matches = word.alone
        for layer, entry, length in matches:
            if at < taken[layer]:
                continue
            end = taken[layer] = at + length
            if entry.grammar is not None:
                negated_until, factor = _turn(reading, entry.grammar, end, negated_until)
                continue
            if entry.themes:
                _name(reading, entry)
            if entry.cues:
                negated = at <= negated_until or _is_negated_after(row, end)
                loudly = factor * _LOUD if word.loud and not shouted else factor
                said = _clipped(words[at:end]) if entry.open else entry.text
                _count(reading, entry, said, loudly, negated)
                factor = 1.0
            if entry.negates:
                negated_until = end + _NEGATION_REACH


def _is_negated_after(row: Row, end: int) -> bool:
    """Say whether a French negation follows the verb that ends there."""
    after = row[end] if end < len(row) else None
    return after is not None and after.norm in _AFTER


def _turn(reading: Reading, grammar: Grammar, end: int, negated_until: int) -> tuple[int, float]:
    """Return how far a negation reaches and what the next cue is multiplied by, after a word of grammar."""
    if grammar is Grammar.NEGATOR:
        reading.negations += 1
        return end + _NEGATION_REACH, 1.0
    if grammar is Grammar.CONTRAST:
        for cue in _MOOD:
            reading.sums[cue] *= _BEFORE_CONTRAST
        return -1, 1.0
    return negated_until, _BOOST if grammar is Grammar.BOOSTER else _DAMP


def _name(reading: Reading, entry: Entry) -> None:
    for theme, strength in entry.themes:
        reading.themes[theme] = reading.themes.get(theme, 0) + strength


def _clipped(words: Sequence[str]) -> str:
    """Return the words of an entry that is open (`rembours*`), as the text has them."""
    said = " ".join(words)
    return said if len(said) <= _LONGEST_SAID else f"{said[:_LONGEST_SAID]}…"


def _count(reading: Reading, entry: Entry, text: str, factor: float, negated: bool) -> None:  # noqa: FBT001
    """Count what an entry speaks for, as it stands or as its negation turns it; text: how it is shown."""
    for cue, plain in entry.cues:
        heft = plain * factor
        if negated and cue in _TURNS:
            turned = _TURNS[cue]
            reading.sums[turned] += heft * _TURNED
            reading.found.append((turned, f"¬ {text}", heft * _TURNED))
        elif not negated or cue not in _FALLS or heft >= _DECISIVE or " " in entry.text:
            reading.sums[cue] += heft
            reading.found.append((cue, text, heft))
        else:
            reading.lifted = (*reading.lifted, (cue, text, heft))
