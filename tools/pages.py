"""Writes generated pages, or says which of them are stale."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def stale(pages: Mapping[Path, str]) -> list[Path]:
    """Return the pages whose text on disk is not the text that was generated."""
    return [
        path for path, text in pages.items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]


def write(pages: Mapping[Path, str]) -> None:
    """Write every page, making its folder where there is none."""
    for path, text in pages.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def command(pages: Mapping[Path, str], arguments: Sequence[str] | None = None) -> int:
    """Run as a command: write the pages, or with `--check` leave them and return 1 where one is stale."""
    parser = argparse.ArgumentParser(description="Write the generated pages of docs/.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is stale")
    options = parser.parse_args(arguments)
    old = stale(pages)
    if not options.check:
        write(pages)
        return 0
    for path in old:
        print(f"{path.relative_to(ROOT)} is stale: run `make docs`")
    return 1 if old else 0
