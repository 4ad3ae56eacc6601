"""The lines about replies that stay in sight: what leaves next, who waits for a yes, what did not leave."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from cmconsole.tui.actions import key_name
from cmconsole.tui.present import replies as present
from cmconsole.tui.widgets.painted import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from cmconsole.tui.palette import Palette
    from cmconsole.tui.session import Session


class ReplyBar(Lines):
    """As many lines as there is to say, none where nothing is; it counts down without asking the store.

    shown: says what of `approvals` and `outbox` has another place on the screen just now.
    """

    DEFAULT_CSS: ClassVar[str] = "ReplyBar { height: 0; }"

    def __init__(
        self, session: Session, palette: Palette, shown: Callable[[], Collection[str]] = tuple
    ) -> None:
        keymap = session.settings.keymap
        first, second, third = (key_name(keymap.first(name)) for name in ("take-back", "approvals", "outbox"))
        super().__init__(
            palette,
            lambda width: present.bar(
                session.board, session.desk, (first, second, third), width, shown=shown()
            ),
            ground="panel",
            id="replies",
        )

    def sync(self) -> None:
        """Take the lines there are to be said, then paint what changed of them."""
        lines = len(self._make(self.container_size.width or self.app.size.width))
        if self.styles.height is None or self.styles.height.value != lines:
            self.styles.height = lines
        super().sync()
