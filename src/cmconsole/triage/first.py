"""The first triage: reach decides the influencers lane, a lexicon the kind, a rules table the priority."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from typing import TypeAlias

from cmconsole.core.mention import Author, Mention
from cmconsole.core.text import fold
from cmconsole.core.verdict import Fact, Kind, Lane, Priority, Reason, Severity, Tone, Verdict
from cmconsole.triage.lexicon import EMOJI, ENGLISH, FRENCH, NEGATORS, WEIGHTS, Cue
from cmconsole.triage.policy import Rule, TriagePolicy

_WORD = re.compile(r"[a-z0-9][a-z0-9'-]*")
_EMOJI = re.compile("[" + "".join(EMOJI) + "]")
_READ_LIMIT = 4_000
"""Characters of a mention that triage reads: a cue further down does not change what a person sees first."""

_NEGATION_REACH = 3
"""Words after a negator whose first cue it turns ("not at all happy")."""

_Asked: TypeAlias = tuple[str, Lane, Kind, Severity, str, int, bool, bool]
"""What rules ask about: platform, lane, kind, severity, language, reach step, verified, VIP."""

_REMEMBERED = 4_096
"""Most answers of the rules table kept: platforms are named by the input, which may name any number."""

_SURE = 0.5
"""Score from which a text is what its cues say: one weak cue alone falls short, one strong or two weak do."""

_TINGED = 0.3
"""Score from which the tone is no longer neutral."""

Weights: TypeAlias = tuple[tuple[Cue, float], ...]

_SIGNS = {Severity.SAFETY: Cue.SAFETY, Severity.MAJOR: Cue.MAJOR}
_SPOKEN = {
    Kind.COMPLAINT: Cue.COMPLAINT,
    Kind.QUESTION: Cue.QUESTION,
    Kind.PRAISE: Cue.PRAISE,
    Kind.SPAM: Cue.SPAM,
}
_TIERS = ("low", "known", "high", "very_high")


class Cues:
    """The cues found in one text: total weight and words, by what they speak for."""

    __slots__ = ("weights", "words")

    def __init__(self) -> None:
        self.weights: dict[Cue, float] = {}
        self.words: dict[Cue, list[str]] = {}

    def add(self, cue: Cue, weight: float, word: str) -> None:
        """Count one cue."""
        self.weights[cue] = self.weights.get(cue, 0.0) + weight
        self.words.setdefault(cue, []).append(word)

    def score(self, cue: Cue) -> float:
        """Return how strongly the text speaks for `cue`: 0 for no word, .5 for a weight of 0.7, towards 1."""
        return 1.0 - math.exp(-self.weights.get(cue, 0.0))

    def said(self, cue: Cue) -> str:
        """Return the words that spoke for it, in order, each once, at most four."""
        return ", ".join(list(dict.fromkeys(self.words.get(cue, ())))[:4])


class FirstJudge:
    """Judges mentions by a TriagePolicy; see the module."""

    def __init__(self, policy: TriagePolicy | None = None) -> None:
        self._policy = policy or TriagePolicy()
        weights = dict(WEIGHTS)
        for cue, words in (
            (Cue.COMPLAINT, self._policy.complaint_words),
            (Cue.PRAISE, self._policy.praise_words),
            (Cue.MAJOR, self._policy.severe_words),
        ):
            for word in map(fold, words):
                weights[word] = (*weights.get(word, ()), (cue, 1.0))
        self._singles: dict[str, Weights] = {}
        self._pairs: dict[str, dict[str, Weights]] = {}
        for entry, found in weights.items():
            first, _, second = entry.partition(" ")
            if second:
                self._pairs.setdefault(first, {})[second] = found
            else:
                self._singles[first] = found
        self._known = frozenset((*self._singles, *self._pairs, *NEGATORS))
        rules = self._policy.rules
        self._floors = sorted({rule.min_reach for rule in rules if rule.min_reach is not None})
        self._worded = any(rule.words for rule in rules)
        self._decided: dict[_Asked, tuple[int, Rule]] = {}
        self._standings: dict[tuple[Lane, str, int], tuple[Reason, Reason]] = {}

    def judge(self, mention: Mention, *, vip: bool = False) -> Verdict:
        """Return the verdict on a cleaned mention; `vip`: its author was marked at the desk."""
        folded = fold(mention.text[:_READ_LIMIT])
        words = _WORD.findall(folded)
        language = mention.language[:2] if mention.language[:2] in {"fr", "en"} else _language(words)
        cues = self._cues(words, mention.text)
        complaint, praise = cues.score(Cue.COMPLAINT), cues.score(Cue.PRAISE)
        kind = _kind(cues, folded, complaint, praise)
        severity = _severity(kind, cues)
        if severity is Severity.SAFETY:
            kind = Kind.COMPLAINT
        by = self._vip_by(mention.author, vip=vip)
        lane, because = self._lane(mention.author, kind, by)
        number, rule = self._rule(mention, folded, lane, kind, severity, language, by)
        return Verdict(
            lane=lane,
            priority=rule.priority,
            kind=kind,
            severity=severity,
            tone=_tone(kind, complaint, praise),
            language=language,
            complaint=round(complaint, 3),
            reasons=(
                *self._who(mention.author, by),
                *_what(kind, severity, cues, language),
                *self._standing(lane, because, number, rule),
            ),
        )

    def _cues(self, words: list[str], text: str) -> Cues:
        cues, turned_until, taken = Cues(), -1, -1
        known = self._known
        for index in [at for at, word in enumerate(words) if word in known]:
            if index == taken:
                continue
            word = words[index]
            entry, found = self._entry(word, words[index + 1] if index + 1 < len(words) else "")
            if found:
                taken = index + 1 if entry != word else -1
                for cue, weight in found:
                    _count(cues, cue, weight, entry, negated=index <= turned_until)
                turned_until = -1
            if word in NEGATORS:
                turned_until = index + _NEGATION_REACH
        if not text.isascii():
            for sign in _EMOJI.findall(text):
                cues.add(*EMOJI[sign], sign)
        return cues

    def _entry(self, word: str, following: str) -> tuple[str, Weights]:
        """Return the longest lexicon entry that begins with `word`, and its weights."""
        seconds = self._pairs.get(word)
        if seconds is not None and following in seconds:
            return f"{word} {following}", seconds[following]
        return word, self._singles.get(word, ())

    def _vip_by(self, author: Author, *, vip: bool) -> str:
        if vip:
            return "desk"
        if self._policy.vips and (author.platform, fold(author.handle)) in self._policy.vips:
            return "settings"
        return ""

    def _lane(self, author: Author, kind: Kind, vip_by: str) -> tuple[Lane, str]:
        reach = author.reach or 0
        if vip_by:
            return Lane.INFLUENCERS, "vip"
        if reach >= self._policy.influencer_reach:
            return Lane.INFLUENCERS, "reach"
        if author.verified and reach >= self._policy.verified_reach:
            return Lane.INFLUENCERS, "verified"
        return (Lane.COMPLAINTS, "kind") if kind is Kind.COMPLAINT else (Lane.OTHERS, "kind")

    def _standing(self, lane: Lane, because: str, number: int, rule: Rule) -> tuple[Reason, Reason]:
        """Return the reasons for lane and priority: few there are, and each is made once."""
        key = (lane, because, number)
        found = self._standings.get(key)
        if found is None:
            found = self._standings[key] = (
                Reason("lane", (("lane", lane.value), ("because", because))),
                Reason("rule", (("number", number), ("name", rule.name), ("priority", rule.priority.word))),
            )
        return found

    def _who(self, author: Author, vip_by: str) -> list[Reason]:
        reasons = [Reason("author.vip", (("by", vip_by),))] if vip_by else []
        if author.reach is None:
            reasons.append(_REACH_UNKNOWN)
        else:
            tiers = self._policy.reach_tiers
            tier = bisect_right(tiers, author.reach)
            floor = tiers[tier - 1] if tier else 0
            facts = (("reach", author.reach), ("tier", _TIERS[tier]), ("floor", floor))
            reasons.append(Reason("reach.tier", facts))
        if author.verified:
            reasons.append(_VERIFIED)
        return reasons

    def _rule(  # noqa: PLR0917 - a rule may ask about each of these
        self,
        mention: Mention,
        folded: str,
        lane: Lane,
        kind: Kind,
        severity: Severity,
        language: str,
        by: str,
    ) -> tuple[int, Rule]:
        """Return the first rule that holds and its number; looked up where the same was asked before."""
        author = mention.author
        reach = bisect_right(self._floors, author.reach or 0)
        key = (mention.platform, lane, kind, severity, language, reach, author.verified, bool(by))
        if self._worded:
            return self._first(key, folded)
        found = self._decided.get(key)
        if found is None:
            if len(self._decided) >= _REMEMBERED:
                self._decided.clear()
            found = self._decided[key] = self._first(key, folded)
        return found

    def _first(self, key: _Asked, folded: str) -> tuple[int, Rule]:
        platform, lane, kind, severity, language, reach, verified, vip = key
        for number, rule in enumerate(self._policy.rules, start=1):
            if (
                (not rule.lanes or lane in rule.lanes)
                and (not rule.kinds or kind in rule.kinds)
                and (not rule.severities or severity in rule.severities)
                and (rule.min_reach is None or reach >= bisect_right(self._floors, rule.min_reach))
                and (rule.verified is None or verified is rule.verified)
                and (rule.vip is None or vip is rule.vip)
                and (not rule.languages or language in rule.languages)
                and (not rule.platforms or platform in rule.platforms)
                and (not rule.words or any(fold(word) in folded for word in rule.words))
            ):
                return number, rule
        return 0, _NO_RULE


_REACH_UNKNOWN = Reason("reach.unknown")
_VERIFIED = Reason("author.verified")
_NO_RULE = Rule("everything else", Priority.LOW)


def _count(cues: Cues, cue: Cue, weight: float, word: str, *, negated: bool) -> None:
    """Count a cue; after a negator praise becomes complaint, and a mild complaint word falls away."""
    if not negated:
        cues.add(cue, weight, word)
    elif cue is Cue.PRAISE:
        cues.add(Cue.COMPLAINT, weight, f"¬ {word}")
    elif cue is not Cue.COMPLAINT or weight >= 1.0:
        cues.add(cue, weight, word)


def _language(words: list[str]) -> str:
    french, english = len(FRENCH.intersection(words)), len(ENGLISH.intersection(words))
    if french == english:
        return "other"
    return "fr" if french > english else "en"


def _kind(cues: Cues, folded: str, complaint: float, praise: float) -> Kind:
    if cues.score(Cue.SPAM) > max(_SURE, complaint):
        return Kind.SPAM
    if complaint >= _SURE and complaint >= praise:
        return Kind.COMPLAINT
    if "?" in folded and (Cue.QUESTION in cues.weights or folded.rstrip().endswith("?")):
        return Kind.QUESTION
    return Kind.PRAISE if praise >= _SURE else Kind.NEUTRAL


def _severity(kind: Kind, cues: Cues) -> Severity:
    if Cue.SAFETY in cues.weights and kind is not Kind.SPAM:
        return Severity.SAFETY
    if kind is not Kind.COMPLAINT:
        return Severity.NONE
    return Severity.MAJOR if Cue.MAJOR in cues.weights else Severity.MINOR


def _tone(kind: Kind, complaint: float, praise: float) -> Tone:
    if kind is Kind.COMPLAINT or complaint > max(praise, _TINGED):
        return Tone.NEGATIVE
    return Tone.POSITIVE if praise > _TINGED else Tone.NEUTRAL


def _what(kind: Kind, severity: Severity, cues: Cues, language: str) -> list[Reason]:
    reasons = [Reason("language", (("language", language),))] if language == "other" else []
    cue = _SPOKEN.get(kind)
    said = cues.said(cue) if cue else ""
    if cue and (said or kind is Kind.QUESTION):
        facts: tuple[tuple[str, Fact], ...] = (("cues", said or "?"),)
        if kind is Kind.COMPLAINT:
            facts = (*facts, ("score", round(cues.score(cue), 2)))
        reasons.append(Reason(f"cue.{cue.value}", facts))
    elif severity is Severity.NONE:
        reasons.append(Reason("cue.none", (("language", language),)))
    sign = _SIGNS.get(severity)
    if sign:
        reasons.append(Reason("severity.cues", (("severity", severity.word), ("cues", cues.said(sign)))))
    return reasons
