"""Who may import whom, read from the sources, and what each process really loads, asked of the process."""

import json
import os
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "cmconsole"

TERMINAL = {"textual", "rich"}
NETWORKS = {
    "httpx", "feedparser", "selectolax", "tweepy", "praw", "requests", "websockets", "uvicorn", "jsonschema",
    "keyring", "apprise", "numpy",
}  # fmt: skip
DRIVERS = {"aiosqlite", "asyncpg"}

HANDED_OUT = {"rich", "prawcore", "requests", "requests_oauthlib", "oauthlib", "urllib3"}
"""What libraries of ours are made of and hand out the types of: textual, praw, tweepy."""

LOADED = """
import importlib, json, sys
for module in json.loads(sys.argv[1]):
    importlib.import_module(module)
json.dump(sorted({name.partition(".")[0] for name in sys.modules}), sys.stdout)
"""
COMMAND = """
import json, runpy, sys
sys.argv = ["cmconsole", *json.loads(sys.argv[1])]
try:
    runpy.run_module("cmconsole", run_name="__main__")
except SystemExit as end:
    assert not end.code, end.code
json.dump(sorted({name.partition(".")[0] for name in sys.modules}), sys.stderr)
"""


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter without coverage, which would itself import things."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("COV")}
    ended = subprocess.run(
        [sys.executable, "-c", code, json.dumps(arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=environment,
    )
    assert ended.returncode == 0, ended.stderr
    return ended


def optional(project: dict[str, Any]) -> dict[str, list[str]]:
    """Return the extras, without the one that stands for all of them."""
    return {name: entries for name, entries in project["optional-dependencies"].items() if name != "all"}


def loaded_by_importing(*modules: str) -> set[str]:
    return set(json.loads(run_python(LOADED, *modules).stdout))


def loaded_by_command(*arguments: str) -> set[str]:
    return set(json.loads(run_python(COMMAND, *arguments).stderr))


def modules_under(room: str) -> list[str]:
    files = sorted((PACKAGE / room).rglob("*.py"))
    names = [".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts) for path in files]
    return [name.removesuffix(".__init__") for name in names]


def test_the_import_contracts_hold() -> None:
    """In a process of its own: the linter switches off every logger of the process it runs in."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"]
    done = subprocess.run(
        [*command, "--config", str(ROOT / "pyproject.toml"), "--no-cache", "--no-logo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("contract", "place"), [("layers", ""), ("adapters", "platforms"), ("databases", "store")]
)
def test_every_room_has_its_place_in_the_contract(contract: str, place: str) -> None:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {entry["id"]: entry for entry in configuration["tool"]["importlinter"]["contracts"]}
    placed = {name.strip(" ()") for layer in contracts[contract]["layers"] for name in layer.split("|")}
    rooms = {folder.name for folder in (PACKAGE / place).iterdir() if any(folder.rglob("*.py"))}

    assert rooms
    assert rooms <= placed


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("cmconsole", include_external_packages=True, cache_dir=None)


def imported_from_outside(graph: grimp.ImportGraph, package: str) -> set[str]:
    """Return what a package and all inside it import that is neither ours nor the standard library's."""
    modules = {package, *graph.find_descendants(package)}
    imported = {name for module in modules for name in graph.find_modules_directly_imported_by(module)}
    return {name for name in imported if not name.startswith("cmconsole")} - sys.stdlib_module_names


def test_the_domain_imports_nothing_from_outside_the_standard_library(graph: grimp.ImportGraph) -> None:
    assert imported_from_outside(graph, "cmconsole.core") == set()


def test_what_is_imported_is_what_is_declared(graph: grimp.ImportGraph) -> None:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = configuration["project"]
    entries = [*project["dependencies"], *chain(*optional(project).values())]
    declared = {re.split("[=>]", entry)[0].replace("-", "_") for entry in entries}
    imported = imported_from_outside(graph, "cmconsole")

    assert imported - HANDED_OUT == declared


def test_asking_for_the_version_loads_nothing_heavy() -> None:
    loaded = loaded_by_command("--version")

    assert "cmconsole" in loaded
    assert loaded & (TERMINAL | NETWORKS | DRIVERS | {"sqlite3", "asyncio", "msgspec"}) == set()


def test_the_console_process_loads_no_network_library() -> None:
    loaded = loaded_by_importing("cmconsole.wiring", *modules_under("tui"), *modules_under("desk"))

    assert "textual" in loaded
    assert loaded & NETWORKS == set()


def test_the_engine_process_loads_no_terminal_toolkit() -> None:
    loaded = loaded_by_importing("cmconsole.wiring", *modules_under("engine"), *modules_under("platforms"))

    # httpx brings rich along by itself where rich is installed.
    assert "httpx" in loaded
    assert "textual" not in loaded


def test_the_action_registry_is_readable_without_the_terminal_toolkit() -> None:
    assert loaded_by_importing("cmconsole.tui.actions") & TERMINAL == set()
