"""The one registry of what a person can do: footer, help, palette, `cmconsole keys` and the guide are made from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cmconsole.config.language import N_, _


class Group(StrEnum):
    """What an action is about, in the order help shows it."""

    MOVE = "move"
    DECIDE = "decide"
    MARK = "mark"
    LOOK = "look"
    SHIFT = "shift"


GROUP_TITLES: Final[Mapping[Group, str]] = {
    Group.MOVE: N_("Moving about"),
    Group.DECIDE: N_("Deciding"),
    Group.MARK: N_("Marking"),
    Group.LOOK: N_("Looking closer"),
    Group.SHIFT: N_("The shift"),
}


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do.

    id: stable kebab-case name, what a keymap in the settings re-maps.
    keys: the default keys, the first one shown in the footer.
    label: one or two words for the footer; sentence: what it does, for help and the guide. Both English msgids.
    acts: it changes the store, so a console that was handed over refuses it.
    footer: how soon it gives way where the footer is short, 1 last of all; 0 is never in the footer.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    sentence: str
    group: Group
    acts: bool = False
    footer: int = 0


def _decide(id_: str, key: str, label: str, sentence: str, footer: int = 0) -> Action:
    return Action(id_, (key,), label, sentence, Group.DECIDE, acts=True, footer=footer)


ACTIONS: Final[tuple[Action, ...]] = (
    Action("next", ("j", "down"), N_("next"), N_("Go to the next conversation."), Group.MOVE),
    Action("previous", ("k", "up"), N_("previous"), N_("Go to the previous conversation."), Group.MOVE),
    Action("left", ("h", "left", "shift+tab"), N_("lane left"), N_("Go to the lane on the left."), Group.MOVE),
    Action("right", ("l", "right", "tab"), N_("lane right"), N_("Go to the lane on the right; past the last one, to the others."), Group.MOVE),
    Action("top", ("g", "home"), N_("top"), N_("Take in what is new and go to the top of the lane."), Group.MOVE),
    Action("bottom", ("G", "end"), N_("bottom"), N_("Take in what is new and go to the bottom of the lane."), Group.MOVE),
    Action("page-down", ("pagedown", "ctrl+f"), N_("page down"), N_("Go one screen down the lane."), Group.MOVE),
    Action("page-up", ("pageup", "ctrl+b"), N_("page up"), N_("Go one screen up the lane."), Group.MOVE),
    Action("others", ("O",), N_("others"), N_("Open or fold the lane of the others."), Group.MOVE, footer=9),
    Action("open", ("enter",), N_("view"), N_("Open the conversation on a screen of its own. Enter does nothing else, ever."), Group.MOVE, footer=3),
    Action("back", ("escape",), N_("back"), N_("Go back; forget the selection."), Group.MOVE),
    _decide("claim", "c", N_("claim"), N_("Claim the conversation, or release your claim."), 2),
    _decide("done", "d", N_("done"), N_("The conversation is dealt with."), 4),
    _decide("silence", "x", N_("no answer"), N_("Decide not to answer, with a reason."), 5),
    _decide("snooze", "s", N_("snooze"), N_("Put the conversation away until later."), 6),
    _decide("wait", "w", N_("wait"), N_("The next word is not ours: stop the clock until the author writes again."), 10),
    _decide("take-back", "u", N_("take back"), N_("Take back your last decision, or reopen the conversation."), 8),
    Action(
        "canned",
        ("1", "2", "3", "4", "5", "6", "7", "8", "9"),
        N_("canned"),
        N_("Kept for canned responses."),
        Group.DECIDE,
    ),
    Action("select", ("space",), N_("select"), N_("Select the conversation; what you decide next is for all that are selected."), Group.MARK, footer=12),
    Action("tag", ("t",), N_("tag"), N_("Add a tag, or remove one by typing - before it."), Group.MARK, acts=True, footer=13),
    Action("note", ("N",), N_("note"), N_("Leave a note for colleagues; it is never published."), Group.MARK, acts=True, footer=14),
    Action("vip", ("v",), N_("VIP"), N_("Mark the author as VIP, or take the mark away."), Group.MARK, acts=True, footer=15),
    Action("why", ("i",), N_("why"), N_("Say in full why the conversation stands where it stands."), Group.LOOK, footer=7),
    Action("link", ("o",), N_("link"), N_("Show the conversation's link and copy it; no browser is opened."), Group.LOOK, footer=16),
    Action("read-down", ("J", "ctrl+d"), N_("read on"), N_("Scroll the messages down."), Group.LOOK),
    Action("read-up", ("K", "ctrl+u"), N_("read back"), N_("Scroll the messages up."), Group.LOOK),
    Action("search", ("/",), N_("search"), N_("Search words, handles and names, resolved conversations too."), Group.LOOK, footer=6),
    Action("hold", ("z",), N_("hold"), N_("Hold the stream still, or let it run again."), Group.LOOK, footer=17),
    Action("palette", (":",), N_("palette"), N_("Find any of these actions by its name."), Group.LOOK),
    Action("help", ("?",), N_("help"), N_("Show all keys."), Group.LOOK, footer=1),
    Action("handover", ("H",), N_("hand over"), N_("Write, save or accept a handover."), Group.SHIFT, footer=11),
    Action("quit", ("q", "ctrl+q", "ctrl+c"), N_("quit"), N_("Leave the desk; your claims stay until they expire."), Group.SHIFT, footer=18),
)  # fmt: skip
"""In the order help and the guide show them."""

BY_ID: Final[Mapping[str, Action]] = {action.id: action for action in ACTIONS}


def default_keys() -> dict[str, tuple[str, ...]]:
    """Return the default keys of every action."""
    return {action.id: action.keys for action in ACTIONS}


def key_name(key: str) -> str:
    """Return a key as people read it on their keyboard: `Space`, `Ctrl+Q`, `↓`."""
    names = {
        "enter": _("Enter"), "escape": _("Esc"), "space": _("Space"), "tab": _("Tab"), "shift+tab": _("Shift+Tab"),
        "up": "↑", "down": "↓", "left": "←", "right": "→", "home": _("Home"), "end": _("End"),
        "pageup": _("PgUp"), "pagedown": _("PgDn"), "backspace": _("Backspace"), "delete": _("Del"),
    }  # fmt: skip
    if key in names:
        return names[key]
    modifier, plus, letter = key.rpartition("+")
    if plus and modifier:
        return f"{modifier.capitalize()}+{letter.upper()}"
    return key.upper() if len(key) > 1 else key


def key_names(keys: Sequence[str]) -> str:
    """Return keys as people read them, runs of digits as `1–9`; a dash where there is none."""
    if len(keys) > 2 and all(key.isdigit() for key in keys):  # noqa: PLR2004 - two digits are no run
        return f"{keys[0]}–{keys[-1]}"
    return " ".join(key_name(key) for key in keys) or "–"


def grouped() -> list[tuple[str, list[Action]]]:
    """Return the actions by translated group title."""
    return [
        (_(title), [action for action in ACTIONS if action.group is group]) for group, title in GROUP_TITLES.items()
    ]


def table(keys: Mapping[str, Sequence[str]] | None = None) -> str:
    """Return all keys as aligned plain text, for `cmconsole keys`; `keys`: in use instead of the defaults."""
    used = default_keys() if keys is None else keys
    rows = [(title, [(key_names(used[a.id]), a.id, _(a.sentence)) for a in actions]) for title, actions in grouped()]
    wide = max(len(row[0]) for _title, lines in rows for row in lines)
    long = max(len(row[1]) for _title, lines in rows for row in lines)
    blocks = []
    for title, lines in rows:
        block = [title, *(f"  {shown:{wide}}  {id_:{long}}  {sentence}" for shown, id_, sentence in lines)]
        blocks.append("\n".join(block))
    return "\n\n".join(blocks)


def markdown() -> str:
    """Return the tables of docs/guide/keys.md, in English whatever the language in use."""
    blocks = []
    for group, title in GROUP_TITLES.items():
        lines = [f"## {title}", "", "| keys | id | what it does |", "|---|---|---|"]
        lines += [
            f"| {_markdown_keys(action.keys)} | `{action.id}` | {action.sentence} |"
            for action in ACTIONS
            if action.group is group
        ]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks) + "\n"


def _markdown_keys(keys: Sequence[str]) -> str:
    if all(key.isdigit() for key in keys):
        return f"`{keys[0]}`–`{keys[-1]}`"
    return " ".join(f"`{key}`" for key in keys)
