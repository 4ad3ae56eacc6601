"""Rules of the house that no linter knows: names, sizes, the one `spawn`, what a commit must not carry."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "cmconsole"
CODE = [path for folder in ("src", "bench", "tools") for path in sorted((ROOT / folder).rglob("*.py"))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
NAMELESS = re.compile(r"(util|helper|manager|misc)s?|common")
# Spelt in pieces, so that this file does not hold what it forbids.
REGISTRIES = re.compile("|".join([r"pypi\." + "org", "python" + "hosted", r"registry\." + "npmjs"]))
MACHINE_PATHS = re.compile(r"(?<![\w.~}/-])/(?:wo" + r"rk|ro" + r"ot)(?:/|\b)")
PINNED = re.compile(r"[\w.-]+(\[[\w,]+\])?==[\w.+!]+ .*--hash=sha256:[0-9a-f]{64}")
INDEX_OPTIONS = re.compile(r"://|^\s*-(?:-index-url|-extra-index-url|-find-links|-trusted-host|i\b|f\b)")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def starts_a_task(node: ast.AST) -> bool:
    """Tell whether a node is `asyncio.create_task`, `loop.create_task` or the like, not a task group's."""
    match node:
        case ast.Attribute(attr="create_task", value=ast.Name(id="asyncio" | "loop") | ast.Call()):
            return True
        case ast.Attribute(attr="ensure_future"):
            return True
        case ast.ImportFrom(module="asyncio", names=names):
            return any(alias.name in {"create_task", "ensure_future"} for alias in names)
        case _:
            return False


def pins(lock: str) -> dict[str, list[str]]:
    """Return the versions a lock file holds of each library: several where they depend on the Python."""
    found: dict[str, list[str]] = {}
    text = (ROOT / "requirements" / f"{lock}.txt").read_text(encoding="utf-8")
    for library, version in re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([\w.+!]+)", text, re.MULTILINE):
        found.setdefault(library, []).append(version)
    return found


@pytest.fixture(scope="module")
def tracked() -> list[Path]:
    """Return the files that are committed or would be by `git add --all`."""
    if not (ROOT / ".git").exists():
        pytest.skip("this tree is not a git checkout")
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (ROOT / entry for entry in listing.stdout.split("\0") if entry)
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def test_tasks_are_started_by_the_one_spawn() -> None:
    spawns = [function for path in CODE for function in functions(parse(path)) if function.name == "spawn"]
    inside = sum(starts_a_task(node) for function in spawns for node in ast.walk(function))
    everywhere = {name(path): sum(map(starts_a_task, ast.walk(parse(path)))) for path in CODE}

    assert len(spawns) == 1
    assert inside == 1
    assert sum(everywhere.values()) == 1, everywhere


@pytest.mark.parametrize("path", [*CODE, *TESTS], ids=name)
def test_a_module_is_named_for_what_it_does_and_says_so(path: Path) -> None:
    parts = path.relative_to(ROOT).with_suffix("").parts
    docstring = ast.get_docstring(parse(path))

    assert [part for part in parts if NAMELESS.fullmatch(part)] == []
    assert docstring, "a module says in its first docstring line what it is for"
    assert docstring.splitlines()[0].strip()


@pytest.mark.parametrize("path", CODE, ids=name)
def test_files_and_functions_fit_on_a_screen_or_a_few(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    lengths = {
        function.name: (function.end_lineno or function.lineno) - function.lineno + 1
        for function in functions(ast.parse(source))
    }

    assert len(source.splitlines()) <= LONGEST_FILE
    assert {key: length for key, length in lengths.items() if length > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").glob("*.txt")), ids=name)
def test_lock_files_hold_versions_and_hashes_only(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    entries = [
        line for line in text.replace("\\\n", "").splitlines() if line and not line.lstrip().startswith("#")
    ]

    assert [line for line in text.splitlines() if INDEX_OPTIONS.search(line)] == []
    assert entries
    assert [entry for entry in entries if not PINNED.match(entry)] == []


def declared(inputs: str) -> list[str]:
    lines = (ROOT / "requirements" / inputs).read_text(encoding="utf-8").splitlines()
    return sorted(line for line in lines if line and not line.startswith("#"))


def test_the_locks_are_made_from_the_dependencies_that_are_declared() -> None:
    tables = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = tables["project"]["optional-dependencies"]
    names = [name for name in extras if name != "all"]

    assert declared("build.in") == sorted(tables["build-system"]["requires"])
    assert declared("run.in") == sorted([*tables["project"]["dependencies"], *chain(*map(extras.get, names))])
    assert extras["all"] == [f"cmconsole[{','.join(names)}]"]


def test_make_locks_and_installs_every_list_of_libraries() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lists = {path.stem for path in (ROOT / "requirements").glob("*.in")}
    locks = {path.stem for path in (ROOT / "requirements").glob("*.txt")}
    locked = re.search(r"^lock:.*\n\t@for name in ([\w ]+); do", makefile, re.MULTILINE)

    assert locked
    assert set(locked[1].split()) == lists == locks
    assert set(re.findall(r"-r requirements/(\w+)\.txt", makefile)) == lists


@pytest.mark.parametrize("lock", ["build", "run", "bench"])
def test_a_lock_installed_beside_that_of_the_tests_pins_the_same_versions(lock: str) -> None:
    dev, other = pins("dev"), pins(lock)

    assert {library: other[library] for library in other.keys() & dev.keys()} == {
        library: dev[library] for library in other.keys() & dev.keys()
    }


def test_no_file_names_a_registry_or_a_path_of_one_machine(tracked: list[Path]) -> None:
    found = []
    for path in tracked:
        text = path.read_bytes().decode("utf-8", errors="replace")
        lines = enumerate(text.splitlines(), start=1)
        found += [
            f"{name(path)}:{number}"
            for number, line in lines
            if REGISTRIES.search(line) or MACHINE_PATHS.search(line)
        ]

    assert found == []


def test_no_shared_recording_is_committed(tracked: list[Path], shared_data: Path) -> None:
    shared: dict[int, list[Path]] = {}
    for path in shared_data.rglob("*"):
        if path.is_file() and path.stat().st_size:
            shared.setdefault(path.stat().st_size, []).append(path)
    copies = [
        name(path)
        for path in tracked
        for original in shared.get(path.stat().st_size, [])
        if original.read_bytes() == path.read_bytes()
    ]

    assert copies == []
