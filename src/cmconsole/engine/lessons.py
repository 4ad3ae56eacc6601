"""Teaches triage what persons corrected: the engine learns, and everybody reads what it kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from cmconsole.core.clock import Clock
from cmconsole.core.errors import StoreError
from cmconsole.core.event import Event, EventKind
from cmconsole.core.verdict import Kind, Lane, Severity
from cmconsole.engine.options import Sleep
from cmconsole.engine.redaction import in_words
from cmconsole.store.contract import Learned, Lease, Store
from cmconsole.triage.judge import LEARNED, Judge

_log = logging.getLogger(__name__)

_LOOK = 1.0
"""Seconds between two looks at the feed: a correction counts for what comes a second later."""

_STEP = 100
_KINDS = (EventKind.CONVERSATION_CORRECTED, EventKind.TRIAGE_FORGOTTEN)


@dataclass(slots=True)
class Lessons:
    """Follows the corrections in the feed; what it learned is saved with the last seq: none counts twice."""

    store: Store
    judge: Judge
    clock: Clock
    lease: Callable[[], Lease | None]
    sleep: Sleep = asyncio.sleep
    _seen: int = field(default=0, init=False)

    async def recall(self) -> None:
        """Take up what was learned before; what cannot be read is told, and lessons begin anew."""
        kept = await self.store.learned(LEARNED)
        self._seen = kept.seq if kept else 0
        try:
            self.judge.remember(kept.state if kept else "")
        except StoreError as error:
            _log.warning("lessons not read error=%s", in_words(error))

    async def follow(self) -> None:
        """Learn from every correction as it comes; runs for ever."""
        await self.recall()
        while True:
            if not await self.look():
                await self.sleep(_LOOK)

    async def look(self) -> int:
        """Learn from the corrections since the last look; return how many there were."""
        events = await self.store.events(self._seen, _STEP, kinds=_KINDS)
        for event in events:
            await self._take(event)
        if events:
            last = events[-1].seq
            kept = Learned(LEARNED, self.judge.remembered(), last, self.clock.now())
            if await self.store.save_learned(kept, self.lease()):
                self._seen = last
            else:
                # Somebody had it forgotten in between: begin where they left it.
                await self.recall()
        return len(events)

    async def _take(self, event: Event) -> None:
        if event.kind is EventKind.TRIAGE_FORGOTTEN:
            self.judge.remember("")
            return
        text = None if event.conversation_id is None else await self.store.lesson(event.conversation_id)
        if text is None:
            return
        kind, severity = said(event)
        if kind is not None or severity is not None:
            self.judge.teach(text, kind=kind, severity=severity)


def said(event: Event) -> tuple[Kind | None, Severity | None]:
    """Return what a correction says of the text: its kind, its severity; None where it says nothing of it.

    A lane says whether it is a complaint; the lane of influencers speaks of the author, not of the text.
    """
    data = event.data
    kind = Kind(str(data["kind"])) if "kind" in data else None
    if kind is None and data.get("lane") == Lane.COMPLAINTS:
        kind = Kind.COMPLAINT
    elif kind is None and data.get("lane") == Lane.OTHERS and data.get("was_lane") == Lane.COMPLAINTS:
        kind = Kind.NEUTRAL
    severity = Severity(int(str(data["severity"]))) if "severity" in data else None
    return kind, severity
