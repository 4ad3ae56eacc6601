"""A tip: a link that somebody in the company forwards ("answer him!"), and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from cmconsole.core.clock import Instant
from cmconsole.core.text import link, one_line


@dataclass(frozen=True, slots=True)
class Tip:
    """One forwarded link. url: the post's address. person: who forwards it, as they name themselves.

    at: when it was forwarded. Once read, the texts have passed `core.text.visible`, each on one line.
    """

    url: str
    person: str
    at: Instant
    note: str = ""


class TipState(StrEnum):
    """What became of a tip.

    WAITING: the engine has not looked yet. LINKED: the conversation was known. TAKEN: it was fetched from its
    platform, or stands for itself where it cannot be.
    """

    WAITING = "waiting"
    LINKED = "linked"
    TAKEN = "taken"


@dataclass(frozen=True, slots=True)
class StoredTip:
    """A tip with its row id, what became of it, and its conversation once there is one.

    again: how often the same person forwarded the same address after the first time.
    """

    id: int
    tip: Tip
    state: TipState
    conversation_id: int | None = None
    again: int = 0


MOST_NAME: Final = 60
MOST_NOTE: Final = 500
"""Characters kept of a tip's note: why it was forwarded, not a letter."""


def tidied(tip: Tip) -> Tip:
    """Return the tip with its texts visible, each on one line and of a bearable length."""
    return replace(
        tip, url=link(tip.url), person=one_line(tip.person, MOST_NAME), note=one_line(tip.note, MOST_NOTE)
    )
