"""Pages that are written from the code say what the code says now, and links lead somewhere."""

import re
from pathlib import Path

import pytest

from tools import architecture, docs, pages

ROOT = pages.ROOT
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
TEST_NAME = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")


def test_generated_pages_are_as_the_code_writes_them() -> None:
    assert pages.stale(docs.generated()) == [], "run `make docs`"


def test_the_module_list_names_every_module() -> None:
    listing = architecture.module_list()
    named = set(re.findall(r"^- `(\w+\.py)`", listing, re.MULTILINE))

    assert named == {path.name for path in architecture.PACKAGE.rglob("*.py")} - {"__init__.py"}


def test_a_page_without_its_markers_is_refused() -> None:
    with pytest.raises(ValueError, match="marker"):
        architecture.page("# Architecture\n", "- `core.py`: the domain")


def test_a_stale_page_is_found(tmp_path: Path) -> None:
    page = tmp_path / "guide" / "keys.md"
    pages.write({page: "old"})

    assert pages.stale({page: "old"}) == []
    assert pages.stale({page: "new"}) == [page]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    prose = CODE.sub("", page.read_text(encoding="utf-8"))
    broken = [target for target in LINK.findall(prose) if not (page.parent / target).exists()]

    assert broken == []


def test_every_promise_names_a_test_that_exists() -> None:
    promises = (ROOT / "docs" / "promises.md").read_text(encoding="utf-8")
    sections = promises.split("\n## ")[1:]
    without = [section.splitlines()[0] for section in sections if not TEST_NAME.search(section)]
    missing = [
        f"{path}::{name}"
        for path, name in TEST_NAME.findall(promises)
        if not (ROOT / path).is_file() or f"def {name}" not in (ROOT / path).read_text(encoding="utf-8")
    ]

    assert sections
    assert without == []
    assert missing == []
