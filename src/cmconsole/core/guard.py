"""What a guard says of a reply before it leaves: nothing, a reason to confirm, or a reason to stop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cmconsole.core.errors import CmconsoleError


class Level(StrEnum):
    """How much a guard may do. TELL: it is said. CONFIRM: a word must be typed. BLOCK: it stays."""

    OFF = "off"
    TELL = "tell"
    CONFIRM = "confirm"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Finding:
    """A guard that was raised. guard: its stable kebab-case name. reason: why, in the reader's language."""

    guard: str
    level: Level
    reason: str


class GuardError(CmconsoleError):
    """Guards stand in the way; `findings` says which, `word` what to type where all of them can be confirmed.

    word: empty where one of them blocks.
    """

    def __init__(self, message: str, *, advice: str, findings: Sequence[Finding], word: str = "") -> None:
        super().__init__(message, advice=advice)
        self.findings = tuple(findings)
        self.word = word
