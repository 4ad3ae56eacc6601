"""The console's own clockwork: it follows the store, says that it lives, and watches the shift's clock."""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING, Final, Protocol

from cmconsole.config.language import _, said
from cmconsole.core.clock import MINUTE, SECOND
from cmconsole.core.errors import CmconsoleError
from cmconsole.core.shift import Stage
from cmconsole.core.verdict import Priority
from cmconsole.desk.board import Follower
from cmconsole.tui.session import ENGINE_START

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cmconsole.core.clock import Instant
    from cmconsole.tui.session import Session

NOTICE: Final = 8 * SECOND
"""A screen opens by itself only so long after it was announced…"""

QUIET_KEYS: Final = 4 * SECOND
"""…and after so long without a key: it must not take what somebody is typing."""

DEAF: Final = SECOND
"""Keys that were on their way when a screen opened by itself were not meant for it, and are dropped."""

BELL_PAUSE: Final = 20 * SECOND
"""Least time between two bells: in a storm one is enough."""


_CALLING: Final = frozenset({Stage.PREPARE_HANDOVER, Stage.OVER})
"""The stages at which the handover opens by itself."""


ENGINE_PAUSE: Final = 5 * MINUTE
"""Longest time between two tries to start an engine that does not come to work."""

_ENGINE_LOOK: Final = 1.0
"""Seconds between two looks at the engine's lease, as the board tells it."""


READY: Final = 2.0
"""Seconds after the start when what the first reply needs is loaded: the first pictures are drawn by then."""

_WITH_THE_FIRST_REPLY: Final = ("cmconsole.tui.screens.composer", "cmconsole.desk.reply.guards")


class Audience(Protocol):
    """Whom the clockwork tells."""

    def board_came(self) -> None:
        """Take note that the session holds a new board."""
        ...

    def say(self, text: str, meaning: str = "text") -> None:
        """Show one line of words for a while."""
        ...


async def follow(session: Session, audience: Audience) -> None:
    """Read the board whenever the store moved; for ever. A store that cannot be read is tried again."""
    troubled = False
    async for tick in Follower(session.desk).changes():
        try:
            if tick.error is not None:
                raise tick.error
            await session.read()
        except CmconsoleError as error:
            troubled = True
            audience.say(_("What you see may be old. {error}").format(error=said(error)), "overdue")
            continue
        if troubled:
            troubled = False
            audience.say(_("The store can be read again."), "success")
        audience.board_came()


async def make_ready() -> None:
    """Load what the first reply needs in a thread, so that its key does not wait for it."""
    for name in _WITH_THE_FIRST_REPLY:
        await asyncio.to_thread(importlib.import_module, name)


async def keep_engine(
    session: Session, start: Callable[[], None], *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> None:
    """Start an engine where none is at work, now and whenever it happens again; for ever.

    An engine may be killed, or end by itself in the moment in which this console began. One that cannot
    live (its settings are wrong, say) is tried again ever more seldom, up to ENGINE_PAUSE.
    """
    pause, not_before = 0, session.desk.now()
    while True:
        if session.board is not None and session.board.engine_runs:
            pause, not_before = 0, session.desk.now()
        elif session.desk.now() >= not_before:
            await asyncio.to_thread(start)
            pause = min(max(2 * pause, ENGINE_START), ENGINE_PAUSE)
            not_before = session.desk.now() + pause
        await sleep(_ENGINE_LOOK)


class ShiftWatch:
    """Tells, once each, when the shift's clock reaches T-30, T-15 and T-0; the last two want a handover."""

    def __init__(self) -> None:
        self._stage: Stage | None = None
        self._announced: Instant | None = None

    def handover_due(self, now: Instant, last_key: Instant) -> bool:
        """Say, once, that the handover is to open now: announced a while ago, and nobody is typing."""
        waited = (
            self._announced is not None and now - self._announced >= NOTICE and now - last_key >= QUIET_KEYS
        )
        if waited:
            self._announced = None
        return waited

    def opened(self) -> None:
        """Take note that the person opened the handover by themselves."""
        self._announced = None

    def look(self, session: Session) -> tuple[str, str] | None:
        """Return (words, meaning) when the stage has changed for the worse since the last look."""
        standing = session.board.standing if session.board is not None else None
        if standing is None:
            return None
        # The board is read every few seconds at least; the clock in it is as old as the board.
        stage = standing.shift.stage(session.desk.now())
        before, self._stage = self._stage, stage
        if stage is before:
            return None
        self._announced = session.desk.now() if stage in _CALLING else None
        if before is None and stage not in _CALLING:
            return None
        return stage_news(stage, session.settings.keymap.first("handover"))


def stage_news(stage: Stage, key: str) -> tuple[str, str] | None:
    """Return what is said, and how it is meant, when the shift's clock reaches a stage."""
    if stage is Stage.LAST_HALF_HOUR:
        return _("Half an hour of your shift is left."), "urgent"
    if stage is Stage.PREPARE_HANDOVER:
        return _("A quarter of an hour is left: prepare the handover ({key}).").format(key=key), "urgent"
    if stage is Stage.OVER:
        return _("Your shift is over: hand over ({key}), or prolong it.").format(key=key), "overdue"
    if stage is Stage.HANDED_OVER:
        return _("Your handover was accepted. This console may look, not act. Well done."), "success"
    return None


class Bell:
    """Decides when a bell is due: new urgent conversations, a yes asked of this person, the shift's end."""

    def __init__(self) -> None:
        self._known: set[tuple[str, int]] | None = None
        self._rung: Instant | None = None

    def due(self, session: Session, *, stage_changed: bool) -> bool:
        """Say whether to ring now; off shift and muted it never rings."""
        board = session.board
        if board is None:
            return False
        calling = {
            ("talk", talk.id)
            for rows in board.lanes.values()
            for talk in rows
            if talk.priority is Priority.URGENT
        } | {("reply", it.reply.id) for it in board.waiting if not it.mine}
        fresh = self._known is not None and bool(calling - self._known)
        self._known = calling
        off_shift = board.standing is None or board.standing.read_only
        if session.settings.mute or off_shift or not (fresh or stage_changed):
            return False
        if self._rung is not None and board.at - self._rung < BELL_PAUSE:
            return False
        self._rung = board.at
        return True
