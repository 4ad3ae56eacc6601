"""The footer: the keys that matter most, as many as fit; or one message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cmconsole.config.language import _, ngettext
from cmconsole.tui.actions import ACTIONS, key_names
from cmconsole.tui.present.line import clip, width_of

if TYPE_CHECKING:
    from cmconsole.tui.actions import Action
    from cmconsole.tui.keymap import Keymap
    from cmconsole.tui.present.line import Line, Span

_GAP = 2
_OUTSIDE = frozenset({"open", "others", "select", "hold"})
"""Actions of the lanes that mean nothing inside a conversation."""


def footer(
    keymap: Keymap, width: int, *, selected: int = 0, read_only: bool = False, inside: bool = False
) -> Line:
    """Return the keys in the registry's order; where it is too narrow the less important ones are left out.

    inside: for a conversation on its own screen, where Escape leads back and there is nothing to open or
    select.
    """
    lead: list[Span] = [(" ", "quiet")]
    if selected:
        chosen = ngettext("{n} selected", "{n} selected", selected).format(n=selected)
        lead += [(chosen, "key"), ("  ", "quiet")]
    if read_only:
        lead += [(_("read only"), "success"), ("  ", "quiet")]
    room = width - width_of(lead)
    items: dict[str, tuple[Span, Span]] = {}
    for action in sorted(_shown(keymap, read_only=read_only, inside=inside), key=_rank):
        item = ((key_names([keymap.first(action.id)]), "key"), (f" {_(action.label)}", "quiet"))
        size = width_of(item) + _GAP
        if size <= room + _GAP - 1:
            items[action.id] = item
            room -= size
    spans: list[Span] = []
    for action in ACTIONS:
        if action.id in items:
            spans += [*items[action.id], (" " * _GAP, "quiet")]
    return (*lead, *spans[:-1])


def _shown(keymap: Keymap, *, read_only: bool, inside: bool) -> list[Action]:
    ranked = [action for action in ACTIONS if action.footer or (inside and action.id == "back")]
    if inside:
        ranked = [action for action in ranked if action.id not in _OUTSIDE]
    return [action for action in ranked if keymap.first(action.id) and not (read_only and action.acts)]


def _rank(action: Action) -> int:
    return action.footer


def message(text: str, meaning: str, width: int) -> Line:
    """Return one message in place of the keys."""
    return ((" ", "text"), (clip(" ".join(text.split()), width - 2), meaning))
