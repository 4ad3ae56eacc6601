"""Every end of a command becomes an exit code and at most a line of words."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cmconsole.cli import entry
from cmconsole.cli.codes import ExitCode, code_of
from cmconsole.core.errors import (
    CmconsoleError,
    InputError,
    NotFoundError,
    SettingsError,
    SourceError,
    StoreBusyError,
    StoreVersionError,
)


@pytest.fixture(autouse=True)
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("LANGUAGE", "en")


def failing(error: BaseException) -> Callable[..., object]:
    def command(*_arguments: object) -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError("x"), 3),
        (StoreBusyError("x"), 4),
        (StoreVersionError("x"), 4),
        (NotFoundError("x"), 5),
        (InputError("x"), 2),
        (SourceError("x"), 1),
        (CmconsoleError("x"), 1),
        (ValueError("x"), 1),
    ],
)
def test_errors_have_the_codes_the_guide_promises(error: Exception, code: int) -> None:
    assert code_of(error) == code


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (
            StoreBusyError("The store is busy.", advice="Try again."),
            4,
            "cmconsole: The store is busy. Try again.\n",
        ),
        (NotFoundError("No \x1b[31m here."), 5, "cmconsole: No ␛[31m here.\n"),
        (KeyboardInterrupt(), 130, "\n"),
    ],
)
def test_an_error_is_said_in_one_line(
    error: BaseException,
    code: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("cmconsole.desk.erase.named", failing(error))

    assert entry.run(["erase", "--author", "x:ada", "--yes"]) == code
    assert capfd.readouterr().err == words


def test_a_fault_of_the_program_is_one_line_and_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("cmconsole.desk.erase.named", failing(ZeroDivisionError("a secret")))

    assert entry.run(["erase", "--author", "x:ada", "--yes"]) == ExitCode.FAILED

    (line,) = capfd.readouterr().err.splitlines()
    report = Path(line.rpartition("Report: ")[2])
    assert "ZeroDivisionError" in line
    assert report.is_relative_to(tmp_path)
    assert "a secret" not in line + report.read_text(encoding="utf-8")


def test_a_fault_without_a_place_for_its_report_is_still_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "blocked"
    blocked.touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(blocked))
    monkeypatch.setattr("cmconsole.desk.erase.named", failing(ZeroDivisionError()))

    assert entry.run(["erase", "--author", "x:ada", "--yes"]) == ExitCode.FAILED
    assert "no report could be written" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["doctr"], "No such command 'doctr'. Did you mean 'doctor'?"),
        (["queue", "--lane", "vip"], "'vip' is not one of 'influencers', 'complaints', 'others'."),
        (["queue", "--limit", "0"], "0 is not in the range"),
        (["--until", "25:00", "queue"], "25:00 is no time of day; write it as 18:00."),
        (["queue", "--as", "  "], "a name is needed."),
        (["show", "first"], "'first' is not a valid integer"),
        (["erase"], "Missing option '--author'"),
    ],
)
def test_what_is_not_understood_is_said_with_code_2(
    arguments: list[str], words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert entry.run(arguments) == ExitCode.USAGE
    assert words in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "environ", "spoken"),
    [
        ([], {}, "auto"),
        ([], {"CMCONSOLE_DESK__LANGUAGE": "fr"}, "fr"),
        ([], {"CMCONSOLE_DESK__LANGUAGE": "klingon"}, "auto"),
        (["--config", "{file}"], {}, "fr"),
        (["--config={file}", "queue"], {}, "fr"),
        ([], {"CMCONSOLE_CONFIG": "{file}"}, "fr"),
        (["queue", "--config", "{file}.gone"], {}, "auto"),
        (["queue", "--config"], {}, "auto"),
        (["--config", "{file}"], {"CMCONSOLE_DESK__LANGUAGE": "en"}, "en"),
    ],
)
def test_help_speaks_the_language_of_the_settings(
    arguments: list[str],
    environ: dict[str, str],
    spoken: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from cmconsole.cli import speech  # noqa: PLC0415 - imported after the environment is set

    file = tmp_path / "settings.toml"
    file.write_text('[desk]\nlanguage = "fr"\n', encoding="utf-8")
    used: list[str] = []
    monkeypatch.setattr(speech, "use", used.append)

    speech.speak(
        [argument.format(file=file) for argument in arguments],
        {name: value.format(file=file) for name, value in environ.items()},
    )

    assert used == [spoken]


@pytest.mark.parametrize("content", ["", "[desk", "[desk]\nlanguage = 3", "desk = 3"])
def test_settings_that_name_no_language_are_left_for_later(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cmconsole.cli import speech  # noqa: PLC0415 - imported after the environment is set

    file = tmp_path / "settings.toml"
    file.write_text(content, encoding="utf-8")
    used: list[str] = []
    monkeypatch.setattr(speech, "use", used.append)

    speech.speak(["--config", str(file)], {})

    assert used == ["auto"]
