"""Turns what a text says into scores, and scores into kind, tone, severity and hostility.

The constants are few, the same for every desk, and chosen once on the `dev` parts of the sets named in
docs/decisions/0031-triage.md; none belongs to a data set. Cues weigh 0.5, 1 or 2 (see `table.weight`).
"""

from __future__ import annotations

from math import exp
from typing import Final, NamedTuple

from cmconsole.core.verdict import Hostility, Kind, Severity, Tone
from cmconsole.triage.matching import Reading
from cmconsole.triage.table import Cue

_OFFSET: Final = {"en": 0.75, "fr": 0.15}
"""Weight of complaint at which a text is as likely a complaint as not: the English table holds more hints."""

_OFFSET_ELSEWHERE: Final = 0.75

_STEEP: Final = 1.5
"""Turns weight into log-odds: one clear cue more makes a complaint four to five times likelier."""

_PRAISE: Final = 0.9
_THANKS: Final = 0.6
_POSITIVE: Final = 0.65
_NEGATIVE: Final = 0.9
_SARCASM: Final = 0.6
_NEGATION: Final = 0.3
_MOST_NEGATIONS: Final = 3
_LINK: Final = 0.35
_QUESTION: Final = 0.25
"""For a text with a question mark: who asks for help complains a little less than the words say."""

_TONE_STEEP: Final = 1.6
_TONE_BELOW: Final = -0.55
_TONE_ABOVE: Final = 0.1
"""Balance of mood at which negative, or positive, is as likely as neutral."""

_COMPLAINT_CUE: Final = int(Cue.COMPLAINT)
_HATEFUL_CUE: Final = int(Cue.HATEFUL)
_INSULT_CUE: Final = int(Cue.INSULT)
_LEGAL_CUE: Final = int(Cue.LEGAL)
_MAJOR_CUE: Final = int(Cue.MAJOR)
_NEUTRALIZER_CUE: Final = int(Cue.NEUTRALIZER)
_POSITIVE_CUE: Final = int(Cue.POSITIVE)
_PRAISE_CUE: Final = int(Cue.PRAISE)
_QUESTION_CUE: Final = int(Cue.QUESTION)
_RUDE_CUE: Final = int(Cue.RUDE)
_SAFETY_CUE: Final = int(Cue.SAFETY)
_SPAM_CUE: Final = int(Cue.SPAM)
_THANKS_CUE: Final = int(Cue.THANKS)
_THREAT_CUE: Final = int(Cue.THREAT)

_MOST_ODDS: Final = 50.0
"""Log-odds beyond which a score is 0 or 1 to all digits."""

_SURE: Final = 1.0
"""Weight of a clear cue."""

_HINT: Final = 0.5
_EVEN: Final = 0.5
_NEWS: Final = 2.0
"""Weight of words of news, advertising and the like from which a text is just that."""

_LOUDER: Final = 0.75
"""Score from which a complaint stands although its text says that it is news."""


class Scores(NamedTuple):
    """Between 0 and 1: complaint, negative and positive tone, hostility."""

    complaint: float
    negative: float
    positive: float
    hostile: float


def weight(reading: Reading) -> float:
    """Return the weight of complaint in a text: 0 where it is as likely a complaint as not."""
    (complaint, praise, thanks, question, negative, positive, sarcasm, _neutralizer, _spam, major,
     *_guard) = reading.sums  # fmt: skip
    return (
        complaint
        + major
        + _SARCASM * sarcasm
        + _NEGATIVE * negative
        + _NEGATION * min(reading.negations, _MOST_NEGATIONS)
        - _PRAISE * praise
        - _THANKS * thanks
        - _POSITIVE * positive
        - _LINK * reading.links
        - (_QUESTION * question if reading.asks else 0.0)
        - _OFFSET.get(reading.language, _OFFSET_ELSEWHERE)
    )


def score(reading: Reading, shift: float = 0.0) -> Scores:
    """Return the scores; shift: what the desk's corrections add to the weight of complaint."""
    (complaint, praise, thanks, _question, negative, positive, sarcasm, _neutralizer, _spam, major,
     _safety, _legal, threat, rude, insult, hateful, _harmless) = reading.sums  # fmt: skip
    blame = complaint + major + sarcasm + negative + _NEGATION * min(reading.negations, _MOST_NEGATIONS)
    balance = praise + positive + _THANKS * thanks - blame
    below = exp(min(_MOST_ODDS, _TONE_STEEP * (_TONE_BELOW - balance)))
    above = exp(min(_MOST_ODDS, _TONE_STEEP * (balance - _TONE_ABOVE)))
    whole = 1.0 + below + above
    abuse = 2 * hateful + 2 * threat + 1.4 * insult + 0.7 * rude
    return Scores(
        1.0 / (1.0 + exp(min(_MOST_ODDS, -_STEEP * (weight(reading) + shift)))),
        below / whole,
        above / whole,
        1.0 - exp(-abuse),
    )


def tone(scores: Scores) -> Tone:
    """Return the likeliest of the three."""
    neutral = 1.0 - scores.negative - scores.positive
    if scores.negative >= max(neutral, scores.positive):
        return Tone.NEGATIVE
    return Tone.POSITIVE if scores.positive > neutral else Tone.NEUTRAL


def guarded(reading: Reading) -> Severity:
    """Return SAFETY or LEGAL where any clear cue of it stands: these always go to a person; else NONE."""
    sums = reading.sums
    if sums[_SAFETY_CUE] >= _SURE or sums[_THREAT_CUE] >= _SURE:
        return Severity.SAFETY
    return Severity.LEGAL if sums[_LEGAL_CUE] >= _SURE else Severity.NONE


def kind(reading: Reading, complaint: float, *, elsewhere: bool) -> Kind:
    """Return what the text is, by its cues and its score of complaint.

    elsewhere: it is said to somebody else.
    """
    sums = reading.sums
    spam = sums[_SPAM_CUE] + (_HINT if reading.links else 0.0)
    if sums[_SPAM_CUE] and spam >= _SURE and spam > sums[_COMPLAINT_CUE] + sums[_MAJOR_CUE]:
        return Kind.SPAM
    if elsewhere:
        return Kind.NEUTRAL
    is_news = sums[_NEUTRALIZER_CUE] >= _NEWS
    if complaint >= _EVEN and not (is_news and complaint < _LOUDER):
        return Kind.COMPLAINT
    return _without_complaint(reading)


def _without_complaint(reading: Reading) -> Kind:
    sums = reading.sums
    question = sums[_QUESTION_CUE] + _HINT * (reading.asks + reading.opens)
    praise = sums[_PRAISE_CUE] + sums[_THANKS_CUE]
    if question >= _SURE and question >= praise:
        return Kind.QUESTION
    if praise + _HINT * sums[_POSITIVE_CUE] >= _SURE and praise >= sums[_NEUTRALIZER_CUE]:
        return Kind.PRAISE
    return Kind.QUESTION if reading.asks and not sums[_NEUTRALIZER_CUE] else Kind.NEUTRAL


def hostility(reading: Reading) -> Hostility:
    """Return how abusive the words are, by the strongest of them that is clear."""
    sums = reading.sums
    if sums[_HATEFUL_CUE] >= _SURE or sums[_THREAT_CUE] >= _SURE:
        return Hostility.HATEFUL
    if sums[_INSULT_CUE] >= _SURE:
        return Hostility.INSULTING
    return (
        Hostility.RUDE
        if sums[_RUDE_CUE] + sums[_INSULT_CUE] + sums[_HATEFUL_CUE] >= _HINT
        else Hostility.NONE
    )
