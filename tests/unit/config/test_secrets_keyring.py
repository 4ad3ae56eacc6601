"""The keyring: used where it works, and never in the way where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from cmconsole.config import keyrings
from cmconsole.config.keyrings import Trouble
from cmconsole.config.secrets import Place, forget, keep, read, where
from tests.unit.config.keyring_backends import Broken, InTheClear, Locked, Silent, Working, in_use


def test_a_secret_is_kept_found_and_forgotten(tmp_path: Path) -> None:
    ring, file = Working(), tmp_path / "secrets.toml"
    with in_use(ring):
        assert keep("main", "access_token", "marked-t0ken", file=file) is Place.KEYRING
        assert ring.entries == {("cmconsole", "main/access_token"): "marked-t0ken"}
        assert read("main", "mastodon", environ={}, file=file) == {"access_token": "marked-t0ken"}
        assert where("main", "mastodon", environ={}, file=file) == {"access_token": Place.KEYRING}

        forget("main", file=file)

        assert ring.entries == {}
    assert not file.exists()


@pytest.mark.parametrize(
    ("ring", "trouble"),
    [(Locked(), Trouble.LOCKED), (Broken(), Trouble.BROKEN), (InTheClear(), Trouble.ABSENT)],
)
def test_a_keyring_that_cannot_be_used_is_passed_over(
    tmp_path: Path, ring: KeyringBackend, trouble: Trouble
) -> None:
    with in_use(ring):
        assert keyrings.fetch("main/access_token") is None
        assert keep("main", "access_token", "marked-t0ken", file=tmp_path / "secrets.toml") is Place.FILE
        assert keyrings.backend()[1] is trouble


def test_a_keyring_that_never_answers_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyrings, "PATIENCE", 0.05)
    ring = Silent()
    with in_use(ring):
        answers = [keyrings.fetch(f"main/{key}") for key in ("one", "two", "three")]
        silent = keyrings.backend()
        ring.released.set()

    assert answers == [None, None, None]
    assert ring.asked == 1
    assert silent == ("", Trouble.SILENT)


def test_a_working_keyring_is_named() -> None:
    with in_use(Working()):
        name, trouble = keyrings.backend()

    assert "Working" in name
    assert trouble is Trouble.NONE
