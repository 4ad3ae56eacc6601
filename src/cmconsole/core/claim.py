"""A claim: one person's exclusive hold on a conversation, which expires."""

from __future__ import annotations

from dataclasses import dataclass

from cmconsole.core.clock import MINUTE, Instant, Millis

CLAIM_HOLD: Millis = 15 * MINUTE
"""How long a claim holds without being renewed."""


@dataclass(frozen=True, slots=True)
class Claim:
    """`person` holds the conversation until `until` (exclusive)."""

    person: str
    until: Instant

    def holds(self, now: Instant) -> bool:
        """Say whether the claim is still in force."""
        return now < self.until
