"""Global options stand before or after a command's name, and clock times are read as people write them."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from cmconsole.cli.parameters import ClockTime, global_options
from cmconsole.cli.scope import Scope


@click.group()
@global_options
def group() -> None:
    """Take the global options."""


@group.command()
@global_options
@click.pass_obj
def look(scope: Scope) -> None:
    """Print what was said."""
    click.echo(f"{scope.db}|{scope.config}|{scope.person}|{scope.until}")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["look"], "None|None||"),
        (["--db", "a.db", "--as", "Zoë", "look"], "a.db|None|Zoë|"),
        (["look", "--db", "a.db", "--until", "18h30"], "a.db|None||18:30"),
        (["--db", "a.db", "--config", "c", "look", "--db", "b.db"], "b.db|c||"),
        (["look", "--as", " Ada  \x1b Lovelace "], "None|None|Ada ␛ Lovelace|"),
    ],
)
def test_global_options_stand_anywhere_and_the_last_counts(arguments: list[str], said: str) -> None:
    result = CliRunner().invoke(group, arguments)

    assert result.output == f"{said}\n"


def test_the_environment_names_the_settings_file() -> None:
    result = CliRunner().invoke(group, ["look"], env={"CMCONSOLE_CONFIG": "other.toml"})

    assert result.output == "None|other.toml||\n"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("18:00", "18:00"),
        ("8:05", "08:05"),
        ("18h", "18:00"),
        ("18H30", "18:30"),
        ("18", "18:00"),
        ("00:00", "00:00"),
    ],
)
def test_clock_times_are_read_as_people_write_them(written: str, read: str) -> None:
    assert ClockTime().convert(written, None, None) == read


@pytest.mark.parametrize("written", ["24:00", "18:60", "18:0", "six", "", "-1", "1800", "18:00:00"])
def test_what_is_no_time_of_day_is_refused(written: str) -> None:
    with pytest.raises(click.BadParameter):
        ClockTime().convert(written, None, None)


def test_options_go_over_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    file = tmp_path / "settings.toml"
    file.write_text('[desk]\nperson = "Alice"\nlanguage = "en"\n[store]\npath = "a.db"\n', encoding="utf-8")

    plain = Scope(config=file).settings()
    over = Scope(config=file, db=tmp_path / "b.db", person="Bruno").settings()

    assert (plain.desk.person, plain.store.path) == ("Alice", "a.db")
    assert (over.desk.person, over.store.path) == ("Bruno", str(tmp_path / "b.db"))
