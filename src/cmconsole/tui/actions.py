"""The one registry of actions: footer, help, palette, `cmconsole keys` and the guide are made from it."""

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
    REPLY = "reply"
    WRITE = "write"
    MARK = "mark"
    LOOK = "look"
    SHIFT = "shift"


GROUP_TITLES: Final[Mapping[Group, str]] = {
    Group.MOVE: N_("Moving about"),
    Group.DECIDE: N_("Deciding"),
    Group.REPLY: N_("Replies"),
    Group.WRITE: N_("While writing a reply"),
    Group.MARK: N_("Marking"),
    Group.LOOK: N_("Looking closer"),
    Group.SHIFT: N_("The shift"),
}


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a person can do.

    id: stable kebab-case name, what a keymap in the settings re-maps.
    keys: the default keys, the first one shown in the footer.
    label: one or two words for the footer; sentence: what it does, for help and the guide. Both English
    msgids.
    acts: it changes the store, so a console that was handed over refuses it.
    footer: its place among what the footer shows, 1 the most important; 0 is never there.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    sentence: str
    group: Group
    acts: bool = False
    footer: int = 0


_ACTING: Final = frozenset(
    {
        "claim", "done", "silence", "snooze", "wait", "take-back", "correct", "tag", "note", "vip", "pause",
        "post", "yes", "refuse", "edit", "retry", "look-up", "seen-there", "discard", "reply", "canned",
    }
)  # fmt: skip

AMONG_REPLIES: Final = frozenset({"yes", "refuse", "edit", "retry", "look-up", "seen-there", "discard"})
"""What means something only where a reply is under the cursor: among the approvals and in the outbox."""

WRITING: Final = frozenset(
    {"send", "private", "speak-as", "read-anew", "as-thread", "fill-in", "drop-draft", "writing-help"}
)
"""What means something only in the composer, where a key that types a character does nothing else."""

_FOOTER: Final = (
    "help",
    "alike",
    "claim",
    "reply",
    "open",
    "select-all",
    "done",
    "silence",
    "snooze",
    "search",
    "why",
    "take-back",
    "approvals",
    "outbox",
    "correct",
    "others",
    "wait",
    "handover",
    "select",
    "tag",
    "note",
    "vip",
    "link",
    "sources",
    "pause",
    "post",
    "yes",
    "refuse",
    "edit",
    "retry",
    "look-up",
    "seen-there",
    "discard",
    "hold",
    "quit",
)
"""What the footer shows, the most important first: where it is short, the last ones give way."""


def _actions(group: Group, *rows: tuple[str, str, str, str]) -> tuple[Action, ...]:
    """Return a group's actions from rows of id, keys between blanks, label and sentence."""
    return tuple(
        Action(
            id_,
            tuple(keys.split()),
            label,
            sentence,
            group,
            acts=id_ in _ACTING,
            footer=_FOOTER.index(id_) + 1 if id_ in _FOOTER else 0,
        )
        for id_, keys, label, sentence in rows
    )


