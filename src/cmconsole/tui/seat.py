"""Who sits down and until when: as given, as remembered from the last start, or asked."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmconsole.config.clock import SystemClock, timezone
from cmconsole.config.paths import memory_file
from cmconsole.core.clock import HOUR

# The memory of the last start is read at every start, the question's screen hardly ever.
# ruff: noqa: PLC0415
if TYPE_CHECKING:
    from cmconsole.config.schema import Desk as DeskSettings
    from cmconsole.core.clock import Instant
    from cmconsole.tui.settings import ConsoleSettings
    from cmconsole.tui.terminal import Guard


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits down, and when their shift ends."""

    person: str
    ends_at: Instant


_SAME_SHIFT = 12 * HOUR
"""A remembered end of shift further away than this is that of another day."""


def known_seat(settings: DeskSettings, until: str) -> Seat | None:
    """Return who sits down and until when, where both are given or remembered; None: they are to be asked."""
    from cmconsole.config.memory import recall
    from cmconsole.desk import when

    memory, now, zone = recall(memory_file()), SystemClock().now(), timezone(settings.timezone)
    person = settings.person or memory.person
    if until and person:
        return Seat(person, when.parse(until, now, zone))
    if memory.until and person == memory.person:
        ends_at = when.parse(memory.until, now, zone)
        return Seat(person, ends_at) if ends_at - now <= _SAME_SHIFT else None
    return None


async def asked_seat(settings: DeskSettings, looks: ConsoleSettings, guard: Guard) -> Seat | None:
    """Ask who sits down and until when, and remember it; None: they left."""
    from cmconsole.config.memory import Memory, recall, remember
    from cmconsole.tui import themes
    from cmconsole.tui.filter import LastFilter
    from cmconsole.tui.palette import Palette
    from cmconsole.tui.screens.first_start import FirstStart, FirstStartApp

    memory = recall(memory_file())
    question = FirstStart(
        SystemClock().now,
        timezone(settings.timezone),
        person=settings.person or memory.person,
        until=memory.until,
    )
    palette = Palette(themes.load(looks.theme), sixteen=False, colour=looks.colour)
    last_filter = LastFilter(colour=looks.colour, ascii_only=looks.ascii)
    app = FirstStartApp(question, palette.textual(), last_filter)
    guard.attach(app)
    answers = await app.run_async()
    if answers is None:
        return None
    with suppress(OSError):
        remember(Memory(answers.person, answers.until), memory_file())
    return Seat(answers.person, answers.ends_at)
