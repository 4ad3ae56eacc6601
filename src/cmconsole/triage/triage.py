"""The judge: reads a mention by the cue table and what the desk taught, places it by reach and rules."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Final
from zlib import crc32

from cmconsole.core.conversation import UNDECIDED, Decided
from cmconsole.core.mention import Author, Mention
from cmconsole.core.text import fold
from cmconsole.core.verdict import Kind, Lane, Reason, Severity, Verdict
from cmconsole.triage import scoring, table, telling
from cmconsole.triage.learning import Learned, Lesson, Target, features
from cmconsole.triage.matching import Reading
from cmconsole.triage.policy import TriagePolicy
from cmconsole.triage.reading import Reader
from cmconsole.triage.rules import Asked, RuleBook
from cmconsole.triage.scoring import Scores
from cmconsole.triage.table import Cue

_THEME_FROM: Final = 2
"""Strength from which a theme is a mention's: one clear word of it, or two hints."""

_LEARNED_SHOWN: Final = 0.25
"""Shift of a score, in weights of cues, from which what was learned is told as a reason."""

_MAJOR_FROM: Final = 0.5
_LEARNED: Final = (
    (Target.QUESTION, Cue.QUESTION),
    (Target.PRAISE, Cue.PRAISE),
    (Target.SPAM, Cue.SPAM),
    (Target.MAJOR, Cue.MAJOR),
)


class Triage:
    """Judges mentions by a policy, the shipped table, and what was learned; see the module. Deterministic."""

    def __init__(self, policy: TriagePolicy | None = None, learned: Learned | None = None) -> None:
        self._policy = policy or TriagePolicy()
        self.learned = learned or Learned()
        self._reader = Reader(_own_lines(self._policy))
        self._rules = RuleBook(self._policy.rules)
        self._lanes: dict[tuple[Lane, str], Reason] = {}
        self._ours = self._policy.brand_handles
        self._names = tuple(map(fold, self._policy.brand_words))

    def judge(self, mention: Mention, *, vip: bool = False, decided: Decided = UNDECIDED) -> Verdict:
        """Return the verdict on a cleaned mention; see `Judge`."""
        author = mention.author
        reading = self._reader.read(mention.text, mention.language)
        shift, taught = self._taught(reading) if self.learned else (0.0, ())
        scores = scoring.score(reading, shift)
        if self.learned:
            self._nudge(reading)
        elsewhere = self._elsewhere(mention) if reading.handles and self._ours else ""
        severity = scoring.guarded(reading)
        kind = decided.kind or _kind(reading, scores, severity, elsewhere=bool(elsewhere))
        severity = _severity(reading, kind, severity) if decided.severity is None else decided.severity
        by = "desk" if vip else self._vip_by(author) if self._policy.vips else ""
        lane, because = self._lane(author, kind, by) if decided.lane is None else (decided.lane, "person")
        tone, hostility, themes = scoring.tone(scores), scoring.hostility(reading), _themes(reading)
        outcome = self._rules.apply(
            Asked(
                lane, kind, severity, author.reach, bool(by), author.verified, reading.language,
                mention.platform, mention.source, author.handle, hostility, tone, themes, mention.text,
                decided.lane is not None,
            )
        )  # fmt: skip
        return Verdict(
            outcome.lane or lane,
            outcome.priority,
            kind,
            severity,
            tone,
            reading.language,
            scores.complaint,
            (
                *telling.who(author, by, self._policy.reach_tiers),
                *telling.what(reading, scores, kind, tone),
                *telling.else_said(decided, elsewhere),
                *telling.how_grave(reading, severity, hostility, themes, scores),
                *taught,
                self._standing(lane, because),
                *outcome.reasons,
            ),
            hostility,
            themes,
            scores.negative,
            scores.positive,
            scores.hostile,
            thanks=kind is Kind.PRAISE and reading.sums[Cue.THANKS] > 0,
            tags=outcome.tags,
            route=outcome.route,
            silence=outcome.silence,
        )

    def read(self, text: str, language: str = "") -> Reading:
        """Return what a cleaned text says by the table and the brand's own words, without lessons."""
        return self._reader.read(text, language)

    def teach(self, text: str, *, kind: Kind | None = None, severity: Severity | None = None) -> None:
        """See `Judge`; safety and legal severity never follow from lessons."""
        reading = self._reader.read(text)
        sums, lessons = reading.sums, []
        if kind is not None:
            praise = sums[Cue.PRAISE] + sums[Cue.THANKS]
            lessons += [
                Lesson(Target.COMPLAINT, scoring.weight(reading), kind is Kind.COMPLAINT),
                Lesson(Target.QUESTION, sums[Cue.QUESTION] - 1.0, kind is Kind.QUESTION),
                Lesson(Target.PRAISE, praise - 1.0, kind is Kind.PRAISE),
                Lesson(Target.SPAM, sums[Cue.SPAM] - 1.0, kind is Kind.SPAM),
            ]
        if severity is not None and kind in {None, Kind.COMPLAINT}:
            lessons.append(Lesson(Target.MAJOR, sums[Cue.MAJOR] - _MAJOR_FROM, severity >= Severity.MAJOR))
        self.learned.learn(features(reading.vocabulary), lessons)

    def remember(self, state: str) -> None:
        """See `Judge`."""
        self.learned = Learned.loaded(state) if state else Learned()

    def remembered(self) -> str:
        """See `Judge`."""
        return self.learned.dumped()

    def fingerprint(self) -> str:
        """See `Judge`."""
        told = json.dumps(asdict(self._policy), default=_in_order, sort_keys=True)
        return f"{table.fingerprint()}-{crc32(told.encode()):08x}"

    def _taught(self, reading: Reading) -> tuple[float, tuple[Reason, ...]]:
        """Return what was learned of the text's words: the shift of complaint, and the reasons for it."""
        found = features(reading.vocabulary)
        shift = self.learned.shift(found, Target.COMPLAINT)
        if abs(shift) < _LEARNED_SHOWN:
            return shift, ()
        words = ", ".join(
            word for word, weight in self.learned.told(found, Target.COMPLAINT)[:3] if weight * shift > 0
        )
        return shift, (Reason("learned", (("words", words), ("shift", round(shift, 2)))),)

    def _nudge(self, reading: Reading) -> None:
        """Let lessons count for the cues that tell kinds apart, once the scores are made."""
        found = features(reading.vocabulary)
        for target, cue in _LEARNED:
            reading.sums[cue] = max(0.0, reading.sums[cue] + self.learned.shift(found, target))

    def _elsewhere(self, mention: Mention) -> str:
        """Return the handle of somebody else to whom this is said, or an empty string.

        Only where our own handles are known: it begins with a handle, none in it is ours, it names the brand
        nowhere, and it answers nothing.
        """
        text = mention.text
        if mention.in_reply_to or not text.lstrip().startswith("@"):
            return ""
        folded = fold(text)
        handles = [word.strip("@.:,") for word in folded.split() if word.startswith("@")]
        if any(handle in self._ours for handle in handles) or any(name in folded for name in self._names):
            return ""
        return handles[0]

    def _vip_by(self, author: Author) -> str:
        return "settings" if (author.platform, fold(author.handle)) in self._policy.vips else ""

    def _lane(self, author: Author, kind: Kind, vip_by: str) -> tuple[Lane, str]:
        reach = author.reach or 0
        if vip_by:
            return Lane.INFLUENCERS, "vip"
        if reach >= self._policy.influencer_reach:
            return Lane.INFLUENCERS, "reach"
        if author.verified and reach >= self._policy.verified_reach:
            return Lane.INFLUENCERS, "verified"
        return (Lane.COMPLAINTS, "kind") if kind is Kind.COMPLAINT else (Lane.OTHERS, "kind")

    def _standing(self, lane: Lane, because: str) -> Reason:
        """Return the reason for the lane: few there are, and each is made once."""
        key = (lane, because)
        found = self._lanes.get(key)
        if found is None:
            found = self._lanes[key] = Reason("lane", (("lane", lane.value), ("because", because)))
        return found


