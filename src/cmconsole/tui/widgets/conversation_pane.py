"""The conversation below the lanes, and on a screen of its own: card, reasons, messages."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import tzinfo
from typing import TYPE_CHECKING

from cmconsole.core.clock import MINUTE, SECOND, Instant
from cmconsole.core.reply import FLYING
from cmconsole.tui.present import conversation as present
from cmconsole.tui.widgets.painted import Lines

if TYPE_CHECKING:
    from cmconsole.core.conversation import Conversation
    from cmconsole.desk.conversation import Dossier
    from cmconsole.tui.palette import Palette
    from cmconsole.tui.present.line import Line

    Broken = tuple[list[Line], int]


_TIPS = 3
"""Most lines of who forwarded it, where the conversation has the screen for itself."""


class ConversationPane(Lines):
    """Shows one conversation, at once with what its row knows, and whole as soon as it has been read.

    more, why: the keys that scroll on and that show all reasons.
    full: it has the screen for itself: reasons, as many as leave room, and the author's other conversations
    are always shown. why: all reasons are shown, and reading begins with them.
    """

    def __init__(
        self,
        palette: Palette,
        *,
        now: Callable[[], Instant],
        zone: tzinfo,
        more: str,
        why: str,
        full: bool = False,
    ) -> None:
        super().__init__(palette, self._composed, id="conversation")
        self._now = now
        self._zone = zone
        self._more = more
        self._why_key = why
        self._full = full
        self._talk: Conversation | None = None
        self._dossier: Dossier | None = None
        self._broken: tuple[Hashable, Broken] | None = None
        self._scroll = 0
        self.why = False

    def put(self, talk: Conversation | None, dossier: Dossier | None) -> None:
        """Show a conversation; reading begins anew when it is another one."""
        if talk is None or self._talk is None or talk.id != self._talk.id:
            self._scroll = 0
        self._talk, self._dossier = talk, dossier
        self.sync()

    def begin_anew(self) -> None:
        """Read from where reading begins."""
        self._scroll = 0

    def scroll_by(self, lines: int) -> None:
        """Read on (or back, for a negative number)."""
        if self._talk is None:
            return
        shown, newest = self._messages(self._talk)
        room = self.size.height - len(self._top(self._talk))
        begin = present.start(shown, newest, room)
        self._scroll = max(-begin, min(self._scroll + lines, max(0, len(shown) - room) - begin))
        self.sync()

    def _composed(self, _width: int) -> list[Line]:
        talk = self._talk
        if talk is None:
            return []
        top = self._top(talk)
        shown, newest = self._messages(talk)
        return top + present.window(shown, newest, self.size.height - len(top), self._scroll, self._more)

    def _top(self, talk: Conversation) -> list[Line]:
        width, dossier = self.size.width, self._dossier
        top = [
            present.heading(talk, dossier, self._now(), self._zone, width),
            present.standing(talk, None if self.why or self._full else dossier, width),
            *present.noteworthy(talk, dossier, width, _TIPS if self._full else 1),
        ]
        if self._full and not self.why and dossier is not None:
            most = max(3, self.size.height // 2 - 2)
            top += present.fewer(present.reasons(dossier, width), most, self._why_key)
            top.append(())
        return top

    def _messages(self, talk: Conversation) -> Broken:
        """Return the broken lines of the messages; breaking long ones anew at every key would be felt."""
        now, width = self._now(), self.size.width
        dossier = self._dossier
        # What is about to leave counts down; all else is broken anew only when it changes.
        counts = dossier is not None and any(it.status in FLYING for it in dossier.replies)
        moment = now // (SECOND if counts else 60 * MINUTE)
        key = (talk.id, talk.version, id(dossier), width, moment, self.why)
        if self._broken is None or self._broken[0] != key:
            if dossier is None:
                broken: Broken = (present.preview(talk, now, self._zone, width), 0)
            else:
                lines, newest = present.messages(dossier, now, self._zone, width)
                if self.why:
                    lines, newest = [*present.reasons(dossier, width), (), *lines], 0
                if self._full:
                    lines = lines + present.earlier(dossier, now, self._zone, width)
                broken = (lines, newest)
            self._broken = (key, broken)
        return self._broken[1]
