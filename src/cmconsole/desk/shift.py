"""Shift: begin it, prolong it, and say where its clock stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core.clock import HOUR, Millis
from cmconsole.core.errors import InputError
from cmconsole.core.shift import Shift, Stage

if TYPE_CHECKING:
    from cmconsole.core.clock import Instant
    from cmconsole.desk.context import Desk

LONGEST: Millis = 24 * HOUR
"""A shift that would last longer is taken for a slip of the keys."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a shift's clock stands. left: milliseconds, negative after the planned end; passed: 0 to 1."""

    shift: Shift
    stage: Stage
    left: Millis
    passed: float

    @property
    def read_only(self) -> bool:
        """Whether the shift was handed over: the console may look, not act."""
        return self.stage is Stage.HANDED_OVER


async def start(desk: Desk, ends_at: Instant) -> Shift:
    """Begin the person's shift, or go on with the running one until `ends_at`. Raises InputError."""
    now = desk.now()
    _check_end(now, ends_at)
    begun = await desk.store.start_shift(desk.person, now, ends_at)
    desk.shift_id = begun.id
    return begun


async def resume(desk: Desk) -> Shift | None:
    """Go on with the person's running shift, if there is one; its end stays."""
    running = await desk.store.running_shift(desk.person, desk.now())
    desk.shift_id = running.id if running is not None else None
    return running


async def extend(desk: Desk, ends_at: Instant) -> Shift:
    """Set the end of the running shift anew. Raises ReadOnlyError once it was handed over, InputError."""
    await desk.check_may_act()
    return await start(desk, ends_at)


async def standing(desk: Desk) -> Standing | None:
    """Return where this console's shift stands; None while none was begun."""
    if desk.shift_id is None:
        return None
    shift, now = await desk.store.shift(desk.shift_id), desk.now()
    length = max(1, shift.ends_at - shift.started_at)
    passed = min(1.0, max(0.0, (now - shift.started_at) / length))
    return Standing(shift, shift.stage(now), shift.left(now), passed)


def _check_end(now: Instant, ends_at: Instant) -> None:
    if ends_at <= now:
        raise InputError(
            _("The end of the shift is in the past."), advice=_("Give a later time, such as 18:00.")
        )
    if ends_at - now > LONGEST:
        raise InputError(_("A shift lasts a day at most."), advice=_("Give an earlier time, such as 18:00."))
