"""The registry: complete, without contradictions, and importable without the toolkit."""

import re
import subprocess
import sys

import pytest

from cmconsole.config.language import speaking
from cmconsole.tui import actions
from cmconsole.tui.actions import ACTIONS, BY_ID, Group


def test_ids_are_kebab_case_and_unique() -> None:
    assert len(BY_ID) == len(ACTIONS)
    assert [action.id for action in ACTIONS if not re.fullmatch(r"[a-z]+(-[a-z]+)*", action.id)] == []


def test_no_key_has_two_actions() -> None:
    keys = [key for action in ACTIONS for key in action.keys]

    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("key", "action_id"),
    [
        ("j", "next"),
        ("k", "previous"),
        ("h", "left"),
        ("l", "right"),
        ("enter", "open"),
        ("g", "top"),
        ("G", "bottom"),
        ("5", "canned"),
        ("c", "claim"),
        ("d", "done"),
        ("x", "silence"),
        ("s", "snooze"),
        ("w", "wait"),
        ("t", "tag"),
        ("N", "note"),
        ("i", "why"),
        ("m", "correct"),
        ("=", "alike"),
        ("*", "select-all"),
        ("v", "vip"),
        ("S", "sources"),
        ("p", "pause"),
        ("o", "link"),
        ("space", "select"),
        ("/", "search"),
        (":", "palette"),
        ("?", "help"),
        ("z", "hold"),
        ("u", "take-back"),
        ("H", "handover"),
        ("q", "quit"),
        ("O", "others"),
        ("escape", "back"),
        ("A", "approvals"),
        ("B", "outbox"),
        ("a", "post"),
        ("y", "yes"),
        ("n", "refuse"),
        ("E", "edit"),
        ("R", "retry"),
        ("L", "look-up"),
        ("I", "seen-there"),
        ("X", "discard"),
    ],
)
def test_the_keys_are_those_promised(key: str, action_id: str) -> None:
    assert key in BY_ID[action_id].keys


def test_what_changes_the_store_is_marked() -> None:
    acting = {action.id for action in ACTIONS if action.acts}

    assert acting == {
        "claim", "done", "silence", "snooze", "wait", "take-back", "correct", "tag", "note", "vip",
        "pause", "reply", "canned", "post", "yes", "refuse", "edit", "retry", "look-up", "seen-there",
        "discard",
    }  # fmt: skip


def test_every_group_has_actions_and_every_action_a_sentence() -> None:
    assert {action.group for action in ACTIONS} == set(Group)
    assert all(action.sentence.endswith(".") and action.label for action in ACTIONS)


def test_table_names_every_action_with_the_keys_in_use() -> None:
    keys = {**actions.default_keys(), "claim": ("y",), "done": ()}

    table = actions.table(keys)

    assert all(f" {action.id} " in table for action in ACTIONS)
    assert re.search(r"^  y +claim ", table, re.MULTILINE)
    assert re.search(r"^  – +done ", table, re.MULTILINE)
    assert "1–9" in table


def test_the_guide_is_english_whatever_the_language() -> None:
    with speaking("fr"):
        page = actions.markdown()

    assert "| `c` | `claim` | Claim the conversation, or release your claim. |" in page
    assert "`1`–`9`" in page


@pytest.mark.parametrize(
    ("key", "shown"),
    [("j", "j"), ("down", "↓"), ("space", "Space"), ("ctrl+q", "Ctrl+Q"), ("f5", "F5"), ("+", "+")],
)
def test_keys_are_written_as_on_the_keyboard(key: str, shown: str) -> None:
    assert actions.key_name(key) == shown


def test_the_registry_and_the_keymap_import_without_the_toolkit() -> None:
    code = (
        "import sys, cmconsole.tui.actions, cmconsole.tui.keymap, cmconsole.tui.themes;"
        "sys.exit(any(name.split('.')[0] in {'textual', 'rich'} for name in sys.modules))"
    )

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
