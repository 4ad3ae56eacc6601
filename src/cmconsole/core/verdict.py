"""What triage says of a mention: lane, priority, kind, severity, tone, and the reasons for each."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum, StrEnum
from typing import TypeAlias

from cmconsole.core.value import dataclass


class Lane(StrEnum):
    """Where a conversation stands on the screen."""

    INFLUENCERS = "influencers"
    COMPLAINTS = "complaints"
    OTHERS = "others"


class Priority(IntEnum):
    """How soon; P1 is the most pressing."""

    URGENT = 1
    HIGH = 2
    MEDIUM = 3
    LOW = 4

    @property
    def word(self) -> str:
        """The lower-case English word (`urgent`), as settings and JSON outputs spell it."""
        return self.name.lower()


class Kind(StrEnum):
    """What a mention is, strongest first: a conversation keeps the strongest kind it has shown."""

    COMPLAINT = "complaint"
    QUESTION = "question"
    PRAISE = "praise"
    NEUTRAL = "neutral"
    SPAM = "spam"


class Severity(IntEnum):
    """How serious a complaint is."""

    NONE = 0
    MINOR = 1
    MAJOR = 2
    SAFETY = 3

    @property
    def word(self) -> str:
        """The lower-case English word (`major`), as settings and JSON outputs spell it."""
        return self.name.lower()


class Tone(StrEnum):
    """The mood of the words."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


Fact: TypeAlias = str | int | float | bool
"""One value a reason speaks of: a cue, a number, a name."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why triage decided as it did: a stable code and the facts it speaks of.

    `desk.explain` turns it into a sentence in the reader's language.
    """

    code: str
    facts: tuple[tuple[str, Fact], ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Triage's judgement of one mention. `complaint` is a score between 0 and 1."""

    lane: Lane
    priority: Priority
    kind: Kind
    severity: Severity = Severity.NONE
    tone: Tone = Tone.NEUTRAL
    language: str = "other"
    complaint: float = 0.0
    reasons: Sequence[Reason] = ()
