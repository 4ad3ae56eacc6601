"""Reads the conversation under the cursor, a moment after the cursor came to rest there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cmconsole.config.tasks import spawn
from cmconsole.core.errors import CmconsoleError

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer
    from textual.widget import Widget

    from cmconsole.core.conversation import Conversation
    from cmconsole.tui.session import Session

REST: Final = 0.08
"""Seconds the cursor rests before the store is asked: who holds a key down reads nothing on the way."""


class Reader:
    """Keeps the session's dossier of one conversation fresh; `came` is called when there is a newer one."""

    def __init__(self, session: Session, clock: Widget, came: Callable[[], None]) -> None:
        self._session = session
        self._clock = clock
        self._came = came
        self._wanted: Conversation | None = None
        self._timer: Timer | None = None
        self._reading = False

    def want(self, talk: Conversation | None) -> None:
        """Say which conversation is shown now."""
        self._wanted = talk
        if (
            talk is None
            or self._reading
            or self._timer is not None
            or self._session.dossier(talk) is not None
        ):
            return
        self._timer = self._clock.set_timer(REST, self._begin)

    def _begin(self) -> None:
        self._timer = None
        talk = self._wanted
        if talk is not None and self._session.dossier(talk) is None:
            self._reading = True
            spawn(self._read(talk.id), name="read-conversation")  # type: ignore[unused-awaitable] # it tells by itself

    async def _read(self, conversation_id: int) -> None:
        try:
            await self._session.read_dossier(conversation_id)
        except CmconsoleError:
            # It is gone, or the store is busy: the row's own words stay, and the lanes tell what happened.
            self._wanted = None
        finally:
            self._reading = False
        self._came()
        self.want(self._wanted)
