"""Which key does what: the registry's defaults with the changes a person made in the settings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cmconsole.config.language import _
from cmconsole.core.errors import SettingsError
from cmconsole.tui.actions import BY_ID, WRITING, default_keys

NAMED: Final = (
    "enter", "escape", "space", "tab", "shift+tab", "up", "down", "left", "right", "home", "end", "pageup",
    "pagedown", "backspace", "delete", "insert", *(f"f{number}" for number in range(1, 13)),
)  # fmt: skip
"""The keys that have a name; any other is the character it types, or ctrl+ or alt+ and one of those."""

_COMBINED: Final = re.compile(r"(?:ctrl|alt)\+[a-z0-9]")
_BESIDE_WRITING: Final = re.compile(rf"{_COMBINED.pattern}|f\d+")
"""What the composer may take for itself: every other key writes, or moves about in what is written."""

_ENTER_MAY: Final = frozenset({"open"})
"""What Enter may do: a paste can type it, so it must never send or resolve."""


@dataclass(frozen=True, slots=True)
class Keymap:
    """Keys in use. keys: action id → keys; actions: key → action id."""

    keys: Mapping[str, tuple[str, ...]]
    actions: Mapping[str, str] = field(default_factory=dict)

    def action(self, key: str) -> str | None:
        """Return the id of what a key does, or None."""
        return self.actions.get(key)

    def first(self, action_id: str) -> str:
        """Return the key that is shown for an action, or an empty string when it has none."""
        return next(iter(self.keys.get(action_id, ())), "")


def keymap(changes: Mapping[str, str | Sequence[str]] | None = None, *, where: str = "[keys]") -> Keymap:
    """Return the keymap with the changes applied; an empty list leaves an action without a key.

    where: how messages name the place of the changes. Raises SettingsError for an unknown id or key, for a
    key that two actions claim, and for Enter on anything but `open`.
    """
    keys = default_keys()
    for action_id, wanted in (changes or {}).items():
        if action_id not in BY_ID:
            raise _unknown(where, _("no action is called “{name}”").format(name=action_id), action_id, BY_ID)
        listed = (wanted,) if isinstance(wanted, str) else tuple(wanted)
        keys[action_id] = tuple(_checked(key, action_id, where) for key in listed)
    return Keymap(keys, _turned(keys, where))


def _unknown(where: str, what: str, name: str, allowed: Iterable[str]) -> SettingsError:
    import difflib  # noqa: PLC0415 - not before it is needed: the first picture comes sooner

    close = difflib.get_close_matches(name, list(allowed), n=1)
    if close:
        return SettingsError(f"{where}: {what}.", advice=_("Did you mean “{name}”?").format(name=close[0]))
    return SettingsError(f"{where}: {what}.", advice=_("`cmconsole keys` lists all actions and keys."))


def _checked(key: str, action_id: str, where: str) -> str:
    place = f"{where} {action_id}"
    # A key may be written as it is typed: " " is the space bar.
    named = "space" if key == " " else key
    lowered = named.lower()
    if lowered in NAMED or _COMBINED.fullmatch(lowered):
        named = lowered
    elif len(named) != 1 or not named.isprintable():
        raise _unknown(place, _("no key is called “{name}”").format(name=key), lowered, NAMED)
    if named == "enter" and action_id not in _ENTER_MAY:
        raise SettingsError(
            f"{place}: " + _("Enter may only open a conversation, for a pasted text can type it."),
            advice=_("Choose another key."),
        )
    if action_id in WRITING and not _BESIDE_WRITING.fullmatch(named):
        raise SettingsError(
            f"{place}: " + _("“{key}” is a key to write with.").format(key=key),
            advice=_("Choose one with ctrl+ or alt+, or f1 to f12."),
        )
    return named


def _turned(keys: Mapping[str, Sequence[str]], where: str) -> dict[str, str]:
    turned: dict[str, str] = {}
    for action_id, listed in keys.items():
        for key in listed:
            other = turned.setdefault(key, action_id)
            if other != action_id:
                raise SettingsError(
                    f"{where}: "
                    + _("“{key}” is the key of both {one} and {two}.").format(
                        key=key, one=other, two=action_id
                    ),
                    advice=_("Give one of them another key, or none: []."),
                )
    return turned
