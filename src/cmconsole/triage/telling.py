"""Says in reasons what triage found: codes and facts, which `desk.explain` turns into sentences."""

from __future__ import annotations

from functools import cache
from typing import Final

from cmconsole.core.conversation import Decided
from cmconsole.core.verdict import Fact, Hostility, Kind, Reason, Severity, Tone
from cmconsole.triage.matching import Reading
from cmconsole.triage.scoring import Scores
from cmconsole.triage.table import Cue

_QUOTATION: Final = Reason("quotation")
_OTHER_LANGUAGE: Final = Reason("language", (("language", "other"),))
_CUES: Final = {
    Kind.COMPLAINT: (Cue.COMPLAINT, Cue.MAJOR, Cue.SARCASM, Cue.NEGATIVE),
    Kind.QUESTION: (Cue.QUESTION,),
    Kind.PRAISE: (Cue.PRAISE, Cue.THANKS, Cue.POSITIVE),
    Kind.SPAM: (Cue.SPAM,),
    Kind.NEUTRAL: (Cue.NEUTRALIZER,),
}
_ABUSE: Final = {
    Hostility.RUDE: (Cue.RUDE, Cue.INSULT, Cue.HATEFUL),
    Hostility.INSULTING: (Cue.INSULT,),
    Hostility.HATEFUL: (Cue.HATEFUL, Cue.THREAT),
}
_GRAVE: Final = {
    Severity.MAJOR: (Cue.MAJOR,),
    Severity.LEGAL: (Cue.LEGAL,),
    Severity.SAFETY: (Cue.SAFETY, Cue.THREAT),
}


def what(reading: Reading, scores: Scores, kind: Kind, tone: Tone) -> list[Reason]:
    """Return the reasons of language, kind and tone, with their scores."""
    reasons = [_OTHER_LANGUAGE] if reading.language == "other" else []
    if reading.quotes:
        reasons.append(_QUOTATION)
    said = reading.said(*_CUES[kind])
    facts: tuple[tuple[str, Fact], ...] = (("cues", said), ("score", round(scores.complaint, 2)))
    reasons.append(Reason(f"cue.{kind.value}" if said else "cue.none", facts))
    score = scores.negative if tone is Tone.NEGATIVE else scores.positive
    if tone is Tone.NEUTRAL:
        score = 1.0 - scores.negative - scores.positive
    reasons.append(_of_tone(tone, round(score, 2)))
    return reasons


@cache
def _of_tone(tone: Tone, score: float) -> Reason:
    """Return the reason of a tone: three hundred there are, and each is made once."""
    return Reason("tone", (("tone", tone.value), ("score", score)))


def else_said(decided: Decided, elsewhere: str) -> list[Reason]:
    """Return the reasons beside the cues: what a person decided, that it is said to somebody else."""
    reasons = [Reason("person", (("kind", decided.kind.value),))] if decided.kind is not None else []
    return [*reasons, Reason("elsewhere", (("handle", elsewhere),))] if elsewhere else reasons


def how_grave(
    reading: Reading, severity: Severity, hostility: Hostility, themes: tuple[str, ...], scores: Scores
) -> list[Reason]:
    """Return the reasons for severity, hostility and themes, where there are any."""
    reasons: list[Reason] = []
    grave = _GRAVE.get(severity)
    if grave:
        facts: tuple[tuple[str, Fact], ...] = (("severity", severity.word), ("cues", reading.said(*grave)))
        reasons.append(Reason("severity.cues", facts))
    if hostility is not Hostility.NONE:
        said = reading.said(*_ABUSE[hostility])
        facts = (("hostility", hostility.word), ("cues", said), ("score", round(scores.hostile, 2)))
        reasons.append(Reason("hostility", facts))
    if themes:
        reasons.append(Reason("themes", (("themes", ", ".join(themes)),)))
    return reasons