ACTIONS: Final[tuple[Action, ...]] = (
    *_actions(
        Group.MOVE,
        ("next", "j down", N_("next"), N_("Go to the next conversation.")),
        ("previous", "k up", N_("previous"), N_("Go to the previous conversation.")),
        ("left", "h left shift+tab", N_("lane left"), N_("Go to the lane on the left.")),
        (
            "right",
            "l right tab",
            N_("lane right"),
            N_("Go to the lane on the right; past the last one, to the others."),
        ),
        ("top", "g home", N_("top"), N_("Take in what is new and go to the top of the lane.")),
        ("bottom", "G end", N_("bottom"), N_("Take in what is new and go to the bottom of the lane.")),
        ("page-down", "pagedown ctrl+f", N_("page down"), N_("Go one screen down the lane.")),
        ("page-up", "pageup ctrl+b", N_("page up"), N_("Go one screen up the lane.")),
        ("others", "O", N_("others"), N_("Open or fold the lane of the others.")),
        (
            "open",
            "enter",
            N_("view"),
            N_("Open the conversation on a screen of its own. Enter does nothing else, ever."),
        ),
        ("back", "escape", N_("back"), N_("Go back; forget the selection.")),
    ),
    *_actions(
        Group.DECIDE,
        ("claim", "c", N_("claim"), N_("Claim the conversation, or release your claim.")),
        ("done", "d", N_("done"), N_("The conversation is dealt with.")),
        ("silence", "x", N_("no answer"), N_("Decide not to answer, with a reason.")),
        ("snooze", "s", N_("snooze"), N_("Put the conversation away until later.")),
        (
            "wait",
            "w",
            N_("wait"),
            N_("The next word is not ours: stop the clock until the author writes again."),
        ),
        (
            "take-back",
            "u",
            N_("take back"),
            N_("Take back your reply before it leaves; else your last decision, or reopen the conversation."),
        ),
    ),
    *_actions(
        Group.REPLY,
        ("reply", "r", N_("reply"), N_("Write a reply, or go on with your draft.")),
        (
            "canned",
            "1 2 3 4 5 6 7 8 9",
            N_("canned"),
            N_("Write a reply that begins as the n-th of the canned responses that suit best."),
        ),
        (
            "approvals",
            "A",
            N_("approvals"),
            N_("Show the replies that await a second person's yes."),
        ),
        ("outbox", "B", N_("outbox"), N_("Show what is leaving, and what has not left.")),
        (
            "post",
            "a",
            N_("post"),
            N_("Act on a post where it stands: like, hide, report, delete ours; moderate on Reddit."),
        ),
        (
            "yes",
            "y",
            N_("say yes"),
            N_("Approve a colleague's reply; let a reply that was stopped leave after all."),
        ),
        ("refuse", "n", N_("refuse"), N_("Give a reply that awaits approval back, with the reason.")),
        ("edit", "E", N_("edit"), N_("Change the text of a reply that awaits approval, or failed.")),
        ("retry", "R", N_("send again"), N_("Send a reply again that failed, or of which nobody knows.")),
        ("look-up", "L", N_("look up"), N_("Look up now whether a reply is published.")),
        ("seen-there", "I", N_("it is there"), N_("Say that you saw a reply published: it counts as sent.")),
        ("discard", "X", N_("discard"), N_("Drop a reply for good.")),
    ),
    *_actions(
        Group.WRITE,
        ("send", "ctrl+s f2", N_("send"), N_("Send the reply, or keep the note. Enter never does.")),
        ("private", "ctrl+n", N_("note"), N_("Make a note for colleagues of the text, or a reply again.")),
        ("fill-in", "ctrl+p", N_("fill in"), N_("Ask again for the placeholders that are not filled.")),
        ("speak-as", "ctrl+o", N_("account"), N_("Speak as another account of the platform.")),
        (
            "read-anew",
            "ctrl+r",
            N_("have read"),
            N_("Say that you have read what the author wrote since you began."),
        ),
        (
            "as-thread",
            "ctrl+l",
            N_("thread"),
            N_("Split a text that is too long into several posts, or leave it whole."),
        ),
        ("drop-draft", "ctrl+g", N_("drop"), N_("Drop the draft, once you have said that you mean it.")),
        ("writing-help", "f1", N_("keys"), N_("Show the keys of the composer.")),
    ),
    *_actions(
        Group.MARK,
        (
            "select",
            "space",
            N_("select"),
            N_("Select the conversation; what you decide next is for all that are selected."),
        ),
        (
            "select-all",
            "*",
            N_("all"),
            N_("Among conversations that say nearly the same: select them all, or none."),
        ),
        (
            "correct",
            "m",
            N_("mark as"),
            N_("Say what it is where triage is wrong: kind, lane or severity. Triage learns from it."),
        ),
        ("tag", "t", N_("tag"), N_("Add a tag, or remove one by typing - before it.")),
        ("note", "N", N_("note"), N_("Leave a note for colleagues; it is never published.")),
        ("vip", "v", N_("VIP"), N_("Mark the author as VIP, or take the mark away.")),
    ),
    *_actions(
        Group.LOOK,
        ("why", "i", N_("why"), N_("Say in full why the conversation stands where it stands.")),
        ("alike", "=", N_("alike"), N_("Open the conversations that say nearly the same (≈) as one list.")),
        ("link", "o", N_("link"), N_("Show the conversation's link and copy it; no browser is opened.")),
        ("read-down", "J ctrl+d", N_("read on"), N_("Scroll the messages down.")),
        ("read-up", "K ctrl+u", N_("read back"), N_("Scroll the messages up.")),
        ("search", "/", N_("search"), N_("Search words, handles and names, resolved conversations too.")),
        (
            "sources",
            "S",
            N_("sources"),
            N_("Show the sources and accounts: how they are, what to do."),
        ),
        (
            "pause",
            "p",
            N_("pause"),
            N_("Among the sources: pause one, or let it go on."),
        ),
        ("hold", "z", N_("hold"), N_("Hold the stream still, or let it run again.")),
        ("palette", ":", N_("palette"), N_("Find any of these actions by its name.")),
        ("help", "?", N_("help"), N_("Show all keys.")),
    ),
    *_actions(
        Group.SHIFT,
        ("handover", "H", N_("hand over"), N_("Write, save or accept a handover.")),
        ("quit", "q ctrl+q ctrl+c", N_("quit"), N_("Leave the desk; your claims stay until they expire.")),
    ),
)
"""In the order help and the guide show them."""

BY_ID: Final[Mapping[str, Action]] = {action.id: action for action in ACTIONS}


def default_keys() -> dict[str, tuple[str, ...]]:
    """Return the default keys of every action."""
    return {action.id: action.keys for action in ACTIONS}


def key_name(key: str) -> str:
    """Return a key as people read it on their keyboard: `Space`, `Ctrl+Q`, `↓`."""
    names = {
        "enter": _("Enter"), "escape": _("Esc"), "space": _("Space"), "tab": _("Tab"),
        "shift+tab": _("Shift+Tab"),
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
        (_(title), [action for action in ACTIONS if action.group is group])
        for group, title in GROUP_TITLES.items()
    ]


def table(keys: Mapping[str, Sequence[str]] | None = None) -> str:
    """Return all keys as aligned plain text, for `cmconsole keys`; `keys`: in use instead of the defaults."""
    used = default_keys() if keys is None else keys
    rows = [
        (title, [(key_names(used[a.id]), a.id, _(a.sentence)) for a in actions])
        for title, actions in grouped()
    ]
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
