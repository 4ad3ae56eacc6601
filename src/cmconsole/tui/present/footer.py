"""The footer: the keys that matter most, as many as fit; or one message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Final

from cmconsole.config.language import _, ngettext
from cmconsole.tui.actions import ACTIONS, AMONG_REPLIES, key_names
from cmconsole.tui.present.line import clip, width_of

if TYPE_CHECKING:
    from cmconsole.tui.actions import Action
    from cmconsole.tui.keymap import Keymap
    from cmconsole.tui.present.line import Line, Span

_GAP = 2


class Place(Enum):
    """Where the person is: the footer shows only what means something there."""

    LANES = "lanes"
    ALIKE = "alike"
    CONVERSATION = "conversation"
    SOURCES = "sources"
    APPROVALS = "approvals"
    OUTBOX = "outbox"


_MEANINGLESS: Final[Mapping[Place, frozenset[str]]] = {
    Place.LANES: frozenset({"back", "select-all", "pause"}) | AMONG_REPLIES,
    Place.ALIKE: frozenset({"others", "hold", "alike", "search", "pause"}) | AMONG_REPLIES,
    Place.CONVERSATION: frozenset({"open", "others", "select", "select-all", "hold", "pause"})
    | AMONG_REPLIES,
    Place.SOURCES: frozenset(action.id for action in ACTIONS)
    - {"help", "pause", "open", "back", "search", "handover", "quit"},
    Place.APPROVALS: frozenset(action.id for action in ACTIONS)
    - {"help", "yes", "refuse", "edit", "discard", "open", "link", "back", "outbox", "quit"},
    Place.OUTBOX: frozenset(action.id for action in ACTIONS)
    - {
        "help", "take-back", "yes", "retry", "look-up", "seen-there", "edit", "discard", "open", "link",
        "back", "approvals", "quit",
    },
}  # fmt: skip


_FIRST: Final[Mapping[Place, tuple[str, ...]]] = {
    Place.LANES: (),
    Place.ALIKE: ("help", "select-all", "silence", "done", "back"),
    Place.CONVERSATION: ("back",),
    Place.SOURCES: ("help", "pause", "open", "back"),
    Place.APPROVALS: ("help", "yes", "refuse", "edit", "back", "open"),
    Place.OUTBOX: (
        "help", "take-back", "yes", "retry", "look-up", "seen-there", "edit", "discard", "back", "open",
    ),
}  # fmt: skip
"""What matters most in a place, before the registry's order: a cluster is there to be decided whole."""


def footer(
    keymap: Keymap,
    width: int,
    *,
    selected: int = 0,
    read_only: bool = False,
    alike: bool = False,
    place: Place = Place.LANES,
    without: frozenset[str] = frozenset(),
) -> Line:
    """Return the keys in the registry's order; where it is too narrow the less important ones are left out.

    alike: what is under the cursor stands for others that say nearly the same, so that their key matters.
    without: actions that mean nothing to what is under the cursor.
    """
    lead: list[Span] = [(" ", "quiet")]
    if selected:
        chosen = ngettext("{n} selected", "{n} selected", selected).format(n=selected)
        lead += [(chosen, "key"), ("  ", "quiet")]
    if read_only:
        lead += [(_("read only"), "success"), ("  ", "quiet")]
    room = width - width_of(lead)
    items: dict[str, tuple[Span, Span]] = {}
    shown = _shown(keymap, place, without, read_only=read_only, alike=alike)
    for action in sorted(shown, key=_rank(place)):
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


def _shown(
    keymap: Keymap, place: Place, without: frozenset[str], *, read_only: bool, alike: bool
) -> list[Action]:
    hidden = _MEANINGLESS[place] | without | (frozenset() if alike else {"alike"})
    ranked = [
        action for action in ACTIONS if (action.footer or action.id == "back") and action.id not in hidden
    ]
    return [action for action in ranked if keymap.first(action.id) and not (read_only and action.acts)]


def _rank(place: Place) -> Callable[[Action], tuple[int, int]]:
    first = _FIRST[place]
    return lambda action: (first.index(action.id) if action.id in first else len(first), action.footer)


def message(text: str, meaning: str, width: int) -> Line:
    """Return one message in place of the keys."""
    return ((" ", "text"), (clip(" ".join(text.split()), width - 2), meaning))
