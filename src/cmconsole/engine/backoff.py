"""How long to wait before trying again: full jitter under a doubling ceiling, forgotten once healed."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random

from cmconsole.core.clock import DAY, MINUTE, SECOND, Instant, Millis

FIRST: Millis = 1 * SECOND
"""Ceiling of the first pause."""

LONGEST: Millis = 5 * MINUTE
"""Ceiling the pauses double up to."""

SHORTEST: Millis = 250
"""No pause is shorter: an adapter that fails at once must not spin (X asks for the same 250 ms)."""

HEALED: Millis = MINUTE
"""After so long in health the next failure counts as the first again."""

FARTHEST: Millis = DAY
"""A longer wait than this is not honoured, whatever a platform asks for: it is a mistake or an attack."""


@dataclass(slots=True)
class Backoff:
    """The pauses of one worker.

    Full jitter: any length up to the ceiling is as likely as any other, so that workers which failed together
    do not come back together (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
    """

    chance: Random = field(default_factory=Random)
    first: Millis = FIRST
    longest: Millis = LONGEST
    failures: int = 0
    well_since: Instant | None = None

    def worked(self, now: Instant) -> None:
        """Take note of a success; health is counted from the first one after a failure."""
        if self.well_since is None or now < self.well_since:
            self.well_since = now

    def failed(self, now: Instant, retry_after: float | None = None) -> Millis:
        """Return the pause owed after a failure: at least the `retry_after` seconds a platform asked for."""
        if self.well_since is not None and now - self.well_since >= HEALED:
            self.failures = 0
        self.well_since = None
        # The exponent is capped first: 2 ** 10_000 is a long number to make a minimum of.
        ceiling = min(self.longest, self.first << min(self.failures, 32))
        self.failures += 1
        pause = max(SHORTEST, self.chance.randrange(ceiling + 1))
        return max(pause, _asked(retry_after))


def _asked(retry_after: float | None) -> Millis:
    """Return what a platform asked for in milliseconds, rounded up; nothing for what is no length of time."""
    if retry_after is None or math.isnan(retry_after) or retry_after <= 0:
        return 0
    return math.ceil(min(retry_after * SECOND, FARTHEST))
