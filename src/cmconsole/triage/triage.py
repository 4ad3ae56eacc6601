"""The judge: reads a mention by the cue table and what the desk taught, places it by reach and rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from typing import Final
from zlib import crc32

from cmconsole.core.conversation import UNDECIDED, Decided
from cmconsole.core.mention import Mention
from cmconsole.core.text import fold
from cmconsole.core.verdict import Kind, Reason, Severity, Verdict
from cmconsole.triage import scoring, table, telling
from cmconsole.triage.learning import Learned, Lesson, Target, features
from cmconsole.triage.matching import Reading
from cmconsole.triage.policy import TriagePolicy
from cmconsole.triage.reach import Reach
from cmconsole.triage.reading import Reader
from cmconsole.triage.rules import Asked, RuleBook
from cmconsole.triage.scoring import Scores
from cmconsole.triage.table import Cue

_THEME_FROM: Final = 2
"""Strength from which a theme is a mention's: one clear word of it, or two hints."""

_LEARNED_SHOWN: Final = 0.25
"""Shift of a score, in weights of cues, from which what was learned is told as a reason."""

_MAJOR_FROM: Final = 0.5
_HANDLE: Final = re.compile(r"@([\w.-]+(?:@[\w.-]+)?)")
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
        self._reach = Reach(self._policy)
        self._ours = self._policy.brand_handles
        self._names = tuple(map(fold, self._policy.brand_words))

    def judge(self, mention: Mention, *, vip: bool = False, decided: Decided = UNDECIDED) -> Verdict:
        """Return the verdict on a cleaned mention; see `Judge`."""
        author = mention.author
        reading = self._reader.read(mention.text, mention.language)
        lesson = features(reading.vocabulary) if self.learned else []
        shift = self.learned.shift(lesson, Target.COMPLAINT) if lesson else 0.0
        scores = scoring.score(reading, shift)
        if lesson:
            self._nudge(reading, lesson)
        elsewhere = self._elsewhere(mention) if reading.handles and self._ours else ""
        severity = scoring.guarded(reading)
        kind = decided.kind or _kind(reading, scores, severity, elsewhere=bool(elsewhere))
        severity = _severity(reading, kind, severity) if decided.severity is None else decided.severity
        by = self._reach.vip_by(author, vip=vip)
        lane, because = self._reach.lane(author, kind, by)
        if decided.lane is not None:
            lane, because = decided.lane, "person"
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
                *self._reach.reasons(author, by),
                *telling.what(reading, scores, kind, tone),
                *telling.else_said(decided, elsewhere),
                *telling.how_grave(reading, severity, hostility, themes, scores),
                *self._taught(lesson, shift),
                self._reach.standing(lane, because),
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

    def _taught(self, lesson: list[str], shift: float) -> tuple[Reason, ...]:
        """Return the reason for what lessons added to the score, where it is worth telling."""
        if abs(shift) < _LEARNED_SHOWN:
            return ()
        told = self.learned.told(lesson, Target.COMPLAINT)[:3]
        words = ", ".join(word for word, weight in told if weight * shift > 0)
        return (Reason("learned", (("words", words), ("shift", round(shift, 2)))),)

    def _nudge(self, reading: Reading, lesson: list[str]) -> None:
        """Let lessons count for the cues that tell kinds apart, once the scores are made."""
        for target, cue in _LEARNED:
            reading.sums[cue] = max(0.0, reading.sums[cue] + self.learned.shift(lesson, target))

    def _elsewhere(self, mention: Mention) -> str:
        """Return the handle of somebody else to whom this is said, or an empty string.

        Only where our own handles are known: it begins with a handle, none in it is ours, it names the brand
        nowhere, and it answers nothing.
        """
        text = mention.text
        if mention.in_reply_to or not text.lstrip().startswith("@"):
            return ""
        folded = fold(text)
        handles = [handle.rstrip(".-") for handle in _HANDLE.findall(folded)]
        if any(handle in self._ours for handle in handles) or any(name in folded for name in self._names):
            return ""
        return handles[0] if handles else ""


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
