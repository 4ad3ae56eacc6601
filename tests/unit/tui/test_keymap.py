"""The keymap: re-maps ids, and refuses what would be a trap."""

import pytest

from cmconsole.core.errors import SettingsError
from cmconsole.tui.actions import ACTIONS
from cmconsole.tui.keymap import keymap


def test_without_changes_every_key_does_what_the_registry_says() -> None:
    keys = keymap()

    assert all(keys.action(key) == action.id for action in ACTIONS for key in action.keys)
    assert keys.action("Z") is None


def test_a_change_moves_an_action_and_frees_its_keys() -> None:
    keys = keymap({"claim": ["Z", "Ctrl+Y"]})

    assert (keys.action("Z"), keys.action("ctrl+y"), keys.action("c")) == ("claim", "claim", None)
    assert keys.first("claim") == "Z"


def test_two_actions_may_swap_their_keys() -> None:
    keys = keymap({"claim": "d", "done": "c"})

    assert (keys.action("d"), keys.action("c")) == ("claim", "done")


def test_an_action_may_have_no_key() -> None:
    assert keymap({"vip": []}).first("vip") == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"clam": "y"}, ["[keys]", "clam", "“claim”"]),
        ({"claim": "d"}, ["“d”", "claim", "done"]),
        ({"claim": "spcae"}, ["spcae", "“space”"]),
        ({"done": "enter"}, ["Enter", "open"]),
        ({"silence": ["x", "Enter"]}, ["Enter"]),
    ],
)
def test_what_is_wrong_is_said_with_what_was_meant(changes: dict[str, list[str]], words: list[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        keymap(changes)

    assert [word for word in words if word not in str(caught.value)] == []


def test_the_space_bar_may_be_typed() -> None:
    assert keymap({"select": " "}).action("space") == "select"


@pytest.mark.parametrize("key", ["a", "space", "backspace", "left", "up", "tab", "home", "enter"])
def test_in_the_composer_a_key_to_write_with_does_nothing_else(key: str) -> None:
    with pytest.raises(SettingsError, match=r"write with|Enter"):
        keymap({"send": key})

    assert keymap({"send": ["f9", "alt+s", "ctrl+x"]}).keys["send"] == ("f9", "alt+s", "ctrl+x")
