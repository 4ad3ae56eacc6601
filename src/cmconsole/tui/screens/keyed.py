"""Screens whose keys are the registry's actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from textual.screen import Screen

from cmconsole.config.language import _
from cmconsole.tui.actions import BY_ID

if TYPE_CHECKING:
    from textual import events

    from cmconsole.tui.host import Host

NARROW: Final = 120
"""Under so many columns lanes become tabs, and the conversation a screen of its own."""


class KeyedScreen(Screen[None], inherit_bindings=False):
    """Looks keys up in the keymap and runs the action; nothing on it ever has the focus.

    Keys take this short way rather than Textual's bindings: a key press is one look-up, and the registry
    stays the only place where keys are.
    """

    AUTO_FOCUS: ClassVar[str | None] = ""
    ALLOW_SELECT: ClassVar[bool] = False
    WRITES: ClassVar[bool] = False
    """Somebody writes here: nothing opens over it by itself."""

    @property
    def console(self) -> Host:
        """The console this screen is part of."""
        return cast("Host", self.app)

    def handlers(self) -> Mapping[str, Callable[[], Any]]:
        """Return what this screen does by itself, by action id; the app does the rest."""
        raise NotImplementedError

    def targets(self) -> list[int]:
        """Return the conversations an action is about."""
        raise NotImplementedError

    def sync(self) -> None:
        """Paint what changed."""
        raise NotImplementedError

    def say(self, text: str, meaning: str) -> None:
        """Show a message; an empty one takes it away."""
        raise NotImplementedError

    def done_with(self) -> bool:
        """Say whether a deed has left nothing to do here, so that the screen before comes back."""
        return False

    def on_key(self, event: events.Key) -> None:
        """Run the action of a key."""
        top = self.app.screen
        if top is not self and isinstance(top, KeyedScreen):
            # It was on its way here when an earlier key opened another screen: there it was meant.
            top.on_key(event)
            return
        key = event.character if event.is_printable and event.character not in {None, " "} else event.key
        action_id = self.console.session.settings.keymap.action(key or event.key)
        if action_id is None:
            return
        event.stop()
        event.prevent_default()
        self.console.note_key()
        self.act(action_id, key or event.key)

    def act(self, action_id: str, key: str = "") -> None:
        """Run an action, whether a key, the palette or the mouse asked for it. key: which one did."""
        app = self.console
        if BY_ID[action_id].acts and app.session.read_only:
            app.say(_("Your shift was handed over: this console may look, not act."), "success")
            return
        handler = self.handlers().get(action_id)
        if handler is not None:
            handler()
        elif action_id in {"reply", "canned"}:
            self._write(action_id, key)
        else:
            app.act(action_id, self.targets())

    def _write(self, action_id: str, key: str) -> None:
        """Write to the one conversation there is; a digit begins with the canned response of its place."""
        app, targets = self.console, self.targets()
        if len(targets) != 1:
            words = _("A reply goes to one author: forget the selection first (Esc).")
            app.say(words if targets else _("There is no conversation here."), "quiet")
            return
        keys = app.session.settings.keymap.keys["canned"]
        app.open_composer(targets[0], keys.index(key) if action_id == "canned" and key in keys else None)
