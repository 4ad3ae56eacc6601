"""A guard: its name, what it may do, and the question it asks of a reply that is about to leave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from cmconsole.core.guard import Level
from cmconsole.desk.policy import GuardPolicy
from cmconsole.desk.reply.candidate import Candidate


@dataclass(frozen=True, slots=True)
class Raised:
    """Why a guard was raised, in the reader's language.

    level: stands whatever the settings say; None: the guard's, as the settings have it.
    """

    reason: str
    level: Level | None = None


Check: TypeAlias = Callable[[Candidate, GuardPolicy], Iterator[Raised]]


@dataclass(frozen=True, slots=True)
class Guard:
    """One question asked of every reply.

    name: stable, in kebab-case; the settings spell it with underscores. level: unless the settings say
    otherwise. fixed: the settings cannot change it. title: a msgid, in few words. check: yields why it is
    raised, quoting what raised it; silent: nothing.
    """

    name: str
    level: Level
    title: str
    check: Check
    fixed: bool = False
