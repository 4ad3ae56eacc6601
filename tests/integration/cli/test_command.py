"""The command as a whole: what it loads, how it fails, which language it speaks, the engine it runs."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.cli.conftest import Home

HEAVY = {
    "aiosqlite", "asyncio", "feedparser", "httpx", "msgspec", "rich", "selectolax", "sqlite3", "textual",
}  # fmt: skip
LOADED = """
import json, runpy, sys
sys.argv = ["cmconsole", *sys.argv[1:]]
try:
    runpy.run_module("cmconsole", run_name="__main__")
except SystemExit:
    pass
json.dump(sorted({name.partition(".")[0] for name in sys.modules}), sys.stderr)
"""


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["-h"], ["--db", "x", "--help"]])
def test_help_and_version_load_nothing_heavy(home: Home, arguments: list[str]) -> None:
    home.settings('[desk]\nlanguage = "fr"\n')
    environ = {name: value for name, value in home.environ.items() if not name.startswith("COV")}
    ended = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments], env=environ, capture_output=True, text=True, check=True
    )

    assert ended.stdout
    assert set(json.loads(ended.stderr)) & HEAVY == set()


@pytest.mark.parametrize(
    "command",
    [
        "demo",
        "engine",
        "ingest",
        "queue",
        "watch",
        "show",
        "handover",
        "keys",
        "doctor",
        "export",
        "erase",
        "completion",
    ],
)
def test_every_command_tells_what_it_takes(home: Home, command: str) -> None:
    words = home.said(command, "--help")

    for option in ("--db PATH", "--config FILE", "--as NAME", "--until HH:MM"):
        assert option in words


def test_wrong_settings_end_with_code_3_and_a_line_each(home: Home) -> None:
    home.settings('[desk]\nthem = "x"\n[retention]\ndays = 0\n')

    ended = home.run("queue")

    assert ended.returncode == 3
    first, second = ended.stderr.splitlines()
    assert "desk.them is not a setting. Did you mean desk.theme?" in first
    assert "retention.days is 0; allowed: a whole number of at least 1." in second


def test_the_console_needs_a_terminal(home: Home) -> None:
    ended = home.run()

    assert ended.returncode == 2
    assert "needs a terminal" in ended.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script_for_the_shell(home: Home, shell: str) -> None:
    assert "_CMCONSOLE_COMPLETE" in home.said("completion", shell)


def test_completion_knows_commands_and_values(home: Home) -> None:
    asked = home.run(
        _CMCONSOLE_COMPLETE="bash_complete", COMP_WORDS="cmconsole queue --lane ", COMP_CWORD="3"
    )

    assert "plain,complaints" in asked.stdout.splitlines()


@pytest.mark.parametrize(
    ("settings", "environ", "word"),
    [
        ("", {"LANG": "fr_FR.UTF-8"}, "Afficher"),
        ("", {"LANG": "de_DE.UTF-8"}, "Show"),
        ('[desk]\nlanguage = "fr"\n', {"LANG": "C.UTF-8"}, "Afficher"),
        ('[desk]\nlanguage = "en"\n', {"LANG": "fr_FR.UTF-8"}, "Show"),
        ('[desk]\nlanguage = "fr"\n', {"CMCONSOLE_DESK__LANGUAGE": "en"}, "Show"),
    ],
)
def test_help_and_mistakes_speak_the_language_asked_for(
    home: Home, settings: str, environ: dict[str, str], word: str, french: None
) -> None:
    home.settings(settings)

    assert f"{word} " in home.said("--help", **environ)
    mistake = home.run("queue", "--lane", "x", **environ).stderr
    assert ("Erreur" if word == "Afficher" else "Error") in mistake


def test_an_engine_takes_in_what_its_sources_give(home: Home, mentions: Path) -> None:
    home.settings(f'[sources.log]\ntype = "ndjson"\npath = "{mentions}"\n[engine]\nidle_seconds = 5\n')
    log = home.folder / "engine.log"

    with home.running("engine", "--stay", "--log", log) as engine, home.running("watch") as watching:
        assert watching.stdout is not None
        deadline = 100
        while deadline and home.run("queue", "--json").stdout.count("\n") < 3:
            deadline -= 1
        standby = home.run("engine", "--if-needed")
        health = json.loads(home.said("doctor", "--json"))["findings"]
        engine.send_signal(signal.SIGTERM)
        _, words = engine.communicate(timeout=20)

    assert deadline
    assert engine.returncode == 0
    assert "SIGTERM" in words
    assert standby.returncode == 0
    assert "at work" in standby.stderr
    assert any(finding["area"] == "engine" and "at work" in finding["says"] for finding in health)
    assert any("log" in finding["says"] for finding in health if finding["area"] == "sources")
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_source_whose_token_is_missing_does_not_stop_the_others(home: Home, mentions: Path) -> None:
    home.settings(
        f'[sources.log]\ntype = "ndjson"\npath = "{mentions}"\n'
        '[accounts.fedi]\nplatform = "mastodon"\nhandle = "@acme@fedi.example"\n'
        '[sources.fedi]\ntype = "mastodon"\naccount = "fedi"\n'
    )

    with home.running("engine", "--stay") as engine:
        deadline = 100
        said = ""
        while deadline and (
            "CMCONSOLE_SECRET_FEDI_ACCESS_TOKEN" not in said
            or home.run("queue", "--json").stdout.count("\n") < 3
        ):
            deadline -= 1
            said = home.run("doctor").stdout
        engine.send_signal(signal.SIGINT)
        engine.communicate(timeout=20)

    assert deadline, said


@pytest.mark.parametrize(
    ("answer", "code", "left"), [("oui\n", 0, 2), ("y\n", 0, 2), ("n\n", 1, 3), ("\n", 1, 3)]
)
def test_erasing_asks_on_a_terminal(desk: Home, answer: str, code: int, left: int) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        desk.command("erase", "--author", "x:ada"),
        env=desk.environ,
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(theirs)
        os.write(ours, answer.encode())
        process.communicate(timeout=20)
    os.close(ours)

    assert process.returncode == code
    assert len(desk.records("queue", "--json")) == left


def test_an_interrupted_ingest_keeps_what_it_took(desk: Home) -> None:
    reader, writer = os.pipe()
    with subprocess.Popen(
        desk.command("ingest", "-"),
        env=desk.environ,
        stdin=reader,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        os.close(reader)
        os.write(writer, b'{"id": "new", "platform": "x", "author": "eve", "text": "hello"}\n')
        deadline = 100
        while deadline and len(desk.records("queue", "--json")) < 4:
            deadline -= 1
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=20)
    os.close(writer)

    assert (process.returncode, out) == (130, b"")
    assert errors.decode().strip() == "Interrupted. What was taken in is kept; do it again to go on."
    assert len(desk.records("queue", "--json")) == 4
