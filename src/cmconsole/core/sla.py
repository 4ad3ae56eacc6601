"""The SLA policy: how long the first answer may take, by lane and priority."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cmconsole.core.clock import MINUTE, Instant, Millis
from cmconsole.core.verdict import Lane, Priority

DEFAULT_TARGETS: Mapping[tuple[Lane, Priority], Millis] = MappingProxyType(
    {
        (lane, priority): minutes * MINUTE
        for lane, row in {
            Lane.INFLUENCERS: (10, 30, 120, 480),
            Lane.COMPLAINTS: (15, 60, 240, 1440),
            Lane.OTHERS: (30, 240, 1440, 2880),
        }.items()
        for priority, minutes in zip(Priority, row, strict=True)
    }
)
"""Targets in use where the settings say nothing: ours, to be set by each desk (`[sla]`)."""


@dataclass(frozen=True, slots=True)
class SlaPolicy:
    """Targets in milliseconds for every (lane, priority)."""

    targets: Mapping[tuple[Lane, Priority], Millis] = field(default_factory=lambda: DEFAULT_TARGETS)

    def target(self, lane: Lane, priority: Priority) -> Millis:
        """Return how long an answer may take, in milliseconds."""
        return self.targets[lane, priority]

    def answer_by(self, waiting_since: Instant, lane: Lane, priority: Priority) -> Instant:
        """Return the moment by which somebody who waits since `waiting_since` is to be answered."""
        return waiting_since + self.targets[lane, priority]
