"""The wheel, built from the source distribution as a packager would, holds all that the program reads."""

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "cmconsole"
# Sources of something else that is in the wheel.
NOT_SHIPPED = {".po", ".pot", ".pyc"}

# One worker builds the wheel, once, for all of these.
pytestmark = pytest.mark.xdist_group("wheel")


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command outside the checkout's import path; return what it printed."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("COV", "PYTHONPATH"))}
    ended = subprocess.run(command, cwd=cwd, env=kept, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("build")
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", place, cwd=ROOT)
    (source,) = place.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        archive.extractall(place, filter="data")
    unpacked = place / source.name.removesuffix(".tar.gz")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", place, cwd=unpacked)
    (built,) = place.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def shipped(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the scripts folder of a fresh environment that holds the wheel and borrows its dependencies."""
    place = tmp_path_factory.mktemp("fresh")
    run(sys.executable, "-m", "venv", "--without-pip", place, cwd=place)
    python = place / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check")
    run(*pip, "install", "--no-deps", "--no-index", wheel, cwd=place)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    # A path entry lends the packages; the path files among them, such as the editable install, stay unread.
    borrowed = place / "lib" / version / "site-packages" / "borrowed.pth"
    borrowed.write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return python.parent


def test_every_theme_is_shipped(shipped: set[str]) -> None:
    themes = {f"cmconsole/themes/{theme.name}" for theme in (ROOT / "themes").glob("*.toml")}

    assert themes
    assert themes <= shipped


def test_every_translation_is_shipped_compiled(shipped: set[str]) -> None:
    catalogues = {path.relative_to(PACKAGE.parent).with_suffix(".mo") for path in PACKAGE.rglob("*.po")}

    assert catalogues
    assert {path.as_posix() for path in catalogues} <= shipped


def test_everything_the_package_holds_is_shipped(shipped: set[str]) -> None:
    """Modules, SQL files, JSON schemas, style sheets, scenarios: whatever lies beside the code."""
    held = {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix not in NOT_SHIPPED and not path.name.startswith(".")
    }

    assert held <= shipped


def test_nothing_else_is_shipped(shipped: set[str]) -> None:
    assert {name.partition("/")[0].partition("-")[0] for name in shipped} == {"cmconsole"}
    assert {name for name in shipped if Path(name).suffix in NOT_SHIPPED} == set()


def test_the_installed_command_answers(installed: Path) -> None:
    home = run(installed / "python", "-c", "import cmconsole; print(cmconsole.__file__)", cwd=installed)
    answer = run(installed / "cmconsole", "--version", cwd=installed)
    version = run(installed / "python", "-c", "import cmconsole; print(cmconsole.__version__)", cwd=installed)

    assert Path(home.strip()).is_relative_to(installed.parent)
    assert version.strip() in answer
