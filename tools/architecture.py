"""Writes the list of modules in docs/architecture.md from the first line of each module's docstring."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tools import pages

PACKAGE = pages.ROOT / "src" / "cmconsole"
PAGE = pages.ROOT / "docs" / "architecture.md"
BEGIN = "<!-- modules: written by `make docs` from the docstrings -->"
END = "<!-- end of modules -->"


def purpose(module: Path) -> str:
    """Return the first docstring line of a module, empty where it has none."""
    docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
    return docstring.splitlines()[0] if docstring else ""


def modules(folder: Path) -> list[Path]:
    """Return the modules that lie directly in a folder, its `__init__` apart."""
    return sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")


def rooms(folder: Path) -> Iterator[Path]:
    """Yield the packages below a folder, each before the packages inside it."""
    for package in sorted(path.parent for path in folder.glob("*/__init__.py")):
        yield package
        yield from rooms(package)


def module_list(package: Path = PACKAGE) -> str:
    """Return the list of modules as Markdown: the top level first, then a heading for each room."""
    lines = [f"- `{module.name}`: {purpose(module)}" for module in modules(package)]
    for room in rooms(package):
        name = room.relative_to(package).as_posix()
        lines += ["", f"### `{name}/`", purpose(room / "__init__.py"), ""]
        lines += [f"- `{module.name}`: {purpose(module)}" for module in modules(room)]
        if lines[-1] == "":
            lines.pop()
    return "\n".join(lines)


def page(current: str, listing: str) -> str:
    """Return the page with what stands between its two markers replaced by the list.

    Raises ValueError where a marker is missing.
    """
    before, rest = _cut(current, BEGIN)
    _, after = _cut(rest, END)
    return f"{before}{BEGIN}\n\n{listing}\n\n{END}{after}"


def _cut(text: str, marker: str) -> tuple[str, str]:
    before, found, after = text.partition(marker)
    if not found:
        message = f"{PAGE.name} has lost its marker {marker!r}"
        raise ValueError(message)
    return before, after


def generated() -> dict[Path, str]:
    """Return the page this module writes."""
    return {PAGE: page(PAGE.read_text(encoding="utf-8"), module_list())}


if __name__ == "__main__":
    sys.exit(pages.command(generated()))
