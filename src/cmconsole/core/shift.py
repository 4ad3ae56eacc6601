"""A shift: a person's planned time at the desk, the stages of its clock, and its handover."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cmconsole.core.clock import MINUTE, Instant, Millis


class Stage(StrEnum):
    """What the shift clock says: it changes at T-30, T-15 and T-0."""

    RUNNING = "running"
    LAST_HALF_HOUR = "last_half_hour"
    PREPARE_HANDOVER = "prepare_handover"
    OVER = "over"
    HANDED_OVER = "handed_over"


@dataclass(frozen=True, slots=True)
class Shift:
    """`ends_at` is the planned end; `handed_over_at` is set once the next person accepted the handover."""

    id: int
    person: str
    started_at: Instant
    ends_at: Instant
    handed_over_at: Instant | None = None

    def left(self, now: Instant) -> Millis:
        """Return the time left, negative after the planned end."""
        return self.ends_at - now

    def stage(self, now: Instant) -> Stage:
        """Return where the clock stands at `now`."""
        if self.handed_over_at is not None:
            return Stage.HANDED_OVER
        left = self.left(now)
        if left <= 0:
            return Stage.OVER
        if left <= 15 * MINUTE:
            return Stage.PREPARE_HANDOVER
        return Stage.LAST_HALF_HOUR if left <= 30 * MINUTE else Stage.RUNNING


@dataclass(frozen=True, slots=True)
class Handover:
    """A brief from one person to the next; `accepted_by` is empty until somebody takes it by name."""

    id: int
    shift_id: int
    outgoing: str
    brief: str
    saved_at: Instant
    accepted_by: str = ""
    accepted_at: Instant | None = None
