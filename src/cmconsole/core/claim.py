"""A claim: one person's exclusive hold on a conversation, which expires."""

from __future__ import annotations

from dataclasses import dataclass

from cmconsole.core.clock import MINUTE, SECOND, Instant, Millis

CLAIM_HOLD: Millis = 15 * MINUTE
"""How long a claim holds without being renewed."""

AWAY: Millis = 15 * SECOND
"""A console that was silent for this long has left: three beats, so that one lost beat empties no chair.

What was on hold before its eyes leaves on its next sign of life; after so long a silence a person has to
say so.
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """`person` holds the conversation until `until` (exclusive)."""

    person: str
    until: Instant

    def holds(self, now: Instant) -> bool:
        """Say whether the claim is still in force."""
        return now < self.until
