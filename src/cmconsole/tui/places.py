"""Screens of their own that an action opens, and what is said of actions that mean something only there."""

# ruff: noqa: PLC0415 - not before they are needed: the first picture comes sooner

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cmconsole.config.language import _
from cmconsole.tui.actions import AMONG_REPLIES, WRITING, key_name

if TYPE_CHECKING:
    from cmconsole.tui.keymap import Keymap
    from cmconsole.tui.palette import Palette
    from cmconsole.tui.screens.keyed import KeyedScreen
    from cmconsole.tui.session import Session

PLACES: Final = ("sources", "approvals", "outbox")
"""The actions that open a screen which is there once at most."""


def place(action_id: str, session: Session, palette: Palette) -> KeyedScreen:
    """Return the screen that one of PLACES opens."""
    if action_id == "approvals":
        from cmconsole.tui.screens.approvals import ApprovalsScreen

        return ApprovalsScreen(session, palette)
    if action_id == "outbox":
        from cmconsole.tui.screens.outbox import OutboxScreen

        return OutboxScreen(session, palette)
    from cmconsole.tui.screens.sources import SourcesScreen

    return SourcesScreen(session, palette)


def elsewhere(action_id: str, keymap: Keymap) -> str:
    """Return what is said of an action that has no meaning here; an empty string where it has one."""

    def key(name: str) -> str:
        return key_name(keymap.first(name))

    if action_id == "pause":
        return _("Open the sources first ({key}).").format(key=key("sources"))
    if action_id == "select-all":
        words = _("Open conversations that say nearly the same first ({key}).")
        return words.format(key=key("alike"))
    if action_id in WRITING:
        return _("Write a reply first ({key}).").format(key=key("reply"))
    if action_id in AMONG_REPLIES:
        words = _("Open the approvals ({first}) or the outbox ({second}) first.")
        return words.format(first=key("approvals"), second=key("outbox"))
    return ""
