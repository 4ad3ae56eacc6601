"""Files lie where the system's users expect them, in folders of their own."""

import sys
from pathlib import Path

import pytest

from cmconsole.config import paths


@pytest.mark.skipif(sys.platform != "linux", reason="the XDG places are those of Linux")
def test_places_follow_xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / kind))

    assert paths.settings_file() == tmp_path / "CONFIG" / "cmconsole" / "settings.toml"
    assert paths.store_file() == tmp_path / "DATA" / "cmconsole" / "cmconsole.db"
    assert paths.memory_file() == tmp_path / "STATE" / "cmconsole" / "memory.json"


def test_a_new_folder_is_private_and_an_old_one_left_alone(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new" / "inner"
    old.mkdir(mode=0o755)

    paths.make_private_dir(old)
    paths.make_private_dir(new)

    assert old.stat().st_mode & 0o777 == 0o755
    assert new.stat().st_mode & 0o777 == 0o700
