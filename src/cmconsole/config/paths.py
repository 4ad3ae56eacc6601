"""Where things lie on this system, as its users expect (XDG on Linux), and how private folders are made."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import platformdirs

APP: Final = "cmconsole"
PRIVATE_DIR: Final = 0o700
PRIVATE_FILE: Final = 0o600


def settings_file() -> Path:
    """Return where the settings are read from unless `--config` names another file."""
    return Path(platformdirs.user_config_dir(APP, appauthor=False), "settings.toml")


def store_file() -> Path:
    """Return where the store is unless `--db` or `[store] path` says otherwise."""
    return Path(platformdirs.user_data_dir(APP, appauthor=False), "cmconsole.db")


def state_dir() -> Path:
    """Return the folder of what the console remembers between two starts."""
    return Path(platformdirs.user_state_dir(APP, appauthor=False))


def memory_file() -> Path:
    """Return the file of `config.memory`."""
    return state_dir() / "memory.json"


def make_private_dir(folder: Path) -> None:
    """Make a folder that only its owner may enter, with the folders above it; leave one that exists as it is.

    Raises OSError.
    """
    if not folder.is_dir():
        folder.mkdir(mode=PRIVATE_DIR, parents=True, exist_ok=True)
