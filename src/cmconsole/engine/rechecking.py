"""Looks again at posts that were taken: those deleted there go here too, those edited are read anew."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cmconsole.core.clock import DAY, HOUR, MINUTE, SECOND, Clock, Instant, Millis
from cmconsole.core.errors import BudgetSpentError, SourceError
from cmconsole.core.lookup import Lookup
from cmconsole.core.sla import SlaPolicy
from cmconsole.core.source import Batch
from cmconsole.engine.judging import judged
from cmconsole.engine.options import Sleep
from cmconsole.engine.reading import Vips
from cmconsole.engine.redaction import in_words
from cmconsole.store.contract import Intake, Lease, Seen, Store
from cmconsole.triage.judge import Judge

_log = logging.getLogger(__name__)

WINDOW: Final[Millis] = 7 * DAY
"""Posts received within this time are looked at again: later hardly anybody takes one back."""

AGE: Final[Mapping[str, Millis]] = {"x": DAY}
"""How long a post goes unasked by platform; X takes money for each, and its terms grant a day."""

USUAL_AGE: Final[Millis] = HOUR

PAID: Final = frozenset({"x"})
"""Platforms that take money: there only posts somebody may still answer are looked at."""

_STEP: Final = 1_000
"""Mentions read from the store at once."""

_PAUSE: Final = 5.0
"""Seconds between two steps: a pass over 100,000 mentions takes some nine minutes and is not felt."""

_AWAY: Final[Millis] = 15 * MINUTE
"""How long a platform that did not answer is left alone."""


@dataclass(slots=True)
class Rechecking:
    """Goes through the mentions of the last days, again and again, at walking pace."""

    store: Store
    lookups: Mapping[str, Lookup]
    judge: Judge
    vips: Vips
    policy: SlaPolicy
    clock: Clock
    lease: Callable[[], Lease | None]
    sleep: Sleep = asyncio.sleep
    _after: int = 0
    _away: dict[str, Instant] = field(default_factory=dict)

    async def follow(self) -> None:
        """Look on for ever; without a platform to ask there is nothing to do."""
        while self.lookups:
            await self.look()
            await self.sleep(_PAUSE if self._after else MINUTE / SECOND)

    async def look(self) -> int:
        """Look at the next step of mentions; return how many posts were asked for."""
        now = self.clock.now()
        seen, self._after = await self.store.seen_mentions(self._after, _STEP, now - WINDOW)
        asked = 0
        for platform, lookup in self.lookups.items():
            due = [it for it in seen if it.platform == platform and _is_due(it, now)]
            for start in range(0, len(due), lookup.most):
                if self._away.get(platform, 0) > self.clock.now():
                    break
                asked += await self._ask(platform, lookup, due[start : start + lookup.most])
        return asked

    async def _ask(self, platform: str, lookup: Lookup, due: Sequence[Seen]) -> int:
        try:
            found = await lookup.posts([it.native_id for it in due])
        except SourceError as error:
            pause = DAY if isinstance(error, BudgetSpentError) else _AWAY
            longest = max(pause, int((error.retry_after or 0) * SECOND))
            self._away[platform] = self.clock.now() + longest
            _log.warning("posts not asked for platform=%s error=%s", platform, in_words(error))
            return 0
        edited = tuple(it for it in found.mentions if it.edited_at is not None)
        now = self.clock.now()
        for piece in judged(Batch(edited, removed=found.removed), self.judge, self.vips.authors):
            intake = Intake("", platform, piece.items, lease=self.lease(), removed=piece.removed)
            await self.store.ingest(intake, self.policy, now)
        await self.store.rechecked([it.id for it in due], now)
        return len(due)


def _is_due(seen: Seen, now: Instant) -> bool:
    if seen.platform in PAID and not seen.waits:
        return False
    return now - seen.at >= AGE.get(seen.platform, USUAL_AGE)
