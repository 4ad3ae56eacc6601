"""Tokens come from the environment or from a private file, and from nowhere else."""

from pathlib import Path

import pytest

from cmconsole.config.secrets import read_token
from cmconsole.core.errors import SettingsError


def test_no_place_named_gives_no_token() -> None:
    assert read_token() == ""


def test_a_token_is_read_from_the_environment() -> None:
    assert read_token(variable="ACME", environ={"ACME": " t0ken\n"}) == "t0ken"


@pytest.mark.parametrize("environ", [{}, {"ACME": "  "}])
def test_a_variable_without_a_token_is_named(environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="ACME holds no token"):
        read_token(variable="ACME", environ=environ)


def test_a_token_is_read_from_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("t0ken\n", encoding="utf-8")
    file.chmod(0o600)

    assert read_token(file=str(file)) == "t0ken"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_file_open_to_others_is_refused_with_advice(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "token"
    file.write_text("t0ken", encoding="utf-8")
    file.chmod(mode)

    with pytest.raises(SettingsError) as refused:
        read_token(file=str(file))

    assert f"{mode:04o}" in refused.value.message
    assert refused.value.advice == f"Run: chmod 600 {file}"
    assert "t0ken" not in str(refused.value)


@pytest.mark.parametrize(("content", "words"), [(b"\n", "is empty"), (b"\xff\xfe", "cannot be read")])
def test_a_file_without_a_token_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "token"
    file.write_bytes(content)
    file.chmod(0o600)

    with pytest.raises(SettingsError, match=words):
        read_token(file=str(file))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        read_token(file=str(tmp_path / "gone"))