def _own_lines(policy: TriagePolicy) -> list[table.Line]:
    """Return the brand's own words as lines of the table; they weigh as much as clear cues."""
    own = [
        *table.own(policy.complaint_words, "complaint"),
        *table.own(policy.praise_words, "praise"),
        *table.own(policy.severe_words, "major"),
    ]
    for theme, words in policy.themes.items():
        own += table.own(words, f"theme.{theme}")
    return own


def _in_order(values: Iterable[object]) -> list[str]:
    """Return a set as JSON takes it; its own order differs from one process to the next."""
    return sorted(map(str, values))


def _kind(reading: Reading, scores: Scores, severity: Severity, *, elsewhere: bool) -> Kind:
    if severity is not Severity.NONE:
        return Kind.COMPLAINT
    return scoring.kind(reading, scores.complaint, elsewhere=elsewhere)


def _severity(reading: Reading, kind: Kind, guarded: Severity) -> Severity:
    if guarded is not Severity.NONE:
        return guarded
    if kind is not Kind.COMPLAINT:
        return Severity.NONE
    return Severity.MAJOR if reading.sums[Cue.MAJOR] >= _MAJOR_FROM else Severity.MINOR


def _themes(reading: Reading) -> tuple[str, ...]:
    if not reading.themes:
        return ()
    return tuple(theme for theme, strength in reading.themes.items() if strength >= _THEME_FROM)
