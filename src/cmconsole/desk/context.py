"""The desk one person sits at: everything a view reads and a command needs, passed in once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cmconsole.config.language import _
from cmconsole.core.claim import CLAIM_HOLD
from cmconsole.core.errors import ReadOnlyError
from cmconsole.desk.policy import ReplyPolicy

if TYPE_CHECKING:
    from datetime import tzinfo

    from cmconsole.core.clock import Clock, Instant, Millis
    from cmconsole.core.sla import SlaPolicy
    from cmconsole.store.contract import DeskStore
    from cmconsole.triage.judge import Judge


@dataclass(slots=True)
class Desk:
    """Who acts, on which store, by which rules.

    person: the name under which everything is recorded. console: a random id of this one console.
    hold: how long a claim holds, in milliseconds. zone: the person's time zone, for "18:00" and "tomorrow".
    replying: by which rules this desk replies.
    shift_id: the shift this console works in; None while none was begun. taught: the last event that the
    judge has its lessons from; None while it has none. They are the only parts that ever change: `desk.shift`
    sets the one, `desk.judging` the other.
    """

    store: DeskStore
    clock: Clock
    judge: Judge
    policy: SlaPolicy
    person: str
    console: str
    zone: tzinfo
    hold: Millis = CLAIM_HOLD
    shift_id: int | None = None
    taught: int | None = None
    replying: ReplyPolicy = field(default_factory=ReplyPolicy)

    def now(self) -> Instant:
        """Return the present moment."""
        return self.clock.now()

    async def handed_over(self) -> bool:
        """Say whether this console's shift was handed over, from whatever console that was done."""
        if self.shift_id is None:
            return False
        return (await self.store.shift(self.shift_id)).handed_over_at is not None

    async def check_may_act(self) -> None:
        """Raise ReadOnlyError once this console's shift was handed over; every command begins here."""
        if await self.handed_over():
            raise ReadOnlyError(
                _("Your shift was handed over: this console may look, not act."),
                advice=_("Begin a new shift to work again."),
            )
