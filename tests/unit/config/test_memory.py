"""The console remembers who sat at the desk, privately, and forgets rather than fails."""

from pathlib import Path

import pytest

from cmconsole.config.memory import Memory, recall, remember


def test_what_was_remembered_is_recalled(tmp_path: Path) -> None:
    file = tmp_path / "state" / "memory.json"

    remember(Memory("Alice", "18:00"), file)
    remember(Memory("Zoë", "17:30"), file)

    assert recall(file) == Memory("Zoë", "17:30")


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "state" / "memory.json"

    remember(Memory("Alice"), file)

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["memory.json"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"person": 3}', b"\xff"])
def test_a_broken_file_is_a_forgotten_one(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "memory.json"
    file.write_bytes(content)

    assert recall(file) == Memory()


def test_nothing_is_remembered_at_first(tmp_path: Path) -> None:
    assert recall(tmp_path / "memory.json") == Memory()
