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
    """How serious a complaint is; the last two always go to a person."""

    NONE = 0
    MINOR = 1
    MAJOR = 2
    LEGAL = 3
    SAFETY = 4

    @property
    def word(self) -> str:
        """The lower-case English word (`major`), as settings and JSON outputs spell it."""
        return self.name.lower()


class Hostility(IntEnum):
    """How abusive the words are, threats included: it decides the veil, it detects no hate."""

    NONE = 0
    RUDE = 1
    INSULTING = 2
    HATEFUL = 3

    @property
    def word(self) -> str:
        """The lower-case English word (`rude`), as settings and JSON outputs spell it."""
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
    """Triage's judgement of one mention.

    complaint, negative, positive, hostile: scores between 0 and 1, calibrated: of texts with a complaint
    score of .8 about four in five are complaints. What negative and positive leave of 1 is neutral's.
    thanks: the words thank the reader: after an answer of ours that is a win.
    tags, route, silence: what the desk's rules add: tags, a route to escalate on, and the reason for not
    answering (empty: none).
    """

    lane: Lane
    priority: Priority
    kind: Kind
    severity: Severity = Severity.NONE
    tone: Tone = Tone.NEUTRAL
    language: str = "other"
    complaint: float = 0.0
    reasons: Sequence[Reason] = ()
    hostility: Hostility = Hostility.NONE
    themes: tuple[str, ...] = ()
    negative: float = 0.0
    positive: float = 0.0
    hostile: float = 0.0
    thanks: bool = False
    tags: tuple[str, ...] = ()
    route: str = ""
    silence: str = ""
