"""What doctor finds: a level, what it is about, what was found, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cmconsole.config.language import _


class Level(StrEnum):
    """How a finding is meant."""

    OK = "ok"
    WARN = "warn"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing doctor looked at.

    area: a stable English word for programs (`settings`, `libraries`, `store`, `engine`, `sources`,
    `secrets`, `accounts`, `terminal`, `language`, `clock`). says: what was found.
    advice: what to do; empty where nothing is to be done.
    """

    level: Level
    area: str
    says: str
    advice: str = ""


def ok(area: str, says: str) -> Finding:
    """Return a finding that needs nothing."""
    return Finding(Level.OK, area, says)


def warn(area: str, says: str, advice: str) -> Finding:
    """Return a finding to look at some day."""
    return Finding(Level.WARN, area, says, advice)


def error(area: str, says: str, advice: str) -> Finding:
    """Return a finding that keeps the desk from working."""
    return Finding(Level.ERROR, area, says, advice)


def about(name: str, says: str) -> str:
    """Return a sentence that begins with whom it is about."""
    return _("{name}: {says}").format(name=name, says=says)
